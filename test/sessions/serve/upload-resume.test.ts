/** Uploads in several parts: connections that break, clients that come back, and those that never do. */
import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PartialUploads } from '../../../src/sessions/serve/upload/index.js'
import { must } from '../../lab/process.js'
import type { Answer } from '../web/asking.js'
import { atEnd, curl, emptyFolder, type UploadServer, until, uploadServer } from './uploading.js'

const PART = 'Content-Type: application/partial-upload'
const LAST = 'Upload-Complete: ?1'
const MORE = 'Upload-Complete: ?0'

/** Begins one; the address of its parts. */
async function begin(server: UploadServer, name: string, ...headers: string[]): Promise<string> {
  const answer = await curl('-X', 'PUT', '-H', MORE, ...headers.flatMap((each) => ['-H', each]), server.url + name)
  expect(answer.status).toBe(201)
  return new URL(answer.headers['location']!, server.url).href
}

function patch(url: string, offset: number, body: string, ...headers: string[]): Promise<Answer> {
  const all = [PART, `Upload-Offset: ${offset}`, ...headers].flatMap((each) => ['-H', each])
  return curl('-X', 'PATCH', '--data-binary', body, ...all, url)
}

const head = (url: string): Promise<Answer> => curl('-I', url)

/** A part that is never whole: gives the connection when so many bytes of it are stored. */
async function half(server: UploadServer, url: string, offset: number, bytes: string): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined)
  atEnd(() => socket.destroy())
  const before = server.transfers.length
  const headers = ['Host: x', PART, `Upload-Offset: ${offset}`, LAST, 'Content-Length: 100000']
  socket.write(`PATCH ${new URL(url).pathname} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${bytes}`)
  await until('it is stored', () => server.transfers[before]?.done === bytes.length)
  return socket
}

