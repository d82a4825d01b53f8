import { batchMeta, type StorableBatch } from '../capture/index.js'
import { dissectLink } from '../layers/index.js'
import type { CaptureBatch } from '../link/index.js'
import type { AnyPacket, Packet } from '../packet/index.js'

/** Frame `index` of a batch, copied: the batch's buffer is used again. */
export function copyFrame(batch: CaptureBatch, index: number): Uint8Array {
  const offset = batch.offsets[index]!
  return batch.buffer.slice(offset, offset + batch.lengths[index]!)
}

/** A packet keeps at most so many bytes of others alive; a packet that is larger gets a piece of its own. */
const PIECE = 65536

/**
 * The packets of batches, for callbacks that may keep them. The bytes of a batch whose buffer is used again are copied, many packets
 * at once: a copy for each would cost as much as reading it. A packet that is kept stays valid, and keeps up to 64 KiB alive.
 */
export class BatchPackets {
  private batch: StorableBatch | null = null
  private piece: Uint8Array = new Uint8Array(0)
  /** Where the piece stands in the batch's buffer. */
  private start = 0
  private end = 0

  /**
   * From now on packets of this batch are asked for.
   * @param lasting its buffer is never written again, so that packets may look at it
   */
  use(batch: StorableBatch, lasting: boolean): void {
    this.batch = batch
    this.piece = lasting ? batch.buffer : this.piece
    this.start = 0
    this.end = lasting ? batch.buffer.length : 0
  }

  /** Packet `index` of the batch in use. */
  at(index: number): AnyPacket {
    const batch = this.batch!
    const offset = batch.offsets[index]!
    const end = offset + batch.lengths[index]!
    if (offset < this.start || end > this.end) this.copyFrom(batch, index)
    const meta = batchMeta(batch, index)
    const packet = dissectLink(meta.linkType, this.piece, offset - this.start, end - this.start)
    packet._meta = meta
    return packet as AnyPacket
  }

  private copyFrom(batch: StorableBatch, index: number): void {
    const { offsets, lengths, count } = batch
    const start = offsets[index]!
    let end = start + lengths[index]!
    for (let next = index + 1; next < count && offsets[next]! >= end; next++) {
      const nextEnd = offsets[next]! + lengths[next]!
      if (nextEnd - start > PIECE) break
      end = nextEnd
    }
    this.piece = batch.buffer.slice(start, end)
    this.start = start
    this.end = end
  }
}

/** A batch of its own with the same packets: for one that has to wait. */
export function copyBatch(batch: CaptureBatch): StorableBatch {
  const { count, linkType, interfaceName } = batch
  let end = 0
  for (let i = 0; i < count; i++) end = Math.max(end, batch.offsets[i]! + batch.lengths[i]!)
  return {
    count,
    linkType,
    interfaceName,
    buffer: batch.buffer.slice(0, end),
    offsets: batch.offsets.slice(0, count),
    lengths: batch.lengths.slice(0, count),
    originalLengths: batch.originalLengths.slice(0, count),
    seconds: batch.seconds.slice(0, count),
    nanoseconds: batch.nanoseconds.slice(0, count),
  }
}

/** The network layer of a captured frame: its first IP, IPv6 or ARP layer behind the link layer; null when there is none. */
export function networkLayer(frame: Packet): Packet | null {
  for (let layer: Packet | null = frame; layer !== null; layer = layer.payload) {
    if (layer.layerName === 'IP' || layer.layerName === 'IPv6') return layer
    if (layer._layer.isOpaque) return null
  }
  return null
}
