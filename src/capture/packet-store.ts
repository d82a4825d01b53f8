/**
 * Where the packets of lists are kept: columns and bytes, in pages. A packet costs 20 bytes beyond its own (24 where it was
 * captured cut short, 4 more where a page has several interfaces). Rows are only ever added, and written bytes never change, so lists
 * and packets may look at them for as long as they like.
 */

/** Where packets come from: shared by all rows of one interface. */
export interface PacketOrigin {
  linkType: number
  interfaceName: string
}

/** Columns of a batch, from a file or from a link. Seconds may be NaN: no time. */
export interface StorableBatch {
  count: number
  buffer: Uint8Array
  offsets: ArrayLike<number>
  lengths: ArrayLike<number>
  originalLengths: ArrayLike<number>
  seconds: ArrayLike<number>
  nanoseconds: ArrayLike<number>
  linkType: number
  interfaceName: string
  interfaceIndexes?: ArrayLike<number> | null
  interfaces?: readonly PacketOriginLike[]
  comments?: ReadonlyMap<number, string> | null
}

interface PacketOriginLike {
  linkType: number
  name: string
}

/** How large pages get: what is given back at once, when the oldest rows go. */
export interface PageLimits {
  rows: number
  bytes: number
}

export const LARGEST_PAGE: PageLimits = { rows: 65536, bytes: 16 * 1024 * 1024 }
const FIRST_ROWS = 16
const FIRST_BYTES = 1024
/** Up to this many bytes a loop copies faster than a call, and leaves no view to collect. */
const SHORT_COPY = 256

/** Up to 65 536 rows with up to 16 MiB of bytes, or one larger packet. */
export class StorePage {
  count = 0
  bytes: Uint8Array
  private view: DataView
  bytesUsed = 0
  offsets: Uint32Array
  lengths: Uint32Array
  seconds: Float64Array
  nanoseconds: Uint32Array
  /** Null as long as all packets are complete. */
  originalLengths: Uint32Array | null = null
  /** Null as long as all packets have the origin `origin`. */
  origins: Uint32Array | null = null
  origin = 0
  /** Rows may be in the hands of another store: none is added any more. */
  sealed = false

  constructor(
    readonly firstRow: number,
    rows: number,
    bytes: number,
    private readonly limits: PageLimits,
  ) {
    this.bytes = new Uint8Array(bytes)
    this.view = viewOf(this.bytes)
    this.offsets = new Uint32Array(rows)
    this.lengths = new Uint32Array(rows)
    this.seconds = new Float64Array(rows)
    this.nanoseconds = new Uint32Array(rows)
  }

  /** Whether a packet of that length still fits into this page, grown as need be. */
  admits(length: number): boolean {
    return (
      this.count < this.limits.rows &&
      (this.bytesUsed + length <= this.limits.bytes || this.count === 0) &&
      this.sealed === false
    )
  }

  /** The same rows under other numbers, for another store. They stay as they are, whatever is added here. */
  share(firstRow: number): StorePage {
    const page = Object.assign(new StorePage(firstRow, 0, 0, this.limits), this, { firstRow })
    page.sealed = true
    return page
  }

  /** @param from the memory that has the packet, from `offset` on */
  add(
    from: DataView,
    offset: number,
    length: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    origin: number,
  ): void {
    const row = this.count
    const start = this.bytesUsed
    if (row === this.offsets.length) this.resizeRows(Math.min(this.limits.rows, Math.max(FIRST_ROWS, row * 2)))
    if (start + length > this.bytes.length) this.growBytes(length)
    if (length <= SHORT_COPY) copyShort(from, offset, this.view, start, length)
    else this.bytes.set(new Uint8Array(from.buffer, from.byteOffset + offset, length), start)
    this.bytesUsed = start + length
    this.offsets[row] = start
    this.lengths[row] = length
    this.seconds[row] = seconds
    this.nanoseconds[row] = nanoseconds
    if (this.originalLengths !== null) this.originalLengths[row] = originalLength
    else if (originalLength !== length) {
      this.originalLengths = new Uint32Array(this.offsets.length)
      this.originalLengths.set(this.lengths.subarray(0, row))
      this.originalLengths[row] = originalLength
    }
    if (this.origins !== null) this.origins[row] = origin
    else if (row === 0) this.origin = origin
    else if (origin !== this.origin) {
      this.origins = new Uint32Array(this.offsets.length).fill(this.origin, 0, row)
      this.origins[row] = origin
    }
    this.count = row + 1
  }