describe('an upload in parts', () => {
  it('is done with curl, part by part', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt', 'Upload-Length: 11')
    expect(url).toMatch(/\/\.netshell\/uploads\/[\w-]{22}$/)
    const first = await patch(url, 0, 'hello ', MORE)
    expect(first).toMatchObject({ status: 204, headers: { 'upload-offset': '6', 'upload-complete': '?0' } })
    expect(await head(url)).toMatchObject({
      status: 204,
      headers: {
        'upload-offset': '6',
        'upload-complete': '?0',
        'upload-length': '11',
        'upload-limit': 'max-size=1000000000, max-age=3600',
        'cache-control': 'no-store',
      },
    })
    const last = await patch(url, 6, 'world', LAST)
    expect(last).toMatchObject({ status: 201, headers: { location: '/a.txt', 'upload-complete': '?1' } })
    expect(await server.names()).toEqual(['a.txt'])
    expect(await server.content('a.txt')).toBe('hello world')
    expect(server.received.map(({ files, bytes }) => [files.length, bytes])).toEqual([
      [0, 0],
      [0, 6],
      [0, 0],
      [1, 5],
    ])
  })

  it('may begin with a part, and need not say how long it is', async () => {
    const server = await uploadServer()
    const begun = await curl('-X', 'PUT', '-H', MORE, '-d', 'one ', `${server.url}a.txt`)
    expect(begun).toMatchObject({ status: 201, headers: { 'upload-offset': '4' } })
    await patch(new URL(begun.headers['location']!, server.url).href, 4, 'two', LAST)
    expect(await server.content('a.txt')).toBe('one two')
  })

  it('goes on where it was when the connection broke', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt', 'Upload-Length: 100000')
    const broken = await half(server, url, 0, '12345')
    broken.destroy()
    await until('the server knows', () => server.uploads.counts.running === 0)
    expect((await head(url)).headers['upload-offset']).toBe('5')
    expect(server.transfers.at(-1)).toMatchObject({ outcome: 'broken', done: 5 })
    const rest = path.join(await emptyFolder(), 'rest')
    await writeFile(rest, 'x'.repeat(99_995))
    expect((await patch(url, 5, `@${rest}`, LAST)).status).toBe(201)
    expect(await server.content('a.txt')).toBe(`12345${'x'.repeat(99_995)}`)
    // This transfer had the rest only.
    expect(server.transfers.at(-1)).toMatchObject({ outcome: 'complete', done: 99_995, total: 99_995 })
  })

  it('takes the rest from a pipe, as it comes', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt', 'Upload-Length: 11')
    await patch(url, 0, 'hello ', MORE)
    const headers = [PART, 'Upload-Offset: 6', LAST].flatMap((each) => ['-H', each])
    await must(['curl', '-sS', '-f', '-X', 'PATCH', '-T', '-', ...headers, url], { input: 'world' })
    expect(await server.content('a.txt')).toBe('hello world')
  })

  it('is taken over from a connection that nobody has seen break', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt')
    await half(server, url, 0, 'abc')
    expect(await head(url)).toMatchObject({ status: 204, headers: { 'upload-offset': '3' } })
    await half(server, url, 3, 'def')
    expect((await patch(url, 6, 'ghi', LAST)).status).toBe(201)
    expect(await server.content('a.txt')).toBe('abcdefghi')
  })

  it('comes whole from a client in Python whose connection breaks again and again', async () => {
    const server = await uploadServer()
    const large = path.join(await emptyFolder(), 'large.bin')
    await writeFile(large, Buffer.alloc(3_000_000, 'Some text that is repeated, but not at the same places. '))
    const script = `
import http.client, socket, struct, sys
port, name = int(sys.argv[1]), sys.argv[2]
data = open(name, 'rb').read()
def ask(method, path, headers, body=b''):
    link = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    link.request(method, path, body=body, headers=headers)
    answer = link.getresponse()
    answer.read()
    return answer
begun = ask('PUT', '/large.bin', {'Upload-Complete': '?0', 'Upload-Length': str(len(data))})
path = begun.headers['Location']
for i in range(8):
    offset = int(ask('HEAD', path, {}).headers['Upload-Offset'])
    link = socket.create_connection(('127.0.0.1', port))
    head = f'PATCH {path} HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/partial-upload\\r\\nUpload-Offset: {offset}\\r\\nUpload-Complete: ?1\\r\\nContent-Length: {len(data) - offset}\\r\\n\\r\\n'
    link.sendall(head.encode() + data[offset:offset + 333_333])
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    link.close()
offset = int(ask('HEAD', path, {}).headers['Upload-Offset'])
answer = ask('PATCH', path, {'Content-Type': 'application/partial-upload', 'Upload-Offset': str(offset), 'Upload-Complete': '?1'}, data[offset:])
print(answer.status, answer.headers['Location'])`
    const told = await must(['/usr/bin/python3', '-c', script, String(server.port), large], { timeout: 25_000 })
    expect(told).toBe('201 /large.bin\n')
    const sums = await Promise.all(
      [large, path.join(server.folder, 'large.bin')].map(async (name) =>
        createHash('sha256')
          .update(await readFile(name))
          .digest('hex'),
      ),
    )
    expect(sums[0]).toBe(sums[1])
  })

  it('from two connections at the same time is one file without gaps, from one of them', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.bin', 'Upload-Length: 300000')
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (text) => {
        const headers = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0', 'Upload-Complete': '?1' }
        // A connection that was taken over is closed without an answer.
        return await fetch(url, { method: 'PATCH', headers, body: text.repeat(300_000) }).then(
          ({ status }) => status,
          () => 0,
        )
      }),
    )
    expect(answers.filter((status) => status === 201).length).toBeLessThanOrEqual(1)
    for (const status of answers) expect([0, 201, 400, 409]).toContain(status)
    const names = await server.names()
    expect(names).toHaveLength(1)
    if (names[0] === 'a.bin') expect(new Set(await server.content('a.bin')).size).toBe(1)
  })

  it('can be asked about when it is whole, and takes no more', async () => {
    const server = await uploadServer()
    await writeFile(path.join(server.folder, 'a.txt'), 'old')
    const url = await begin(server, 'a.txt')
    await patch(url, 0, 'new', LAST)
    expect((await head(url)).headers).toMatchObject({
      'upload-complete': '?1',
      'upload-offset': '3',
      'upload-length': '3',
      'content-location': '/a%20(2).txt',
    })
    expect((await patch(url, 3, 'more', LAST)).status).toBe(400)
    expect((await curl('-X', 'DELETE', url)).status).toBe(204)
    expect(await server.content('a (2).txt')).toBe('new')
    expect((await head(url)).status).toBe(404)
  })

  it('is removed when it is not wanted any more', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt')
    await half(server, url, 0, 'abc')
    expect((await curl('-X', 'DELETE', url)).status).toBe(204)
    expect(await server.names()).toEqual([])
    expect((await head(url)).status).toBe(404)
  })

  it('says what it takes', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt')
    expect(await curl('-X', 'OPTIONS', url)).toMatchObject({
      status: 204,
      headers: { 'accept-patch': 'application/partial-upload', allow: 'HEAD, PATCH, DELETE, OPTIONS' },
    })
    expect((await curl(url)).status).toBe(405)
    expect((await head(`${server.url}.netshell/uploads/${'x'.repeat(22)}`)).status).toBe(404)
    expect((await head(`${server.url}.netshell/uploads/`)).status).toBe(404)
  })
})

