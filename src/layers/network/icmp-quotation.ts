/** What ICMP and ICMPv6 errors quote: as much of a packet as fits, and behind it, if any, extensions. RFC 792, RFC 4443, RFC 4884. */
import { type AnyPacket, type Behaviour, type BuildContext, type Field, sum, u8 } from '../../packet/index.js'

/** Bytes of the original datagram in front of the extensions, at least. RFC 4884 §4.3, §4.4. */
const EXTENSION_OFFSET = 128

/** Bytes of an error's own header. */
const ERROR_HEADER = 8

const EXTENSION_VERSION = 2

/** The payload length that a quoted header gives, unless the quotation ends before: errors rarely quote a whole packet. */
export function quotedPayloadLength(me: AnyPacket, length: number | undefined): number | undefined {
  return length !== undefined && length > me._end - me._headerStop() ? undefined : length
}

/** The length of the original datagram in words of `unit` bytes, where extensions follow it; else 0. RFC 4884 §4. */
export function quotationLength(unit: number): Field<number> {
  return u8().auto((c: BuildContext) => (c.trailerStart < c.payloadEnd ? (c.trailerStart - c.payloadStart) / unit : 0))
}

/**
 * How an error with such a length field, `lengthAt` bytes from its start, is split into quotation and extensions.
 * Without a length, from before RFC 4884, extensions stand behind 128 bytes if they are extensions at all (§5.5).
 */
export function quotationBehaviour(
  lengthAt: number,
  unit: number,
): Required<Pick<Behaviour, 'payloadLength' | 'trailerOffset'>> {
  return {
    payloadLength: (me) => {
      const start = me._offset + ERROR_HEADER
      // A header that is cut short may end before its length.
      if (start > me._end) return undefined
      const length = me._buffer![me._offset + lengthAt]! * unit
      if (length > 0) return length === me._end - start ? undefined : length
      return isExtensionStructure(me._buffer!, start + EXTENSION_OFFSET, me._end) ? EXTENSION_OFFSET : undefined
    },
    trailerOffset: (length) => Math.max(EXTENSION_OFFSET, Math.ceil(length / unit) * unit),
  }
}

/** Whether these bytes are an extension structure: right version and checksum, or none. RFC 4884 §5.5, §7. */
function isExtensionStructure(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || buffer[start]! >>> 4 !== EXTENSION_VERSION) return false
  return (buffer[start + 2] === 0 && buffer[start + 3] === 0) || sum(buffer, start, end) % 0xffff === 0
}
