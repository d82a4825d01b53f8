/** The checksum of SCTP: CRC32c, the polynomial of Castagnoli, least significant byte first. RFC 9260 §6.8, appendix A. */

/** 0x1edc6f41 with its bits in reverse order. */
const POLYNOMIAL = 0x82f63b78

let tables: readonly Uint32Array[] | null = null

/** Four tables: what a byte does to the remainder 0, 1, 2 and 3 bytes further on. */
function makeTables(): readonly Uint32Array[] {
  const first = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
    first[byte] = remainder
  }
  const all = [first]
  for (let i = 1; i < 4; i++) all.push(all[i - 1]!.map((remainder) => (remainder >>> 8) ^ first[remainder & 255]!))
  return all
}

/** CRC32c of the bytes `start..end`. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  tables ??= makeTables()
  const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  let crc = 0xffffffff
  let at = start
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 255]!
  return ~crc >>> 0
}

/** The same with its bytes swapped: the number that SCTP's field then reads as. */
export function sctpChecksum(bytes: Uint8Array, start: number, end: number): number {
  const crc = crc32c(bytes, start, end)
  return ((crc << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0
}
