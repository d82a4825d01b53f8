/** A watched folder tells what happens in it: real files, moved and written by programs of the system. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setReporter } from '../../../src/exchange/index.js'
import { type Change, type Watcher, type WatchOptions, watch } from '../../../src/sessions/watch/index.js'
import { filesIn, replay, short, until } from './changes.js'

let base: string
let dir: string
let watcher: Watcher | undefined
let changes: Change[]
let reports: string[]

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'netshell-watch-'))
  dir = path.join(base, 'tree')
  mkdirSync(dir)
  changes = []
  reports = []
  setReporter((text) => void reports.push(text))
})

afterEach(async () => {
  await watcher?.close()
  watcher = undefined
  rmSync(base, { recursive: true, force: true })
})

const at = (...names: string[]): string => path.join(dir, ...names)
const told = (): string[] => changes.map(short)

async function start(options: WatchOptions = {}): Promise<Watcher> {
  watcher = await watch(dir, (change) => void changes.push(change), options)
  return watcher
}

/** Waits until nothing more comes: all that is to be told has been. */
async function quiet(): Promise<void> {
  for (let count = -1; count !== changes.length; ) {
    count = changes.length
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
}

describe('a watched folder', () => {
  it('tells a file that is created, written, moved and deleted', async () => {
    await start()
    writeFileSync(at('a'), '')
    await until(() => changes.length === 1)
    writeFileSync(at('a'), 'one')
    await until(() => changes.length === 2)
    renameSync(at('a'), at('b'))
    await until(() => changes.length === 3)
    rmSync(at('b'))
    await until(() => changes.length === 4)
    expect(told()).toEqual(['create a', 'modify a', 'move a → b', 'delete b'])
    const [, modified, moved, deleted] = changes
    expect(modified).toMatchObject({ path: at('a'), name: 'a', isFolder: false, size: 3 })
    expect(moved).toMatchObject({ path: at('b'), from: at('a'), size: 3 })
    expect(deleted!.size).toBeUndefined()
    expect(Math.abs(modified!.time.getTime() - Date.now())).toBeLessThan(10_000)
    expect(String(moved)).toBe('move    a → b (3 bytes)')
    expect(watcher!.counts).toEqual({ create: 1, modify: 1, delete: 1, move: 1, overflow: 0 })
  })

  it('tells what is in a new subfolder, however soon it was made, and nothing twice', async () => {
    await start()
    for (let i = 0; i < 100; i++)
      execFileSync(
        '/bin/sh',
        ['-c', `mkdir -p d${i}/e/f; echo x > d${i}/1; echo x > d${i}/e/2; echo x > d${i}/e/f/3`],
        { cwd: dir },
      )
    await quiet()
    const created = told().filter((text) => text.startsWith('create'))
    expect(created).toHaveLength(600)
    expect(new Set(created).size).toBe(600)
    expect(replay(changes)).toEqual(filesIn(dir))
    writeFileSync(at('d7/e/f/late'), '')
    await until(() => told().includes('create d7/e/f/late'))
  })

  it('tells moves into the tree, out of it and within it', async () => {
    mkdirSync(at('in'))
    mkdirSync(path.join(base, 'outside/deep'), { recursive: true })
    writeFileSync(path.join(base, 'outside/deep/x'), 'x')
    await start()
    renameSync(path.join(base, 'outside'), at('came'))
    await until(() => changes.length === 3)
    expect(told()).toEqual(['create came/', 'create came/deep/', 'create came/deep/x'])
    renameSync(at('came/deep'), at('in/side'))
    await until(() => changes.length === 4)
    expect(told()[3]).toBe('move came/deep/ → in/side/')
    appendFileSync(at('in/side/x'), 'more')
    await until(() => told()[4] === 'modify in/side/x')
    renameSync(at('in'), at('other'))
    writeFileSync(at('other/side/y'), '')
    await until(() => changes.length === 7)
    expect(told().slice(5)).toEqual(['move in/ → other/', 'create other/side/y'])
    renameSync(at('other/side'), path.join(base, 'gone'))
    await quiet()
    expect(told().slice(7).sort()).toEqual(['delete other/side/', 'delete other/side/x', 'delete other/side/y'])
    expect(told().at(-1)).toBe('delete other/side/')
    writeFileSync(path.join(base, 'gone/z'), '')
    await quiet()
    expect(changes).toHaveLength(10)
    expect(replay(changes, ['in/'])).toEqual(filesIn(dir))
  })

  it('pairs the halves of a thousand moves out of and within the tree, soon', async () => {
    for (let i = 0; i < 1000; i++) writeFileSync(at(`f${i}`), '')
    mkdirSync(at('sub'))
    mkdirSync(path.join(base, 'out'))
    await start()
    const began = performance.now()
    for (let i = 0; i < 1000; i++) renameSync(at(`f${i}`), i % 2 === 0 ? at(`sub/g${i}`) : path.join(base, `out/${i}`))
    await until(() => changes.length === 1000)
    expect(performance.now() - began).toBeLessThan(5000)
    expect(watcher!.counts).toMatchObject({ move: 500, delete: 500 })
  })

  it('gathers the modifications of a file', async () => {
    writeFileSync(at('log'), '')
    await start()
    for (let i = 0; i < 2000; i++) appendFileSync(at('log'), 'line\n')
    await until(() => changes.at(-1)?.size === 10_000)
    await quiet()
    expect(changes.length).toBeLessThan(50)
    expect(new Set(told())).toEqual(new Set(['modify log']))
  })

  it('tells how editors save: under another name, that is then moved', async () => {
    writeFileSync(at('text'), 'old')
    await start()
    execFileSync('sed', ['-i', 's/old/newer/', at('text')])
    await quiet()
    const moved = changes.find(({ event }) => event === 'move')
    expect(moved).toMatchObject({ name: 'text', replaced: true, size: 5 })
    expect(changes.at(-1)).toBe(moved)
    expect(replay(changes, ['text'])).toEqual(['text'])
  })

  it('takes what is saved under an ignored name for a modification', async () => {
    writeFileSync(at('text'), 'old')
    await start({ ignore: ['sed*'] })
    execFileSync('sed', ['-i', 's/old/newer/', at('text')])
    await quiet()
    expect(told()).toEqual(['modify text'])
    expect(changes[0]!.size).toBe(5)
  })

  it('does not follow symbolic links, and tells them as files', async () => {
    mkdirSync(path.join(base, 'elsewhere'))
    await start()
    symlinkSync(path.join(base, 'elsewhere'), at('link'))
    symlinkSync('.', at('loop'))
    writeFileSync(path.join(base, 'elsewhere/x'), '')
    await quiet()
    expect(told()).toEqual(['create link', 'create loop'])
    expect(watcher!.folders).toBe(1)
  })

  it('tells names that are not UTF-8, with their bytes', async () => {
    await start()
    const name = Buffer.concat([Buffer.from(at('caf')), Buffer.from([0xe9]), Buffer.from(' ☃')])
    mkdirSync(name)
    writeFileSync(Buffer.concat([name, Buffer.from('/é')]), 'hello')
    await until(() => changes.length >= 2)
    expect(told().slice(0, 2)).toEqual(['create caf\\xe9 ☃/', 'create caf\\xe9 ☃/é'])
    expect(readFileSync(Buffer.from(changes[1]!.bytes!), 'utf8')).toBe('hello')
    renameSync(name, at('plain'))
    await until(() => told().includes('move caf\\xe9 ☃/ → plain/'))
    expect(changes.at(-1)!.bytes).toBeUndefined()
  })

  it('shows no control character of a name', async () => {
    await start()
    writeFileSync(at('\x1b[2J\nx'), '')
    await until(() => changes.length > 0)
    expect(changes[0]!.name).toBe('\x1b[2J\nx')
    expect(String(changes[0])).toBe('create  \\x1b[2J\\nx (0 bytes)')
  })

  it('tells only the events that are wanted, what is there when asked, and nothing that is ignored', async () => {
    mkdirSync(at('node_modules/x'), { recursive: true })
    mkdirSync(at('src'))
    writeFileSync(at('src/a.ts'), '')
    await start({ initial: true, events: ['create', 'delete'], ignore: ['node_modules', '*.tmp', 'src/gen/**'] })
    await until(() => changes.length === 2)
    expect(told()).toEqual(['create src/', 'create src/a.ts'])
    expect(changes.every(({ initial }) => initial)).toBe(true)
    writeFileSync(at('node_modules/x/y'), 'z')
    writeFileSync(at('src/b.tmp'), 'z')
    mkdirSync(at('src/gen'))
    writeFileSync(at('src/gen/c.ts'), 'z')
    renameSync(at('src/b.tmp'), at('src/b.ts'))
    renameSync(at('src/a.ts'), at('src/a.tmp'))
    await quiet()
    expect(told().slice(2)).toEqual(['create src/b.ts', 'delete src/a.ts'])
    expect(watcher!.folders).toBe(2)
  })

  it('watches one folder alone when asked', async () => {
    mkdirSync(at('sub'))
    await start({ recursive: false })
    writeFileSync(at('sub/x'), 'x')
    mkdirSync(at('new'))
    writeFileSync(at('new/y'), 'y')
    writeFileSync(at('z'), '')
    await quiet()
    expect(told()).toEqual(['create new/', 'create z'])
  })

  it('can be gone through, change by change', async () => {
    watcher = await watch(dir)
    const seen: string[] = []
    const over = (async () => {
      for await (const change of watcher) {
        seen.push(short(change))
        if (change.name === 'last') break
      }
    })()
    for (const name of ['one', 'two', 'last']) mkdirSync(at(name))
    await over
    expect(seen).toEqual(['create one/', 'create two/', 'create last/'])
  })

  it('keeps what comes before anybody listens', async () => {
    writeFileSync(at('there'), '')
    watcher = await watch(dir, { initial: true })
    mkdirSync(at('new'))
    await until(() => watcher!.count === 2)
    for await (const change of watcher) if (changes.push(change) === 2) break
    expect(told()).toEqual(['create there', 'create new/'])
  })

  it('waits for a handler that waits, and loses nothing meanwhile', async () => {
    let running = 0
    let most = 0
    watcher = await watch(dir, async (change) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
      changes.push(change)
    })
    for (let i = 0; i < 300; i++) mkdirSync(at(`d${i}`))
    await until(() => changes.length === 300)
    expect(most).toBe(1)
    expect(told()).toEqual(Array.from({ length: 300 }, (_, i) => `create d${i}/`))
  })
})

