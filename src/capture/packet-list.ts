import { Packet, PacketError, print } from '../packet/index.js'
import type { CaptureWarning } from './capture-error.js'
import type { CaptureInformation } from './capture-parser.js'
import { type Conversation, groupConversations, transportOf } from './conversations.js'
import { CrossTable, type TablePlace } from './cross-table.js'
import { IndexedList } from './indexed-list.js'
import { type LayerName, layerNameOf } from './layer-name.js'
import { appendPacket, copyRow, rowTime } from './list-rows.js'
import { PacketStore, type StorableBatch } from './packet-store.js'
import { PacketViews } from './packet-views.js'

/** What the capture that made a list has counted. */
export interface CaptureStatistics {
  /** Packets taken, also those that the list does not keep. */
  packets: number
  /** Their bytes on the wire. */
  bytes: number
  /** Packets lost: by the kernel's full buffer, by the interface or its driver, by netshell itself (a slow disk). */
  lost: { kernel: number; interface: number; netshell: number }
}

/** Which lines of a list, and how they are made. */
export interface SummaryOptions {
  /** Index of the first one. */
  from?: number
  /** How many; unset: all. */
  count?: number
  /** What stands behind the number of a packet; unset: its summary. */
  prn?: (packet: Packet) => unknown
}

/** Asked about each packet. */
export type PacketPredicate = (packet: Packet, index: number) => unknown

/**
 * Packets in order, kept as columns over shared bytes: about 20 bytes a packet beyond its own. Packets are made when they are
 * asked for. Lists made by `slice`, `filter` and the like share the bytes, and share changed packets: `list.filter(TCP)[0].ttl = 1`
 * shows in `list`. Putting a packet at an index, or pushing one, changes this list only.
 *
 * `list[0]`, `list[-1]` and `list[TCP]` (as `list.filter(TCP)`) work; inside loops `list.at(i)` is faster.
 */
export class PacketList extends IndexedList implements Iterable<Packet> {
  [index: number]: Packet

  /** Where the file it was read from is damaged; empty for most. */
  readonly warnings: CaptureWarning[] = []
  /** What the file it was read from says of itself, or null. */
  information: CaptureInformation | null = null
  /** What the capture that made it has counted, or null. */
  statistics: CaptureStatistics | null = null

  readonly _views: PacketViews
  /** Rows of the store in order; null: the rows from `_first` on. */
  _rows: Uint32Array | null = null
  _first = 0
  private count = 0

  /** A list of these packets. Packets that were read and not changed are copied as bytes; others are held themselves. */
  constructor(packets?: Packet | Iterable<Packet>, views = new PacketViews(new PacketStore())) {
    super()
    this._views = views
    if (packets === undefined) return
    this.append(asPackets(packets))
    this._finish()
  }

  /** A list over rows of a store that others use too. */
  static _over(views: PacketViews, rows: Uint32Array | null, first: number, count: number): PacketList {
    const list = new PacketList(undefined, views)
    list._rows = rows
    list._first = first
    list.count = count
    return list
  }

  /** Number of packets. */
  get length(): number {
    return this.count
  }

  /** Row in the store of the packet at `index`, which must be in range. */
  _row(index: number): number {
    return this._rows === null ? this._first + index : this._rows[index]!
  }

  // Access

  /** The packet at `index`, from the end when negative; undefined out of range. */
  at(index: number): Packet | undefined {
    const position = index < 0 ? this.count + index : index
    if (!(position >= 0 && position < this.count)) return undefined
    return this._views.handOut(this._row(Math.trunc(position)))
  }

  /** Puts a packet at an index of this list. @throws PacketError out of range */
  set(index: number, packet: Packet): void {
    const position = index < 0 ? this.count + index : index
    if (!(position >= 0 && position < this.count)) {
      throw new PacketError(`list[${index}]: the list has ${this.count} packets; use push to add one`)
    }
    const row = appendPacket(this._views, packet)
    this.selectRows(this.count)
    this._rows![position] = row
  }

  get first(): Packet | undefined {
    return this.at(0)
  }

  get last(): Packet | undefined {
    return this.at(-1)
  }

  /** The bytes of the packet at `index` (a view, not to be written to), or without an index those of all packets. */
  bytes(): Uint8Array[]
  bytes(index: number): Uint8Array
  bytes(index?: number): Uint8Array | Uint8Array[] {
    if (index === undefined) return Array.from({ length: this.count }, (_, position) => this.bytes(position))
    const row = this._row(index < 0 ? this.count + index : index)
    return this._views.changed(row)?.bytes() ?? this._views.store.bytesOf(row)
  }

  /** Bytes of all packets together. */
  get byteLength(): number {
    let total = 0
    for (let index = 0; index < this.count; index++) total += this.bytes(index).length
    return total
  }

  /** When each packet was captured, seconds since 1970; NaN where that is not known. */
  get times(): Float64Array {
    return Float64Array.from({ length: this.count }, (_, index) => {
      const { seconds, nanoseconds } = rowTime(this._views, this._row(index))
      return seconds + nanoseconds / 1e9
    })
  }

