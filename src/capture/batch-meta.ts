import type { PacketMeta } from '../packet/index.js'
import type { StorableBatch } from './packet-store.js'

/** What a batch knows of its packet `index`. Without a time where the file had none. */
export function batchMeta(batch: StorableBatch, index: number): PacketMeta & { linkType: number } {
  const seconds = batch.seconds[index]!
  const nanoseconds = batch.nanoseconds[index]!
  const known = !Number.isNaN(seconds)
  const origin = batch.interfaceIndexes == null ? null : batch.interfaces![batch.interfaceIndexes[index]!]!
  return {
    time: known ? seconds + nanoseconds / 1e9 : undefined,
    seconds: known ? seconds : undefined,
    nanoseconds: known ? nanoseconds : undefined,
    linkType: origin === null ? batch.linkType : origin.linkType,
    originalLength: batch.originalLengths[index]!,
    interfaceName: origin === null ? batch.interfaceName : origin.name,
    comment: batch.comments?.get(index),
  }
}
