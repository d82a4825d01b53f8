import type { Target } from '../targets.js'
import type { PortProtocol } from './services.js'

/** What the scan of one host gave: an outcome for each port, or why there is none. */
export type HostReport =
  | { target: Target; unreachable: string }
  | {
      target: Target
      unreachable?: undefined
      protocol: PortProtocol
      /** In rising order. */
      ports: readonly number[]
      /** Of each port, in the order of `ports`: 0 not asked or not answered yet, else a code of states.ts or no answer. */
      outcomes: Uint8Array
      /** Of the answer of each port; 0: unknown. */
      ttls?: Uint8Array
      /** Shortest round trip, seconds. */
      rtt?: number
      /** MAC address, when it is on the link. */
      mac?: string
    }
