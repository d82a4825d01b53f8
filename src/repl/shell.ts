/** The shell without its terminal: takes what was typed, a block at a time, and prints what comes of it. */
import path from 'node:path'
import { types } from 'node:util'
import { forgetPrinted, showValuesWith, UsageError } from '../commands/script-entries.js'
import { printable } from '../exchange/printable.js'
import { setting } from '../exchange/settings.js'
import { type Paint, paintFor, plain } from '../exchange/terminal-colours.js'
import { setPrinter } from '../packet/index.js'
import { ShellResult } from '../tools/shell-command/result.js'
import { useShellScreen } from '../tools/shell-command/screen.js'
import { withoutCommands } from './bang.js'
import { keepBuiltins, mendBuiltins } from './builtins.js'
import type { EditedText } from './edits.js'
import { framesOf } from './error-frames.js'
import { renderError } from './errors.js'
import { Evaluator, type Globals } from './evaluate.js'
import { tellHandlerFailures } from './handler-failures.js'
import { helpGlobals, usageOf } from './help.js'
import type { History } from './history.js'
import { formOf } from './input-forms.js'
import { tellJobEnds } from './job-ends.js'
import { Journal, type JournalEntry } from './journal.js'
import { guardProcess } from './process-guard.js'
import { isA } from './render/context.js'
import { render } from './render.js'
import { requireFrom } from './require.js'
import { hasPrinted, labelled, printedText, Results } from './results.js'
import { warnOfForgotten } from './script.js'
import { ScriptExit } from './script-exit.js'
import type { Stepper } from './step.js'

/** Where a shell prints, and what it asks of its terminal. */
export interface Face {
  readonly paint: Paint
  /** Columns and rows of the terminal, as they are now. */
  readonly columns: number
  readonly rows: number
  /** A person looks at a terminal: results are labelled, lists are tables. */
  readonly isTerminal?: boolean
  /** Prints whole lines; while somebody types, above the line. */
  print(text: string): void
  /** Prints whole lines; what does not fit on the screen, or on so many of them, can be read page by page. */
  page(text: string, screens?: number): void | Promise<void>
  /** Warnings. */
  readonly errors: NodeJS.WritableStream
  clear(): void
  /** Ends the session once what runs now is over. */
  leave(exitCode: number): void
  /** Code begins to run; what is returned is called when it has ended. */
  running(): () => void
  /** Puts text into the line that is typed next, to be changed and run. */
  offer(text: string): void
  /** Calls the listener with all that goes to the terminal from now on. Returns the function that stops this. */
  tap(listener: (data: string | Uint8Array) => void): () => void
  /** Gives the terminal to something else (a pager, an editor, a program) while `work` runs; what is printed meanwhile waits. */
  handOver<T>(work: () => T): T
}

/** How a block is evaluated. */
export interface BlockOptions {
  /** The script that it comes from: its absolute path, and how the user named it. Unset: it was typed. */
  file?: { path: string; shown: string }
  /** Its value is shown; unset: when it was typed. */
  shows?: boolean
  /** How the journal keeps it; unset: as it is. Null: not at all. */
  entry?: Omit<JournalEntry, 'ok' | 'result'> | null
  /** What was typed where the source was made from that: errors are shown in it. */
  typed?: EditedText
}

/** So many screens of a result are printed at once: a pager would take the keys of whoever types on. */
const RESULT_SCREENS = 2

/** One session. */
export class Shell {
  readonly evaluator: Evaluator
  readonly results = new Results()
  readonly journal = new Journal()
  /** What went wrong last, for `.trace`. */
  lastError: unknown
  /** The script that is being stepped through (`.load --step`): the prompt asks it what it is to look like and what Enter means. */
  stepping: Stepper | null = null
  #count = 0

  constructor(
    globals: Globals,
    readonly face: Face,
    readonly history: History,
  ) {
    const help = helpGlobals(
      { print: (text) => face.page(text), paint: () => face.paint, columns: () => face.columns },
      () => this.evaluator,
    )
    this.evaluator = new Evaluator({ ...help, _: undefined })
    this.evaluator.preload(requireFrom(path.join(process.cwd(), 'prompt.js')))
    this.evaluator.preload(globals)
    guardProcess()
    tellJobEnds(
      (text) => face.print(text),
      this.evaluator,
      () => face.paint,
    )
    tellHandlerFailures(
      (text) => face.print(text),
      this.evaluator,
      () => face.paint,
    )
    useShellScreen({
      handOver: (work) => face.handOver(work),
      coloured: (stream) => paintFor(stream) !== plain,
    })
    // What show(), hexdump() and the like print may be longer than the screen.
    if (face.isTerminal) setPrinter((text) => void face.page(printable(text, true), RESULT_SCREENS))
    showValuesWith((values) => {
      const options = { paint: face.paint, width: face.columns, raw: true, tables: face.isTerminal }
      face.print(printedText(values.map((value) => render(value, options))))
    })
  }

