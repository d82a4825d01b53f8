/**
 * SIP, the Session Initiation Protocol: requests and responses as text, over UDP and TCP. RFC 3261 §7.
 *
 *   INVITE sip:bob@example.com SIP/2.0       method, uri, version
 *   SIP/2.0 180 Ringing                      version, status, reason
 *   Via: SIP/2.0/UDP host.example …          headers, up to an empty line; the body follows
 */
import {
  type AnyPacket,
  behave,
  bind,
  Field,
  Kind,
  type LayerReference,
  layer,
  type Packet,
  recognize,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { UDP } from '../transport/udp.js'
import { SDP } from './sdp.js'
import { HeadersCodec, headerNamed, StatusCodec, type TextHeader, WordCodec } from './sip-codecs.js'

const PORT = 5060
const VERSION = 'SIP/2.0'
/** Longest first line that is looked at. */
const LONGEST_LINE = 4096
const LONGEST_METHOD = 24

/** What responses usually say. IANA, "Session Initiation Protocol (SIP) Parameters": response codes. */
const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  420: 'Bad Extension',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  600: 'Busy Everywhere',
  603: 'Decline',
}

/** Whether the message is a response: its first line starts with the version; what is built has a status. */
function isResponse(me: AnyPacket): boolean {
  const buffer = me._buffer
  if (buffer === null) return me._isSet(me._layer.indexOf('status'))
  const at = me._offset
  return (
    me._end - at >= 4 &&
    buffer[at] === 0x53 &&
    buffer[at + 1] === 0x49 &&
    buffer[at + 2] === 0x50 &&
    buffer[at + 3] === 0x2f
  )
}
const isRequest = (me: AnyPacket): boolean => !isResponse(me)

const word = (isLast: (me: AnyPacket) => boolean) => new Field<string>(Kind.CODEC, 0, new WordCodec(isLast))
const never = (): boolean => false
const always = (): boolean => true

/** Bytes of the body: what follows up to the next message of a stream. */
function bodyLength(me: AnyPacket): number {
  const { payload } = me
  let next: Packet | null = payload
  while (next !== null && next.layerName !== 'SIP') next = next.payload
  return (payload?.bytes().length ?? 0) - (next?.bytes().length ?? 0)
}

/** Headers that every message needs, for one that nobody gave any. RFC 3261 §8.1.1. */
function defaultHeaders(me: AnyPacket): TextHeader[] {
  const transport = me.under?.layerName === 'TCP' ? 'TCP' : 'UDP'
  const isRequest = !isResponse(me)
  return [
    ['Via', `SIP/2.0/${transport} 127.0.0.1:${PORT};branch=z9hG4bK0`],
    ...(isRequest ? [['Max-Forwards', '70'] as const] : []),
    ['From', '<sip:netshell@127.0.0.1>;tag=0'],
    ['To', `<${isRequest ? me.uri : 'sip:127.0.0.1'}>`],
    ['Call-ID', '0@127.0.0.1'],
    ['CSeq', `1 ${isRequest ? me.method : 'OPTIONS'}`],
    ...(me.payload?.layerName === 'SDP' ? [['Content-Type', 'application/sdp'] as const] : []),
    ['Content-Length'],
  ]
}

export const SIP = layer(
  'SIP',
  () => ({
    method: word(never).default('OPTIONS').when(isRequest),
    uri: word(never).default('sip:127.0.0.1').when(isRequest),
    version: word(isRequest).default(VERSION),
    status: new Field<number>(Kind.CODEC, 0, new StatusCodec()).when(isResponse),
    reason: word(always)
      .dynamic((me) => REASONS[me.status as number] ?? '')
      .when(isResponse),
    headers: new Field<
      TextHeader[],
      readonly (readonly [name: string, value?: string | number])[] | Record<string, string>
    >(Kind.CODEC, 0, new HeadersCodec(bodyLength))
      .dynamic(defaultHeaders)
      .about("Name and value of each; ['Content-Length'] without a value is computed."),
  }),
  'Session Initiation Protocol. With a status it is a response, else a request. The body follows.',
  'RFC 3261 §7',
)

/** The value of a message's header, by its long or short name; undefined when it has none. */
export function sipHeader(message: Packet, name: string): string | undefined {
  return headerNamed((message as AnyPacket).headers as readonly TextHeader[], name)
}

/** Whether these bytes are the start of a message: its whole first line. */
function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  // Methods and versions begin with a capital: all other bytes are told apart before anything is made of them.
  if (end - start < 12 || !isUpperCase(buffer[start]!)) return false
  const line = buffer.subarray(start, Math.min(end, start + LONGEST_LINE))
  if (startsWithVersion(line, 0)) return line[7] === 0x20 && [8, 9, 10].every((at) => isDigit(line[at]!))
  let at = 0
  while (at < LONGEST_METHOD && isUpperCase(line[at]!)) at++
  if (at === 0 || line[at] !== 0x20) return false
  const stop = line.indexOf(10)
  const last = stop > 0 && line[stop - 1] === 13 ? stop - 1 : stop
  return last - 7 > at + 1 && line[last - 8] === 0x20 && startsWithVersion(line, last - 7)
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isUpperCase = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a
function startsWithVersion(line: Uint8Array, at: number): boolean {
  for (let i = 0; i < VERSION.length; i++) if (line[at + i] !== VERSION.charCodeAt(i)) return false
  return true
}

const choose = (buffer: Uint8Array, start: number, end: number): LayerReference =>
  isMessage(buffer, start, end) ? SIP : Raw

behave(SIP, {
  refine: choose,
  // A body that goes on in the next segment of a stream is no error.
  payloadLength: (me) => {
    const text = sipHeader(me, 'content-length')
    const length = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
    return length > me._end - me._headerStop() ? undefined : length
  },
  guess: (me) => (/^application\/sdp\b/i.test(sipHeader(me, 'content-type') ?? '') ? SDP : undefined),
  // Several messages may stand in one segment.
  trailer: (me) => choose(me._buffer!, me._contentStop(), me._end),
  summary: (me) => (isResponse(me) ? `SIP ${me.status} ${me.reason}` : `SIP ${me.method} ${me.uri}`),
  answers: (me, request) =>
    isResponse(me) &&
    request.layerName === 'SIP' &&
    !isResponse(request) &&
    ['call-id', 'cseq'].every((name) => sipHeader(me, name) === sipHeader(request, name)),
  hash: (me) => `${sipHeader(me, 'call-id')} ${sipHeader(me, 'cseq')}`,
})

for (const transport of [UDP, TCP]) {
  bind(transport, SIP, { sport: PORT }, { build: false })
  bind(transport, SIP, { dport: PORT })
  recognize(transport, SIP, isMessage, [65, 90])
}
