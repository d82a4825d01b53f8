import { BOOTP, DHCP, UDP } from '../../layers/index.js'
import { type AnyPacket, dissect, formatIpv4, parseIpv4, stack } from '../../packet/index.js'
import { bytesOfMac, type Station } from './station.js'
import { LINK } from './usual-network.js'

const SERVER_PORT = 67
const CLIENT_PORT = 68
const REQUEST = 1
const REPLY = 2
/** Flag B: the client cannot take unicast yet. */
const BROADCAST_FLAG = 0x8000
const NOWHERE = '0.0.0.0'
const EVERYBODY = '255.255.255.255'
const LEASE = 3600
/** How long an offer is kept, ms. */
const OFFER = 60_000
const FIRST = 100
const LAST = 199

/** What the server sends, and where: RFC 2131 §4.1. */
export interface DhcpReply {
  readonly destination: string
  /** MAC address of the client; undefined: everybody. */
  readonly target: Uint8Array | undefined
  readonly message: AnyPacket
}

type Options = [string, ...unknown[]][]

/** RFC 2131 §4.4.5. */
const TIMES: Options = [
  ['lease_time', LEASE],
  ['renewal_time', LEASE / 2],
  ['rebinding_time', (LEASE * 7) / 8],
]

/** A DHCP server for the user's link: gives the addresses .100 to .199 to whom asks. RFC 2131. */
export class DhcpServer {
  /** Addresses given or offered, by their numbers: to whom, and until when (ms). */
  private readonly leases = new Map<number, { client: string; until: number }>()
  private readonly network = parseIpv4(LINK.ipv4)

  /** @param taken addresses of the link that are somebody's */
  constructor(
    private readonly server: Station,
    private readonly taken: (address: string) => boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The answer to a message that came to the server's port; undefined where there is none to give. */
  answer(data: Uint8Array): DhcpReply | undefined {
    const request = dissect(BOOTP, data) as AnyPacket
    const dhcp = request.get(DHCP) as AnyPacket | undefined
    if (request.layerName !== 'BOOTP' || dhcp === undefined || request.op !== REQUEST) return undefined
    // A relay is for real networks; other hardware than Ethernet is not here.
    if (request.giaddr !== NOWHERE || request.hlen !== 6) return undefined
    const options = new Map((dhcp.options as Options).map(([name, value]) => [name, value]))
    const client = request.chaddr as string
    switch (options.get('message-type')) {
      case 'discover':
        return this.offer(request, client, options)
      case 'request':
        return this.decide(request, client, options)
      case 'inform':
        return this.reply(request, 'ack', NOWHERE)
      case 'release':
        this.release(client, request.ciaddr as string)
    }
    return undefined
  }

  private offer(request: AnyPacket, client: string, options: ReadonlyMap<string, unknown>): DhcpReply | undefined {
    const address = this.addressFor(client, options.get('requested_addr'))
    if (address === undefined) return undefined
    this.leases.set(address, { client, until: this.now() + OFFER })
    return this.reply(request, 'offer', formatIpv4(address))
  }

  private decide(request: AnyPacket, client: string, options: ReadonlyMap<string, unknown>): DhcpReply | undefined {
    const chosen = options.get('server_id')
    // The client took the offer of another server.
    if (chosen !== undefined && chosen !== this.server.plan.ipv4) return undefined
    const wanted = options.get('requested_addr') ?? request.ciaddr
    const address = typeof wanted === 'string' ? parseIpv4(wanted) : -1
    const lease = this.leases.get(address)
    const isFree =
      this.isInPool(address) && (lease === undefined || lease.client === client || lease.until < this.now())
    if (!isFree) return this.reply(request, 'nak', NOWHERE)
    this.leases.set(address, { client, until: this.now() + LEASE * 1000 })
    return this.reply(request, 'ack', formatIpv4(address))
  }

  private release(client: string, address: string): void {
    const number = parseIpv4(address)
    if (this.leases.get(number)?.client === client) this.leases.delete(number)
  }

  /** The address that it has or asks for, else a free one; undefined when all are taken. */
  private addressFor(client: string, wanted: unknown): number | undefined {
    for (const [address, lease] of this.leases) if (lease.client === client) return address
    const asked = typeof wanted === 'string' ? parseIpv4(wanted) : -1
    if (this.isFree(asked)) return asked
    for (let address = this.network + FIRST; address <= this.network + LAST; address++)
      if (this.isFree(address)) return address
    return undefined
  }

  private isFree(address: number): boolean {
    const lease = this.leases.get(address)
    return this.isInPool(address) && (lease === undefined || lease.until < this.now())
  }

  private isInPool(address: number): boolean {
    return address >= this.network + FIRST && address <= this.network + LAST && !this.taken(formatIpv4(address))
  }

  private reply(request: AnyPacket, type: 'offer' | 'ack' | 'nak', yiaddr: string): DhcpReply {
    const server = this.server.plan.ipv4!
    const { ciaddr, flags, xid, chaddr } = request as unknown as Record<string, never>
    const isRefusal = type === 'nak'
    const mask = formatIpv4((0xffffffff << (32 - LINK.prefix4)) >>> 0)
    const told: Options = [
      ...(yiaddr === NOWHERE ? [] : TIMES),
      ['subnet_mask', mask],
      ['broadcast_address', formatIpv4(this.network + 2 ** (32 - LINK.prefix4) - 1)],
      ['router', server],
      ['name_server', server],
      ['domain', 'example'],
    ]
    const options = [['message-type', type], ['server_id', server], ...(isRefusal ? [] : told), 'end']
    const message = stack(
      UDP({ sport: SERVER_PORT, dport: CLIENT_PORT }),
      BOOTP({ op: REPLY, xid, flags, ciaddr: isRefusal ? NOWHERE : ciaddr, yiaddr, chaddr }),
      DHCP({ options: options as never }),
    )
    if (!isRefusal && ciaddr !== NOWHERE) return { destination: ciaddr, target: bytesOfMac(chaddr), message }
    const wantsBroadcast = ((request.raw('flags') as number) & BROADCAST_FLAG) !== 0
    if (isRefusal || wantsBroadcast || yiaddr === NOWHERE) return { destination: EVERYBODY, target: undefined, message }
    return { destination: yiaddr, target: bytesOfMac(chaddr), message }
  }
}