describe('bursts', () => {
  it('of ten thousand files are told, each once', async () => {
    await start()
    const program =
      'import os\nfor i in range(10000):\n  os.makedirs(f"s{i % 20}", exist_ok=True)\n  open(f"s{i % 20}/f{i}", "w").write("x")'
    execFileSync('/usr/bin/python3', ['-c', program], { cwd: dir })
    await until(() => watcher!.counts.create >= 10_020, 20_000)
    await quiet()
    const created = told().filter((text) => text.startsWith('create'))
    expect(new Set(created).size).toBe(10_020)
    expect(created).toHaveLength(10_020)
    expect(replay(changes)).toEqual(filesIn(dir))
  })

  it('too great for the system are found by looking: created, deleted, moved, modified', async () => {
    for (const name of ['keep', 'gone', 'moves', 'folder/inner/deep']) mkdirSync(at(name), { recursive: true })
    for (const name of ['gone/a', 'moves/b', 'folder/inner/c', 'keep/d']) writeFileSync(at(name), name)
    await start()
    const before = filesIn(dir)
    // Nothing is read while this runs: the queue of the kernel has 16 384 places.
    for (let i = 0; i < 9000; i++) writeFileSync(at(`keep/f${i}`), 'x')
    rmSync(at('gone'), { recursive: true })
    renameSync(at('moves/b'), at('keep/b'))
    renameSync(at('folder/inner'), at('inner'))
    writeFileSync(at('inner/deep/new'), '')
    writeFileSync(at('keep/d'), 'other')
    await until(() => changes.some(({ event }) => event === 'overflow'), 10_000)
    await quiet()
    expect(told()).toContain('move folder/inner/ → inner/')
    expect(told()).toContain('move moves/b → keep/b')
    expect(told()).toContain('modify keep/d')
    expect(told()).toContain('delete gone/a')
    expect(told()).toContain('create inner/deep/new')
    expect(new Set(told().filter((text) => text.startsWith('create'))).size).toBe(watcher!.counts.create)
    expect(replay(changes, before)).toEqual(filesIn(dir))
    // And it goes on, under the new name.
    writeFileSync(at('inner/deep/later'), '')
    await until(() => told().includes('create inner/deep/later'))
  })
})