  originalLength(index: number): number {
    return this.originalLengths === null ? this.lengths[index]! : this.originalLengths[index]!
  }

  originOf(index: number): number {
    return this.origins === null ? this.origin : this.origins[index]!
  }

  /** Gives back capacity that was not used. */
  trim(): void {
    if (this.count < this.offsets.length) this.resizeRows(this.count)
    if (this.bytesUsed < this.bytes.length * 0.97) {
      this.bytes = this.bytes.slice(0, this.bytesUsed)
      this.view = viewOf(this.bytes)
    }
  }

  private growBytes(length: number): void {
    const capacity = Math.max(
      this.bytesUsed + length,
      Math.min(this.limits.bytes, Math.max(FIRST_BYTES, this.bytes.length * 2)),
    )
    // Packets that look at the old bytes keep them; they are equal for ever.
    const bytes = new Uint8Array(capacity)
    bytes.set(this.bytes.subarray(0, this.bytesUsed))
    this.bytes = bytes
    this.view = viewOf(bytes)
  }

  private resizeRows(rows: number): void {
    const used = Math.min(rows, this.count)
    const resize = <T extends Uint32Array | Float64Array>(from: T, to: T): T => {
      to.set(from.subarray(0, used))
      return to
    }
    this.offsets = resize(this.offsets, new Uint32Array(rows))
    this.lengths = resize(this.lengths, new Uint32Array(rows))
    this.seconds = resize(this.seconds, new Float64Array(rows))
    this.nanoseconds = resize(this.nanoseconds, new Uint32Array(rows))
    if (this.originalLengths !== null) this.originalLengths = resize(this.originalLengths, new Uint32Array(rows))
    if (this.origins !== null) this.origins = resize(this.origins, new Uint32Array(rows))
  }
}

/** Rows of packets, numbered from 0 in the order they were added. */
export class PacketStore {
  rowCount = 0
  readonly pages: StorePage[] = []
  readonly origins: PacketOrigin[] = []
  /** Comments by row. */
  readonly comments = new Map<number, string>()
  private readonly originNumbers = new Map<string, number>()
  private lastPage = 0

  constructor(private readonly limits: PageLimits = LARGEST_PAGE) {}

  /** Adds all packets of a batch, or those whose positions `positions` lists. The bytes are copied. */
  addBatch(batch: StorableBatch, positions?: ArrayLike<number>): void {
    const { buffer, offsets, lengths, originalLengths, seconds, nanoseconds } = batch
    const indexes = batch.interfaceIndexes ?? null
    const originOfIndex = indexes === null ? [] : batch.interfaces!.map(() => -1)
    let origin = indexes === null ? this.originNumber(batch.linkType, batch.interfaceName) : 0
    const count = positions === undefined ? batch.count : positions.length
    const from = viewOf(buffer)
    let page = this.pages.at(-1)
    for (let n = 0; n < count; n++) {
      const i = positions === undefined ? n : positions[n]!
      const length = lengths[i]!
      if (page === undefined || !page.admits(length)) page = this.nextPage(length)
      if (indexes !== null) {
        const index = indexes[i]!
        origin = originOfIndex[index]!
        if (origin === -1) {
          origin = this.originNumber(batch.interfaces![index]!.linkType, batch.interfaces![index]!.name)
          originOfIndex[index] = origin
        }
      }
      page.add(from, offsets[i]!, length, originalLengths[i]!, seconds[i]!, nanoseconds[i]!, origin)
      const comment = batch.comments?.get(i)
      if (comment !== undefined) this.comments.set(this.rowCount, comment)
      this.rowCount++
    }
  }

