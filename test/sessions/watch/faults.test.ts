/** What stands in the way of watching: no inotify, no rights, limits of the system, file systems that go. Each in a process of its own. */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { STOP } from '../../../src/sessions/face/stop.js'
import { sessions } from '../../../src/sessions/index.js'
import { type Watcher, watch } from '../../../src/sessions/watch/index.js'
import { bundle, MODULES } from '../../lab/bundle.js'
import { type Child, start } from '../../lab/process.js'
import { until } from './changes.js'

const programs = mkdtempSync(path.join(tmpdir(), 'netshell-watch-program-'))
let program: string
let base: string
let dir: string
let children: Child[]

beforeAll(async () => {
  program = await bundle(programs, new URL('./watch-program.ts', import.meta.url))
  // Others read them too.
  chmodSync(programs, 0o755)
})
afterAll(() => rmSync(programs, { recursive: true, force: true }))

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'netshell-watch-'))
  chmodSync(base, 0o755)
  dir = path.join(base, 'tree')
  mkdirSync(dir)
  children = []
})

afterEach(async () => {
  for (const child of children) await child.stop()
  rmSync(base, { recursive: true, force: true })
})

const at = (...names: string[]): string => path.join(dir, ...names)

function begin(
  before: readonly string[],
  options: object = {},
  environment: Record<string, string> = { NODE_PATH: MODULES },
): Child {
  const node = before.at(-1) === '--' ? before.slice(0, -1) : [...before, process.execPath]
  const child = start([...node, program, dir, JSON.stringify(options)], { environment })
  children.push(child)
  return child
}

/** Lines that it has printed, without the first. */
const lines = (child: Child): string[] => child.stdout.split('\n').slice(1, -1)

describe('without koffi', () => {
  const without = (options = {}): Child => begin([], options, { NODE_PATH: '' })

  it('it says that moves have no two names, and tells the rest', async () => {
    mkdirSync(at('sub'))
    const child = without()
    await child.waitFor(/^watching 2$/m)
    expect(child.stdout).toMatch(/^report: watch .*: there is no inotify here, so moves come as delete and create/)
    writeFileSync(at('sub/a'), 'x')
    await child.waitFor(/^create sub\/a$/m)
    mkdirSync(at('new/deep'), { recursive: true })
    writeFileSync(at('new/deep/b'), 'x')
    await child.waitFor(/^create new\/deep\/b$/m)
    const before = child.mark()
    writeFileSync(at('sub/a'), 'longer')
    await child.waitFor(/^modify sub\/a$/m, { from: before })
    renameSync(at('new'), at('other'))
    await child.waitFor(/^delete new\/$/m)
    await child.waitFor(/^create other\/deep\/b$/m)
    writeFileSync(at('other/deep/c'), '')
    await child.waitFor(/^create other\/deep\/c$/m)
    rmSync(at('sub'), { recursive: true })
    await child.waitFor(/^delete sub\/$/m)
    expect(child.stdout.match(/^create other\/deep\/b$/gm)).toHaveLength(1)
  })

  it('it tells the end of the folder', async () => {
    const child = without()
    await child.waitFor(/^watching/m)
    rmSync(dir, { recursive: true })
    await child.waitFor(/^closed: .*the folder was deleted/m)
  })
})

describe('without the handle of pipes in Node', () => {
  it('inotify is read every now and then', async () => {
    const hides = 'data:text/javascript,process.binding=undefined'
    const child = begin([process.execPath, '--import', hides, '--'])
    await child.waitFor(/^watching 1$/m)
    mkdirSync(at('a'))
    renameSync(at('a'), at('b'))
    await child.waitFor(/^move a\/ → b\/$/m)
    expect(lines(child)).toEqual(['create a/', 'move a/ → b/'])
  })
})

