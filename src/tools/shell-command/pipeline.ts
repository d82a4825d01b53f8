/** Starts the programs of a command, connected, and waits for their end. */
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { onAbort, pause, type TaskControl } from '../../exchange/index.js'
import { inNamespace } from '../../link/index.js'
import { closePipes, makePipes, type Pipe } from './pipe.js'
import type { ProgramEnd } from './result.js'
import { endChildren, register, signalTo } from './running.js'
import { ShellError } from './shell-error.js'

/** A program that is to run. */
export interface Program {
  file: string
  /** What it finds as its own name. */
  name: string
  args: string[]
  environment: NodeJS.ProcessEnv
  /** Its text, for messages. */
  text: string
}

/** How it is to run. */
export interface PipelineOptions {
  folder: string
  netns?: string | undefined
  input?: string | Uint8Array | undefined
  /** Seconds. */
  timeout?: number | undefined
  /** The terminal is theirs. */
  tty: boolean
}

/** After the programs are over, how long their children may hold the output open, once it was cut short, ms. */
const LINGER = 300
/** How long a program may take to end when it is asked to, ms. */
const PATIENCE = 2000

/** The programs of one command while they run. */
export class Pipeline {
  readonly children: ChildProcess[] = []
  timedOut: number | undefined
  interrupted = false
  readonly #programs: readonly Program[]
  readonly #options: PipelineOptions
  readonly #cut = new AbortController()
  readonly #over = new AbortController()

  /** Starts them. @throws ShellError when one cannot be started; then none runs */
  constructor(programs: readonly Program[], options: PipelineOptions) {
    this.#programs = programs
    this.#options = options
    const pipes = makePipes(programs.length - 1)
    try {
      inNamespace(options.netns, () => {
        for (const [index, program] of programs.entries()) this.#start(program, index, pipes)
      })
    } finally {
      if (pipes !== undefined) closePipes(pipes)
    }
  }

  #start(program: Program, index: number, pipes: readonly Pipe[] | undefined): void {
    const { folder, input, tty } = this.#options
    const { spawn } = process.getBuiltinModule('node:child_process')
    const before = pipes === undefined ? this.children.at(-1)?.stdout : undefined
    const own = tty ? 'inherit' : input === undefined ? 'ignore' : 'pipe'
    const last = index === this.#programs.length - 1
    const output = last && tty ? 'inherit' : 'pipe'
    const stdio: StdioOptions = [
      before ?? ((index > 0 && pipes?.[index - 1]?.read) || own),
      (!last && pipes?.[index]?.write) || output,
      tty ? 'inherit' : 'pipe',
    ]
    try {
      const child = spawn(program.file, program.args, {
        argv0: program.name,
        cwd: folder,
        env: program.environment,
        stdio,
        // A group of its own: Ctrl-C reaches it by us alone, and its children are ended with it. With the terminal it must share ours.
        detached: !tty,
      })
      this.children.push(child)
      register(child, !tty)
      // The next program reads it from now on, and nobody else.
      before?.destroy()
    } catch (error) {
      this.kill('SIGKILL')
      throw startError(program, error as NodeJS.ErrnoException)
    }
  }

  /** Waits for the end of all, however it comes: by themselves, by Ctrl-C, by the time-out. */
  async ends(control: Pick<TaskControl<unknown>, 'onInterrupt' | 'signal'>): Promise<ProgramEnd[]> {
    const { tty, input } = this.#options
    control.onInterrupt(() => {
      // At the terminal the programs have been told by the terminal itself.
      if (tty) return
      this.interrupted = true
      this.cutShort('SIGINT')
    })
    onAbort(control.signal, () => this.cutShort('SIGKILL'))
    void this.#limitTime()
    this.#give(input)
    const ends = this.children.map((child, index) => endOf(child, this.#programs[index]!))
    const exits = Promise.allSettled(this.children.map(exitOf))
    void this.#closeLate(exits)
    try {
      return await Promise.all(ends)
    } catch (error) {
      this.cutShort('SIGKILL')
      await exits
      throw error
    } finally {
      this.#over.abort()
    }
  }

  /** Ends the programs: what they write from now on may be lost. SIGINT is theirs to obey; of others SIGKILL follows. */
  cutShort(signal: NodeJS.Signals): void {
    this.kill(signal)
    this.#cut.abort()
    if (signal === 'SIGTERM') void pause(PATIENCE, this.#over.signal).then(() => this.kill('SIGKILL'))
  }

  kill(signal: NodeJS.Signals): void {
    for (const child of this.children) signalTo(child, signal)
  }

  async #limitTime(): Promise<void> {
    const { timeout } = this.#options
    if (timeout === undefined) return
    await pause(timeout * 1000, this.#over.signal)
    if (this.#over.signal.aborted) return
    this.timedOut = timeout
    this.cutShort('SIGTERM')
  }

  #give(input: string | Uint8Array | undefined): void {
    const stdin = this.children[0]?.stdin
    if (input === undefined || !stdin) return
    // A program need not read it all.
    stdin.on('error', () => undefined)
    stdin.end(input)
  }

  /** Children of a program that was cut short may hold its output open for ever. */
  async #closeLate(exits: Promise<unknown>): Promise<void> {
    await exits
    if (!this.#cut.signal.aborted)
      await new Promise<void>((resolve) => {
        this.#cut.signal.addEventListener('abort', () => resolve(), { once: true })
        this.#over.signal.addEventListener('abort', () => resolve(), { once: true })
      })
    if (this.#cut.signal.aborted) for (const child of this.children) endChildren(child)
    await pause(LINGER, this.#over.signal)
    for (const { stdout, stderr } of this.children) {
      stdout?.destroy()
      stderr?.destroy()
    }
  }
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
}

/** When a program is over and its output read. */
function endOf(child: ChildProcess, program: Program): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    child.once('close', (status, signal) => resolve({ command: program.text, status, signal }))
    child.once('error', (error: NodeJS.ErrnoException) => reject(startError(program, error)))
  })
}

function startError({ name, args }: Program, { code, message }: NodeJS.ErrnoException): ShellError {
  if (code === 'E2BIG') {
    const bytes = args.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0)
    return new ShellError(
      `${name}: the arguments take ${bytes} bytes, which is more than the system allows: give them in parts, or by the option input`,
    )
  }
  if (code === 'EACCES') return new ShellError(`${name} cannot be started: permission denied`)
  if (code === 'ENOEXEC')
    return new ShellError(`${name} is no program of this machine, and no script: its first line must be like #!/bin/sh`)
  return new ShellError(`${name} cannot be started: ${message}`)
}
