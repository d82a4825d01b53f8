/** Archives of what cannot be read or changes meanwhile, clients that leave, and memory. */
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { setReporter } from '../../../src/exchange/report.js'
import { archiveResource } from '../../../src/sessions/serve/archive/index.js'
import type { ArchiveFormat } from '../../../src/sessions/serve/serve-options.js'
import { must, run, start } from '../../lab/process.js'
import { noise, packed, put } from './archiving.js'
import { at, folderHere, served, until } from './serving.js'

const FORMATS: readonly ArchiveFormat[] = ['tar', 'tar.gz', 'tar.bz2', 'tar.zst', 'zip']
const MIB = 1024 ** 2

/** An archive of a folder, read from its begin. */
function reading(folder: string, format: ArchiveFormat): AsyncIterator<Uint8Array> {
  const name = path.basename(folder)
  return archiveResource([{ path: folder, name }], format, { root: folder, name })
    .read(0, undefined)
    [Symbol.asyncIterator]()
}

/** Files below a folder that this process has open. */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`)
      return file.startsWith(folder) ? [file] : []
    } catch {
      return []
    }
  })
}

describe('what cannot be read', () => {
  it.each(['tar', 'zip'] as const)('is left out of a %s, and named', async (format) => {
    const tree = path.join(folderHere(), 'tree')
    put(tree, 'a readable', 'yes\n')
    chmodSync(put(tree, 'b unreadable', 'no\n'), 0)
    put(tree, 'c folder/file', 'no\n')
    chmodSync(path.join(tree, 'c folder'), 0)
    put(tree, 'd readable', 'yes\n')
    await must(['mkfifo', path.join(tree, 'e pipe')])
    const isRoot = process.getuid!() === 0
    chmodSync(path.dirname(tree), 0o755)
    // Root may read everything: for that time this process is nobody. What it writes to is its own.
    const out = folderHere()
    chmodSync(out, 0o777)
    const told: string[] = []
    setReporter((text) => told.push(text))
    const pieces: Uint8Array[] = []
    if (isRoot) process.seteuid!(65_534)
    try {
      for (const iterator = reading(tree, format); ; ) {
        const { value, done } = await iterator.next()
        if (done === true) break
        pieces.push(Uint8Array.from(value))
      }
    } finally {
      if (isRoot) process.seteuid!(0)
      setReporter(() => undefined)
      chmodSync(path.join(tree, 'c folder'), 0o700)
    }
    const file = path.join(out, 'archive')
    writeFileSync(file, Buffer.concat(pieces))
    const list = await must(format === 'zip' ? ['unzip', '-Z1', file] : ['tar', 'tf', file])
    expect(list.trim().split('\n')).toEqual(['tree/', 'tree/a readable', 'tree/d readable'])
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(`serve: not in tree.${format}: `)
    for (const name of ['b unreadable', 'c folder']) expect(told[0]).toContain(`${name} (not allowed to read it)`)
    expect(told[0]).toContain('e pipe (a pipe)')
  })

  it('has a name that is no UTF-8, and is named', async () => {
    const tree = path.join(folderHere(), 'tree')
    mkdirSync(tree)
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0x61, 0xff, 0x62])]), '')
    put(tree, 'fine', '')
    const { file, told } = await packed(tree, 'tar')
    expect(await must(['tar', 'tf', file])).toBe('tree/\ntree/fine\n')
    expect(told).toEqual([expect.stringContaining('its name is no UTF-8')])
  })

  it('is told of in a few words, however much it is', async () => {
    const tree = path.join(folderHere(), 'tree')
    for (let i = 0; i < 20; i++) await must(['mkfifo', path.join(put(tree, `${i}/x`, ''), `../pipe\u001b[31m`)])
    const { told } = await packed(tree, 'tar')
    expect(told[0]).toContain('15 more')
    expect(told[0]).not.toContain('\u001b')
  })
})

describe('files that change while they are read', () => {
  /** Reads the begin of an archive, changes a file, and reads the rest. */
  async function changedMeanwhile(format: ArchiveFormat, change: (file: string) => void): Promise<Buffer> {
    const tree = path.join(folderHere(), 'tree')
    const file = put(tree, 'a', noise(20 * MIB))
    put(tree, 'b', 'behind\n')
    const iterator = reading(tree, format)
    const pieces: Uint8Array[] = []
    for (let isFirst = true; ; isFirst = false) {
      const { value, done } = await iterator.next()
      if (done === true) return Buffer.concat(pieces)
      pieces.push(Uint8Array.from(value))
      if (isFirst) change(file)
    }
  }

  it.each(FORMATS)(
    'when one grows, a %s has what it was',
    async (format) => {
      const archive = path.join(folderHere(), 'archive')
      writeFileSync(archive, await changedMeanwhile(format, (file) => appendFileSync(file, noise(5 * MIB))))
      if (format === 'zip') await must(['unzip', '-tq', archive], { timeout: 30_000 })
      const list = await must(format === 'zip' ? ['unzip', '-Zl', archive] : ['tar', 'tvf', archive], {
        timeout: 30_000,
      })
      expect(list).toMatch(/\b20971520\b.* tree\/a\n.*\b7\b.* tree\/b\n/)
    },
    90_000,
  )

  it.each(FORMATS)(
    'when one shrinks, a %s breaks off, and the file is named',
    async (format) => {
      const making = changedMeanwhile(format, (file) => truncateSync(file, MIB))
      await expect(making).rejects.toThrow('tree/a became shorter')
    },
    60_000,
  )

  it('and curl hears that it has not all of it', async () => {
    const tree = path.join(folderHere(), 'tree')
    const file = put(tree, 'a', noise(60 * MIB))
    const server = await served(tree)
    const curl = start(['curl', '-sS', '--limit-rate', '20M', '-o', '/dev/null', at(server, '/?archive=tar')])
    await until(() => server.transfers().some(({ done }) => done > MIB), 'something is sent')
    truncateSync(file, MIB)
    // 18: a part of a file.
    expect((await curl.exited).status).toBe(18)
  }, 30_000)
})

describe('clients that leave', () => {
  it.each(FORMATS)(
    'leave no file of a %s open',
    async (format) => {
      const tree = path.join(folderHere(), 'tree')
      for (const name of ['a', 'b']) put(tree, name, noise(20 * MIB))
      const iterator = reading(tree, format)
      await iterator.next()
      expect(openFiles(tree)).toEqual([path.join(tree, 'a')])
      await iterator.return!()
      // What is being read then is closed when that is over.
      await until(() => openFiles(tree).length === 0, 'all files are closed')
    },
    30_000,
  )

  it('and the server goes on', async () => {
    const tree = path.join(folderHere(), 'tree')
    for (let i = 0; i < 4; i++) put(tree, `${i}`, noise(5 * MIB))
    const server = await served(tree)
    for (const format of FORMATS) {
      const { status } = await run([
        'curl',
        '-s',
        '--max-time',
        '0.3',
        '--limit-rate',
        '1M',
        '-o',
        '/dev/null',
        at(server, `/?archive=${format}`),
      ])
      expect(status).toBe(28)
    }
    await until(() => openFiles(tree).length === 0, 'all files are closed')
    const list = await must(['sh', '-c', `curl -s '${at(server, '/?archive=tar.gz')}' | tar tz`], { timeout: 30_000 })
    expect(list).toBe('tree/\ntree/0\ntree/1\ntree/2\ntree/3\n')
  }, 60_000)
})

describe('memory', () => {
  it.each(FORMATS)(
    'stays flat while a %s of 300 MB is made for a client that is slow',
    async (format) => {
      const tree = path.join(folderHere(), 'tree')
      await must(['truncate', '-s', '300M', put(tree, 'sparse', '')])
      const before = process.memoryUsage()
      let most = 0
      let count = 0
      for (const iterator = reading(tree, format); !(await iterator.next()).done; ) {
        // Somebody who waits now and then: what is made meanwhile must not pile up.
        if (count++ % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        most = Math.max(most, process.memoryUsage().arrayBuffers - before.arrayBuffers)
      }
      expect(count).toBeGreaterThan(0)
      expect(most).toBeLessThan(100 * MIB)
    },
    120_000,
  )
})
