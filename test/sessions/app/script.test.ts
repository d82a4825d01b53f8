/** scripts/gui-hello.nsh as a user runs it: alone, with a server in Python, and for a client in Python. */
import { afterEach, expect, it } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, must, start } from '../../lab/process.js'
import { pythonClient, pythonServer } from './peers.js'

const children: Child[] = []
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop()
})

const command = async (...words: (string | number)[]): Promise<string[]> => [
  ...(await netshellCommand()),
  'run',
  'scripts/gui-hello.nsh',
  ...words.map(String),
]
const VERSIONS = [1, 2, 3, 4]
const said = (version: number): string => (version === 1 ? 'Bonjour Zoë.\n' : 'Bonjour Zoë.\nAu revoir Zoë.\n')

it.each(VERSIONS)('alone it greets in version %i', { timeout: 200_000 }, async (version) => {
  expect(await must(await command('--version', version, '--port', 0, '--once', 'Zoë'))).toBe(said(version))
})

it.each(VERSIONS)('the server in Python greets in version %i', { timeout: 200_000 }, async (version) => {
  const { child, port } = await pythonServer(version)
  children.push(child)
  const words = ['--version', version, '--host', '127.0.0.1', '--port', port, '--once', 'Zoë']
  expect(await must(await command(...words))).toBe(said(version))
})

it.each(VERSIONS)('the client in Python is greeted in version %i', { timeout: 200_000 }, async (version) => {
  const server = start(await command('--version', version, '--port', 0, '--server-only'))
  children.push(server)
  const [, port] = await server.waitFor(/on 127\.0\.0\.1:(\d+), until Ctrl-C/)
  expect(await pythonClient(version, port!, 'hello', 'Zoë')).toBe(version === 1 ? 'Bonjour Zoë.\n' : 'Bonjour Zoë.')
  await server.waitFor(/→ .*Bonjour Zoë\./)
  server.kill('SIGINT')
  expect((await server.exited).status).toBe(130)
})

it('says in words when nobody is there', { timeout: 200_000 }, async () => {
  const child = start(await command('--host', '127.0.0.1', '--port', 1, '--once', 'x'))
  children.push(child)
  const { status } = await child.exited
  expect(status).toBe(1)
  expect(child.stderr).toContain('app 127.0.0.1:1: the connection was refused: nothing listens there')
})
