/** The interactive prompt: lines in, values out. */

import path from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { stopJobs } from '../exchange/job.js'
import { Interrupted } from '../exchange/task.js'
import { type Paint, paintFor } from './colours.js'
import { complete } from './completion.js'
import { runDotCommand } from './dot-commands.js'
import { renderError } from './errors.js'
import { Evaluator, type Globals } from './evaluate.js'
import { helpFor, makeHelp, usageOf } from './help.js'
import { History } from './history.js'
import type { Parsed } from './parse.js'
import { ProgressLine } from './progress-line.js'
import { render } from './render.js'
import { requireFrom } from './require.js'
import { warnOfForgotten } from './script.js'
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

class Prompt {
  readonly #options: PromptOptions
  readonly #input: NodeJS.ReadStream
  readonly #terminal: Terminal
  readonly #paint: Paint
  readonly #evaluator: Evaluator
  readonly #history: History
  readonly #progress: ProgressLine
  readonly #watch: SigintWatch
  readonly #line: Interface
  readonly #queue: string[] = []
  /** Lines of a block that is not complete yet. */
  #block = ''
  #busy = false
  #closed = false
  #count = 0
  #lastValue: unknown
  #leave: (code: number) => void = () => {}

  constructor(globals: Globals, options: PromptOptions) {
    this.#options = options
    this.#input = options.input ?? process.stdin
    this.#terminal = new Terminal(options.output ?? process.stdout, options.errors ?? process.stderr)
    this.#paint = paintFor(this.#terminal.output)
    const help = makeHelp(
      (text) => this.#print(text),
      this.#paint,
      () => this.#terminal.output.columns,
    )
    this.#evaluator = new Evaluator({ help, _: undefined })
    this.#evaluator.preload(requireFrom(path.join(process.cwd(), 'prompt.js')))
    this.#evaluator.preload(globals)
    this.#watch = new SigintWatch(this.#evaluator.runtime.flags, () => this.#pressed())
    this.#history = new History(options.historyFile)
    this.#progress = new ProgressLine(this.#evaluator, () => this.#terminal)
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

  async run(): Promise<number> {
    const version = this.#options.version ? ` ${this.#options.version}` : ''
    this.#print(`netshell${version} · help lists what there is, Tab completes, Ctrl-D leaves`)
    const left = new Promise<number>((resolve) => {
      this.#leave = resolve
    })
    this.#line.on('line', (line) => this.#typed(line))
    this.#line.on('SIGINT', () => this.#cancelLine())
    this.#line.on('close', () => this.#close())
    const fail = (error: unknown): void => this.#unexpected(error)
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
    return this.#block === '' ? this.#paint('cyan', text) : this.#paint('gray', '... '.padStart(text.length))
  }

  #ask(): void {
    this.#line.setPrompt(this.#promptText())
    this.#terminal.typing(this.#line)
    this.#line.prompt()
  }

  #print(text: string): void {
    const output = this.#options.output ?? process.stdout
    output.write(`${text}\n`)
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
      this.#evaluator.press()
      this.#evaluator.press()
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
    if (this.#block === '' && (await this.#special(line))) return
    const parsed = await this.#evaluator.parse(source, { prompt: true })
    // Two empty lines end a block that cannot be completed otherwise, so that the user sees what is wrong; pasted text may have them.
    const givenUp = this.#block !== '' && this.#queue.length === 0 && endsTwice(source)
    if (parsed.state === 'incomplete' && !givenUp) {
      this.#block = source
      return
    }
    this.#block = ''
    this.#history.add(source)
    await this.#evaluate(source, `prompt-${++this.#count}`, parsed)
  }

  /** Dot commands and `name?`. */
  async #special(line: string): Promise<boolean> {
    const question = /^\s*(?<name>[A-Za-z_$][\w$.]*)\s*\?\s*$/.exec(line)?.groups
    if (question) {
      this.#history.add(line)
      this.#print(helpFor(question.name, this.#paint, this.#terminal.output.columns))
      return true
    }
    if (!/^\s*\.[a-z]/i.test(line)) return false
    this.#history.add(line)
    return await runDotCommand(line, {
      print: (text) => this.#print(text),
      evaluate: async (source, file, shown, args) => {
        this.#evaluator.preload({ args: [...args] })
        const parsed = await this.#evaluator.parse(source, { prompt: true })
        await this.#evaluate(source, file, parsed, shown)
      },
      exit: () => this.#line.close(),
      clear: () => this.#terminal.output.write('\x1b[H\x1b[2J\x1b[3J'),
    })
  }

  async #evaluate(source: string, file: string, parsed: Parsed, shownFile?: string): Promise<void> {
    this.#watch.startThread()
    this.#progress.start()
    try {
      const value =
        parsed.state === 'complete'
          ? await this.#evaluator.runParsed(parsed, source, { file, prompt: true })
          : await this.#evaluator.run(source, { file, prompt: true })
      this.#progress.stop()
      this.#remember(value)
      const text = shownFile === undefined ? this.#show(value) : undefined
      this.#terminal.freshLine()
      if (text !== undefined) this.#print(text)
      warnOfForgotten(this.#evaluator, this.#options.errors ?? process.stderr)
    } catch (error) {
      this.#progress.stop()
      this.#terminal.freshLine()
      this.#print(this.#errorText(error, shownFile))
    }
  }

  /** Rendering runs the value's own inspection, which may fail. */
  #show(value: unknown): string | undefined {
    const { columns } = this.#terminal.output
    const text = render(value, { paint: this.#paint, width: columns ?? 80 })
    // Who types a command without its parentheses wants to call it.
    const usage = typeof value === 'function' && text?.includes('[Function') ? usageOf(value) : undefined
    return usage === undefined ? text : `${text} ${this.#paint('gray', `is called: ${usage}`)}`
  }

  #errorText(error: unknown, withFile?: string): string {
    if (error instanceof Interrupted) return this.#paint('yellow', 'interrupted')
    return renderError(error, this.#evaluator, { paint: this.#paint, withFile })
  }

  /** `_` is the last value, until the user gives it another meaning. */
  #remember(value: unknown): void {
    const global = globalThis as { _?: unknown }
    if (value === undefined || global._ !== this.#lastValue) return
    global._ = value
    this.#lastValue = value
  }

  #pressed(): void {
    if (this.#evaluator.running) this.#terminal.interrupted()
    else this.#evaluator.runtime.flags[0] = 0
    this.#evaluator.press()
  }

  /** An error in a callback or a promise that nobody handles: shown, and the shell stays. */
  #unexpected(error: unknown): void {
    this.#print(this.#errorText(error))
  }
}

/** Whether the block ends with two empty lines. */
function endsTwice(source: string): boolean {
  return /\n\s*\n\s*$/.test(source)
}
