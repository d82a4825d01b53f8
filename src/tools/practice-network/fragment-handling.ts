import { fragment, Reassembler } from '../../exchange/index.js'
import { IP, IPv6 } from '../../layers/index.js'
import { type AnyPacket, dissect } from '../../packet/index.js'
import { type Datagram, readDatagram } from './datagram.js'

/** Incomplete packets of one station, and the bytes of their fragments. */
const MOST = { datagrams: 64, bytes: 1 << 20 }

/** Puts the fragments that come to a station together. */
export class FragmentStore {
  private readonly reassembler = new Reassembler(MOST)

  /** The whole packet once its last fragment came; undefined before. */
  add(part: Datagram): Datagram | undefined {
    const bytes = part.bytes.slice()
    const packet = (part.family === 4 ? dissect(IP, bytes) : dissect(IPv6, bytes)) as AnyPacket
    packet.time = Date.now() / 1000
    const whole = this.reassembler.add(packet)
    return whole === null ? undefined : readDatagram(whole.bytes(), 0, part.family)
  }
}

/** A packet in parts that fit the MTU. @param id of fragments, IPv6 */
export function partsOf(packet: Uint8Array, family: 4 | 6, mtu: number, id: number): Uint8Array[] {
  if (packet.length <= mtu) return [packet]
  const parts = family === 4 ? fragment(dissect(IP, packet), { mtu }) : fragment(dissect(IPv6, packet), { mtu, id })
  return parts.map((part) => part.bytes())
}
