import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { compared, json, type Row } from '../measure.js'
import { cpuOf, memoryOf, Program } from '../program.js'
import { installed, nginx, ourSide, pythonWeb, servedFile } from '../workplace.js'
import { serveArchiveRows } from './serve-archive.js'

const GIB = 1 << 30
const MIB = 1 << 20
const CROWD = 1000
/** What each of the crowd downloads: more than the system's buffers of a connection hold. */
const CROWD_BYTES = 16 * MIB
/** What the server may take for them, MB. */
const CROWD_MEMORY = 256

/** A small file, and how often it is asked for by how many at once. */
const SMALL_BYTES = 1000
const SMALL_REQUESTS = 20_000
const SMALL_CLIENTS = 10

type Kind = 'ours' | 'nginx' | 'python'
const KINDS: readonly Kind[] = ['ours', 'nginx', 'python']

/** One download. */
interface Download {
  /** Bytes in a second. */
  rate: number
  /** Seconds of CPU of the server. */
  cpu: number
}

/** The file server: how fast one file leaves, how many small ones, and what very many and very large downloads cost. */
export async function serveGroup(rounds: number): Promise<Row[]> {
  const runs = new Map<Kind, Download[]>(KINDS.map((kind) => [kind, []]))
  for (let round = 0; round < rounds; round++) for (const kind of KINDS) runs.get(kind)!.push(await downloaded(kind))
  const rate = (kind: Kind): number => Math.max(...runs.get(kind)!.map((each) => each.rate)) / 1e6
  const cpu = (kind: Kind): number => Math.min(...runs.get(kind)!.map((each) => each.cpu))
  const rows = (['nginx', 'python'] as const).flatMap((peer) => {
    const name = peer === 'nginx' ? 'nginx' : "Python's http.server"
    return [
      compared(
        {
          group: 'serve',
          name: `1 GiB to curl: ours / ${name}`,
          ours: rate('ours'),
          peer: rate(peer),
          unit: 'MB/s',
          ratio: rate('ours') / rate(peer),
        },
        { least: peer === 'nginx' ? 0.8 : 3 },
      ),
      compared(
        {
          group: 'serve',
          name: '  CPU of the server',
          ours: cpu('ours'),
          peer: cpu(peer),
          unit: 's',
          ratio: cpu('ours') / cpu(peer),
        },
        null,
      ),
    ]
  })
  return [
    ...rows,
    ...(await smallRows(rounds)),
    await memoryRow(),
    ...(await crowdRows()),
    ...(await serveArchiveRows(rounds)),
  ]
}

async function downloaded(kind: Kind): Promise<Download> {
  const file = servedFile(GIB)
  return await withServer(kind, file, async (server, port) => {
    const url = `http://127.0.0.1:${port}/${path.basename(file)}`
    // The first one also warms the server up.
    await curl(url)
    const before = cpuOf(server.pid)
    const rate = await curl(url)
    return { rate, cpu: cpuOf(server.pid) - before }
  })
}

/** Bytes in a second. @throws Error for a download that is not whole */
async function curl(url: string): Promise<number> {
  const format = '{"rate": %{speed_download}, "bytes": %{size_download}, "status": %{http_code}}'
  const words = ['-sS', '-o', '/dev/null', '-w', format, url]
  const { rate, bytes, status } = await json<Record<string, number>>([installed('curl', 'curl'), ...words])
  if (status !== 200 || bytes !== Number(path.basename(url, '.bin')))
    throw new Error(`curl got ${bytes} bytes of ${url}, status ${status}`)
  return rate!
}

async function smallRows(rounds: number): Promise<Row[]> {
  const best = new Map<Kind, number>()
  for (let round = 0; round < rounds; round++)
    for (const kind of KINDS) best.set(kind, Math.max(best.get(kind) ?? 0, await requestRate(kind)))
  const ours = best.get('ours')!
  return (['python', 'nginx'] as const).map((kind) => {
    const [name, bound] = kind === 'python' ? ["Python's http.server", { least: 3 }] : ['nginx', null]
    const peer = best.get(kind)!
    return compared(
      {
        group: 'serve',
        name: `files of 1 kB, ${SMALL_CLIENTS} clients: ours / ${name}`,
        ours: ours / 1e3,
        peer: peer / 1e3,
        unit: '1000/s',
        ratio: ours / peer,
      },
      bound,
    )
  })
}

