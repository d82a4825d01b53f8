/**
 * The packets of a store that someone may hold.
 *
 * A packet is made from its row when it is asked for, and not kept: it costs nothing to make again. Kept are, by row: packets that
 * were changed or that never had bytes (built by hand), for good; and the last 256 that were asked for by index, so that
 * `list[0].ttl = 3` and `list[0] === list[0]` do what they say. No WeakRef to packets: each would keep its packet alive until the end
 * of the running job, so a loop over a million packets would hold them all.
 */

import { dissect, type Packet, type PacketMeta } from '../packet/index.js'
import { layerOfBytes } from './link-type.js'
import type { PacketStore, StorePage } from './packet-store.js'

/** Packets remembered; a row has its place at its number modulo this, a power of two. */
const RECENT = 256

/** What a packet of a list knows of itself. The engine calls `touched` before the first change. */
export class ListedMeta implements PacketMeta {
  time: number | undefined
  seconds: number | undefined
  nanoseconds: number | undefined
  linkType: number
  originalLength: number
  interfaceName: string
  comment: string | undefined
  // Weak, so that one packet a user holds does not keep the whole list.
  readonly _views: WeakRef<PacketViews>
  readonly _row: number
  readonly _packet: Packet

  constructor(page: StorePage, index: number, views: PacketViews, packet: Packet) {
    const { store } = views
    const seconds = page.seconds[index]!
    const nanoseconds = page.nanoseconds[index]!
    const known = !Number.isNaN(seconds)
    const origin = store.origins[page.originOf(index)]!
    this.time = known ? seconds + nanoseconds / 1e9 : undefined
    this.seconds = known ? seconds : undefined
    this.nanoseconds = known ? nanoseconds : undefined
    this.linkType = origin.linkType
    this.originalLength = page.originalLength(index)
    this.interfaceName = origin.interfaceName
    this.comment = store.comments.size === 0 ? undefined : store.comments.get(page.firstRow + index)
    this._views = views.self
    this._row = page.firstRow + index
    this._packet = packet
  }

  /**
   * Called before a packet with this meta is changed: from now on the list has the changed packet. Of several views of a row the
   * first that is changed counts. Copies share the meta but are not in the list.
   */
  touched(packet: Packet): void {
    if (packet !== this._packet) return
    const views = this._views.deref()
    if (views !== undefined && !views.kept.has(this._row)) views.keep(this._row, packet)
  }
}

export class PacketViews {
  readonly self = new WeakRef<PacketViews>(this)
  /** Changed and hand-made packets by row. */
  readonly kept = new Map<number, Packet>()
  private readonly recentRows = new Float64Array(RECENT).fill(-1)
  private readonly recent = new Array<Packet | null>(RECENT).fill(null)
  private anyRecent = false

  constructor(readonly store: PacketStore) {}

  /** The packet of a row: the one kept or lately handed out, or a new view. */
  get(row: number): Packet {
    return this.known(row) ?? this.view(row)
  }

  /** As `get`, and remembered for a while: for access by index. */
  handOut(row: number): Packet {
    const known = this.known(row)
    if (known !== undefined) return known
    const packet = this.view(row)
    this.remember(row, packet)
    return packet
  }

  /** Remembers a packet for a while, so that a later change is seen. */
  remember(row: number, packet: Packet): void {
    const place = row & (RECENT - 1)
    const before = this.recent[place]!
    if (before !== null && before !== packet) this.settle(this.recentRows[place]!, before)
    this.recentRows[place] = row
    this.recent[place] = packet
    this.anyRecent = true
  }

  /** Keeps the packet if it was changed; to be called when the code that had it is done. */
  settle(row: number, packet: Packet): void {
    if (isChanged(packet) && !this.kept.has(row)) this.kept.set(row, packet)
  }

  /** The packet of a row whose bytes no longer hold, else undefined. */
  changed(row: number): Packet | undefined {
    if (!this.mayHaveChanged) return undefined
    const known = this.known(row)
    return known !== undefined && (this.kept.has(row) || isChanged(known)) ? known : undefined
  }

  /** Whether any row may have a packet that differs from its bytes. */
  get mayHaveChanged(): boolean {
    return this.anyRecent || this.kept.size > 0
  }

  /** Puts a packet in the place of a row's bytes. */
  keep(row: number, packet: Packet): void {
    this.kept.set(row, packet)
  }

  private known(row: number): Packet | undefined {
    if (this.kept.size > 0) {
      const kept = this.kept.get(row)
      if (kept !== undefined) return kept
    }
    const place = row & (RECENT - 1)
    return this.recentRows[place] === row ? this.recent[place]! : undefined
  }

  private view(row: number): Packet {
    const page = this.store.pageOf(row)
    const index = row - page.firstRow
    const start = page.offsets[index]!
    const end = start + page.lengths[index]!
    const origin = page.originOf(index)
    const layer = layerOfBytes(this.store.origins[origin]!.linkType, page.bytes, start, end)
    const packet = dissect(layer, page.bytes, start, end)
    packet._meta = new ListedMeta(page, index, this, packet)
    return packet
  }
}

/** Whether a packet that a list made is no longer what its row says. */
function isChanged(packet: Packet): boolean {
  return !isUntouched(packet) || !(packet._meta instanceof ListedMeta)
}

/** Whether a packet is exactly what its bytes say. */
export function isUntouched(packet: Packet): boolean {
  for (let layer: Packet | null | undefined = packet; layer !== null && layer !== undefined; layer = layer._payload) {
    if (!layer._isUntouched()) return false
  }
  return true
}
