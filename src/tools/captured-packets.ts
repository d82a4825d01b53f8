import { dissectLink } from '../layers/index.js'
import type { CaptureBatch } from '../link/index.js'
import type { AnyPacket } from '../packet/index.js'

/** The packets of a batch one by one, with their times. Each has bytes of its own and may be kept. */
export function* capturedPackets({ buffer, offsets, lengths, ...batch }: CaptureBatch): Generator<AnyPacket> {
  for (let i = 0; i < batch.count; i++) {
    const start = offsets[i]!
    const packet = dissectLink(batch.linkType, buffer.slice(start, start + lengths[i]!)) as AnyPacket
    packet.time = batch.seconds[i]! + batch.nanoseconds[i]! / 1e9
    yield packet
  }
}
