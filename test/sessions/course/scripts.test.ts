/** The scripts of the courses as a user runs them: alone, and with servers and clients in Python. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, must, start } from '../../lab/process.js'
import { until } from '../watch/changes.js'

const PYTHON = '/usr/bin/python3'
const PEER = path.join(import.meta.dirname, 'course_peer.py')
const AGENTS = path.join(import.meta.dirname, '../watch/watch_peer.py')
const LONG = { timeout: 60_000 }
let netshell: string[]
let children: Child[]

beforeAll(async () => {
  netshell = await netshellCommand()
}, 200_000)

beforeEach(() => {
  children = []
})

afterEach(async () => {
  for (const child of children) await child.stop()
})

const words = (script: string, args: readonly (string | number)[]): string[] => [
  ...netshell,
  'run',
  `scripts/${script}.nsh`,
  ...args.map(String),
]
const run = (script: string, ...args: (string | number)[]): Promise<string> =>
  must(words(script, args), { timeout: 40_000 })
const python = (...args: (string | number)[]): Promise<string> => must([PYTHON, PEER, ...args.map(String)])

function begin(script: string, ...args: (string | number)[]): Child {
  return kept(start(words(script, args)))
}

function beginPython(...args: (string | number)[]): Child {
  return kept(start([PYTHON, PEER, ...args.map(String)]))
}

function kept(child: Child): Child {
  children.push(child)
  return child
}

const portOf = async (child: Child): Promise<string> =>
  (await child.waitFor(/(?:listening on (?:port |\S*:)|^port )(\d+)/m, { timeout: 30_000 }))[1]!

describe('roles.nsh', () => {
  it('alone shows how the role passes on, and the connections', LONG, async () => {
    const output = await run('roles', '--port', 0)
    const told = [...output.matchAll(/^the (\w+) client is told: (\w+)$/gm)].map(([, who, role]) => `${who} ${role}`)
    expect(told).toEqual([
      'first principal',
      'second secondaire',
      'third secondaire',
      'second principal',
      'third principal',
    ])
    expect(output.match(/ESTABLISHED/g)).toHaveLength(6)
    expect(output).toMatch(/LISTEN/)
    expectOnePrincipal(output)
  })

  it('has one principal, the next in line, whatever becomes of hundreds of clients', { timeout: 120_000 }, async () => {
    const server = begin('roles', '--serve', '--port', 0)
    const port = await portOf(server)
    const first = beginPython('roles-client', port, 300)
    await first.waitFor(/connected 300/, { timeout: 30_000 })
    const second = beginPython('roles-client', port, 100)
    await second.waitFor(/connected 100/, { timeout: 30_000 })
    const range = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => from + i).join(' ')
    const left = (): number => (server.stdout.match(/has left/g) ?? []).length

    first.write('close 0\n')
    await until(() => left() === 1)
    // Some in the middle, which changes nothing, and then the first hundred, at once and without a word.
    first.write(`reset ${range(150, 160)}\nreset ${range(1, 100)}\n`)
    await until(() => left() === 110, 20_000)
    await until(() => /is principal\s*$/.test(lastRole(server.stdout)))
    first.write('roles\n')
    const [, roles] = await first.waitFor(/roles (.*)/)
    expect(roles!.split(' ').flatMap((role, i) => (role === 'principal' && i >= 100 ? [i] : []))).toEqual([100])

    first.kill('SIGKILL')
    await until(() => left() === 300, 20_000)
    await new Promise((resolve) => setTimeout(resolve, 300))
    second.write('roles\n')
    const [, others] = await second.waitFor(/roles (.*)/)
    expect(others!.split(' ')).toEqual(['principal', ...new Array<string>(99).fill('secondaire')])
    second.kill('SIGKILL')
    await until(() => left() === 400, 20_000)
    expectOnePrincipal(server.stdout)

    const last = beginPython('roles-client', port, 1)
    await last.waitFor(/connected 1/)
    last.write('roles\n')
    await last.waitFor(/roles principal/)
    expect(server.stderr).toBe('')
  })

  it('is a client of a server in Python, and is told when it comes first', LONG, async () => {
    const port = await portOf(beginPython('roles-server'))
    const other = beginPython('roles-client', port, 1)
    await other.waitFor(/connected 1/)
    const client = begin('roles', '--host', '127.0.0.1', '--port', port)
    await client.waitFor(/I am secondaire/, { timeout: 30_000 })
    other.kill('SIGKILL')
    await client.waitFor(/I am principal/)
  })
})

/** Between one line and the next there is never more than one, and never none while somebody is there. */
function expectOnePrincipal(output: string): void {
  let principal: string | undefined
  const here = new Set<string>()
  for (const [, peer, what] of output.matchAll(/^(127\.0\.0\.1:\d+) (is principal|is secondaire|has left)/gm)) {
    if (what === 'has left') {
      here.delete(peer!)
      if (principal === peer) principal = undefined
    } else {
      here.add(peer!)
      if (what === 'is principal') {
        expect(principal, `when ${peer} became principal`).toBeUndefined()
        principal = peer
        // The one that has waited longest.
        expect([...here][0]).toBe(peer)
      } else expect(principal, `when ${peer} came`).toBeDefined()
    }
  }
  expect(here.size > 0).toBe(principal !== undefined)
}

function lastRole(output: string): string {
  return output.split('\n').findLast((line) => line.includes(' is ')) ?? ''
}

