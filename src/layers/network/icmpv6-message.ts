/** What all ICMPv6 messages share: header, checksum, and how a layer becomes the one for a type. RFC 4443 §2.1. */
import {
  type AnyPacket,
  behave,
  bytes,
  type LayerReference,
  layer,
  type Packet,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { transportChecksum } from './ip-checksum.js'
import { bindNextHeader } from './next-header.js'

/** Next header of ICMPv6. */
export const PROTOCOL = 58

/** IANA, "Internet Control Message Protocol version 6 (ICMPv6) Parameters". */
export const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'dest-unreach',
  2: 'packet-too-big',
  3: 'time-exceeded',
  4: 'parameter-problem',
  128: 'echo-request',
  129: 'echo-reply',
  130: 'multicast-listener-query',
  131: 'multicast-listener-report',
  132: 'multicast-listener-done',
  133: 'router-solicitation',
  134: 'router-advertisement',
  135: 'neighbour-solicitation',
  136: 'neighbour-advertisement',
  137: 'redirect',
  138: 'router-renumbering',
  139: 'node-information-query',
  140: 'node-information-response',
  141: 'inverse-neighbour-solicitation',
  142: 'inverse-neighbour-advertisement',
  143: 'multicast-listener-report-2',
  144: 'home-agent-discovery-request',
  145: 'home-agent-discovery-reply',
  146: 'mobile-prefix-solicitation',
  147: 'mobile-prefix-advertisement',
  151: 'multicast-router-advertisement',
  152: 'multicast-router-solicitation',
  153: 'multicast-router-termination',
  155: 'rpl',
  157: 'duplicate-address-request',
  158: 'duplicate-address-confirmation',
  160: 'extended-echo-request',
  161: 'extended-echo-reply',
}

/** The first four bytes of every message. */
export const messageHeader = (type: number, codes: Readonly<Record<number, string>> = {}) => ({
  type: u8Enum(type, ICMPV6_TYPES),
  code: u8Enum(0, codes),
  cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
})

export const ICMPv6Unknown = layer(
  'ICMPv6Unknown',
  () => ({ ...messageHeader(0), msgbody: bytes() }),
  'ICMPv6 message of a type that has no layer of its own.',
  'RFC 4443 §2.1',
)

/** The IPv6 layer around a message, behind its extension headers. */
export function networkLayer(me: AnyPacket): Packet | null {
  let outer = me.under
  while (/^(?:IPv6ExtHdr|AH$)/.test(outer?.layerName ?? '')) outer = outer!.under
  return outer
}

/** `fe80::1 > ff02::1 ` of the packet around a message, or nothing. */
export function addressesOf(me: AnyPacket): string {
  const outer = networkLayer(me)
  return outer?.layerName === 'IPv6' ? ` ${outer.text('src')} > ${outer.text('dst')}` : ''
}

type Choice = (buffer: Uint8Array, start: number, end: number) => LayerReference

const messages = new Map<number, Choice>()

/** All messages have the same next-header number: their type tells them apart. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  const choose = start < end ? messages.get(buffer[start]!) : undefined
  return choose === undefined ? ICMPv6Unknown : choose(buffer, start, end)
}

/** Makes a layer the one for messages of a type, behind IPv6 and its extension headers; `choose` where the type alone does not tell. */
export function bindMessage(type: number, message: LayerReference, choose: Choice = () => message): void {
  bindNextHeader(PROTOCOL, message)
  behave(message, { refine })
  messages.set(type, choose)
}

behave(ICMPv6Unknown, { refine, summary: (me) => `ICMPv6Unknown${addressesOf(me)} type ${me.text('type')}` })
bindNextHeader(PROTOCOL, ICMPv6Unknown)
