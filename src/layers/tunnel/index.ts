/** Networks inside networks. */
export { OpenVPN } from './openvpn.js'
export { OPENVPN_OPCODES } from './openvpn-opcodes.js'
export {
  OpenvpnKey,
  type OpenvpnKeyMode,
  type OpenvpnKeyOptions,
  openvpnKey,
  openvpnKeys,
  useOpenvpnKey,
} from './openvpn-key.js'
export { type OpenvpnWrapOptions, openvpnUnwrap, openvpnWrap } from './openvpn-wrap.js'
export { GRE, GRE_PPTP, GRErouting } from './gre.js'
export { ERSPAN_II, ERSPAN_III } from './erspan.js'
export { VXLAN } from './vxlan.js'
export { NSH } from './nsh.js'
export { GENEVE, GeneveOptions } from './geneve.js'
export { L2TP, L2TPAVP, L2TPControl } from './l2tp.js'
export {
  GTP_PDCP_PDU_ExtensionHeader,
  GTP_UDPPort_ExtensionHeader,
  GTPExtensionHeader,
  GTPPDUSessionContainer,
} from './gtp-extensions.js'
export { GTP_U_Header, GTPHeader, GTPHeaderV2 } from './gtp.js'
export * from './wireguard.js'
export { wireguardMac1 } from './wireguard-mac.js'
import './mpls-carriers.js'
