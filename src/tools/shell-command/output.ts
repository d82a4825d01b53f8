/** What programs write: kept within a limit, shown as it comes where that is wanted. */
import type { Readable } from 'node:stream'
import { ScreenStream } from './screen-text.js'

/** Keeps the output of one command. */
export class Output {
  readonly stdout: Buffer[] = []
  readonly stderr: Buffer[] = []
  /** Bytes that are kept. */
  kept = 0
  /** Bytes that were let go. */
  dropped = 0
  readonly #limit: number
  readonly #onFull: (() => void) | null

  /** @param onFull called when there is more than the limit; null: the oldest output is let go instead */
  constructor(limit: number, onFull: (() => void) | null) {
    this.#limit = limit
    this.#onFull = onFull
  }

  add(to: Buffer[], chunk: Buffer): void {
    to.push(chunk)
    this.kept += chunk.length
    if (this.kept <= this.#limit) return
    if (this.#onFull !== null) {
      // Exactly the limit is kept, whatever the sizes of the pieces were.
      const excess = this.kept - this.#limit
      to[to.length - 1] = chunk.subarray(0, chunk.length - excess)
      this.kept = this.#limit
      this.#onFull()
      return
    }
    while (this.kept > this.#limit) {
      const from = this.stdout.length > 0 && (to === this.stdout || this.stderr.length <= 1) ? this.stdout : this.stderr
      const oldest = from.shift()!
      this.kept -= oldest.length
      this.dropped += oldest.length
    }
  }
}

/** Reads a stream to its end. @param show where each piece is printed too; null: nowhere */
export function collect(stream: Readable, take: (chunk: Buffer) => void, show: Shown | null): void {
  stream.on('data', (chunk: Buffer) => {
    take(chunk)
    if (show === null || show.write(chunk)) return
    stream.pause()
    show.stream.once('drain', () => stream.resume())
  })
  stream.once('close', () => show?.end())
  // A pipe that breaks has nothing more to tell; the exit status says how it ended.
  stream.on('error', () => undefined)
}

/** One output of a program on the screen. */
export class Shown {
  readonly stream: NodeJS.WriteStream
  readonly #text: ScreenStream
  readonly #paint: (text: string) => string
  readonly #decoder = new (process.getBuiltinModule('node:string_decoder').StringDecoder)('utf8')
  #ended = false

  /** @param paint what makes the text one of standard error */
  constructor(stream: NodeJS.WriteStream, coloured: boolean, paint: (text: string) => string = (text) => text) {
    this.stream = stream
    this.#text = new ScreenStream(coloured)
    this.#paint = paint
  }

  /** False when the screen does not keep up: wait for its `drain`. */
  write(chunk: Buffer): boolean {
    const text = this.#text.take(this.#decoder.write(chunk))
    return text === '' || this.stream.write(this.#painted(text))
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    const text = this.#text.take(this.#decoder.end()) + this.#text.end()
    if (text !== '') this.stream.write(this.#painted(text))
  }

  /** Line ends stay outside of the paint, so that whoever looks for one at the end finds it. */
  #painted(text: string): string {
    return text.replace(/[^\n]+/g, this.#paint)
  }
}
