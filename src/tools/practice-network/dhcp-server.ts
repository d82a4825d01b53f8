import { BOOTP, DHCP, UDP } from '../../layers/index.js'
import { type AnyPacket, dissect, formatIpv4, parseIpv4, stack } from '../../packet/index.js'
import { LeasePool, numberOf } from '../dhcp/lease-pool.js'
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
/** Seconds for which an offer is kept. */
const OFFER = 60
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
  private readonly network = parseIpv4(LINK.ipv4)
  private readonly pool: LeasePool

  /** @param taken addresses of the link that are somebody's */
  constructor(
    private readonly server: Station,
    taken: (address: string) => boolean,
    now?: () => number,
  ) {
    const [first, last] = [this.network + FIRST, this.network + LAST]
    this.pool = new LeasePool({ first, last, taken: (address) => taken(formatIpv4(address)), ...(now && { now }) })
  }

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
        this.pool.release(numberOf(request.ciaddr), client)
    }
    return undefined
  }

  private offer(request: AnyPacket, client: string, options: ReadonlyMap<string, unknown>): DhcpReply | undefined {
    const address = this.pool.addressFor(client, options.get('requested_addr'))
    if (address === undefined) return undefined
    this.pool.give(address, client, OFFER)
    return this.reply(request, 'offer', formatIpv4(address))
  }

  private decide(request: AnyPacket, client: string, options: ReadonlyMap<string, unknown>): DhcpReply | undefined {
    const chosen = options.get('server_id')
    // The client took the offer of another server.
    if (chosen !== undefined && chosen !== this.server.plan.ipv4) return undefined
    const address = numberOf(options.get('requested_addr') ?? request.ciaddr)
    if (!this.pool.isFor(address, client)) return this.reply(request, 'nak', NOWHERE)
    this.pool.give(address, client, LEASE)
    return this.reply(request, 'ack', formatIpv4(address))
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
