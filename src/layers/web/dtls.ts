/**
 * DTLS 1.0 and 1.2: TLS over datagrams. RFC 6347 §4.1, §4.2.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-------------------------------+---------------+
 *   |     type      |            version            |    epoch …    |
 *   +---------------+-------------------------------+---------------+
 *   |    … epoch    |            sequence_number (48 bits) …        |
 *   +---------------+---------------+-------------------------------+
 *   |               … sequence_number               |     len …     |
 *   +---------------+-------------------------------+---------------+
 *   |     … len     | messages, each with the place of its fragment …
 *   +---------------+----------------
 */
import {
  type AnyPacket,
  behave,
  bytes,
  Field,
  Kind,
  type LayerReference,
  layer,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  recognize,
  u8,
  u8Enum,
  u16,
  u16Enum,
  type Writer,
} from '../../packet/index.js'
import { UDP } from '../transport/udp.js'
import { TLSAlert, TLSApplicationData, TLSChangeCipherSpec, TLSEncryptedContent, TLSHeartbeat } from './tls-content.js'
import { DTLSClientHello, DTLSServerHello, extensionsAt } from './tls-hello.js'
import { DTLS_MESSAGE_HEADER, dtlsMessageHeader, u16At, u24At } from './tls-message.js'
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  CONTENT_TYPES,
  HANDSHAKE,
  HANDSHAKE_TYPES,
  HEARTBEAT,
  TLS_VERSIONS,
} from './tls-numbers.js'
import { contentLength, isShallow, recordEnd } from './tls-record.js'

const HEADER = 13
const LARGEST_SEQUENCE = 2 ** 48 - 1

/** Number of 48 bits. */
class SequenceCodec extends PlainValueCodec<number> {
  readonly kindName = '48 bits'
  readonly size = 6

  read(reader: Reader): number {
    return reader.u16() * 2 ** 32 + reader.u32()
  }

  write(writer: Writer, value: number): void {
    writer.u16(Math.floor(value / 2 ** 32))
    writer.u32(value % 2 ** 32)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_SEQUENCE) return value
    throw new PacketError(`${where}: ${printed(value)} does not fit 48 bits (0..${LARGEST_SEQUENCE})`)
  }

  empty(): number {
    return 0
  }
}

export const DTLS = layer(
  'DTLS',
  () => ({
    type: u8Enum(HANDSHAKE, CONTENT_TYPES),
    version: u16Enum(0xfefd, TLS_VERSIONS).hex(),
    epoch: u16().about('How often the keys have changed; 0 is not encrypted.'),
    sequence_number: new Field<number, number>(Kind.CODEC, 0, new SequenceCodec()),
    len: u16().auto(contentLength),
  }),
  'Record of DTLS: its messages follow as layers, then the next record.',
  'RFC 6347 §4.1',
)

export const DTLSHandshake = layer(
  'DTLSHandshake',
  () => ({ ...dtlsMessageHeader(0), msg: bytes() }),
  'A message of DTLS whose content is not looked into, or a fragment of one.',
  'RFC 6347 §4.2.2',
)

export const DTLSHelloVerifyRequest = layer(
  'DTLSHelloVerifyRequest',
  () => ({
    ...dtlsMessageHeader(3),
    version: u16Enum(0xfeff, TLS_VERSIONS).hex(),
    cookielen: u8().lengthOf('cookie'),
    cookie: bytes('cookielen'),
  }),
  'Asks the client to come again with this cookie, which shows that its address is its own.',
  'RFC 6347 §4.2.1',
)

const isVersion = (buffer: Uint8Array, at: number): boolean =>
  (buffer[at] === 0xfe && (buffer[at + 1] === 0xff || buffer[at + 1] === 0xfd)) ||
  (buffer[at] === 1 && buffer[at + 1] === 0)

/** Whether bytes at `start` can be the start of a record: type, version and length are ones that exist. */
export function isDtlsRecord(buffer: Uint8Array, start: number, end: number): boolean {
  const type = buffer[start]!
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT || end - start <= HEADER || !isVersion(buffer, start + 1))
    return false
  const length = u16At(buffer, start + 11)
  // The first epochs, and the first half of the sequence numbers, are all that anybody sees.
  return length > 0 && start + HEADER + length <= end && buffer[start + 3] === 0 && buffer[start + 5] === 0
}

