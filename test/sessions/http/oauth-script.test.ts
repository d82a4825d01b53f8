/** scripts/oauth.nsh: against its own server, and against oidc-provider with somebody who signs in. */
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, run, start } from '../../lab/process.js'
import { type OidcPeer, startOidc, Visitor } from './oauth-peers.js'

const SCRIPT = path.resolve(import.meta.dirname, '../../../scripts/oauth.nsh')
/** No browser is started by it. */
const environment = { DISPLAY: '', WAYLAND_DISPLAY: '', BROWSER: '' }
const started: Child[] = []
let netshell: string[]
let peer: OidcPeer

beforeAll(async () => {
  netshell = [...(await netshellCommand()), '--norc', 'run', SCRIPT]
  peer = await startOidc()
}, 200_000)
afterEach(async () => {
  for (const child of started.splice(0)) await child.stop('SIGKILL')
})
afterAll(() => peer?.close())

function begin(...options: string[]): Child {
  const child = start([...netshell, ...options], { environment })
  started.push(child)
  return child
}

it('gets tokens for a client and for another device, refreshes them once, and gives them up', async () => {
  const { status, stdout } = await run(netshell, { timeout: 30_000, environment })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^Without a token: 401 Unauthorized$/m)
  expect(stdout.match(/with the token: 200 OK/g)).toHaveLength(2)
  expect(stdout.match(/five requests at once: 200 200 200 200 200; tokens asked for: 1$/gm)).toHaveLength(2)
  expect(stdout.match(/not signed in$/gm)).toHaveLength(2)
})

it('lets somebody sign in at its own server with a browser', async () => {
  const child = begin('--flow', 'code')
  const [, url] = await child.waitFor(/^(http:\S+authorize\S+)$/m, { timeout: 20_000 })
  const visitor = new Visitor()
  const page = await visitor.open(url!)
  const back = /href="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&')
  expect((await visitor.open(back)).text).toContain('<h1>Signed in</h1>')
  expect((await child.exited).status).toBe(0)
  expect(child.stdout).toMatch(/five requests at once: 200 200 200 200 200; tokens asked for: 1$/m)
})

it('lets somebody sign in at another server, and says who it was', async () => {
  const child = begin(
    '--issuer',
    peer.issuer,
    '--client-id',
    'native',
    '--scope',
    'openid',
    '--url',
    `${peer.issuer}/me`,
  )
  const [, url] = await child.waitFor(/^(http:\S+auth\?\S+)$/m, { timeout: 20_000 })
  await new Visitor().signIn(url!, 'erin')
  expect((await child.exited).status).toBe(0)
  expect(child.stdout).toMatch(/^ {2}GET \S+\/me: 200 OK$/m)
  expect(child.stdout).toMatch(/^ *sub +erin$/m)
  expect(child.stdout).toMatch(/not signed in$/m)
})
