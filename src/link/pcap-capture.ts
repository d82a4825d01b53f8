import type { node } from 'koffi'
import { makeBatch, RECORD_HEADER, readRecords } from './batch-reader.js'
import { foreignInterface, type Pointer } from './foreign.js'
import { interfaceNameOf } from './interfaces.js'
import { cLibrary } from './libc.js'
import { type Capture, type CaptureBatch, type CaptureOptions, LinkError, type LinkStats } from './link.js'
import { pendingError } from './packet-socket.js'
import { closePcapHandle, handleOptions, openPcapHandle, type PcapHandle } from './pcap-handle.js'
import { PCAP_ERROR_BREAK, pcapLibrary } from './pcap-library.js'

/** Most frames in one batch. */
const BATCH = 1024
/** Memory for one batch, at least, in block and in immediate mode; it is virtual until frames are written to it. */
const STAGING = 8 << 20
const IMMEDIATE_STAGING = 1 << 20
/** After this many ms of one turn the event loop gets its chance. */
const TURN = 5
/** How often an interface that went down is looked at, ms. */
const DOWN_CHECK = 250
const SEEK_SET = 0
const FULLY_BUFFERED = 0
const FILE_BUFFER = 64 << 10

/** What a capture tells its link. */
export interface CaptureOwner {
  interfaceName: string
  interfaceIndex: number
  /** Bytes of payload of a frame; undefined when unknown. */
  mtu: number | undefined
  /** Frames that the link sent so far. */
  sent: () => number
  /** Called once, when the capture has ended. */
  ended: (capture: PcapCapture) => void
}

/**
 * A capture on libpcap without a foreign call for each frame: `pcap_dispatch` calls `pcap_dump`, both in C, and
 * pcap_dump writes to a file in memory that is ours. The poll handle of koffi only notes that there is something; the
 * work is done in the same turn of the event loop as an immediate, since Node runs promises and reports exceptions
 * after an immediate but not after koffi's callback.
 */
export class PcapCapture implements Capture {
  readonly linkType: number
  private readonly owner: CaptureOwner
  private readonly onBatch: (batch: CaptureBatch) => void
  private readonly onError: (error: Error) => void
  private readonly onWarning: (warning: LinkError) => void
  private readonly pcap = pcapLibrary()
  private readonly source: PcapHandle
  private readonly batch: CaptureBatch
  private readonly view: DataView
  private readonly perDispatch: number
  private file: Pointer = null
  private dumper: Pointer = null
  private poll: node.PollHandle | undefined
  private downTimer: NodeJS.Timeout | undefined
  private scheduled = false
  private received = 0
  /** struct pcap_stat: received, dropped, dropped by the interface; one word to spare. */
  private readonly counters = new Uint32Array(4)
  private lastStats: LinkStats | undefined
  private isStopped = false

  constructor(
    owner: CaptureOwner,
    options: CaptureOptions,
    onBatch: (batch: CaptureBatch) => void,
    onError: (error: Error) => void,
  ) {
    if (!process.getBuiltinModule('node:worker_threads').isMainThread) {
      // koffi's poll handle aborts the process when its worker ends while frames arrive (seen with koffi 3.3.4, Node
      // 20.20).
      throw new LinkError(
        'SYSTEM',
        'captures work on the main thread only, not in a worker: capture there and post the frames',
      )
    }
    const complete = handleOptions(options, owner.mtu)
    this.owner = owner
    this.onBatch = onBatch
    this.onError = onError
    this.onWarning = options.onWarning ?? (() => undefined)
    this.source = openPcapHandle(owner.interfaceName, complete)
    this.linkType = this.source.linkType
    const record = complete.snaplen + RECORD_HEADER
    const size = Math.max(complete.immediate ? IMMEDIATE_STAGING : STAGING, record)
    this.perDispatch = Math.max(1, Math.min(BATCH, Math.floor(size / record)))
    // Memory of JavaScript: a view that someone keeps after the end is stale, but never a crash. It does not move.
    const staging = new Uint8Array(new ArrayBuffer(size))
    this.view = new DataView(staging.buffer)
    this.batch = makeBatch(this.perDispatch, staging, this.linkType, owner.interfaceName)
    try {
      this.openDump(staging)
      this.startPoll()
    } catch (error) {
      this.release()
      throw error
    }
  }

  get stopped(): boolean {
    return this.isStopped
  }

  stats(): LinkStats {
    return this.lastStats ?? this.readStats()
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.lastStats = this.readStats()
    this.release()
    this.owner.ended(this)
  }

