/** What goes wrong while a file is sent: nobody may take for whole what is not, and nothing stays behind. */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Delivered } from '../../../src/sessions/serve/deliver.js'
import { fileResource } from '../../../src/sessions/serve/file-resource.js'
import { type Resource, ResourceChanged } from '../../../src/sessions/serve/resource.js'
import { run } from '../../lab/process.js'
import { curl } from '../web/asking.js'
import { type Delivering, delivering, lastOf } from './delivering.js'

const root = mkdtempSync(path.join(tmpdir(), 'netshell-faults-'))
const SIZE = 40_000_000
const bytes = Buffer.alloc(SIZE, 'as it was ')
let names = 0

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A new file that is larger than what buffers of the system hold. */
function newFile(): { name: string; file: string } {
  const name = `file${names++}.bin`
  const file = path.join(root, name)
  writeFileSync(file, bytes)
  return { name, file }
}

/** Descriptors of this process on files below the root. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`)
      return file.startsWith(root) ? [file] : []
    } catch {
      return []
    }
  })
}

/** Asks, takes the first bytes, lets something happen, and takes the rest. */
async function interrupted(
  { port }: Delivering,
  name: string,
  meanwhile: () => void,
  version = '1.1',
): Promise<{ bytes: number; isReset: boolean }> {
  return await new Promise((resolve) => {
    let [received, isReset, hasHappened] = [0, false, false]
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /${name} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`),
    )
    socket.on('data', (piece) => {
      const head = received === 0 ? piece.indexOf('\r\n\r\n') + 4 : 0
      received += piece.length - head
      if (hasHappened) return
      hasHappened = true
      socket.pause()
      setTimeout(() => {
        meanwhile()
        socket.resume()
      }, 100)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      isReset = code === 'ECONNRESET'
    })
    socket.on('close', () => resolve({ bytes: received, isReset }))
  })
}

describe('a file that changes while it is sent', () => {
  const changes: [string, (file: string) => void, RegExp][] = [
    ['becomes shorter', (file) => truncateSync(file, 100), /shorter/],
    ['becomes empty', (file) => truncateSync(file, 0), /shorter/],
    ['becomes longer', (file) => appendFileSync(file, 'more'), /changed/],
    [
      'has other bytes in the same place',
      (file) => {
        const descriptor = openSync(file, 'r+')
        writeSync(descriptor, 'as it is!', SIZE - 9)
        closeSync(descriptor)
      },
      /changed/,
    ],
    [
      'is written anew with as many bytes',
      (file) => writeFileSync(file, Buffer.alloc(SIZE, 'as it is  ')),
      /changed|shorter/,
    ],
  ]
  for (const [what, change, words] of changes)
    it(`and ${what} is broken off: the client has less than it was promised`, async () => {
      const { name, file } = newFile()
      const server = await delivering(root)
      const { bytes: received } = await interrupted(server, name, () => change(file))
      expect(received).toBeGreaterThan(0)
      expect(received).toBeLessThan(SIZE)
      const { error, ...delivered } = await lastOf(server, 1)
      expect(error).toBeInstanceOf(ResourceChanged)
      expect(error!.message).toMatch(words)
      expect(delivered).toEqual({
        status: 200,
        ranges: [[0, delivered.bytes]],
        bytes: expect.any(Number),
        isWhole: false,
      })
      expect(server.transfers[0]).toMatchObject({
        total: SIZE,
        done: delivered.bytes,
        outcome: 'broken',
        ended: expect.any(Date),
      })
      expect(openFiles()).toEqual([])
    })

  it('is not continued with other bytes: curl sees that the length is wrong, and gets all anew by If-Range', async () => {
    const { name, file } = newFile()
    const server = await delivering(root)
    const { etag } = (await curl(server, `/${name}`, '-I')).headers
    const got = path.join(root, 'got')
    const child = run(['curl', '-sS', '--limit-rate', '10M', '-o', got, `${server.url}${name}`], { timeout: 20_000 })
    await expect.poll(() => server.transfers.at(-1)!.done, { timeout: 10_000 }).toBeGreaterThan(1_000_000)
    writeFileSync(file, Buffer.alloc(SIZE, 'other text'))
    // 18: the transfer ended before all was there.
    expect((await child).status).toBe(18)
    const again = (range: string, tag: string): Promise<unknown> =>
      run(['curl', '-sS', '-r', range, '-H', `If-Range: ${tag}`, '-o', got, `${server.url}${name}`])
    await again('1000000-', etag!)
    expect(readFileSync(got).equals(Buffer.alloc(SIZE, 'other text'))).toBe(true)
    const renewed = (await curl(server, `/${name}`, '-I')).headers.etag!
    expect(renewed).not.toBe(etag)
    await again('39999990-', renewed)
    expect(readFileSync(got, 'utf8')).toBe('other text')
  })

  it('but is only deleted, or has another in its place, is sent to its end as it was', async () => {
    for (const meanwhile of [
      unlinkSync,
      (file: string): void => {
        writeFileSync(`${file}.new`, 'new')
        renameSync(`${file}.new`, file)
      },
    ]) {
      const { name, file } = newFile()
      const server = await delivering(root)
      expect(await interrupted(server, name, () => meanwhile(file))).toEqual({ bytes: SIZE, isReset: false })
      expect(await lastOf(server, 1)).toMatchObject({ bytes: SIZE, isWhole: true })
    }
  })
})

describe('a file that cannot be read', () => {
  it('leaves the answer to who asked for it to be sent', async () => {
    const { file } = newFile()
    const server = await delivering(await fileResource(file))
    unlinkSync(file)
    expect((await curl(server, '/x')).status).toBe(404)
    expect(server.done[0]).toMatchObject({ code: 'ENOENT' })
    const { file: second } = newFile()
    const changing = await delivering(await fileResource(second))
    appendFileSync(second, 'more')
    expect((await curl(changing, '/x')).status).toBe(503)
    expect(changing.done[0]).toBeInstanceOf(ResourceChanged)
    expect(changing.transfers[0]).toMatchObject({ done: 0, outcome: 'broken' })
    expect(openFiles()).toEqual([])
  })

  it.runIf(process.getuid!() === 0)('for want of rights is none of its bytes', async () => {
    chmodSync(root, 0o711)
    const { name, file } = newFile()
    chmodSync(file, 0o600)
    const server = await delivering(root)
    process.seteuid!(65_534)
    try {
      expect(await curl(server, `/${name}`)).toMatchObject({ status: 404, body: '' })
      expect(server.done[0]).toMatchObject({ code: 'EACCES' })
    } finally {
      process.seteuid!(0)
    }
    expect((await curl(server, `/${name}`, '-r', '0-3')).body).toBe('as i')
  })

  it('by an error of the disk is not taken for shorter', async () => {
    // The memory of a process at 0, which nothing is at: reading gives EIO.
    const resource = {
      ...(await fileResource(newFile().file)),
      read: (start: number, end?: number) => fromMemory(start, end!),
    }
    async function* fromMemory(start: number, end: number): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(start, start + 1000)
      const { open } = await import('node:fs/promises')
      const handle = await open('/proc/self/mem')
      try {
        yield (await handle.read(Buffer.alloc(end - start), 0, 100, 0)).buffer
      } finally {
        await handle.close()
      }
    }
    const server = await delivering(resource)
    const { bytes: received } = await interrupted(server, 'x', () => {})
    expect(received).toBeLessThanOrEqual(1000)
    expect(await lastOf(server, 1)).toMatchObject({ isWhole: false, error: { code: 'EIO' } })
  })
})

describe('a client', () => {
  it('that leaves in the middle is not counted, and nothing stays open', async () => {
    const { name } = newFile()
    const server = await delivering(root)
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.write(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`))
        socket.once('data', () => socket[how]()).on('close', () => resolve())
      })
    }
    const { error, ...delivered } = await lastOf(server, 2)
    expect(error).toBeUndefined()
    expect(delivered).toEqual({
      status: 200,
      ranges: [[0, delivered.bytes]],
      bytes: expect.any(Number),
      isWhole: false,
    })
    expect(delivered.bytes).toBeLessThan(SIZE)
    expect(server.transfers.map(({ outcome }) => outcome)).toEqual(['broken', 'broken'])
    await expect.poll(openFiles).toEqual([])
  })

  it('that takes nothing any more is given up, one that is slow is not', async () => {
    const { name } = newFile()
    const server = await delivering(root, { patience: 400 })
    const socket = connect(server.port, '127.0.0.1', () => socket.write(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`))
    socket.once('data', () => socket.pause())
    socket.on('error', () => {})
    expect(await lastOf(server, 1)).toMatchObject({ isWhole: false })
    socket.destroy()
    // As slow as never to take a whole piece in that time.
    const got = await run([
      'curl',
      '-sS',
      '-r',
      '0-7999999',
      '--limit-rate',
      '4M',
      '-o',
      '/dev/null',
      `${server.url}${name}`,
    ])
    expect(got.status).toBe(0)
    expect((await lastOf(server, 2)).isWhole).toBe(true)
    expect(openFiles()).toEqual([])
  })
})

describe('bytes of which nobody knows how many there are', () => {
  const endless = (read: () => AsyncGenerator<Uint8Array>): Resource => ({
    name: 'all.tar',
    type: 'application/x-tar',
    size: undefined,
    modified: undefined,
    etag: undefined,
    disposition: 'attachment',
    read,
  })

  it('come in chunks, and never in parts', async () => {
    const server = await delivering(
      endless(async function* () {
        for (const text of ['one ', 'two ', 'three']) yield Buffer.from(text)
      }),
    )
    const answer = await curl(server, '/x', '-r', '1-2', '--raw')
    expect(answer).toMatchObject({ status: 200, headers: { 'transfer-encoding': 'chunked', 'accept-ranges': 'none' } })
    expect(answer.body).toBe('4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n')
    expect(answer.headers['content-length']).toBeUndefined()
    expect(await lastOf(server, 1)).toEqual({ status: 200, ranges: [[0, 13]], bytes: 13, isWhole: true })
  })

  it('that break off do not look like all, also to a client that knows of no chunks', async () => {
    const server = await delivering(
      endless(async function* () {
        yield Buffer.from('begin')
        await new Promise((resolve) => setTimeout(resolve, 300))
        throw new ResourceChanged('a file of it has gone')
      }),
    )
    const chunked = await run(['curl', '-sS', `${server.url}x`])
    // 18: the transfer ended before all was there.
    expect([chunked.status, chunked.stdout]).toEqual([18, 'begin'])
    const old = await run(['curl', '-sS', '--http1.0', `${server.url}x`])
    // 56: the connection was reset.
    expect([old.status, old.stdout]).toEqual([56, 'begin'])
    expect(server.done).toMatchObject([
      { isWhole: false, bytes: 5 },
      { isWhole: false, bytes: 5 },
    ])
  })

  it('and that never come hold nobody up when the client has left', async () => {
    let wasLetGo = false
    const server = await delivering(
      endless(async function* () {
        try {
          yield Buffer.from('begin')
          await new Promise((resolve) => setTimeout(resolve, 1500))
          yield Buffer.from('too late')
        } finally {
          wasLetGo = true
        }
      }),
    )
    expect((await run(['curl', '-sS', '-m', '0.5', `${server.url}x`])).status).toBe(28)
    const delivered: Delivered = await lastOf(server, 1)
    expect([delivered.isWhole, delivered.bytes, wasLetGo]).toEqual([false, 5, false])
    await expect.poll(() => wasLetGo, { timeout: 5000 }).toBe(true)
  })
})
