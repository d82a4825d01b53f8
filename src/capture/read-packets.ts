import { dissect, type Packet, PacketError } from '../packet/index.js'
import { batchMeta } from './batch-meta.js'
import type { CaptureInput } from './byte-source.js'
import type { CaptureFileBatch } from './capture-batch.js'
import { layerOfBytes } from './link-type.js'
import { type CaptureReading, type ReadCaptureOptions, readCapture } from './open-capture.js'
import { PacketList, type PacketPredicate } from './packet-list.js'

/** A filter that works on bytes, such as a compiled BPF expression. */
export interface CompiledFilter {
  /** Whether to take the packet; `originalLength` is its length on the wire. */
  matches(bytes: Uint8Array, linkType: number, originalLength: number): boolean
}

export interface ReadPacketsOptions extends ReadCaptureOptions {
  /** Stop after so many packets that pass the filter. Unset: all. */
  count?: number
  /** Take only these. */
  filter?: PacketPredicate | CompiledFilter
  /** Told after each batch: packets taken, bytes read, bytes of the file (Infinity where not known). */
  onProgress?: (packets: number, bytesRead: number, bytesTotal: number) => void
}

/**
 * Reads a capture file (pcap or pcapng, gzipped or not) into a packet list. A damaged file gives what comes before the
 * damage; see `warnings` of the list. Throws CaptureFileError when the file cannot be opened or is no capture.
 */
export async function rdpcap(input: CaptureInput, options: ReadPacketsOptions = {}): Promise<PacketList> {
  const limit = countLimit(options.count)
  const list = new PacketList()
  const reading = readCapture(input, options)
  if (limit > 0) {
    for await (const batch of reading) {
      const positions = select(batch, options.filter, limit - list.length, list.length)
      list.appendBatch(batch, positions)
      options.onProgress?.(list.length, reading.bytesRead, reading.bytesTotal)
      if (list.length >= limit) break
    }
  }
  list._finish()
  list.warnings.push(...reading.warnings)
  list.information = reading.information
  return list
}

/** Packets of a file, one by one: for files larger than memory. A packet that is kept keeps at most 8 KiB of others. */
export class PcapReader implements AsyncIterable<Packet> {
  /** The reading underneath: warnings, what the file says of itself, bytes read. */
  readonly reading: CaptureReading

  constructor(
    readonly input: CaptureInput,
    private readonly options: ReadPacketsOptions,
  ) {
    this.reading = readCapture(input, options)
  }

  get warnings(): CaptureReading['warnings'] {
    return this.reading.warnings
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, undefined> {
    const limit = countLimit(this.options.count)
    const pool = new BytePool()
    let taken = 0
    if (limit === 0) return
    for await (const batch of this.reading) {
      const positions = select(batch, this.options.filter, limit - taken, taken)
      const count = positions === undefined ? batch.count : positions.length
      for (let n = 0; n < count; n++) {
        const i = positions === undefined ? n : positions[n]!
        const length = batch.lengths[i]!
        const start = pool.copy(batch.buffer, batch.offsets[i]!, length)
        yield withMeta(batch, i, pool.bytes, start, start + length)
      }
      taken += count
      this.options.onProgress?.(taken, this.reading.bytesRead, this.reading.bytesTotal)
      if (taken >= limit) return
    }
  }
}

/** Reads a capture file packet by packet: `for await (const packet of pcapReader('big.pcap'))`. */
export function pcapReader(input: CaptureInput, options: ReadPacketsOptions = {}): PcapReader {
  return new PcapReader(input, options)
}

/** The packet at position `i` of a batch, with its capture data; it looks at the batch's bytes, and keeps them alive. */
export function batchPacket(batch: CaptureFileBatch, i: number): Packet {
  const start = batch.offsets[i]!
  return withMeta(batch, i, batch.buffer, start, start + batch.lengths[i]!)
}

function withMeta(batch: CaptureFileBatch, i: number, bytes: Uint8Array, start: number, end: number): Packet {
  const packet = dissect(layerOfBytes(batch.linkType, bytes, start, end), bytes, start, end)
  packet._meta = batchMeta(batch, i)
  return packet
}

/** Positions in the batch that the filter takes, at most `limit`; undefined: all of them. */
function select(
  batch: CaptureFileBatch,
  filter: ReadPacketsOptions['filter'],
  limit: number,
  taken: number,
): ArrayLike<number> | undefined {
  if (filter === undefined) {
    return batch.count <= limit ? undefined : Uint32Array.from({ length: limit }, (_, index) => index)
  }
  const { buffer, offsets, lengths, originalLengths, linkType } = batch
  const positions: number[] = []
  for (let i = 0; i < batch.count && positions.length < limit; i++) {
    const accepted =
      typeof filter === 'function'
        ? filter(batchPacket(batch, i), taken + positions.length)
        : filter.matches(buffer.subarray(offsets[i]!, offsets[i]! + lengths[i]!), linkType, originalLengths[i]!)
    if (accepted) positions.push(i)
  }
  return positions
}

function countLimit(count: number | undefined): number {
  if (count === undefined) return Number.POSITIVE_INFINITY
  if (!(count >= 0))
    throw new PacketError(`count: ${count} is no number of packets; give 0 or more, or leave it out for all`)
  return Math.floor(count)
}

const POOL = 8192

/** Copies of packets in small pieces of memory, so that one packet which is kept does not keep a whole batch. */
class BytePool {
  /** Where the last copy is. */
  bytes = new Uint8Array(POOL)
  private used = 0

  /** Copies bytes; gives where they start in `bytes`. */
  copy(from: Uint8Array, offset: number, length: number): number {
    if (length > POOL - this.used) {
      this.bytes = new Uint8Array(Math.max(POOL, length))
      this.used = 0
    }
    const start = this.used
    this.bytes.set(new Uint8Array(from.buffer, from.byteOffset + offset, length), start)
    this.used += length
    return start
  }
}
