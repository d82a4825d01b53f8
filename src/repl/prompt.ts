/** The interactive prompt: the terminal's side of a shell. */

import { onJobEnd, stopJobs } from '../exchange/job.js'
import { setLivePlace } from '../exchange/live-lines.js'
import { type Paint, paintFor } from '../exchange/terminal-colours.js'
import { loadLayers } from '../packet/index.js'
import { closeSessions } from '../sessions/face/session-list.js'
import { Editor, type EditorOptions } from './editor/editor.js'
import type { LineReader } from './editor/line-reader.js'
import { PlainReader } from './editor/plain-reader.js'
import type { Globals } from './evaluate.js'
import { History } from './history.js'
import { Pager } from './pager.js'
import { survive } from './process-guard.js'
import { ProgressLine } from './progress-line.js'
import { promptText } from './prompt-text.js'
import { type Face, Shell } from './shell.js'
import { SigintWatch } from './sigint.js'
import { livePlaceOf, Terminal } from './terminal.js'

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
  /** What stands before each line; unset: interface, jobs and rights, or what the setting `prompt` says. */
  prompt?: string
  /** Called before the first line is asked for, such as to load a script. */
  begin?: (shell: Shell) => void | Promise<void>
}

/** After the first prompt stands, how long until what it could do without is loaded and the thread that watches Ctrl-C starts, ms. */
const IDLE_AFTER = 100

/** Starts the prompt. Resolves with the exit code when the user leaves. */
export async function startPrompt(globals: Globals = {}, options: PromptOptions = {}): Promise<number> {
  return await new Prompt(globals, options).run()
}

class Prompt implements Face {
  readonly errors: NodeJS.WriteStream
  readonly #options: PromptOptions
  readonly #output: NodeJS.WriteStream
  readonly #terminal: Terminal
  readonly #shell: Shell
  readonly #history: History
  readonly #progress: ProgressLine
  readonly #watch: SigintWatch
  readonly #reader: LineReader
  readonly #pager = new Pager(this)
  readonly #noMoreJobs: () => void
  #busy = false
  /** Something else has the terminal. */
  #handedOver = false
  /** Ends when what had the terminal last is done with it. */
  #work: Promise<unknown> | null = null
  /** What stands in the next line when it is asked for. */
  #offered = ''
  /** Set when the user wants to leave. */
  #exitCode: number | null = null
  #leave: (code: number) => void = () => {}

  constructor(globals: Globals, options: PromptOptions) {
    this.#options = options
    const input = options.input ?? process.stdin
    this.#output = options.output ?? process.stdout
    this.errors = options.errors ?? process.stderr
    const dumb = process.env.TERM === 'dumb' || !this.#output.isTTY
    this.#terminal = new Terminal(this.#output, this.errors, { dumb })
    this.#history = new History(options.historyFile)
    // Before the shell tells of it: the line is drawn again then.
    this.#noMoreJobs = onJobEnd(() => {
      if (!this.#busy) this.#reader.changePrompt(this.#promptText())
    })
    this.#shell = new Shell(globals, this, this.#history)
    const { evaluator } = this.#shell
    this.#watch = new SigintWatch(evaluator.runtime, () => this.#pressed())
    this.#progress = new ProgressLine(evaluator, () => this.#terminal)
    this.#reader = this.#readerOf(input, dumb)
    if (!dumb) setLivePlace(livePlaceOf(this.#terminal))
  }

  #readerOf(input: NodeJS.ReadStream, dumb: boolean): LineReader {
    const options: EditorOptions = {
      input,
      output: this.#terminal.output,
      paint: () => this.paint,
      entries: () => this.#history.entries,
      above: () => this.#terminal.live,
      isIncomplete: (text) => this.#shell.isIncomplete(text),
    }
    if (!dumb) return new Editor(options)
    return new PlainReader(options)
  }

