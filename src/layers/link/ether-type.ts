/** The layers that name the next one by its EtherType, and how a protocol is bound to all of them. IEEE 802 §9.2. */
import { bind, type LayerReference } from '../../packet/index.js'
import { Dot1AD, Dot1Q } from './dot1q.js'
import { Ether } from './ethernet.js'
import { CookedLinux, CookedLinuxV2 } from './sll.js'

/** Binds a protocol to its EtherType behind Ether, VLAN tags and cooked headers. */
export function bindEtherType(type: number, upper: LayerReference): void {
  for (const lower of [Ether, Dot1Q, Dot1AD]) bind(lower, upper, { type })
  for (const lower of [CookedLinux, CookedLinuxV2]) bind(lower, upper, { proto: type })
}

bindEtherType(0x8100, Dot1Q)
bindEtherType(0x88a8, Dot1AD)
