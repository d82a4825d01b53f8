/** Descriptions of what commands give: loaded when something is first asked for. */
import { describeApp } from './members-app.js'
import { describeExchange } from './members-exchange.js'
import { describeExplain } from './members-explain.js'
import { describeHttp } from './members-http.js'
import { describeHttpAuth } from './members-http-auth.js'
import { describeHttpMore } from './members-http-more.js'
import { describeLists } from './members-lists.js'
import { describeMachines } from './members-machines.js'
import { describeNetwork } from './members-network.js'
import { describeNmap } from './members-nmap.js'
import { describeLayers, describePackets } from './members-packet.js'
import { describeResults } from './members-results.js'
import { describeServe } from './members-serve.js'
import { describeSessions } from './members-sessions.js'
import { describeSsh } from './members-ssh.js'
import { describeParts, describeSystem } from './members-system.js'
import { describeWatch } from './members-watch.js'
import { describeWeb } from './members-web.js'
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
    describeSessions,
    describeWeb,
    describeApp,
    describeSsh,
    describeWatch,
    describeExplain,
    describeNmap,
    describeHttp,
    describeHttpAuth,
    describeHttpMore,
    describeServe,
  ])
    describeLater(describeSome)
}
