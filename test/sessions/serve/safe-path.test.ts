/** Paths of URLs: nothing outside of the folder is ever found, however it is written. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileResource } from '../../../src/sessions/serve/file-resource.js'
import { NotThere, safePath } from '../../../src/sessions/serve/safe-path.js'
import { must, start } from '../../lab/process.js'
import { raw } from '../web/asking.js'
import { delivering } from './delivering.js'

const base = mkdtempSync(path.join(tmpdir(), 'netshell-safe-'))
const root = path.join(base, 'root')
const SECRET = 'the secret of the house'

beforeAll(() => {
  mkdirSync(path.join(root, 'sub dir/deep'), { recursive: true })
  mkdirSync(path.join(root, '.git'))
  mkdirSync(path.join(base, 'root2'))
  for (const file of ['secret.txt', 'root2/secret.txt', 'root/.git/config', 'root/.hidden'])
    writeFileSync(path.join(base, file), SECRET)
  for (const file of ['a.txt', 'sub dir/é.css', 'sub dir/deep/a%2fb', '100%', '...', 'back\\slash', 'new\nline', '-r'])
    writeFileSync(path.join(root, file), file)
  symlinkSync('../secret.txt', path.join(root, 'out'))
  symlinkSync(path.join(base, 'secret.txt'), path.join(root, 'absolute'))
  symlinkSync('..', path.join(root, 'up'))
  symlinkSync('/', path.join(root, 'top'))
  symlinkSync('../root2', path.join(root, 'neighbour'))
  symlinkSync('out', path.join(root, 'sub dir/two steps'))
  symlinkSync('.hidden', path.join(root, 'shown'))
  symlinkSync('a.txt', path.join(root, 'inside'))
  symlinkSync('../root/a.txt', path.join(root, 'out and in'))
  symlinkSync('sub dir', path.join(root, 'folder link'))
  symlinkSync('loop', path.join(root, 'loop'))
  symlinkSync('nothing', path.join(root, 'dangling'))
  execFileSync('mkfifo', [path.join(root, 'pipe')])
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

/** Spellings of ways out. */
const OUT = [
  '/../secret.txt',
  '/../../secret.txt',
  `/${'../'.repeat(40)}etc/passwd`,
  '/./../secret.txt',
  '/sub%20dir/../../secret.txt',
  '/sub%20dir/deep/../../../secret.txt',
  '/a.txt/../../secret.txt',
  '/nothing/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/%2E%2E/secret.txt',
  '/.%2e/secret.txt',
  '/%2e./secret.txt',
  '/..%2fsecret.txt',
  '/..%2Fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/sub%20dir%2f..%2f..%2fsecret.txt',
  // Decoded twice these would lead out.
  '/%252e%252e/secret.txt',
  '/%252e%252e%252fsecret.txt',
  '/..%252fsecret.txt',
  '/%25252e%25252e%25252fsecret.txt',
  // Backslashes, as other systems take them.
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/..%5Csecret.txt',
  '/%2e%2e%5csecret.txt',
  '/sub%20dir%5c..%5c..%5csecret.txt',
  '/..%255csecret.txt',
  'C:/secret.txt',
  '/C:%5csecret.txt',
  '/..:/secret.txt',
  '/%5c%5chost%5cshare%5csecret.txt',
  // What ends a text in C.
  '/../secret.txt%00',
  '/a.txt%00',
  '/a.txt%00/../../secret.txt',
  '/..%00/secret.txt',
  '/%00../secret.txt',
  // UTF-8 longer than it should be, and broken.
  '/%c0%ae%c0%ae/secret.txt',
  '/%c0%ae%c0%ae%c0%afsecret.txt',
  '/..%c0%afsecret.txt',
  '/%e0%80%ae%e0%80%ae/secret.txt',
  '/%f0%80%80%ae%f0%80%80%ae/secret.txt',
  '/..%c1%9csecret.txt',
  '/%ff%fe/secret.txt',
  '/..%/secret.txt',
  '/..%2/secret.txt',
  '/%u002e%u002e/secret.txt',
  // Signs that look alike, or become dots and slashes when they are made plain.
  '/\u2025/secret.txt',
  '/%e2%80%a5/secret.txt',
  '/%ef%bc%8e%ef%bc%8e/secret.txt',
  '/..%ef%bc%8fsecret.txt',
  '/..%e2%88%95secret.txt',
  // From the top.
  '//etc/passwd',
  '///etc/passwd',
  '/%2fetc/passwd',
  '/%2fetc%2fpasswd',
  '//../secret.txt',
  '/sub%20dir//../../secret.txt',
  `/${base}/secret.txt`,
  `/${encodeURIComponent(`${base}/secret.txt`)}`,
  'file:///etc/passwd',
  '/file:%2f%2f/etc/passwd',
  '/~/secret.txt',
  '/~root/.profile',
  '/..;/secret.txt',
  '/..%3b/secret.txt',
  '/.../secret.txt',
  '/....//secret.txt',
  '/%20../secret.txt',
  '/..%20/secret.txt',
  '/..%0d%0a/secret.txt',
  '/..\t/secret.txt',
  '/root/../../root2/secret.txt',
  '/../root2/secret.txt',
  '/../rootsecret.txt',
  '/proc/self/root/etc/passwd',
  `/${'a'.repeat(300)}`,
  `/${'a/'.repeat(3000)}`,
]

