/** The same target, asked by nmap from two machines over ssh, with a firewall that tells them apart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NmapResult } from '../../../src/sessions/nmap/index.js'
import { compare, nmap } from '../../../src/sessions/nmap/index.js'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import type { SshSession } from '../../../src/sessions/ssh/ssh-session.js'
import { type Chain, openChain } from '../../lab/chain.js'
import { must } from '../../lab/process.js'
import { Sshd } from '../ssh/sshd.js'

/** a – r1 – r2 – b: the target is r1, nmap runs in a and r2, netshell is in b and reaches both by veths. */
let chain: Chain
const servers: Sshd[] = []
const sessions: SshSession[] = []
let target: string
let target6: string
const PLACES = { left: 'a', right: 'r2' }

beforeAll(async () => {
  chain = await openChain({ routers: 2 })
  const left = chain.host('r1').left!
  target = left.ipv4
  target6 = left.ipv6
  for (const port of [8001, 8002, 8003, 8004]) {
    const child = chain.spawn('r1', [process.execPath, 'scripts/lab/echo.mjs', 'tcp', String(port)])
    await child.waitFor(/ready \w+ (\d+)/)
  }
  const fromLeft = chain.host('a').right!
  const fromRight = chain.host('r2').left!
  await chain.filter('r1', 'input', [
    `ip saddr ${fromLeft.ipv4} tcp dport 8001 drop`,
    `ip saddr ${fromRight.ipv4} tcp dport 8002 reject with tcp reset`,
    `ip saddr ${fromRight.ipv4} tcp dport 9000-9099 drop`,
    `ip6 saddr ${fromLeft.ipv6} tcp dport 8003 drop`,
  ])
  for (const [index, name] of Object.values(PLACES).entries()) {
    const { namespace } = chain.host(name)
    const host = (index === 0 ? fromLeft : chain.host('r2').right!).ipv4
    const server = await Sshd.start({ netns: namespace, host, port: 2200 + index })
    servers.push(server)
    sessions.push(await connect(server.target, { ...server.login, netns: chain.host('b').namespace }))
  }
}, 60_000)
afterAll(async () => {
  for (const session of sessions) await session.close()
  for (const server of servers) await server.stop()
  await chain?.close()
})

const OPTIONS = { ports: '8000-8005,9000-9099', args: '-n -Pn' }