describe('the end of a watched folder', () => {
  it('is told when it is deleted, after what was in it', async () => {
    writeFileSync(at('x'), '')
    await start()
    rmSync(dir, { recursive: true })
    await watcher!.wait()
    expect(told()).toEqual(['delete x'])
    expect(watcher!.state).toBe('failed')
    expect(watcher!.error).toMatchObject({ code: 'DELETED', message: `watch ${dir}: the folder was deleted` })
  })

  it('is told when it is moved', async () => {
    await start()
    renameSync(dir, path.join(base, 'elsewhere'))
    await watcher!.wait()
    expect(watcher!.error?.code).toBe('MOVED')
  })

  it('leaves no descriptor open', async () => {
    const open = (): number =>
      execFileSync('ls', ['-l', `/proc/${process.pid}/fd`])
        .toString()
        .split('inotify').length - 1
    const before = open()
    await start()
    expect(open()).toBe(before + 1)
    await watcher!.close()
    expect(open()).toBe(before)
    expect(existsSync(dir)).toBe(true)
  })
})

describe('what cannot be watched', () => {
  it('is told in words', async () => {
    writeFileSync(at('file'), '')
    await expect(watch(at('nothing'))).rejects.toThrow(/there is no such folder/)
    await expect(watch(at('file'))).rejects.toThrow(/it is no folder/)
    expect(() => watch('')).toThrow(/give the name of a folder/)
    expect(() => watch(dir, 3 as never)).toThrow(/give a function/)
    expect(() => watch(dir, { recursiv: true } as never)).toThrow(/did you mean 'recursive'/)
    expect(() => watch(dir, { events: ['made'] } as never)).toThrow(/a list of create, modify, delete, move, overflow/)
    expect(() => watch(dir, { ignore: ['{a'] })).toThrow(/a \{ without its \}/)
  })
})