/** The layer of the message at `start`. */
function messageAt(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < DTLS_MESSAGE_HEADER) return TLSEncryptedContent
  const length = u24At(buffer, start + 1)
  const offset = u24At(buffer, start + 6)
  const fragment = u24At(buffer, start + 9)
  const content = start + DTLS_MESSAGE_HEADER
  if (HANDSHAKE_TYPES[buffer[start]!] === undefined || offset + fragment > length || content + fragment > end)
    return TLSEncryptedContent
  if (fragment !== length) return DTLSHandshake
  const stop = content + length
  switch (buffer[start]) {
    case 1:
      return isVersion(buffer, content) && helloFits(buffer, start, stop, true) ? DTLSClientHello : DTLSHandshake
    case 2:
      return isVersion(buffer, content) && helloFits(buffer, start, stop, false) ? DTLSServerHello : DTLSHandshake
    case 3:
      return length >= 3 && buffer[content + 2] === length - 3 ? DTLSHelloVerifyRequest : DTLSHandshake
    default:
      return DTLSHandshake
  }
}

/** Whether the extensions of a hello message fill it. */
function helloFits(buffer: Uint8Array, start: number, end: number, isClient: boolean): boolean {
  const at = extensionsAt(buffer, start, end, isClient, true)
  return at === end || (at >= 0 && at + 2 <= end && at + 2 + u16At(buffer, at) === end)
}

/** What a record holds first. */
function firstIn(me: AnyPacket): LayerReference | undefined {
  const buffer = me._buffer!
  const start = me._headerStop()
  const length = me.raw('len') as number
  const end = Math.min(start + length, me._end)
  if (start === end) return recordAt(me, end)
  const isClear = me.raw('epoch') === 0
  switch (me.raw('type')) {
    case CHANGE_CIPHER_SPEC:
      return length === 1 ? TLSChangeCipherSpec : TLSEncryptedContent
    case ALERT:
      return isClear && end - start === 2 ? TLSAlert : TLSEncryptedContent
    case HANDSHAKE:
      return isClear ? messageAt(buffer, start, end) : TLSEncryptedContent
    case APPLICATION_DATA:
      return TLSApplicationData
    case HEARTBEAT:
      return isClear && end - start >= 3 ? TLSHeartbeat : TLSEncryptedContent
    default:
      return undefined
  }
}

/** The next record, where there is one. */
const recordAt = (me: AnyPacket, at: number): LayerReference | undefined =>
  isShallow(me) && isDtlsRecord(me._buffer!, at, me._end) ? DTLS : undefined

/** What follows a record's content; those that hold it ask for it. */
export function nextDtls(me: AnyPacket): LayerReference | undefined {
  const at = me._headerStop()
  const end = recordEnd(me)
  if (at < end) return isShallow(me) ? messageAt(me._buffer!, at, end) : undefined
  return recordAt(me, at)
}

/** A message ends where its fragment does. */
const messageEnd = (me: AnyPacket): number =>
  Math.min(DTLS_MESSAGE_HEADER + (me.raw('fragment_length') as number), recordEnd(me) - me._offset)

for (const each of [DTLSClientHello, DTLSServerHello, DTLSHelloVerifyRequest, DTLSHandshake])
  behave(each, { headerLength: messageEnd, headerLengthField: 'fragment_length', guess: nextDtls })

behave(DTLS, { guess: firstIn, summary: (me) => `DTLS ${me.text('type')}` })
behave(DTLSHandshake, {
  summary: (me) =>
    `DTLSHandshake ${me.text('msgtype')}${me.fragment_length === me.msglen ? '' : ` bytes ${me.fragment_offset} to ${me.fragment_offset + me.fragment_length} of ${me.msglen}`}`,
})
behave(DTLSHelloVerifyRequest, {
  answers: (_me, request) => request.layerName === 'DTLSClientHello',
})

recognize(UDP, DTLS, isDtlsRecord, [CHANGE_CIPHER_SPEC, HEARTBEAT])
