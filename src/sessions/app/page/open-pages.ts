/** The pages that are open, and the events sent to them (Server-Sent Events, HTML standard §9.2). */
import type { ServerResponse } from 'node:http'

const MOST_PAGES = 64
/** Bytes that may wait for a page that does not read; then it is cut off, and comes again. */
const MOST_WAITING = 16 << 20
/** A comment keeps what stands between from thinking that nobody is there, ms. */
const SIGN_OF_LIFE = 20_000

export class OpenPages {
  readonly #responses = new Set<ServerResponse>()
  readonly #changed: (count: number) => void
  #timer: NodeJS.Timeout | undefined

  constructor(changed: (count: number) => void) {
    this.#changed = changed
  }

  get count(): number {
    return this.#responses.size
  }

  get isFull(): boolean {
    return this.count >= MOST_PAGES
  }

  add(response: ServerResponse, event: string, value: string): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.on('close', () => {
      this.#responses.delete(response)
      if (this.count === 0) clearInterval(this.#timer)
      this.#changed(this.count)
    })
    if (this.count === 0) this.#timer = setInterval(() => this.#write(':\n\n'), SIGN_OF_LIFE).unref()
    this.#responses.add(response)
    response.write(eventText(event, value))
    this.#changed(this.count)
  }

  /**
   * @param value JSON
   * @param only to this one; unset: to all
   */
  send(event: string, value: string, only?: ServerResponse): void {
    this.#write(eventText(event, value), only === undefined ? this.#responses : [only])
  }

  end(): void {
    for (const response of this.#responses) response.end(eventText('ended', 'null'))
  }

  #write(text: string, responses: Iterable<ServerResponse> = this.#responses): void {
    for (const response of responses)
      if (response.writableLength + text.length > MOST_WAITING) response.destroy()
      else response.write(text)
  }
}

/** JSON has no line end in it. */
function eventText(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`
}
