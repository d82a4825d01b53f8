import { compared, json, median, type Row } from '../measure.js'
import { program, wholeRuns } from '../workplace.js'

const RUNS_A_ROUND = 4
/** What a terminal gets with the prompt, whatever that tells of interface and rights: from now on pastes come in brackets. */
const PROMPT = '\x1b[?2004h'

interface Runs {
  ours: number[]
  rival: number[]
  prompt: number[]
}

/** CPU of a start, beyond what node itself takes: one expression, and the prompt at a terminal. */
export async function startGroup(rounds: number): Promise<Row[]> {
  const node = [process.execPath, '-e', '0']
  const expression = await json<Runs>(
    wholeRuns(rounds * RUNS_A_ROUND, '', [process.execPath, program(), '-e', '0'], node),
  )
  const prompt = await json<Runs>(wholeRuns(rounds * RUNS_A_ROUND, PROMPT, [process.execPath, program()], node))
  return [...rows('prompt at a terminal', prompt), ...rows('-e 0', expression)]
}

function rows(name: string, runs: Runs): Row[] {
  const [ours, peer] = [Math.min(...runs.ours), Math.min(...runs.rival)]
  // Of pairs that ran side by side: the difference of two bests would compare different moments.
  const beyond = median(runs.ours.map((milliseconds, index) => milliseconds - runs.rival[index]!))
  const row = { group: 'start', unit: 'ms CPU' }
  return [
    compared({ ...row, name: `${name}: beyond node -e 0`, ours: beyond, peer: null, ratio: null }, { most: 40 }),
    compared({ ...row, name: `${name}: ours / node -e 0`, ours, peer, ratio: ours / peer }, null),
  ]
}
