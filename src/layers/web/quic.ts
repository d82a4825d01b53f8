/**
 * QUIC, versions 1 and 2 (and the drafts before them). RFC 9000 §17; RFC 9369; version negotiation: RFC 8999 §6.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+---+-------+-----------------------------------------------+
 *   |1|F| T | prot. |                   Version …                   |
 *   +-+-+---+-------+-----------------------------------------------+
 *   |   … Version   | DstConnIDLen  | DstConnID (0 to 20 bytes) …
 *   +---------------+---------------+----------------
 *   | SrcConnIDLen  | SrcConnID (0 to 20 bytes) …
 *   +---------------+----------------
 *   | TokenLen, Token (Initial only) | Length | PacketNumber | frames …, the last two encrypted
 *   +-+-+-+---------+----------------
 *   |0|F|S|protected| DstConnID, PacketNumber and frames, without lengths (short header)
 *   +-+-+-+---------+----------------
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bytes,
  type LayerReference,
  layer,
  list,
  type Packet,
  PacketError,
  recognize,
  sameBytes,
  toBytes,
  toHex,
  u8,
  u32,
  u32Enum,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { DTLS, isDtlsRecord } from './dtls.js'
import {
  closedBytes,
  contentOf,
  frameBytes,
  frames,
  headerBytes,
  messages,
  numberLength,
  openedOf,
  packetNumber,
  packetNumberLength,
} from './quic-content.js'
import { HANDSHAKE_PACKET, INITIAL, longHeader, RETRY, versionAt, ZERO_RTT } from './quic-header.js'
import {
  initialKeys,
  isKnownVersion,
  isReservedVersion,
  protect,
  retryTag,
  TAG_LENGTH,
  unprotect,
  VERSION_1,
  VERSION_2,
} from './quic-protection.js'
import { type Varint, varintLength, varintValue } from './quic-varint.js'
import { protocolsOf, serverName } from './tls-hello.js'

const PORT = 443
const DEEPEST = 58
/** A datagram with a short header has at least an id or number, and the tag. RFC 9000 §10.3. */
const SMALLEST_SHORT = 21

const VERSIONS: Readonly<Record<number, string>> = {
  [VERSION_1]: 'version 1',
  [VERSION_2]: 'version 2',
}

/** Types of packets as each version writes them. RFC 9000 §17.2; RFC 9369 §3.2. */
const typeOf = (type: number) => (me: AnyPacket) => (me.raw('Version') === VERSION_2 ? (type + 1) & 3 : type)

const ids = () => ({
  DstConnIDLen: u8().lengthOf('DstConnID'),
  DstConnID: bytes('DstConnIDLen'),
  SrcConnIDLen: u8().lengthOf('SrcConnID'),
  SrcConnID: bytes('SrcConnIDLen'),
})

const long = (type: number) => ({
  HeaderForm: bits(1, 1),
  FixedBit: bits(1, 1),
  LongPacketType: bits(2)
    .dynamic(typeOf(type))
    .about('Version 1: 0 Initial, 1 0-RTT, 2 Handshake, 3 Retry; version 2 has them one higher.'),
})

const PROTECTED = 'Two reserved bits and the length of the packet number less one, hidden by the protection.'

const version = () => u32Enum(VERSION_1, VERSIONS).hex()

export const QUIC_Initial = layer(
  'QUIC_Initial',
  () => ({
    ...long(INITIAL),
    ProtectedBits: bits(4).about(`${PROTECTED} Computed where frames are encrypted.`),
    Version: version(),
    ...ids(),
    TokenLen: varintLength((me) => (me.Token as Uint8Array).length),
    Token: bytes((me) => varintValue(me.raw('TokenLen') as Varint)),
    Length: varintLength((me) =>
      isOpen(me)
        ? numberLength(me) + frameBytes(me, headerBytes(me)).length + TAG_LENGTH
        : (me.load as Uint8Array).length,
    ).about('Bytes behind it: number, frames and tag.'),
    PacketNumberLen: packetNumberLength(),
    PacketNumber: packetNumber(),
    frames: frames(),
    load: closedBytes().about(
      'What is encrypted with keys that are not known: a server derives them from the first id of the client.',
    ),
    messages: messages().about(
      'Messages of TLS in the frames. Given without frames, they are sent in one that fills a datagram.',
    ),
  }),
  'First packets of a connection. What a client sends is decrypted, and encrypted when it is built.',
  'RFC 9000 §17.2.2; protection: RFC 9001 §5',
)

const isOpen = (me: AnyPacket): boolean => ((me.load as Uint8Array | undefined) ?? []).length === 0

const opaque = () => ({
  Length: varintLength((me) => (me.load as Uint8Array).length),
  load: bytes(),
})

export const QUIC_0RTT = layer(
  'QUIC_0RTT',
  () => ({ ...long(ZERO_RTT), ProtectedBits: bits(4).about(PROTECTED), Version: version(), ...ids(), ...opaque() }),
  'Data that a client sends before the server has answered.',
  'RFC 9000 §17.2.3',
)

