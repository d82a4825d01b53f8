import { IP, IPv6 } from '../../layers/index.js'
import { type AnyPacket, type Stackable, stack } from '../../packet/index.js'

/** The header of a packet that a station sends. */
export interface Envelope {
  family: 4 | 6
  source: string
  destination: string
  /** Protocol or next header; unset: that of the layer inside. */
  protocol?: number
  /** Hops it has left when it arrives. */
  ttl: number
  /** TOS byte or traffic class. Default 0. */
  trafficClass?: number
  /** IPv4: the identification; unset: 0, as in packets that must not be fragmented. */
  id?: number
}

/** TTL and hop limit that stations begin with. */
export const FIRST_TTL = 64

/** The bytes of a packet with these layers inside. IPv4 without an identification has DF set, as TCP of Linux sends it. */
export function ipPacket(envelope: Envelope, ...inside: Stackable[]): Uint8Array {
  return stack(headerOf(envelope), ...inside).bytes()
}

function headerOf({ family, source, destination, protocol, ttl, trafficClass = 0, id }: Envelope): AnyPacket {
  if (family === 6)
    return IPv6({
      src: source,
      dst: destination,
      hlim: ttl,
      tc: trafficClass,
      ...(protocol === undefined ? {} : { nh: protocol }),
    }) as AnyPacket
  return IP({
    src: source,
    dst: destination,
    ttl,
    tos: trafficClass,
    id: id ?? 0,
    flags: id === undefined ? 'DF' : 0,
    ...(protocol === undefined ? {} : { proto: protocol }),
  }) as AnyPacket
}
