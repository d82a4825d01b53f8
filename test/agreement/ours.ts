/** netshell's side of the comparison: a capture file, packet by packet, in the form of `packet.toJSON()`. */
import { type CaptureFileBatch, type CaptureWarning, readCapture } from '../../src/capture/index.js'
import { linkLayer } from '../../src/layers/link-types.js'
import { dissect, type Packet } from '../../src/packet/index.js'
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
  const { layers } = JSON.parse(JSON.stringify(dissected(linkType, bytes).toJSON())) as { layers: OurLayer[] }
  return {
    time: `${batch.seconds[index]}.${String(batch.nanoseconds[index]).padStart(9, '0')}`,
    originalLength: batch.originalLengths[index] ?? 0,
    length,
    layers,
    bytes,
    linkType,
  }
}

function dissected(linkType: number, bytes: Uint8Array): Packet {
  const layer = linkLayer(linkType)
  if (!layer) throw new Error(`netshell has no layer for link type ${linkType}`)
  return dissect(layer, bytes)
}

/** The packet built again from its fields, after all lengths, counts and checksums were made automatic. */
export function rebuilt({ linkType, bytes }: ReadPacket): Uint8Array {
  const packet = dissected(linkType, bytes)
  for (const layer of packet.layers()) for (const { name } of layer._layer.automatic) layer.unset(name)
  return packet.bytes()
}
