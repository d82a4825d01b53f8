/** The shell without its terminal: takes what was typed, a block at a time, and prints what comes of it. */
import path from 'node:path'
import { Interrupted } from '../exchange/task.js'
import type { Paint } from './colours.js'
import { renderError } from './errors.js'
import { Evaluator, type Globals } from './evaluate.js'
import { makeHelp, usageOf } from './help.js'
import type { History } from './history.js'
import { formOf } from './input-forms.js'
import { Journal } from './journal.js'
import type { Parsed } from './parse.js'
import { render } from './render.js'
import { requireFrom } from './require.js'
import { Results } from './results.js'
import { warnOfForgotten } from './script.js'

/** Where a shell prints, and what it asks of its terminal. */
export interface Face {
  readonly paint: Paint
  /** Columns and rows of the terminal, as they are now. */
  readonly columns: number
  readonly rows: number
  /** Prints whole lines; while somebody types, above the line. */
  print(text: string): void
  /** Prints whole lines; what does not fit on the screen can be read page by page. */
  page(text: string): void | Promise<void>
  /** Warnings. */
  readonly errors: NodeJS.WritableStream
  clear(): void
  /** Ends the session once what runs now is over. */
  leave(exitCode: number): void
  /** Code begins to run; what is returned is called when it has ended. */
  running(): () => void
}

/** How a block is evaluated. */
export interface BlockOptions {
  /** The script that it comes from: its absolute path, and how the user named it. Unset: it was typed. */
  file?: { path: string; shown: string }
}

/** One session. */
export class Shell {
  readonly evaluator: Evaluator
  readonly results = new Results()
  readonly journal = new Journal()
  /** What went wrong last, for `.trace`. */
  lastError: unknown
  #count = 0

  constructor(
    globals: Globals,
    readonly face: Face,
    readonly history: History,
  ) {
    const help = makeHelp(
      (text) => face.page(text),
      face.paint,
      () => face.columns,
    )
    this.evaluator = new Evaluator({ help, _: undefined })
    this.evaluator.preload(requireFrom(path.join(process.cwd(), 'prompt.js')))
    this.evaluator.preload(globals)
  }

  /** Whether more lines could make this text right, as an open bracket does. */
  async isIncomplete(source: string): Promise<boolean> {
    if (source.trim() === '' || formOf(source) !== null) return false
    return (await this.evaluator.parse(source, { prompt: true })).state === 'incomplete'
  }

  /** Takes a block that was typed. Errors are printed, never thrown. */
  async take(source: string): Promise<void> {
    if (source.trim() === '') return
    this.history.add(source)
    const form = formOf(source)
    if (form !== null) {
      try {
        await form(this)
      } catch (error) {
        this.showError(error)
      }
      return
    }
    await this.evaluate(source)
  }

  /** Evaluates a block and prints its value or its error. Returns whether it ended well. */
  async evaluate(source: string, { file }: BlockOptions = {}): Promise<boolean> {
    const name = file?.path ?? `prompt-${++this.#count}`
    const ended = this.face.running()
    try {
      const value = await this.#run(source, name)
      ended()
      if (file === undefined) await this.#finish(source, value)
      warnOfForgotten(this.evaluator, this.face.errors)
      return true
    } catch (error) {
      ended()
      if (file === undefined) this.journal.add({ source, ok: false })
      this.showError(error, file?.shown)
      return false
    }
  }

  /** Prints an error, with the place in the user's text; `.trace` tells the rest. */
  showError(error: unknown, withFile?: string): void {
    this.lastError = error
    const { paint } = this.face
    this.face.print(
      error instanceof Interrupted
        ? paint('yellow', 'interrupted')
        : renderError(error, this.evaluator, { paint, withFile }),
    )
  }

  async #run(source: string, file: string): Promise<unknown> {
    const parsed: Parsed = await this.evaluator.parse(source, { prompt: true })
    return parsed.state === 'complete'
      ? await this.evaluator.runParsed(parsed, source, { file, prompt: true })
      : await this.evaluator.run(source, { file, prompt: true })
  }

  async #finish(source: string, value: unknown): Promise<void> {
    const result = value === undefined ? undefined : this.results.keep(value)
    this.journal.add({ source, ok: true, result })
    const text = this.#show(value)
    if (text !== undefined) await this.face.page(text)
  }

  /** Rendering runs the value's own inspection, which may fail. */
  #show(value: unknown): string | undefined {
    const { paint, columns } = this.face
    const text = render(value, { paint, width: columns })
    // Who types a command without its parentheses wants to call it.
    const usage = typeof value === 'function' && text?.includes('[Function') ? usageOf(value) : undefined
    return usage === undefined ? text : `${text} ${paint('gray', `is called: ${usage}`)}`
  }
}
