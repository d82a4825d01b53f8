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
import { PacketSocketSender, packetSocketsWork } from './packet-socket.js'
import { PcapCapture } from './pcap-capture.js'
import { probeLinkType } from './pcap-handle.js'
import { PcapInjectSender } from './pcap-inject.js'
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
  private target: SendTarget
  private knownAddresses: { value: LinkAddresses; until: number } | undefined
  private readonly captures = new Set<PcapCapture>()
  private sender: FrameSender | undefined
  private sent = 0
  private readonly past: LinkStats = { received: 0, dropped: 0, interfaceDropped: 0, sent: 0 }
  private isClosed = false
  private readonly isLoopback: boolean

  /** Opens the sending side, so that a lack of rights shows at once. Throws a LinkError; nothing stays open then. */
  constructor(interfaceName: string) {
    const found = requireInterface(interfaceName)
    this.name = found.name
    this.isLoopback = found.flags.includes('loopback')
    this.linkType = found.linkType ?? probeLinkType(found.name)
    this.target = this.targetOf(found.index)
    if (this.name === 'any') requireCapture(this.name)
    else this.sender = openSender(this.target, this.isLoopback)
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

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    this.followInterface()
    const owner = {
      interfaceName: this.name,
      interfaceIndex: this.target.interfaceIndex,
      mtu: this.find()?.mtu,
      sent: () => this.sent,
      ended: (capture: PcapCapture) => this.captureEnded(capture),
    }
    const capture = new PcapCapture(owner, options, onBatch, onError)
    this.captures.add(capture)
    return capture
  }

  stats(): LinkStats {
    const all = [this.past, ...[...this.captures].map((capture) => capture.stats())]
    const sum = (key: keyof LinkStats) => all.reduce((total, each) => total + each[key], 0)
    return {
      received: sum('received'),
      dropped: sum('dropped'),
      interfaceDropped: sum('interfaceDropped'),
      sent: this.sent,
    }
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const capture of [...this.captures]) capture.stop()
    this.sender?.close()
    this.sender = undefined
  }

  private hand(sender: FrameSender, frames: readonly Uint8Array[]): number {
    try {
      const taken = sender.send(frames, 0)
      this.sent += taken
      return taken
    } catch (error) {
      if (!(error instanceof LinkError)) throw error
      const taken = error.sent ?? 0
      this.sent += taken
      if (error.code !== 'NO_SUCH_INTERFACE' || !this.followInterface()) throw error
      return taken + this.hand(this.requireSender(), frames.slice(taken))
    }
  }

  /**
   * An interface that was deleted and made again has another number: sends by that one from now on, and returns true.
   * Throws a LinkError when there is none of this name now.
   */
  private followInterface(): boolean {
    const index = requireIndex(this.name)
    if (index === this.target.interfaceIndex) return false
    this.target = this.targetOf(index)
    this.knownAddresses = undefined
    this.sender?.close()
    this.sender = openSender(this.target, this.isLoopback)
    return true
  }

  private targetOf(interfaceIndex: number): SendTarget {
    return {
      interfaceName: this.name,
      interfaceIndex,
      mtu: () => this.find()?.mtu,
      headerLength: this.linkType === LINKTYPE_ETHERNET ? 14 : 0,
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

  private captureEnded(capture: PcapCapture): void {
    if (!this.captures.delete(capture)) return
    const last = capture.stats()
    this.past.received += last.received
    this.past.dropped += last.dropped
    this.past.interfaceDropped += last.interfaceDropped
  }

  private find(): Interface | undefined {
    return findInterface(this.name)
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

function openSender(target: SendTarget, loopback: boolean): FrameSender {
  if (!packetSocketsWork()) return new PcapInjectSender(target)
  return loopback ? new LoopbackSender(target) : new PacketSocketSender(target)
}
