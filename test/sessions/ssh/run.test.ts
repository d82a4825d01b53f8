import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../../src/sessions/face/session-list.js'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import type { SshSession } from '../../../src/sessions/ssh/ssh-session.js'
import type { ShellResult } from '../../../src/tools/shell-command/result.js'
import { eventually, makeUser, removeUser, Sshd } from './sshd.js'

let server: Sshd
let session: SshSession
beforeAll(async () => {
  server = await Sshd.start()
  session = await connect(server.target, server.login)
})
afterAll(async () => {
  await session?.close()
  await server?.stop()
})

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const isRunning = (words: string): boolean =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.trim() === words)

describe('run', () => {
  it('gives output, standard error and status, and a status is no error', async () => {
    const result = await session.run('echo out; echo err >&2; exit 3')
    expect(result).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
      status: 3,
      signal: null,
      ok: false,
      lines: ['out'],
    })
    expect(result.host).toBe(session.subject)
    expect(result.screenText(false)).toBe('out\nerr\nexit status 3')
  })

  it('makes a status an error with check', async () => {
    await expect(session.run('echo why >&2; exit 4', { check: true })).rejects.toThrow(/exit status 4: why/)
  })

  it('tells the signal that ended a command', async () => {
    expect(await session.run('kill -TERM $$')).toMatchObject({ status: null, signal: 'SIGTERM', ok: false })
  })

  it('reads JSON and key=value lines', async () => {
    expect((await session.run('echo \'{"up": true}\'')).json()).toEqual({ up: true })
    expect((await session.run('cat /etc/os-release')).values().ID).toMatch(/^\w+$/)
  })

  it('takes bytes as they are, in and out', async () => {
    const bytes = randomBytes(3_000_000)
    const result = await session.run('cat', { input: bytes })
    expect(sha256(result.bytes)).toBe(sha256(bytes))
    const counted = await session.run('wc -c', { input: result })
    expect(counted.stdout.trim()).toBe('3000000')
  })

  it('has an empty standard input unless one is given', async () => {
    expect((await session.run('cat; echo done')).stdout).toBe('done\n')
  })

  it('takes much output, and stops at the limit', async () => {
    const result = await session.run('head -c 20000000 /dev/zero')
    expect(result.bytes.length).toBe(20_000_000)
    await expect(session.run('yes', { limit: 100_000 })).rejects.toThrow(/more output than 100 kB/)
  })

  it('sets variables, with whatever is in them', async () => {
    const value = 'it\'s $HOME "quoted" \n;'
    expect((await session.run('printf %s "$WORD"', { env: { WORD: value } })).stdout).toBe(value)
  })

  it('calls a function with each piece as it comes', async () => {
    const seen: [string, string][] = []
    await session.run('echo a; sleep 0.2; echo b >&2', { onOutput: (text, stream) => seen.push([text, stream]) })
    expect(seen).toEqual([
      ['a\n', 'stdout'],
      ['b\n', 'stderr'],
    ])
  })

  it('ends a command that takes too long, also for root, whose signals OpenSSH does not pass on', async () => {
    const result = await session.run('echo begun; exec sleep 4711', { timeout: 0.5 })
    expect(result).toMatchObject({ stdout: 'begun\n', ok: false, timedOut: 0.5 })
    await eventually(() => isRunning('sleep 4711')).toBe(false)
  })

  it('keeps what there is at Ctrl-C, and ends the command', async () => {
    const task = session.run('echo begun; exec sleep 4712')
    await eventually(() => task.partial?.stdout).toBe('begun\n')
    task.interrupt()
    const result = await task
    expect(result).toMatchObject({ stdout: 'begun\n', interrupted: true, ok: false })
    await eventually(() => isRunning('sleep 4712')).toBe(false)
    expect((await session.run('echo on')).stdout).toBe('on\n')
  })

  it('ends a command that Ctrl-C came before', async () => {
    const begun = join(server.folder, 'begun')
    const task = session.run(`touch ${begun}; exec sleep 4713`)
    task.interrupt()
    await expect(task).rejects.toThrow(/interrupted/)
    await eventually(() => existsSync(begun)).toBe(true)
    await eventually(() => isRunning('sleep 4713')).toBe(false)
  })

  it('passes a signal on to a command of an ordinary user', async () => {
    const user = makeUser()
    try {
      const other = await connect(`${user}@${server.host}:${server.port}`, server.login)
      const task = other.run('trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done')
      await eventually(() => task.partial?.stdout).toBe('ready\n')
      task.interrupt()
      expect(await task).toMatchObject({ stdout: 'ready\ncaught\n', status: 9, interrupted: true })
      await other.close()
    } finally {
      removeUser(user)
    }
  })

  it('gives lines as they come, and ends the command when nobody wants more', async () => {
    const lines: string[] = []
    for await (const line of session.stream('printf "one\\ntwo\\nthree"')) lines.push(line)
    expect(lines).toEqual(['one', 'two', 'three'])
    const given = session.stream('cat; echo $WORD', { input: 'in\n', env: { WORD: 'set' } })
    expect([(await given.next()).value, (await given.next()).value]).toEqual(['in', 'set'])
    const stream = session.stream('seq 1 1000000000')
    let count = 0
    for await (const line of stream) {
      expect(line).toBe(String(++count))
      if (count === 50_000) break
    }
    await eventually(() => isRunning('seq 1 1000000000')).toBe(false)
  })

  it('ends a stream that waits for its next line', async () => {
    const stream = session.stream('echo first; exec sleep 4713')
    expect(await stream.next()).toEqual({ done: false, value: 'first' })
    const next = stream.next()
    await stream.return()
    expect(await next).toEqual({ done: true, value: undefined })
    await eventually(() => isRunning('sleep 4713')).toBe(false)
  })

  it('gives a terminal where that is asked for', async () => {
    expect((await session.run('tty', { tty: true })).stdout).toMatch(/^\/dev\/pts\/\d+\r\n$/)
    expect((await session.run('tty')).stdout).toBe('not a tty\n')
  })

  it('runs many at a time', async () => {
    const results = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => session.run(`echo ${n}`)))
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])
  })

  it('refuses what is no command', () => {
    expect(() => session.run('')).toThrow(/the command is a text/)
    expect(() => session.run('x', { nonsense: 1 } as never)).toThrow(/nonsense/)
  })
})

