/**
 * HTTP/1.0 and HTTP/1.1: a request or a response, its header fields and what there is of its body. RFC 9112.
 *
 *   | Method SP Path SP Http_Version CR LF             a request
 *   | Http_Version SP Status_Code SP Reason_Phrase CR LF   a response
 *   | name: value CR LF, as many as there are
 *   | CR LF
 *   | body …
 */
import { type AnyPacket, behave, bytes, type LayerReference, layer } from '../../packet/index.js'
import { type HttpHeader, headerFields, headerValue } from './http-headers.js'
import { blankLine, type Line, lastWord, lineEnd, reason, status, target, word } from './http-lines.js'
import { WebSocket } from './websocket.js'

/** IANA, "Hypertext Transfer Protocol (HTTP) Status Code Registry". */
const STATUS: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
}

const SPACE = 32
/** Longer than any method that IANA lists. */
const LONGEST_METHOD = 20
/** In a body of chunks, no more of them are looked at. */
const MAX_CHUNKS = 65536

/** `HTTP/1.` and a digit. */
const VERSION = [72, 84, 84, 80, 47, 49, 46]

/** IANA, "HTTP Method Registry"; those of discovery (UPnP), of proxies and of remote calls. */
const METHODS: ReadonlySet<string> = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT ' +
    'CHECKIN CHECKOUT UNCHECKOUT VERSION-CONTROL MERGE MKACTIVITY MKWORKSPACE MKCALENDAR BASELINE-CONTROL LABEL ACL BIND ' +
    'REBIND UNBIND LINK UNLINK ORDERPATCH UPDATE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA ' +
    'BCOPY BDELETE BMOVE BPROPFIND BPROPPATCH POLL SOURCE PURGE QUERY'
  ).split(' '),
)

const isVersion = (buffer: Uint8Array, at: number, end: number): boolean =>
  at + VERSION.length < end && VERSION.every((byte, i) => buffer[at + i] === byte)

/** Whether a response starts here: the version, a space, three digits and the end of a word. */
export function isHttpResponse(buffer: Uint8Array, start: number, end: number): boolean {
  if (buffer[start] !== 72 || end - start < 13 || !isVersion(buffer, start, end) || buffer[start + 8] !== SPACE)
    return false
  if (buffer[start + 7]! < 48 || buffer[start + 7]! > 57) return false
  for (let at = start + 9; at < start + 12; at++) if (buffer[at]! < 48 || buffer[at]! > 57) return false
  return buffer[start + 12]! <= SPACE
}

/** Whether a request starts here: a method that exists, and the version at the end of its line, where that is there. */
export function isHttpRequest(buffer: Uint8Array, start: number, end: number): boolean {
  const first = buffer[start]!
  if (first < 65 || first > 86 || end - start < 6) return false
  let at = start
  const last = Math.min(end, start + LONGEST_METHOD)
  while (at < last && buffer[at] !== SPACE) {
    const byte = buffer[at]!
    if (!((byte >= 65 && byte <= 90) || byte === 45 || byte === 95)) return false
    at++
  }
  if (at >= last) return false
  const method = String.fromCharCode(...buffer.subarray(start, at))
  if (!METHODS.has(method) || at + 1 >= end) return false
  const target = buffer[at + 1]!
  const stop = lineEnd(buffer, start, end)
  // A line that goes on in the next segment begins with a path, or with the name of a server.
  if (buffer[stop - 1] !== 10) return target === 47 || target === 104
  for (let i = stop - 1; i > at; i--) if (buffer[i] === SPACE && isVersion(buffer, i + 1, stop)) return true
  return false
}

/** Whether a response of this status has no body. RFC 9110 §6.4.1. */
const hasNoBody = (code: number): boolean => code < 200 || code === 204 || code === 304

/** Bytes of the body, as far as they are there: what the header fields say of it. RFC 9112 §6.3. */
function bodyLength(me: AnyPacket): number {
  const headers = me.raw('headers') as HttpHeader[]
  if (me.raw('blank') === '') return 0
  const isResponse = me.layerName === 'HTTPResponse'
  if (isResponse && hasNoBody(me.raw('Status_Code') as number)) return 0
  const length = headerValue(headers, 'content-length')
  if (/\bchunked\b/i.test(headerValue(headers, 'transfer-encoding') ?? '')) return -1
  if (length !== undefined && /^\d+$/.test(length)) return Number(length)
  return isResponse || me.raw('Method') === 'POST' ? Number.POSITIVE_INFINITY : 0
}

