export * from './answering/index.js'
export { type ArpingOptions, ArpingResult, arping, type Station } from './arping/index.js'
export {
  type Connection,
  ConnectionList,
  type ConnectionsOptions,
  connections,
  type SocketProcess,
  type SocketProtocol,
  type SocketState,
  type SocketTimer,
} from './connections/index.js'
export { type DhcpDiscoverOptions, DhcpOffer, DhcpResult, dhcpDiscover } from './dhcp/index.js'
export {
  type DnsEdns,
  type DnsOptions,
  DnsRecord,
  DnsResponse,
  DnsResult,
  type DnsState,
  dns,
} from './dns/index.js'
export type { FamilyOptions } from './family-options.js'
export * from './interop/index.js'
export { type MtuLimit, type MtuOptions, type MtuProbe, MtuResult, mtu } from './mtu/index.js'
export {
  type OpenvpnFinding,
  type OpenvpnOptions,
  OpenvpnResult,
  type OpenvpnState,
  openvpnProbe,
  type ProtectionMode,
} from './openvpn/index.js'
export { type PingEvent, PingHost, type PingOptions, PingResult, ping } from './ping/index.js'
export * from './practice-network/index.js'
export { type ReplayInput, type ReplayOptions, ReplayResult, replay } from './replay/index.js'
export type { RoundTrips } from './round-trips.js'
export {
  type HiddenPorts,
  type HostState,
  type PortProtocol,
  type PortState,
  type PortsGiven,
  type ScanFacts,
  ScannedHost,
  type ScannedPort,
  type ScanOptions,
  ScanResult,
  type ScanType,
  scan,
} from './scan/index.js'
export * from './shell-command/index.js'
export * from './state-machine/index.js'
export type { Target } from './targets.js'
export { textTable } from './text-table.js'
export {
  type HopAnswer,
  TracerouteHop,
  type TracerouteOptions,
  type TracerouteProtocol,
  TracerouteResult,
  TracerouteResults,
  traceroute,
} from './traceroute/index.js'