  *[Symbol.iterator](): Generator<Packet, undefined, undefined> {
    const views = this._views
    let row = -1
    let packet: Packet | null = null
    try {
      for (let index = 0; index < this.count; index++) {
        row = this._row(index)
        packet = views.get(row)
        yield packet
        views.settle(row, packet)
        packet = null
      }
    } finally {
      // Left by `break`: the packet is likely to be used, and changed, after the loop.
      if (packet !== null) views.remember(row, packet)
    }
  }

  /** Calls `callback` for each packet; ends early when it returns true and `untilTrue` is set, with that index, else -1. */
  private each(callback: PacketPredicate, untilTrue: boolean): number {
    const views = this._views
    for (let index = 0; index < this.count; index++) {
      const row = this._row(index)
      const packet = views.get(row)
      const result = callback(packet, index)
      if (untilTrue && result) {
        views.remember(row, packet)
        return index
      }
      views.settle(row, packet)
    }
    return -1
  }

  forEach(callback: (packet: Packet, index: number) => void): void {
    this.each(callback, false)
  }

  /** What `callback` gives for each packet, as an array. */
  map<T>(callback: (packet: Packet, index: number) => T): T[] {
    const results: T[] = []
    this.each((packet, index) => results.push(callback(packet, index)), false)
    return results
  }

  some(predicate: PacketPredicate): boolean {
    return this.each(predicate, true) !== -1
  }

  every(predicate: PacketPredicate): boolean {
    return this.each((packet, index) => !predicate(packet, index), true) === -1
  }

  find(predicate: PacketPredicate): Packet | undefined {
    const index = this.each(predicate, true)
    return index === -1 ? undefined : this.at(index)
  }

  findIndex(predicate: PacketPredicate): number {
    return this.each(predicate, true)
  }

  reduce<T>(callback: (result: T, packet: Packet, index: number) => T, start: T): T {
    let result = start
    this.each((packet, index) => {
      result = callback(result, packet, index)
    }, false)
    return result
  }

  /** The packets as an array. */
  toArray(): Packet[] {
    return [...this]
  }

  // Lists from this one

  /** The packets from `start` to before `end`; negative numbers count from the end. */
  slice(start = 0, end = this.count): PacketList {
    const from = clamp(start, this.count)
    const count = Math.max(0, clamp(end, this.count) - from)
    if (this._rows === null) return PacketList._over(this._views, null, this._first + from, count)
    return PacketList._over(this._views, this._rows.slice(from, from + count), 0, count)
  }

  /** The packets that the function accepts, or that have the layer: `list.filter(TCP)`, `list.filter(p => p.dport === 53)`. */
  filter(condition: PacketPredicate | LayerName): PacketList {
    const layer = layerNameOf(condition)
    const accepts: PacketPredicate =
      layer === undefined ? (condition as PacketPredicate) : (packet) => packet.has(layer)
    let rows = new Uint32Array(64)
    let count = 0
    this.each((packet, index) => {
      if (!accepts(packet, index)) return
      if (count === rows.length) rows = resized(rows, count * 2)
      rows[count++] = this._row(index)
    }, false)
    return PacketList._over(this._views, rows.slice(0, count), 0, count)
  }

  /** The packets that have the layer: `list.with(TCP)`. */
  with(layer: LayerName): PacketList {
    return this.filter(layer)
  }

  /** The packets in the order `compare` says; unset: by time, exactly. */
  toSorted(compare?: (a: Packet, b: Packet) => number): PacketList {
    const rows = Uint32Array.from({ length: this.count }, (_, index) => this._row(index))
    const views = this._views
    if (compare !== undefined) {
      const packets = this.toArray()
      const order = packets.map((_, index) => index).sort((a, b) => compare(packets[a]!, packets[b]!))
      return PacketList._over(
        views,
        Uint32Array.from(order, (index) => rows[index]!),
        0,
        this.count,
      )
    }
    rows.sort((a, b) => {
      const first = rowTime(views, a)
      const second = rowTime(views, b)
      return first.seconds - second.seconds || first.nanoseconds - second.nanoseconds || a - b
    })
    return PacketList._over(views, rows, 0, this.count)
  }

  /** A new list: these packets, then those. */
  concat(...others: (Packet | Iterable<Packet>)[]): PacketList {
    const list = new PacketList()
    list.append(this)
    for (const other of others) list.append(other instanceof PacketList ? other : asPackets(other))
    list._finish()
    return list
  }

  // Growing

  /** Adds packets at the end; gives the new length. Read, unchanged ones are copied as bytes, others are held themselves. */
  push(...packets: Packet[]): number {
    for (const packet of packets) this.addRow(appendPacket(this._views, packet))
    return this.count
  }

  /** Adds the packets of a list (or any others) at the end. */
  append(packets: Iterable<Packet>): void {
    if (!(packets instanceof PacketList)) {
      for (const packet of packets) this.addRow(appendPacket(this._views, packet))
      return
    }
    const count = packets.count
    if (packets._views === this._views) {
      const rows = Array.from({ length: count }, (_, index) => packets._row(index))
      for (const row of rows) this.addRow(row)
      return
    }
    for (let index = 0; index < count; index++) this.addRow(copyRow(packets._views, packets._row(index), this._views))
  }