  get paint(): Paint {
    return paintFor(this.#terminal.output)
  }

  get isTerminal(): boolean {
    return this.#output.isTTY === true
  }

  get columns(): number {
    return this.#output.columns || 80
  }

  get rows(): number {
    return this.#output.rows || 24
  }

  print(text: string): void {
    this.#output.write(`${text}\n`)
  }

  page(text: string, screens?: number): void | Promise<void> {
    return this.#pager.page(text, screens)
  }

  /** Warnings of the pager. */
  warn(text: string): void {
    this.errors.write(`${text}\n`)
  }

  get output(): NodeJS.WritableStream {
    return this.#terminal.output
  }

  clear(): void {
    this.#terminal.clear()
  }

  leave(exitCode: number): void {
    this.#exitCode = exitCode
    if (!this.#busy) this.#leave(exitCode)
  }

  offer(text: string): void {
    this.#offered = text
  }

  running(): () => void {
    this.#watch.startThread()
    this.#progress.start()
    return () => {
      this.#progress.stop()
      this.#terminal.freshLine()
    }
  }

  tap(listener: (data: string | Uint8Array) => void): () => void {
    return this.#terminal.tap(listener)
  }

  handOver<T>(work: () => T): T {
    if (this.#handedOver) return work()
    this.#handedOver = true
    this.#reader.release()
    this.#terminal.hold()
    const back = (): void => {
      this.#handedOver = false
      // Ctrl-C was meant for what had the terminal.
      this.#shell.evaluator.runtime.isPressed = false
      this.#terminal.release()
      this.#reader.restore()
    }
    let result: T
    try {
      result = work()
    } catch (error) {
      back()
      throw error
    }
    if (result instanceof Promise) {
      const over = result.finally(back)
      this.#work = over
      return over as T
    }
    back()
    return result
  }

  async run(): Promise<number> {
    const version = this.#options.version ? ` ${this.#options.version}` : ''
    this.print(`netshell${version} · help lists what there is, Tab completes, Ctrl-D leaves`)
    const left = new Promise<number>((resolve) => {
      this.#leave = resolve
    })
    const reader = this.#reader
    this.#watch.take()
    reader.on('submit', (text) => void this.#typed(text))
    reader.on('cancel', () => this.#cancelled())
    reader.on('edit', () => void this.#edit())
    reader.on('interrupt', () => {
      this.#terminal.output.write('^C')
      this.#pressed()
    })
    reader.on('leave', () => this.leave(0))
    reader.on('close', () => this.leave(0))
    // An error in a callback or a promise that nobody handles: shown, and the shell stays.
    const noMoreGuard = survive((error) => this.#shell.survive(error))
    // While code waits, the terminal is not read, and what it waits for may keep nothing open.
    const awake = setInterval(() => {}, 2 ** 30)
    this.#busy = true
    await this.#options.begin?.(this.#shell)
    this.#busy = false
    if (this.#exitCode === null) this.#ask()
    else this.#leave(this.#exitCode)
    const idle = setTimeout(() => this.#whenIdle(), IDLE_AFTER).unref()
    const code = await left
    clearTimeout(idle)
    clearInterval(awake)
    noMoreGuard()
    process.removeListener('SIGCONT', this.#continued)
    this.#terminal.typing(null)
    reader.close()
    this.#noMoreJobs()
    await stopJobs()
    await closeSessions()
    await this.#options.onExit?.()
    this.#history.close()
    setLivePlace(undefined)
    this.#terminal.restore()
    return code
  }

  /** What the first prompt could do without. */
  #whenIdle(): void {
    this.#watch.startThread()
    process.on('SIGCONT', this.#continued)
    void this.#reader.warmUp()
    // Layers that were not needed so far: nobody waits for them now.
    setTimeout(loadLayers, IDLE_AFTER).unref()
    void import('./completion/index.js').then(({ useSources }) => useSources(() => this.#shell.evaluator.sources()))
  }

  /** The process was stopped (Ctrl-Z) and goes on: others have used the terminal meanwhile. */
  readonly #continued = (): void => {
    if (!this.#busy && !this.#handedOver) this.#reader.continued()
  }

  #promptText(): string {
    const text = this.#shell.stepping?.prompt ?? this.#options.prompt
    return text === undefined ? promptText(this.paint) : this.paint('cyan', text)
  }

  #ask(): void {
    const text = this.#offered
    this.#offered = ''
    this.#terminal.typing(this.#reader)
    this.#reader.read(this.#promptText(), text)
  }

  /** Ctrl-C with nothing typed. */
  #cancelled(): void {
    this.#terminal.typing(null)
    if (this.#shell.stepping) this.#shell.stepping.leave()
    else this.print('(Ctrl-D or .exit leaves)')
    this.#ask()
  }

  async #typed(text: string): Promise<void> {
    this.#busy = true
    this.#shell.evaluator.expect()
    this.#terminal.typing(null)
    try {
      if (text.trim() === '') await this.#shell.stepping?.enter()
      else await this.#shell.take(text)
    } catch (error) {
      this.#shell.survive(error)
    }
    // What ran may have handed the terminal over without waiting for it.
    while (this.#handedOver) await Promise.allSettled([this.#work])
    this.#busy = false
    if (this.#exitCode !== null) this.#leave(this.#exitCode)
    else {
      try {
        this.#ask()
      } catch (error) {
        // What it is drawn with was replaced: it is drawn with what was there before.
        this.#shell.mend(true)
        this.#shell.survive(error)
        this.#ask()
      }
    }
  }

  /** Ctrl-X Ctrl-E. */
  async #edit(): Promise<void> {
    try {
      const { editText } = await import('./dot/edit.js')
      const edited = this.handOver(() => editText(this.#reader.text || (this.#history.entries[0] ?? '')))
      if (edited !== null) this.#reader.replace(edited)
    } catch (error) {
      this.#shell.showError(error)
    }
  }

  #pressed(): void {
    const { evaluator } = this.#shell
    evaluator.runtime.isPressed = false
    if (this.#handedOver) return
    if (this.#busy) {
      this.#terminal.interrupted()
      evaluator.press()
    } else this.#reader.cancel()
  }
}
