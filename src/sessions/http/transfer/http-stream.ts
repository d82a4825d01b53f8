/** An answer that is read as it comes. */
import { printable, Task } from '../../../exchange/index.js'
import { SessionError } from '../../face/session-error.js'
import type { HttpClient, OpenAnswer } from '../client.js'
import { codingError, textDecoder, textOf } from '../decode.js'
import type { HttpOptions } from '../http-options.js'
import { readableHeaders } from '../readable-headers.js'
import { requestName } from '../wire-errors.js'

/** Options of a streamed request. */
export interface StreamOptions extends HttpOptions {
  /** Default GET. */
  method?: string
}

/** Characters of a line. */
const LONGEST_LINE = 8 * 1024 * 1024

/** An answer whose body comes bit by bit: `for (const bytes of stream)`, `for (const line of stream.lines())`. Made by `http.stream`. */
export class HttpStream {
  #isTaken = false

  constructor(private readonly opened: OpenAnswer) {
    // That it broke is told to who reads it.
    opened.body.on('error', () => undefined)
  }

  get status(): number {
    return this.opened.answer.status
  }

  get statusText(): string {
    return this.opened.answer.statusText
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get url(): string {
    return this.opened.request.url.href
  }

  /** Header fields, by name in any spelling. */
  get headers(): Record<string, string> {
    return readableHeaders(this.opened.answer.headers)
  }

  /** Bytes that the server says will come, compressed or not; undefined: it does not say. */
  get length(): number | undefined {
    const length = this.opened.answer.headers.get('content-length')
    return length === undefined ? undefined : Number(length)
  }

  /** Its bytes as they come, decompressed. Leaving the loop gives up the rest. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this.#endable(this.#pieces())
  }

  /** Its lines as they come, in its charset (else UTF-8), without line ends. Leaving the loop gives up the rest. */
  lines(): AsyncIterableIterator<string> {
    return this.#endable(this.#lines())
  }

  /** The rest of the body as text, at most what option `limit` takes. */
  text(): Task<string> {
    return Task.run(
      async ({ onAbort }) => {
        onAbort(() => this.close())
        const pieces: Uint8Array[] = []
        let length = 0
        const { request, answer } = this.opened
        for await (const piece of this.#pieces()) {
          pieces.push(piece)
          length += piece.length
          if (length > request.limit)
            throw new SessionError(
              `${requestName(request)}: the answer is longer than ${request.limit} bytes; option limit takes more`,
              'LIMIT',
            )
        }
        return textOf(Buffer.concat(pieces, length), answer.headers.get('content-type'))
      },
      { name: 'text' },
    )
  }

  /** Gives up what has not come. */
  close(): void {
    this.#isTaken = true
    this.opened.body.destroy(new SessionError(`${requestName(this.opened.request)}: it was closed`, 'CLOSED'))
  }

  toString(): string {
    const length = this.length === undefined ? '' : `, ${this.length} bytes`
    return `${this.status} ${printable(this.statusText)}${length}, ${this.#isTaken ? 'read' : 'to be read: for (const bytes of …), lines(), text()'}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    const { body, request } = this.opened
    if (this.#isTaken) throw new SessionError(`${requestName(request)}: it was read already`, 'READ')
    this.#isTaken = true
    try {
      yield* body as AsyncIterable<Uint8Array>
    } catch (error) {
      throw codingError(requestName(request), error)
    }
  }

  async *#lines(): AsyncGenerator<string> {
    const { answer, request } = this.opened
    const decoder = textDecoder(answer.headers.get('content-type'))
    let rest = ''
    for await (const piece of this.#pieces()) {
      const lines = decoder.decode(piece, { stream: true }).split('\n')
      lines[0] = rest + lines[0]!
      rest = lines.pop()!
      if (rest.length > LONGEST_LINE)
        throw new SessionError(`${requestName(request)}: a line is longer than ${LONGEST_LINE} characters`, 'LIMIT')
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
    }
    rest += decoder.decode()
    if (rest !== '') yield rest
  }

  /** A generator that waits for its next piece cannot be ended from outside: what it reads from can. */
  #endable<T>(source: AsyncGenerator<T>): AsyncIterableIterator<T> {
    const iterator: AsyncIterableIterator<T> = {
      next: () => source.next(),
      return: async () => {
        this.close()
        // It ends with what closing made of it.
        await source.return(undefined).catch(() => undefined)
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }
}

/** Sends a request; gives its answer as soon as the headers are there. */
export function stream(
  client: Pick<HttpClient, 'open'>,
  url: string | URL,
  { method = 'GET', ...options }: StreamOptions = {},
): Task<HttpStream> {
  return Task.run(async (control) => new HttpStream(await client.open(method, url, options, control)), {
    name: 'http.stream',
  })
}
