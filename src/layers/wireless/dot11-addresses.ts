/** Whose addresses the three or four of an IEEE 802.11 header are. IEEE 802.11-2020, table 9-30. */
import type { AnyPacket } from '../../packet/index.js'
import { DATA } from './dot11-numbers.js'

/** From whom to whom, as far as the frame says. */
export function addressText(me: AnyPacket): string {
  const flags = me.FCfield as string
  const toDs = flags.includes('to-DS')
  const fromDs = flags.includes('from-DS')
  const source = me.type !== DATA ? me.addr2 : fromDs ? (toDs ? me.addr4 : me.addr3) : me.addr2
  const destination = me.type === DATA && toDs ? me.addr3 : me.addr1
  return source === undefined ? ` > ${destination}` : ` ${source} > ${destination}`
}
