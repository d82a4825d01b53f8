export { compare } from './compare.js'
export type { ComparedRow, Comparison } from './comparison.js'
export { type Nmap, nmap } from './nmap.js'
export type { CommandOutcome, CommandRunner, NmapOptions, NmapScanType } from './nmap-options.js'
export type {
  NmapFacts,
  NmapHiddenPorts,
  NmapHop,
  NmapHost,
  NmapPort,
  NmapPortState,
  NmapResult,
  NmapScript,
  NmapSystem,
} from './nmap-result.js'
