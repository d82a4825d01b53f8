/** An interface as a capture file describes it. A pcap file has exactly one. */
export interface CaptureInterface {
  /** Position in the file's table, over all sections. */
  index: number
  /** LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
  linkType: number
  /** Most bytes kept of a packet; 0 means no limit. */
  snaplen: number
  /** if_name, such as `eth0`; '' where the file names none. */
  name: string
  description?: string
  comment?: string
  /** The capture filter that was in force. */
  filter?: string
  hardware?: string
  operatingSystem?: string
  /** Bits a second. */
  speed?: number
  /** Bytes of frame check sequence at the end of every packet; undefined where the file does not say. */
  fcsLength?: number
  /** Packets received and dropped while capturing, from an interface statistics block. */
  received?: number
  dropped?: number
}

/**
 * Packets of one stretch of a capture file, column by column. All have the same link type. It owns its memory: a batch may be
 * kept, and then keeps its `buffer` (about 1 MiB) alive.
 */
export interface CaptureFileBatch {
  /** Number of packets. The columns have exactly this length. */
  count: number
  /** The bytes of the packets, among others. */
  buffer: Uint8Array
  /** Where each packet starts in `buffer`. */
  offsets: Uint32Array
  /** Bytes that are there. */
  lengths: Uint32Array
  /** Bytes the packet had on the wire. */
  originalLengths: Uint32Array
  /** Whole seconds since 1970, UTC; NaN where the file records no time. */
  seconds: Float64Array
  /** 0 … 999 999 999 */
  nanoseconds: Uint32Array
  /** LINKTYPE_ number of every packet here. */
  linkType: number
  /** Name of the interface of the first packet. */
  interfaceName: string
  /** Index into `interfaces` for each packet; null where all are of the interface `interfaceIndex`. */
  interfaceIndexes: Uint16Array | null
  interfaceIndex: number
  /** The table so far; shared by all batches of a file, and grows. */
  interfaces: readonly CaptureInterface[]
  /** Comments by position in this batch; several on one packet are joined by line feeds. */
  comments: ReadonlyMap<number, string> | null
}

/** Most packets in one batch. */
export const BATCH_PACKETS = 65536

/** Collects the rows of the next batch. */
export class BatchBuilder {
  count = 0
  private capacity = 4096
  private offsets = new Uint32Array(this.capacity)
  private lengths = new Uint32Array(this.capacity)
  private originalLengths = new Uint32Array(this.capacity)
  private seconds = new Float64Array(this.capacity)
  private nanoseconds = new Uint32Array(this.capacity)
  private interfaceIndexes = new Uint16Array(this.capacity)
  private severalInterfaces = false
  private comments: Map<number, string> | null = null

  get full(): boolean {
    return this.count >= BATCH_PACKETS
  }

  add(
    offset: number,
    length: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
  ): void {
    const row = this.count
    if (row === this.capacity) this.grow()
    this.offsets[row] = offset
    this.lengths[row] = length
    this.originalLengths[row] = originalLength
    this.seconds[row] = seconds
    this.nanoseconds[row] = nanoseconds
    this.interfaceIndexes[row] = interfaceIndex
    if (interfaceIndex !== this.interfaceIndexes[0]) this.severalInterfaces = true
    this.count = row + 1
  }

  /** Comment on the packet added last. */
  comment(text: string): void {
    this.comments ??= new Map()
    this.comments.set(this.count - 1, text)
  }

  /** Hands over the batch and starts the next. */
  finish(buffer: Uint8Array, interfaces: readonly CaptureInterface[]): CaptureFileBatch {
    const count = this.count
    const interfaceIndex = this.interfaceIndexes[0]!
    const batch: CaptureFileBatch = {
      count,
      buffer,
      offsets: this.offsets.slice(0, count),
      lengths: this.lengths.slice(0, count),
      originalLengths: this.originalLengths.slice(0, count),
      seconds: this.seconds.slice(0, count),
      nanoseconds: this.nanoseconds.slice(0, count),
      linkType: interfaces[interfaceIndex]!.linkType,
      interfaceName: interfaces[interfaceIndex]!.name,
      interfaceIndexes: this.severalInterfaces ? this.interfaceIndexes.slice(0, count) : null,
      interfaceIndex,
      interfaces,
      comments: this.comments,
    }
    this.count = 0
    this.severalInterfaces = false
    this.comments = null
    return batch
  }

  private grow(): void {
    this.capacity *= 2
    this.offsets = widened(this.offsets, new Uint32Array(this.capacity))
    this.lengths = widened(this.lengths, new Uint32Array(this.capacity))
    this.originalLengths = widened(this.originalLengths, new Uint32Array(this.capacity))
    this.seconds = widened(this.seconds, new Float64Array(this.capacity))
    this.nanoseconds = widened(this.nanoseconds, new Uint32Array(this.capacity))
    this.interfaceIndexes = widened(this.interfaceIndexes, new Uint16Array(this.capacity))
  }
}

function widened<T extends { set(values: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
