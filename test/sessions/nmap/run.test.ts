/** The real nmap on this machine: what it is asked, what it says, how it ends. */

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bg } from '../../../src/exchange/index.js'
import { shellLine } from '../../../src/sessions/face/shell-words.js'
import { nmap } from '../../../src/sessions/nmap/index.js'
import { nmapRequest } from '../../../src/sessions/nmap/nmap-options.js'
import { sh } from '../../../src/tools/shell-command/index.js'
import { type Lab, openLab } from '../../lab/lab.js'
import { run } from '../../lab/process.js'
import { Sshd } from '../ssh/sshd.js'
import { programIn } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-nmap-'))
let lab: Lab
let sshd: Sshd
let port: number
let program: string[]
beforeAll(async () => {
  lab = await openLab()
  sshd = await Sshd.start({ netns: lab.there.namespace, host: '0.0.0.0', port: 22 })
  port = (await lab.tcpListener()).port
  await lab.filterPort('tcp', 81, 'drop')
  await lab.filterPort('tcp', 82, 'reject')
  program = await programIn(folder)
}, 60_000)
afterAll(async () => {
  await sshd?.stop()
  await lab?.close()
  rmSync(folder, { recursive: true, force: true })
})

const inLab = (): { netns: string } => ({ netns: lab.here.namespace })
const states = (ports: readonly { port: number; state: string; reason: string }[]): unknown[] =>
  ports.map(({ port: number, state, reason }) => [number, state, reason])

describe('nmap', () => {
  test('tells open, closed and filtered ports apart, and why', async () => {
    const result = await nmap(lab.there.ipv4, { ...inLab(), ports: [22, [80, 82], port], args: '-n' })
    expect(states(result.ports)).toEqual([
      [22, 'open', 'syn-ack'],
      [80, 'closed', 'reset'],
      [81, 'filtered', 'no-response'],
      [82, 'filtered', 'admin-prohibited'],
      [port, 'open', 'syn-ack'],
    ])
    expect(result.hosts[0]).toMatchObject({ address: lab.there.ipv4, state: 'up', mac: lab.there.mac })
    expect(result.facts.args).toMatch(/^nmap -oX - --stats-every 1s -p22,80-82,\d+ -n 10\./)
  })

  test('asks a service for its version', async () => {
    const result = await nmap(lab.there.ipv4, { ...inLab(), ports: 22, args: '-n -sV --script ssh-hostkey' })
    const [ssh] = result.open
    expect(ssh).toMatchObject({ service: 'ssh', product: 'OpenSSH', probed: true })
    const own = (await sh`ssh -V`).stderr
    expect(own).toContain(`OpenSSH_${ssh!.version!.split(' ')[0]}`)
    expect(ssh!.scripts![0]!.id).toBe('ssh-hostkey')
    expect(String(result)).toMatch(/22\/tcp ssh-hostkey:\n/)
  }, 30_000)

  test('scans IPv6 when the address is one, and UDP', async () => {
    const six = await nmap(lab.there.ipv6, { ...inLab(), ports: [port], args: '-n' })
    expect(states(six.ports)).toEqual([[port, 'open', 'syn-ack']])
    const udp = await lab.udpListener()
    const result = await nmap([lab.there.ipv4], {
      ...inLab(),
      ports: [udp.port, 9],
      scan: 'udp',
      args: '-n --data-length 4',
    })
    expect(states(result.ports)).toEqual([
      [9, 'closed', 'port-unreach'],
      [udp.port, 'open', 'udp-response'],
    ])
    expect(() => nmapRequest(['::1', '127.0.0.1'], {})).toThrow('not both at once')
  })

  test('a host that is not there is down, and a name that is none is told', async () => {
    const silent = await nmap(lab.there.ipv4.replace(/\d$/, '77'), { ...inLab(), args: '-n -v', ports: 80 })
    expect(silent.up).toEqual([])
    expect(silent.hosts[0]).toMatchObject({ state: 'down', reason: 'no-response' })
    expect(silent.facts.counts).toEqual({ up: 0, down: 1, total: 1 })
    const unknown = await nmap('no.such.host.invalid', { ports: 80 })
    expect(unknown.facts.warnings[0]).toContain('Failed to resolve "no.such.host.invalid"')
    expect(String(unknown)).toContain('Failed to resolve')
  })

  test('its own words say what is wrong', async () => {
    await expect(nmap('127.0.0.1', { args: '--nosuchoption' })).rejects.toThrow(/^nmap: nmap: unrecognized option/)
    await expect(nmap('127.0.0.1', { ports: '99999' })).rejects.toThrow(/Ports? .*(0|65535)/i)
  })

  test('without rights it connects, and says what it may not', async () => {
    const nobody = {
      run: (command: string) =>
        sh('setpriv', ['--reuid', '65534', '--regid', '65534', '--clear-groups', 'sh', '-c', command]),
    }
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port: open } = server.address() as { port: number }
    const result = await nmap('127.0.0.1', { ports: [open], args: '-n', via: nobody })
    expect(states(result.ports)).toEqual([[open, 'open', 'syn-ack']])
    expect(Object.keys(result.facts.asked)).toEqual(['tcp'])
    expect(result.xml()).toContain('type="connect"')
    await expect(nmap('127.0.0.1', { scan: 'syn', via: nobody })).rejects.toThrow(/requires root privileges/)
    server.close()
  })
})

