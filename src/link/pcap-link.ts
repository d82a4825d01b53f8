import { checkFrame, type FrameSender, type SendTarget } from './frame-sender.js'
import { findInterface, type Interface, requireIndex, requireInterface } from './interfaces.js'
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
import { LoopbackSender } from './loopback-sender.js'
import { inNamespace, type NamespaceOptions, namespaceKey } from './namespace.js'
import { PacketSocketSender, packetSocketsWork, pendingError } from './packet-socket.js'
import { PcapCapture } from './pcap-capture.js'
import { type HandleOptions, handleOptions, probeLinkType } from './pcap-handle.js'
import { PcapInjectSender } from './pcap-inject.js'
import { PcapRing } from './pcap-ring.js'
import { requireCapture } from './permissions.js'

/** How long addresses are used again, ms: they are asked for with each frame that is built, and reading takes 0.1 ms. */
const ADDRESS_LIFETIME = 1000

/**
 * A link on an interface of this machine: capture by libpcap, sending by an AF_PACKET socket (elsewhere than on Linux
 * by `pcap_inject`).
 */
export class PcapLink implements Link {
  readonly backend = 'pcap'
  readonly name: string
  readonly linkType: number
  declare readonly netns?: string
  private target: SendTarget
  private knownAddresses: { value: LinkAddresses; until: number } | undefined
  private readonly captures = new Set<PcapCapture>()
  /** A ring that nobody reads now. */
  private resting: PcapRing | undefined
  private sender: FrameSender | undefined
  private sent = 0
  private readonly past = { received: 0, dropped: 0, interfaceDropped: 0 }
  private isClosed = false
  private readonly isLoopback: boolean
  private readonly namespace: string

  /** Opens the sending side, so that a lack of rights shows at once. Throws a LinkError; nothing stays open then. */
  constructor(interfaceName: string, { netns }: NamespaceOptions = {}) {
    this.namespace = namespaceKey(netns)
    if (netns !== undefined) this.netns = netns
    const found = requireInterface(interfaceName, { netns })
    this.name = found.name
    this.isLoopback = found.flags.includes('loopback')
    this.linkType = found.linkType ?? this.inside(() => probeLinkType(found.name))
    this.target = this.targetOf(found.index)
    if (this.name === 'any') this.inside(() => requireCapture(this.name))
    else this.sender = this.openSender()
  }

  get closed(): boolean {
    return this.isClosed
  }

  /** As they were at most a second ago. */
  get addresses(): LinkAddresses {
    const now = performance.now()
    if (this.knownAddresses === undefined || this.knownAddresses.until < now) {
      this.knownAddresses = { value: this.readAddresses(), until: now + ADDRESS_LIFETIME }
    }
    return this.knownAddresses.value
  }

  send(frames: readonly Uint8Array[]): number {
    const sender = this.requireSender()
    let good = 0
    try {
      for (; good < frames.length; good++) checkFrame(this.target, frames[good]!, good)
    } catch (error) {
      // Those before the bad one go, as `sent` of the error says; if not all of them, the bad one's turn comes with the
      // rest.
      const taken = good === 0 ? 0 : this.hand(sender, frames.slice(0, good))
      if (taken < good) return taken
      throw error
    }
    return this.hand(sender, frames)
  }