  private openDump(staging: Uint8Array): void {
    const libc = cLibrary()
    this.file = libc.fmemopen(foreignInterface().address(staging), staging.length, 'w')
    if (!this.file) throw new LinkError('SYSTEM', `no memory for a capture on ${this.owner.interfaceName}`)
    libc.setvbuf(this.file, null, FULLY_BUFFERED, FILE_BUFFER)
    this.dumper = this.pcap.dumpFopen(this.source.handle, this.file)
    if (!this.dumper) {
      throw new LinkError(
        'SYSTEM',
        `no capture on ${this.owner.interfaceName}: ${this.pcap.getErr(this.source.handle)}`,
      )
    }
  }

  private startPoll(): void {
    // koffi calls back with (status, events); its type says otherwise.
    const callback = ((status: number) => this.onPoll(status)) as unknown as () => void
    this.poll = foreignInterface().node.poll(this.source.descriptor, { readable: true }, callback)
  }

  private onPoll(status: number): void {
    if (this.isStopped || this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      if (this.isStopped) return
      if (status < 0) this.onPollError()
      else this.drain()
    })
  }

  /** Takes what is there, for a bounded time; the poll handle fires again while there is more. */
  private drain(): void {
    const { pcap, source, dumper } = this
    const until = performance.now() + TURN
    do {
      cLibrary().fseek(this.file, 0, SEEK_SET)
      const count = pcap.dispatch(source.handle, this.perDispatch, pcap.dumpAddress, dumper)
      if (count === 0 || count === PCAP_ERROR_BREAK) return
      if (count < 0) {
        this.onPollError(pcap.getErr(source.handle))
        return
      }
      pcap.dumpFlush(dumper)
      readRecords(this.batch, this.view, count, source.fraction)
      this.received += this.batch.count
      try {
        this.onBatch(this.batch)
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)))
        return
      }
      if (this.isStopped || count < this.perDispatch) return
    } while (performance.now() < until)
  }

  /** The socket has an error: the interface went down (capturing goes on when it is back) or away. */
  private onPollError(text?: string): void {
    const { interfaceName } = this.owner
    const errno = pendingError(this.source.descriptor)
    this.poll?.close()
    this.poll = undefined
    if (!this.interfaceIsThere()) {
      this.fail(this.gone())
      return
    }
    const down = errno === 'ENETDOWN' || (text !== undefined && /went down|disappeared|network is down/i.test(text))
    if (!down && (errno !== undefined || text !== undefined)) {
      this.fail(
        new LinkError(
          'SYSTEM',
          `the capture on ${interfaceName} broke off: ${text ?? errno}`,
          errno === undefined ? {} : { errno },
        ),
      )
      return
    }
    this.startPoll()
    if (!down || this.downTimer !== undefined) return
    this.onWarning(
      new LinkError('INTERFACE_DOWN', `${interfaceName} went down; the capture goes on when it is up again`, {
        errno: 'ENETDOWN',
      }),
    )
    // An interface that is deleted while it is down says nothing.
    this.downTimer = setInterval(() => this.checkWhileDown(), DOWN_CHECK)
  }

  private checkWhileDown(): void {
    if (!this.interfaceIsThere()) this.fail(this.gone())
  }

  private interfaceIsThere(): boolean {
    const { interfaceIndex, interfaceName } = this.owner
    return interfaceIndex === 0 || interfaceNameOf(interfaceIndex) !== undefined || interfaceName === 'any'
  }

  private gone(): LinkError {
    return new LinkError('NO_SUCH_INTERFACE', `${this.owner.interfaceName} is gone; the capture ended`)
  }

  private fail(error: Error): void {
    if (this.isStopped) return
    this.stop()
    this.onError(error)
  }

  private readStats(): LinkStats {
    // When the interface is gone libpcap may fail: then the counters stay what they were.
    if (this.source.handle) this.pcap.stats(this.source.handle, this.counters)
    return {
      received: this.received,
      dropped: this.counters[1]!,
      interfaceDropped: this.counters[2]!,
      sent: this.owner.sent(),
    }
  }

  /** The poll handle goes before the descriptor that it watches, the file before the memory that it writes to. */
  private release(): void {
    clearInterval(this.downTimer)
    this.poll?.close()
    this.poll = undefined
    if (this.dumper) this.pcap.dumpClose(this.dumper)
    else if (this.file) cLibrary().fclose(this.file)
    this.dumper = null
    this.file = null
    if (this.source.handle) closePcapHandle(this.source.handle)
    this.source.handle = null
  }
}
