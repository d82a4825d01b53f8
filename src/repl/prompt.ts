/** The interactive prompt: the terminal's side of a shell. */

import { createInterface, type Interface } from 'node:readline'
import { stopJobs } from '../exchange/job.js'
import { type Paint, paintFor } from './colours.js'
import { complete } from './completion.js'
import type { Globals } from './evaluate.js'
import { History } from './history.js'
import { ProgressLine } from './progress-line.js'
import { type Face, Shell } from './shell.js'
import { SigintWatch } from './sigint.js'
import { Terminal } from './terminal.js'

/** What the prompt needs from outside; all has defaults. */
export interface PromptOptions {
  version?: string
  input?: NodeJS.ReadStream
  output?: NodeJS.WriteStream
  errors?: NodeJS.WriteStream
  /** File of the history; null keeps none. Unset: the user's state folder. */
  historyFile?: string | null
  /** Called before the shell leaves: closes what is open. */
  onExit?: () => void | Promise<void>
  /** What readline offers before each line; unset: `netshell> `. */
  prompt?: string
}

/** After the first prompt stands, how long until the thread that watches Ctrl-C starts, in milliseconds. */
const THREAD_AFTER = 100

/** Starts the prompt. Resolves with the exit code when the user leaves. */
export async function startPrompt(globals: Globals = {}, options: PromptOptions = {}): Promise<number> {
  return await new Prompt(globals, options).run()
}

class Prompt implements Face {
  readonly paint: Paint
  readonly errors: NodeJS.WriteStream
  readonly #options: PromptOptions
  readonly #input: NodeJS.ReadStream
  readonly #terminal: Terminal
  readonly #shell: Shell
  readonly #history: History
  readonly #progress: ProgressLine
  readonly #watch: SigintWatch
  readonly #line: Interface
  readonly #queue: string[] = []
  /** Lines of a block that is not complete yet. */
  #block = ''
  #busy = false
  #closed = false
  #leave: (code: number) => void = () => {}

  constructor(globals: Globals, options: PromptOptions) {
    this.#options = options
    this.#input = options.input ?? process.stdin
    this.errors = options.errors ?? process.stderr
    this.#terminal = new Terminal(options.output ?? process.stdout, this.errors)
    this.paint = paintFor(this.#terminal.output)
    this.#history = new History(options.historyFile)
    this.#shell = new Shell(globals, this, this.#history)
    const { evaluator } = this.#shell
    this.#watch = new SigintWatch(evaluator.runtime.flags, () => this.#pressed())
    this.#progress = new ProgressLine(evaluator, () => this.#terminal)
    this.#line = createInterface({
      input: this.#input,
      output: this.#terminal.output,
      terminal: true,
      history: [...this.#history.entries],
      historySize: 1000,
      prompt: this.#promptText(),
      completer: complete,
      tabSize: 2,
    })
  }

  get columns(): number {
    return this.#terminal.output.columns ?? 80
  }

  get rows(): number {
    return this.#terminal.output.rows ?? 24
  }

  print(text: string): void {
    const output = this.#options.output ?? process.stdout
    output.write(`${text}\n`)
  }

  page(text: string): void {
    this.print(text)
  }

  clear(): void {
    this.#terminal.output.write('\x1b[H\x1b[2J\x1b[3J')
  }

  leave(): void {
    this.#line.close()
  }

  running(): () => void {
    this.#watch.startThread()
    this.#progress.start()
    return () => {
      this.#progress.stop()
      this.#terminal.freshLine()
    }
  }

  async run(): Promise<number> {
    const version = this.#options.version ? ` ${this.#options.version}` : ''
    this.print(`netshell${version} · help lists what there is, Tab completes, Ctrl-D leaves`)
    const left = new Promise<number>((resolve) => {
      this.#leave = resolve
    })
    this.#line.on('line', (line) => this.#typed(line))
    this.#line.on('SIGINT', () => this.#cancelLine())
    this.#line.on('close', () => this.#close())
    // An error in a callback or a promise that nobody handles: shown, and the shell stays.
    const fail = (error: unknown): void => this.#shell.showError(error)
    process.on('uncaughtException', fail)
    this.#ask()
    setTimeout(() => {
      if (!this.#closed) this.#watch.startThread()
    }, THREAD_AFTER).unref()
    // While code waits, the terminal is not read, and what it waits for may keep nothing open.
    const awake = setInterval(() => {}, 2 ** 30)
    const code = await left
    clearInterval(awake)
    process.removeListener('uncaughtException', fail)
    await stopJobs()
    await this.#options.onExit?.()
    this.#history.close()
    this.#terminal.restore()
    return code
  }

  #promptText(): string {
    const text = this.#options.prompt ?? 'netshell> '
    return this.#block === '' ? this.paint('cyan', text) : this.paint('gray', '... '.padStart(text.length))
  }

  #ask(): void {
    this.#line.setPrompt(this.#promptText())
    this.#terminal.typing(this.#line)
    this.#line.prompt()
  }

  /** Ctrl-C while typing: the line and the block are given up. */
  #cancelLine(): void {
    const had = this.#block !== '' || this.#line.line !== ''
    this.#block = ''
    this.#terminal.typing(null)
    this.#terminal.output.write(had ? '^C\n' : '\n(Ctrl-D or .exit leaves)\n')
    // The line is readline's own; emptying it is not part of its interface.
    Object.assign(this.#line, { line: '', cursor: 0 })
    this.#ask()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#terminal.typing(null)
    if (this.#busy) {
      this.#shell.evaluator.press()
      this.#shell.evaluator.press()
      return
    }
    this.#terminal.output.write('\n')
    this.#leave(0)
  }

  #typed(line: string): void {
    this.#queue.push(line)
    if (!this.#busy) void this.#drain()
  }

  /** Evaluates what was typed, line by line; pasted lines wait for their turn. */
  async #drain(): Promise<void> {
    this.#busy = true
    this.#terminal.typing(null)
    this.#line.pause()
    // Ctrl-C has to become a signal while code runs.
    this.#input.setRawMode?.(false)
    for (let line = this.#queue.shift(); line !== undefined && !this.#closed; line = this.#queue.shift()) {
      await this.#handle(line)
    }
    this.#busy = false
    if (this.#closed) {
      this.#leave(0)
      return
    }
    this.#ownHistory()
    this.#input.setRawMode?.(true)
    this.#ask()
  }

  /** The lines that readline remembers are replaced by whole blocks. */
  #ownHistory(): void {
    Object.assign(this.#line, { history: [...this.#history.entries], historyIndex: -1 })
  }

  async #handle(line: string): Promise<void> {
    const source = this.#block === '' ? line : `${this.#block}\n${line}`
    if (source.trim() === '') return
    // Two empty lines end a block that cannot be completed otherwise, so that the user sees what is wrong; pasted text may have them.
    const givenUp = this.#block !== '' && this.#queue.length === 0 && endsTwice(source)
    if (!givenUp && (await this.#shell.isIncomplete(source))) {
      this.#block = source
      return
    }
    this.#block = ''
    await this.#shell.take(source)
  }

  #pressed(): void {
    const { evaluator } = this.#shell
    if (evaluator.running) this.#terminal.interrupted()
    else evaluator.runtime.flags[0] = 0
    evaluator.press()
  }
}

/** Whether the block ends with two empty lines. */
function endsTwice(source: string): boolean {
  return /\n\s*\n\s*$/.test(source)
}
