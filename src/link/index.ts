export { LINK_BACKENDS, type LinkBackend } from './backend-choice.js'
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
export { inNamespace, type NamespaceOptions, namespaceKey, namespaces } from './namespace.js'
export { type Neighbour, type NeighbourState, neighbour, neighbours } from './neighbours.js'
export { type OpenLinkOptions, openLink } from './open-link.js'
export { pcapVersion } from './pcap-library.js'
export { mayCapture, permissionAdvice } from './permissions.js'
export { guardPort, type ResetGuard, type ResetGuardMethod } from './reset-guard.js'
export { removeStaleTables } from './reset-table.js'
export { type NextHop, RouteEntry } from './route-entry.js'
export { type RoutesOptions, routes } from './route-tables.js'
export {
  forgetRoutes,
  mtuTo,
  type OverrideOptions,
  type Route,
  type RouteFunction,
  type RouteOptions,
  type RouteType,
  route,
} from './routes.js'
export { Rule, type RuleAction, type RulesOptions, rules } from './rules.js'
