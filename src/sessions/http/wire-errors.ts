/** What went wrong on the wire, in words. */
import { SessionError, sessionError } from '../face/session-error.js'
import type { Outgoing } from './exchange.js'

/** `GET http://…` for messages: without what may be secret in it. */
export function requestName({ method, url }: { method: string; url: URL }): string {
  return `${method} ${url.origin}${url.pathname}`
}

/** The deadline has passed. */
export function tooLate(request: Outgoing, answer: object | undefined): SessionError {
  const what = answer === undefined ? 'no answer' : 'the answer was not complete'
  return new SessionError(
    `${requestName(request)}: ${what} in time; option timeout is the seconds it may take`,
    'TIMEOUT',
  )
}

/** A stream from which nothing comes. */
export function stalled(request: Outgoing): SessionError {
  const seconds = request.patience / 1000
  return new SessionError(
    `${requestName(request)}: nothing came for ${seconds} s; option timeout is the seconds it may take`,
    'TIMEOUT',
  )
}

/** More than is taken into memory. */
export function tooLong(request: Outgoing): SessionError {
  return new SessionError(
    `${requestName(request)}: the answer is longer than ${request.limit} bytes; option limit takes more, http.download writes it to a file`,
    'LIMIT',
  )
}

/** What undici calls things, in words. */
const WORDS: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'the other end has closed the connection before the answer was complete',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time: the host does not answer',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut off: it has fewer bytes than it said',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the body is not as long as was said',
}
const NO_HTTP = 'what answers there speaks no HTTP'

/** An error of undici's as one that says what happened. */
export function errorOf(request: Outgoing, error: Error & { code?: string }, answer: object | undefined): unknown {
  const { code = '' } = error
  const name = requestName(request)
  const words = WORDS[code]
  if (words !== undefined)
    return new SessionError(`${name}: ${words}`, code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : code, { cause: error })
  if (error.name === 'HTTPParserError') {
    const what = answer === undefined ? NO_HTTP : `the answer is broken: ${error.message}`
    return new SessionError(`${name}: ${what}`, 'HTTP', { cause: error })
  }
  return sessionError(name, error)
}
