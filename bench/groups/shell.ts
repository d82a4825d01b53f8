import { compared, json, type Row } from '../measure.js'
import { ourSide } from '../workplace.js'

interface Figures {
  firstTab: number
  laterTab: number
  firstLines: number
  line: number
  firstScript: number
  script: number
}

const ROWS: [figure: keyof Figures, name: string, most: number | null][] = [
  ['line', 'transform of a line', 0.2],
  ['firstLines', 'transform of a line, in the first minute of a session', null],
  ['firstScript', 'transform of a script of 6 kB, the first of a session', 15],
  ['script', 'transform of a script of 6 kB, again', null],
  ['firstTab', 'first Tab of a session', 50],
  ['laterTab', 'second Tab', null],
]

/** What a session pays for what is typed; each round is a fresh process, and the best of them counts: noise only adds. */
export async function shellGroup(rounds: number): Promise<Row[]> {
  const runs: Figures[] = []
  for (let round = 0; round < rounds; round++) runs.push(await json<Figures>(await ourSide('ours/shell')))
  return ROWS.map(([figure, name, most]) =>
    compared(
      { group: 'shell', name, ours: Math.min(...runs.map((run) => run[figure])), peer: null, unit: 'ms', ratio: null },
      most === null ? null : { most },
    ),
  )
}
