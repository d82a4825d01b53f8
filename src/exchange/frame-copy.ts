import type { CaptureBatch } from '../link/index.js'
import type { Packet, PacketMeta } from '../packet/index.js'

/** What a batch knows of its packet number `index`, for a packet that is kept. */
export function metaOf(batch: CaptureBatch, index: number): PacketMeta {
  const seconds = batch.seconds[index]!
  const nanoseconds = batch.nanoseconds[index]!
  return {
    time: seconds + nanoseconds / 1e9,
    seconds,
    nanoseconds,
    linkType: batch.linkType,
    originalLength: batch.originalLengths[index]!,
    interfaceName: batch.interfaceName,
  }
}

/** Frame `index` of a batch, copied: the batch's buffer is used again. */
export function copyFrame(batch: CaptureBatch, index: number): Uint8Array {
  const offset = batch.offsets[index]!
  return batch.buffer.slice(offset, offset + batch.lengths[index]!)
}

/** The network layer of a captured frame: its first IP, IPv6 or ARP layer behind the link layer; null when there is none. */
export function networkLayer(frame: Packet): Packet | null {
  for (let layer: Packet | null = frame; layer !== null; layer = layer.payload) {
    if (layer.layerName === 'IP' || layer.layerName === 'IPv6') return layer
    if (layer._layer.isOpaque) return null
  }
  return null
}
