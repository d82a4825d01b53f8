/** scripts/ssh-run.nsh, as users run it, and what OpenSSH's own client says of the same. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { run } from '../../lab/process.js'
import { freePort, Sshd } from './sshd.js'

const SCRIPT = path.resolve(import.meta.dirname, '../../../scripts/ssh-run.nsh')
let netshell: string[]
let server: Sshd
beforeAll(async () => {
  netshell = [...(await netshellCommand()), '--norc', 'run', SCRIPT]
  server = await Sshd.start()
}, 200_000)
afterAll(async () => {
  await server?.stop()
})

describe('ssh-run', () => {
  it('asks a server of its own, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('tmp.')))
    const { stdout, stderr, status } = await run(netshell, { timeout: 40_000 })
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /^HOST +STATUS +TIME +FIRST LINE\n127\.0\.0\.1:\d+ +ok +\d\.\d\d s +root on Linux\n1 host: 1 ok\n$/,
    )
    expect(status).toBe(0)
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(stdout)!
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(`127.0.0.1:${port}`)
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('tmp.') && !before.has(name))
    expect(left.filter((name) => readdirSync(path.join(tmpdir(), name)).includes('authorized_keys'))).toEqual([])
  })

  it('asks the machines that are named, says what OpenSSH says, and fails when one does', {
    timeout: 60_000,
  }, async () => {
    const dead = `root@127.0.0.1:${await freePort()}`
    const args = [
      '--key',
      server.key,
      '--known',
      server.known,
      '--unknown',
      'remember',
      '--command',
      'cat /etc/os-release',
    ]
    const ours = await run([...netshell, '--hosts', `${server.target}, ${dead}`, ...args, '--output'], {
      timeout: 40_000,
    })
    expect(ours.status).toBe(1)
    expect(ours.stdout).toContain('2 hosts: 1 ok, 1 failed')
    const ssh = ['-F', 'none', '-i', server.key, '-o', `UserKnownHostsFile=${server.known}`, '-o', 'BatchMode=yes']
    const theirs = execFileSync('ssh', [...ssh, '-p', String(server.port), 'root@127.0.0.1', 'cat /etc/os-release'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(ours.stdout).toContain(`--- ${server.target}\n${theirs.trimEnd()}\n`)
  })

  it('refuses a host that it does not know, and says what to do', { timeout: 60_000 }, async () => {
    const known = path.join(server.folder, 'empty')
    const result = await run([...netshell, '--hosts', server.target, '--key', server.key, '--known', known])
    expect(result.status).toBe(1)
    expect(result.stdout).toMatch(/host_key .*the host is not known yet\. Its key: ssh-ed25519 SHA256:/)
  })
})