describe('limits and rights', () => {
  /** In a user namespace of its own, which has its own limits. */
  const limited = (count: number, options = {}): Child =>
    begin(
      ['unshare', '-Ur', 'sh', '-c', `echo ${count} > /proc/sys/user/max_inotify_watches; exec "$@"`, 'sh'],
      options,
    )

  it('more folders than a user may watch is an error that names the setting', async () => {
    for (let i = 0; i < 20; i++) mkdirSync(at(`d${i}`))
    const child = limited(10)
    await child.waitFor(/^error: .*more folders than a user may watch.*fs\.inotify\.max_user_watches/m)
    const alone = limited(10, { recursive: false })
    await alone.waitFor(/^watching 1$/m)
    const fewer = limited(10, { ignore: ['d1?'] })
    await fewer.waitFor(/^error/m)
    const few = limited(15, { ignore: ['d1?'] })
    await few.waitFor(/^watching 11$/m)
  })

  it('when the limit is reached later, it is told and the rest goes on', async () => {
    const child = limited(3)
    await child.waitFor(/^watching 1$/m)
    for (let i = 0; i < 5; i++) mkdirSync(at(`d${i}`))
    await child.waitFor(/^report: .*tree\/d2: more folders than a user may watch/m)
    await child.waitFor(/^create d4\/$/m)
    writeFileSync(at('d1/x'), '')
    await child.waitFor(/^create d1\/x$/m)
  })

  it('too many watchers is an error that names the setting', async () => {
    const before = ['unshare', '-Ur', 'sh', '-c', 'echo 0 > /proc/sys/user/max_inotify_instances; exec "$@"', 'sh']
    await begin(before).waitFor(/^error: .*too many watchers.*fs\.inotify\.max_user_instances/m)
  })

  it('a folder that may not be read is told, and the rest is watched', async () => {
    mkdirSync(at('secret'))
    mkdirSync(at('public'))
    chmodSync(at('secret'), 0o700)
    chmodSync(at('public'), 0o777)
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
    const child = begin(nobody)
    await child.waitFor(/^watching 2$/m)
    expect(child.stdout).toMatch(/^report: watch .*\/secret: not allowed.*; the rest is watched$/m)
    writeFileSync(at('secret/x'), '')
    writeFileSync(at('public/y'), '')
    await child.waitFor(/^create public\/y$/m)
    expect(child.stdout).not.toContain('secret/x')
    mkdirSync(at('later'), 0o700)
    await child.waitFor(/^report: watch .*\/later: not allowed/m)
    await child.waitFor(/^create later\/$/m)
    chmodSync(dir, 0o700)
    await begin(nobody).waitFor(/^error: watch .*: not allowed: whoever watches/m)
  })
})

describe('a file system that is unmounted', () => {
  /** In a mount namespace of its own: mounts, watches, and unmounts when told. */
  function mounted(where: string): Child {
    const script = `mount -t tmpfs none "${where}" && mkdir -p "${where}/in" && { "$@" & read go; umount "${where}"; wait; }`
    return begin(['unshare', '-m', 'sh', '-c', script, 'sh'])
  }

  it('ends the watch of its folder', async () => {
    const child = mounted(dir)
    await child.waitFor(/^watching 2$/m)
    child.write('go\n')
    await child.waitFor(/^closed: watch .*: the file system of the folder was unmounted$/m)
    expect(lines(child)[0]).toBe('delete in/')
  })

  it('within the folder shows what is below, and goes on', async () => {
    mkdirSync(at('m'))
    writeFileSync(at('m/below'), '')
    const child = mounted(at('m'))
    await child.waitFor(/^watching 3$/m)
    child.write('go\n')
    await child.waitFor(/^create m\/below$/m)
    await child.waitFor(/^delete m\/in\/$/m)
    writeFileSync(at('m/new'), '')
    await child.waitFor(/^create m\/new$/m)
    expect(child.stdout).not.toContain('closed')
  })
})

describe('the session', () => {
  let watcher: Watcher
  beforeEach(async () => {
    watcher = await watch(dir)
  })
  afterEach(() => watcher.close())

  it('is listed, one line, and JSON', async () => {
    expect(sessions()).toContain(watcher)
    expect(String(watcher)).toBe(`watch ${dir}: open, 1 folder, 0 changes`)
    expect(JSON.parse(JSON.stringify(watcher))).toMatchObject({ kind: 'watch', folder: dir, folders: 1 })
    await watcher.close()
    expect(sessions()).not.toContain(watcher)
    expect(watcher.state).toBe('closed')
    await watcher.close()
  })

  it('is opened again, and tells from then on', async () => {
    const names: string[] = []
    watcher.on('create', ({ name }) => void names.push(name))
    await watcher.close()
    mkdirSync(at('between'))
    await watcher.open()
    mkdirSync(at('after'))
    await until(() => names.length > 0)
    expect(names).toEqual(['after'])
  })

  it('has handlers by event, in the order of their priority, that may stop it and may fail', async () => {
    const seen: string[] = []
    watcher.on('change', () => void seen.push('change'))
    watcher.on('create', () => void seen.push('late'), { priority: 1 })
    watcher.on('create', ({ name }) => (seen.push('early') && name === 'a' ? STOP : undefined), { priority: -1 })
    watcher.on('create', () => {
      throw new Error('a mistake')
    })
    mkdirSync(at('a'))
    await until(() => seen.length === 2)
    mkdirSync(at('b'))
    await until(() => seen.length === 5)
    expect(seen).toEqual(['change', 'early', 'change', 'early', 'late'])
    expect(watcher.state).toBe('open')
    expect(() => watcher.on('made' as never, () => {})).toThrow(/events.*: open close error reconnect change create/)
  })

  it('ends what goes through its changes', async () => {
    const over = (async () => {
      for await (const _ of watcher) break
      for await (const _ of watcher);
      return 'over'
    })()
    mkdirSync(at('a'))
    await until(() => watcher.count === 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await watcher.close()
    expect(await over).toBe('over')
  })
})
