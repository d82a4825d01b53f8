import { compared, json, type Row } from '../measure.js'
import { capture, ourSide } from '../workplace.js'

const KEPT = 1_000_000

/** Memory of packets kept in a list. */
export async function listGroup(): Promise<Row[]> {
  const result = await json<{ beyond: number; resident: number }>(await ourSide('ours/list', capture(), KEPT))
  const row = { group: 'list', peer: null, unit: 'bytes/packet', ratio: null }
  return [
    compared(
      { ...row, name: '1 000 000 packets in a PacketList: beyond their own bytes', ours: result.beyond },
      { most: 40 },
    ),
    compared(
      { ...row, name: '1 000 000 packets in a PacketList: resident memory beyond them', ours: result.resident },
      null,
    ),
  ]
}
