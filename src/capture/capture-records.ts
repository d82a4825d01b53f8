import { Packet, PacketError } from '../packet/index.js'
import { LINKTYPE_ETHERNET, linkTypeOf, noLinkType } from './link-type.js'
import { packetTime } from './list-rows.js'
import type { CaptureRecord } from './output-buffer.js'
import { PacketList } from './packet-list.js'
import type { StorableBatch } from './packet-store.js'
import { isUntouched } from './packet-views.js'

/** What can be written at once: a list, a packet (a set stands for all its packets), frames as bytes, a batch. */
export type WritableItem = PacketList | Packet | Uint8Array | StorableBatch

/** What `wrpcap` takes; the asynchronous ones may be larger than memory. */
export type WritablePackets = WritableItem | Iterable<WritableItem> | AsyncIterable<WritableItem>

/** Whether all of it is in memory, so that it can be looked at twice. */
export function isInMemory(
  packets: WritablePackets,
): packets is PacketList | Packet | Uint8Array | StorableBatch | WritableItem[] {
  return (
    packets instanceof PacketList ||
    packets instanceof Packet ||
    packets instanceof Uint8Array ||
    Array.isArray(packets) ||
    isBatch(packets)
  )
}

function isBatch(value: unknown): value is StorableBatch {
  return typeof value === 'object' && value !== null && 'offsets' in value && 'buffer' in value
}

/** The parts of what is to be written, one after the other. @throws PacketError when it is nothing of the kind */
export async function* itemsOf(packets: WritablePackets): AsyncGenerator<WritableItem, void, undefined> {
  if (packets instanceof PacketList || packets instanceof Packet || packets instanceof Uint8Array || isBatch(packets))
    yield packets
  else if (
    typeof packets === 'object' &&
    packets !== null &&
    (Symbol.asyncIterator in packets || Symbol.iterator in packets)
  )
    yield* packets
  else
    throw new PacketError(
      `only packets, lists of them and bytes can be written to a capture file, not ${describe(packets)}`,
    )
}

/** What decides the format of a file, for each packet of one part; nothing is built for it. */
export function* traitsOf(
  item: WritableItem,
  linkType: number | undefined,
): Generator<{ linkType: number; nanoseconds: number }, void, undefined> {
  if (item instanceof PacketList) {
    const { store } = item._views
    for (let index = 0; index < item.length; index++) {
      const row = item._row(index)
      const changed = item._views.changed(row)
      if (changed === undefined) {
        const page = store.pageOf(row)
        const at = row - page.firstRow
        yield { linkType: linkType ?? store.origins[page.originOf(at)]!.linkType, nanoseconds: page.nanoseconds[at]! }
      } else yield { linkType: linkType ?? linkTypeToWrite(changed), nanoseconds: packetTime(changed).nanoseconds }
    }
  } else if (item instanceof Packet)
    yield { linkType: linkType ?? linkTypeToWrite(item), nanoseconds: packetTime(item).nanoseconds }
  else yield* recordsOf(item, linkType, 0)
}

function linkTypeToWrite(packet: Packet): number {
  const type = linkTypeOf(packet) ?? (packet.layerName === 'Raw' ? LINKTYPE_ETHERNET : undefined)
  if (type === undefined) throw noLinkType(packet, packet.summary())
  return type
}

/** The records of one part. `linkType`, where given, is that of all packets. `now` is for packets that were never on a wire. */
export function recordsOf(item: WritableItem, linkType: number | undefined, now: number): Iterable<CaptureRecord> {
  if (item instanceof PacketList) return listRecords(item, linkType, now)
  if (item instanceof Packet) return packetRecords(item, linkType, now)
  if (item instanceof Uint8Array) return [bytesRecord(item, linkType, now)]
  if (isBatch(item)) return batchRecords(item, linkType)
  throw new PacketError(`only packets, lists of them and bytes can be written to a capture file, not ${describe(item)}`)
}

function* listRecords(
  list: PacketList,
  linkType: number | undefined,
  now: number,
): Generator<CaptureRecord, void, undefined> {
  const { store } = list._views
  for (let index = 0; index < list.length; index++) {
    const row = list._row(index)
    const changed = list._views.changed(row)
    if (changed !== undefined) {
      yield* packetRecords(changed, linkType, now)
      continue
    }
    const page = store.pageOf(row)
    const at = row - page.firstRow
    const origin = store.origins[page.originOf(at)]!
    yield {
      bytes: store.bytesOf(row),
      originalLength: page.originalLength(at),
      seconds: page.seconds[at]!,
      nanoseconds: page.nanoseconds[at]!,
      linkType: linkType ?? origin.linkType,
      interfaceName: origin.interfaceName,
      comment: store.comments.size === 0 ? undefined : store.comments.get(row),
    }
  }
}

function* packetRecords(
  packet: Packet,
  linkType: number | undefined,
  now: number,
): Generator<CaptureRecord, void, undefined> {
  const meta = packet._meta
  const time = packetTime(packet)
  if (Number.isNaN(time.seconds)) {
    time.seconds = Math.floor(now / 1e6)
    time.nanoseconds = (now % 1e6) * 1000
  }
  const untouched = isUntouched(packet)
  const type = linkType ?? linkTypeToWrite(packet)
  for (const one of untouched ? [packet] : packet) {
    const bytes = one.bytes()
    yield {
      bytes,
      // A packet that was captured cut short and then changed is as long as it is now.
      originalLength: untouched ? Math.max(meta?.originalLength ?? 0, bytes.length) : bytes.length,
      seconds: time.seconds,
      nanoseconds: time.nanoseconds,
      linkType: type,
      interfaceName: meta?.interfaceName ?? '',
      comment: meta?.comment,
    }
  }
}

function bytesRecord(bytes: Uint8Array, linkType = LINKTYPE_ETHERNET, now: number): CaptureRecord {
  const seconds = Math.floor(now / 1e6)
  const nanoseconds = (now % 1e6) * 1000
  return { bytes, originalLength: bytes.length, seconds, nanoseconds, linkType, interfaceName: '', comment: undefined }
}

function* batchRecords(batch: StorableBatch, linkType: number | undefined): Generator<CaptureRecord, void, undefined> {
  for (let i = 0; i < batch.count; i++) {
    const start = batch.offsets[i]!
    const index = batch.interfaceIndexes?.[i]
    yield {
      bytes: batch.buffer.subarray(start, start + batch.lengths[i]!),
      originalLength: batch.originalLengths[i]!,
      seconds: batch.seconds[i]!,
      nanoseconds: batch.nanoseconds[i]!,
      linkType: linkType ?? (index === undefined ? batch.linkType : batch.interfaces![index]!.linkType),
      interfaceName: index === undefined ? batch.interfaceName : batch.interfaces![index]!.name,
      comment: batch.comments?.get(i),
    }
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`
}