  sendAside(frames: readonly Uint8Array[]): Promise<number> | undefined {
    const sender = this.requireSender()
    const { headerLength } = this.target
    for (const frame of frames)
      if (!(frame instanceof Uint8Array) || frame.length < Math.max(1, headerLength)) return undefined
    return sender.sendAside?.(frames)?.then((taken) => {
      this.sent += taken
      return taken
    })
  }

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    requireMainThread()
    this.followInterface()
    const complete = handleOptions(options, this.find()?.mtu)
    const ring = this.inside(() => this.takeRing(complete))
    const owner = {
      interfaceName: this.name,
      interfaceIndex: this.target.interfaceIndex,
      netns: this.netns,
      sent: () => this.sent,
      ended: (capture: PcapCapture, its: PcapRing, broken: boolean) => this.captureEnded(capture, its, broken),
    }
    try {
      const capture = new PcapCapture(owner, ring, options, onBatch, onError)
      this.captures.add(capture)
      return capture
    } catch (error) {
      ring.close()
      throw error
    }
  }

  stats(): LinkStats {
    const all = [this.past, ...[...this.captures].map((capture) => capture.stats())]
    const sum = (key: 'received' | 'dropped' | 'interfaceDropped') => all.reduce((total, each) => total + each[key], 0)
    return {
      received: sum('received'),
      dropped: sum('dropped'),
      interfaceDropped: sum('interfaceDropped'),
      sent: this.sent,
      backend: this.backend,
    }
  }

  toString(): string {
    const place = this.netns === undefined ? '' : ` in namespace ${this.netns}`
    return `<link ${this.name}${place} by ${this.backend}${this.isClosed ? ', closed' : ''}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const capture of [...this.captures]) capture.stop()
    this.resting?.close()
    this.resting = undefined
    this.sender?.close()
    this.sender = undefined
  }

  private hand(sender: FrameSender, frames: readonly Uint8Array[], isAgain = false): number {
    try {
      const taken = sender.send(frames, 0)
      this.sent += taken
      return taken
    } catch (error) {
      if (!(error instanceof LinkError)) throw error
      const taken = error.sent ?? 0
      this.sent += taken
      if (error.code !== 'NO_SUCH_INTERFACE' || isAgain) throw error
      this.followInterface(true)
      return taken + this.hand(this.requireSender(), frames.slice(taken), true)
    }
  }

  /**
   * An interface that was deleted and made again has another number: sends by that one from now on. Throws a LinkError when there
   * is none of this name now.
   * @param isNew it is another one even with the same number (ip link add … index N): sockets stay with the old one
   */
  private followInterface(isNew = false): void {
    const index = this.inside(() => requireIndex(this.name))
    if (index === this.target.interfaceIndex && !isNew) return
    this.target = this.targetOf(index)
    this.knownAddresses = undefined
    this.sender?.close()
    this.sender = this.openSender()
  }

  private targetOf(interfaceIndex: number): SendTarget {
    return {
      interfaceName: this.name,
      interfaceIndex,
      mtu: () => this.find()?.mtu,
      headerLength: this.linkType === LINKTYPE_ETHERNET ? 14 : 0,
      netns: this.netns,
    }
  }

  private readAddresses(): LinkAddresses {
    const found = this.find()
    return {
      ...(found?.mac === undefined ? {} : { mac: found.mac }),
      ipv4: found?.ipv4 ?? [],
      ipv6: found?.ipv6 ?? [],
      mtu: found?.mtu ?? 0,
    }
  }

  /** The ring that rests, when it fits, else a new one. */
  private takeRing(options: HandleOptions): PcapRing {
    const { resting } = this
    const index = this.target.interfaceIndex
    if (resting === undefined || !resting.fits(index, options)) return new PcapRing(this.name, index, options)
    this.resting = undefined
    // The interface went down or away while nobody listened. It may be back under its number, and the ring deaf all the same.
    if (pendingError(resting.descriptor) !== undefined) {
      resting.close()
      return new PcapRing(this.name, index, options)
    }
    try {
      resting.wake(options.filter)
      return resting
    } catch (error) {
      resting.close()
      throw error
    }
  }

  /** Of captures for request and answer, one ring rests until the next: each `sr1` would wait for a new one. */
  private captureEnded(capture: PcapCapture, ring: PcapRing, broken: boolean): void {
    if (!this.captures.delete(capture)) return
    const last = capture.stats()
    this.past.received += last.received
    this.past.dropped += last.dropped
    this.past.interfaceDropped += last.interfaceDropped
    const { resting } = this
    const better = resting === undefined || !resting.fits(ring.interfaceIndex, ring.options)
    const { immediate, promiscuous } = ring.options
    // A ring keeps its interface promiscuous as long as it is there.
    if (broken || this.isClosed || !immediate || promiscuous || !better) {
      ring.close()
      return
    }
    try {
      ring.rest()
    } catch {
      ring.close()
      return
    }
    resting?.close()
    this.resting = ring
  }

  private find(): Interface | undefined {
    return this.inside(() => findInterface(this.name))
  }

  /**
   * Does synchronous work in the namespace of this link. Throws a LinkError when that was deleted: what has its name now
   * is another network.
   */
  private inside<T>(work: () => T): T {
    const { netns } = this
    if (netns === undefined) return work()
    if (namespaceKey(netns) === this.namespace) return inNamespace(netns, work)
    throw new LinkError(
      'NO_SUCH_NAMESPACE',
      `the network namespace of this link on ${this.name} was deleted, and another one is called '${netns}' now: ` +
        'open the link again',
    )
  }

  private openSender(): FrameSender {
    const { target, isLoopback } = this
    return this.inside(() => {
      if (!packetSocketsWork()) return new PcapInjectSender(target)
      return isLoopback ? new LoopbackSender(target) : new PacketSocketSender(target)
    })
  }

  private requireOpen(): void {
    if (this.isClosed) throw new LinkError('CLOSED', `the link on ${this.name} is closed: open it again`)
  }

  private requireSender(): FrameSender {
    this.requireOpen()
    if (this.sender !== undefined) return this.sender
    throw new LinkError('CAPTURE_ONLY', `'any' is for capturing only: to send, name an interface`)
  }
}

function requireMainThread(): void {
  if (process.getBuiltinModule('node:worker_threads').isMainThread) return
  // koffi's poll handle aborts the process when its worker ends while frames arrive (seen with koffi 3.3.4, Node 20.20).
  throw new LinkError(
    'SYSTEM',
    'captures work on the main thread only, not in a worker: capture there and post the frames',
  )
}
