import { TCP } from '../../layers/index.js'
import type { Stackable } from '../../packet/index.js'
import { type Datagram, u16, u32 } from './datagram.js'

/** Flags of TCP. RFC 9293 §3.1. */
export const FIN = 1
export const SYN = 2
export const RST = 4
export const PSH = 8
export const ACK = 16

/** A segment as it came in. */
export interface Segment {
  readonly sport: number
  readonly dport: number
  readonly seq: number
  readonly ack: number
  readonly flags: number
  readonly window: number
  /** Largest segment that the sender takes, when it says so. */
  readonly mss: number | undefined
  readonly data: Uint8Array
}

/** A segment to send back. */
export interface Reply {
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly mss?: number
  readonly data?: Uint8Array
}

const HEADER = 20
const END_OF_OPTIONS = 0
const NO_OPERATION = 1
const MSS = 2

/** The segment in a packet; undefined for one that is cut short, or whose checksum is wrong. */
export function readSegment(datagram: Datagram): Segment | undefined {
  const { bytes, payloadStart: at } = datagram
  if (bytes.length - at < HEADER) return undefined
  const headerLength = (bytes[at + 12]! >>> 4) * 4
  if (headerLength < HEADER || at + headerLength > bytes.length || !datagram.isPayloadIntact) return undefined
  return {
    sport: u16(bytes, at),
    dport: u16(bytes, at + 2),
    seq: u32(bytes, at + 4),
    ack: u32(bytes, at + 8),
    flags: bytes[at + 13]! & 0x3f,
    window: u16(bytes, at + 14),
    mss: headerLength === HEADER ? undefined : mssIn(bytes, at + HEADER, at + headerLength),
    data: bytes.subarray(at + headerLength),
  }
}

function mssIn(bytes: Uint8Array, from: number, end: number): number | undefined {
  for (let at = from; at < end; ) {
    const kind = bytes[at]!
    if (kind === END_OF_OPTIONS) return undefined
    if (kind === NO_OPERATION) {
      at++
      continue
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0
    if (length < 2 || at + length > end) return undefined
    if (kind === MSS && length === 4) return u16(bytes, at + 2)
    at += length
  }
  return undefined
}

/** The layers of a reply. */
export function replyLayers(segment: Segment, { flags, seq, ack, window, mss, data }: Reply): Stackable[] {
  const header = TCP({
    sport: segment.dport,
    dport: segment.sport,
    seq,
    ack,
    flags,
    window,
    ...(mss === undefined ? {} : { options: [['MSS', mss]] }),
  })
  return data === undefined || data.length === 0 ? [header] : [header, data]
}

/** Whether one sequence number comes before another. RFC 9293 §3.4. */
export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** How many numbers of the sequence a segment takes up: its data, and one each for SYN and FIN. */
export function lengthOf({ flags, data }: Segment): number {
  return data.length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)
}