/** Links that lead out, all ways. */
const LINKS = [
  '/out',
  '/absolute',
  '/up/secret.txt',
  '/up/',
  '/up/root2/secret.txt',
  '/top/etc/passwd',
  '/neighbour/secret.txt',
]
LINKS.push('/sub%20dir/two%20steps', '/sub%20dir/../out', '/loop', '/loop/a', '/dangling', '/neighbour/')

describe('the path of a URL', () => {
  it('leads to files and folders below the root', async () => {
    expect(await safePath(root, '/a.txt')).toMatchObject({
      path: path.join(root, 'a.txt'),
      parts: ['a.txt'],
      hasSlash: false,
    })
    expect(await safePath(root, '/')).toMatchObject({ path: root, parts: [], hasSlash: true })
    expect(await safePath(root, '')).toMatchObject({ path: root, parts: [], hasSlash: true })
    const found = await safePath(root, '/sub%20dir/%C3%A9.css')
    expect([found.parts, Number(found.stats.size)]).toEqual([['sub dir', 'é.css'], Buffer.byteLength('sub dir/é.css')])
    expect(await safePath(root, '/sub%20dir')).toMatchObject({ parts: ['sub dir'], hasSlash: false })
    expect(await safePath(root, '/sub%20dir/')).toMatchObject({ parts: ['sub dir'], hasSlash: true })
    // Names that look like ways out, or like something encoded, and are none.
    for (const url of ['/sub%20dir/deep/a%252fb', '/100%25', '/back%5Cslash', '/new%0Aline', '/-r'])
      expect((await safePath(root, url)).stats.isFile()).toBe(true)
    expect((await safePath(root, '/...', { hidden: true })).stats.isFile()).toBe(true)
    // The folder of all files.
    expect((await safePath('/', `${root}/a.txt`)).path).toBe(path.join(root, 'a.txt'))
  })

  it('follows links that stay inside', async () => {
    for (const url of ['/inside', '/out%20and%20in'])
      expect((await safePath(root, url)).path).toBe(path.join(root, 'a.txt'))
    expect((await safePath(root, '/folder%20link/%C3%A9.css')).path).toBe(path.join(root, 'sub dir/é.css'))
    // The root may be one.
    expect((await safePath(path.join(root, 'folder link'), '/deep')).path).toBe(path.join(root, 'sub dir/deep'))
  })

  it(`leads nowhere in ${OUT.length} spellings of ways out, and ${LINKS.length} by links`, async () => {
    for (const url of [...OUT, ...LINKS])
      for (const hidden of [false, true])
        expect([url, await safePath(root, url, { hidden }).catch((error: unknown) => error)]).toEqual([
          url,
          expect.any(NotThere),
        ])
  })

  it('sends nothing of the secret over HTTP, as bytes that no client would send', async () => {
    const server = await delivering(root)
    for (const url of [...OUT, ...LINKS]) {
      const target = Buffer.from(url.replace(/[\s]/g, '%20')).toString('latin1')
      const { text } = await raw(server, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect([url, /^HTTP\/1\.1 (?:404|400) /.test(text), text.includes(SECRET), text.includes('root:')]).toEqual([
        url,
        true,
        false,
        false,
      ])
    }
    // It would have been seen.
    const { text } = await raw(server, 'GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*a\.txt$/)
  })

  it('leads to hidden files only when they are asked for, and never through links that hide it', async () => {
    for (const url of ['/.hidden', '/.git/config', '/.git/', '/shown'])
      await expect(safePath(root, url)).rejects.toThrow(NotThere)
    for (const url of ['/.hidden', '/.git/config', '/.git/', '/shown'])
      expect((await safePath(root, url, { hidden: true })).path).toContain(`${root}/.`)
    expect((await safePath(root, '/.git/config', { except: ['.git'] })).path).toBe(path.join(root, '.git/config'))
    // A root below a hidden folder is one that somebody has named.
    expect((await safePath(path.join(root, '.git'), '/config')).stats.isFile()).toBe(true)
  })

  it('ends with a slash for folders only', async () => {
    for (const url of ['/a.txt/', '/inside/', '/a.txt/x', '/sub%20dir//', '/sub%20dir/./', '/./a.txt'])
      await expect(safePath(root, url)).rejects.toThrow(NotThere)
  })

  it('does not lead out while folders turn into links and back', async () => {
    const inside = path.join(root, 'turning')
    mkdirSync(path.join(base, 'aside'))
    mkdirSync(path.join(base, 'aside/inside'))
    writeFileSync(path.join(base, 'aside/inside/secret.txt'), 'fine')
    // Another process swaps a folder with a link to the folder that has the secret.
    const script = `from os import symlink, rename, unlink
from random import random
from time import sleep, time
end = time() + 25
while time() < end:
    rename('${base}/aside/inside', '${inside}'); sleep(random() / 3000)
    rename('${inside}', '${base}/aside/inside'); symlink('${base}', '${inside}'); sleep(random() / 3000)
    unlink('${inside}')
`
    const swapping = start(['python3', '-c', script])
    const seen = { found: 0, refused: 0, changed: 0 }
    const began = performance.now()
    const isEnough = (): boolean => seen.found > 50 && seen.refused > 50 && performance.now() - began > 3000
    while (!isEnough() && performance.now() - began < 20_000) {
      const found = await safePath(root, '/turning/secret.txt').catch(() => undefined)
      if (found === undefined) {
        seen.refused++
        continue
      }
      seen.found++
      try {
        for await (const piece of (await fileResource(found.path, { stats: found.stats })).read(0, undefined))
          expect(Buffer.from(piece).toString()).toBe('fine')
      } catch (error) {
        if ((error as Error).name === 'AssertionError') throw error
        seen.changed++
      }
    }
    swapping.kill('SIGKILL')
    await swapping.exited
    // Both happened, or nothing was tried.
    expect(seen.found).toBeGreaterThan(10)
    expect(seen.refused).toBeGreaterThan(10)
  })
})

describe('what is no ordinary file', () => {
  it('is not opened: pipes, devices, sockets', async () => {
    const socket = createServer().listen(path.join(root, 'socket'))
    await new Promise((resolve) => socket.on('listening', resolve))
    try {
      for (const name of ['pipe', 'socket']) {
        const { path: found, stats } = await safePath(root, `/${name}`)
        await expect(fileResource(found, { stats })).rejects.toThrow(NotThere)
        await expect(fileResource(found)).rejects.toThrow(NotThere)
      }
      for (const name of ['null', 'zero', 'tty']) {
        const { path: found, stats } = await safePath('/dev', `/${name}`)
        await expect(fileResource(found, { stats })).rejects.toThrow(NotThere)
      }
      await expect(fileResource(root)).rejects.toThrow(NotThere)
      // Who writes to the pipe still waits: nobody has opened it.
      const writing = await must(['timeout', '0.3', 'sh', '-c', `echo x > '${root}/pipe' || true`]).catch(
        (error: Error) => error,
      )
      expect(String(writing)).toContain('failed with 124')
    } finally {
      socket.close()
    }
  })

  it('is not read when it takes the place of a file', async () => {
    const file = path.join(root, 'was file')
    writeFileSync(file, 'bytes')
    const resource = await fileResource(file)
    unlinkSync(file)
    renameSync(path.join(root, 'pipe'), file)
    await expect(resource.read(0, 5)[Symbol.asyncIterator]().next()).rejects.toThrow('another file')
    renameSync(file, path.join(root, 'pipe'))
  })
})