describe('time-server.nsh', () => {
  const ANSWER = /^answer: (\S+) Bonjour$/gm

  it('alone answers in both forms, with the time', LONG, async () => {
    const output = await run('time-server', '--port', 0)
    const times = [...output.matchAll(ANSWER)].map(([, time]) => Date.parse(time!))
    expect(times).toHaveLength(2)
    for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(60_000)
    expect(output).toMatch(/^loop: listening[\s\S]*^handler: listening/m)
  })

  it.each(['loop', 'handler'])('serves clients in Python one after the other: %s', LONG, async (form) => {
    const server = begin('time-server', '--serve', '--form', form, '--port', 0)
    const port = await portOf(server)
    for (const text of ['one', 'two', 'three'])
      expect(await python('time-client', port, text)).toMatch(new RegExp(`^20\\S+ ${text}\\n$`))
    server.kill('SIGINT')
    expect((await server.exited).status).toBe(130)
  })

  it('asks a server in Python', LONG, async () => {
    const port = await portOf(beginPython('time-server'))
    expect(await run('time-server', '--host', '127.0.0.1', '--port', port, '--text', 'Salut')).toMatch(
      /^answer: 20\S+ Salut$/m,
    )
  })
})

describe('parrot.nsh', () => {
  it('alone shows every step', LONG, async () => {
    const output = await run('parrot', '--port', 0, 'straße', 'été')
    const parrot = output.split('\n').filter((line) => line.startsWith('parrot:'))
    expect(parrot[0]).toMatch(/listening on port \d+, every address/)
    expect(parrot[1]).toMatch(/connection from 127\.0\.0\.1:\d+/)
    expect(parrot.slice(2)).toEqual([
      'parrot: received 6 characters: "straße"',
      'parrot: sent 7 of 7 bytes: all of the answer',
      'parrot: received 3 characters: "été"',
      'parrot: sent 5 of 5 bytes: all of the answer',
      'parrot: the client has left, connection closed',
      'parrot: server closed',
    ])
    expect(output).toContain('client: received STRASSE\n')
    expect(output).toContain('client: received ÉTÉ\n')
  })

  it('answers a client in Python, over IPv4, and ends when it leaves', LONG, async () => {
    const server = begin('parrot', '--serve', '--port', 0)
    const port = await portOf(server)
    expect(await python('parrot-client', port, 'bonjour à tous')).toBe('BONJOUR\nÀ\nTOUS\n')
    expect((await server.exited).status).toBe(0)
    expect(server.stdout).toMatch(/the client has left/)
  })

  it('talks to a parrot in Python', LONG, async () => {
    const server = beginPython('parrot-server')
    const output = await run('parrot', '--host', '127.0.0.1', '--port', await portOf(server), 'un', 'deux')
    expect(output).toMatch(/received UN\n[\s\S]*received DEUX\n/)
    await server.waitFor(/the client has left/)
  })
})

describe('course-demo.nsh', () => {
  it('shows each step of a server and a client', LONG, async () => {
    const output = await run('course-demo', '--port', 0)
    expect(output.match(/^\d+\./gm)).toEqual(['1.', '2.', '3.', '4.', '5.', '6.', '7.'])
    expect(output).toMatch(/"Bonjour\\n" read by the server/)
    expect(output).toMatch(/"Bonsoir" read by the client/)
    expect(output).toMatch(/the server reads "one two"/)
    expect(output).toMatch(/several reads/)
    expect(output).toMatch(/c\.recv\(1024\) +null/)
    expect(output.match(/LISTEN/g)).toHaveLength(2)
    expect(output.match(/ESTABLISHED/g)).toHaveLength(2)
  })

  it('is a client of a server in Python', LONG, async () => {
    const port = await portOf(beginPython('line-server'))
    expect(await run('course-demo', '--host', '127.0.0.1', '--port', port)).toMatch(/s\.recvLine\(\) +"ok Bonjour"/)
  })
})

describe('watch-agents.nsh', () => {
  let base: string
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'netshell-watch-'))
  })
  afterEach(() => rmSync(base, { recursive: true, force: true }))

  it('alone shows two agents and a collector that goes away and comes back', LONG, async () => {
    const output = await run('watch-agents', '--port', 0)
    expect(output).toContain('paris: move    paris/letter → paris/sent (7 bytes)')
    expect(output).toMatch(
      /the collector is away, \d+ changes, 1 waiting[\s\S]*It is back:\nparis: delete {2}paris\/sent/,
    )
    expect(output.match(/connected$/gm)).toHaveLength(2)
    expect(output.match(/^lyon: create/gm)).toHaveLength(3)
  })

  it('collects from an agent in Python, and its agent tells a collector in Python', LONG, async () => {
    const file = path.join(base, 'log')
    const dir = path.join(base, 'dir')
    mkdirSync(dir)
    const collector = begin('watch-agents', '--collect', '--port', 0, '--file', file)
    const [, port] = await collector.waitFor(/collector on port (\d+)/, { timeout: 30_000 })
    await kept(start([PYTHON, AGENTS, 'agent', port!, dir])).waitFor(/watching/)
    mkdirSync(path.join(dir, 'one'))
    await collector.waitFor(/python: create .*\/dir\/one\//)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ agent: 'python', seq: 1, event: 'create' })

    const other = kept(start([PYTHON, AGENTS, 'collector']))
    const agent = begin(
      'watch-agents',
      '--host',
      '127.0.0.1',
      '--port',
      await portOf(other),
      '--folder',
      dir,
      '--name',
      'mine',
    )
    await agent.waitFor(/connected/, { timeout: 30_000 })
    mkdirSync(path.join(dir, 'two'))
    await other.waitFor(/mine 1 create .*\/dir\/two/)
  })
})
