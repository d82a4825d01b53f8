import { compared, duel, type Row } from '../measure.js'
import { libtins, ourSide, PACKETS, SUBSET, scapy } from '../workplace.js'

const PASSES = 5

/** Ether/IP/TCP and 64 bytes built from scratch, with changing values and addresses given as text. */
export async function buildGroup(rounds: number): Promise<Row[]> {
  const best = await duel(
    {
      ours: { command: await ourSide('ours', 'build', '-', PACKETS, PASSES, SUBSET) },
      libtins: { command: libtins('build', '-', PACKETS, PASSES) },
      scapy: { command: scapy('build', '-', SUBSET), subset: true },
    },
    rounds,
  )
  const ours = best.ours.nanoseconds
  const row = { group: 'build', ours, unit: 'ns/packet' }
  const [slow, fast] = [best.scapy.nanoseconds, best.libtins.nanoseconds]
  return [
    compared(
      { ...row, name: 'Ether/IP/TCP/64 B from scratch: Scapy / ours', peer: slow, ratio: slow / ours },
      { least: 250 },
    ),
    compared(
      { ...row, name: 'Ether/IP/TCP/64 B from scratch: ours / libtins', peer: fast, ratio: ours / fast },
      { most: 3 },
    ),
  ]
}
