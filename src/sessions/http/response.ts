/** The answer to a request, as people see it. */
import { Task } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'
import { wantedProof } from './auth/challenge.js'
import { cookiesSet } from './cookies.js'
import { type ToCurlOptions, toCurl } from './curl/to-curl.js'
import { textOf } from './decode.js'
import type { Incoming, Outgoing } from './exchange.js'
import type { HttpHeaders } from './headers.js'
import { linksOf } from './paging/link-header.js'
import { readableHeaders } from './readable-headers.js'
import { repeatsStatus, responseLine, responsePage } from './response-text.js'
import type { TimingMarks } from './timing.js'
import { saveBody } from './transfer/save-body.js'
import { requestName } from './wire-errors.js'

/** Milliseconds of the parts of an exchange; a part that did not happen, as over a connection that stood, is 0. */
export interface HttpTiming {
  /** Looking up the name. */
  dns: number
  /** Connecting. */
  tcp: number
  /** The TLS handshake. */
  tls: number
  /** From the request's start until the first byte of the answer. */
  firstByte: number
  /** Until the last one; with redirects, attempts and all. */
  total: number
}

/** The request to an answer, as it was sent. */
export interface HttpRequest {
  method: string
  url: string
  headers: HttpHeaders
  /** The body, where it is text and not very long. */
  text: string | undefined
}

/** What an answer has without its body. */
export interface HttpHead {
  readonly status: number
  readonly statusText: string
  /** Whether the status is 200 to 299. */
  readonly ok: boolean
}

/** An answer with all of its body. Made by `http.get` and the like. */
export class HttpResponse implements HttpHead {
  /** `404`. */
  readonly status: number
  /** `Not Found`. */
  readonly statusText: string
  /** Of HTTP: `1.1`, `2`. */
  readonly version: string
  /** Address and port of the server; undefined from the cache. */
  readonly remote: string | undefined
  /** Where it came from: 'network', 'cache', or 'revalidated': kept, and the server said that it still holds. */
  readonly source: 'network' | 'cache' | 'revalidated'
  /** The body, decompressed. */
  readonly bytes: Uint8Array
  /** Answers that came before it: redirects, and those that asked who we are. */
  readonly history: readonly HttpResponse[]
  /** When it was complete. */
  readonly time = new Date()
  readonly #headers: HttpHeaders
  readonly #request: Outgoing
  readonly #marks: TimingMarks
  readonly #began: number
  #readable: Record<string, string> | undefined