export const QUIC_Handshake = layer(
  'QUIC_Handshake',
  () => ({
    ...long(HANDSHAKE_PACKET),
    ProtectedBits: bits(4).about(PROTECTED),
    Version: version(),
    ...ids(),
    ...opaque(),
  }),
  'The rest of the handshake, encrypted.',
  'RFC 9000 §17.2.4',
)

export const QUIC_Retry = layer(
  'QUIC_Retry',
  () => ({
    ...long(RETRY),
    Unused: bits(4),
    Version: version(),
    ...ids(),
    Token: bytes((me) => Math.max(0, me._end - me._offset - TAG_LENGTH - idsEnd(me))),
    RetryIntegrityTag: bytes(16),
  }),
  'Asks a client to come again with a token. verifyRetry(packet, dcid) checks its tag.',
  'RFC 9000 §17.2.5; RFC 9001 §5.8',
)

/** Where the connection ids end, from the start of the header. */
const idsEnd = (me: AnyPacket): number => 7 + (me.raw('DstConnIDLen') as number) + (me.raw('SrcConnIDLen') as number)

export const QUIC_Version = layer(
  'QUIC_Version',
  () => ({
    HeaderForm: bits(1, 1),
    Unused: bits(7, 0x40),
    Version: u32(),
    ...ids(),
    SupportedVersions: list(u32Enum(VERSION_1, VERSIONS).hex()).default([VERSION_1]),
  }),
  'The versions that a server speaks, sent to a client that asks for another.',
  'RFC 9000 §17.2.1; RFC 8999 §6',
)

export const QUIC_LongHeader = layer(
  'QUIC_LongHeader',
  () => ({ HeaderForm: bits(1, 1), TypeSpecific: bits(7), Version: version(), ...ids(), load: bytes() }),
  'A packet of a version whose layout is not known.',
  'RFC 8999 §5.1',
)

export const QUIC_1RTT = layer(
  'QUIC_1RTT',
  () => ({
    HeaderForm: bits(1),
    FixedBit: bits(1, 1),
    SpinBit: bits(1),
    ProtectedBits: bits(5).about(
      'Two reserved bits, the key phase, and the length of the packet number less one, hidden.',
    ),
    load: bytes().about('The destination connection id, whose length only its owner knows, and what is encrypted.'),
  }),
  'Data of a connection that is up.',
  'RFC 9000 §17.3.1',
)

/** Versions of Google's own QUIC whose long headers are other than all later ones. */
const isForeign = (version: number): boolean => version >>> 8 === 0x513034

/** Before draft 25 a Retry packet named the first id in place of a tag. */
const hasTag = (version: number): boolean =>
  version !== 0xfaceb001 && !(version >>> 8 === 0xff0000 && (version & 0xff) < 25)

/** The layer of the packet at `start`; undefined where none starts. */
function packetAt(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (buffer[start]! < 128)
    return (buffer[start]! & 0x40) !== 0 && end - start >= SMALLEST_SHORT ? QUIC_1RTT : undefined
  const header = longHeader(buffer, start, end)
  if (header === undefined) return undefined
  const { version, type, scidEnd } = header
  if (version === 0) return scidEnd < end && (end - scidEnd) % 4 === 0 ? QUIC_Version : undefined
  if (isForeign(version)) return undefined
  if (!isKnownVersion(version)) return QUIC_LongHeader
  // A peer that allows it may get the fixed bit cleared; then all else has to fit. RFC 9287.
  if ((buffer[start]! & 0x40) === 0 && type !== INITIAL && (type === RETRY || header.end > end)) return undefined
  if (type === RETRY) return end - scidEnd < TAG_LENGTH ? undefined : hasTag(version) ? QUIC_Retry : QUIC_LongHeader
  return type === INITIAL ? QUIC_Initial : type === ZERO_RTT ? QUIC_0RTT : QUIC_Handshake
}

/** Whether a datagram is of QUIC for certain: a long header of a version that exists, or the versions of a server. */
function isQuic(buffer: Uint8Array, start: number, end: number): boolean {
  if (buffer[start]! < 128 || end - start < SMALLEST_SHORT) return false
  const version = versionAt(buffer, start)
  if (version !== 0 && !isKnownVersion(version)) return false
  const found = packetAt(buffer, start, end)
  if (version !== 0 || found === undefined) return found !== undefined
  const header = longHeader(buffer, start, end)!
  for (let at = header.scidEnd; at < end; at += 4) {
    const offered = versionAt(buffer, at - 1)
    if (isKnownVersion(offered) || isReservedVersion(offered)) return true
  }
  return false
}

/** Encrypts what was written, with the keys of the client. */
function encrypt(context: BuildContext): void {
  const me = context.packet as AnyPacket
  if (!context.isTailNew || !isOpen(me)) return
  const { buffer, start } = context
  const [keys] = initialKeys(me.Version as number, me.DstConnID as Uint8Array, 'client')
  if (keys === undefined)
    throw new PacketError(
      `QUIC_Initial.Version: 0x${(me.Version as number).toString(16)} has no known keys; take 1 or 0x6b3343cf, or give load in place of frames`,
    )
  buffer[start] = (buffer[start]! & 0xf0) | (numberLength(me) - 1)
  const definition = me._layer
  const numberAt = context.tailStarts[definition.indexOf('PacketNumber') - definition.tailStart]!
  protect(keys, buffer.subarray(start, start + context.headerLength), numberAt)
}

