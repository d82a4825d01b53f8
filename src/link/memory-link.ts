import { compileFilter, type FrameFilter } from './filter.js'
import { checkFrame, fragmentAdvice } from './frame-sender.js'
import {
  type Capture,
  type CaptureBatch,
  type CaptureOptions,
  type Link,
  type LinkAddresses,
  LinkError,
  type LinkStats,
} from './link.js'
import { LINKTYPE_ETHERNET } from './link-types.js'
import { MemoryCapture } from './memory-capture.js'
import { handleOptions } from './pcap-handle.js'

/** What happens to a frame on its way: it is lost, or arrives after so many milliseconds (0: at once). */
export type Passage = 'lost' | number

export interface MemoryLinkOptions {
  /** Default `'left'` and `'right'`. */
  name?: string
  /** LINKTYPE number, the same at both ends. Default 1, Ethernet. */
  linkType?: number
  /** Default: a MAC of its own, no IP addresses, MTU 1500. */
  addresses?: Partial<LinkAddresses>
  /** Asked for each frame sent from this end, for lessons about latency and loss. Default: it arrives at once. */
  passage?: (frame: Uint8Array) => Passage
}

/**
 * Two links joined back to back, without root or network: what one sends the other captures, and, as on a real
 * interface, its own captures see it too. Both ends must be of one link type; throws a LinkError otherwise.
 */
export function memoryLinkPair(left: MemoryLinkOptions = {}, right: MemoryLinkOptions = {}): [MemoryLink, MemoryLink] {
  const linkType = left.linkType ?? right.linkType ?? LINKTYPE_ETHERNET
  if ((right.linkType ?? linkType) !== linkType) {
    throw new LinkError(
      'BAD_OPTION',
      `linkType: both ends of a memory link need the same one, not ${linkType} and ${right.linkType}`,
    )
  }
  const pair: [MemoryLink, MemoryLink] = [
    new MemoryLink({ name: 'left', ...left, linkType }, '02:00:00:00:00:01'),
    new MemoryLink({ name: 'right', ...right, linkType }, '02:00:00:00:00:02'),
  ]
  pair[0].join(pair[1])
  return pair
}

/** One end of a pair; made by `memoryLinkPair`. */
export class MemoryLink implements Link {
  readonly backend = 'memory'
  readonly name: string
  readonly linkType: number
  readonly addresses: LinkAddresses
  private readonly passage: (frame: Uint8Array) => Passage
  private readonly captures = new Set<MemoryCapture>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly past: LinkStats = { backend: 'memory', received: 0, dropped: 0, interfaceDropped: 0, sent: 0 }
  private peer: MemoryLink | undefined
  private receive: ((frame: Uint8Array) => void) | undefined
  private sent = 0
  private isClosed = false

  constructor(options: MemoryLinkOptions, mac: string) {
    this.name = options.name ?? 'memory'
    this.linkType = options.linkType ?? LINKTYPE_ETHERNET
    const ethernet = this.linkType === LINKTYPE_ETHERNET
    this.addresses = { ...(ethernet ? { mac } : {}), ipv4: [], ipv6: [], mtu: 1500, ...options.addresses }
    this.passage = options.passage ?? (() => 0)
  }

  get closed(): boolean {
    return this.isClosed
  }

  /** Joins the two ends; for `memoryLinkPair`. */
  join(peer: MemoryLink): void {
    this.peer = peer
    peer.peer = this
  }

  send(frames: readonly Uint8Array[]): number {
    this.requireOpen()
    const headerLength = this.linkType === LINKTYPE_ETHERNET ? 14 : 0
    const target = { interfaceName: this.name, interfaceIndex: 0, mtu: () => this.addresses.mtu, headerLength }
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i]!
      checkFrame(target, frame, i)
      if (frame.length > this.addresses.mtu + headerLength) {
        throw new LinkError(
          'FRAME_TOO_LONG',
          `frame ${i} has ${frame.length} bytes, more than ${this.name} takes (its MTU is ${this.addresses.mtu} bytes): ` +
            fragmentAdvice(this.addresses.mtu),
          { errno: 'EMSGSIZE', sent: i },
        )
      }
      this.sent++
      // A copy in any case: the slice of a Buffer is none.
      this.pass(new Uint8Array(frame))
    }
    return frames.length
  }

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    const { filter, snaplen, bufferSize } = handleOptions(options)
    const matches: FrameFilter = compileFilter(filter, this.linkType, snaplen)
    const owner = {
      name: this.name,
      linkType: this.linkType,
      sent: () => this.sent,
      ended: (capture: MemoryCapture) => this.captureEnded(capture),
    }
    const capture = new MemoryCapture(owner, { matches, snaplen, bufferSize }, onBatch, onError)
    this.captures.add(capture)
    return capture
  }

  stats(): LinkStats {
    const all = [this.past, ...[...this.captures].map((capture) => capture.stats())]
    const sum = (key: 'received' | 'dropped') => all.reduce((total, each) => total + each[key], 0)
    return {
      backend: this.backend,
      received: sum('received'),
      dropped: sum('dropped'),
      interfaceDropped: 0,
      sent: this.sent,
    }
  }

  /**
   * Hands each frame that the other end sends to `receive`, in the middle of that `send` and without a capture: for
   * simulated hosts, which answer at once. It must neither change the frame nor throw.
   */
  attend(receive: (frame: Uint8Array) => void): void {
    this.receive = receive
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.receive = undefined
    for (const capture of [...this.captures]) capture.stop()
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }

  /** `<link practice in memory: 02:00:0a:00:00:01, 10.0.0.1/24>`. */
  toString(): string {
    const { mac, ipv4, ipv6 } = this.addresses
    const all = [
      ...(mac === undefined ? [] : [mac]),
      ...[...ipv4, ...ipv6].map((own) => `${own.address}/${own.prefix}`),
    ]
    const addresses = all.length === 0 ? '' : `: ${all.join(', ')}`
    return `<link ${this.name} in memory${addresses}${this.isClosed ? ', closed' : ''}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  private pass(frame: Uint8Array): void {
    this.deliver(frame)
    const passage = this.passage(frame)
    if (passage === 'lost') return
    if (!(passage > 0)) {
      this.peer?.arrive(frame)
      return
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      this.peer?.arrive(frame)
    }, passage)
    this.timers.add(timer)
  }

  private arrive(frame: Uint8Array): void {
    this.deliver(frame)
    this.receive?.(frame)
  }

  private deliver(frame: Uint8Array): void {
    for (const capture of this.captures) capture.accept(frame)
  }

  private captureEnded(capture: MemoryCapture): void {
    if (!this.captures.delete(capture)) return
    this.past.received += capture.stats().received
    this.past.dropped += capture.stats().dropped
  }

  private requireOpen(): void {
    if (this.isClosed) throw new LinkError('CLOSED', `the link '${this.name}' is closed: make a new pair`)
  }
}
