/** Programs that are run for the comparison, in a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const NETSHELL = join(import.meta.dirname, '../../dist/cli.cjs')
const LONGEST = 20_000

export interface Ran {
  status: number | null
  /** Standard output. */
  output: string
  /** Standard error. */
  errors: string
}

/** Nothing of the user's: neither settings nor proxies. */
function environment(folder: string): NodeJS.ProcessEnv {
  mkdirSync(join(folder, 'home'), { recursive: true })
  return { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: join(folder, 'home'), PYTHONUNBUFFERED: '1' }
}

/** Runs a program to its end. */
export async function run(command: readonly string[], folder: string): Promise<Ran> {
  const program = new Running(command, folder)
  const status = await program.ended(LONGEST)
  program.end()
  return { status: status ?? null, output: program.output, errors: program.errors }
}

/** A program that runs. */
export class Running {
  output = ''
  errors = ''
  readonly #child: ChildProcess
  readonly #exit: Promise<number>

  constructor([program, ...parameters]: readonly string[], folder: string) {
    this.#child = spawn(program!, parameters, {
      cwd: folder,
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    this.#exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject).on('close', (status) => resolve(status ?? -1))
    })
    // It is told to those who wait for the end.
    this.#exit.catch(() => undefined)
  }

  /** Its status; undefined: it runs on. */
  async ended(within: number): Promise<number | undefined> {
    let timer: NodeJS.Timeout | undefined
    const later = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), within)
    })
    try {
      return await Promise.race([this.#exit, later])
    } finally {
      clearTimeout(timer)
    }
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Does something in a folder that is removed behind it. */
export async function inFolder<R>(work: (folder: string) => Promise<R>): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-compare-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits until this is true; false when it never is. */
export async function until(condition: () => boolean | Promise<boolean>, within = 8000): Promise<boolean> {
  for (const end = Date.now() + within; Date.now() < end; ) {
    if (await condition()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

/** A port of this machine that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
