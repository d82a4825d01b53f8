/** What is answered to a request: status, headers, body, and what values of the user's mean as such. */
import { OptionError } from '../../exchange/index.js'
import { checkTable, type OptionKind, type OptionTable } from '../../tools/option-kinds.js'
import type { Resource } from '../serve/resource.js'
import type { WebRequest } from './web-request.js'

/** Headers of an answer; several values of one name make several lines. */
export type ReplyHeaders = Record<string, string | number | readonly string[]>

/** Pieces of a body, as they come. */
export type Pieces = Iterable<unknown> | AsyncIterable<unknown>

/** A body: text (sent as UTF-8), bytes, or pieces of these. */
export type ReplyBody = string | Uint8Array | Pieces | undefined

/** An answer as it is sent. */
export class WebReply {
  constructor(
    readonly status: number,
    readonly headers: ReplyHeaders,
    readonly body: ReplyBody,
    /** Bytes of a body in pieces, where that is known before. */
    readonly length?: number,
  ) {}

  /** `200 text/html; charset=utf-8, 12 bytes`. */
  toString(): string {
    const { body } = this
    const size =
      typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.length : this.length
    const kind = String(this.headers['Content-Type'] ?? '')
    const isEmpty = body === undefined && size === undefined
    const text = isEmpty ? 'no body' : size === undefined ? 'in pieces' : `${size} bytes`
    return [`${this.status}${kind === '' ? '' : ` ${kind}`}`, text].join(', ')
  }

