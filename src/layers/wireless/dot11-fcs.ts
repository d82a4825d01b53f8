/** The frame check sequence behind an IEEE 802.11 frame. IEEE 802.11-2020 §9.2.4.8: CRC-32, the lowest byte first. */
import { type AnyPacket, behave, layer, type Packet, u32le } from '../../packet/index.js'
import { crc32 } from '../crc32.js'

/** The bytes of the frame in front of its check sequence: of the layers from Dot11 on, without the last. */
function frameBefore(trailer: Packet): Uint8Array {
  let outer = trailer.under
  while (outer !== null && outer.layerName !== 'Dot11') outer = outer.under
  if (outer === null) return new Uint8Array(0)
  const frame = outer.copy()
  let last: Packet = frame
  while (last.payload !== null && last.payload.layerName !== 'Dot11FCS') last = last.payload
  last.payload = null
  return frame.bytes()
}

export const Dot11FCS = layer(
  'Dot11FCS',
  () => ({ fcs: u32le().checksum((c) => crc32(frameBefore(c.packet))) }),
  'Frame check sequence at the end of an IEEE 802.11 frame; the flag FCS of RadioTap says that it is there.',
  'IEEE 802.11-2020 §9.2.4.8',
)

behave(Dot11FCS, { isTrailer: true })

const LENGTH = 4

/** Bytes of check sequence behind a frame, as radiotap in front of it says. */
export function checkSequenceLength(me: AnyPacket): number {
  const under = me.under as AnyPacket | null
  return under !== null &&
    under.layerName === 'RadioTap' &&
    (under.Flags as string | undefined)?.includes('FCS') === true
    ? LENGTH
    : 0
}
