/** CRC-32 as of Ethernet, IEEE 802.11 and the fingerprint of STUN. ITU V.42 §8.1.1.6.2; RFC 8489 §14.7. */

const POLYNOMIAL = 0xedb88320

let table: Uint32Array | null = null

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
    return remainder
  })
}

/** CRC-32 of the bytes `start..end`. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  table ??= makeTable()
  let crc = 0xffffffff
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!
  return ~crc >>> 0
}
