import { spawnSync } from 'node:child_process'
import { compared, json, type Row } from '../measure.js'
import type { Taken as Asked } from '../ours/http/ask.js'
import { ANSWER } from '../ours/http/serve.js'
import { Program } from '../program.js'
import { installed, listOfUrls, ourSide, program, pythonRequests } from '../workplace.js'

const REQUESTS = 10_000
const UNDER_WAY = 1000
/** Starts of each program in a round. */
const STARTS = 3

/** Requests of one client before it is the next one's turn: what disturbs one disturbs all. */
const TURN = 500
/** Until then V8 has compiled most of it. */
const WARM_UP = 10_000

/** What 10 000 requests took; of programs with their start, the CPU is not known. */
type Taken = Pick<Asked, 'seconds'> & Partial<Asked>

/** Name, ours, theirs, the least that our rate may be of theirs. */
const ROWS = [
  ["one after another: ours / Python's requests", 'ours 1', 'requests', 5],
  ['one after another: ours / bare undici', 'ours 1', 'undici 1', 0.8],
  ['20 at once: ours / bare undici', 'ours 20', 'undici 20', 0.8],
  ["one after another: ours / Node's fetch", 'ours 1', 'fetch 1', null],
  ["20 at once: ours / Node's fetch", 'ours 20', 'fetch 20', null],
  ['one after another: ours / curl -K', 'ours 1', 'curl', null],
] as const

/** The HTTP client: small requests, the first request of a program, and very many at once. */
export async function httpGroup(rounds: number): Promise<Row[]> {
  return await withServer(async (url) => {
    const runs = new Map<string, Taken[]>()
    const note = (name: string, taken: Taken): unknown => runs.set(name, [...(runs.get(name) ?? []), taken])
    for (let round = 0; round < rounds; round++) {
      for (const [name, taken] of Object.entries(await inTurns(url))) note(name, taken)
      note('requests', await asked(url))
      note('curl', curled(url))
    }
    const rate = (name: string): number => REQUESTS / Math.min(...runs.get(name)!.map(({ seconds }) => seconds)) / 1e3
    const cpu = (name: string): number =>
      (Math.min(...runs.get(name)!.map((each) => each.cpu ?? Number.NaN)) / REQUESTS) * 1e6
    const rows = ROWS.flatMap(([name, our, their, least]) => {
      const [ours, peer] = [rate(our), rate(their)]
      const speed = { group: 'http', name, ours, peer, unit: 'k/s', ratio: ours / peer }
      const [ourCpu, theirCpu] = [cpu(our), cpu(their)]
      const used = { group: 'http', name: '  CPU of the client', ours: ourCpu, peer: theirCpu, unit: 'µs' }
      return [
        compared(speed, least === null ? null : { least }),
        ...(Number.isNaN(theirCpu) ? [] : [compared({ ...used, ratio: ourCpu / theirCpu }, null)]),
      ]
    })
    return [...rows, ...startRows(url, rounds), ...(await memoryRows())]
  })
}

/** Clients of JavaScript, each in a process of its own, one request and 20 at a time. */
async function inTurns(url: string): Promise<Record<string, Taken>> {
  const taken: Record<string, Asked> = {}
  const programs = new Map<string, Program>()
  try {
    for (const name of ['ours', 'undici', 'fetch']) {
      const asking = new Program(await ourSide('ours/http', 'ask', name, url))
      programs.set(name, asking)
      await asking.says(/ready/)
    }
    const all = [...programs]
    for (const atOnce of [1, 20]) {
      for (const [, asking] of all) await asking.answers(`${WARM_UP} ${atOnce}`)
      for (let done = 0; done < REQUESTS; done += TURN) {
        // Who comes behind whom changes, too.
        const turn = (done / TURN) % all.length
        for (const [name, asking] of [...all.slice(turn), ...all.slice(0, turn)]) {
          const { seconds, cpu } = JSON.parse(await asking.answers(`${TURN} ${atOnce}`)) as Asked
          taken[`${name} ${atOnce}`] ??= { seconds: 0, cpu: 0 }
          const sum = taken[`${name} ${atOnce}`]!
          sum.seconds += seconds
          sum.cpu += cpu
        }
      }
    }
  } finally {
    for (const asking of programs.values()) asking.end()
  }
  return taken
}

/** Python's requests. @throws Error when something else came */
async function asked(url: string): Promise<Taken> {
  const { answers, ...taken } = await json<Taken & { answers: string[] }>(pythonRequests(url, REQUESTS))
  if (answers.length !== 1 || answers[0] !== ANSWER) throw new Error(`Python's requests got ${answers}`)
  return taken
}

/** curl, one process for all, with its start. */
function curled(url: string): Taken {
  const { seconds, output } = run([installed('curl', 'curl'), '-sS', '-K', listOfUrls(url, REQUESTS)])
  if (output !== ANSWER.repeat(REQUESTS)) throw new Error(`curl got ${output.length} bytes`)
  return { seconds }
}

/** One request, from the start of the program to its end. */
function startRows(url: string, rounds: number): Row[] {
  const python = pythonRequests('', 0)[0]!
  const commands = {
    ours: [process.execPath, program(), '-e', `http.get('${url}').status`],
    curl: [installed('curl', 'curl'), '-s', '-o', '/dev/null', '-w', '%{http_code}', url],
    requests: [python, '-c', `import requests; print(requests.get('${url}').status_code)`],
  }
  const best: Record<string, number> = {}
  for (let turn = 0; turn < rounds * STARTS; turn++)
    for (const [name, command] of Object.entries(commands)) {
      const { seconds, output } = run(command)
      if (output.trim() !== '200') throw new Error(`${command[0]} printed ${output}`)
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds)
    }
  return (['requests', 'curl'] as const).map((peer) =>
    compared(
      {
        group: 'http',
        name: `a program with one request: ours / ${peer === 'curl' ? 'curl' : "Python's requests"}`,
        ours: best['ours']! * 1e3,
        peer: best[peer]! * 1e3,
        unit: 'ms',
        ratio: best['ours']! / best[peer]!,
      },
      null,
    ),
  )
}

async function memoryRows(): Promise<Row[]> {
  const of = async (side: string): Promise<{ bytes: number; answered: number }> =>
    await withServer(async (url) => json(await ourSide('ours/http', 'under-way', side, url, UNDER_WAY)))
  const [ours, bare] = [await of('ours'), await of('undici')]
  const name = `${UNDER_WAY} requests under way`
  return [
    compared(
      { group: 'http', name: `${name}: answered`, ours: ours.answered, peer: bare.answered, unit: '', ratio: null },
      { exactly: UNDER_WAY },
    ),
    compared(
      {
        group: 'http',
        name: `${name}: memory of each, ours / bare undici`,
        ours: ours.bytes / 1e3,
        peer: bare.bytes / 1e3,
        unit: 'kB',
        ratio: ours.bytes / bare.bytes,
      },
      null,
    ),
  ]
}

/** @throws Error for a program that fails */
function run([command, ...parameters]: readonly string[]): { seconds: number; output: string } {
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(command!, parameters, { encoding: 'utf8', maxBuffer: 1 << 26 })
  const seconds = (performance.now() - began) / 1e3
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-500)}`)
  return { seconds, output: stdout }
}

async function withServer<R>(work: (url: string) => Promise<R>): Promise<R> {
  const server = new Program(await ourSide('ours/http', 'serve'))
  try {
    const [, port] = await server.says(/listens on (\d+)/)
    return await work(`http://127.0.0.1:${port}/`)
  } finally {
    server.end()
  }
}
