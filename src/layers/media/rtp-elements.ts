/** Elements of an RTP header extension, `[[1, bytes], [3, bytes]]`: with headers of one or two bytes. RFC 8285 §4.2, §4.3. */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'

/** Profiles of elements. RFC 8285 §4.2, §4.3. */
export const ONE_BYTE = 0xbede
const TWO_BYTES = 0x100

/** Whether the extension of this number holds elements. */
export const isElementProfile = (id: number): boolean => id === ONE_BYTE || id >>> 4 === TWO_BYTES

/** An element: its number, and its bytes. What could not be read has the name `bytes`. */
export type RtpElement = readonly [id: number | 'bytes', value: Uint8Array]

/** The number after which nothing is read. RFC 8285 §4.2. */
const STOP = 15

class ElementsCodec implements Codec<RtpElement[]> {
  readonly kindName = 'elements'
  /** Zeros may stand anywhere between the elements. */
  readonly isLossy = true
  readonly align = 4

  read(reader: Reader, me: AnyPacket): RtpElement[] {
    const { buffer, end } = reader
    const elements: RtpElement[] = []
    const isShort = me.header_id === ONE_BYTE
    let at = reader.position
    reader.position = end
    while (at < end) {
      const first = buffer[at]!
      if (first === 0) {
        at++
        continue
      }
      const id = isShort ? first >>> 4 : first
      const size = isShort ? (first & 15) + 1 : at + 1 < end ? buffer[at + 1]! : 0
      const valueAt = at + (isShort ? 1 : 2)
      if ((isShort && (id === STOP || id === 0)) || valueAt + size > end) {
        elements.push(['bytes', buffer.subarray(at, end)])
        break
      }
      elements.push([id, buffer.subarray(valueAt, valueAt + size)])
      at = valueAt + size
    }
    return elements
  }

  write(writer: Writer, elements: RtpElement[], me: AnyPacket): void {
    const isShort = me.header_id === ONE_BYTE
    for (const [id, value] of elements) {
      if (id !== 'bytes') {
        const most = isShort ? 16 : 255
        if (value.length > most || (isShort && (value.length === 0 || id >= STOP)))
          throw new PacketError(
            `RTPExtension.elements: element ${id} of ${value.length} bytes does not fit; with one byte of header: 1..14 of 1..16 bytes (header_id 0x1000: 1..255 of 0..255)`,
          )
        if (isShort) writer.u8((id << 4) | (value.length - 1))
        else {
          writer.u8(id)
          writer.u8(value.length)
        }
      }
      writer.bytes(value)
    }
    while ((writer.length - writer.start) % 4 !== 0) writer.u8(0)
  }

  coerce(value: unknown, where: string): RtpElement[] {
    if (!Array.isArray(value)) throw new PacketError(`${where}: ${printed(value)} is no list such as [[1, hex('ff')]]`)
    return value.map((element: unknown) => {
      const [id, bytes] = (Array.isArray(element) ? element : [element]) as [unknown, unknown]
      const isKnown = id === 'bytes' || (typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= 255)
      if (isKnown && (typeof bytes === 'string' || bytes instanceof Uint8Array))
        return [id as number | 'bytes', toBytes(bytes)]
      throw new PacketError(`${where}: ${printed(id)} with ${printed(bytes)} is no element such as [1, hex('ff')]`)
    })
  }

  empty(): RtpElement[] {
    return []
  }

  show(elements: RtpElement[]): string {
    return `[${elements.map(([id, value]) => `${id} ${toHex(value)}`).join(', ')}]`
  }

  json(elements: RtpElement[]): unknown {
    return elements.map(([id, value]) => [id, toHex(value)])
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((element: unknown) =>
      Array.isArray(element) && typeof element[1] === 'string' ? [element[0], fromHex(element[1])] : element,
    )
  }

  command(elements: RtpElement[]): string {
    return `[${elements.map(([id, value]) => `[${id === 'bytes' ? "'bytes'" : id}, ${bytesCommand(value)}]`).join(', ')}]`
  }

  same(a: RtpElement[], b: RtpElement[]): boolean {
    return a.length === b.length && a.every(([id, value], i) => id === b[i]![0] && sameBytes(value, b[i]![1]))
  }
}

export function rtpElements(): Field<
  RtpElement[],
  readonly (readonly [id: number | 'bytes', value: Uint8Array | string])[]
> {
  return new Field<RtpElement[], readonly (readonly [id: number | 'bytes', value: Uint8Array | string])[]>(
    Kind.CODEC,
    0,
    new ElementsCodec() as Codec,
  )
}
