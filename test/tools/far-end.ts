/** The far end of a wire in memory, which answers what a test says: for the tools that measure the way to a host. */
import { afterEach } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { ARP, Ether, ICMPv6ND_NA, ICMPv6NDOptDstLLAddr, IPv6 } from '../../src/layers/index.js'
import { type MemoryLink, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, type Packet, setPrinter, stack } from '../../src/packet/index.js'
import { onFrames } from '../link/on-frames.js'

export const NEAR = '10.0.0.1'
export const NEAR6 = 'fd00::1'
export const GATEWAY = '10.0.0.254'
export const GATEWAY6 = 'fd00::fe'
const MAC = '02:00:00:00:00:fe'

/** What comes back for a packet (from IP or IPv6 on): packets, each at once or after so many milliseconds. */
export type Reply = (packet: AnyPacket) => undefined | Packet | readonly (Packet | { packet: Packet; after: number })[]

export interface FarEndOptions {
  /** Addresses that nobody answers for. */
  silent?: readonly string[]
  mtu?: number
}

/** One end of a wire whose other end is all addresses. */
export class FarEnd {
  readonly link: MemoryLink
  /** Packets that arrived there, neighbour questions left out. */
  readonly seen: AnyPacket[] = []
  private readonly other: MemoryLink

  constructor(
    private readonly reply: Reply,
    private readonly options: FarEndOptions = {},
  ) {
    const addresses = {
      ipv4: [{ address: NEAR, prefix: 24 }],
      ipv6: [{ address: NEAR6, prefix: 64 }],
      gateway4: GATEWAY,
      gateway6: GATEWAY6,
      mtu: options.mtu ?? 1500,
    }
    const [link, other] = memoryLinkPair({ name: 'wire', addresses }, { addresses: { mac: MAC, mtu: 65535 } })
    this.link = link
    this.other = other
    onFrames(other, (frame) => this.heard(frame))
  }

  /** Captures that still run at the near end. */
  get captures(): number {
    return (this.link as unknown as { captures: Set<unknown> }).captures.size
  }

  close(): void {
    this.link.close()
    this.other.close()
  }

  private heard(frame: AnyPacket): undefined {
    if (frame.src === MAC) return
    const back = { src: MAC, dst: frame.src as string }
    const arp = frame.get(ARP)
    const question = frame.get('ICMPv6ND_NS')
    const asked = (arp?.pdst ?? question?.tgt) as string | undefined
    if (asked !== undefined) {
      if (asked === NEAR || asked === NEAR6 || this.options.silent?.includes(asked)) return
      const answer =
        arp !== undefined
          ? stack(Ether(back), ARP({ op: 2, hwsrc: MAC, psrc: asked, hwdst: back.dst, pdst: NEAR }))
          : stack(
              Ether(back),
              IPv6({ src: asked, dst: NEAR6, hlim: 255 }),
              ICMPv6ND_NA({ tgt: asked }),
              ICMPv6NDOptDstLLAddr({ lladdr: MAC }),
            )
      this.other.send([answer.bytes()])
      return
    }
    const packet = frame.payload as AnyPacket
    this.seen.push(packet)
    const replies = this.reply(packet) ?? []
    for (const each of Array.isArray(replies) ? replies : [replies]) {
      const { packet: answer, after } = 'after' in each ? each : { packet: each, after: 0 }
      const bytes = stack(Ether(back), answer).bytes()
      if (after === 0) this.other.send([bytes])
      else setTimeout(() => this.other.closed || this.other.send([bytes]), after)
    }
  }
}

/** The far ends of the tests of one file: each is closed when its test is over. */
export function farEnds(): { made: FarEnd[]; farEnd: (reply: Reply, options?: FarEndOptions) => FarEnd } {
  const made: FarEnd[] = []
  afterEach(() => {
    for (const end of made.splice(0)) end.close()
    setReporter(() => undefined)
  })
  const farEnd = (reply: Reply, options?: FarEndOptions): FarEnd => {
    const end = new FarEnd(reply, options)
    made.push(end)
    return end
  }
  return { made, farEnd }
}

const printed: string[] = []

/** Lines that were printed since the last call; the first call begins to collect them. */
export function printedLines(): string[] {
  setPrinter((text) => printed.push(text))
  return printed.splice(0)
}
