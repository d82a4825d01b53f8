/** Small steps that are done on the spot: only where nothing can keep them waiting, and as safe as the others. */
import { execFileSync } from 'node:child_process'
import {
  type BigIntStats,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filePieces } from '../../../src/sessions/serve/file-pieces.js'
import { isReadAtOnce, lookedAtOnce } from '../../../src/sessions/serve/local-files.js'
import { ResourceChanged } from '../../../src/sessions/serve/resource.js'
import { NotThere, safePath } from '../../../src/sessions/serve/safe-path.js'
import { at, curl, folderHere, served } from './serving.js'

/** A folder with `a.txt` in it that is known already. */
async function knownFolder(): Promise<string> {
  const folder = folderHere()
  writeFileSync(path.join(folder, 'a.txt'), 'Hello')
  await known(path.join(folder, 'a.txt'))
  return folder
}

async function known(file: string): Promise<BigIntStats> {
  let stats: BigIntStats | undefined
  await expect
    .poll(() => {
      stats = lookedAtOnce(file)
      return stats
    })
    .toBeDefined()
  return stats!
}

async function bytesOf(file: string, stats: BigIntStats, start: number, end: number): Promise<string> {
  let text = ''
  for await (const piece of filePieces(file, stats, start, end)) text += piece.toString()
  return text
}

describe('a file of a disk of this machine', () => {
  it('is looked at and read on the spot', async () => {
    const folder = await knownFolder()
    const file = path.join(folder, 'a.txt')
    const stats = lookedAtOnce(file)!
    expect(stats).toEqual(statSync(file, { bigint: true }))
    expect(isReadAtOnce(file, stats, 5)).toBe(true)
    expect(await bytesOf(file, stats, 1, 4)).toBe('ell')
    expect(await bytesOf(file, stats, 5, 5)).toBe('')
    // As much as this may keep others waiting.
    expect(isReadAtOnce(file, stats, 1 << 20)).toBe(false)
  })

  it('is not when it is no ordinary one, or is behind a link', async () => {
    const folder = await knownFolder()
    symlinkSync('a.txt', path.join(folder, 'link'))
    mkdirSync(path.join(folder, 'sub'))
    execFileSync('mkfifo', [path.join(folder, 'pipe')])
    for (const name of ['link', 'sub', 'pipe', 'nothing'])
      expect([name, lookedAtOnce(path.join(folder, name))]).toEqual([name, undefined])
    // A folder that is a link.
    const link = path.join(folderHere(), 'to-folder')
    symlinkSync(folder, link)
    for (let i = 0; i < 20; i++) {
      expect(lookedAtOnce(path.join(link, 'a.txt'))).toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  it('is not when it is on something else than a disk', async () => {
    for (let i = 0; i < 20; i++) {
      expect(lookedAtOnce('/proc/version')).toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  it('is not given when its folder has become a link that leads out, or when it has become one itself', async () => {
    const root = folderHere()
    const outside = folderHere()
    writeFileSync(path.join(outside, 'a.txt'), 'secret')
    mkdirSync(path.join(root, 'sub'))
    const file = path.join(root, 'sub', 'a.txt')
    writeFileSync(file, 'Hello')
    const stats = await known(file)
    expect((await safePath(root, '/sub/a.txt')).stats).toEqual(stats)
    renameSync(path.join(root, 'sub'), path.join(root, 'old'))
    symlinkSync(outside, path.join(root, 'sub'))
    await expect(safePath(root, '/sub/a.txt')).rejects.toThrow(NotThere)
    await expect(bytesOf(file, stats, 0, 5)).rejects.toThrow(ResourceChanged)
    rmSync(path.join(root, 'sub'))
    mkdirSync(path.join(root, 'sub'))
    symlinkSync(path.join(outside, 'a.txt'), file)
    await expect(safePath(root, '/sub/a.txt')).rejects.toThrow(NotThere)
    await expect(bytesOf(file, stats, 0, 5)).rejects.toThrow(ResourceChanged)
  })

  it('is not given when it is another one by now, or has become shorter', async () => {
    const folder = await knownFolder()
    const file = path.join(folder, 'a.txt')
    const stats = lookedAtOnce(file)!
    truncateSync(file, 3)
    await expect(bytesOf(file, stats, 0, 5)).rejects.toThrow(ResourceChanged)
    rmSync(file)
    writeFileSync(file, 'Hallo')
    await expect(bytesOf(file, stats, 0, 5)).rejects.toThrow(ResourceChanged)
  })

  it('is hidden as it was before its folder was known', async () => {
    const folder = await knownFolder()
    writeFileSync(path.join(folder, '.hidden'), 'secret')
    await expect(safePath(folder, '/.hidden')).rejects.toThrow(NotThere)
    expect((await safePath(folder, '/.hidden', { hidden: true })).stats.size).toBe(6n)
    await expect(safePath(folder, '/a.txt/')).rejects.toThrow(NotThere)
  })

  it('is served with its new text when it was changed a moment ago, in whole and in parts', async () => {
    const folder = await knownFolder()
    const server = await served(folder)
    for (const text of ['Hello', 'Hello again', '', 'x'.repeat(100_000), 'Hi']) {
      writeFileSync(path.join(folder, 'a.txt'), text)
      expect((await curl(at(server, '/a.txt'))).body).toBe(text)
    }
    const part = await curl(at(server, '/a.txt'), '-r', '1-1')
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, 'i', 'bytes 1-1/2'])
  })
})
