/** The layers that name the next one by its EtherType, and how a protocol is bound to all of them. IEEE 802 §9.2. */
import { bind, type LayerReference } from '../../packet/index.js'
import { Dot1AD, Dot1Q } from './dot1q.js'
import { Ether } from './ethernet.js'
import { SNAP } from './llc.js'
import { CookedLinux, CookedLinuxV2 } from './sll.js'

/** The fields of a lower layer that say that an EtherType follows. */
type TypeFields = (type: number) => Readonly<Record<string, number>>

const carriers: [lower: LayerReference, fields: TypeFields][] = []
const protocols: [type: number, upper: LayerReference][] = []

/** Binds a protocol to its EtherType behind all layers that name the next one so: Ether, VLAN tags, SNAP, tunnels. */
export function bindEtherType(type: number, upper: LayerReference): void {
  protocols.push([type, upper])
  for (const [lower, fields] of carriers) bind(lower, upper, fields(type))
}

/** Makes a layer one that names the next by its EtherType: all protocols that have one follow it. */
export function carryEtherTypes(lower: LayerReference, fields: TypeFields): void {
  carriers.push([lower, fields])
  for (const [type, upper] of protocols) bind(lower, upper, fields(type))
}

for (const lower of [Ether, Dot1Q, Dot1AD]) carryEtherTypes(lower, (type) => ({ type }))
for (const lower of [CookedLinux, CookedLinuxV2]) carryEtherTypes(lower, (proto) => ({ proto }))
carryEtherTypes(SNAP, (code) => ({ OUI: 0, code }))

bindEtherType(0x8100, Dot1Q)
// Tags of providers from before 802.1ad; the last one is written.
bindEtherType(0x9200, Dot1AD)
bindEtherType(0x9100, Dot1AD)
bindEtherType(0x88a8, Dot1AD)
