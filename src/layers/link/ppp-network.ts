/**
 * The control protocols that set up what runs over a PPP link: IPCP (RFC 1332 §3; DNS: RFC 1877), IPV6CP (RFC 5072 §4), CCP
 * (RFC 1962), MPLSCP (RFC 3032 §4). Their messages are those of `ppp-control.ts`.
 */
import { behave, bind, ipv4, layer, type OptionKind, u8, u16, u16Enum, u32 } from '../../packet/index.js'
import { PPP } from './ppp.js'
import { configuration, controlBehaviour } from './ppp-control.js'
import { PPP_PROTOCOLS } from './ppp-numbers.js'

/** IANA, "PPP IPCP Configuration Option Types". */
const ipcpOptions = (): Readonly<Record<number, OptionKind>> => ({
  1: { name: 'ip-addresses', fields: [ipv4(), ipv4()] },
  2: { name: 'ip-compression-protocol', fields: [u16Enum(0, PPP_PROTOCOLS), u8()], repeats: true },
  3: { name: 'ip-address', fields: [ipv4()] },
  4: { name: 'mobile-ipv4', fields: [ipv4()] },
  129: { name: 'primary-dns', fields: [ipv4()] },
  130: { name: 'primary-nbns', fields: [ipv4()] },
  131: { name: 'secondary-dns', fields: [ipv4()] },
  132: { name: 'secondary-nbns', fields: [ipv4()] },
  144: { name: 'subnet-mask', fields: [ipv4()] },
})

/** IANA, "PPP IPv6CP Configuration Options". */
const ipv6cpOptions = (): Readonly<Record<number, OptionKind>> => ({
  // Eight bytes, no number.
  1: { name: 'interface-identifier' },
  2: { name: 'ipv6-compression-protocol', fields: [u16Enum(0, PPP_PROTOCOLS), u8()], repeats: true },
})

/** IANA, "PPP CCP Configuration Option Types". */
const ccpOptions = (): Readonly<Record<number, OptionKind>> => ({
  0: { name: 'oui' },
  1: { name: 'predictor-1' },
  2: { name: 'predictor-2' },
  3: { name: 'puddle-jumper' },
  17: { name: 'stac-lzs', fields: [u16(), u8()] },
  18: { name: 'mppe', fields: [u32()] },
  21: { name: 'bsd-compress', fields: [u8()] },
  23: { name: 'lzs-dcp' },
  24: { name: 'mvrca', fields: [u16()] },
  26: { name: 'deflate', fields: [u8(), u8()] },
})

export const PPP_IPCP = layer(
  'PPP_IPCP',
  () => configuration(ipcpOptions()),
  "Sets up IPv4 on a PPP link: [['ip-address', '10.0.0.2'], ['primary-dns', '0.0.0.0']]. 0.0.0.0 asks for one.",
  'RFC 1332 §3; DNS: RFC 1877',
)

export const PPP_IPV6CP = layer(
  'PPP_IPV6CP',
  () => configuration(ipv6cpOptions()),
  'Sets up IPv6 on a PPP link: the lower halves of the link-local addresses.',
  'RFC 5072 §4',
)

export const PPP_CCP = layer(
  'PPP_CCP',
  () => configuration(ccpOptions()),
  'Agrees on compression, or encryption by MPPE, on a PPP link.',
  'RFC 1962; MPPE: RFC 3078',
)

export const PPP_MPLSCP = layer('PPP_MPLSCP', () => configuration({}), 'Sets up MPLS on a PPP link.', 'RFC 3032 §4')

const PROTOCOLS = [
  [PPP_IPCP, 0x8021],
  [PPP_IPV6CP, 0x8057],
  [PPP_CCP, 0x80fd],
  [PPP_MPLSCP, 0x8281],
] as const

for (const [each, proto] of PROTOCOLS) {
  behave(each, controlBehaviour)
  bind(PPP, each, { proto })
}