/** What nmap says when it is called in the namespace by hand, in its other format: the open ports. */
async function grepable(name: string, words: readonly string[]): Promise<string[]> {
  const text = await must(
    ['ip', 'netns', 'exec', chain.host(name).namespace, 'nmap', '-n', '-Pn', '-p', OPTIONS.ports, '-oG', '-', ...words],
    { timeout: 60_000 },
  )
  return [...text.matchAll(/(\d+)\/open\//g)].map(([, port]) => port!)
}

const openOf = (result: NmapResult): string[] => result.open.map(({ port }) => String(port))

describe('nmap over ssh', () => {
  let here: NmapResult
  let there: NmapResult
  beforeAll(async () => {
    here = await nmap(target, { ...OPTIONS, via: sessions[0]! })
    there = await nmap(target, { ...OPTIONS, via: sessions[1]! })
  }, 60_000)

  test('gives what nmap tells when it is called there by hand', async () => {
    expect(openOf(here)).toEqual(await grepable('a', [target]))
    expect(openOf(there)).toEqual(await grepable('r2', [target]))
    expect(openOf(here)).toEqual(['8002', '8003', '8004'])
    expect(here.facts.from).toBe(sessions[0]!.subject)
    expect(String(here)).toContain(`from ${sessions[0]!.subject}`)
  })

  test('compare shows exactly what the firewall tells apart', async () => {
    const found = await compare({ left: here, right: there })
    expect(found.different.filter(({ port }) => port !== undefined).map(({ port, states }) => [port, states])).toEqual([
      [8001, { left: 'filtered', right: 'open' }],
      [8002, { left: 'open', right: 'closed' }],
    ])
    const group = found.different.filter(({ ports }) => ports !== undefined)
    expect(group).toMatchObject([{ ports: '9000-9099', count: 100, states: { left: 'closed', right: 'filtered' } }])
    expect(found.onlyFrom('left').map(({ port }) => port)).toEqual([8002])
    expect(found.onlyFrom('right').map(({ port }) => port)).toEqual([8001])
    expect(found.same.filter(({ states }) => states.left === 'open').map(({ port }) => port)).toEqual([8003, 8004])
    const [heading, ...lines] = String(found).split('\n')
    expect(heading).toMatch(/HOST +PORT .*left +right$/)
    expect(lines.slice(0, 3).every((line) => line.startsWith('≠'))).toBe(true)
    expect(lines.at(-1)).toBe('102 differ, 2 the same, 2 not open anywhere')
  })

  test('an array of results is named by where nmap ran', async () => {
    expect((await compare([here, there])).places).toEqual(sessions.map(({ subject }) => subject))
  })

  test('over IPv6 only what IPv6 is kept from differs', async () => {
    const [left, right] = await Promise.all(
      sessions.map((via) => nmap(target6, { ports: '8001-8004', args: '-n -Pn', via })),
    )
    const found = await compare({ left, right })
    expect(found.different.map(({ port, states }) => [port, states])).toEqual([
      [8003, { left: 'filtered', right: 'open' }],
    ])
    expect(left!.hosts[0]!.address).toBe('fd00:88::2')
  })

  test('UDP goes over ssh too', async () => {
    const child = chain.spawn('r1', [process.execPath, 'scripts/lab/echo.mjs', 'udp', '8100'])
    await child.waitFor(/ready \w+ (\d+)/)
    const result = await nmap(target, { ports: '8100-8101', scan: 'udp', args: '-n -Pn', via: sessions[1]! })
    expect(result.ports.map(({ port, protocol, state }) => [port, protocol, state])).toEqual([
      [8100, 'udp', expect.stringMatching(/^open/)],
      [8101, 'udp', 'closed'],
    ])
  })

  test('words that a shell would obey arrive as they are', async () => {
    const result = await nmap(target, {
      ports: '8003',
      args: ['-n', '-Pn', '--script-args', "x='$(touch /tmp/netshell-nmap-obeyed)';`id`"],
      via: sessions[0]!,
    })
    expect(result.facts.args).toContain("x='$(touch /tmp/netshell-nmap-obeyed)';`id`")
    expect(openOf(result)).toEqual(['8003'])
  })

  test('Ctrl-C ends it over there and keeps the hosts that are done', async () => {
    const running = nmap([target, '127.0.0.1-9'], {
      ports: '8000-8040',
      args: '-n -Pn --max-hostgroup 1 --max-rate 30 --max-retries 0',
      via: sessions[0]!,
    })
    let steps = 0
    const stopping = running.onProgress(({ total }) => {
      if (total === 100 && ++steps === 5) running.interrupt()
    })
    const result = await running
    stopping()
    expect(result.interrupted).toBe(true)
    expect(result.hosts.length).toBeGreaterThan(0)
    expect(result.hosts.length).toBeLessThan(10)
    expect(openOf(result)).toEqual(['8002', '8003', '8004'])
    expect(String(result)).toContain('interrupted:')
    await expect
      .poll(async () => (await chain.exec('a', ['pgrep', '-f', '^nmap .*--max-hostgroup 1'])).stdout, { timeout: 5000 })
      .toBe('')
  }, 40_000)

  test('where nmap is missing, and where it fails, its shell and it say so', async () => {
    await expect(nmap(target, { args: '--nosuchoption', via: sessions[0]! })).rejects.toThrow(
      /^nmap from .*: nmap: unrecognized option '--nosuchoption'/,
    )
    const without = {
      subject: sessions[0]!.subject,
      run: (command: string) => sessions[0]!.run(`PATH=/nowhere; ${command}`),
    }
    await expect(nmap(target, { via: without })).rejects.toThrow(/not found: install it there/)
  })
})
