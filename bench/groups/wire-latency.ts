import { compared, median, type Row } from '../measure.js'
import { installed, ourSide } from '../workplace.js'
import type { WireLab } from './wire-lab.js'

const ECHOES = 100

/** One echo request at a time: the whole call, and the round trip that it reports, against ping's. */
export async function latencyRows(lab: WireLab, rounds: number): Promise<Row[]> {
  const target = lab.lab.there.ipv4
  const best = { call: Number.POSITIVE_INFINITY, trip: Number.POSITIVE_INFINITY, ping: Number.POSITIVE_INFINITY }
  for (let round = 0; round < rounds; round++) {
    const text = await lab.output('here', [
      installed('ping', 'iputils-ping'),
      '-c',
      String(ECHOES),
      '-i',
      '0.01',
      target,
    ])
    best.ping = Math.min(best.ping, Number(/= [\d.]+\/([\d.]+)\//.exec(text)?.[1]))
    const ours = await lab.json<{ calls: number[]; trips: number[] }>(
      'here',
      await ourSide('ours/wire', 'sr1', target, ECHOES),
    )
    best.call = Math.min(best.call, median(ours.calls))
    best.trip = Math.min(best.trip, median(ours.trips))
  }
  const row = { group: 'wire', unit: 'ms' }
  return [
    compared(
      {
        ...row,
        name: 'sr1 to a neighbour, the whole call: beyond the average of ping',
        ours: best.call - best.ping,
        peer: null,
        ratio: null,
      },
      { most: 1 },
    ),
    compared(
      {
        ...row,
        name: 'sr1 to a neighbour, the whole call: ours / ping',
        ours: best.call,
        peer: best.ping,
        ratio: best.call / best.ping,
      },
      null,
    ),
    compared(
      {
        ...row,
        name: 'round trip to a neighbour as reported: ours / ping',
        ours: best.trip,
        peer: best.ping,
        ratio: best.trip / best.ping,
      },
      null,
    ),
  ]
}
