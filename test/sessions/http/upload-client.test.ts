/** Files that are sent: their bytes, their progress, and what may happen to them on the way. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { must } from '../../lab/process.js'
import { type Httpbin, startHttpbin } from './httpbin.js'
import { type OwnServer, serving } from './misbehaving.js'
import { type Nginx, startNginx } from './nginx.js'

let nginx: Nginx
let httpbin: Httpbin
let folder: string
beforeAll(async () => {
  nginx = await startNginx()
  httpbin = await startHttpbin()
}, 60_000)
afterAll(async () => {
  await httpbin?.close()
  await nginx?.close()
})
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-upload-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

function fileOf(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

/** Descriptors of this process that lead to a file. */
function descriptorsOf(file: string): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file
    } catch {
      return false
    }
  })
}

/** A server that takes the first bytes of a body, does this, and goes on. */
async function slowTaker(then: () => void): Promise<OwnServer> {
  const own = await serving((request, response) => {
    request.once('data', () => {
      request.pause()
      then()
      setTimeout(() => request.resume(), 50)
    })
    request.on('error', () => undefined)
    request.on('end', () => response.end('done'))
  })
  onTestFinished(() => own.close())
  return own
}

const BIG = 64 * 1024 * 1024

describe('a file that is sent', () => {
  it('arrives as it is, and its way can be watched', async () => {
    const bytes = Buffer.alloc(20_000_003, 'netshell')
    const file = fileOf('big.bin', bytes)
    const seen: [string, number, number | undefined][] = []
    const task = http.put(`${nginx.origin}/put.bin`, { file, progress: (...values) => void seen.push(values) })
    const states: unknown[] = []
    task.onProgress((state) => states.push({ ...state }))
    expect((await task).status).toBe(201)
    expect(readFileSync(path.join(nginx.root, 'put.bin')).equals(bytes)).toBe(true)
    const up = seen.filter(([direction]) => direction === 'up')
    expect(up.length).toBeGreaterThan(10)
    expect(up.at(-1)).toEqual(['up', bytes.length, bytes.length])
    expect(up.map(([, done]) => done)).toEqual(up.map(([, done]) => done).sort((a, b) => a - b))
    // What the prompt shows.
    expect(states[0]).toMatchObject({ total: bytes.length, unit: 'bytes' })
  })

  it('of no bytes is sent, too, and one of a name that is none is refused before', async () => {
    const file = fileOf('empty', '')
    expect((await http.put(`${nginx.origin}/empty-put`, { file })).status).toBe(201)
    expect(readFileSync(path.join(nginx.root, 'empty-put'))).toHaveLength(0)
    const res = await http.post(httpbin.url('/post'), { files: { a: file, b: { data: 'x', name: 'b.txt' } } })
    expect(res.json().files).toEqual({ a: '', b: 'x' })
    await expect(http.put(nginx.origin, { file: path.join(folder, 'none') })).rejects.toThrow(/there is no file/)
    await expect(http.put(nginx.origin, { file: folder })).rejects.toThrow(/no file but a folder/)
    await expect(http.post(nginx.origin, { files: [path.join(folder, 'none')] })).rejects.toThrow(/there is no file/)
  })

  it('has the type that its name says, unless it is given another one', async () => {
    const own = await serving((request, response) => request.pipe(response))
    onTestFinished(() => own.close())
    const files = {
      a: fileOf('photo.JPG', 'x'),
      b: fileOf('notes.txt', 'x'),
      c: fileOf('what', 'x'),
      d: { data: 'x', name: 'd.json' },
      e: { path: fileOf('page.html', 'x'), type: 'text/plain; charset=latin1' },
      f: { data: 'x', name: '' },
    }
    const text = (await http.post(own.origin, { files })).text()
    const types = Array.from(text.matchAll(/name="(\w)"[^\r]*\r\n(?:Content-Type: ([^\r]+))?/g), ([, name, type]) => [
      name,
      type,
    ])
    expect(Object.fromEntries(types)).toEqual({
      a: 'image/jpeg',
      b: 'text/plain',
      c: 'application/octet-stream',
      d: 'application/json',
      e: 'text/plain; charset=latin1',
      f: undefined,
    })
  })

  it('that becomes shorter meanwhile is an error that says so, as it is and in a form', async () => {
    for (const way of ['file', 'files'] as const) {
      const file = fileOf('shrinking', Buffer.alloc(BIG))
      const own = await slowTaker(() => truncateSync(file, 1_000_000))
      const failed = http.post(own.origin, way === 'file' ? { file } : { files: { file } })
      await expect(failed).rejects.toThrow(
        /shrinking: the file became shorter while it was sent: it had 67108864 bytes/,
      )
      await expect(failed).rejects.toMatchObject({ code: 'CHANGED' })
      expect(own.requests).toHaveLength(1)
      expect(descriptorsOf(file)).toEqual([])
    }
  }, 40_000)

  it('that becomes longer meanwhile is sent as long as it was', async () => {
    const file = fileOf('growing', Buffer.alloc(BIG, 1))
    let length = 0
    const own = await serving((request, response) => {
      request.once('data', () => appendFileSync(file, 'more'))
      request.on('data', (piece: Buffer) => {
        length += piece.length
      })
      request.on('end', () => response.end())
    })
    onTestFinished(() => own.close())
    expect((await http.post(own.origin, { file })).status).toBe(200)
    expect(length).toBe(BIG)
  }, 30_000)

  it('is read once more behind a redirect that keeps the method', async () => {
    const file = fileOf('a.txt', 'once more')
    const own = await serving((request, response) => {
      if (request.url === '/') response.writeHead(307, { Location: '/there' }).end()
      else request.pipe(response)
    })
    onTestFinished(() => own.close())
    expect((await http.put(own.origin, { file })).text()).toBe('once more')
  })

  it('and that the server does not want is an answer, not a broken connection', async () => {
    const file = fileOf('big.bin', Buffer.alloc(BIG))
    const res = await http.put(`${nginx.origin}/small/big.bin`, { file })
    expect(res.status).toBe(413)
    expect(await http.put(`${nginx.origin}/put2`, { body: 'next' })).toMatchObject({ status: 201 })
    await expect.poll(() => descriptorsOf(file)).toEqual([])
  }, 30_000)

  it('is let go of when the connection breaks, and at Ctrl-C', async () => {
    const file = fileOf('big.bin', Buffer.alloc(BIG))
    const own = await serving((request) => {
      request.once('data', () => request.destroy())
      request.on('error', () => undefined)
    })
    onTestFinished(() => own.close())
    await expect(http.post(own.origin, { file })).rejects.toThrow(/closed|broke/)
    await expect.poll(() => descriptorsOf(file)).toEqual([])

    const silent = await serving((request) => void request.once('data', () => request.pause()))
    onTestFinished(() => silent.close())
    const task = http.post(silent.origin, { files: { a: file } })
    await expect.poll(() => descriptorsOf(file).length, { timeout: 10_000 }).toBeGreaterThan(0)
    task.interrupt()
    await expect(task).rejects.toMatchObject({ name: 'Interrupted' })
    await expect.poll(() => descriptorsOf(file)).toEqual([])
  }, 30_000)

  it('has the name that was said, whatever characters are in it', async () => {
    // Quotes come as browsers write them (WHATWG HTML, multipart/form-data encoding).
    const names = ['plain.txt', 'zwei "ü".txt', 'a;b=c.txt', 'emoji 👩‍🚀.txt']
    for (const name of names) {
      const res = await http.post(httpbin.url('/post'), { files: { [name]: { data: 'x', name, type: 'text/plain' } } })
      expect(Object.keys(res.json().files)).toEqual([name.replaceAll('"', '%22')])
    }
    const res = await http.post(httpbin.url('/post'), { files: { 'a\r\nX-Evil: 1': { data: 'x', name: 'e' } } })
    expect(res.json().headers).not.toHaveProperty('X-Evil')
    await expect(http.post(httpbin.url('/post'), { files: { a: { data: 'x', type: 'a/b\r\nX: 1' } } })).rejects.toThrow(
      /no media type/,
    )
  })
})

describe('memory', () => {
  it('stays flat for 1 GiB, sent as it is and in a form, and fetched into a file', async () => {
    const size = 1024 * 1024 * 1024
    const file = path.join(folder, 'gib')
    // Made of holes: it takes no room on the disk.
    await must(['truncate', '-s', String(size), file])
    const program = path.join(import.meta.dirname, 'upload-program.ts')
    const out = await must([process.execPath, '--import', './scripts/typescript.mjs', program, file, folder], {
      timeout: 120_000,
    })
    const { before, after, received, fetched } = JSON.parse(out)
    expect(received.file).toBe(size)
    expect(received.files).toBeGreaterThan(size)
    expect(fetched).toBe(size)
    // kB; a GiB in memory would be ten times as much.
    expect(after - before).toBeLessThan(120_000)
  }, 150_000)
})
