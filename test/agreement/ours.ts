/** netshell's side of the comparison: a capture file, packet by packet, in the form of `packet.toJSON()`. */
import { type CaptureFileBatch, type CaptureWarning, readCapture } from '../../src/capture/index.js'
// All layers: what is not loaded is not recognised.
import '../../src/layers/index.js'
import { dissectLink } from '../../src/layers/link/link-types.js'
import type { OurLayer, OurPacket } from './row.js'

/** One packet with what is needed to look at it again. */
export interface ReadPacket extends OurPacket {
  bytes: Uint8Array
  linkType: number
}

/**
 * @param limit at most so many packets; default all.
 * @throws Error on a warning of the reader: the captures of the comparison are whole.
 */
export async function readWithNetshell(path: string, limit = Number.POSITIVE_INFINITY): Promise<ReadPacket[]> {
  const packets: ReadPacket[] = []
  const onWarning = (warning: CaptureWarning) => {
    throw new Error(`netshell found fault with ${path}: ${warning.message}`)
  }
  for await (const batch of readCapture(path, { onWarning }))
    for (let index = 0; index < batch.count && packets.length < limit; index++) packets.push(packetOf(batch, index))
  return packets
}

function packetOf(batch: CaptureFileBatch, index: number): ReadPacket {
  const start = batch.offsets[index] ?? 0
  const length = batch.lengths[index] ?? 0
  const { linkType } = batch
  const bytes = batch.buffer.subarray(start, start + length)
  // The text form is what scripts and other programs see: no value may get lost on the way to it.
  const { layers } = JSON.parse(JSON.stringify(dissectLink(linkType, bytes).toJSON())) as { layers: OurLayer[] }
  return {
    time: `${batch.seconds[index]}.${String(batch.nanoseconds[index]).padStart(9, '0')}`,
    originalLength: batch.originalLengths[index] ?? 0,
    length,
    layers,
    bytes,
    linkType,
  }
}

/**
 * The packet built again from its fields, after lengths, counts and checksums were made automatic. DNS keeps its own:
 * servers differ in which names they compress, so that built anew it may well be shorter.
 */
export function rebuilt({ linkType, bytes }: ReadPacket): Uint8Array {
  const packet = dissectLink(linkType, bytes)
  for (const layer of packet.layers().filter(({ layerName }) => layerName !== 'DNS'))
    for (const { name } of layer._layer.automatic) layer.unset(name)
  return packet.bytes()
}
