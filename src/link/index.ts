import type { Link } from './link.js'
import { PcapLink } from './pcap-link.js'

export { type BpfProgram, readBpfProgram, runBpf } from './bpf.js'
export { compileFilter, compileProgram, type FrameFilter, validateFilter } from './filter.js'
export {
  findInterface,
  type Interface,
  type InterfaceAddress,
  type InterfaceFlag,
  interfaceNameOf,
  interfaces,
  requireInterface,
} from './interfaces.js'
export * from './link.js'
export * from './link-types.js'
export { type MemoryLink, type MemoryLinkOptions, memoryLinkPair, type Passage } from './memory-link.js'
export { type Neighbour, type NeighbourState, neighbour, neighbours } from './neighbours.js'
export { pcapVersion } from './pcap-library.js'
export { mayCapture, permissionAdvice } from './permissions.js'
export { forgetRoutes, type Route, type RouteOptions, type RouteType, route } from './routes.js'

/** How to open a link. */
export interface OpenLinkOptions {
  /** Default `'pcap'`, the only one for interfaces so far. */
  backend?: 'pcap'
}

/**
 * Opens a link on an interface (`any` to capture on all). Throws a LinkError that says what to do when there is no such
 * interface (with the names of those there are), when rights are missing (sudo or the setcap line), or when libpcap is
 * not installed.
 */
export function openLink(interfaceName: string, _options: OpenLinkOptions = {}): Link {
  return new PcapLink(interfaceName)
}
