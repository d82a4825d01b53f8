import { BOOTP, DHCP, Ether, IP, UDP } from '../../layers/index.js'
import { type AnyPacket, formatIpv4, type Packet, PacketError, parseIpv4, printed, stack } from '../../packet/index.js'
import { LeasePool, numberOf } from '../dhcp/lease-pool.js'
import type { Answerer, AnsweringPlace } from './answering-machine.js'

export interface AnswerDhcpOptions {
  /** First and last address to give. */
  pool: readonly [string, string]
  /** Address of the server. */
  server: string
  /** Default '255.255.255.0'. */
  mask?: string
  /** Default gateway; unset: none. */
  router?: string
  /** Name servers; unset: none. */
  dns?: string | readonly string[]
  /** Domain name; unset: none. */
  domain?: string
  /** Seconds that an address may be kept, 1 or more. Default 600. */
  lease?: number
}

const REQUEST = 1
const REPLY = 2
const BROADCAST_FLAG = 'B'
const NOWHERE = '0.0.0.0'
const EVERYBODY = '255.255.255.255'
/** Addresses that a pool may have. */
const LARGEST_POOL = 65536
const NAMES = ['pool', 'server', 'mask', 'router', 'dns', 'domain', 'lease']

type Option = [string, ...unknown[]]

/** A small DHCP server for a practice network: `answerDhcp({pool: ['10.0.0.100', '10.0.0.150'], server: '10.0.0.1'})`. RFC 2131 §4.3. */
export function answerDhcp(options: AnswerDhcpOptions): Answerer {
  const server = new DhcpServing(checked(options))
  return { filter: 'udp dst port 67', reply: (request, place) => server.reply(request, place) }
}

function checked(
  options: AnswerDhcpOptions,
): Required<Pick<AnswerDhcpOptions, 'pool' | 'server' | 'mask' | 'lease'>> & AnswerDhcpOptions {
  if (typeof options !== 'object' || options === null)
    throw new PacketError("answerDhcp: give {pool: ['10.0.0.100', '10.0.0.150'], server: '10.0.0.1'}")
  for (const name of Object.keys(options))
    if (!NAMES.includes(name))
      throw new PacketError(`answerDhcp has no option '${name}'; its options are ${NAMES.join(' ')}`)
  const { pool, server, mask = '255.255.255.0', lease = 600 } = options
  const dns = options.dns === undefined ? [] : [options.dns].flat()
  const all = { 'pool[0]': pool?.[0], 'pool[1]': pool?.[1], server, mask, router: options.router ?? mask }
  for (const [name, value] of [...Object.entries(all), ...dns.map((each) => ['dns', each] as const)])
    if (typeof value !== 'string' || parseIpv4(value) < 0)
      throw new PacketError(`answerDhcp: ${name} must be an IPv4 address, not ${printed(value)}`)
  const size = parseIpv4(pool[1]) - parseIpv4(pool[0]) + 1
  if (size < 1 || size > LARGEST_POOL)
    throw new PacketError(
      `answerDhcp: the pool ${pool[0]}..${pool[1]} has ${size} addresses; 1..${LARGEST_POOL} are taken`,
    )
  if (!(Number.isInteger(lease) && lease >= 1 && lease <= 0xffffffff))
    throw new PacketError(`answerDhcp: lease must be a whole number of seconds, 1 or more, not ${String(lease)}`)
  return { ...options, mask, lease }
}

class DhcpServing {
  private readonly pool: LeasePool

  constructor(private readonly options: ReturnType<typeof checked>) {
    this.pool = new LeasePool({ first: parseIpv4(options.pool[0]), last: parseIpv4(options.pool[1]) })
  }

  reply(request: AnyPacket, { mac }: AnsweringPlace): Packet | null {
    const message = this.decideOn(request)
    if (message === null || request.layerName !== 'Ether' || mac === undefined) return message
    const isBroadcast = (message as AnyPacket).dst === EVERYBODY
    return stack(Ether({ src: mac, dst: isBroadcast ? 'ff:ff:ff:ff:ff:ff' : (request.src as string) }), message)
  }

  /** The reply from IP on; null where there is none to give. */
  private decideOn(request: AnyPacket): Packet | null {
    const message = request.get(BOOTP) as AnyPacket | undefined
    const dhcp = message?.get(DHCP) as AnyPacket | undefined
    if (!message || !dhcp || message.op !== REQUEST || message.hlen !== 6) return null
    const options = new Map((dhcp.options as Option[]).filter(Array.isArray).map(([name, value]) => [name, value]))
    const client = String(message.chaddr)
    switch (options.get('message-type')) {
      case 'discover': {
        const address = this.pool.addressFor(client, options.get('requested_addr'))
        return address === undefined ? null : this.answer(message, 'offer', address)
      }
      case 'request':
        return this.decide(message, client, options)
      case 'inform':
        return this.answer(message, 'ack', undefined)
      case 'release':
        this.pool.release(numberOf(message.ciaddr), client)
    }
    return null
  }

  private decide(message: AnyPacket, client: string, options: ReadonlyMap<string, unknown>) {
    const chosen = options.get('server_id')
    // Another server's offer was taken.
    if (chosen !== undefined && chosen !== this.options.server) return null
    const number = numberOf(options.get('requested_addr') ?? message.ciaddr)
    return this.pool.isFor(number, client)
      ? this.answer(message, 'ack', number)
      : this.answer(message, 'nak', undefined)
  }

  private answer(message: AnyPacket, kind: 'offer' | 'ack' | 'nak', number: number | undefined) {
    const { server, mask, router, dns, domain, lease } = this.options
    const client = String(message.chaddr)
    if (number !== undefined) this.pool.give(number, client, lease)
    const settings: Option[] = [
      ...(number === undefined ? [] : [['lease_time', lease] as Option]),
      ['subnet_mask', mask],
      ...(router === undefined ? [] : [['router', router] as Option]),
      ...(dns === undefined ? [] : [['name_server', ...([dns].flat() as string[])] as Option]),
      ...(domain === undefined ? [] : [['domain', domain] as Option]),
    ]
    const isUnicast = kind !== 'nak' && !String(message.flags).includes(BROADCAST_FLAG)
    const to =
      message.ciaddr === NOWHERE ? (number === undefined ? EVERYBODY : formatIpv4(number)) : String(message.ciaddr)
    return stack(
      IP({ src: server, dst: isUnicast ? to : EVERYBODY }),
      UDP({ sport: 67, dport: 68 }),
      BOOTP({
        op: REPLY,
        xid: message.xid,
        flags: message.flags,
        ciaddr: kind === 'nak' ? NOWHERE : message.ciaddr,
        yiaddr: number === undefined ? NOWHERE : formatIpv4(number),
        siaddr: server,
        giaddr: message.giaddr,
        chaddr: message.chaddr,
      } as never),
      DHCP({
        options: [['message-type', kind], ['server_id', server], ...(kind === 'nak' ? [] : settings), 'end'],
      } as never),
    )
  }
}