describe('how it ends', () => {
  const slow = { ports: '1-40', args: '-n -Pn --max-hostgroup 1 --max-rate 40 --max-retries 0' }

  test('Ctrl-C keeps the hosts that are done, and nothing runs on', async () => {
    const running = nmap('127.0.0.1-20', { ...slow, ...inLab() })
    const told: number[] = []
    running.onProgress(({ done, total }) => {
      if (total === 100) told.push(done!)
      if (told.length === 6) running.interrupt()
    })
    const result = await running
    expect(told.every((done) => done >= 0 && done <= 100)).toBe(true)
    expect(result.interrupted).toBe(true)
    expect(result.hosts.length).toBeGreaterThan(0)
    expect(result.hosts.length).toBeLessThan(20)
    expect(result.hosts.every(({ notShown }) => notShown[0]!.ports === '1-40')).toBe(true)
    expect(String(result)).toMatch(/\ninterrupted: \d+ address/)
    expect(lab.processes().filter((pid) => isNmap(pid))).toEqual([])
  }, 30_000)

  test('so does the time-out', async () => {
    const began = performance.now()
    const result = await nmap('127.0.0.1-20', { ...slow, ...inLab(), timeout: 3 })
    expect(performance.now() - began).toBeLessThan(8000)
    expect(result.interrupted).toBe(true)
    expect(result.hosts.length).toBeLessThan(20)
  }, 30_000)

  test('the second Ctrl-C gives nothing and ends it', async () => {
    const running = nmap('127.0.0.1-20', { ...slow, ...inLab() })
    setTimeout(() => running.abort(new Error('enough')), 1500)
    await expect(running).rejects.toThrow('enough')
    await expect.poll(() => lab.processes().filter((pid) => isNmap(pid)), { timeout: 5000 }).toEqual([])
  })

  test('it is a job as others are', async () => {
    const job = bg(nmap('127.0.0.1', { ports: '1-5', args: '-n' }))
    expect(job.state).toBe('running')
    expect((await job.task).ports).toHaveLength(5)
  })

  test('of output without end the beginning is read', async () => {
    const host = '<host><status state="up"/><address addr="10.0.0.1" addrtype="ipv4"/></host>'
    const endless = { run: () => sh('sh', ['-c', `echo '<nmaprun>'; yes '${host}'`], { limit: 1_000_000 }) }
    const result = await nmap('10.0.0.1', { via: endless })
    expect(result.hosts.length).toBe(Math.floor((1_000_000 - '<nmaprun>\n'.length) / (host.length + 1)))
    expect(result.facts.problem).toBe('the XML ends too early')
    expect(String(result)).toContain('there is more output than is kept')
    const noise = { run: () => sh('yes', ['noise'], { limit: 100_000 }) }
    await expect(nmap('10.0.0.1', { via: noise })).rejects.toThrow(/more output than/)
  })

  test('a runner that knows no Ctrl-C is left to itself', async () => {
    const deaf = { run: (): Promise<never> => new Promise(() => undefined) }
    const running = nmap('127.0.0.1', { via: deaf })
    setTimeout(() => running.interrupt(), 100)
    expect((await running).hosts).toEqual([])
    const broken = { run: () => Promise.resolve({ stdout: 'Last login: today\n', stderr: '', status: 0 }) }
    await expect(nmap('127.0.0.1', { via: broken })).rejects.toThrow(
      'this is no XML of nmap: it begins with "Last login',
    )
  })
})

