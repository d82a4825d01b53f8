/**
 * Frames of QUIC that Initial packets hold. RFC 9000 §19. Each begins with its type; numbers are of variable length.
 *
 *   | Type (0x02) | LargestAcknowledged | AckDelay | AckRangeCount | FirstAckRange | Ranges … | ECN counts (0x03)
 *   | Type (0x06) | Offset | Length | Data …
 *   | Type (0x1c) | ErrorCode | FrameType | ReasonPhraseLength | ReasonPhrase …
 */
import {
  type AnyPacket,
  behave,
  bytes,
  Field,
  Kind,
  type LayerReference,
  layer,
  list,
  type Packet,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  text,
  type Writer,
} from '../../packet/index.js'
import { type Varint, varint, varintLength, varintSize, varintValue } from './quic-varint.js'
import { ALERTS } from './tls-numbers.js'

/** Most bytes of a handshake that are put together, and most zeros: no datagram has more. */
const LONGEST = 65536

/** IANA, "QUIC Frame Types", those of all packets that are not encrypted with keys of their own. */
const TYPES: Readonly<Record<number, string>> = {
  0x00: 'PADDING',
  0x01: 'PING',
  0x02: 'ACK',
  0x03: 'ACK with ECN counts',
  0x06: 'CRYPTO',
  0x1c: 'CONNECTION_CLOSE',
  0x1d: 'CONNECTION_CLOSE of the application',
}
const types = (): Readonly<Record<number, string>> => TYPES

/** IANA, "QUIC Transport Error Codes"; 0x100 and up: an alert of TLS. */
const ERRORS: Readonly<Record<number, string>> = {
  0x00: 'NO_ERROR',
  0x01: 'INTERNAL_ERROR',
  0x02: 'CONNECTION_REFUSED',
  0x03: 'FLOW_CONTROL_ERROR',
  0x04: 'STREAM_LIMIT_ERROR',
  0x05: 'STREAM_STATE_ERROR',
  0x06: 'FINAL_SIZE_ERROR',
  0x07: 'FRAME_ENCODING_ERROR',
  0x08: 'TRANSPORT_PARAMETER_ERROR',
  0x09: 'CONNECTION_ID_LIMIT_ERROR',
  0x0a: 'PROTOCOL_VIOLATION',
  0x0b: 'INVALID_TOKEN',
  0x0c: 'APPLICATION_ERROR',
  0x0d: 'CRYPTO_BUFFER_EXCEEDED',
  0x0e: 'KEY_UPDATE_ERROR',
  0x0f: 'AEAD_LIMIT_REACHED',
  0x10: 'NO_VIABLE_PATH',
  0x11: 'VERSION_NEGOTIATION_ERROR',
}
const CRYPTO_ERRORS = 0x100

function errors(): Record<number, string> {
  const names = { ...ERRORS } as Record<number, string>
  for (const [alert, name] of Object.entries(ALERTS)) names[CRYPTO_ERRORS + Number(alert)] = `CRYPTO_ERROR ${name}`
  return names
}

/** Zeros in a row: how many. */
class ZerosCodec extends PlainValueCodec<number> {
  readonly kindName = 'number of zeros'

  read(reader: Reader): number {
    const start = reader.position
    while (reader.left > 0 && reader.buffer[reader.position] === 0) reader.position++
    return reader.position - start
  }

  write(writer: Writer, value: number): void {
    writer.reserve(value)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST) return value
    throw new PacketError(`${where}: ${printed(value)} is no number of zeros (0..${LONGEST})`)
  }

  empty(): number {
    return 1
  }
}

export const QUIC_PADDING = layer(
  'QUIC_PADDING',
  () => ({ zeros: new Field<number, number>(Kind.CODEC, 0, new ZerosCodec()).default(1).about('How many.') }),
  'Zeros that make a packet longer: zeros in a row read as one of these.',
  'RFC 9000 §19.1',
)

export const QUIC_PING = layer(
  'QUIC_PING',
  () => ({ Type: varint(1, types) }),
  'Asks for an acknowledgement.',
  'RFC 9000 §19.2',
)

const hasCounts = (me: AnyPacket): boolean => varintValue(me.raw('Type') as Varint) === 3

