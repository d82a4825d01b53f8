import type { AnyPacket } from '../packet/index.js'

/** What an ICMP or ICMPv6 message other than a reply says. */
export interface IcmpError {
  /** What it means for the packet it quotes: a redirect is advice, the packet went on. */
  readonly kind: 'unreachable' | 'exceeded' | 'too big' | 'redirect' | 'other'
  /** In words, as `'host unreachable'`. */
  readonly words: string
  /** As traceroute(8) marks it, `'!H'`; '' where it has no mark. */
  readonly mark: string
  /** Address of the one who sent it. */
  readonly from: string
  /** Bytes that the next link takes, where the message says so (`too big`); 0 from routers older than RFC 1191. */
  readonly mtu?: number
}

type Meaning = readonly [words: string, mark: string]

const UNREACHABLE: Readonly<Record<number, Meaning>> = {
  0: ['network unreachable', '!N'],
  1: ['host unreachable', '!H'],
  2: ['protocol unreachable', '!P'],
  3: ['port unreachable', ''],
  4: ['too big, must not be fragmented', '!F'],
  5: ['source route failed', '!S'],
  6: ['network unknown', '!U'],
  7: ['host unknown', '!W'],
  8: ['source host isolated', '!I'],
  9: ['network prohibited', '!A'],
  10: ['host prohibited', '!Z'],
  11: ['network unreachable for this service', '!Q'],
  12: ['host unreachable for this service', '!T'],
  13: ['prohibited by a filter', '!X'],
  14: ['host precedence violation', '!V'],
  15: ['precedence too low', '!C'],
}

const UNREACHABLE6: Readonly<Record<number, Meaning>> = {
  0: ['no route', '!N'],
  1: ['prohibited by a filter', '!X'],
  2: ['beyond the scope of the source', '!S'],
  3: ['host unreachable', '!H'],
  4: ['port unreachable', ''],
  5: ['source address refused', '!X'],
  6: ['route rejected', '!X'],
}

const LAYERS6 = ['ICMPv6DestUnreach', 'ICMPv6TimeExceeded', 'ICMPv6PacketTooBig', 'ICMPv6ParamProblem'] as const

/** The ICMP error that a packet (from IP or IPv6 on) is; undefined for everything else. */
export function icmpErrorOf(packet: AnyPacket): IcmpError | undefined {
  const from = packet.src as string
  return packet.layerName === 'IPv6' ? error6(packet, from) : error4(packet, from)
}

/** Whether the error says that the packet came to its host, which has nobody at that port. RFC 1122 §3.2.2.1, RFC 4443 §3.1. */
export function isPortUnreachable(error: IcmpError | undefined): boolean {
  return error?.words === 'port unreachable'
}

function error4(packet: AnyPacket, from: string): IcmpError | undefined {
  const icmp = packet.get('ICMP') as AnyPacket | undefined
  if (icmp === undefined) return undefined
  const code = icmp.raw('code') as number
  switch (icmp.raw('type') as number) {
    case 3: {
      const [words, mark] = UNREACHABLE[code] ?? [`unreachable, code ${code}`, `!${code}`]
      if (code === 4) return { kind: 'too big', words, mark, from, mtu: (icmp.nexthopmtu as number | undefined) ?? 0 }
      return { kind: 'unreachable', words, mark, from }
    }
    case 4:
      return { kind: 'redirect', words: 'source quench', mark: '', from }
    case 5:
      return { kind: 'redirect', words: `redirect to ${icmp.gw}`, mark: '', from }
    case 11:
      return {
        kind: 'exceeded',
        words: code === 0 ? 'time to live exceeded' : 'reassembly time exceeded',
        mark: '',
        from,
      }
    case 12:
      return { kind: 'other', words: 'parameter problem', mark: '', from }
    default:
      return undefined
  }
}

function error6(packet: AnyPacket, from: string): IcmpError | undefined {
  const name = LAYERS6.find((each) => packet.has(each))
  if (name === undefined) return undefined
  const icmp = packet.get(name) as AnyPacket
  const code = icmp.raw('code') as number
  switch (name) {
    case 'ICMPv6DestUnreach': {
      const [words, mark] = UNREACHABLE6[code] ?? [`unreachable, code ${code}`, `!${code}`]
      return { kind: 'unreachable', words, mark, from }
    }
    case 'ICMPv6TimeExceeded':
      return { kind: 'exceeded', words: code === 0 ? 'hop limit exceeded' : 'reassembly time exceeded', mark: '', from }
    case 'ICMPv6PacketTooBig':
      return { kind: 'too big', words: 'packet too big', mark: '!F', from, mtu: icmp.mtu as number }
    case 'ICMPv6ParamProblem':
      return { kind: 'other', words: 'parameter problem', mark: '', from }
  }
}
