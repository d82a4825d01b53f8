/** Programs that the lab runs: bounded in time, without a shell, ended by their process id. */
import { type ChildProcess, spawn } from 'node:child_process'

export interface RunOptions {
  /** What the program reads on standard input; without it, standard input is empty. */
  input?: string | Uint8Array
  /** Milliseconds until the program is killed and the call fails; default 10 000. */
  timeout?: number
  /** Variables on top of the environment of this process. */
  environment?: Record<string, string>
  /** Working folder; default: that of this process. */
  folder?: string
}

export interface RunResult {
  /** Exit status; null when a signal ended the program. */
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

const DEFAULT_TIMEOUT = 10_000

/** Daemons and tools of root live in sbin, which is missing from PATH in some shells. */
function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: 'C', ...extra }
}

/**
 * Runs a program to its end. A status other than 0 is a result, not an error.
 * @throws Error when the program is missing, or still runs after `timeout` (it is killed then).
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = start(argv, options)
  child.endInput(options.input)
  const timeout = options.timeout ?? DEFAULT_TIMEOUT
  const late = new Deadline(timeout, () => {
    child.kill('SIGKILL')
    return new Error(`'${argv.join(' ')}' still ran after ${timeout} ms and was killed${told(child)}`)
  })
  try {
    const { status, signal } = await Promise.race([child.exited, late.promise])
    const missing = /exec of "(.+)" failed: No such file/.exec(child.stderr)
    if (missing) throw new Error(notInstalled(missing[1] ?? ''))
    return { status, signal, stdout: child.stdout, stderr: child.stderr }
  } finally {
    late.cancel()
  }
}

/** Like `run`, and a status other than 0 is an error that carries what the program said. Gives its standard output. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options)
  if (result.status === 0) return result.stdout
  throw new Error(
    `'${argv.join(' ')}' failed with ${result.status ?? result.signal}: ${(result.stderr || result.stdout).trim()}`,
  )
}

/** Starts a program that goes on in the background. Fails later, at the first wait, when the program is missing. */
export function start(argv: readonly string[], options: Omit<RunOptions, 'input' | 'timeout'> = {}): Child {
  return new Child(argv, options)
}

/** A program in the background, with everything that it has printed so far. */
export class Child {
  readonly argv: readonly string[]
  /** Everything printed up to now. */
  stdout = ''
  stderr = ''
  /** Settles when the program has ended and all of its output was read. */
  readonly exited: Promise<{ status: number | null; signal: NodeJS.Signals | null }>
  private readonly process: ChildProcess
  private readonly listeners = new Set<() => void>()
  /** Settles when the process is gone. */
  private readonly gone: Promise<void>
  private over = false

  constructor(argv: readonly string[], options: Omit<RunOptions, 'input' | 'timeout'>) {
    const [program = '', ...rest] = argv
    this.argv = argv
    this.process = spawn(program, rest, {
      stdio: 'pipe',
      env: environment(options.environment),
      cwd: options.folder,
    })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => this.heard('stdout', text))
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => this.heard('stderr', text))
    // A program may end without reading its input: that is its right, and EPIPE no news.
    this.process.stdin?.on('error', () => {})
    this.gone = new Promise((resolve) => {
      this.process.on('exit', () => resolve())
      this.process.on('error', () => resolve())
    })
    this.exited = new Promise((resolve, reject) => {
      this.process.on('error', (error: NodeJS.ErrnoException) => {
        this.finish()
        reject(error.code === 'ENOENT' ? new Error(notInstalled(program)) : error)
      })
      this.process.on('close', (status, signal) => {
        this.finish()
        resolve({ status, signal })
      })
    })
    this.exited.catch(() => {})
  }

  /** Process id; `ip netns exec` replaces itself, so it is that of the program itself. 0 when it did not start. */
  get pid(): number {
    return this.process.pid ?? 0
  }

  get running(): boolean {
    return !this.over
  }

  /** Writes to the program's standard input. */
  write(data: string | Uint8Array): void {
    this.process.stdin?.write(data)
  }

  /** Ends the program's standard input, after the last bytes if given. */
  endInput(data?: string | Uint8Array): void {
    if (data === undefined) this.process.stdin?.end()
    else this.process.stdin?.end(data)
  }

  /**
   * Waits until the output since `from` matches (standard output, then standard error).
   * @param timeout milliseconds; default 10 000.
   * @throws Error with the program's output when it ends or the time is over before.
   */
  async waitFor(
    pattern: RegExp,
    { timeout = DEFAULT_TIMEOUT, from = { stdout: 0, stderr: 0 } } = {},
  ): Promise<RegExpExecArray> {
    const look = () => pattern.exec(this.stdout.slice(from.stdout)) ?? pattern.exec(this.stderr.slice(from.stderr))
    const late = new Deadline(
      timeout,
      () => new Error(`'${this.argv.join(' ')}' did not print ${pattern} within ${timeout} ms${told(this)}`),
    )
    let listener = () => {}
    const heard = new Promise<RegExpExecArray>((resolve, reject) => {
      listener = () => {
        const found = look()
        if (found) resolve(found)
        else if (this.over)
          this.exited.then(
            () => reject(new Error(`'${this.argv.join(' ')}' ended without printing ${pattern}${told(this)}`)),
            reject,
          )
      }
      this.listeners.add(listener)
      listener()
    })
    try {
      return await Promise.race([heard, late.promise])
    } finally {
      late.cancel()
      this.listeners.delete(listener)
    }
  }

  /** How much was printed up to now: pass it to `waitFor` to look only at what comes later. */
  mark(): { stdout: number; stderr: number } {
    return { stdout: this.stdout.length, stderr: this.stderr.length }
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.over) this.process.kill(signal)
  }

  /**
   * Ends the program (SIGTERM, after `grace` ms SIGKILL) and waits until it is gone. Its own children may live on, and
   * hold its output open: so this waits for the end of the process, `exited` for the end of the output too.
   */
  async stop(signal: NodeJS.Signals = 'SIGTERM', grace = 3000): Promise<void> {
    if (this.over) return
    this.kill(signal)
    const timer = setTimeout(() => this.kill('SIGKILL'), grace)
    await this.gone
    clearTimeout(timer)
  }

  private heard(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    for (const listener of [...this.listeners]) listener()
  }

  private finish(): void {
    this.over = true
    for (const listener of [...this.listeners]) listener()
  }
}

/** A time-out that can be called off, so that no timer outlives what it guards. */
class Deadline {
  readonly promise: Promise<never>
  private timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number, error: () => Error) {
    this.promise = new Promise((_, reject) => {
      this.timer = setTimeout(() => reject(error()), milliseconds)
    })
    this.promise.catch(() => {})
  }

  cancel(): void {
    clearTimeout(this.timer)
  }
}

function told(child: Child): string {
  const text = [child.stdout.slice(-2000).trim(), child.stderr.slice(-2000).trim()].filter(Boolean).join('\n')
  return text ? `; it said:\n${text}` : '; it said nothing'
}

function notInstalled(program: string): string {
  return `the lab needs '${program}', which is not installed: run scripts/setup.sh, or apt-get install its package`
}
