/** What the protection of an Initial packet hides, as fields of it: the number, the frames, the messages in them. */
import {
  type AnyPacket,
  bytes,
  type ElementLayer,
  Field,
  Kind,
  LayerListCodec,
  type Packet,
  PacketError,
  PlainValueCodec,
  printed,
  Reader,
  sameBytes,
  type Writer,
} from '../../packet/index.js'
import { frameAhead, handshakeOf, QUIC_CRYPTO } from './quic-frames.js'
import { longHeader } from './quic-header.js'
import { initialKeys, type Opened, TAG_LENGTH, unprotect } from './quic-protection.js'
import { messageAt } from './tls.js'

const LARGEST = 0xffffffff
/** A client makes its datagrams with Initial packets at least so long. RFC 9000 §14.1. */
const SMALLEST_DATAGRAM = 1200
/** There must be a sample for the header's protection behind the number, which may have four bytes. RFC 9001 §5.4.2. */
const NUMBER_AND_FRAMES = 4

/** Each packet is opened once. */
const opened = new WeakMap<Packet, Opened | null>()

/** What is behind the protection of a packet that was read; null when it is no client's, or of an unknown version. */
export function openedOf(me: Packet): Opened | null {
  const known = opened.get(me)
  if (known !== undefined) return known
  const found = me._buffer === null ? null : (open(me._buffer, me._offset, me._end) ?? null)
  opened.set(me, found)
  return found
}

function open(buffer: Uint8Array, start: number, end: number): Opened | undefined {
  const header = longHeader(buffer, start, end)
  if (header === undefined || header.end > end) return undefined
  for (const keys of initialKeys(header.version, buffer.subarray(header.dcidAt, header.dcidEnd), 'client')) {
    const found = unprotect(keys, buffer.subarray(start, header.end), header.numberAt - start)
    if (found !== undefined) return found
  }
  return undefined
}

/** A packet that is not to be encrypted: what it holds is given as it is on the wire. */
const isClosed = (me: AnyPacket): boolean => ((me.raw('load') as Uint8Array | undefined) ?? []).length > 0

/** Bytes that the number takes when it is built. */
export function numberLength(me: AnyPacket): number {
  const value = me.raw('PacketNumber') as number
  const needed = value > 0xffffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : 1
  return Math.max(needed, me.raw('PacketNumberLen') as number)
}

/** A small number that the wire has in another form than others, or not at all. */
class HiddenNumberCodec extends PlainValueCodec<number> {
  constructor(
    readonly kindName: string,
    private readonly least: number,
    private readonly most: number,
    private readonly take: (reader: Reader, opened: Opened | null) => number,
    private readonly put: (writer: Writer, value: number, packet: AnyPacket) => void,
  ) {
    super()
  }

  read(reader: Reader, packet: AnyPacket): number {
    return this.take(reader, openedOf(packet))
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    this.put(writer, value, packet)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= this.least && value <= this.most) return value
    throw new PacketError(`${where}: ${printed(value)} is no whole number (${this.least}..${this.most})`)
  }

  empty(): number {
    return this.least
  }
}

/** How many bytes the packet's number has. It takes none itself: the first byte says it, behind its protection. */
export const packetNumberLength = (): Field<number> =>
  new Field<number>(
    Kind.CODEC,
    0,
    new HiddenNumberCodec(
      '1 to 4',
      1,
      4,
      (_reader, found) => found?.numberLength ?? 1,
      () => undefined,
    ),
  )

/** The packet's number, as far as it is sent. */
export const packetNumber = (): Field<number> =>
  new Field<number>(
    Kind.CODEC,
    0,
    new HiddenNumberCodec(
      'number of 1 to 4 bytes',
      0,
      LARGEST,
      (reader, found) => {
        reader.bytes(found?.numberLength ?? 0)
        return found?.packetNumber ?? 0
      },
      (writer, value, packet) => {
        if (isClosed(packet)) return
        for (let i = numberLength(packet) - 1; i >= 0; i--) writer.u8(value >>> (8 * i))
      },
    ),
  )

