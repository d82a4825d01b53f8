/** The scripts as users run them: parameters, programs of this machine, ports as seen from several machines. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChain } from '../../lab/chain.js'
import { type RunResult, run } from '../../lab/process.js'
import { Sshd } from '../ssh/sshd.js'
import { programIn } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-scripts-'))
let program: string[]
beforeAll(async () => {
  program = await programIn(folder)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a script. @param inside words before it, such as those that enter a namespace */
function script(name: string, args: readonly string[], inside: readonly string[] = []): Promise<RunResult> {
  return run([...inside, ...program, 'run', `scripts/${name}.nsh`, ...args], {
    timeout: 60_000,
    environment: { NO_COLOR: '1', HOME: folder },
  })
}

describe('params', () => {
  test('prints the text twice, or as often as is asked', async () => {
    expect(await script('params', ['bonjour'])).toMatchObject({ stdout: 'bonjour\nbonjour\n', stderr: '', status: 0 })
    const { stdout } = await script('params', ['été', '--repete=3', '--case', 'upper', '--numbered'])
    expect(stdout).toBe('1. ÉTÉ\n2. ÉTÉ\n3. ÉTÉ\n')
  })

  test('says what it takes, and what is wrong', async () => {
    const { stdout } = await script('params', ['--help'])
    expect(stdout).toMatch(/lachaine +the text to print \(required\)/)
    expect(stdout).toMatch(/-r, --repete <n> +how often \(a whole number; 1 to 100; default 2\)/)
    for (const wrong of [[], ['x', '-r', 'two'], ['x', '-r', '0'], ['x', 'y'], ['x', '--nosuch']])
      expect(await script('params', wrong), wrong.join(' ')).toMatchObject({ status: 2, stdout: '' })
  })
})

describe('commands', () => {
  test('reads what the programs of this machine say', async () => {
    const { stdout, stderr, status } = await script('commands', [])
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(stdout).toContain("exit status 2\n  standard error: ls: cannot access '/no/such/file'")
    expect(stdout).toContain('check() throws a ShellError')
    const shell = (line: string): string => execFileSync('sh', ['-c', line], { encoding: 'utf8' })
    expect(stdout).toContain(shell('. /etc/os-release; printf "  %s: %s\n" "$ID" "$PRETTY_NAME"'))
    expect(stdout).toContain(`  ${shell('uname -m').trim()}, ${shell('getconf _NPROCESSORS_CONF').trim()} CPUs`)
    expect(stdout).toMatch(/^ {2}lo UNKNOWN 127\.0\.0\.1\/8/m)
    expect(stdout).toMatch(/systemctl show ssh\.service\n {2}\S/)
  })

  test('a name that a shell would obey stays a name', async () => {
    const { stdout } = await script('commands', ['--file', '/tmp/$(id)`id`;id'])
    expect(stdout).toContain('ls -d /tmp/$(id)`id`;id: exit status 2')
    expect(stdout).not.toContain('uid=')
  })
})

describe('nmap-compare', () => {
  test('offline it shows what has changed between two scans', async () => {
    const { stdout, stderr, status } = await script('nmap-compare', [])
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    // Some of the ports that the kernel gives have a name with nmap: then there is a column for it.
    const rows = [
      ...stdout.matchAll(/^(.) {2}127\.0\.0\.1 +(\d+)\/tcp +(?:\S+ +)?(open|closed) +(open|closed)$/gm),
    ].map(([, mark, , before, after]) => [mark, before, after])
    expect(rows.toSorted()).toEqual([
      [' ', 'open', 'open'],
      ['≠', 'closed', 'open'],
      ['≠', 'open', 'closed'],
    ])
    const gone = /^≠ .* (\d+)\/tcp +(?:\S+ +)?open +closed$/m.exec(stdout)![1]
    expect(stdout).toContain(`open only in before: ${gone}/tcp\n`)
  })

  test('two machines with different ways through the firewall see different ports', async () => {
    const chain = await openChain({ routers: 2 })
    const servers: Sshd[] = []
    try {
      const target = chain.host('r1').left!.ipv4
      const [left, right] = [chain.host('a').right!.ipv4, chain.host('r2').right!.ipv4]
      for (const port of [7001, 7002, 7003]) {
        const child = chain.spawn('r1', [process.execPath, 'scripts/lab/echo.mjs', 'tcp', String(port)])
        await child.waitFor(/ready/)
      }
      await chain.filter('r1', 'input', [
        `ip saddr ${left} tcp dport 7001 drop`,
        `ip saddr ${chain.host('r2').left!.ipv4} tcp dport 7002 drop`,
      ])
      for (const [name, host] of [
        ['a', left],
        ['r2', right],
      ] as const)
        servers.push(await Sshd.start({ netns: chain.host(name).namespace, host, port: 2200 }))
      // One key opens both.
      servers[1]!.authorize(`${servers[0]!.folder}/user.pub`)
      const key = join(folder, 'key')
      copyFileSync(servers[0]!.key, key)
      const places = servers.map(({ target: place }) => place)
      const args = ['--from', places.join(','), '--key', key, '--known', join(folder, 'known'), '--unknown', 'remember']
      const inside = ['ip', 'netns', 'exec', chain.host('b').namespace]
      const { stdout, stderr, status } = await script(
        'nmap-compare',
        [...args, '--target', target, '--ports', '7000-7003', '--here'],
        inside,
      )
      expect(status, stderr).toBe(0)
      expect(
        stdout
          .split('\n')[0]!
          .trim()
          .split(/\s{2,}/),
      ).toEqual(['HOST', 'PORT', 'NAME', 'here', ...places])
      expect(stdout).toMatch(/^≠ .* 7001\/tcp .* open +filtered +open$/m)
      expect(stdout).toMatch(/^≠ .* 7002\/tcp .* open +open +filtered$/m)
      expect(stdout).toMatch(/^ {3}.* 7003\/tcp .* open +open +open$/m)
      expect(stdout).toContain('2 differ, 1 the same, 1 not open anywhere')
      const remembered = ['-F', `[${left}]:2200`, '-f', join(folder, 'known')]
      expect(execFileSync('ssh-keygen', remembered, { encoding: 'utf8' })).toContain('ssh-ed25519')
      // A machine that is not known is refused when nobody can be asked.
      const refused = await script(
        'nmap-compare',
        ['--from', places[0]!, '--key', key, '--known', '/dev/null', '--unknown', 'refuse', '--target', target],
        inside,
      )
      expect(refused.status).toBe(1)
      expect(refused.stderr).toMatch(/SessionError/)
    } finally {
      for (const server of servers) await server.stop()
      await chain.close()
    }
  }, 90_000)
})