describe('a session', () => {
  it('is in the list, says how it is, and is out of it when it is closed', async () => {
    const other = await connect(server.target, server.login)
    expect(sessions()).toContain(other)
    await other.run('true')
    expect(String(other)).toMatch(/^ssh root@127\.0\.0\.1:\d+: open, \d+ bytes in/)
    expect(other.hostKey).toMatch(/^ssh-ed25519 SHA256:/)
    await other.close()
    await other.close()
    expect(sessions()).not.toContain(other)
    expect(other.state).toBe('closed')
    await expect(other.run('true')).rejects.toThrow(/it is closed/)
  })

  it('tells that the server was killed in the middle, and keeps what there was', async () => {
    const mortal = await Sshd.start({ folder: server.folder })
    const other = await connect(mortal.target, server.login)
    const task = other.run('echo before; sleep 30')
    await eventually(() => task.partial?.stdout).toBe('before\n')
    const closed = new Promise((resolve) => other.on('close', resolve))
    const failed = task.then(
      () => null,
      (error) => error as Error & { result: ShellResult },
    )
    await mortal.kill()
    const error = (await failed)!
    expect(error.message).toMatch(/the connection was lost while it ran/)
    expect(error.result.stdout).toBe('before\n')
    expect(String(await closed)).toMatch(/closed the connection|lost/)
    expect(other.state).toBe('failed')
  })

  it('comes back when it was lost and is to', async () => {
    const mortal = await Sshd.start({ folder: server.folder })
    const other = await connect(mortal.target, { ...server.login, reconnect: { first: 0.2, longest: 0.5 } })
    const states: string[] = []
    other.on('reconnect', (attempt) => states.push(`reconnect ${attempt}`))
    other.on('open', () => states.push('open'))
    await mortal.kill()
    await eventually(() => other.state).toBe('reconnecting')
    expect(String(other)).toMatch(/reconnecting \(/)
    await expect(other.run('true')).rejects.toThrow(/is being opened again/)
    await mortal.launch()
    await eventually(() => other.state).toBe('open')
    expect(states[0]).toBe('reconnect 1')
    expect(states.at(-1)).toBe('open')
    expect((await other.run('echo again')).stdout).toBe('again\n')
    await other.close()
    await mortal.stop()
    expect(other.state).toBe('closed')
  })

  it('notices a server that does not answer any more', async () => {
    const frozen = await Sshd.start({ folder: server.folder })
    const other = await connect(frozen.target, { ...server.login, keepAlive: 0.2 })
    const pids = frozen.connections()
    try {
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      await eventually(() => other.state).toBe('failed')
      expect(other.error?.message).toMatch(/does not answer any more/)
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
      await frozen.kill()
    }
  })
})
