export type { ScanOptions } from './scan-options.js'
export type { PortsGiven } from './ports.js'
export {
  type HiddenPorts,
  type HostState,
  type ScanFacts,
  ScanResult,
  ScannedHost,
  type ScannedPort,
} from './scan-result.js'
export { runScan, scan } from './scan.js'
export type { PortProtocol } from './services.js'
export type { PortState, ScanType } from './states.js'
