/** The line that is being typed and what else is printed: readline below, output above it. */
import { clearScreenDown, cursorTo, type Interface, moveCursor } from 'node:readline'

type Write = NodeJS.WriteStream['write']

/** Keeps output apart from the line that is being typed, while the prompt waits for one. */
export class Terminal {
  /** What readline writes to: the real output, never redirected. */
  readonly output: NodeJS.WriteStream
  readonly #streams: NodeJS.WriteStream[]
  readonly #writes: Write[]
  #line: Interface | null = null
  #rest = ''
  /** Whether what was printed last ended its line. */
  #atLineStart = true
  /** How far something is, below the output while nobody types; null shows nothing. */
  #status: string | null = null
  #statusShown = false

  constructor(output: NodeJS.WriteStream, errors: NodeJS.WriteStream) {
    const write = output.write.bind(output) as Write
    this.output = Object.create(output, { write: { value: write } })
    this.#streams = [output, errors]
    this.#writes = this.#streams.map((stream) => stream.write)
    for (const stream of this.#streams) {
      const original = stream.write.bind(stream) as (...parameters: unknown[]) => boolean
      stream.write = ((chunk: unknown, ...rest: unknown[]) => {
        if (stream !== output && !stream.isTTY) return original(chunk, ...rest)
        const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString()
        if (!this.#line) {
          this.#eraseStatus()
          if (text !== '') this.#atLineStart = text.endsWith('\n')
          const taken = original(chunk, ...rest)
          this.#drawStatus()
          return taken
        }
        this.#above(text)
        const callback = rest.at(-1)
        if (typeof callback === 'function') process.nextTick(callback)
        return true
      }) as Write
    }
  }

  /** From now on a line is being typed in this readline; output goes above it. Null: nobody types. */
  typing(line: Interface | null): void {
    this.#eraseStatus()
    this.#line = line
    // readline begins its line at the left edge and would wipe out what stands there.
    if (line) this.freshLine()
    if (!line && this.#rest) {
      this.output.write(this.#rest)
      this.#rest = ''
    }
  }

  /** Ends the line that output has begun, if there is one. */
  freshLine(): void {
    if (!this.#atLineStart) this.output.write('\n')
    this.#atLineStart = true
  }

  /** Shows a line below the output while nobody types, instead of the one before; null takes it away. */
  status(text: string | null): void {
    if (text === this.#status) return
    this.#eraseStatus()
    this.#status = text
    this.#drawStatus()
  }

  #drawStatus(): void {
    if (this.#status === null || this.#line || !this.#atLineStart || this.#statusShown || !this.output.isTTY) return
    this.output.write(this.#status.slice(0, Math.max(10, (this.output.columns ?? 80) - 1)))
    this.#statusShown = true
  }

  #eraseStatus(): void {
    if (this.#statusShown) this.output.write('\r\x1b[K')
    this.#statusShown = false
  }

  /** Ctrl-C while nobody types: the terminal has put its `^C` behind what stands there. */
  interrupted(): void {
    const hadStatus = this.#statusShown
    this.#eraseStatus()
    this.output.write(hadStatus ? '^C\n' : '\n')
    this.#atLineStart = true
  }

  restore(): void {
    this.status(null)
    this.typing(null)
    this.#streams.forEach((stream, index) => {
      stream.write = this.#writes[index]
    })
  }

  /** Prints whole lines above the one that is typed; the start of a line waits for its end. */
  #above(text: string): void {
    const line = this.#line as Interface & { prevRows?: number }
    const all = this.#rest + text
    const end = all.lastIndexOf('\n') + 1
    this.#rest = all.slice(end)
    if (end === 0) return
    const { rows } = line.getCursorPos()
    cursorTo(this.output, 0)
    if (rows > 0) moveCursor(this.output, 0, -rows)
    clearScreenDown(this.output)
    this.output.write(all.slice(0, end))
    line.prevRows = 0
    line.prompt(true)
  }
}
