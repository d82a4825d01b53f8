/**
 * STUN, Session Traversal Utilities for NAT, and TURN, which relays with its messages. RFC 8489 §5; RFC 8656.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |res|     stun_message_type     |            length             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         magic_cookie                          |
 *   |                   transaction_id (12 bytes)                   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            channel            |            length             |  channel data of TURN
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  type LayerReference,
  layer,
  type Option,
  type Packet,
  PacketError,
  recognize,
  toHex,
  u16,
  u32,
} from '../../packet/index.js'
import { crc32 } from '../crc32.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { padded, tlvList } from '../transport/tlv-list.js'
import { UDP } from '../transport/udp.js'
import { MAGIC_COOKIE, stunAttributes } from './stun-attributes.js'

const PORT = 3478
const HEADER = 20
const ATTRIBUTE_HEADER = 4
const FINGERPRINT = 0x8028
/** What the fingerprint is combined with. RFC 8489 §14.7. */
const FINGERPRINT_MASK = 0x5354554e
/** First number of a channel; RFC 5766 let them go on to 0x7fff. RFC 8656 §12. */
const FIRST_CHANNEL = 0x4000

/** IANA, "STUN Methods". */
const METHODS: Readonly<Record<number, string>> = {
  1: 'binding',
  2: 'shared-secret',
  3: 'allocate',
  4: 'refresh',
  6: 'send',
  7: 'data',
  8: 'create-permission',
  9: 'channel-bind',
  10: 'connect',
  11: 'connection-bind',
  12: 'connection-attempt',
  128: 'goog-ping',
}
const CLASSES = ['request', 'indication', 'success', 'error'] as const

/** Method and class in 14 bits: the class is bits 4 and 8. RFC 8489 §5. */
function typeOf(method: number, kind: number): number {
  return (method & 0xf) | ((kind & 1) << 4) | ((method & 0x70) << 1) | ((kind & 2) << 7) | ((method & 0xf80) << 2)
}
const classOf = (type: number): number => ((type >>> 4) & 1) | ((type >>> 7) & 2)

function messageTypes(): Record<number, string> {
  const names: Record<number, string> = {}
  for (const [method, name] of Object.entries(METHODS))
    for (const [kind, suffix] of CLASSES.entries()) names[typeOf(Number(method), kind)] = `${name}-${suffix}`
  return names
}

export const STUN = layer(
  'STUN',
  () => ({
    RESERVED: bits(2),
    stun_message_type: bitsEnum(14, 1, messageTypes()),
    length: u16()
      .auto((c) => c.headerLength - HEADER)
      .about('Bytes of the attributes.'),
    magic_cookie: u32(MAGIC_COOKIE).hex(),
    transaction_id: bytes(12).default(new Uint8Array(12)),
    attributes: tlvList(stunAttributes).about(
      "['FINGERPRINT'] without a value, as the last one, is computed; stunIntegrity() gives the value of MESSAGE-INTEGRITY.",
    ),
  }),
  'Session Traversal Utilities for NAT: asks which address one has outside. Messages of TURN too.',
  'RFC 8489 §5; TURN: RFC 8656',
)

export const ChannelData = layer(
  'ChannelData',
  () => ({ channel: u16(FIRST_CHANNEL).hex(), length: u16().auto((c) => c.payloadLength) }),
  'Data that TURN relays in a channel.',
  'RFC 8656 §12.4',
)

const stops = (me: AnyPacket): number => HEADER + me.length

/** Whether these bytes are a message: zeros in front, the cookie, a length of whole words that fits. RFC 8489 §6.3. */
function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER || buffer[start]! > 0x3f) return false
  if (
    buffer[start + 4] !== 0x21 ||
    buffer[start + 5] !== 0x12 ||
    buffer[start + 6] !== 0xa4 ||
    buffer[start + 7] !== 0x42
  )
    return false
  return buffer[start + 3]! % 4 === 0 && HEADER + ((buffer[start + 2]! << 8) | buffer[start + 3]!) <= end - start
}

function isChannelData(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || buffer[start]! >>> 6 !== 1) return false
  return ((buffer[start + 2]! << 8) | buffer[start + 3]!) <= end - start - 4
}

function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  return isMessage(buffer, start, end) ? STUN : isChannelData(buffer, start, end) ? ChannelData : Raw
}

/** Writes the value of a fingerprint that has none: a CRC of all in front of it. */
function finish(context: BuildContext): void {
  const attributes = context.raw('attributes') as readonly Option[] | undefined
  const last = attributes?.at(-1)
  if (last === undefined || last[0] !== 'FINGERPRINT' || last[1] !== undefined) return
  const { buffer, payloadStart } = context
  const at = payloadStart - 2 * ATTRIBUTE_HEADER
  new DataView(buffer.buffer, buffer.byteOffset).setUint32(
    at + ATTRIBUTE_HEADER,
    fingerprintOf(buffer, context.start, at),
  )
}

