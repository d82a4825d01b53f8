import type { node } from 'koffi'
import { foreignInterface } from './foreign.js'
import { findInterface, interfaceNameOf } from './interfaces.js'
import { type Capture, type CaptureBatch, type CaptureOptions, LinkError, type LinkStats } from './link.js'
import { pendingError } from './packet-socket.js'
import type { PcapRing, RingCounters } from './pcap-ring.js'

/** After this many ms of one turn the event loop gets its chance. */
const TURN = 5
/** How often an interface that went down is looked at, ms. */
const DOWN_CHECK = 250

/** What a capture tells its link. */
export interface CaptureOwner {
  interfaceName: string
  interfaceIndex: number
  /** Network namespace; unset: ours. */
  netns?: string | undefined
  /** Frames that the link sent so far. */
  sent: () => number
  /** Called once, when the capture has ended; the ring is the link's again, and `broken` when it can not be used any more. */
  ended: (capture: PcapCapture, ring: PcapRing, broken: boolean) => void
}

/**
 * A capture on a ring of libpcap. The poll handle of koffi only notes that there is something; the work is done in the
 * same turn of the event loop as an immediate, since Node runs promises and reports exceptions after an immediate but not
 * after koffi's callback.
 */
export class PcapCapture implements Capture {
  readonly linkType: number
  private readonly onWarning: (warning: LinkError) => void
  private poll: node.PollHandle | undefined
  private downTimer: NodeJS.Timeout | undefined
  private scheduled = false
  private received = 0
  /** The ring's counters when this capture began: it may have served others before. */
  private readonly before: RingCounters
  private lastStats: LinkStats | undefined
  private isStopped = false

  /** Takes over the ring; it is given back through `owner.ended`. */
  constructor(
    private readonly owner: CaptureOwner,
    private readonly ring: PcapRing,
    options: CaptureOptions,
    private readonly onBatch: (batch: CaptureBatch) => void,
    private readonly onError: (error: Error) => void,
  ) {
    this.onWarning = options.onWarning ?? (() => undefined)
    this.linkType = ring.linkType
    this.before = ring.readCounters()
    this.startPoll()
  }

  get stopped(): boolean {
    return this.isStopped
  }

  stats(): LinkStats {
    return this.lastStats ?? this.readStats()
  }

  stop(): void {
    this.end(false)
  }

  private end(broken: boolean): void {
    if (this.isStopped) return
    this.isStopped = true
    this.lastStats = this.readStats()
    clearInterval(this.downTimer)
    this.poll?.close()
    this.poll = undefined
    this.owner.ended(this, this.ring, broken)
  }

  private startPoll(): void {
    // koffi calls back with (status, events); its type says otherwise.
    const callback = ((status: number) => this.onPoll(status)) as unknown as () => void
    this.poll = foreignInterface().node.poll(this.ring.descriptor, { readable: true }, callback)
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
    const { ring } = this
    const until = performance.now() + TURN
    do {
      const count = ring.read()
      if (count === 0) return
      if (count < 0) {
        this.onPollError(ring.errorText)
        return
      }
      this.received += ring.batch.count
      try {
        this.onBatch(ring.batch)
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)))
        return
      }
      if (this.isStopped || count < ring.perRead) return
    } while (performance.now() < until)
  }

  /** The socket has an error: the interface went down (capturing goes on when it is back) or away. */
  private onPollError(text?: string): void {
    const { interfaceName } = this.owner
    const errno = pendingError(this.ring.descriptor)
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
    else if (this.interfaceIsUp()) {
      clearInterval(this.downTimer)
      this.downTimer = undefined
    }
  }

  private interfaceIsUp(): boolean {
    const { interfaceName, netns } = this.owner
    return findInterface(interfaceName, { netns })?.flags.includes('up') === true
  }

  private interfaceIsThere(): boolean {
    const { interfaceIndex, netns } = this.owner
    if (interfaceIndex === 0) return true // any
    try {
      return interfaceNameOf(interfaceIndex, { netns }) !== undefined
    } catch (error) {
      if (error instanceof LinkError && error.code === 'NO_SUCH_NAMESPACE') return false
      throw error
    }
  }

  private gone(): LinkError {
    return new LinkError('NO_SUCH_INTERFACE', `${this.owner.interfaceName} is gone; the capture ended`)
  }

  private fail(error: Error): void {
    if (this.isStopped) return
    this.end(true)
    this.onError(error)
  }

  private readStats(): LinkStats {
    const { dropped, interfaceDropped } = this.ring.readCounters()
    return {
      received: this.received,
      dropped: (dropped - this.before.dropped) >>> 0,
      interfaceDropped: (interfaceDropped - this.before.interfaceDropped) >>> 0,
      sent: this.owner.sent(),
      backend: 'pcap',
    }
  }
}
