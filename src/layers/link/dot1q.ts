/**
 * VLAN tags: Dot1Q, the customer's tag (IEEE 802.1Q §9.6), and Dot1AD, the provider's in front of it (IEEE 802.1ad).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-----+-+-----------------------+-------------------------------+
 *   |prio |d|         vlan          |             type              |
 *   +-----+-+-----------------------+-------------------------------+
 */
import { answers, behave, bits, layer, u16Enum } from '../../packet/index.js'
import { ETHER_TYPES, lengthInType } from './ethernet.js'

const header = () => ({
  prio: bits(3),
  dei: bits(1),
  vlan: bits(12, 1),
  type: u16Enum(0, ETHER_TYPES).hex(),
})

export const Dot1Q = layer(
  'Dot1Q',
  () => header(),
  'VLAN tag. prio 0..7, dei: may be dropped first, vlan 0 (none) to 4095; type of the next layer.',
  'IEEE 802.1Q §9.6',
)

export const Dot1AD = layer(
  'Dot1AD',
  () => header(),
  "Provider's VLAN tag, in front of the customer's Dot1Q.",
  'IEEE 802.1ad',
)

for (const each of [Dot1Q, Dot1AD]) {
  behave(each, {
    payloadLength: lengthInType,
    payloadLengthField: 'type',
    summary: (me) => `${me.layerName} vlan ${me.vlan} (${me.text('type')})`,
    answers: (me, request) =>
      me._layer === request._layer &&
      me.vlan === request.vlan &&
      me.type === request.type &&
      answers(me.payload, request.payload),
    hash: (me, inner) => `${me.vlan} ${me.type} ${inner}`,
  })
}
