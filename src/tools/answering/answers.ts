/** Ready-made answers for practice networks: ARP, echo, names, addresses by DHCP. */

import { checkOptions } from '../../exchange/index.js'
import { ARP, DNS, DNSRR, Ether, ICMP, ICMPv6EchoReply, IP, IPv6, UDP } from '../../layers/index.js'
import {
  type AnyPacket,
  formatMac,
  PacketError,
  parseIpv4,
  parseIpv6,
  parseMac,
  printed,
  stack,
} from '../../packet/index.js'
import type { Answerer } from './answering-machine.js'

/** Says who has addresses that nobody else has: `answerArp('10.0.0.9')`, `answerArp({'10.0.0.9': '02:00:00:00:00:09'})`. */
export function answerArp(addresses: string | readonly string[] | Readonly<Record<string, string>>): Answerer {
  const owners = new Map<string, string | undefined>()
  if (typeof addresses === 'string' || Array.isArray(addresses))
    for (const address of [addresses].flat() as string[]) owners.set(ipv4(address, 'answerArp'), undefined)
  else
    for (const [address, mac] of Object.entries(addresses)) {
      if (parseMac(mac) < 0) throw new PacketError(`answerArp: ${printed(mac)} is no MAC address (02:00:00:00:00:09)`)
      owners.set(ipv4(address, 'answerArp'), formatMac(parseMac(mac)))
    }
  return {
    filter: 'arp',
    reply(request, { mac }) {
      const question = request.get(ARP)
      if (question === undefined || question.op !== 1 || !owners.has(question.pdst as string)) return null
      const owner = owners.get(question.pdst as string) ?? mac
      // Who asks for his own address, to see whether it is free, is answered too.
      if (owner === undefined)
        throw new PacketError('answerArp: the link has no MAC address; give one for each address')
      return stack(
        Ether({ src: owner, dst: question.hwsrc as string }),
        ARP({ op: 2, hwsrc: owner, psrc: question.pdst, hwdst: question.hwsrc, pdst: question.psrc } as never),
      )
    },
  }
}

/** Answers echo requests (ping) of IPv4 and IPv6 to these addresses; unset: to any single one. */
export function answerEcho(addresses?: string | readonly string[]): Answerer {
  const own =
    addresses === undefined
      ? undefined
      : new Set(([addresses].flat() as string[]).map((each) => address(each, 'answerEcho')))
  return {
    filter: 'icmp[icmptype] == icmp-echo or icmp6',
    reply(request) {
      const network = (request.get(IP) ?? request.get(IPv6)) as AnyPacket | undefined
      if (network === undefined || !(own?.has(network.dst as string) ?? isSingle(network.dst as string))) return null
      const payload = network.payload
      if (payload?.layerName === 'ICMP' && (payload as AnyPacket).type === 8) {
        const { id, seq } = payload as AnyPacket
        const reply = stack(IP({ src: network.dst, dst: network.src } as never), ICMP({ type: 0, id, seq } as never))
        return payload.payload === null ? reply : stack(reply, payload.payload.copy())
      }
      if (payload?.layerName !== 'ICMPv6EchoRequest') return null
      const { id, seq, data } = payload as AnyPacket
      return stack(IPv6({ src: network.dst, dst: network.src } as never), ICMPv6EchoReply({ id, seq, data } as never))
    },
  }
}

/** Neither a group nor everybody. */
function isSingle(address: string): boolean {
  if (address.includes(':')) return !address.toLowerCase().startsWith('ff')
  const first = Number(address.split('.')[0])
  return first < 224 && !address.endsWith('.255')
}

export interface AnswerDnsOptions {
  /** Seconds that answers may be kept, 0..2147483647. Default 60. */
  ttl?: number
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28, ANY: 255 } as const
const NAME_ERROR = 3
const LONGEST_TTL = 2147483647

/**
 * A small name server: `answerDns({'www.lab': '10.0.0.5', '*.lab': ['10.0.0.6', 'fd00::6'], 'old.lab': 'www.lab'})`. Addresses of either version,
 * other names (CNAME); `*` in front stands for any names below. All other names do not exist.
 */
export function answerDns(
  names: Readonly<Record<string, string | readonly string[]>>,
  options: AnswerDnsOptions = {},
): Answerer {
  const { ttl = 60 } = options
  checkOptions('answerDns', options, ['ttl'])
  if (!(Number.isInteger(ttl) && ttl >= 0 && ttl <= LONGEST_TTL))
    throw new PacketError(`answerDns: ttl must be a whole number of seconds, 0..${LONGEST_TTL}, not ${String(ttl)}`)
  const table = new Map<string, readonly string[]>()
  for (const [name, values] of Object.entries(names)) table.set(absolute(name), [values].flat() as string[])
  return {
    filter: 'udp dst port 53',
    reply(request) {
      const query = request.get(DNS) as AnyPacket | undefined
      const network = (request.get(IP) ?? request.get(IPv6)) as AnyPacket | undefined
      const udp = request.get(UDP)
      const [question] = (query?.qd ?? []) as AnyPacket[]
      if (!query || !network || !udp || !question || query.qr !== 0 || query.opcode !== 0) return null
      const { qname, qtype } = question as unknown as { qname: string; qtype: number }
      const values = lookUp(table, qname.toLowerCase())
      const an = (values ?? []).flatMap((value) => record(qname, qtype, value, ttl))
      const source = { src: network.dst, dst: network.src } as never
      return stack(
        network.layerName === 'IP' ? IP(source) : IPv6(source),
        UDP({ sport: udp.dport, dport: udp.sport }),
        DNS({
          id: query.id,
          qr: 1,
          aa: 1,
          rd: query.rd,
          ra: 0,
          rcode: values === undefined ? NAME_ERROR : 0,
          qd: [question.copy()],
          an,
        } as never),
      )
    },
  }
}

const absolute = (name: string): string => `${name.toLowerCase().replace(/\.$/, '')}.`

function lookUp(table: ReadonlyMap<string, readonly string[]>, name: string): readonly string[] | undefined {
  const exact = table.get(name)
  if (exact !== undefined) return exact
  for (let dot = name.indexOf('.'); dot >= 0 && dot < name.length - 1; dot = name.indexOf('.', dot + 1)) {
    const wild = table.get(`*${name.slice(dot)}`)
    if (wild !== undefined) return wild
  }
  return table.get('*.')
}

function record(rrname: string, asked: number, value: string, ttl: number): AnyPacket[] {
  const type = parseIpv4(value) >= 0 ? TYPES.A : parseIpv6(value) === undefined ? TYPES.CNAME : TYPES.AAAA
  // The other name is told whatever is asked about it. RFC 1034 §4.3.2.
  if (type !== asked && asked !== TYPES.ANY && type !== TYPES.CNAME) return []
  return [DNSRR({ rrname, type, ttl, rdata: type === TYPES.CNAME ? absolute(value) : value }) as AnyPacket]
}

function ipv4(text: unknown, where: string): string {
  if (typeof text === 'string' && parseIpv4(text) >= 0) return text
  throw new PacketError(`${where}: ${printed(text)} is no IPv4 address`)
}

function address(text: unknown, where: string): string {
  if (typeof text === 'string' && (parseIpv4(text) >= 0 || parseIpv6(text) !== undefined)) return text
  throw new PacketError(`${where}: ${printed(text)} is no IPv4 or IPv6 address`)
}
