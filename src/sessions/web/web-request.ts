/** A request as handlers see it. */
import type { IncomingMessage } from 'node:http'
import { parse as parseQuery } from 'node:querystring'
import { WebError } from './web-reply.js'

/** Names with their values; a name that came several times has a list. */
export type Named = Record<string, string | string[]>

/** A request. Its body has been read when a handler gets it, so nothing of it waits. */
export class WebRequest {
  /** `GET`, `POST` … */
  readonly method: string
  /** What stands behind the method, as it came: `/notes/a%20b?x=1`. */
  readonly target: string
  /** The path as it came: `/notes/a%20b`. */
  readonly rawPath: string
  /** What stands behind the `?`, as it came. */
  readonly rawQuery: string
  /** Address and port of the other end: `127.0.0.1:40000`. */
  readonly client: string
  /** When it came. */
  readonly time = new Date()
  /** Parts of the path that the route names, decoded; what `*` stands for is `params['*']`, as it came. */
  params: Record<string, string> = NO_PARAMS
  readonly #incoming: IncomingMessage
  #path: string | undefined
  #query: Named | undefined
  #cookies: Record<string, string> | undefined
  #bytes: Uint8Array = NO_BYTES

  /** @param client address and port of the other end */
  constructor(incoming: IncomingMessage, client: string) {
    this.#incoming = incoming
    this.client = client
    this.method = incoming.method!
    this.target = incoming.url!
    const target = this.target.startsWith('/') ? this.target : withoutOrigin(this.target)
    const mark = target.indexOf('?')
    this.rawPath = mark < 0 ? target : target.slice(0, mark)
    this.rawQuery = mark < 0 ? '' : target.slice(mark + 1)
  }

  /** The path, decoded: `/notes/a b`. @throws WebError (400) where its percent signs are wrong */
  get path(): string {
    this.#path ??= decoded(this.rawPath)
    return this.#path
  }

  /** What stands behind the `?`: `{x: '1'}`; a name that came several times has a list. */
  get query(): Named {
    this.#query ??= named(this.rawQuery)
    return this.#query
  }

  /** Headers, their names in small letters. */
  get headers(): IncomingMessage['headers'] {
    return this.#incoming.headers
  }

  /** Headers as they came: name, value, name, value … */
  get rawHeaders(): readonly string[] {
    return this.#incoming.rawHeaders
  }

  /** `HTTP/1.1`. */
  get version(): string {
    return `HTTP/${this.#incoming.httpVersion}`
  }

  /** Cookies of the client. */
  get cookies(): Record<string, string> {
    this.#cookies ??= cookiesOf(this.headers.cookie ?? '')
    return this.#cookies
  }

  /** Bytes of the body. */
  get length(): number {
    return this.#bytes.length
  }

  /** The body as bytes. */
  bytes(): Uint8Array {
    return this.#bytes
  }

  /** The body as text (UTF-8). */
  text(): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length).toString('utf8')
  }

  /** The body read as JSON. @throws WebError, which is answered with 400, where it is none */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client sent
  json(): any {
    try {
      return JSON.parse(this.text())
    } catch (error) {
      if (this.length === 0) throw new WebError(400, 'the body must be JSON, and there is none')
      throw new WebError(400, `the body is no JSON: ${(error as Error).message}`)
    }
  }

  /**
   * The fields of a form (application/x-www-form-urlencoded): `{name: 'value'}`; one that came several times has a list.
   * @throws WebError, which is answered with 415, where the body says that it is something else
   */
  form(): Named {
    const type = (this.headers['content-type'] ?? FORM).split(';')[0]!.trim().toLowerCase()
    if (type !== FORM) throw new WebError(415, `the form must come as ${FORM}, not as ${type}`)
    return named(this.text())
  }

  toString(): string {
    return `${this.method} ${this.target} from ${this.client}${this.length === 0 ? '' : `, ${this.length} bytes`}`
  }

  toJSON(): object {
    const { method, target, path, query, params, version, client, headers } = this
    return { method, target, path, query, params, version, client, headers, text: this.text() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Its body has come. */
  _received(bytes: Uint8Array): void {
    this.#bytes = bytes
  }
}

const FORM = 'application/x-www-form-urlencoded'
const NO_BYTES = new Uint8Array()
const NO_PARAMS: Record<string, string> = Object.freeze(Object.create(null))

/** Fields of a form or a query; more than this are left out. */
const MOST_FIELDS = 1000

function named(text: string): Named {
  // An object without a prototype: `__proto__` is a name like any other.
  return parseQuery(text, '&', '=', { maxKeys: MOST_FIELDS }) as Named
}

/** A target with scheme and host, as proxies get it (RFC 9112 §3.2.2), without these. `*` stays. */
function withoutOrigin(target: string): string {
  const [, rest] = /^[a-z][a-z\d+.-]*:\/\/[^/?]*(.*)$/is.exec(target) ?? [undefined, target]
  return rest === '' || rest!.startsWith('?') ? `/${rest}` : rest!
}

/** A part of a path without its percent signs. @throws WebError (400) where they are wrong */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new WebError(400, 'a percent sign of the path is followed by no UTF-8')
  }
}

/** RFC 6265 §5.4: `a=1; b=2`. The first of a name counts, as the more special one. */
function cookiesOf(header: string): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  for (const pair of header.split(';')) {
    const sign = pair.indexOf('=')
    if (sign < 0) continue
    const value = pair.slice(sign + 1).trim()
    cookies[pair.slice(0, sign).trim()] ??= /^".*"$/.test(value) ? value.slice(1, -1) : value
  }
  return cookies
}