  /** Adds a batch from a file or a link, or the packets at `positions` in it; the bytes are copied. */
  appendBatch(batch: StorableBatch, positions?: ArrayLike<number>): void {
    const { store } = this._views
    const start = store.rowCount
    store.addBatch(batch, positions)
    if (this._rows === null && (this.count === 0 || this._first + this.count === start)) {
      if (this.count === 0) this._first = start
      this.count += store.rowCount - start
    } else for (let row = start; row < store.rowCount; row++) this.addRow(row)
  }

  /** Gives back memory that was set aside for growing. */
  _finish(): void {
    this._views.store.trim()
    if (this._rows !== null) this._rows = this._rows.slice(0, this.count)
  }

  private addRow(row: number): void {
    if (this._rows === null) {
      if (this.count === 0) this._first = row
      if (row === this._first + this.count) {
        this.count++
        return
      }
      this.selectRows(this.count * 2 + 16)
    }
    if (this.count === this._rows!.length) this._rows = resized(this._rows!, this.count * 2 + 16)
    this._rows![this.count++] = row
  }

  /** Goes over from a range of rows to a list of rows of that capacity. */
  private selectRows(capacity: number): void {
    if (this._rows !== null) return
    const rows = new Uint32Array(capacity)
    for (let index = 0; index < this.count; index++) rows[index] = this._first + index
    this._rows = rows
    this._first = 0
  }

  // Looking at it

  /** One line a packet, numbered as they are indexed. `from` and `count` choose some of them, `prn` makes the lines. */
  summary(options: SummaryOptions = {}): string {
    const from = clamp(options.from ?? 0, this.count)
    const part = this.slice(from, from + Math.max(0, options.count ?? this.count))
    const digits = Math.max(4, String(this.count - 1).length)
    const prn = options.prn ?? ((packet: Packet) => packet.summary())
    return part.map((packet, index) => `${String(from + index).padStart(digits, '0')} ${prn(packet)}`).join('\n')
  }

  /** Prints the summary; with `dump` gives it back instead. */
  show(options: SummaryOptions & { dump?: boolean } = {}): string | undefined {
    const text = this.summary(options)
    if (options.dump === true) return text
    print(text)
    return undefined
  }

  /** Who talked with whom: by addresses, protocol and ports, both directions together, in the order they begin. */
  conversations(): Conversation[] {
    return groupConversations(this).map((group) => group.conversation)
  }

  /** The packets of each conversation, by its name: `TCP 10.0.0.1:1025 > 10.0.0.2:80`. Both directions are in it. */
  sessions(): Map<string, PacketList> {
    const lists = new Map<string, PacketList>()
    for (const { conversation, positions } of groupConversations(this)) {
      const rows = Uint32Array.from(positions, (position) => this._row(position))
      const name = `${conversation.protocol} ${conversation.a} > ${conversation.b}`
      lists.set(name, PacketList._over(this._views, rows, 0, rows.length))
    }
    return lists
  }

  /** A table of two keys: `place` gives for each packet the column, the row, and the text there. */
  makeTable(place: (packet: Packet, index: number) => TablePlace): CrossTable {
    return new CrossTable(this.map(place))
  }

  /** How many packets have TCP, UDP, ICMP (of either version) as their first transport, or none of them. */
  counts(): { TCP: number; UDP: number; ICMP: number; Other: number } {
    const counts = { TCP: 0, UDP: 0, ICMP: 0, Other: 0 }
    this.forEach((packet) => {
      counts[transportOf(packet)]++
    })
    return counts
  }

  toJSON(): unknown[] {
    return this.map((packet) => packet.toJSON())
  }

  /** `<PacketList: TCP 3, UDP 2, ICMP 0, Other 1>`, and how many packets were lost where there were any. */
  override toString(): string {
    const counts = Object.entries(this.counts()).map(([name, count]) => `${name} ${count}`)
    const damaged = this.warnings.length === 0 ? '' : ', file damaged'
    const { kernel, interface: nic, netshell } = this.statistics?.lost ?? { kernel: 0, interface: 0, netshell: 0 }
    const all = kernel + nic + netshell
    return `<PacketList: ${counts.join(', ')}${all === 0 ? '' : `, ${all} lost`}${damaged}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function clamp(index: number, count: number): number {
  const whole = Math.trunc(index)
  return whole < 0 ? Math.max(0, count + whole) : Math.min(whole, count)
}

function resized(rows: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(capacity)
  next.set(rows)
  return next
}

/** One packet is taken as it is: iterating it would expand its sets. */
function asPackets(packets: Packet | Iterable<Packet>): Iterable<Packet> {
  return packets instanceof Packet ? [packets] : packets
}

// A bundler gives a class that names itself in its own body another name; people read this one.
Object.defineProperty(PacketList, 'name', { value: 'PacketList' })
