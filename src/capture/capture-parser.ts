import type { BatchBuilder, CaptureInterface } from './capture-batch.js'
import type { CaptureFault } from './capture-error.js'

/** A stretch of the file in memory, and where it lies in the file. */
export interface ParseWindow {
  buffer: Uint8Array
  view: DataView
  /** First byte not yet parsed, and the end of what has been read, in `buffer`. */
  start: number
  end: number
  /** What to add to a position in `buffer` to get one in the file. */
  base: number
  /** Bytes in the whole file, or Infinity where that is not known. */
  total: number
}

/**
 * Turns bytes into packets. Knows nothing of files: is handed windows and moves `window.start` past what it understood.
 */
export interface CaptureParser {
  readonly format: 'pcap' | 'pcapng'
  readonly information: CaptureInformation
  /** Packets so far. */
  packetCount: number
  /** Bytes that must be in the window, from its start, to go on. */
  needed: number
  /** Bytes to pass over unread before going on. */
  skip: number
  /** Set when the data cannot be followed any further. */
  fault: CaptureFault | null
  /** Damage that could be passed over: the first of it, and how much more. */
  passedOver: CaptureFault | null
  passedOverCount: number
  /**
   * Parses complete records until the window holds no further one, the batch is full or the link type changes; in the last
   * two cases it returns true: there is more in this window.
   */
  parse(window: ParseWindow, batch: BatchBuilder): boolean
  /** What is missing when the data ends with an incomplete record in the window. */
  incomplete(window: ParseWindow): CaptureFault
}

/** What a capture file says of itself; grows while it is read. */
export interface CaptureInformation {
  format: 'pcap' | 'pcapng'
  byteOrder: 'little' | 'big'
  /** Whether the bytes were gzipped. */
  compressed: boolean
  /** pcap: whether the times are in nanoseconds. pcapng: always true. */
  nanoseconds: boolean
  /** pcap: what differs from today's format, such as 'Kuznetzov' or 'version 2.2'. */
  variant?: string
  interfaces: CaptureInterface[]
  /** pcapng: one entry a section, at most 1 000. */
  sections: CaptureSection[]
  /** pcapng: addresses as text with their names, from name resolution blocks; at most 100 000. */
  names: Map<string, string[]>
}

/** Header of a section of a pcapng file. */
export interface CaptureSection {
  comment?: string
  hardware?: string
  operatingSystem?: string
  application?: string
}

/** A pcapng block that claims more is corrupt. */
export const MAXIMUM_BLOCK = 256 * 1024 * 1024

/** Most bytes of a packet: libpcap's MAXIMUM_SNAPLEN. */
const MAXIMUM_PACKET = 262144

/** D-Bus, USB (four ways) and USB over Darwin carry messages of up to 128 MiB: as in libpcap's max_snaplen_for_dlt. */
const LARGE_LINK_TYPES = new Set([186, 189, 220, 231, 249, 266])

/** Bytes that a packet of this link type may have in a file, whose header names `snaplen`. */
export function maximumPacketLength(linkType: number, snaplen = 0): number {
  if (LARGE_LINK_TYPES.has(linkType)) return 128 * 1024 * 1024
  return Math.max(MAXIMUM_PACKET, Math.min(snaplen, 128 * 1024 * 1024))
}

/** A number as a person compares it with a hex dump. */
export function hexNumber(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

/** Bytes from the window's start to the end of the file, or of what has been read where the size is not known. */
export function bytesLeft(window: ParseWindow): number {
  return window.total === Number.POSITIVE_INFINITY
    ? window.end - window.start
    : window.total - window.base - window.start
}