  /** Whether more lines could make this text right, as an open bracket does. */
  async isIncomplete(source: string): Promise<boolean> {
    if (source.trim() === '' || formOf(source) !== null) return false
    try {
      const typed = await withoutCommands(source, this.evaluator)
      return (await this.evaluator.parse(typed?.code ?? source, { prompt: true })).state === 'incomplete'
    } catch {
      // What is wrong is said when it is to run.
      return false
    }
  }

  /**
   * Takes a block that was typed: one of the prompt's own forms (`sr1?`, `.load`), or JavaScript, perhaps with lines that run
   * programs (`!ls`). Errors are printed, never thrown.
   */
  async take(source: string): Promise<void> {
    if (source.trim() === '') return
    this.history.add(source)
    let typed: EditedText | null
    try {
      const form = formOf(source)
      if (form !== null) return await form(this)
      typed = await withoutCommands(source, this.evaluator)
    } catch (error) {
      this.showError(error)
      return
    }
    await (typed === null ? this.evaluate(source) : this.evaluate(typed.code, { typed }))
  }

  /** Evaluates a block and prints its value or its error. Returns whether it ended well. */
  async evaluate(source: string, options: BlockOptions = {}): Promise<boolean> {
    const { file, shows = file === undefined, entry = { source, folder: process.cwd() } } = options
    const name = file?.path ?? `prompt-${++this.#count}`
    if (options.typed !== undefined) this.evaluator.madeFrom(name, options.typed)
    keepBuiltins()
    forgetPrinted()
    const ended = this.face.running()
    try {
      const value = await this.evaluator.run(source, { file: name, prompt: true })
      this.mend()
      ended()
      const showsValue = shows && !hasPrinted(source, value)
      const result = showsValue ? this.results.keep(value) : undefined
      if (entry !== null) this.journal.add({ ...entry, ok: true, result })
      if (showsValue) await this.#print(value, result)
      warnOfForgotten(this.evaluator, this.face.errors)
      return true
    } catch (error) {
      this.mend()
      ended()
      if (entry !== null) this.journal.add({ ...entry, ok: false })
      this.showError(error, file?.shown)
      return false
    }
  }

  /**
   * Puts back what the shell cannot do without and code has made unusable, and says so.
   * @param all also what only looks usable: the shell has failed with it
   */
  mend(all = false): void {
    const names = mendBuiltins(all)
    if (names.length === 0) return
    const some = names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')
    this.face.errors.write(`warning: put back, since the shell itself needs it: ${printable(some)}\n`)
  }

  /** An error that came out of a callback or that nobody handled. Never throws, whatever code has done to what is needed for that. */
  survive(error: unknown): void {
    try {
      // Where no line of the user's is in it, the shell has failed with what it was left with.
      this.mend(types.isNativeError(error) && framesOf(error, this.evaluator).length === 0)
      this.showError(error)
    } catch {
      try {
        this.mend(true)
        this.showError(error)
      } catch {
        // Nothing can be shown; the session goes on.
      }
    }
  }

  /** Prints an error, with the place in the user's text; `.trace` tells the rest. */
  showError(error: unknown, withFile?: string): void {
    const { paint, isTerminal = false } = this.face
    this.lastError = error
    // The script has said it in the user's words.
    if (isA(error, UsageError) || isA(error, ScriptExit)) {
      const who = withFile === undefined ? '' : `${withFile}: `
      if (!(error instanceof ScriptExit && error.code === 0)) this.face.print(printable(`${who}${error.message}`))
      return
    }
    const columns = isTerminal ? this.face.columns : undefined
    this.face.print(renderError(error, this.evaluator, { paint, withFile, columns }))
  }

  async #print(value: unknown, label: string | undefined): Promise<void> {
    const text = this.#show(value, label)
    if (text === undefined) return
    const { isTerminal = false, paint } = this.face
    const hasLabel = label !== undefined && isTerminal && setting('numbers')
    await this.face.page(hasLabel ? labelled(text, label, paint) : text, RESULT_SCREENS)
  }

  /** Rendering runs the value's own inspection, which may fail. */
  #show(value: unknown, label: string | undefined): string | undefined {
    const { paint, columns, rows, isTerminal = false } = this.face
    // What a program has shown as it came is not shown again.
    if (value instanceof ShellResult) return value.screenText(paint !== plain)
    const text = render(value, {
      paint,
      width: columns,
      height: isTerminal ? rows : undefined,
      tables: isTerminal,
      label,
    })
    // Who types a command without its parentheses wants to call it.
    const usage = typeof value === 'function' && text?.includes('[Function') ? usageOf(value) : undefined
    return usage === undefined ? text : `${text} ${paint('gray', `is called: ${usage}`)}`
  }
}
