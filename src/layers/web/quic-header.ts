/** Where the parts of a long header of QUIC stand. RFC 8999 §5.1; RFC 9000 §17.2. */
import { VERSION_2 } from './quic-protection.js'
import { varintAt, varintSize } from './quic-varint.js'

/** A connection id has at most so many bytes, in the versions that there are. */
const LONGEST_ID = 20

export const INITIAL = 0
export const ZERO_RTT = 1
export const HANDSHAKE_PACKET = 2
export const RETRY = 3

/** Types of long headers as version 1 counts them. */
export const PACKET_TYPES: Readonly<Record<number, string>> = { 0: 'Initial', 1: '0-RTT', 2: 'Handshake', 3: 'Retry' }

/** Places in a long header, from the start of the buffer. */
export interface LongHeader {
  version: number
  /** As version 1 counts them. */
  type: number
  dcidAt: number
  dcidEnd: number
  scidAt: number
  scidEnd: number
  /** Where the packet's number starts, behind the length; for Retry and version negotiation where the ids end. */
  numberAt: number
  /** Where the packet ends as its length says; may be beyond the bytes. */
  end: number
}

export const versionAt = (buffer: Uint8Array, start: number): number =>
  ((buffer[start + 1]! << 24) | (buffer[start + 2]! << 16) | (buffer[start + 3]! << 8) | buffer[start + 4]!) >>> 0

/** Version 2 has the types in another order. RFC 9369 §3.2. */
export const commonType = (version: number, bits: number): number => (version === VERSION_2 ? (bits + 3) & 3 : bits)

/** A long header; undefined where its bytes are not all there, or cannot be right. */
export function longHeader(buffer: Uint8Array, start: number, end: number): LongHeader | undefined {
  if (end - start < 7 || buffer[start]! < 128) return undefined
  const version = versionAt(buffer, start)
  const dcidAt = start + 6
  const dcidEnd = dcidAt + buffer[start + 5]!
  if (buffer[start + 5]! > LONGEST_ID || dcidEnd >= end) return undefined
  const scidAt = dcidEnd + 1
  const scidEnd = scidAt + buffer[dcidEnd]!
  if (buffer[dcidEnd]! > LONGEST_ID || scidEnd > end) return undefined
  const type = commonType(version, (buffer[start]! >>> 4) & 3)
  const header = { version, type, dcidAt, dcidEnd, scidAt, scidEnd, numberAt: scidEnd, end }
  if (version === 0 || type === RETRY) return header
  let at = scidEnd
  if (type === INITIAL) {
    const token = varintAt(buffer, at, end)
    if (token < 0 || at + varintSize(buffer, at) + token > end) return undefined
    at += varintSize(buffer, at) + token
  }
  const length = varintAt(buffer, at, end)
  if (length < 0) return undefined
  header.numberAt = at + varintSize(buffer, at)
  header.end = header.numberAt + length
  return header
}
