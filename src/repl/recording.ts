/** What the terminal shows, as a file that asciinema plays (asciicast v2: a header line, then `[time, type, data]` lines). */
import { closeSync, writeSync } from 'node:fs'

/** What is recorded from. */
export interface RecordedTerminal {
  readonly columns: number
  readonly rows: number
  tap(listener: (data: string | Uint8Array) => void): () => void
}

/** A recording that goes on. */
export class Recording {
  readonly #descriptor: number
  readonly #terminal: RecordedTerminal
  readonly #began = performance.now()
  #untap: () => void = () => undefined
  /** A character may come in two pieces. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #size: string
  #open = true
  /** Why it ended by itself. */
  error: unknown

  /**
   * Begins at once.
   * @param descriptor the file, open for writing; closed when the recording stops
   */
  constructor(descriptor: number, terminal: RecordedTerminal, environment: NodeJS.ProcessEnv = process.env) {
    this.#descriptor = descriptor
    this.#terminal = terminal
    const { columns, rows } = terminal
    this.#size = `${columns}x${rows}`
    const { TERM, SHELL } = environment
    this.#line({
      version: 2,
      width: columns,
      height: rows,
      timestamp: Math.floor(Date.now() / 1000),
      env: { ...(TERM && { TERM }), ...(SHELL && { SHELL }) },
    })
    if (!this.#open) return
    this.#untap = terminal.tap((data) => this.#take(data))
    process.on('exit', this.#atExit)
  }

  /** Whether it still records. */
  get open(): boolean {
    return this.#open
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  /** Ends it. A second call does nothing. */
  stop(): void {
    if (!this.#open) return
    this.#open = false
    this.#untap()
    process.removeListener('exit', this.#atExit)
    closeSync(this.#descriptor)
  }

  readonly #atExit = (): void => this.stop()

  #take(data: string | Uint8Array): void {
    if (!this.#open) return
    const { columns, rows } = this.#terminal
    const size = `${columns}x${rows}`
    if (size !== this.#size) {
      this.#size = size
      this.#event('r', size)
    }
    const text = typeof data === 'string' ? data : this.#decoder.decode(data, { stream: true })
    // A terminal that is written to directly adds the return that a line end needs; a player does not.
    if (text !== '') this.#event('o', text.replace(/(?<!\r)\n/g, '\r\n'))
  }

  #event(type: 'o' | 'r', data: string): void {
    this.#line([Math.round(this.seconds * 1e6) / 1e6, type, data])
  }

  #line(value: unknown): void {
    try {
      writeSync(this.#descriptor, `${JSON.stringify(value)}\n`)
    } catch (error) {
      // A full disk must not keep anybody from working.
      this.error = error
      this.stop()
    }
  }
}
