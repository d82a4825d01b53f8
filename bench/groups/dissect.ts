import { compared, duel, type Row } from '../measure.js'
import { capture, libtins, ourSide, PACKETS, SUBSET, scapy } from '../workplace.js'

const PASSES = 5

/** Dissection from memory: two fields, then every field of every layer. */
export async function dissectGroup(rounds: number): Promise<Row[]> {
  const twoFields = await compete('two-fields', rounds)
  const everyField = await compete('every-field', rounds)
  const row = { group: 'dissect', unit: 'ns/packet' }
  return [
    compared({ ...row, ...twoFields.scapy, name: 'two fields (ip.src, tcp.dport): Scapy / ours' }, { least: 250 }),
    compared({ ...row, ...twoFields.libtins, name: 'two fields (ip.src, tcp.dport): ours / libtins' }, { most: 1.5 }),
    compared({ ...row, ...everyField.scapy, name: 'every field: Scapy / ours' }, { least: 120 }),
    compared({ ...row, ...everyField.libtins, name: 'every field: ours / libtins' }, null),
    compared(
      { ...row, ...twoFields.cold, name: 'two fields, the first 100 000 packets of a process: Scapy / ours' },
      null,
    ),
    compared(
      { ...row, ...everyField.cold, name: 'every field, the first 100 000 packets of a process: Scapy / ours' },
      null,
    ),
  ]
}

async function compete(mode: string, rounds: number) {
  const file = capture()
  const best = await duel(
    {
      ours: { command: await ourSide('ours', mode, file, PACKETS, PASSES, SUBSET) },
      libtins: { command: libtins(mode, file, PACKETS, PASSES) },
      scapy: { command: scapy(mode, file, SUBSET), subset: true },
    },
    rounds,
  )
  const ours = best.ours.nanoseconds
  const cold = best.ours.cold ?? ours
  return {
    cold: { ours: cold, peer: best.scapy.nanoseconds, ratio: best.scapy.nanoseconds / cold },
    scapy: { ours, peer: best.scapy.nanoseconds, ratio: best.scapy.nanoseconds / ours },
    libtins: { ours, peer: best.libtins.nanoseconds, ratio: ours / best.libtins.nanoseconds },
  }
}
