/** How a protocol is bound to its number: behind IP, behind IPv6 and all its extension headers, and in their errors. */
import { bind, type LayerReference } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { IP, IPerror } from './ip.js'
import { IPv6, IPv6error } from './ipv6.js'
import {
  EXTENSION_HEADERS,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrFragment,
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrRouting,
  IPv6ExtHdrSegmentRouting,
} from './ipv6-extensions.js'
import { IPv6ExtHdrRPL } from './ipv6-extensions-rpl.js'

/** Binds a layer to its number in IPv6 and the extension headers; only first fragments have its header. `quoted` is its form in ICMPv6 errors. */
export function bindNextHeader(number: number, upper: LayerReference, quoted: LayerReference = upper): void {
  bind(IPv6, upper, { nh: number })
  bind(IPv6error, quoted, { nh: number })
  for (const lower of EXTENSION_HEADERS) {
    bind(lower, upper, lower === IPv6ExtHdrFragment ? { nh: number, offset: 0 } : { nh: number })
  }
}

/** Binds a transport to its number in IP and IPv6, and its quoted form to that in their errors. */
export function bindTransport(protocol: number, upper: LayerReference, quoted: LayerReference = Raw): void {
  bind(IP, upper, { proto: protocol, frag: 0 })
  bind(IPerror, quoted, { proto: protocol, frag: 0 })
  bindNextHeader(protocol, upper, quoted)
}

bindNextHeader(0, IPv6ExtHdrHopByHop)
bindNextHeader(43, IPv6ExtHdrRPL)
bindNextHeader(43, IPv6ExtHdrSegmentRouting)
bindNextHeader(43, IPv6ExtHdrRouting)
bindNextHeader(44, IPv6ExtHdrFragment)
bindNextHeader(60, IPv6ExtHdrDestOpt)
bindNextHeader(4, IP)
bindNextHeader(41, IPv6)