describe('a part', () => {
  it.each<[string, string[], number]>([
    ['at another place than where the last one ended', ['Upload-Offset: 2', LAST, PART], 409],
    ['without its place', [LAST, PART], 409],
    ['with a place that is no number', ['Upload-Offset: 0x3', LAST, PART], 400],
    ['with a place below zero', ['Upload-Offset: -3', LAST, PART], 400],
    ['that does not say whether it is the last', ['Upload-Offset: 3', PART], 400],
    ['that says so in other words', ['Upload-Offset: 3', 'Upload-Complete: true', PART], 400],
    ['of another type', ['Upload-Offset: 3', LAST, 'Content-Type: text/plain'], 415],
    ['from the page of another', ['Upload-Offset: 3', LAST, PART, 'Origin: http://evil.example'], 403],
  ])('%s is refused, and what there was stays', async (_what, headers, status) => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt')
    await patch(url, 0, 'abc', MORE)
    const answer = await curl('-X', 'PATCH', '-d', 'def', ...headers.flatMap((each) => ['-H', each]), url)
    expect(answer.status).toBe(status)
    if (status === 409) expect(answer.headers['upload-offset']).toBe('3')
    expect((await patch(url, 3, 'def', LAST)).status).toBe(201)
    expect(await server.content('a.txt')).toBe('abcdef')
  })

  it.each<[string, string, string[]]>([
    ['longer', 'abcdef', [LAST]],
    ['longer, without saying so,', 'abcdef', [LAST, 'Transfer-Encoding: chunked']],
    ['shorter', 'abc', [LAST]],
  ])('that makes it %s than it was to be ends the upload', async (_what, body, headers) => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt', 'Upload-Length: 5')
    expect((await patch(url, 0, body, ...headers)).status).toBe(400)
    await until('it is gone', async () => (await server.names()).length === 0)
    expect((await head(url)).status).toBe(404)
  })

  it('of a file that somebody has removed is told to begin again', async () => {
    const server = await uploadServer()
    const url = await begin(server, 'a.txt')
    await rm(path.join(server.folder, (await server.names())[0]!))
    expect((await patch(url, 0, 'abc', LAST)).status).toBe(410)
    expect((await head(url)).status).toBe(404)
  })
})

describe('too much', () => {
  it('is refused when the upload begins, and while it comes', async () => {
    const server = await uploadServer({ limit: 1000 })
    expect((await curl('-X', 'PUT', '-H', MORE, '-H', 'Upload-Length: 1001', `${server.url}a`)).status).toBe(413)
    const url = await begin(server, 'a.txt')
    expect((await patch(url, 0, 'x'.repeat(800), MORE)).status).toBe(204)
    expect((await patch(url, 800, 'x'.repeat(201), LAST)).status).toBe(413)
    expect(await server.names()).toEqual([])
  })

  it('for the disk is told when the upload begins, and when the disk gets full', async () => {
    const folder = await emptyFolder()
    await must(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
    atEnd(() => must(['umount', folder]))
    const server = await uploadServer({ folder })
    expect((await curl('-X', 'PUT', '-H', MORE, '-H', 'Upload-Length: 2000000', `${server.url}a`)).status).toBe(507)
    const url = await begin(server, 'a.txt')
    const large = path.join(await emptyFolder(), 'large')
    await writeFile(large, Buffer.alloc(2_000_000))
    expect((await patch(url, 0, `@${large}`, LAST)).status).toBe(507)
    expect(await server.names()).toEqual([])
  })

  it('that waits from one address: the oldest goes', async () => {
    const server = await uploadServer()
    const urls: string[] = []
    for (let i = 0; i < 33; i++) {
      const answer = await fetch(`${server.url}${i}`, { method: 'PUT', headers: { 'Upload-Complete': '?0' } })
      urls.push(new URL(answer.headers.get('location')!, server.url).href)
    }
    await until('one is gone', async () => (await server.names()).length === 32)
    expect((await head(urls[0]!)).status).toBe(404)
    expect((await head(urls[1]!)).status).toBe(204)
  })
})

describe('what nobody goes on with', () => {
  it('is removed when its time is over', async () => {
    const server = await uploadServer({ uploads: new PartialUploads(0.5) })
    const url = await begin(server, 'a.txt')
    expect(await server.names()).toHaveLength(1)
    await until('it is gone', async () => (await server.names()).length === 0)
    expect((await head(url)).status).toBe(404)
  })

  it('is not what still comes, however long it takes', async () => {
    const server = await uploadServer({ uploads: new PartialUploads(0.2) })
    const url = await begin(server, 'a.txt')
    const socket = await half(server, url, 0, 'abc')
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(await server.names()).toHaveLength(1)
    socket.destroy()
    await until('it is gone', async () => (await server.names()).length === 0)
  })

  it('is what a client began that left before it heard where', async () => {
    const server = await uploadServer()
    const clients = 20
    for (let i = 0; i < clients; i++) {
      const socket = connect(server.port, '127.0.0.1').on('error', () => undefined)
      socket.write(`PUT /${i} HTTP/1.1\r\nHost: x\r\n${MORE}\r\n\r\n`)
      socket.destroySoon()
    }
    // An answer that the system has taken before it saw the client leave counts as heard.
    const counts = (): number => server.received.length
    await until('all are answered or gone', () => counts() === clients)
    await until('some are gone', async () => (await server.names()).length < clients)
  })

  it('is removed at the end of the server', async () => {
    const server = await uploadServer()
    await begin(server, 'a.txt')
    await half(server, await begin(server, 'b.txt'), 0, 'abc')
    expect(await server.names()).toHaveLength(2)
    await server.uploads.close()
    expect(await server.names()).toEqual([])
  })
})
