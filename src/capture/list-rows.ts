import { Packet, PacketError } from '../packet/index.js'
import { type ExactTime, timeFromSeconds } from './capture-time.js'
import { layerOfBytes, linkTypeOf } from './link-type.js'
import { isUntouched, type PacketViews } from './packet-views.js'

/** Adds a row for a packet: its bytes where they say all there is to it, else the packet itself. Gives the row. */
export function appendPacket(views: PacketViews, packet: Packet): number {
  if (!(packet instanceof Packet)) {
    throw new PacketError(
      `a packet list holds packets, not ${packet === null ? 'null' : typeof packet}; wrap bytes as Raw(bytes)`,
    )
  }
  const { store } = views
  const row = store.rowCount
  const meta = packet._meta
  const { seconds, nanoseconds } = packetTime(packet)
  const linkType = linkTypeOf(packet)
  const bytes = packet._buffer
  const origin = store.originNumber(linkType ?? -1, meta?.interfaceName ?? '')
  if (bytes !== null && linkType !== undefined && isUntouched(packet)) {
    const { _offset: start, _end: end } = packet
    const layer = layerOfBytes(linkType, bytes, start, end)
    if (packet._under === null && (layer.definition === packet._layer || packet.layerName === 'Raw')) {
      store.add(
        bytes.subarray(start, end),
        meta?.originalLength ?? end - start,
        seconds,
        nanoseconds,
        origin,
        meta?.comment,
      )
      return row
    }
  }
  store.add(new Uint8Array(0), 0, seconds, nanoseconds, origin, meta?.comment)
  views.keep(row, packet)
  return row
}

/** Adds a row like that of another store. Gives the row. */
export function copyRow(from: PacketViews, row: number, to: PacketViews): number {
  const changed = from.changed(row)
  if (changed !== undefined) return appendPacket(to, changed)
  const { store } = from
  const page = store.pageOf(row)
  const index = row - page.firstRow
  const { linkType, interfaceName } = store.origins[page.originOf(index)]!
  to.store.add(
    store.bytesOf(row),
    page.originalLength(index),
    page.seconds[index]!,
    page.nanoseconds[index]!,
    to.store.originNumber(linkType, interfaceName),
    store.comments.get(row),
  )
  return to.store.rowCount - 1
}

/** When a packet was captured, exactly where that is known; NaN seconds where nothing is. */
export function packetTime(packet: Packet): ExactTime {
  const meta = packet._meta
  if (meta?.seconds !== undefined) return { seconds: meta.seconds, nanoseconds: meta.nanoseconds ?? 0 }
  return meta?.time === undefined ? { seconds: Number.NaN, nanoseconds: 0 } : timeFromSeconds(meta.time)
}

/** When the packet of a row was captured. */
export function rowTime(views: PacketViews, row: number): ExactTime {
  const changed = views.changed(row)
  if (changed !== undefined) return packetTime(changed)
  const page = views.store.pageOf(row)
  return { seconds: page.seconds[row - page.firstRow]!, nanoseconds: page.nanoseconds[row - page.firstRow]! }
}