/** The fingerprint of the message that stands in `bytes[start..end]`. RFC 8489 §14.7. */
function fingerprintOf(bytes: Uint8Array, start: number, end: number): number {
  return (crc32(bytes, start, end) ^ FINGERPRINT_MASK) >>> 0
}

/** Whether the message's fingerprint is right; undefined when it ends with none. */
export function stunFingerprintHolds(message: Packet): boolean | undefined {
  const data = message.bytes()
  const end = HEADER + data.readUInt16BE(2)
  if (end < HEADER + 2 * ATTRIBUTE_HEADER || end > data.length || data.readUInt16BE(end - 8) !== FINGERPRINT)
    return undefined
  return data.readUInt32BE(end - 4) === fingerprintOf(data, 0, end - 8)
}

/** Attribute of each algorithm and the bytes of its value. RFC 8489 §14.5, §14.6. */
const INTEGRITIES = { sha1: [0x0008, 20], sha256: [0x001c, 32] } as const

/**
 * The value of MESSAGE-INTEGRITY (`'sha1'`) or MESSAGE-INTEGRITY-SHA256 (`'sha256'`) for a message: an HMAC of all in front of that
 * attribute, or of the whole message when it has none yet. `key`: the password, or `stunKey()` for a long-term credential. RFC 8489 §14.5.
 */
export function stunIntegrity(
  message: Packet,
  key: string | Uint8Array,
  algorithm: 'sha1' | 'sha256' = 'sha1',
): Uint8Array {
  const data = Buffer.from(message.bytes())
  if (data.length < HEADER)
    throw new PacketError('stunIntegrity: no message of STUN; give a packet such as STUN({ attributes: […] })')
  const [type, size] = INTEGRITIES[algorithm]
  const total = Math.min(data.length, HEADER + data.readUInt16BE(2))
  let end = HEADER
  while (end + ATTRIBUTE_HEADER <= total && data.readUInt16BE(end) !== type) {
    // A fingerprint comes last: the integrity goes in front of it.
    if (data.readUInt16BE(end) === FINGERPRINT) break
    end += ATTRIBUTE_HEADER + padded(data.readUInt16BE(end + 2))
  }
  end = Math.min(end, total)
  data.writeUInt16BE(end - HEADER + ATTRIBUTE_HEADER + size, 2)
  return new Uint8Array(
    process.getBuiltinModule('node:crypto').createHmac(algorithm, key).update(data.subarray(0, end)).digest(),
  )
}

/** The key of a long-term credential: MD5 of user, realm and password. RFC 8489 §9.2.2. */
export function stunKey(user: string, realm: string, password: string): Uint8Array {
  return new Uint8Array(
    process.getBuiltinModule('node:crypto').createHash('md5').update(`${user}:${realm}:${password}`).digest(),
  )
}

/** The transaction identifier, empty where it is cut short. */
const idOf = (me: AnyPacket): string => toHex((me.raw('transaction_id') as Uint8Array | undefined) ?? new Uint8Array())

behave(STUN, {
  refine,
  headerLength: stops,
  headerLengthField: 'length',
  // Over TCP the next message may follow.
  guess: (me) => refine(me._buffer!, me._headerStop(), me._end),
  isLast: (me) => me._end - me._headerStop() < ATTRIBUTE_HEADER,
  finish,
  summary: (me) => `STUN ${me.text('stun_message_type')}${mapped(me)} id ${idOf(me)}`,
  answers: (me, request) =>
    request.layerName === 'STUN' &&
    classOf(request.stun_message_type) === 0 &&
    classOf(me.stun_message_type) >= 2 &&
    idOf(me) === idOf(request),
  hash: (me) => idOf(me),
})

/** The address that an answer says, or its error. */
function mapped(me: AnyPacket): string {
  const attributes = (me.attributes ?? []) as readonly Option[]
  for (const name of ['XOR-RELAYED-ADDRESS', 'XOR-MAPPED-ADDRESS', 'MAPPED-ADDRESS', 'ERROR-CODE']) {
    const value = attributes.find(([each]) => each === name)?.[1]
    if (typeof value === 'string') return ` ${value}`
    if (Array.isArray(value)) return ` ${value.join(' ')}`
  }
  return ''
}

behave(ChannelData, {
  refine,
  payloadLength: (me) => me.length,
  payloadLengthField: 'length',
  summary: (me) => `ChannelData ${me.text('channel')} ${me.length} bytes`,
})

for (const transport of [UDP, TCP]) {
  for (const each of [ChannelData, STUN]) {
    bind(transport, each, { sport: PORT }, { build: false })
    bind(transport, each, { dport: PORT })
  }
  recognize(transport, STUN, isMessage, [0, 0x3f])
}
