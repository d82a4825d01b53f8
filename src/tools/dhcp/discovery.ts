import { randomInt } from 'node:crypto'
import { pause } from '../../exchange/index.js'
import { sendFrames } from '../../exchange/send-frames.js'
import { BOOTP, DHCP, Ether, IP, UDP } from '../../layers/index.js'
import type { Capture, CaptureBatch, Link } from '../../link/index.js'
import { type AnyPacket, stack } from '../../packet/index.js'
import { capturedPackets } from '../captured-packets.js'
import type { DhcpDiscoverSettings } from './dhcp-options.js'
import { DhcpOffer } from './dhcp-result.js'

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

/** One question and the offers to it. */
export class Discovery {
  readonly offers: DhcpOffer[] = []
  /** Frames sent. */
  sent = 0
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
    private readonly settings: DhcpDiscoverSettings,
    stop: AbortSignal,
  ) {
    this.over = AbortSignal.any([stop, this.ending.signal])
  }

  get isOver(): boolean {
    return this.over.aborted
  }

  /** Seconds since the start. */
  get duration(): number {
    return (performance.now() - this.began) / 1000
  }

  async listen(): Promise<void> {
    this.capture = this.link.capture(
      // To another MAC address than the interface's, a server that does not broadcast answers past it.
      { immediate: true, filter: `udp and dst port ${CLIENT}`, promiscuous: this.settings.mac !== undefined },
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
    this.sent += await sendFrames(this.link, [frame], this.over)
  }

  async wait(seconds: number): Promise<void> {
    if (!this.isOver) await pause(seconds * 1000, this.over)
    if (this.failure !== undefined) throw this.failure
  }

  close(): void {
    this.capture?.stop()
  }

  private discover(): Uint8Array {
    const { mac, xid, settings } = this
    const { requestedAddress, requestOptions = REQUESTED } = settings
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
      BOOTP({ chaddr: mac, xid, flags: 'B', secs: Math.min(65535, Math.floor(this.duration)) }),
      DHCP({ options: [...given, ['end'], ...fill] }),
    ).bytes()
  }

  private take(batch: CaptureBatch): void {
    for (const frame of capturedPackets(batch)) {
      if (this.offers.length >= MOST_OFFERS) return
      const offer = this.offerIn(frame, frame.time!)
      if (offer === undefined || this.offers.some((other) => other.isSame(offer))) continue
      this.offers.push(offer)
      if (this.settings.first) this.ending.abort()
    }
  }

  private offerIn(frame: AnyPacket, at: number): DhcpOffer | undefined {
    const bootp = frame.get('BOOTP') as AnyPacket | undefined
    // Somebody may send this over IPv6.
    if (bootp === undefined || !frame.has('IP')) return undefined
    if (bootp.op !== 2 || bootp.xid !== this.xid || bootp.chaddr !== this.mac) return undefined
    const offer = new DhcpOffer(frame, bootp, Math.max(0, at - this.askedAt))
    return offer.type === 'offer' || offer.type === 'bootp' ? offer : undefined
  }
}

const macBytes = (mac: string): number[] => mac.split(/[:-]/).map((part) => Number.parseInt(part, 16))
