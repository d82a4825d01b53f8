import { findInterface, type Interface, requireInterface } from './interfaces.js'
import type { CaptureBatch } from './link.js'
import { type Capture, type CaptureOptions, type Link, type LinkAddresses, LinkError, type LinkStats } from './link.js'
import type { NamespaceOptions } from './namespace.js'

/** How long addresses are used again, ms. */
const ADDRESS_LIFETIME = 1000

/** What the backends beside libpcap have in common: name, addresses, captures, counters. */
export abstract class BackendLink implements Link {
  abstract readonly backend: string
  readonly name: string
  readonly linkType: number
  declare readonly netns?: string
  protected readonly isLoopback: boolean
  protected sent = 0
  private readonly captures = new Set<Capture>()
  private readonly past = { received: 0, dropped: 0, interfaceDropped: 0 }
  private knownAddresses: { value: LinkAddresses; until: number } | undefined
  private isClosed = false

  /** Throws a LinkError when there is no such interface. */
  constructor(interfaceName: string, { netns }: NamespaceOptions, linkType?: (found: Interface) => number | undefined) {
    const found = requireInterface(interfaceName, { netns })
    this.name = found.name
    if (netns !== undefined) this.netns = netns
    this.isLoopback = found.flags.includes('loopback')
    this.linkType = linkType?.(found) ?? found.linkType ?? (found.mac === undefined ? 101 : 1)
  }

  get closed(): boolean {
    return this.isClosed
  }

  /** As they were at most a second ago. */
  get addresses(): LinkAddresses {
    const now = performance.now()
    if (this.knownAddresses === undefined || this.knownAddresses.until < now) {
      const found = this.find()
      const value = {
        ...(found?.mac === undefined ? {} : { mac: found.mac }),
        ipv4: found?.ipv4 ?? [],
        ipv6: found?.ipv6 ?? [],
        mtu: found?.mtu ?? 0,
      }
      this.knownAddresses = { value, until: now + ADDRESS_LIFETIME }
    }
    return this.knownAddresses.value
  }

  abstract send(frames: readonly Uint8Array[]): number
  abstract capture(
    options: CaptureOptions,
    onBatch: (batch: CaptureBatch) => void,
    onError: (error: Error) => void,
  ): Capture

  stats(): LinkStats {
    const total: LinkStats = { ...this.past, sent: this.sent, backend: this.backend, ...this.unknown }
    for (const capture of this.captures) add(total, capture.stats())
    return total
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const capture of [...this.captures]) capture.stop()
    this.release()
  }

  /** Frees what the link holds besides its captures. */
  protected abstract release(): void

  /** What `stats` says about counters that this backend does not have. */
  protected get unknown(): { dropsUnknown?: true } {
    return {}
  }

  protected keep(capture: Capture): void {
    this.captures.add(capture)
  }

  /** The capture has ended and its counters are final. */
  protected forget(capture: Capture): void {
    if (this.captures.delete(capture)) add(this.past, capture.stats())
  }

  protected find(): Interface | undefined {
    return findInterface(this.name, { netns: this.netns })
  }

  protected requireOpen(): void {
    if (this.isClosed) throw new LinkError('CLOSED', `the link on ${this.name} is closed: open it again`)
  }

  /** The interface as it is now. Throws a LinkError when it is gone or down. */
  protected requireUp(): Interface {
    const found = requireInterface(this.name, { netns: this.netns })
    if (found.flags.includes('up')) return found
    throw new LinkError('INTERFACE_DOWN', `${this.name} is down: sudo ip link set ${this.name} up`, {
      errno: 'ENETDOWN',
    })
  }
}

function add(total: { received: number; dropped: number; interfaceDropped: number }, more: LinkStats): void {
  total.received += more.received
  total.dropped += more.dropped
  total.interfaceDropped += more.interfaceDropped
}
