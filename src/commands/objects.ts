/** Descriptions of what commands give: loaded when something is first asked for. */
import { describeExchange } from './members-exchange.js'
import { describeLists } from './members-lists.js'
import { describeMachines } from './members-machines.js'
import { describeNetwork } from './members-network.js'
import { describeLayers, describePackets } from './members-packet.js'
import { describeResults } from './members-results.js'
import { describeParts, describeSystem } from './members-system.js'
import { describeLater } from './metadata.js'

/** Registers them all. */
export function describeObjects(): void {
  for (const describeSome of [
    describePackets,
    describeLayers,
    describeLists,
    describeExchange,
    describeNetwork,
    describeResults,
    describeSystem,
    describeParts,
    describeMachines,
  ])
    describeLater(describeSome)
}
