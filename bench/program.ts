/** A program that runs beside what is measured. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const MOST_WAIT = 120_000
/** Of the kernel's clock, in which it counts the time of processes. */
const TICKS_PER_SECOND = 100

/** A program that runs beside, and what it says. */
export class Program {
  #said = ''
  readonly #child: ChildProcess

  constructor([program, ...parameters]: readonly string[]) {
    this.#child = spawn(program!, parameters, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    this.#child.stdin!.on('error', () => {})
    this.#child.on('error', () => {})
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Waits until it has said this. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const until = performance.now() + MOST_WAIT
    for (;;) {
      const found = pattern.exec(this.#said)
      if (found !== null) return found
      if (performance.now() > until || this.#child.exitCode !== null)
        throw new Error(`it did not say ${pattern}, but: ${this.#said.slice(-500)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  tell(text: string): void {
    this.#child.stdin!.write(`${text}\n`)
  }

  /** Tells it something, and waits for the next line that it says. */
  async answers(text: string): Promise<string> {
    const behind = this.#said.length
    this.tell(text)
    const [line] = await this.says(new RegExp(`(?<=^[^]{${behind}}).+(?=\\n)`))
    return line
  }

  /** @param signal default: the one that cannot be ignored */
  end(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal)
  }
}

/** Seconds of CPU that a process and those that it has started have used so far, all of their threads. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + cpuOf(Number(child)), own)
}

/** Memory of a process, bytes: now, or at most up to now. */
export function memoryOf(pid: number, which: 'now' | 'most'): number {
  const name = which === 'now' ? 'VmRSS' : 'VmHWM'
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
}
