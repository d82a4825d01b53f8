import { compared, json, type Row } from '../measure.js'
import { capture, installed, ourSide, PACKETS, program, wholeRuns } from '../workplace.js'

const PASSES = 5

interface Runs {
  ours: number[]
  rival: number[]
}

/** Capture files: our reader in a program, and the whole command `netshell read` against tshark. For information. */
export async function readGroup(rounds: number): Promise<Row[]> {
  const file = capture()
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    const stream = await json<{ packets: number; microseconds: number }>(await ourSide('ours/stream', file, PASSES))
    rates.push(stream.packets / (stream.microseconds / 1e6))
  }
  const library: Omit<Row, 'ok' | 'goal'> = {
    group: 'read',
    name: 'readCapture and dissect two fields',
    ours: Math.max(...rates),
    peer: null,
    unit: 'packets/s CPU',
    ratio: null,
  }
  return [
    compared(library, null),
    await commandRow('read --summary: ours / tshark', file, rounds, ['--summary'], []),
    await commandRow('read --json: ours / tshark -T json', file, rounds, ['--json'], ['-T', 'json']),
  ]
}

async function commandRow(name: string, file: string, rounds: number, ours: string[], theirs: string[]): Promise<Row> {
  // tshark needs seconds for it; two runs each are enough to tell such a difference.
  const command = [process.execPath, program(), 'read', file, ...ours]
  const rival = [installed('tshark', 'tshark'), '-r', file, ...theirs]
  const runs = await json<Runs>(wholeRuns(Math.min(rounds, 2), '', command, rival))
  const rate = (milliseconds: number[]): number => PACKETS / (Math.min(...milliseconds) / 1000)
  const [ourRate, peerRate] = [rate(runs.ours), rate(runs.rival)]
  return compared(
    { group: 'read', name, ours: ourRate, peer: peerRate, unit: 'packets/s CPU', ratio: ourRate / peerRate },
    null,
  )
}
