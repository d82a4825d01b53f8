/** The checksum of link state advertisements: Fletcher's, with two bytes that make both sums zero. RFC 905 annex B, RFC 2328 §12.1.7. */
import type { BuildContext } from '../../packet/index.js'

/** The age may change on the way and is not counted. */
const AGE = 2
const CHECKSUM_AT = 16

/** The two checksum bytes as a number; those that stand there count as zero. */
export function lsaChecksum({ buffer, start, payloadStart }: BuildContext): number {
  let c0 = 0
  let c1 = 0
  for (let at = start + AGE; at < payloadStart; at++) {
    const byte = at === start + CHECKSUM_AT || at === start + CHECKSUM_AT + 1 ? 0 : buffer[at]!
    c0 = (c0 + byte) % 255
    c1 = (c1 + c0) % 255
  }
  // Bytes from the first checksum byte to the end, that one counted.
  const behind = payloadStart - start - CHECKSUM_AT
  const high = modulo((behind - 1) * c0 - c1)
  const low = modulo(c1 - behind * c0)
  return (high << 8) | low
}

/** The rest as 1 to 255: a byte of zero would say that there is no checksum. */
function modulo(value: number): number {
  const rest = ((value % 255) + 255) % 255
  return rest === 0 ? 255 : rest
}