/** A packet ends where its length says, as far as its bytes are there. */
function packetEnd(me: AnyPacket): number {
  const header = longHeader(me._buffer!, me._offset, me._end)
  return (header === undefined ? me._end : Math.min(header.end, me._end)) - me._offset
}

/** Several packets may share a datagram. RFC 9000 §12.2. */
function next(me: AnyPacket): LayerReference | undefined {
  const at = me._headerStop()
  if (me._depth > DEEPEST || at >= me._end || me._buffer![at] === 0) return undefined
  return packetAt(me._buffer!, at, me._end)
}

const id = (value: Uint8Array | undefined): string =>
  value === undefined || value.length === 0 ? 'none' : toHex(value)

behave(QUIC_Initial, {
  headerLength: packetEnd,
  headerLengthField: 'Length',
  guess: next,
  finish: encrypt,
  summary(me) {
    const hello = ((me.messages ?? []) as AnyPacket[])[0]
    const inside = hello?.layerName === 'TLSClientHello' ? ` ${serverName(hello)} ${protocolsOf(hello).join(',')}` : ''
    return `QUIC Initial to ${id(me.DstConnID)}${inside}`.trimEnd()
  },
})
for (const [each, name] of [
  [QUIC_0RTT, '0-RTT'],
  [QUIC_Handshake, 'Handshake'],
] as const)
  behave(each, {
    headerLength: packetEnd,
    headerLengthField: 'Length',
    guess: next,
    summary: (me) => `QUIC ${name} to ${id(me.DstConnID)}`,
  })
behave(QUIC_Retry, { summary: (me) => `QUIC Retry to ${id(me.DstConnID)} token ${me.Token?.length ?? 0} bytes` })
behave(QUIC_Version, {
  summary: (me) =>
    `QUIC version negotiation ${((me.SupportedVersions ?? []) as number[]).map((each) => `0x${each.toString(16)}`).join(' ')}`,
})
behave(QUIC_LongHeader, { summary: (me) => `QUIC version 0x${(me.Version as number).toString(16)}` })
behave(QUIC_1RTT, { summary: (me) => `QUIC ${me.load?.length ?? 0} bytes` })

/** The same port has other things on it too: DTLS, and earlier kinds of QUIC. */
const refine = (buffer: Uint8Array, start: number, end: number): LayerReference =>
  packetAt(buffer, start, end) ?? (isDtlsRecord(buffer, start, end) ? DTLS : Raw)

for (const each of [QUIC_LongHeader, QUIC_Version, QUIC_Retry, QUIC_Handshake, QUIC_0RTT, QUIC_Initial, QUIC_1RTT]) {
  behave(each, { refine })
  bind(UDP, each, { sport: PORT }, { build: false })
  bind(UDP, each, { dport: PORT })
}
recognize(UDP, QUIC_1RTT, isQuic, [128, 255])

function partOf(packet: Packet, name: string): AnyPacket {
  const found = packet.get(name)
  if (found?._buffer !== null && found !== undefined) return found
  throw new PacketError(`there is no ${name} that was read from bytes in ${packet.summary()}`)
}

/** What an Initial packet holds. */
export interface InitialContent {
  packetNumber: number
  frames: Packet[]
  /** Messages of TLS that the frames hold from their beginning on. */
  messages: Packet[]
}

/**
 * Decrypts the first Initial packet in a packet, also a server's.
 * @param dcid the destination connection id of the client's first packet, when the packet itself does not have it: bytes
 * @returns undefined when the keys do not fit
 * @throws PacketError when there is no Initial packet
 */
export function openInitial(packet: Packet, dcid?: Uint8Array): InitialContent | undefined {
  const me = partOf(packet, 'QUIC_Initial')
  const own = dcid === undefined ? openedOf(me) : null
  if (own !== null) return { packetNumber: own.packetNumber, ...contentOf(own, me) }
  const header = longHeader(me._buffer!, me._offset, me._end)
  if (dcid === undefined || header === undefined || header.end > me._end) return undefined
  const bytes = me._buffer!.subarray(me._offset, header.end)
  for (const side of ['server', 'client'] as const) {
    for (const keys of initialKeys(header.version, toBytes(dcid), side)) {
      const found = unprotect(keys, bytes, header.numberAt - me._offset)
      if (found !== undefined) return { packetNumber: found.packetNumber, ...contentOf(found, me) }
    }
  }
  return undefined
}

/**
 * Whether the tag of a Retry packet is right.
 * @param dcid the destination connection id of the client's first packet
 * @throws PacketError when there is no Retry packet
 */
export function verifyRetry(packet: Packet, dcid: Uint8Array): boolean {
  const me = partOf(packet, 'QUIC_Retry')
  const tag = retryTag(me.Version as number, dcid, me._buffer!.subarray(me._offset, me._end - TAG_LENGTH))
  return tag !== undefined && sameBytes(tag, me.RetryIntegrityTag as Uint8Array)
}
