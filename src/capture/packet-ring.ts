import { type Packet, PacketError } from '../packet/index.js'
import { appendPacket } from './list-rows.js'
import { PacketList } from './packet-list.js'
import { LARGEST_PAGE, PacketStore, type StorableBatch } from './packet-store.js'
import { PacketViews } from './packet-views.js'

/** What a ring keeps at most; any of them may be unset, not all. */
export interface RingLimits {
  /** Packets, 1 or more. */
  packets?: number
  /** Bytes of packets (columns and unfilled pages come on top: 20 bytes a packet, and up to a fourth). */
  bytes?: number
  /** Seconds behind the newest packet, by the packets' times. */
  seconds?: number
}

const LIMITS = ['packets', 'bytes', 'seconds'] as const

/** @throws PacketError unless at least one limit is given, and all are above 0 */
export function checkRing(what: string, ring: RingLimits): void {
  const given = typeof ring === 'object' && ring !== null ? Object.keys(ring) : []
  const unknown = given.find((name) => !(LIMITS as readonly string[]).includes(name))
  if (given.length === 0 || unknown !== undefined)
    throw new PacketError(
      `${what} has packets, bytes or seconds, such as {packets: 10000}${unknown === undefined ? '' : `, not ${unknown}`}`,
    )
  for (const name of LIMITS) {
    const value = ring[name]
    if (value !== undefined && (!(value > 0) || (name !== 'seconds' && !Number.isInteger(value))))
      throw new PacketError(
        `${what}: ${name} must be a ${name === 'seconds' ? '' : 'whole '}number above 0, not ${String(value)}`,
      )
  }
}

/**
 * The newest packets only: the oldest go as new ones come. Memory is bounded by the limits; a packet costs no more than in
 * a list, since whole pages are given back.
 */
export class PacketRing {
  private readonly store: PacketStore
  private readonly views: PacketViews
  private readonly packets: number
  private readonly bytes: number
  private readonly seconds: number
  /** Oldest row that still counts. */
  private first = 0
  private used = 0
  /** Packets that went since they were too old or too many. */
  gone = 0

  constructor(limits: RingLimits) {
    checkRing('a ring', limits)
    this.packets = limits.packets ?? Number.POSITIVE_INFINITY
    this.bytes = limits.bytes ?? Number.POSITIVE_INFINITY
    this.seconds = limits.seconds ?? Number.POSITIVE_INFINITY
    // Eight pages in a ring: what is kept beyond the limit is an eighth.
    this.store = new PacketStore({
      rows: Math.max(64, Math.min(LARGEST_PAGE.rows, Math.ceil(this.packets / 8))),
      bytes: Math.max(16384, Math.min(1 << 20, Math.ceil(this.bytes / 8))),
    })
    this.views = new PacketViews(this.store)
  }

  /** Packets that are there now. */
  get length(): number {
    return this.store.rowCount - this.first
  }

  /** Bytes of memory that it takes. */
  get memory(): number {
    return this.store.memory
  }

  /** Adds a batch, or the packets at `positions` in it; the bytes are copied. */
  appendBatch(batch: StorableBatch, positions?: ArrayLike<number>): void {
    const before = this.store.rowCount
    this.store.addBatch(batch, positions)
    this.added(before)
  }

  /** Adds one packet, as `PacketList.push` does. */
  push(packet: Packet): void {
    this.added(appendPacket(this.views, packet))
  }

  /** The packets that are there now as a list, which stays as it is whatever comes. Costs nothing for each packet. */
  list(): PacketList {
    const store = this.store.share(this.first)
    const views = new PacketViews(store)
    const base = this.store.rowCount - store.rowCount
    for (const [row, packet] of this.views.kept) if (row >= this.first) views.kept.set(row - base, packet)
    return PacketList._over(views, null, this.first - base, this.length)
  }

  private added(from: number): void {
    const { store } = this
    const end = store.rowCount
    let newest = Number.NaN
    for (let row = from; row < end; row++) {
      const page = store.pageOf(row)
      this.used += page.lengths[row - page.firstRow]!
    }
    if (this.seconds !== Number.POSITIVE_INFINITY && end > 0) newest = this.timeOf(end - 1)
    let { first } = this
    while (first < end - 1 && this.exceeds(first, end, newest)) {
      const page = store.pageOf(first)
      this.used -= page.lengths[first - page.firstRow]!
      first++
    }
    if (first === this.first) return
    this.gone += first - this.first
    this.first = first
    store.dropBefore(first)
    for (const row of this.views.kept.keys()) {
      if (row >= first) break
      this.views.kept.delete(row)
    }
  }

  private exceeds(first: number, end: number, newest: number): boolean {
    if (end - first > this.packets || this.used > this.bytes) return true
    return !Number.isNaN(newest) && newest - this.timeOf(first) > this.seconds
  }

  private timeOf(row: number): number {
    const page = this.store.pageOf(row)
    return page.seconds[row - page.firstRow]! + page.nanoseconds[row - page.firstRow]! / 1e9
  }
}
