/** Agents and their collector: nothing is lost and nothing told twice, whatever dies. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setReporter } from '../../../src/exchange/index.js'
import {
  type AgentOptions,
  type CollectedChange,
  type CollectorOptions,
  type WatchAgent,
  type WatchCollector,
  watch,
} from '../../../src/sessions/watch/index.js'
import { bundle, MODULES } from '../../lab/bundle.js'
import { type Child, must, start } from '../../lab/process.js'
import { filesIn, replay, until } from './changes.js'

const PYTHON = '/usr/bin/python3'
const PEER = path.join(import.meta.dirname, 'watch_peer.py')
const bundles = mkdtempSync(path.join(tmpdir(), 'netshell-agent-'))
let program: string
let base: string
let changes: CollectedChange[]
let reports: string[]
let open: { close(): PromiseLike<void> }[]
let children: Child[]

beforeAll(async () => {
  program = await bundle(bundles, new URL('./agent-program.ts', import.meta.url))
  return () => rmSync(bundles, { recursive: true, force: true })
})

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'netshell-watch-'))
  changes = []
  reports = []
  open = []
  children = []
  setReporter((text) => void reports.push(text))
})

afterEach(async () => {
  for (const each of open.reverse()) await each.close()
  for (const child of children) child.kill('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

function folder(name: string): string {
  const made = path.join(base, name)
  mkdirSync(made, { recursive: true })
  return made
}

async function collect(port = 0, options: CollectorOptions = {}): Promise<WatchCollector> {
  const collector = await watch.collector(port, (change) => void changes.push(change), options)
  open.push(collector)
  return collector
}

async function agent(dir: string, port: number, options: AgentOptions = {}): Promise<WatchAgent> {
  const made = await watch.agent(dir, `127.0.0.1:${port}`, options)
  open.push(made)
  return made
}

function child(...args: string[]): Child {
  const made = start([process.execPath, program, ...args], { environment: { NODE_PATH: MODULES } })
  children.push(made)
  return made
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function seqs(session: string): number[] {
  return changes.filter((change) => change.session === session).map(({ seq }) => seq)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('agents and a collector', () => {
  it('tell every change of many folders, each agent apart, also two of one name', async () => {
    const collector = await collect()
    const dirs = ['a', 'b', 'c'].map(folder)
    const agents = await Promise.all(
      dirs.map((dir, i) => agent(dir, collector.port, { name: i === 0 ? 'one' : 'same' })),
    )
    expect(agents.every(({ connected }) => connected)).toBe(true)
    for (const [i, dir] of dirs.entries()) for (let n = 0; n < 50 * (i + 1); n++) mkdirSync(path.join(dir, `d${n}`))
    await until(() => changes.length === 300)
    for (const [i, each] of agents.entries()) {
      expect(seqs(each.session)).toEqual(upTo(50 * (i + 1)))
      const own = changes.filter(({ session }) => session === each.session)
      expect(own.every(({ path: file }) => file.startsWith(dirs[i]!))).toBe(true)
    }
    expect(
      collector
        .agents()
        .map(({ name, count, connected }) => [name, count, connected])
        .sort(),
    ).toEqual([
      ['one', 50, true],
      ['same', 100, true],
      ['same', 150, true],
    ])
    await until(() => agents.every(({ waiting }) => waiting === 0))
    await agents[1]!.close()
    await until(() => collector.agents().some(({ connected }) => !connected))
    expect(String(collector.agents())).toMatch(/same +[0-9a-f]{8} +127\.0\.0\.1:\d+ .*100 +away/)
    expect(String(collector)).toMatch(/^watch collector 127\.0\.0\.1:\d+: open, 2 agents \(1 away\), 300 changes$/)
  })

  it('tell what a change was: event, path, where it was, size, time', async () => {
    const collector = await collect()
    const dir = folder('a')
    await agent(dir, collector.port, { name: 'web' })
    closeSync(openSync(path.join(dir, 'x'), 'w'))
    await until(() => changes.length === 1)
    writeFileSync(path.join(dir, 'x'), 'hello')
    await until(() => changes.length === 2)
    renameSync(path.join(dir, 'x'), path.join(dir, 'y☃'))
    await until(() => changes.length === 3)
    expect(changes[1]).toMatchObject({
      agent: 'web',
      event: 'modify',
      path: path.join(dir, 'x'),
      size: 5,
      isFolder: false,
    })
    expect(changes[2]).toMatchObject({ event: 'move', path: path.join(dir, 'y☃'), from: path.join(dir, 'x'), seq: 3 })
    expect(Math.abs(changes[2]!.time.getTime() - Date.now())).toBeLessThan(10_000)
    expect(String(changes[2])).toContain('web: move')
  })

  it('lose nothing while the collector is away, and tell nothing twice when it is back', async () => {
    const file = path.join(base, 'log.jsonl')
    const dir = folder('a')
    const port = await freePort()
    // Not there yet.
    const made = await agent(dir, port)
    expect(made.connected).toBe(false)
    expect(reports.join()).toMatch(/the collector is away \(the connection was refused/)
    for (let i = 0; i < 20; i++) mkdirSync(path.join(dir, `a${i}`))
    await until(() => made.waiting === 20)
    const first = await collect(port, { file })
    await until(() => changes.length === 20 && made.waiting === 0)
    await first.close()
    await until(() => !made.connected)
    for (let i = 0; i < 20; i++) mkdirSync(path.join(dir, `b${i}`))
    await until(() => made.waiting === 20)
    const second = await collect(port, { file })
    await until(() => made.waiting === 0, 10_000)
    expect(seqs(made.session)).toEqual(upTo(40))
    expect(second.agents()[0]).toMatchObject({ seq: 40, count: 40, connected: true })
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number })
    expect(lines.map(({ seq }) => seq)).toEqual(upTo(40))
  })

  it('tell nothing twice when the connection breaks again and again in the middle', async () => {
    const collector = await collect()
    const dir = folder('a')
    const proxy = await breakingProxy(collector.port)
    const made = await agent(dir, proxy.port)
    for (let i = 0; i < 3000; i++) mkdirSync(path.join(dir, `d${i}`))
    for (let i = 0; i < 4; i++) {
      await until(() => made.connected, 15_000)
      proxy.breakAll()
      await until(() => !made.connected)
    }
    await until(() => made.waiting === 0 && changes.length >= 3000, 20_000)
    proxy.close()
    expect(seqs(made.session)).toEqual(upTo(3000))
  })

  it('drop the oldest when the memory is full and there is no file, and say how many', async () => {
    const dir = folder('a')
    const port = await freePort()
    const made = await agent(dir, port, { queue: 100 })
    const lost: number[] = []
    const collector = await collect(port)
    collector.on('lost', (_, count) => void lost.push(count))
    await until(() => made.connected, 10_000)
    mkdirSync(path.join(dir, 'first'))
    await until(() => changes.length === 1)
    await collector.close()
    await until(() => !made.connected)
    for (let i = 0; i < 500; i++) mkdirSync(path.join(dir, `d${i}`))
    await until(() => made.count === 501)
    expect(made.waiting).toBe(100)
    expect(made.dropped).toBe(400)
    const again = await collect(port)
    await until(() => made.waiting === 0, 10_000)
    expect(seqs(made.session)).toEqual([1, ...upTo(501).slice(401)])
    expect(again.agents()[0]!.count).toBe(100)
  })

  it('count what an agent dropped while the collector was there all the time', async () => {
    const collector = await collect()
    const lost: number[] = []
    collector.on('lost', (_, count) => void lost.push(count))
    const peer = start([PYTHON, PEER, 'send', String(collector.port), 'gap'])
    children.push(peer)
    await peer.exited
    expect(lost).toEqual([7])
    expect(collector.agents()[0]).toMatchObject({ name: 'gap', lost: 7, count: 2 })
  })

  it('keep more than the memory holds in a file, in order', async () => {
    const dir = folder('a')
    const spool = path.join(base, 'spool')
    const port = await freePort()
    const made = await agent(dir, port, { queue: 50, spool })
    for (let i = 0; i < 1000; i++) mkdirSync(path.join(dir, `d${i}`))
    await until(() => made.count === 1000)
    expect(made.waiting).toBe(50)
    await collect(port)
    await until(() => changes.length === 1000, 10_000)
    expect(seqs(made.session)).toEqual(upTo(1000))
    await until(() => readFileSync(spool, 'utf8') === '')
    expect(made.dropped).toBe(0)
  })

  it('deliver what a killed agent had kept in its file', { timeout: 40_000 }, async () => {
    const dir = folder('a')
    const spool = path.join(base, 'spool')
    const port = await freePort()
    const first = child(dir, String(port), 'worker', spool)
    await first.waitFor(/watching/)
    for (let i = 0; i < 200; i++) mkdirSync(path.join(dir, `d${i}`))
    await until(() => existsSync(spool) && readFileSync(spool, 'utf8').trim().split('\n').length === 200)
    first.kill('SIGKILL')
    await first.exited
    const second = child(dir, String(port), 'worker', spool)
    await second.waitFor(/watching/)
    const collector = await collect(port)
    mkdirSync(path.join(dir, 'later'))
    await until(() => changes.length === 201, 15_000)
    const [old, young] = [...new Set(changes.map(({ session }) => session))]
    expect(seqs(old!)).toEqual(upTo(200))
    expect(seqs(young!)).toEqual([1])
    expect(replay(changes.map((change) => relative(change, dir)))).toEqual(filesIn(dir))
    expect(collector.agents().filter(({ connected }) => connected)).toHaveLength(1)
  })

  it('go on when one of many agents is killed, and say that it is away', { timeout: 60_000 }, async () => {
    const collector = await collect()
    const dirs = ['a', 'b', 'c', 'd'].map(folder)
    const programs = dirs.map((dir, i) => child(dir, String(collector.port), `agent${i}`))
    await Promise.all(programs.map((each) => each.waitFor(/watching/, { timeout: 20_000 })))
    await until(() => collector.agents().filter(({ connected }) => connected).length === 4)
    const away: string[] = []
    collector.on('away', ({ name }) => void away.push(name))
    programs[1]!.kill('SIGKILL')
    await until(() => away.length === 1)
    expect(away).toEqual(['agent1'])
    for (const dir of dirs) mkdirSync(path.join(dir, 'new'))
    await until(() => changes.length === 3)
    expect(changes.map(({ agent: name }) => name).sort()).toEqual(['agent0', 'agent2', 'agent3'])
  })

  it('go on when the folder is deleted and made again', async () => {
    const collector = await collect()
    const dir = folder('a')
    mkdirSync(path.join(dir, 'x'))
    const made = await agent(dir, collector.port)
    rmSync(dir, { recursive: true })
    await until(() => changes.length === 1)
    folder('a/y')
    await until(() => changes.length === 2, 10_000)
    mkdirSync(path.join(dir, 'z'))
    await until(() => changes.length === 3)
    expect(changes.map(({ event, path: file }) => `${event} ${path.basename(file)}`)).toEqual([
      'delete x',
      'create y',
      'create z',
    ])
    expect(made.state).toBe('open')
  })

  it('speak TLS, and do not trust just anybody', { timeout: 40_000 }, async () => {
    const collector = await collect(0, { tls: true })
    const dir = folder('a')
    const trusting = await agent(dir, collector.port, { tls: { ca: collector.certificate! } })
    expect(trusting.connected).toBe(true)
    const doubting = await agent(dir, collector.port, { tls: true })
    expect(doubting.connected).toBe(false)
    mkdirSync(path.join(dir, 'x'))
    await until(() => changes.length === 1)
    expect(doubting.waiting).toBe(1)
    expect(reports.join()).toMatch(/its certificate is signed by itself/)
  })

  it('wait for a handler that waits, and acknowledge only what it has done', async () => {
    const dir = folder('a')
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const collector = await watch.collector(0, () => held)
    open.push(collector)
    const made = await agent(dir, collector.port)
    mkdirSync(path.join(dir, 'x'))
    await until(() => collector.count === 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(made.waiting).toBe(1)
    release()
    await until(() => made.waiting === 0)
    expect(made.delivered).toBe(1)
  })
})

describe('a collector', () => {
  it('answers what is no change with words, and goes on', async () => {
    const collector = await collect()
    const errors: string[] = []
    collector.on('error', (error) => void errors.push(error.message))
    const lines = [
      'no json',
      '[]',
      '{"agent": "x"}',
      '{"agent": "x", "session": "s", "seq": 0}',
      '{"agent": "x", "session": "s", "seq": 1, "event": "explode", "path": "/", "time": "2026-01-01"}',
      '{"agent": "x", "session": "s", "seq": 1, "event": "create", "path": "/a", "time": "when"}',
      '{"agent": "x", "session": "s", "seq": 1, "event": "create", "path": "/a", "time": "2026-01-01T00:00:00Z"}',
    ]
    const answer = await must([PYTHON, PEER, 'raw', String(collector.port), '6'], { input: `${lines.join('\n')}\n` })
    expect(answer).toContain('seq must be a whole number')
    expect(answer).toContain('event must be one of')
    expect(answer).toContain('time must be a date')
    expect(answer).toContain('{"ack":1,"session":"s"}')
    expect(changes.map(({ path: file }) => file)).toEqual(['/a'])
    expect(errors.length).toBeGreaterThan(4)
  })

  it('says why it cannot begin', async () => {
    const collector = await collect()
    await expect(watch.collector(collector.port)).rejects.toThrow(/in use/)
    await expect(watch.collector(0, { file: base })).rejects.toThrow(/log|folder|EISDIR|directory/)
    expect(() => watch.collector(0, { fil: 'x' } as never)).toThrow(/did you mean 'file'/)
    expect(() => watch.agent(base, 'nowhere')).toThrow(/port is missing/)
    expect(() => watch.agent(base, 'x:1', { nam: 'x' } as never)).toThrow(/did you mean 'name'/)
  })
})

describe('the same with Python at one end', () => {
  it('its agent tells our collector', async () => {
    const collector = await collect()
    const dir = folder('a')
    const peer = start([PYTHON, PEER, 'agent', String(collector.port), dir])
    children.push(peer)
    await peer.waitFor(/watching/)
    writeFileSync(path.join(dir, 'x'), 'hello')
    execFileSync('mv', ['x', 'y'], { cwd: dir })
    rmSync(path.join(dir, 'y'))
    await until(() => changes.at(-1)?.event === 'delete')
    const told = changes.filter(({ event }) => event !== 'modify')
    expect(told.map(({ event }) => event)).toEqual(['create', 'move', 'delete'])
    expect(told[1]).toMatchObject({ agent: 'python', path: path.join(dir, 'y'), from: path.join(dir, 'x') })
    await until(() => /acknowledged [4-9]/.test(peer.stdout))
  })

  it('its collector takes what our agent tells', async () => {
    const dir = folder('a')
    const peer = start([PYTHON, PEER, 'collector'])
    children.push(peer)
    const [, port] = await peer.waitFor(/port (\d+)/)
    const made = await agent(dir, Number(port), { name: 'ours' })
    expect(made.connected).toBe(true)
    mkdirSync(path.join(dir, 'x'))
    execFileSync('mv', ['x', 'y'], { cwd: dir })
    rmSync(path.join(dir, 'y'), { recursive: true })
    await until(() => made.count === 3 && made.waiting === 0)
    expect(made.delivered).toBe(3)
    const lines = peer.stdout.split('\n').filter((line) => line.startsWith('ours'))
    expect(lines).toEqual([`ours 1 create ${dir}/x`, `ours 2 move ${dir}/x -> ${dir}/y`, `ours 3 delete ${dir}/y`])
  })
})

/** A change as it is within the folder. */
function relative(change: CollectedChange, dir: string): CollectedChange {
  const cut = (text: string | undefined): string | undefined => text?.slice(dir.length + 1)
  return Object.assign(Object.create(change), { name: cut(change.path), fromName: cut(change.from) }) as CollectedChange
}

/** Hands on to a port, until it breaks all that goes through it. */
async function breakingProxy(to: number): Promise<{ port: number; breakAll(): void; close(): void }> {
  const { connect } = await import('node:net')
  const sockets = new Set<import('node:net').Socket>()
  const server = createServer((socket) => {
    const other = connect(to, '127.0.0.1')
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(one)
      one.on('error', () => two.destroy()).on('close', () => sockets.delete(one) && two.destroy())
      one.pipe(two)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    breakAll: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
