import {
  ICMP,
  ICMP_ERRORS,
  ICMPExtensionHeader,
  ICMPExtensionMPLS,
  ICMPv6DestUnreach,
  ICMPv6PacketTooBig,
  ICMPv6ParamProblem,
  ICMPv6TimeExceeded,
  MPLS,
} from '../../layers/index.js'
import type { AnyPacket, Stackable } from '../../packet/index.js'
import { type Datagram, PROTOCOL } from './datagram.js'
import { type Envelope, ipPacket } from './ip-packet.js'

/** Why a packet was not delivered. */
export type Complaint =
  | 'network-unreachable'
  | 'host-unreachable'
  | 'protocol-unreachable'
  | 'port-unreachable'
  | 'unknown-option'
  | 'prohibited'
  | 'too-big'
  | 'time-exceeded'

export interface ComplaintDetails {
  /** Of the link that a packet is too big for. */
  mtu?: number
  /** MPLS labels that it came with. RFC 4950. */
  labels?: readonly number[]
}

/** Largest errors: RFC 1812 §4.3.2.3, RFC 4443 §2.4 (c). */
const LARGEST_IPV4 = 576
const LARGEST_IPV6 = 1280
const ERROR_HEADER = 8
/** Quotations end here when extensions follow. RFC 4884 §5.5. */
const QUOTED_BEFORE_EXTENSIONS = 128
/** Internetwork control: the precedence of IPv4 errors. RFC 1812 §4.3.2.5. */
const ERROR_PRECEDENCE = 0xc0
const KEPT_OF_TOS = 0x1e

/** Codes of "destination unreachable". RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1; RFC 4443 §3.1. */
const IPV4_CODES = {
  'network-unreachable': 0,
  'host-unreachable': 1,
  'protocol-unreachable': 2,
  'port-unreachable': 3,
  'too-big': 4,
  prohibited: 13,
} as const
const IPV6_CODES = { 'network-unreachable': 0, 'host-unreachable': 3, 'port-unreachable': 4, prohibited: 1 } as const
const TIME_EXCEEDED = 11
const UNREACHABLE = 3
/** Codes of a parameter problem. RFC 4443 §3.4. */
const UNKNOWN_NEXT_HEADER = 1
const UNKNOWN_OPTION = 2

/** Whether an error may be told about this packet at all. RFC 1122 §3.2.2, RFC 4443 §2.4 (e). */
export function mayComplainAbout(datagram: Datagram, complaint: Complaint): boolean {
  const { bytes, protocol, payloadStart, fragment, family } = datagram
  if (fragment !== undefined && fragment.offset > 0) return false
  if (family === 4) {
    // From nowhere, or from a group.
    if (bytes[12] === 0 || bytes[12] === 127 || bytes[12]! >= 224) return false
    if (datagram.isMulticast) return false
    return protocol !== PROTOCOL.icmp || (payloadStart < bytes.length && !ICMP_ERRORS.has(bytes[payloadStart]!))
  }
  if (bytes[8] === 255 || isZero(bytes, 8, 24)) return false
  if (datagram.isMulticast && complaint !== 'too-big' && complaint !== 'unknown-option') return false
  return protocol !== PROTOCOL.icmpv6 || (payloadStart < bytes.length && bytes[payloadStart]! >= 128)
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false
  return true
}

/**
 * The error about a packet.
 * @param quoted the packet as it was when it could not go on
 */
export function errorPacket(
  envelope: Envelope,
  complaint: Complaint,
  datagram: Datagram,
  quoted: Uint8Array,
  details: ComplaintDetails = {},
): Uint8Array {
  if (envelope.family === 4) {
    const trafficClass = (datagram.trafficClass & KEPT_OF_TOS) | ERROR_PRECEDENCE
    return ipPacket({ ...envelope, trafficClass }, ...ipv4Error(complaint, quoted, details))
  }
  return ipPacket(envelope, ...ipv6Error(complaint, datagram, quoted, details))
}

function ipv4Error(complaint: Complaint, quoted: Uint8Array, { mtu, labels = [] }: ComplaintDetails): Stackable[] {
  const error =
    complaint === 'time-exceeded'
      ? ICMP({ type: TIME_EXCEEDED })
      : ICMP({
          type: UNREACHABLE,
          code: IPV4_CODES[complaint as keyof typeof IPV4_CODES],
          ...(mtu === undefined ? {} : { nexthopmtu: mtu }),
        })
  return [error, ...quotation(quoted, LARGEST_IPV4 - 20 - ERROR_HEADER, labels, quoted[8]!)]
}

function ipv6Error(
  complaint: Complaint,
  datagram: Datagram,
  quoted: Uint8Array,
  { mtu = LARGEST_IPV6, labels = [] }: ComplaintDetails,
): Stackable[] {
  return [
    ipv6ErrorHeader(complaint, datagram, mtu),
    ...quotation(quoted, LARGEST_IPV6 - 40 - ERROR_HEADER, labels, quoted[7]!),
  ]
}

function ipv6ErrorHeader(complaint: Complaint, datagram: Datagram, mtu: number): AnyPacket {
  if (complaint === 'time-exceeded') return ICMPv6TimeExceeded({ code: 0 }) as AnyPacket
  if (complaint === 'too-big') return ICMPv6PacketTooBig({ mtu }) as AnyPacket
  if (complaint === 'protocol-unreachable')
    return ICMPv6ParamProblem({ code: UNKNOWN_NEXT_HEADER, ptr: datagram.protocolAt }) as AnyPacket
  if (complaint === 'unknown-option')
    return ICMPv6ParamProblem({ code: UNKNOWN_OPTION, ptr: datagram.unknownOption?.at ?? 0 }) as AnyPacket
  return ICMPv6DestUnreach({ code: IPV6_CODES[complaint] }) as AnyPacket
}

/** As much of the packet as fits, and behind it the labels. */
function quotation(quoted: Uint8Array, most: number, labels: readonly number[], ttl: number): Stackable[] {
  if (labels.length === 0) return [quoted.subarray(0, most)]
  const entries = labels.map((label, i) => MPLS({ label, s: i === labels.length - 1 ? 1 : 0, ttl }))
  return [
    quoted.subarray(0, Math.min(quoted.length, QUOTED_BEFORE_EXTENSIONS)),
    ICMPExtensionHeader(),
    ICMPExtensionMPLS({ labels: entries }),
  ]
}
