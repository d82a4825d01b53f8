import { makeBatch, RECORD_HEADER, readRecords } from './batch-reader.js'
import { useFilter } from './filter.js'
import { foreignInterface, type Pointer } from './foreign.js'
import { cLibrary } from './libc.js'
import { type CaptureBatch, LinkError } from './link.js'
import { closePcapHandle, type HandleOptions, openPcapHandle, type PcapHandle } from './pcap-handle.js'
import { PCAP_ERROR_BREAK, pcapLibrary } from './pcap-library.js'

/** Most frames in one batch. */
const BATCH = 1024
/** Memory for one batch, at least, in block and in immediate mode; it is virtual until frames are written to it. */
const STAGING = 8 << 20
const IMMEDIATE_STAGING = 1 << 20
const SEEK_SET = 0
const FULLY_BUFFERED = 0
const FILE_BUFFER = 64 << 10
/** A filter that lets nothing through. */
const NOTHING = 'less 0'

/** What the kernel counted since the ring was opened. */
export interface RingCounters {
  dropped: number
  interfaceDropped: number
}

/**
 * The kernel's ring of frames behind a capture: an activated libpcap handle and the memory that batches are read into. There is no
 * foreign call for each frame: `pcap_dispatch` calls `pcap_dump`, both in C, and pcap_dump writes to a file in memory that is ours.
 *
 * Setting up a ring takes the kernel 1 to 30 ms, by its size; so one that nobody reads can rest, with a filter that lets nothing
 * through, and be used again.
 */
export class PcapRing {
  readonly linkType: number
  readonly descriptor: number
  readonly batch: CaptureBatch
  /** Most frames that one `read` gives. */
  readonly perRead: number
  private readonly pcap = pcapLibrary()
  private readonly source: PcapHandle
  private readonly view: DataView
  private file: Pointer = null
  private dumper: Pointer = null
  /** struct pcap_stat: received, dropped, dropped by the interface; one word to spare. */
  private readonly counters = new Uint32Array(4)

  /** @throws LinkError as `openPcapHandle`; nothing stays open then */
  constructor(
    readonly interfaceName: string,
    /** The kernel's number of the interface. */
    readonly interfaceIndex: number,
    readonly options: HandleOptions,
  ) {
    this.source = openPcapHandle(interfaceName, options)
    this.linkType = this.source.linkType
    this.descriptor = this.source.descriptor
    const record = options.snaplen + RECORD_HEADER
    const size = Math.max(options.immediate ? IMMEDIATE_STAGING : STAGING, record)
    this.perRead = Math.max(1, Math.min(BATCH, Math.floor(size / record)))
    // Memory of JavaScript: a view that someone keeps after the end is stale, but never a crash. It does not move.
    const staging = new Uint8Array(new ArrayBuffer(size))
    this.view = new DataView(staging.buffer)
    this.batch = makeBatch(this.perRead, staging, this.linkType, interfaceName)
    try {
      this.openDump(staging)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Whether a capture with these options can take this ring. */
  fits(interfaceIndex: number, options: HandleOptions): boolean {
    const own = this.options
    return (
      interfaceIndex === this.interfaceIndex &&
      options.immediate === own.immediate &&
      options.promiscuous === own.promiscuous &&
      options.snaplen === own.snaplen &&
      options.bufferSize <= own.bufferSize
    )
  }

  /** Lets frames in again after a rest; none from before is left. @throws LinkError for a filter that is not understood */
  wake(filter: string): void {
    while (this.read() > 0);
    this.setFilter(filter)
  }

  /** Lets no more frames in. @throws LinkError when the system refuses */
  rest(): void {
    this.setFilter(NOTHING)
  }

  /** Fills the batch with what is there; gives the number of frames, 0 for none, -1 for an error (`errorText`). */
  read(): number {
    const { pcap, source, dumper } = this
    cLibrary().fseek(this.file, 0, SEEK_SET)
    const count = pcap.dispatch(source.handle, this.perRead, pcap.dumpAddress, dumper)
    if (count === PCAP_ERROR_BREAK) return 0
    if (count <= 0) return count < 0 ? -1 : 0
    pcap.dumpFlush(dumper)
    readRecords(this.batch, this.view, count, source.fraction)
    return count
  }

  /** What libpcap says of the last error. */
  get errorText(): string {
    return this.pcap.getErr(this.source.handle)
  }

  /** Counters since the ring was opened; they wrap at 2^32. */
  readCounters(): RingCounters {
    // When the interface is gone libpcap may fail: then the counters stay what they were.
    if (this.source.handle) this.pcap.stats(this.source.handle, this.counters)
    return { dropped: this.counters[1]!, interfaceDropped: this.counters[2]! }
  }

  /** Frees all of it: the file before the memory that it writes to. Whoever polls the descriptor stops that before. */
  close(): void {
    if (this.dumper) this.pcap.dumpClose(this.dumper)
    else if (this.file) cLibrary().fclose(this.file)
    this.dumper = null
    this.file = null
    if (this.source.handle) closePcapHandle(this.source.handle)
    this.source.handle = null
  }

  private openDump(staging: Uint8Array): void {
    const libc = cLibrary()
    this.file = libc.fmemopen(foreignInterface().address(staging), staging.length, 'w')
    if (!this.file) throw new LinkError('SYSTEM', `no memory for a capture on ${this.interfaceName}`)
    libc.setvbuf(this.file, null, FULLY_BUFFERED, FILE_BUFFER)
    this.dumper = this.pcap.dumpFopen(this.source.handle, this.file)
    if (!this.dumper) throw new LinkError('SYSTEM', `no capture on ${this.interfaceName}: ${this.errorText}`)
  }

  private setFilter(filter: string): void {
    useFilter(this.pcap, this.source.handle, filter, (program) => {
      if (this.pcap.setFilter(this.source.handle, program) < 0)
        throw new LinkError(
          'BAD_FILTER',
          `the filter '${filter}' can not be set on ${this.interfaceName}: ${this.errorText}`,
        )
    })
  }
}
