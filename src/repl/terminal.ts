/** The line that is being typed and what else is printed: the line below, output above it. */
import type { LivePlace } from '../exchange/live-lines.js'
import { cutTo, textWidth } from '../exchange/text-width.js'

type Write = NodeJS.WriteStream['write']

/** What stands at the bottom of the screen while somebody types. */
export interface TypedLine {
  /** The output that takes it away and leaves the cursor where it began. */
  erasing(): string
  /** The output that shows it from where the cursor is. */
  drawing(): string
  /** Shows it as it is now, where something above it has changed; unset: nothing is above it. */
  redraw?(): void
}

/** What is printed while something else has the screen is kept up to this, in characters; of more the start goes. */
const MOST_HELD = 1 << 20

/** Keeps output apart from the line that is being typed, while the prompt waits for one. */
export class Terminal {
  /** The terminal itself: never redirected. */
  readonly output: NodeJS.WriteStream
  readonly #streams: NodeJS.WriteStream[]
  readonly #writes: Write[]
  readonly #listeners = new Set<(data: string | Uint8Array) => void>()
  #line: TypedLine | null = null
  #rest = ''
  /** Whether what was printed last ended its line. */
  #atLineStart = true
  /** How far something is, below the output while nobody types; null shows nothing. */
  #status: string | null = null
  /** Lines above it that change by themselves; while somebody types, the line reader shows them. */
  #live: readonly string[] = []
  /** Columns of the rows below the output that are shown; null: none are. */
  #statusShown: readonly number[] | null = null
  /** What was printed while something else has the screen; null: nothing has. */
  #held: string | null = null

  /** Whether it obeys anything but text and line ends. */
  readonly #canErase: boolean