/** Layers that stand in other bytes than the packet's own. */
class HiddenLayersCodec extends LayerListCodec {
  constructor(
    element: ElementLayer,
    private readonly from: (reader: Reader, packet: AnyPacket) => Uint8Array,
    private readonly put: (writer: Writer, values: Packet[], packet: AnyPacket) => void,
  ) {
    super(element, {}, false)
  }

  override read(reader: Reader, packet: AnyPacket): Packet[] {
    const bytes = this.from(reader, packet)
    return super.read(new Reader(bytes, 0, 0, bytes.length), packet)
  }

  override write(writer: Writer, values: Packet[], packet: AnyPacket): void {
    this.put(writer, values, packet)
  }

  override same(a: Packet[], b: Packet[]): boolean {
    return (
      a.length === b.length &&
      a.every(
        (value, i) => value._isUntouched() && value._layer === b[i]!._layer && sameBytes(value.bytes(), b[i]!.bytes()),
      )
    )
  }
}

const NOTHING = new Uint8Array(0)

/** The frames as they will be encrypted. Without any, they are made of the messages, and fill a datagram. */
export function frameBytes(me: AnyPacket, header = 0): Uint8Array {
  const frames = me.frames as Packet[]
  const messages = me.messages as Packet[]
  const parts = frames.map((frame) => frame.bytes())
  let least = NUMBER_AND_FRAMES - numberLength(me)
  if (frames.length === 0 && messages.length > 0) {
    parts.push(QUIC_CRYPTO({ Data: Buffer.concat(messages.map((message) => message.bytes())) }).bytes())
    least = SMALLEST_DATAGRAM - header - 2 - numberLength(me) - TAG_LENGTH
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length < least) parts.push(Buffer.alloc(least - length))
  return Buffer.concat(parts)
}

/** The frames; encrypted they are built with the keys of the destination connection id. */
export const frames = (): Field<Packet[], readonly unknown[] | Packet> =>
  new Field<Packet[], readonly unknown[] | Packet>(
    Kind.CODEC,
    0,
    new HiddenLayersCodec(
      frameAhead,
      (reader, packet) => {
        const found = openedOf(packet)
        if (found === null) return NOTHING
        reader.position = reader.end
        return found.plaintext
      },
      (writer, _values, packet) => {
        if (isClosed(packet)) return
        // Header and number stand in front: both count for the length of a datagram.
        writer.bytes(frameBytes(packet, headerBytes(packet)))
        writer.reserve(TAG_LENGTH)
      },
    ),
  )

/** Bytes of the header up to the length. */
export const headerBytes = (me: AnyPacket): number => {
  const ids = (me.DstConnID as Uint8Array).length + (me.SrcConnID as Uint8Array).length
  const token = (me.Token as Uint8Array).length
  return 7 + ids + (token < 64 ? 1 : token < 16384 ? 2 : 4) + token
}

const messageAhead: ElementLayer = (reader) => messageAt(reader.buffer, reader.position, reader.end)

/** The messages of TLS that the frames hold; they take no bytes of their own. */
export const messages = (): Field<Packet[], readonly unknown[] | Packet> =>
  new Field<Packet[], readonly unknown[] | Packet>(
    Kind.CODEC,
    0,
    new HiddenLayersCodec(
      messageAhead,
      (_reader, packet) => handshakeOf((packet.raw('frames') ?? []) as Packet[]),
      () => undefined,
    ),
  )

/** What could not be opened. */
export const closedBytes = (): Field<Uint8Array | undefined, Uint8Array | string> =>
  // A condition: whatever is changed, the packet is encrypted anew.
  bytes().when(() => true)

/** Frames and messages of bytes that were opened. */
export function contentOf(found: Opened, packet: AnyPacket): { frames: Packet[]; messages: Packet[] } {
  const read = (bytes: Uint8Array, element: ElementLayer): Packet[] =>
    new LayerListCodec(element, {}, false).read(new Reader(bytes, 0, 0, bytes.length), packet)
  const inside = read(found.plaintext, frameAhead)
  return { frames: inside, messages: read(handshakeOf(inside), messageAhead) }
}