describe('where nmap is missing', () => {
  /** Runs netshell where the file of nmap may not be executed, as if it were not there. */
  async function without(code: string): Promise<{ stdout: string; stderr: string; status: number | null }> {
    const hide =
      'for f in /usr/bin/nmap /bin/nmap /usr/local/bin/nmap; do [ -e $f ] && mount --bind /dev/null $f; done; exec "$@"'
    return run(['unshare', '-m', 'sh', '-c', hide, 'sh', ...program, '-e', code], { timeout: 40_000 })
  }

  test('scan takes its place, says so, and gives the same', async () => {
    const code = `nmap('127.0.0.1', {ports: '1-30', scan: 'connect', args: '-n -T4'})`
    const { stdout, stderr } = await without(code)
    expect(stderr).toContain('nmap is not installed (sudo apt-get install nmap): scan asks in its place')
    expect(stdout).toMatch(
      /Not shown: 30 closed tcp ports \(conn-refused\)\n\ndone: 1 address, 1 host up in .* \(netshell scan\)/,
    )
    const real = await run([...program, '-e', code], { timeout: 40_000 })
    expect(real.stdout).toMatch(
      /Not shown: 30 closed tcp ports \(conn-refused\)\n\ndone: 1 address, 1 host up in .* \(nmap 7/,
    )
  }, 60_000)

  test('what only nmap can do needs nmap, and that is said', async () => {
    const { stderr } = await without(`nmap('127.0.0.1', {args: '-sV'})`)
    expect(stderr).toContain('nmap is not installed (sudo apt-get install nmap), and scan has nothing for -sV')
  }, 60_000)
})

describe('what it is asked for', () => {
  test('becomes words, each as it is', () => {
    const { words } = nmapRequest(' 10.0.0.1  10.0.0.0/24 ', {
      ports: 'T:22, U:53',
      scan: ['syn', 'udp'],
      args: `-T4 --script-args 'a b=c' --data-string="x y"`,
    })
    expect(words).toEqual([
      '-oX',
      '-',
      '--stats-every',
      '1s',
      '-sS',
      '-sU',
      '-pT:22,U:53',
      '-T4',
      '--script-args',
      'a b=c',
      '--data-string=x y',
      '10.0.0.1',
      '10.0.0.0/24',
    ])
  })

  test('a shell gets exactly these words', async () => {
    const words = ["it's", '$(id)', '`id`', 'a b', '', '-x', '\\', '"', '*', 'é\n', '~', '#x', ';', 'a=b']
    const line = shellLine(words)
    for (const shell of ['sh', 'bash']) {
      const { stdout } = await sh(shell, ['-c', `printf '%s\\0' ${line}`])
      expect(stdout.split('\0').slice(0, -1)).toEqual(words)
    }
  })

  test.each([
    [['-oN', 'x'], {}, /'-oN' is no target; options of nmap's own go into args/],
    ['--script=x', {}, /is no target/],
    ['', {}, /a target is missing/],
    [7, {}, /give a target such as/],
    ['h', { args: '-oX file' }, /netshell reads the XML itself; result.save/],
    ['h', { args: '-oA base' }, /netshell reads the XML itself/],
    ['h', { args: '-oG -' }, /netshell reads the XML itself/],
    ['h', { args: ['--resume', 'x'] }, /--resume takes no other options/],
    ['h', { args: 7 }, /option args is a text/],
    ['h', { args: ['a\0b'] }, /NUL/],
    ['h', { scan: 'fast' }, /option scan is 'connect', 'syn'.*not fast/],
    ['h', { ports: ' ' }, /option ports is empty/],
    ['h', { ports: [[5, 1]] }, /goes backwards/],
    ['h', { via: {} }, /option via must be a session of ssh/],
    ['h', { via: { run: () => undefined }, netns: 'x' }, /take one of the two/],
    ['h', { port: 5 }, /port/],
    ['h', { timeout: 0 }, /timeout/],
  ])('%j with %j is refused', (targets, options, message) => {
    expect(() => nmapRequest(targets as never, options as never)).toThrow(message)
  })

  test('files of its own may be written besides, and lists of targets read', () => {
    expect(nmapRequest([], { args: '-iL hosts.txt -oN notes.txt' }).words.slice(-4)).toEqual([
      '-iL',
      'hosts.txt',
      '-oN',
      'notes.txt',
    ])
  })
})

function isNmap(pid: number): boolean {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/comm`, 'utf8') === 'nmap\n'
  } catch {
    return false
  }
}
