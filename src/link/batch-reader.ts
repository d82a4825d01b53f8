import { endianness } from 'node:os'
import type { CaptureBatch } from './link.js'

/**
 * Bytes of the header that libpcap writes before each frame of a dump: seconds, fraction, captured length, original
 * length.
 */
export const RECORD_HEADER = 16

const LITTLE_ENDIAN = endianness() === 'LE'

/** The arrays of a batch, made once for each capture and filled again and again. */
export function makeBatch(capacity: number, buffer: Uint8Array, linkType: number, interfaceName: string): CaptureBatch {
  return {
    count: 0,
    buffer,
    offsets: new Uint32Array(capacity),
    lengths: new Uint32Array(capacity),
    originalLengths: new Uint32Array(capacity),
    seconds: new Float64Array(capacity),
    nanoseconds: new Uint32Array(capacity),
    linkType,
    interfaceName,
  }
}

/**
 * Fills a batch from `count` records that `pcap_dump` wrote from the start of the batch's buffer on. `fraction` is what
 * one unit of the second field is worth in nanoseconds. `view` must be on the same memory as the buffer.
 */
export function readRecords(batch: CaptureBatch, view: DataView, count: number, fraction: 1 | 1000): void {
  const { offsets, lengths, originalLengths, seconds, nanoseconds } = batch
  const end = view.byteLength
  let offset = 0
  let filled = 0
  while (filled < count && offset + RECORD_HEADER <= end) {
    const length = view.getUint32(offset + 8, LITTLE_ENDIAN)
    if (length > end - offset - RECORD_HEADER) break
    seconds[filled] = view.getUint32(offset, LITTLE_ENDIAN)
    nanoseconds[filled] = view.getUint32(offset + 4, LITTLE_ENDIAN) * fraction
    lengths[filled] = length
    originalLengths[filled] = view.getUint32(offset + 12, LITTLE_ENDIAN)
    offsets[filled] = offset + RECORD_HEADER
    offset += RECORD_HEADER + length
    filled++
  }
  batch.count = filled
}