  /** @param began when the call began, `performance.now()` */
  constructor(request: Outgoing, answer: Incoming, bytes: Uint8Array, history: readonly HttpResponse[], began: number) {
    this.status = answer.status
    this.statusText = answer.statusText
    this.version = answer.version
    this.remote = answer.remote
    this.source = answer.source
    this.bytes = bytes
    this.history = history
    this.#headers = answer.headers
    this.#request = request
    this.#marks = answer.marks
    this.#began = began
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  /** Where it came from, behind all redirects. */
  get url(): string {
    return this.#request.url.href
  }

  /** Of the last request: redirects may have made a GET of a POST. */
  get method(): string {
    return this.#request.method
  }

  /** Header fields, by name in any spelling: `headers['Content-Type']`; one that came several times has commas between. */
  get headers(): Record<string, string> {
    this.#readable ??= readableHeaders(this.#headers)
    return this.#readable
  }

  /** Header fields as they came, all of them: [name, value]. */
  get rawHeaders(): [string, string][] {
    return [...this.#headers]
  }

  /** Media type of the body: `text/html`. */
  get type(): string {
    return (this.#headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  }

  /** Bytes of the body. */
  get length(): number {
    return this.bytes.length
  }

  /** The body as text, in the charset that it says it has, else UTF-8. */
  text(): string {
    return textOf(this.bytes, this.#headers.get('content-type'))
  }

  /** The body read as JSON. @throws SessionError where it is none */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent
  json(): any {
    const text = this.text()
    try {
      return JSON.parse(text)
    } catch (error) {
      const what = text === '' ? 'there is no body' : `${(error as Error).message}`
      throw new SessionError(
        `${requestName(this.#request)}: the answer (${this.status}${this.type === '' ? '' : `, ${this.type}`}) is no JSON: ${what}`,
        'JSON',
      )
    }
  }

  /** Cookies that it set: {name: value}. Those of a session are in `session.cookies`. */
  get cookies(): Record<string, string> {
    return cookiesSet({ headers: this.#headers })
  }

  /** Links of the header `Link` (RFC 8288): {next: url, last: url}. */
  get links(): Record<string, string> {
    return linksOf(this.#headers, this.url)
  }

  /** Milliseconds of its parts: {dns, tcp, tls, firstByte, total}. */
  get timing(): HttpTiming {
    const { start, connectStart, dns, tcp, tls, firstByte, end } = this.#marks
    const part = (from: number | undefined, to: number | undefined): number =>
      from === undefined || to === undefined ? 0 : rounded(to - from)
    return {
      dns: part(connectStart, dns),
      tcp: part(dns ?? connectStart, tcp),
      tls: part(tcp, tls),
      firstByte: part(start, firstByte),
      total: rounded((end ?? firstByte ?? start) - this.#began),
    }
  }

  /** What was asked: {method, url, headers, text}. */
  get request(): HttpRequest {
    const { method, url, headers, body } = this.#request
    return { method, url: url.href, headers: headers.copy(), text: body?.preview }
  }

  /** Gives itself where the status is 200 to 299. @throws SessionError with the status and the beginning of the body otherwise */
  expectOk(): this {
    if (this.ok) return this
    const text = this.isText ? this.text().trim().replace(/\s+/g, ' ').slice(0, 200) : ''
    const wanted = this.status === 401 ? wantedProof(this.#headers) : undefined
    const asks = wanted === undefined ? '' : `, it asks for ${wanted}: see option auth`
    const what = `${this.status} ${this.statusText}`.trim() + asks
    const isTold = text === '' || text.startsWith('<') || repeatsStatus(text, this.status, this.statusText)
    throw new SessionError(`${requestName(this.#request)}: ${what}${isTold ? '' : `: ${text}`}`, `HTTP_${this.status}`)
  }

  /** Whether the body is text, by its type. */
  get isText(): boolean {
    return (
      /^text\/|[/+](?:json|xml|javascript|yaml|x-www-form-urlencoded|graphql|x-ndjson)$/.test(this.type) ||
      this.type === ''
    )
  }

  /** Writes the body to a file; gives its name. A file that is there is not overwritten: a number is put behind the name. */
  save(file?: string): Task<string> {
    return Task.run(
      async () => {
        return saveBody(this.bytes, file, { url: this.url, headers: this.#headers })
      },
      { name: 'save' },
    )
  }

  /** The curl command that asks the same. Secrets are left out unless they are asked for: `curl({secrets: true})`. */
  curl(options: ToCurlOptions = {}): string {
    return toCurl(this.#request, options)
  }

  /** One line: `200 OK, application/json, 431 bytes, 12 ms`. */
  toString(): string {
    return responseLine(this)
  }

  toJSON(): object {
    const { status, statusText, ok, method, url, version, headers, timing, source } = this
    return { status, statusText, ok, method, url, version, source, headers, timing, ...this.#jsonBody() }
  }

  #jsonBody(): object {
    if (this.bytes.length === 0) return {}
    if (/[/+]json$/.test(this.type))
      try {
        return { json: this.json() }
      } catch {
        // Shown as text.
      }
    return this.isText ? { text: this.text() } : { bytes: this.bytes }
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    depth: number,
    options: { stylize?: (text: string, style: string) => string; breakLength?: number },
  ): string {
    return depth < 0 || (options as { depth?: number }).depth === -1 ? this.toString() : responsePage(this, options)
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