  /** Adds one packet; the bytes are copied. */
  add(
    bytes: Uint8Array,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    origin: number,
    comment?: string,
  ): void {
    let page = this.pages.at(-1)
    if (page === undefined || !page.admits(bytes.length)) page = this.nextPage(bytes.length)
    page.add(viewOf(bytes), 0, bytes.length, originalLength, seconds, nanoseconds, origin)
    if (comment !== undefined) this.comments.set(this.rowCount, comment)
    this.rowCount++
  }

  /** Number of the origin with these properties, made when there is none. */
  originNumber(linkType: number, interfaceName: string): number {
    const key = `${linkType} ${interfaceName}`
    let number = this.originNumbers.get(key)
    if (number === undefined) {
      number = this.origins.push({ linkType, interfaceName }) - 1
      this.originNumbers.set(key, number)
    }
    return number
  }

  /** The page that has this row. */
  pageOf(row: number): StorePage {
    const last = this.pages[this.lastPage] ?? this.pages[0]!
    if (row >= last.firstRow) {
      if (row < last.firstRow + last.count) return last
      const next = this.pages[this.lastPage + 1]
      if (next !== undefined && row < next.firstRow + next.count) {
        this.lastPage++
        return next
      }
    }
    let low = 0
    let high = this.pages.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.pages[middle]!.firstRow <= row) low = middle
      else high = middle - 1
    }
    this.lastPage = low
    return this.pages[low]!
  }

  /** The bytes of a row, as they were added: a view, not to be written to. */
  bytesOf(row: number): Uint8Array {
    const page = this.pageOf(row)
    const index = row - page.firstRow
    return page.bytes.subarray(page.offsets[index]!, page.offsets[index]! + page.lengths[index]!)
  }

  /** Forgets the oldest pages whose rows all come before `row`. */
  dropBefore(row: number): void {
    let gone = 0
    while (gone < this.pages.length - 1 && this.pages[gone + 1]!.firstRow <= row) gone++
    if (gone === 0) return
    this.pages.splice(0, gone)
    this.lastPage = 0
    const first = this.pages[0]!.firstRow
    for (const commented of this.comments.keys()) {
      if (commented >= first) break
      this.comments.delete(commented)
    }
  }

  /** A store of the rows from `row` on, numbered from 0 where the page of `row` begins. Costs nothing for each row: the pages are shared. */
  share(row: number): PacketStore {
    const store = new PacketStore(this.limits)
    const from = this.pages.findIndex((page) => row < page.firstRow + page.count)
    if (from === -1) return store
    const first = this.pages[from]!.firstRow
    store.pages.push(...this.pages.slice(from).map((page) => page.share(page.firstRow - first)))
    store.rowCount = this.rowCount - first
    store.origins.push(...this.origins)
    for (const [key, number] of this.originNumbers) store.originNumbers.set(key, number)
    for (const [commented, text] of this.comments) if (commented >= first) store.comments.set(commented - first, text)
    return store
  }

  /** Gives back capacity that was not used; adding goes on to work. */
  trim(): void {
    const last = this.pages.at(-1)
    if (last?.sealed === false) last.trim()
  }

  /** Bytes of memory that the columns and buffers take. */
  get memory(): number {
    let total = 0
    for (const page of this.pages) {
      total += page.bytes.length + page.offsets.length * 20
      total += (page.originalLengths?.byteLength ?? 0) + (page.origins?.byteLength ?? 0)
    }
    return total
  }

  private nextPage(length: number): StorePage {
    const full = this.pages.at(-1)
    if (full?.sealed === false) full.trim()
    const { limits } = this
    const rows = full === undefined ? FIRST_ROWS : Math.min(limits.rows, full.count + (full.count >>> 3) + FIRST_ROWS)
    const bytes = full === undefined ? FIRST_BYTES : Math.min(limits.bytes, full.bytesUsed)
    const page = new StorePage(this.rowCount, rows, Math.max(bytes, length), limits)
    this.pages.push(page)
    return page
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function copyShort(from: DataView, offset: number, to: DataView, start: number, length: number): void {
  let i = 0
  for (; i + 8 <= length; i += 8) {
    to.setUint32(start + i, from.getUint32(offset + i, true), true)
    to.setUint32(start + i + 4, from.getUint32(offset + i + 4, true), true)
  }
  for (; i < length; i++) to.setUint8(start + i, from.getUint8(offset + i))
}