  toJSON(): object {
    const { status, headers, body } = this
    return { status, headers, body: typeof body === 'string' ? body : undefined }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A file: which of its bytes are sent is decided by what the request says of parts, and of what the client has already. */
export class FileReply extends WebReply {
  constructor(readonly resource: Resource) {
    super(200, { 'Content-Type': resource.type }, undefined, resource.size)
  }
}

/** An answer that depends on the request in a way of its own: files and folders. */
export abstract class RequestAnswer {
  abstract answer(request: WebRequest): WebReply | Promise<WebReply>
  abstract toString(): string

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** What is wrong with a request: answered with this status and text, and no failure of the server. */
export class WebError extends Error {
  override readonly name = 'WebError'

  constructor(
    readonly status: number,
    message: string,
    /** More headers of the answer. */
    readonly headers: ReplyHeaders = {},
  ) {
    super(message)
  }
}

export const TEXT = 'text/plain; charset=utf-8'
export const HTML = 'text/html; charset=utf-8'
export const JSON_TYPE = 'application/json'
const BYTES = 'application/octet-stream'

/** Names of statuses; node:http is loaded with the first of them, not with the prompt. */
const STATUS_CODES = (): Readonly<Record<number, string | undefined>> =>
  process.getBuiltinModule('node:http').STATUS_CODES

/** A status with its name as a page of plain text. */
export function statusReply(status: number, text = '', headers: ReplyHeaders = {}): WebReply {
  if (hasNoBody(status)) return new WebReply(status, headers, undefined)
  const line = `${status} ${STATUS_CODES()[status] ?? 'Unknown'}`
  return new WebReply(status, { 'Content-Type': TEXT, ...headers }, text === '' ? `${line}\n` : `${line}: ${text}\n`)
}

/** Answers that never have a body (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/**
 * What a value means as an answer: a text is HTML when it begins with `<`, else plain; bytes; a number is a status; nothing is 204; what comes in
 * pieces is sent in pieces; any other object is JSON.
 * @throws TypeError for what can be no answer; OptionError for a number that is no status
 */
export function replyOf(value: unknown): WebReply | RequestAnswer {
  if (typeof value === 'string') return new WebReply(200, { 'Content-Type': value[0] === '<' ? HTML : TEXT }, value)
  if (value === undefined || value === null) return new WebReply(204, {}, undefined)
  if (value instanceof WebReply || value instanceof RequestAnswer) return value
  if (typeof value === 'number') return statusReply(checkedStatus('an answer', value))
  const body = bodyOf(value)
  return new WebReply(200, { 'Content-Type': typeOf(body, value) }, body)
}

/** What a body that is no text and no status is sent as. */
function bodyOf(value: unknown): ReplyBody {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (value instanceof Error) throw value
  if (typeof value === 'object' && value !== null && isPieces(value)) return value
  // Functions and symbols have no JSON.
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw new TypeError(`a ${typeof value} is no answer: give a text, bytes, an object, a status`)
  return json
}

function typeOf(body: ReplyBody, value: unknown): string {
  if (body instanceof Uint8Array) return BYTES
  return typeof body === 'string' ? (typeof value === 'string' ? TEXT : JSON_TYPE) : TEXT
}

/** Streams and generators. Lists are JSON, and so is what says itself how it is written as such. */
function isPieces(value: object): value is Pieces {
  if (Array.isArray(value) || 'toJSON' in value) return false
  if (typeof (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === 'function') return true
  return Symbol.iterator in value && typeof (value as { next?: unknown }).next === 'function'
}

function checkedStatus(name: string, status: unknown): number {
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status
  throw new OptionError(`${name}: a number is a status, 200..599, not ${String(status)}; String(…) makes it a text`)
}

/** What `web.reply` takes. */
export interface ReplyOptions {
  /** 200..599. Default 200. */
  status?: number
  /** A list as a value makes several lines of a name: `{'Set-Cookie': ['a=1', 'b=2']}`. */
  headers?: ReplyHeaders
  /** A text, bytes, an object (JSON), or a stream of these. Unset: none. */
  body?: unknown
  /** Content-Type. Unset: what the body says. */
  type?: string
}

const HEADERS: OptionKind = {
  takes: "an object of names and values, such as {'Cache-Control': 'no-store'}",
  accepts: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.entries(value).every(isHeader),
}

const REPLY_OPTIONS: OptionTable<ReplyOptions> = {
  status: { takes: 'a status, 200..599', accepts: (value) => checkedStatus('web.reply', value) > 0 },
  headers: HEADERS,
  body: { takes: 'anything', accepts: () => true },
  type: { takes: "a type such as 'image/png'", accepts: (value) => typeof value === 'string' && value !== '' },
}

function isHeader([name, value]: [string, unknown]): boolean {
  // RFC 9110 §5.1 and §5.5: what would begin another line must not get into one.
  const isValue = (each: unknown): boolean =>
    /^(?:string|number)$/.test(typeof each) && !/[^\t\x20-\x7e\x80-\xff]/.test(String(each))
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && (Array.isArray(value) ? value.every(isValue) : isValue(value))
}

/**
 * An answer with all its parts.
 * @throws OptionError for headers that would break the answer, or that the server writes itself
 */
export function reply(options: ReplyOptions = {}): WebReply {
  checkTable('web.reply', options, REPLY_OPTIONS)
  const { status = 200, headers = {}, body, type } = options
  for (const name of Object.keys(headers))
    if (/^(?:content-length|transfer-encoding|connection)$/i.test(name))
      throw new OptionError(`web.reply: the server writes ${name} itself`)
  if (hasNoBody(status)) return new WebReply(status, headers, undefined)
  const plain =
    body === undefined || body === null ? undefined : replyOf(typeof body === 'number' ? String(body) : body)
  if (plain === undefined) return new WebReply(status, headers, undefined)
  if (!(plain instanceof WebReply) || body instanceof WebReply)
    throw new OptionError('web.reply: option body must be a text, bytes, an object or a stream')
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const types = type !== undefined ? { 'Content-Type': type } : hasType ? {} : plain.headers
  return new WebReply(status, { ...types, ...headers }, plain.body)
}

const REDIRECTS = [301, 302, 303, 307, 308]

/**
 * Sends the client elsewhere. After a POST, 303 makes it a GET; 307 and 308 repeat it.
 * @param status 301, 302, 303, 307 or 308
 */
export function redirect(url: string, status = 302): WebReply {
  if (typeof url !== 'string' || url === '') throw new OptionError("web.redirect: give the new place, such as '/home'")
  if (!REDIRECTS.includes(status)) throw new OptionError(`web.redirect: the status must be ${REDIRECTS.join(', ')}`)
  // What is no part of a URL, line ends above all, is written with percent signs; those that are there stay.
  const place = encodeURI(url).replaceAll('%25', '%')
  return statusReply(status, place, { Location: place })
}
