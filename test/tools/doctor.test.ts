/** The doctor as root, as nobody, and in a network where nothing is up: what it tries has to come out right. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mayCapture, pcapVersion } from '../../src/link/index.js'
import { folderChecks } from '../../src/tools/doctor/folder-checks.js'
import { type Check, type CheckGroup, DoctorReport, doctor } from '../../src/tools/doctor/index.js'
import { terminalChecks } from '../../src/tools/doctor/surroundings.js'
import { bundleSource, MODULES } from '../lab/bundle.js'
import { run } from '../lab/process.js'

const isRoot = process.getuid?.() === 0
const NOBODY = '65534'
let folder: string
let program: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-doctor-'))
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'package.json'), '{"version": "0.0.0"}')
  const dist = path.join(folder, 'dist')
  mkdirSync(dist)
  program = await bundleSource(
    dist,
    `import { createRequire } from 'node:module'
    import { main } from './src/main.js'
    // commander asks for built-in modules with it.
    globalThis.require = createRequire(import.meta.url)
    process.exitCode = await main(process.argv.slice(2))`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const environment = { NODE_PATH: MODULES, NETSHELL_NORC: '1', LC_ALL: 'C.UTF-8' }
const pathOf = (report: { groups: CheckGroup[] }): Map<string, Check> =>
  new Map(report.groups.flatMap(({ checks }) => checks.map((check) => [check.name, check])))

async function report(
  before: readonly string[],
  home: string,
): Promise<{ status: number | null; ok: boolean; checks: Map<string, Check> }> {
  const argv = [...before, process.execPath, program, 'doctor', '--json']
  const { status, stdout } = await run(argv, { environment: { ...environment, HOME: home } })
  const json = JSON.parse(stdout) as { ok: boolean; groups: CheckGroup[] }
  return { status, ok: json.ok, checks: pathOf(json) }
}

describe('doctor', () => {
  it.runIf(mayCapture() && pcapVersion() !== undefined)('finds that all works where it does, by doing it', async () => {
    const found = await doctor()
    const checks = new Map(found.checks.map((check) => [check.name, check]))
    for (const name of ['Node.js', 'native calls', 'libpcap', 'backends', 'capture', 'send', 'TCP resets'])
      expect(checks.get(name), name).toMatchObject({ state: 'ok' })
    expect(checks.get('capture')!.found).toMatch(/^by pcap; its time and the clock differ by (less than 1|\d+) ms$/)
    expect(checks.get('send')!.found).toBe('by pcap; what was sent came in')
    expect(checks.get('lo')!.found).toMatch(/^up, MTU \d+, 127\.0\.0\.1\/8/)
    expect(found.ok).toBe(true)
  })

  it.runIf(isRoot)('tells nobody what he may not, and what to type', async () => {
    const home = mkdtempSync(path.join(folder, 'home-'))
    const found = await report(['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'], home)
    expect({ status: found.status, ok: found.ok }).toEqual({ status: 1, ok: false })
    const { checks } = found
    expect(checks.get('user')!.found).toMatch(/no capabilities for networks$/)
    expect(checks.get('capture')).toMatchObject({ state: 'missing', essential: true })
    expect(checks.get('capture')!.fix).toEqual([
      'sudo netshell',
      expect.stringMatching(/^sudo setcap cap_net_raw,cap_net_admin\+eip \/\S+$/),
    ])
    expect(checks.get('send')).toMatchObject({ state: 'missing' })
    expect(checks.get('Node.js')).toMatchObject({ state: 'ok' })
    // The home is root's.
    expect(checks.get('settings')).toMatchObject({
      state: 'limited',
      fix: [`sudo install -d -m 700 -o ${NOBODY} ~/.config/netshell`],
    })
    expect(checks.get('settings')!.found).toMatch(/cannot be made: permission denied$/)
  })

  it.runIf(isRoot)('notices that no interface is up', async () => {
    const home = mkdtempSync(path.join(folder, 'home-'))
    const { status, checks } = await report(['unshare', '--net'], home)
    expect(status).toBe(1)
    expect(checks.get('capture')).toMatchObject({ state: 'missing', found: 'lo is down', fix: ['ip link set lo up'] })
    expect(checks.get('interfaces')).toMatchObject({ state: 'missing', essential: true, fix: ['ip link set lo up'] })
    expect(checks.get('default IPv4')).toMatchObject({ state: 'limited' })
    expect(readdirSync(home)).toEqual([])
  })

  it('prints a list of 80 columns, commands whole, in ASCII where the locale is not UTF-8', async () => {
    const home = mkdtempSync(path.join(folder, 'home-'))
    for (const [locale, mark, ascii] of [
      ['C.UTF-8', /^ {2}[✔!✘·] /, false],
      ['C', /^ {2}[+!X-] /, true],
    ] as const) {
      const { stdout } = await run([process.execPath, program, 'doctor'], {
        environment: { ...environment, LC_ALL: locale, HOME: home },
      })
      const lines = stdout.trimEnd().split('\n')
      expect(lines[0]).toBe('Program')
      expect(lines.filter((line) => mark.test(line)).length).toBeGreaterThan(15)
      for (const line of lines) if (!/^ +\$ /.test(line)) expect(line.length, line).toBeLessThanOrEqual(80)
      expect(/[^\x20-\x7e\n]/.test(stdout)).toBe(!ascii)
      expect(stdout).not.toContain('\x1b')
    }
  })
})

describe('the report', () => {
  const ok: Check = { name: 'a', state: 'ok', found: 'fine', essential: true }
  const limited: Check = { name: 'b', state: 'limited', found: 'so so', fix: ['sudo do it'] }
  const missing: Check = { name: 'c', state: 'missing', found: 'no\x1b[2J', essential: true }
  const last = (...checks: Check[]): string => new DoctorReport([{ title: 'T', checks }]).toString().split('\n').at(-1)!

  it('sums up', () => {
    expect(last(ok)).toBe('Everything works.')
    expect(last(ok, { ...limited, fix: [] })).toBe('All that is essential works; 1 thing is limited.')
    expect(last(ok, limited)).toBe('what to do.')
    expect(last(missing)).toBe('Does not work: c.')
    expect(new DoctorReport([{ title: 'T', checks: [ok, limited] }]).ok).toBe(true)
    expect(new DoctorReport([{ title: 'T', checks: [missing, limited] }]).ok).toBe(false)
  })

  it('does not obey what is in a finding', () => {
    expect(String(new DoctorReport([{ title: 'T', checks: [missing] }]))).toContain('no\\x1b[2J')
  })
})

describe('files and terminal', () => {
  const before = { ...process.env }
  let home: string
  beforeEach(() => {
    home = mkdtempSync(path.join(folder, 'home-'))
    for (const name of ['SUDO_UID', 'SUDO_GID']) delete process.env[name]
    Object.assign(process.env, { XDG_CONFIG_HOME: path.join(home, 'config'), XDG_STATE_HOME: path.join(home, 'state') })
    for (const name of ['config', 'state'])
      mkdirSync(path.join(home, name, 'netshell'), { recursive: true, mode: 0o700 })
  })
  afterEach(() => {
    process.env = { ...before }
  })
  const named = (name: string): Check | undefined => folderChecks().find((check) => check.name === name)

  it('are fine as netshell makes them', () => {
    expect(folderChecks().map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
    expect(named('settings')!.found).toMatch(/config\/netshell, mode 0700$/)
    expect(readdirSync(path.join(home, 'config/netshell'))).toEqual([])
  })

  it('tells a file that others may write, with the command', () => {
    const file = path.join(home, 'config/netshell/rc.nsh')
    writeFileSync(file, '')
    expect(named('rc.nsh')).toMatchObject({ state: 'ok' })
    chmodSync(file, 0o666)
    expect(named('rc.nsh')).toMatchObject({
      state: 'limited',
      found: 'is not used: others may write to it',
      fix: [`chmod go-w ${file}`],
    })
  })

  it.runIf(isRoot)('tells a file of somebody else, and of root in the folder of who called sudo', () => {
    const file = path.join(home, 'config/netshell/config.json')
    writeFileSync(file, '{}')
    chownSync(file, 65534, 65534)
    expect(named('config.json')).toMatchObject({ state: 'limited', fix: [`sudo chown 0 ${file}`] })
    Object.assign(process.env, { SUDO_UID: NOBODY, SUDO_GID: NOBODY })
    for (const each of [home, path.join(home, 'state'), path.join(home, 'state/netshell')]) chmodSync(each, 0o755)
    expect(named('state')).toMatchObject({
      state: 'limited',
      fix: [`chown -R ${NOBODY} ${path.join(home, 'state/netshell')}`],
    })
  })

  it('tells a history that is a link', () => {
    symlinkSync('/dev/null', path.join(home, 'state/netshell/history'))
    expect(named('history')).toMatchObject({ state: 'limited' })
    expect(named('history')!.found).toMatch(/^is not kept: .* is no ordinary file$/)
  })

  it('tells a locale that is not UTF-8', () => {
    const locale = (value: string): Check | undefined => {
      process.env.LC_ALL = value
      return terminalChecks().find(({ name }) => name === 'locale')
    }
    expect(locale('de_DE.UTF-8')).toMatchObject({ state: 'ok' })
    expect(locale('C')).toMatchObject({ state: 'limited', fix: ['export LANG=C.UTF-8'] })
  })
})
