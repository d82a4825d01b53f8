/** scripts/web-hello.nsh: the page of facts, compared with that of a server in Python. */
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, must, run, start } from '../../lab/process.js'
import { answerOf } from './asking.js'

const SCRIPT = path.resolve(import.meta.dirname, '../../../scripts/web-hello.nsh')
const started: Child[] = []
let netshell: string[]

beforeAll(async () => {
  netshell = [...(await netshellCommand()), '--norc', 'run', SCRIPT]
}, 200_000)

afterEach(async () => {
  for (const child of started.splice(0)) await child.stop()
})

function begin(...argv: string[]): Child {
  const child = start(argv)
  started.push(child)
  return child
}

/** The facts of a page by their names; the port of the client and the server's own name differ. */
function factsOf(page: string): [string, string][] {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }
  return [...page.matchAll(/<li>(.*)<\/li>/g)]
    .map(([, item]) => item!.replace(/<\/?b>/g, '').replace(/&([#\w]+);/g, (_, name: string) => entities[name]!))
    .map((item) => /^((?:HEADER )?[^:]+): ?(.*)$/.exec(item)!.slice(1) as [string, string])
    .filter(([name]) => name !== 'server version')
    .map(([name, value]) => [name, name === 'client_address' ? value.replace(/:\d+$/, '') : value])
}

describe('web-hello', () => {
  it('says of every request what a server in Python says', { timeout: 60_000 }, async () => {
    const ours = begin(...netshell, '--port', '0')
    const [, url] = await ours.waitFor(/^(http:\/\/127\.0\.0\.1:\d+\/) answers/m, { timeout: 20_000 })
    const theirs = begin('/usr/bin/python3', path.join(import.meta.dirname, 'facts.py'))
    const [port] = await theirs.waitFor(/^\d+$/m)
    const requests: string[][] = [
      ['/'],
      ['/a/b%20c/../d?x=1&y=<script>&x=%26'],
      ['/?', '-H', 'X-Quote: "it\'s" <b>&amp;</b>', '-H', 'x-twice: 1', '-H', 'X-Twice: 2', '-A', 'tester'],
      ['/', '-X', 'DELETE'],
      ['/form?', '-d', 'a=1', '-X', 'PUT'],
      ['/', '--http1.0'],
      ['/latin', '-H', 'X-Latin: caf\u00e9'],
    ]
    for (const [target, ...more] of requests) {
      const ask = (base: string): Promise<string> =>
        must(['curl', '-sS', '-g', '--path-as-is', '-H', 'Host: same.localhost', ...more, base + target])
      const [own, other] = await Promise.all([ask(url!.slice(0, -1)), ask(`http://127.0.0.1:${port}`)])
      expect(factsOf(own).length).toBeGreaterThanOrEqual(9)
      expect(factsOf(own)).toEqual(factsOf(other))
    }
    await ours.waitFor(/^127\.0\.0\.1:\d+ DELETE \/ 200 \d+ B [\d.]+ ms$/m)
    ours.kill('SIGINT')
    expect((await ours.exited).status).toBe(130)
  })

  it('asks itself with --check', { timeout: 30_000 }, async () => {
    const { status, stdout, stderr } = await run([...netshell, '--check', '--port', '0'], { timeout: 20_000 })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^client_address: 127\.0\.0\.1:\d+\ncommand: GET\nunparsed path: \/a%20b\?x=1&y=2\nparsed path: \/a%20b\nquery: x=1&y=2\nrequest version: HTTP\/1\.1\n/,
    )
    expect(stdout).toMatch(/^HEADER User-Agent: web-hello$/m)
  })

  it('ends after one request with --once, and says when its port is taken', { timeout: 60_000 }, async () => {
    const once = begin(...netshell, '--port', '0', '--once')
    const [, url] = await once.waitFor(/^(http:\S+) answers/m, { timeout: 20_000 })
    const port = new URL(url!).port
    const second = await run([...netshell, '--port', port], { timeout: 20_000 })
    expect([second.status, second.stderr]).toEqual([1, expect.stringMatching(/port .*is in use/)])
    expect(answerOf(await must(['curl', '-sSi', url!])).status).toBe(200)
    expect((await once.exited).status).toBe(0)
  })
})