  /** @param dumb nothing but text and line ends may be written */
  constructor(output: NodeJS.WriteStream, errors: NodeJS.WriteStream, { dumb = false }: { dumb?: boolean } = {}) {
    this.#canErase = output.isTTY === true && !dumb
    const write = this.#tapped(output)
    this.output = Object.create(output, { write: { value: write } })
    this.#streams = output === errors ? [output] : [output, errors]
    this.#writes = this.#streams.map((stream) => stream.write)
    for (const stream of this.#streams) {
      const shown = stream === output || stream.isTTY
      const original = (stream === output ? write : shown ? this.#tapped(stream) : stream.write.bind(stream)) as (
        ...parameters: unknown[]
      ) => boolean
      stream.write = ((chunk: unknown, ...rest: unknown[]) => {
        if (!shown) return original(chunk, ...rest)
        const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString()
        if (!this.#line && this.#held === null) {
          this.#eraseStatus()
          if (text !== '') this.#atLineStart = text.endsWith('\n')
          const taken = original(chunk, ...rest)
          this.#drawStatus()
          return taken
        }
        if (this.#held !== null) this.#held = (this.#held + text).slice(-MOST_HELD)
        else this.#above(text)
        const callback = rest.at(-1)
        if (typeof callback === 'function') process.nextTick(callback)
        return true
      }) as Write
    }
  }

  /** Calls the listener with all that goes to the terminal from now on, as it goes there. Returns the function that stops this. */
  tap(listener: (data: string | Uint8Array) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tapped(stream: NodeJS.WriteStream): Write {
    const write = stream.write.bind(stream) as (...parameters: unknown[]) => boolean
    return ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      for (const listener of this.#listeners) listener(chunk)
      return write(chunk, ...rest)
    }) as Write
  }

  /** From now on this line is being typed; output goes above it. Null: nobody types. */
  typing(line: TypedLine | null): void {
    this.#eraseStatus()
    // The line begins at the left edge and would wipe out what stands there.
    if (line && !this.#line) this.freshLine()
    this.#line = line
    if (!line && this.#rest) {
      this.output.write(this.#rest)
      this.#atLineStart = false
      this.#rest = ''
    }
  }

  /** Ends the line that output has begun, if there is one. */
  freshLine(): void {
    if (!this.#atLineStart) this.output.write('\n')
    this.#atLineStart = true
  }

  /** Something else has the screen from now on (a pager, an editor): output waits until `release()`. */
  hold(): void {
    this.#eraseStatus()
    this.#held ??= ''
  }

  /** The screen is ours again. The line that is being typed has to be drawn anew afterwards. */
  release(): void {
    const held = this.#held ?? ''
    this.#held = null
    if (!this.#line) {
      if (held !== '') this.#streams[0]!.write(held)
      return
    }
    const all = this.#rest + held
    const end = all.lastIndexOf('\n') + 1
    this.#rest = all.slice(end)
    if (end > 0) this.output.write(all.slice(0, end))
  }

  /** Shows a line below the output while nobody types, instead of the one before; null takes it away. */
  status(text: string | null): void {
    if (text === this.#status) return
    this.#eraseStatus()
    this.#status = text
    this.#drawStatus()
  }

  /** Shows lines that change by themselves, above the status, instead of those before; also while somebody types. */
  showLive(lines: readonly string[]): void {
    if (!this.#canErase || (lines.length === this.#live.length && lines.every((line, i) => line === this.#live[i])))
      return
    this.#eraseStatus()
    this.#live = lines
    this.#drawStatus()
    if (this.#held === null) this.#line?.redraw?.()
  }

  /** The lines that change by themselves. */
  get live(): readonly string[] {
    return this.#live
  }

  #drawStatus(): void {
    if (this.#line || this.#held !== null || !this.#atLineStart || this.#statusShown !== null || !this.#canErase) return
    const columns = Math.max(10, (this.output.columns || 80) - 1)
    const rows = [...this.#live, ...(this.#status === null ? [] : [this.#status])].map((row) => cutTo(row, columns))
    if (rows.length === 0) return
    this.output.write(rows.join('\n'))
    this.#statusShown = rows.map(textWidth)
  }

  #eraseStatus(): void {
    const shown = this.#statusShown
    this.#statusShown = null
    if (shown === null) return
    // A terminal that has become narrower has broken lines into several.
    const columns = Math.max(1, this.output.columns || 80)
    const before = shown.slice(0, -1).reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    const above = before + Math.floor(shown.at(-1)! / columns)
    this.output.write(above > 0 ? `\x1b[${above}A\r\x1b[J` : '\r\x1b[K')
  }

  /** Ctrl-C while nobody types: the terminal has put its `^C` behind what stands there. */
  interrupted(): void {
    const hadStatus = this.#statusShown !== null
    this.#eraseStatus()
    this.output.write(hadStatus ? '^C\n' : '\n')
    this.#atLineStart = true
  }

  /** Clears the screen, and what can be scrolled back to. */
  clear(): void {
    this.#statusShown = null
    this.#atLineStart = true
    if (!this.#canErase) return
    this.output.write('\x1b[H\x1b[2J\x1b[3J')
    this.#drawStatus()
  }

  restore(): void {
    this.release()
    this.status(null)
    this.showLive([])
    this.typing(null)
    this.#streams.forEach((stream, index) => {
      stream.write = this.#writes[index]!
    })
  }

  /** Prints whole lines above the one that is typed; the start of a line waits for its end. */
  #above(text: string): void {
    const all = this.#rest + text
    const end = all.lastIndexOf('\n') + 1
    this.#rest = all.slice(end)
    if (end === 0) return
    this.output.write(this.#line!.erasing() + all.slice(0, end) + this.#line!.drawing())
  }
}

/** A terminal as the place for lines that change by themselves. */
export function livePlaceOf(terminal: Terminal): LivePlace {
  return {
    get columns() {
      return Math.max(10, (terminal.output.columns || 80) - 1)
    },
    show: (lines) => terminal.showLive(lines),
  }
}