/** Requests in a second for a small file of a folder. @throws Error when one of them failed */
async function requestRate(kind: Kind): Promise<number> {
  const file = servedFile(SMALL_BYTES)
  return await withServer(kind, path.dirname(file), async (_, port) => {
    const url = `http://127.0.0.1:${port}/${path.basename(file)}`
    const load = async (requests: number): Promise<number> => {
      const words = ['--h1', '-c', String(SMALL_CLIENTS), '-n', String(requests), url]
      const { stdout } = await promisify(execFile)(installed('h2load', 'nghttp2-client'), words)
      const [, rate] = /finished in .*, ([\d.]+) req\/s/.exec(stdout) ?? []
      if (rate === undefined || !stdout.includes(`status codes: ${requests} 2xx`))
        throw new Error(`not all of ${requests} requests for ${url} went well: ${stdout.slice(-500)}`)
      return Number(rate)
    }
    // The first ones also warm the server up.
    await load(SMALL_REQUESTS / 10)
    return await load(SMALL_REQUESTS)
  })
}

/** Memory of a server that has sent a large file, beyond what it takes to send a small one. */
async function memoryRow(): Promise<Row> {
  const most: number[] = []
  for (const size of [16 * MIB, GIB]) {
    const file = servedFile(size)
    await withServer('ours', file, async (server, port) => {
      await curl(`http://127.0.0.1:${port}/${path.basename(file)}`)
      most.push(memoryOf(server.pid, 'most') / 1e6)
    })
  }
  return compared(
    {
      group: 'serve',
      name: 'memory at most, for a file of 1 GiB / of 16 MiB',
      ours: most[1]!,
      peer: most[0]!,
      unit: 'MB',
      ratio: most[1]! / most[0]!,
    },
    { most: 1.2 },
  )
}

async function crowdRows(): Promise<Row[]> {
  const file = servedFile(CROWD_BYTES)
  return await withServer('ours', file, async (server, port) => {
    const before = memoryOf(server.pid, 'now')
    const { whole, seconds } = await json<Record<string, number>>(
      await ourSide('ours/serve', 'crowd', port, file, CROWD),
    )
    const grown = (memoryOf(server.pid, 'most') - before) / 1e6
    const row = { group: 'serve', peer: null, ratio: null } as const
    const name = `${CROWD} downloads of ${CROWD_BYTES / MIB} MiB at once`
    return [
      compared({ ...row, name: `${name}: whole`, ours: whole!, unit: 'files' }, { exactly: CROWD }),
      compared({ ...row, name: '  memory for them', ours: grown, unit: 'MB' }, { most: CROWD_MEMORY }),
      compared({ ...row, name: '  together', ours: (CROWD * CROWD_BYTES) / seconds! / 1e6, unit: 'MB/s' }, null),
    ]
  })
}

/** Runs a server while something is done with it. */
async function withServer<R>(
  kind: Kind,
  file: string,
  work: (server: Program, port: number) => Promise<R>,
): Promise<R> {
  const free = kind === 'ours' ? 0 : await freePort()
  const command =
    kind === 'ours' ? await ourSide('ours/serve', 'serve', file) : kind === 'nginx' ? nginx(free) : pythonWeb(free)
  const server = new Program(command)
  try {
    const port = kind === 'ours' ? Number((await server.says(/listens on (\d+)/))[1]) : free
    await answering(port)
    return await work(server, port)
  } finally {
    // nginx ends those who work for it.
    server.end('SIGTERM')
  }
}

/** A port of this machine that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Waits until somebody answers there. */
async function answering(port: number): Promise<void> {
  const until = performance.now() + 10_000
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD', redirect: 'manual' })
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
