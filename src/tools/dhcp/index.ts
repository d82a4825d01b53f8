/** dhcpDiscover: which DHCP servers answer on a link, and what they offer. Nothing is leased. */
import { randomInt } from 'node:crypto'
import {
  checkNumber,
  checkOptions,
  checkPath,
  defaultInterface,
  linkOf,
  type PathOptions,
  pause,
  stopSignal,
  Task,
  type TaskControl,
} from '../../exchange/index.js'
import { sendFrames } from '../../exchange/send-frames.js'
import { BOOTP, DHCP, dissectLink, Ether, IP, UDP } from '../../layers/index.js'
import { type Capture, type CaptureBatch, findInterface, LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { type AnyPacket, formatMac, PacketError, parseMac, stack } from '../../packet/index.js'
import { DhcpOffer, DhcpResult } from './dhcp-result.js'

export { DhcpOffer, DhcpResult } from './dhcp-result.js'

/** Options of `dhcpDiscover`. */
export interface DhcpDiscoverOptions extends PathOptions {
  /** Seconds that offers are collected. Default 3. */
  timeout?: number
  /** Hardware address that asks. Default: that of the interface. Another one may be offered another address. */
  mac?: string
  /** Options asked for, names as in the DHCP layer or numbers. Default: mask, router, name servers, domain, times … */
  requestOptions?: readonly (string | number)[]
  /** An address that one would like to have; servers may offer it. */
  requestedAddress?: string
  /** How often the question is sent again within the time, as the first one may be lost. Default 1. */
  retry?: number
  /** End with the first offer. Default false: all servers are waited for. */
  first?: boolean
}

const NAMES = ['timeout', 'mac', 'requestOptions', 'requestedAddress', 'retry', 'first', 'iface', 'link', 'netns']

const REQUESTED: readonly (string | number)[] = [
  ...['subnet_mask', 'router', 'name_server', 'domain', 'broadcast_address', 'interface-mtu', 'lease_time'],
  ...['renewal_time', 'rebinding_time', 'NTP_server', 'domain-search', 'classless_static_routes', 'tftp_server_name'],
  ...['boot-file-name', 'default-url', 'wpad'],
]

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const [CLIENT, SERVER] = [68, 67]
/** Bytes of the smallest message that old servers and relays take: BOOTP's with 64 bytes of options. RFC 1542 §2.1. */
const SMALLEST = 300
const FIXED = 240
/** Offers that are kept: a hostile server may send any number. */
const MOST_OFFERS = 1000

/**
 * Broadcasts a DHCP discover and collects the offers of all servers until the time is over: several rows may be a rogue
 * server. Nothing is leased. Needs root (raw frames). Interrupted, it gives the offers so far.
 */
export function dhcpDiscover(options: DhcpDiscoverOptions = {}): Task<DhcpResult> {
  return Task.run((control) => runDhcpDiscover(control, options), { name: 'dhcpDiscover' })
}

/** The work of `dhcpDiscover`. */
export async function runDhcpDiscover(
  control: TaskControl<DhcpResult>,
  options: DhcpDiscoverOptions = {},
): Promise<DhcpResult> {
  const { timeout, retry, first } = checked(options)
  const link = options.link ?? linkOf(options.iface ?? defaultInterface(options.netns), options.netns)
  if (link.linkType !== LINKTYPE_ETHERNET)
    throw new PacketError(`dhcpDiscover: ${link.name} has no Ethernet frames; DHCP is asked for on Ethernet and Wi-Fi`)
  const mac = formatMac(parseMac(options.mac ?? ownMac(link, options.netns)))
  const discovery = new Discovery(link, mac, options, first, stopSignal(control))
  try {
    await discovery.listen()
    const rounds = retry + 1
    for (let round = 0; round < rounds && !discovery.isOver; round++) {
      await discovery.ask()
      control.progress({ done: round, total: rounds, text: `${discovery.offers.length} offers` })
      await discovery.wait(timeout / rounds)
    }
  } finally {
    discovery.close()
  }
  return new DhcpResult(discovery.offers, link.name, mac, discovery.asked, discovery.seconds)
}

function checked(options: DhcpDiscoverOptions): { timeout: number; retry: number; first: boolean } {
  checkOptions('dhcpDiscover', options, NAMES)
  checkPath('dhcpDiscover', options)
  const { timeout = 3, retry = 1, first = false, mac } = options
  checkNumber('dhcpDiscover', 'timeout', timeout, false)
  checkNumber('dhcpDiscover', 'retry', retry, true)
  if (mac !== undefined && !(typeof mac === 'string' && parseMac(mac) >= 0))
    throw new PacketError(
      `dhcpDiscover: option mac must be a MAC address such as '02:00:00:00:00:01', not ${String(mac)}`,
    )
  return { timeout, retry, first }
}

function ownMac(link: Link, netns: string | undefined): string {
  const mac = link.addresses?.mac ?? findInterface(link.name, netns === undefined ? {} : { netns })?.mac
  if (mac !== undefined && parseMac(mac) > 0) return mac
  throw new PacketError(`dhcpDiscover: ${link.name} has no hardware address; give one: {mac: '02:00:00:00:00:01'}`)
}

/** One question and the offers to it. */
class Discovery {
  readonly offers: DhcpOffer[] = []
  /** Frames sent. */
  asked = 0
  private readonly xid = randomInt(1, 0x1_0000_0000)
  private readonly began = performance.now()
  private askedAt = 0
  private capture: Capture | undefined
  private failure: Error | undefined
  private readonly ending = new AbortController()
  private readonly over: AbortSignal

  constructor(
    private readonly link: Link,
    private readonly mac: string,
    private readonly options: DhcpDiscoverOptions,
    private readonly onlyFirst: boolean,
    stop: AbortSignal,
  ) {
    this.over = AbortSignal.any([stop, this.ending.signal])
  }

  get isOver(): boolean {
    return this.over.aborted
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.began) / 1000
  }

  async listen(): Promise<void> {
    this.capture = this.link.capture(
      // To another MAC address than the interface's, a server that does not broadcast answers past it.
      { immediate: true, filter: `udp and dst port ${CLIENT}`, promiscuous: this.options.mac !== undefined },
      (batch) => this.take(batch),
      (error) => {
        this.failure = error
        this.ending.abort()
      },
    )
    await this.capture.ready
  }

  async ask(): Promise<void> {
    const frame = this.discover()
    this.askedAt = Date.now() / 1000
    this.asked += await sendFrames(this.link, [frame], this.over)
  }

  async wait(seconds: number): Promise<void> {
    if (!this.isOver) await pause(seconds * 1000, this.over)
    if (this.failure !== undefined) throw this.failure
  }

  close(): void {
    this.capture?.stop()
  }

  private discover(): Uint8Array {
    const { mac, xid, options } = this
    const { requestedAddress, requestOptions = REQUESTED } = options
    const given: [string, ...unknown[]][] = [
      ['message-type', 'discover'],
      ['client_id', Uint8Array.of(1, ...macBytes(mac))],
      ...(requestedAddress === undefined ? [] : [['requested_addr', requestedAddress] as [string, unknown]]),
      ['param_req_list', requestOptions],
      ['max_dhcp_size', 1500],
    ]
    const size = FIXED + DHCP({ options: given }).bytes().length + 1
    const fill: [string, number][] = size < SMALLEST ? [['pad', SMALLEST - size]] : []
    return stack(
      Ether({ src: mac, dst: BROADCAST }),
      IP({ src: '0.0.0.0', dst: '255.255.255.255' }),
      UDP({ sport: CLIENT, dport: SERVER }),
      // By broadcast: an answer to an address that nobody has yet could not be heard.
      BOOTP({ chaddr: mac, xid, flags: 'B', secs: Math.min(65535, Math.floor(this.seconds)) }),
      DHCP({ options: [...given, ['end'], ...fill] }),
    ).bytes()
  }

  private take(batch: CaptureBatch): void {
    for (let i = 0; i < batch.count && this.offers.length < MOST_OFFERS; i++) {
      const start = batch.offsets[i]!
      const frame = dissectLink(batch.linkType, batch.buffer.slice(start, start + batch.lengths[i]!)) as AnyPacket
      const offer = this.offerIn(frame, batch.seconds[i]! + batch.nanoseconds[i]! / 1e9)
      if (offer === undefined || this.offers.some((other) => other.isSame(offer))) continue
      this.offers.push(offer)
      if (this.onlyFirst) this.ending.abort()
    }
  }

  private offerIn(frame: AnyPacket, at: number): DhcpOffer | undefined {
    const bootp = frame.get('BOOTP') as AnyPacket | undefined
    if (bootp === undefined || bootp.op !== 2 || bootp.xid !== this.xid || bootp.chaddr !== this.mac) return undefined
    const offer = new DhcpOffer(frame, bootp, Math.max(0, at - this.askedAt))
    return offer.type === 'offer' || offer.type === 'bootp' ? offer : undefined
  }
}

const macBytes = (mac: string): number[] => mac.split(/[:-]/).map((part) => Number.parseInt(part, 16))
