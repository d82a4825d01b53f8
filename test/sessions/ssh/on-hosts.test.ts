import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../../src/sessions/face/session-list.js'
import { on } from '../../../src/sessions/ssh/on-hosts.js'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import { eventually, freePort, Sshd } from './sshd.js'

let servers: Sshd[]
beforeAll(async () => {
  const first = await Sshd.start()
  servers = [first]
  for (let n = 0; n < 3; n++) servers.push(await Sshd.start({ folder: first.folder }))
})
afterAll(async () => {
  for (const server of [...(servers ?? [])].reverse()) await server.stop()
})

describe('on', () => {
  it('asks all in parallel, and one that is dead stops no other', async () => {
    const dead = `root@127.0.0.1:${await freePort()}`
    const targets = servers.map(({ target }) => target)
    const open = await connect(targets[3]!, servers[0]!.login)
    const done: string[] = []
    const results = await on(
      [targets[0]!, [targets[1]!, dead], targets[2]!, open, targets[0]!],
      'echo "port $(echo $SSH_CONNECTION | cut -d" " -f4)"; [ 1 = 1 ]',
      {
        ...servers[0]!.login,
        onHost: ({ host }) => done.push(host),
      },
    )
    expect(results.map(({ host, ok }) => [host, ok])).toEqual([
      [targets[0], true],
      [targets[1], true],
      [dead, false],
      [targets[2], true],
      [open.subject, true],
    ])
    expect(results.byHost[targets[1]!]!.result!.stdout).toBe(`port ${servers[1]!.port}\n`)
    expect(results.ok).toBe(false)
    expect(results.failed.map(({ host }) => host)).toEqual([dead])
    expect(results.failed[0]!.error!.message).toMatch(/nothing listens there/)
    expect(results.succeeded).toHaveLength(4)
    const text = String(results)
    expect(text).toMatch(/^HOST +STATUS +TIME +FIRST LINE\n/)
    expect(text).toContain('5 hosts: 4 ok, 1 failed')
    expect(text).toMatch(new RegExp(`${dead} +econnrefused +\\d\\.\\d\\d s +ssh ${dead}`))
    expect(JSON.parse(JSON.stringify(results))[2]).toMatchObject({ host: dead, ok: false, status: null })
    expect(done.sort()).toEqual(results.map(({ host }) => host).sort())
    // Its own connections are closed, the one that was given is not.
    expect(open.isOpen).toBe(true)
    expect(sessions().map(({ subject }) => subject)).toEqual([open.subject])
    await open.close()
  })

  it('tells statuses apart', async () => {
    const results = await on(servers[0]!.target, 'echo no >&2; exit 7', servers[0]!.login)
    expect(results[0]).toMatchObject({ ok: false, status: 7 })
    expect(String(results)).toMatch(/exit 7 +\S+ s +no$/m)
  })

  it('runs no more at a time than it may', async () => {
    const began = performance.now()
    const results = await on(
      servers.map(({ target }) => target),
      'sleep 0.5',
      { ...servers[0]!.login, parallel: 1 },
    )
    expect(results.ok).toBe(true)
    expect(performance.now() - began).toBeGreaterThan(2000)
  })

  it('keeps at Ctrl-C what there is, and the others are in the list too', async () => {
    const targets = servers.map(({ target }) => target)
    const task = on(targets, `case "$SSH_CONNECTION" in *" ${servers[0]!.port}") echo quick;; *) sleep 60;; esac`, {
      ...servers[0]!.login,
      parallel: 2,
    })
    await eventually(() => task.partial?.[0]?.ok).toBe(true)
    task.interrupt()
    const results = await task
    expect(results).toHaveLength(4)
    expect(results[0]!.result!.stdout).toBe('quick\n')
    expect(
      results.failed.every(({ result, error }) => result?.interrupted === true || /interrupted/.test(error!.message)),
    ).toBe(true)
  })

  it('refuses what are no hosts', () => {
    expect(() => on([], 'true')).toThrow(/there are no hosts/)
    expect(() => on([3 as never], 'true')).toThrow(/hosts are texts/)
    expect(() => on('h', 'true', { tty: true } as never)).toThrow(/tty/)
  })
})