export const QUIC_ACK = layer(
  'QUIC_ACK',
  () => ({
    Type: varint(2, types),
    LargestAcknowledged: varint(),
    AckDelay: varint().about('Microseconds, divided by 2 to the power of ack_delay_exponent (3).'),
    AckRangeCount: varintLength((me) => (me.Ranges as Varint[]).length >> 1),
    FirstAckRange: varint().about('Packets before the largest that have come too.'),
    Ranges: list(varint(), { count: (me) => 2 * varintValue(me.raw('AckRangeCount') as Varint) }).about(
      'By twos: how many are missing, how many have come, each one less.',
    ),
    ECT0Count: varint().when(hasCounts),
    ECT1Count: varint().when(hasCounts),
    ECNCECount: varint().when(hasCounts),
  }),
  'Says which packets have come.',
  'RFC 9000 §19.3',
)

export const QUIC_CRYPTO = layer(
  'QUIC_CRYPTO',
  () => ({
    Type: varint(6, types),
    Offset: varint().about('Bytes of the handshake before these.'),
    Length: varintLength((me) => (me.Data as Uint8Array).length),
    Data: bytes((me) => varintValue(me.raw('Length') as Varint)),
  }),
  'A piece of the handshake of TLS.',
  'RFC 9000 §19.6',
)

const ofTransport = (me: AnyPacket): boolean => varintValue(me.raw('Type') as Varint) !== 0x1d

export const QUIC_CONNECTION_CLOSE = layer(
  'QUIC_CONNECTION_CLOSE',
  () => ({
    Type: varint(0x1c, types),
    ErrorCode: varint(0, errors),
    FrameType: varint(0, types).when(ofTransport),
    ReasonPhraseLength: varintLength((me) => Buffer.byteLength(me.ReasonPhrase as string)),
    ReasonPhrase: text((me) => varintValue(me.raw('ReasonPhraseLength') as Varint)),
  }),
  'Ends the connection, and says why.',
  'RFC 9000 §19.19',
)

export const QUIC_Frame = layer(
  'QUIC_Frame',
  () => ({ Type: varint(0, types), Data: bytes() }),
  'A frame that Initial packets do not hold, and all behind it.',
  'RFC 9000 §12.4',
)

const FRAMES: Readonly<Record<number, LayerReference>> = {
  0: QUIC_PADDING,
  1: QUIC_PING,
  2: QUIC_ACK,
  3: QUIC_ACK,
  6: QUIC_CRYPTO,
  0x1c: QUIC_CONNECTION_CLOSE,
  0x1d: QUIC_CONNECTION_CLOSE,
}

/** Google's versions with TLS (T050, T051) have the pieces of the handshake in frames of another type. */
const GOOGLE = 0x543035
const GOOGLE_CRYPTO = 8

/** The layer of the frame ahead. */
export function frameAhead({ buffer, position }: Reader, packet: AnyPacket): LayerReference {
  if (buffer[position] === GOOGLE_CRYPTO && (packet.raw('Version') as number) >>> 8 === GOOGLE) return QUIC_CRYPTO
  // Types stand in the shortest form; a longer one is left as it is.
  return varintSize(buffer, position) === 1 ? (FRAMES[buffer[position]!] ?? QUIC_Frame) : QUIC_Frame
}

/**
 * The bytes of the handshake that these frames hold, from its beginning on, in whatever order they come;
 * empty where the beginning is in another packet.
 */
export function handshakeOf(frames: readonly Packet[]): Uint8Array {
  const pieces = (frames as AnyPacket[])
    .filter((frame) => frame.layerName === 'QUIC_CRYPTO')
    .map((frame) => [varintValue(frame.Offset as Varint), (frame.Data ?? new Uint8Array(0)) as Uint8Array] as const)
    .filter(([offset, data]) => offset + data.length <= LONGEST)
    .sort(([a], [b]) => a - b)
  let reach = 0
  for (const [offset, data] of pieces) if (offset <= reach) reach = Math.max(reach, offset + data.length)
  const bytes = new Uint8Array(reach)
  for (const [offset, data] of pieces) if (offset < reach) bytes.set(data.subarray(0, reach - offset), offset)
  return bytes
}

behave(QUIC_CRYPTO, {
  summary: (me) => `CRYPTO ${me.text('Offset')} to ${varintValue(me.Offset) + ((me.Data ?? []) as Uint8Array).length}`,
})
behave(QUIC_CONNECTION_CLOSE, {
  summary: (me) => `CONNECTION_CLOSE ${me.text('ErrorCode')} ${me.ReasonPhrase ?? ''}`.trim(),
})
behave(QUIC_PADDING, { summary: (me) => `PADDING ${me.zeros}` })
behave(QUIC_ACK, { summary: (me) => `ACK ${me.text('LargestAcknowledged')}` })
behave(QUIC_PING, { summary: () => 'PING' })
