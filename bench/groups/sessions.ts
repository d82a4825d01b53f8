import { compared, json, type Row } from '../measure.js'
import { Program } from '../program.js'
import { echoPeer, ourSide } from '../workplace.js'

const CONNECTIONS = 100
/** Connections of 'many'. */
const MANY = 5000
const SECONDS = 3
const CROWD = 10_000

/** Servers in a round, and how each is asked. */
const RUNS = [
  ['message', 'single'],
  ['bare', 'single'],
  ['bare-text', 'single'],
  ['python', 'single'],
  ['message', 'many'],
  ['python', 'many'],
  ['lines', 'fresh'],
  ['bare-lines', 'fresh'],
  ['python', 'fresh'],
  ['message', 'pipelined'],
  ['bare', 'pipelined'],
  ['python', 'pipelined'],
  ['lines', 'single'],
  ['connection', 'single'],
  ['bare-lines', 'single'],
  ['lines', 'pipelined'],
  ['connection', 'pipelined'],
  ['bare-lines', 'pipelined'],
] as const

/** Name, ours, theirs, how, the least that our rate may be of theirs. */
const ROWS = [
  ['echo, {message: m => m}: ours / bare net', 'message', 'bare', 'single', 0.8],
  ['echo, {message: m => m}: ours / bare net with text', 'message', 'bare-text', 'single', null],
  ["echo, {message: m => m}: ours / Python's ThreadingTCPServer", 'message', 'python', 'single', 4],
  [`echo, ${MANY} connections: ours / Python's`, 'message', 'python', 'many', 4],
  ['echo, 16 under way: ours / bare net', 'message', 'bare', 'pipelined', null],
  ["echo, 16 under way: ours / Python's", 'message', 'python', 'pipelined', null],
  ['lines: ours / bare net', 'lines', 'bare-lines', 'single', 0.8],
  ['lines, a handler per connection: ours / bare net', 'connection', 'bare-lines', 'single', null],
  ['lines, 16 under way: ours / bare net', 'lines', 'bare-lines', 'pipelined', null],
  ['lines, a handler per connection, 16 under way: ours / bare net', 'connection', 'bare-lines', 'pipelined', null],
  ['a connection for each request: ours / bare net', 'lines', 'bare-lines', 'fresh', null],
  ["a connection for each request: ours / Python's", 'lines', 'python', 'fresh', null],
] as const

interface Load {
  requests: number
  seconds: number
  /** Seconds of CPU of the server. */
  cpu: number
}

/** TCP servers: requests that they answer, and very many clients at once. */
export async function sessionsGroup(rounds: number): Promise<Row[]> {
  const runs = new Map<string, Load[]>()
  for (let round = 0; round < rounds; round++)
    for (const [kind, how] of RUNS) {
      const all = runs.get(`${kind} ${how}`) ?? []
      runs.set(`${kind} ${how}`, [...all, await loaded(kind, how)])
    }
  const rate = (run: string): number =>
    Math.max(...runs.get(run)!.map(({ requests, seconds }) => requests / seconds)) / 1e3
  const cpu = (run: string): number => Math.min(...runs.get(run)!.map((load) => load.cpu / load.requests)) * 1e6
  const rows = ROWS.flatMap(([name, kind, peerKind, how, least]) => {
    const [our, their] = [`${kind} ${how}`, `${peerKind} ${how}`]
    return [
      compared(
        { group: 'sessions', name, ours: rate(our), peer: rate(their), unit: 'k/s', ratio: rate(our) / rate(their) },
        least === null ? null : { least },
      ),
      compared(
        {
          group: 'sessions',
          name: '  CPU of the server',
          ours: cpu(our),
          peer: cpu(their),
          unit: 'µs',
          ratio: cpu(our) / cpu(their),
        },
        null,
      ),
    ]
  })
  return [...rows, ...(await crowdRows())]
}

/** What a server does for those who ask as fast as it answers. */
async function loaded(kind: string, how: string): Promise<Load> {
  const server = new Program(kind === 'python' ? echoPeer() : await ourSide('ours/sessions', 'serve', kind))
  try {
    const [, port] = await server.says(/listens on (\d+)/)
    return await json<Load>(
      await ourSide('ours/sessions', 'load', port!, how, how === 'many' ? MANY : CONNECTIONS, SECONDS, server.pid),
    )
  } finally {
    server.end()
  }
}

async function crowdRows(): Promise<Row[]> {
  const server = new Program(await ourSide('ours/sessions', 'serve', 'message'))
  let clients: Program | undefined
  try {
    const [, port] = await server.says(/listens on (\d+)/)
    clients = new Program(await ourSide('ours/sessions', 'crowd', port!, CROWD, server.pid))
    const { answered, bytes } = JSON.parse((await clients.says(/\{.*bytes.*\}/))[0]) as Record<string, number>
    server.tell('stop')
    await server.says(/listens again/)
    const [, milliseconds] = await server.says(/stopped in (\d+) ms/)
    clients.tell('now')
    const { ended } = JSON.parse((await clients.says(/\{"ended.*\}/))[0]) as Record<string, number>
    const row = { group: 'sessions', peer: null, ratio: null } as const
    const name = `of ${CROWD} clients at once`
    return [
      compared({ ...row, name: `${name}: answered`, ours: answered!, unit: 'clients' }, { exactly: CROWD }),
      compared({ ...row, name: `${name}: memory of each`, ours: bytes! / 1000, unit: 'kB' }, null),
      compared(
        { ...row, name: `${name}: ended when the server stops`, ours: ended!, unit: 'clients' },
        { exactly: CROWD },
      ),
      compared(
        { ...row, name: `${name}: until all are, with the port in use again`, ours: Number(milliseconds), unit: 'ms' },
        null,
      ),
    ]
  } finally {
    clients?.end()
    server.end()
  }
}
