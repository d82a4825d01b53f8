/** What reads blocks from the user: the editor, or on terminals that cannot do what it needs, the plain reader. */
import type { TypedLine } from '../terminal.js'

export interface LineReaderEvents {
  /** A block was typed; the reader rests until `read()`. */
  submit: [text: string]
  /** The user wants to leave; the reader rests. */
  leave: []
  /** Ctrl-C with nothing typed; the reader rests. */
  cancel: []
  /** Ctrl-C was typed behind a block that was submitted, before the terminal made a signal of it; what was typed between them is forgotten. */
  interrupt: []
  /** The text is wanted in an editor of the user's (Ctrl-X Ctrl-E). */
  edit: []
  /** The input is gone. */
  close: []
}

export interface LineReader extends TypedLine {
  on<E extends keyof LineReaderEvents>(event: E, listener: (...args: LineReaderEvents[E]) => void): unknown
  /** What is typed now. */
  readonly text: string
  /** Begins to read. @param text what stands in the line already */
  read(prompt: string, text?: string): void
  /** Changes what stands before the line, from the next time that it is drawn. */
  changePrompt(prompt: string): void
  /** Gives the terminal to something else, whether a line is typed or not; `restore` takes it back. */
  release(): void
  restore(): void
  /** The process was stopped and goes on: others have used the terminal meanwhile. */
  continued(): void
  /** Ctrl-C came as a signal: as if it were typed. */
  cancel(): void
  /** Replaces what is typed. */
  replace(text: string): void
  /** Loads what the first prompt could do without. */
  warmUp(): Promise<void>
  /** Ends for good. */
  close(): void
}