/** Where a body of chunks ends, its last line included; the end of the bytes where it goes on. RFC 9112 §7.1. */
function chunksEnd(buffer: Uint8Array, start: number, end: number): number {
  let at = start
  for (let count = 0; count < MAX_CHUNKS && at < end; count++) {
    const stop = lineEnd(buffer, at, end)
    const size = Number.parseInt(String.fromCharCode(...buffer.subarray(at, Math.min(stop, at + 12))), 16)
    if (!(size >= 0)) return end
    if (size > 0) {
      at = Math.min(stop + size + 2, end)
      continue
    }
    at = stop
    // Trailers, and the empty line.
    while (at < end) {
      const next = lineEnd(buffer, at, end)
      const isEmpty = next - at <= 2 && (buffer[at] === 13 || buffer[at] === 10)
      at = next
      if (isEmpty) break
    }
    return at
  }
  return end
}

/** The header fields are read before the body: it is as long as they say, at most to the end of the bytes. */
const body = () =>
  bytes((me) => {
    const buffer = me._buffer!
    const start = bodyStart(me)
    const length = bodyLength(me)
    if (length === -1) return chunksEnd(buffer, start, me._end) - start
    const end = Math.min(start + length, me._end)
    // Without a length a body goes on until the connection ends, unless another message follows.
    return end - start
  })

/** Where the empty line ends. */
function bodyStart(me: AnyPacket): number {
  const buffer = me._buffer!
  let at = lineEnd(buffer, me._offset, me._end)
  while (at < me._end) {
    const stop = lineEnd(buffer, at, me._end)
    const isEmpty = buffer[at] === 10 || (buffer[at] === 13 && (stop - at === 1 || buffer[at + 1] === 10))
    at = stop
    if (isEmpty) break
  }
  return at
}

export const HTTPRequest = layer(
  'HTTPRequest',
  () => ({
    Method: word('GET'),
    Path: target('/', 'Http_Version'),
    Http_Version: lastWord('HTTP/1.1'),
    headers: headerFields(),
    blank: blankLine()
      .default('\r\n')
      .about("The empty line behind the header fields; '' where they go on in the next segment."),
    body: body(),
  }),
  "HTTP request; headers are pairs such as ['Host', 'example.org'].",
  'RFC 9112 §3',
)

export const HTTPResponse = layer(
  'HTTPResponse',
  () => ({
    Http_Version: word('HTTP/1.1'),
    Status_Code: status(200, STATUS),
    Reason_Phrase: reason('OK'),
    headers: headerFields(),
    blank: blankLine()
      .default('\r\n')
      .about("The empty line behind the header fields; '' where they go on in the next segment."),
    body: body(),
  }),
  "HTTP response; headers are pairs such as ['Content-Type', 'text/html'].",
  'RFC 9112 §4',
)

/** Texts of the network on one line. */
const plain = (value: Line = ''): string =>
  (typeof value === 'string' ? value : Buffer.from(value).toString('latin1')).replace(/[^ -~]/g, '?')

const isWebSocket = (me: AnyPacket): boolean =>
  /^websocket$/i.test(headerValue(me.raw('headers') as HttpHeader[], 'upgrade') ?? '')

/** What follows a whole message: another one, or what the connection is used for from here on. */
function next(me: AnyPacket): LayerReference | undefined {
  const at = me._headerStop()
  if (me.layerName === 'HTTPResponse' && me.raw('Status_Code') === 101 && isWebSocket(me)) return WebSocket
  if (isHttpResponse(me._buffer!, at, me._end)) return HTTPResponse
  return isHttpRequest(me._buffer!, at, me._end) ? HTTPRequest : undefined
}

behave(HTTPRequest, {
  summary(me) {
    const host = headerValue((me.headers ?? []) as HttpHeader[], 'host')
    return `HTTP ${plain(me.Method)} ${plain(me.Path)}${host === undefined ? '' : ` host ${plain(host)}`}`
  },
  answers: () => false,
  guess: next,
})

behave(HTTPResponse, {
  summary(me) {
    const type = headerValue((me.headers ?? []) as HttpHeader[], 'content-type')
    const length = (me.body?.length ?? 0) as number
    const phrase = plain(me.Reason_Phrase).trim()
    return [
      `HTTP ${me.Status_Code}`,
      phrase,
      type === undefined ? '' : plain(type).split(';')[0]!,
      length > 0 ? `${length} bytes` : '',
    ]
      .filter((each) => each !== '')
      .join(' ')
  },
  answers: (_me, request) => request.layerName === 'HTTPRequest',
  guess: next,
})
