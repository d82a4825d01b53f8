/** The scripts over plain sockets: alone, and with the other half written in Python. */
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, type RunResult, run, start } from '../../lab/process.js'
import { closedPort } from '../tcp/kinds.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PEER = fileURLToPath(new URL('hello-peer.py', import.meta.url))
const MOST = 60_000
const FORMS = ['steps', 'handler']

let command: string[]
beforeAll(async () => {
  command = await netshellCommand()
}, 240_000)

const started: Child[] = []
afterEach(async () => {
  for (const child of started.splice(0)) await child.stop('SIGKILL')
})

function script(name: string, ...parameters: (string | number)[]): string[] {
  return [...command, 'run', `${ROOT}scripts/${name}.nsh`, ...parameters.map(String)]
}

function runScript(name: string, ...parameters: (string | number)[]): Promise<RunResult> {
  return run(script(name, ...parameters), { timeout: MOST })
}

async function startScript(says: RegExp, name: string, ...parameters: (string | number)[]): Promise<Child> {
  const child = start(script(name, ...parameters))
  started.push(child)
  await child.waitFor(says, { timeout: MOST })
  return child
}

/** Starts a server of Python; gives its port. */
async function pythonServer(kind: string): Promise<string> {
  const child = start(['/usr/bin/python3', PEER, kind])
  started.push(child)
  return (await child.waitFor(/port (\d+)/, { timeout: MOST }))[1]!
}

async function pythonClient(kind: string, port: number, ...texts: string[]): Promise<string> {
  const { stdout, stderr, status } = await run(['/usr/bin/python3', PEER, kind, '127.0.0.1', String(port), ...texts], {
    timeout: MOST,
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

/** Ends a script as Ctrl-C does. */
async function interrupted(child: Child): Promise<number | null> {
  child.kill('SIGINT')
  return (await child.exited).status
}

describe('tcp-hello', () => {
  test.each(FORMS)('greets itself: %s', async (form) => {
    const { status, stdout } = await runScript('tcp-hello', '--form', form, '--port', await closedPort())
    expect(status).toBe(0)
    expect(stdout).toMatch(/^(127\.0\.0\.1:\d+ is here\n)?Bonjour World\.\n$/)
  })

  test.each(FORMS)('greets a client in Python until it closes: %s', async (form) => {
    const port = await closedPort()
    const server = await startScript(/listening on/, 'tcp-hello', '--role', 'server', '--form', form, '--port', port)
    for (let round = 0; round < 2; round++)
      expect(await pythonClient('tcp-client', port, 'World', '  Monde\r\n')).toBe(
        "b'Bonjour World.\\n'\nb'Bonjour Monde.\\n'\nb''\n",
      )
    expect(await interrupted(server)).toBe(130)
    if (form === 'steps') expect(server.stdout).toMatch(/127\.0\.0\.1:\d+ is here/)
    // The port is free again, with no word of its own.
    expect((await runScript('tcp-hello', '--form', form, '--port', port)).status).toBe(0)
  })

  test.each(['tcp-server', 'threads-server', 'asyncio-server'])(
    'is greeted by a server in Python: %s',
    async (kind) => {
      // The one of threads reads lines.
      const text = kind === 'threads-server' ? ['--text', 'World\n'] : []
      const { status, stdout, stderr } = await runScript(
        'tcp-hello',
        '--role',
        'client',
        '--port',
        await pythonServer(kind),
        ...text,
      )
      expect([status, stdout, stderr]).toEqual([0, 'Bonjour World.\n', ''])
    },
  )

  test('says so when nobody is there', async () => {
    const { status, stderr } = await runScript('tcp-hello', '--role', 'client', '--port', await closedPort())
    expect(status).toBe(1)
    expect(stderr).toMatch(/refused: nothing listens there/)
  })
})

describe('udp-hello', () => {
  test.each(FORMS)('greets itself: %s', async (form) => {
    const { status, stdout } = await runScript('udp-hello', '--form', form, '--port', await closedPort())
    expect(status).toBe(0)
    expect(stdout).toMatch(/^(127\.0\.0\.1:\d+ asks\n)?Bonjour World\.\n$/)
  })

  test.each(FORMS)('greets clients in Python: %s', async (form) => {
    const port = await closedPort()
    const server = await startScript(/listening on/, 'udp-hello', '--role', 'server', '--form', form, '--port', port)
    for (let round = 0; round < 2; round++)
      expect(await pythonClient('udp-client', port, 'World', 'Monde\n')).toBe(
        "b'Bonjour World.\\n' True\nb'Bonjour Monde.\\n' True\n",
      )
    expect(await interrupted(server)).toBe(130)
  })

  test('is greeted by a server in Python', async () => {
    const port = await pythonServer('udp-server')
    const { status, stdout, stderr } = await runScript('udp-hello', '--role', 'client', '--port', port)
    expect([status, stdout, stderr]).toEqual([0, 'Bonjour World.\n', ''])
  })

  test('does not wait for ever when nobody is there', async () => {
    const { status, stderr } = await runScript(
      'udp-hello',
      '--role',
      'client',
      '--port',
      await closedPort(),
      '--timeout',
      '300ms',
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(/no datagram came within 0\.3 s/)
  })
})

describe('threads', () => {
  test('serves many clients at the same time, goes on meanwhile, and frees the port', async () => {
    const { status, stdout } = await runScript(
      'threads',
      '--port',
      await closedPort(),
      '--clients',
      100,
      '--pause',
      '500ms',
    )
    expect(status).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'the server is in the background: the script goes on',
      'clients are being served',
      '100 of 100 clients got their answer',
      'at the same time',
      'stopped, and the port is free',
      '',
    ])
  })

  test('is many clients of a server in Python', async () => {
    const port = await pythonServer('threads-server')
    const { status, stdout } = await runScript('threads', '--host', '127.0.0.1', '--port', port, '--clients', 100)
    expect(status).toBe(0)
    expect(stdout).toContain('100 of 100 clients got their answer')
  })

  test('serves clients in Python that all connect before the first one asks', async () => {
    const port = await closedPort()
    const server = await startScript(/listening on/, 'threads', '--serve', '--port', port, '--pause', '10ms')
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`)
    expect(await pythonClient('line-client', port, ...names)).toBe(
      names.map((name) => `'Bonjour ${name}.\\n'\n`).join(''),
    )
    expect(await interrupted(server)).toBe(130)
  })
})
