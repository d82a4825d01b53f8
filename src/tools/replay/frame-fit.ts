/** Makes frames of one link type fit the interface that they leave by, where that is simple. */
import { linkTypeText } from '../../capture/link-type.js'
import {
  findInterface,
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  type Link,
} from '../../link/index.js'
import { parseMac } from '../../packet/index.js'

/** LINKTYPE_RAW, DLT_RAW of several systems, LINKTYPE_IPV4 and LINKTYPE_IPV6: bare IP. */
const BARE_IP: ReadonlySet<number> = new Set([101, 12, 14, 228, 229])
const IPV4 = 0x0800
const IPV6 = 0x86dd
const ETHERNET_HEADER = 14
/** Bytes of one VLAN tag, which the MTU does not count. */
const TAG = 4
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8])

/** A frame to send, or why it is not sent. */
export type Fit = Uint8Array | { skipped: string }

export class FrameFitter {
  private readonly header: Uint8Array | undefined
  private readonly mtu: number

  constructor(
    private readonly link: Link,
    { mac, netns }: { mac?: string | undefined; netns?: string | undefined },
  ) {
    const found = link.addresses ?? findInterface(link.name, netns === undefined ? {} : { netns })
    this.mtu = found?.mtu ?? Number.POSITIVE_INFINITY
    const own = Math.max(0, parseMac(found?.mac ?? ''))
    // Loopback has no addresses: its frames go to 00:00:00:00:00:00.
    const target = mac === undefined ? (own === 0 ? 0 : -1) : parseMac(mac)
    this.header = target < 0 ? undefined : ethernetHeader(target, own)
  }

  fit(bytes: Uint8Array, linkType: number): Fit {
    const { linkType: wanted } = this.link
    if (linkType === wanted || (BARE_IP.has(linkType) && BARE_IP.has(wanted))) return this.sized(bytes)
    const inner = networkPart(bytes, linkType)
    if (inner === undefined)
      return {
        skipped: `${linkType < 0 ? 'no link type' : `link type ${linkTypeText(linkType)}`}, and ${this.link.name} takes ${linkTypeText(wanted)}`,
      }
    if (BARE_IP.has(wanted)) {
      if (inner.etherType === IPV4 || inner.etherType === IPV6) return this.sized(bytes.subarray(inner.start))
      return { skipped: `no IP inside, and ${this.link.name} takes ${linkTypeText(wanted)}` }
    }
    if (wanted !== LINKTYPE_ETHERNET)
      return { skipped: `link type ${linkTypeText(linkType)}, and ${this.link.name} takes ${linkTypeText(wanted)}` }
    if (this.header === undefined)
      return { skipped: `no Ethernet header, which ${this.link.name} needs: option mac says to whom they go` }
    const frame = new Uint8Array(ETHERNET_HEADER + bytes.length - inner.start)
    frame.set(this.header)
    frame[12] = inner.etherType >>> 8
    frame[13] = inner.etherType & 255
    frame.set(bytes.subarray(inner.start), ETHERNET_HEADER)
    return this.sized(frame)
  }

  private sized(frame: Uint8Array): Fit {
    const { link, mtu } = this
    const isEthernet = link.linkType === LINKTYPE_ETHERNET
    if (frame.length < (isEthernet ? ETHERNET_HEADER : 1)) return { skipped: 'shorter than a link header' }
    const room = mtu + (isEthernet ? ETHERNET_HEADER + (TAGS.has(etherTypeAt(frame, 12)) ? TAG : 0) : 0)
    return frame.length <= room ? frame : { skipped: `longer than the MTU of ${link.name} (${mtu} bytes)` }
  }
}

/** Where the network layer begins, and what it is; undefined for link types that are not known here. */
function networkPart(bytes: Uint8Array, linkType: number): { start: number; etherType: number } | undefined {
  if (BARE_IP.has(linkType)) return { start: 0, etherType: bytes[0]! >>> 4 === 6 ? IPV6 : IPV4 }
  if (linkType === LINKTYPE_ETHERNET && bytes.length > ETHERNET_HEADER)
    return { start: ETHERNET_HEADER, etherType: etherTypeAt(bytes, 12) }
  if (linkType === LINKTYPE_LINUX_SLL && bytes.length > 16) return { start: 16, etherType: etherTypeAt(bytes, 14) }
  if (linkType === LINKTYPE_LINUX_SLL2 && bytes.length > 20) return { start: 20, etherType: etherTypeAt(bytes, 0) }
  return undefined
}

const etherTypeAt = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!

function ethernetHeader(target: number, source: number): Uint8Array {
  const header = new Uint8Array(ETHERNET_HEADER)
  const view = new DataView(header.buffer)
  for (const [address, at] of [
    [target, 0],
    [source, 6],
  ] as const) {
    view.setUint16(at, Math.floor(address / 0x1_0000_0000))
    view.setUint32(at + 2, address % 0x1_0000_0000)
  }
  return header
}
