/** What counts as a download, and how a server ends by itself. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DownloadCount } from '../../../src/sessions/serve/count.js'
import type { FileServer } from '../../../src/sessions/serve/index.js'
import { lastAnswer } from '../../../src/sessions/serve/taken.js'
import { type Child, must, start } from '../../lab/process.js'
import { at, curl, download, folderHere, served, until } from './serving.js'

/** More than the buffers of both ends hold. */
const BIG = randomBytes(30_000_000)

function bigFile(folder = folderHere()): string {
  const file = path.join(folder, 'big.bin')
  writeFileSync(file, BIG)
  return file
}

/** curl would read more than it writes. */
const READS_A_LITTLE = `
import ssl, sys, time, urllib.request
response = urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context())
response.read(1000)
print('read')
time.sleep(60)
`

/** Asks one after the other, for a part or for all, by connections that it keeps. */
const NEVER_CLOSES = `
import http.client, ssl, sys, time, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
kept = []
for part in sys.argv[2:]:
    if url.scheme == 'https':
        connection = http.client.HTTPSConnection(url.netloc, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection(url.netloc)
    connection.auto_open = 0
    connection.connect()
    connection.close = lambda: None
    connection.request('GET', url.path, headers={'Range': 'bytes=' + part} if part else {})
    kept.append((connection, connection.sock))
    response = connection.getresponse()
    print(response.status, response.read())
print('done')
time.sleep(60)
`

/** A download whose client is killed when a part of it is there. */
async function breakOff(server: FileServer): Promise<void> {
  const file = path.join(folderHere(), 'part')
  const before = brokenOf(server)
  const child = slowly(server.url, file)
  await until(() => existsSync(file) && statSync(file).size > 100_000, 'a part was there')
  child.kill('SIGKILL')
  await child.exited
  await until(() => brokenOf(server) > before, 'the server noticed')
}

function brokenOf(server: FileServer): number {
  return server.transfers().filter(({ outcome }) => outcome === 'broken').length
}

function slowly(url: string, file: string, rate = '2M'): Child {
  return start(['curl', '-sS', '--max-time', '60', '--limit-rate', rate, '-o', file, url])
}

describe('a count', () => {
  it('is of complete downloads: one that breaks off in between is none', async () => {
    const server = await served(bigFile(), { count: 2 })
    const ended = server.wait()
    const folder = folderHere()
    expect(await download(server.url, `${folder}/1`)).toBe(0)
    // curl is done a moment before the server knows of it.
    await until(() => server.downloads === 1, 'it was counted')
    await breakOff(server)
    expect([server.downloads, server.state]).toEqual([1, 'open'])
    expect(await download(server.url, `${folder}/2`)).toBe(0)
    await ended
    expect([server.downloads, server.state]).toEqual([2, 'closed'])
    for (const name of ['1', '2']) expect(readFileSync(`${folder}/${name}`).equals(BIG)).toBe(true)
    expect(server.transfers().map(({ outcome }) => outcome)).toEqual(['complete', 'broken', 'complete'])
    // 7: nobody listens there any more.
    expect(await download(server.url, `${folder}/3`)).toBe(7)
  })

  it.each(['plain', 'tls'])(
    'is not used up by who leaves before the end of a file that fits into buffers: %s',
    async (way) => {
      const file = path.join(folderHere(), 'small.bin')
      writeFileSync(file, BIG.subarray(0, 600_000))
      const server = await served(file, { count: 1, tls: way === 'tls' })
      const part = path.join(folderHere(), 'part')
      const child = start(['python3', '-uc', READS_A_LITTLE, server.url])
      await until(() => child.stdout.includes('read'), 'a part was read')
      // The server has sent all by now.
      await until(() => server.transfers().at(-1)?.done === 600_000, 'all had left')
      child.kill('SIGKILL')
      await until(() => server.transfers().at(-1)?.outcome === 'broken', 'the server noticed')
      expect([server.downloads, server.state]).toEqual([0, 'open'])
      expect(await download(server.url, part, '-k')).toBe(0)
      await server.wait()
      expect(readFileSync(part).length).toBe(600_000)
    },
  )

  it('takes the parts of one client for one download', async () => {
    const server = await served(bigFile())
    const folder = folderHere()
    for (const range of ['20000000-29999999', '0-9999999', '5000000-19999998'])
      expect(await download(server.url, `${folder}/part`, '-r', range)).toBe(0)
    expect(server.downloads).toBe(0)
    const heard: unknown[] = []
    server.on('download', (transfer) => void heard.push(transfer))
    expect(await download(server.url, `${folder}/part`, '-r', '19999999-19999999')).toBe(0)
    expect(server.downloads).toBe(1)
    expect(heard).toHaveLength(1)
    // From there on it is another one.
    expect(await download(server.url, `${folder}/part`, '-r', '0-19999999')).toBe(0)
    expect(server.downloads).toBe(1)
  })

  it('does not add the parts of two clients', async () => {
    const server = await served(bigFile())
    const file = path.join(folderHere(), 'part')
    expect(await download(server.url, file, '-r', '0-14999999')).toBe(0)
    expect(await download(server.url, file, '-r', '15000000-', '--interface', '127.0.0.2')).toBe(0)
    expect(server.downloads).toBe(0)
    expect(await download(server.url, file, '-r', '0-14999999', '--interface', '127.0.0.2')).toBe(0)
    expect(server.downloads).toBe(1)
  })

  it('does not add parts of what was there before and after a change', async () => {
    const file = bigFile()
    const server = await served(file)
    const copy = path.join(folderHere(), 'part')
    expect(await download(server.url, copy, '-r', '0-14999999')).toBe(0)
    writeFileSync(file, randomBytes(BIG.length))
    expect(await download(server.url, copy, '-r', '15000000-')).toBe(0)
    expect(server.downloads).toBe(0)
  })

  it('is one when wget goes on with what broke off', async () => {
    const server = await served(bigFile(), { count: 1 })
    const folder = folderHere()
    const first = start(['wget', '-q', '--limit-rate=2m', '-P', folder, server.url])
    const file = path.join(folder, 'big.bin')
    await until(() => existsSync(file) && statSync(file).size > 1_000_000, 'a part was there')
    first.kill('SIGKILL')
    await until(() => server.transfers().some(({ outcome }) => outcome === 'broken'), 'the server noticed')
    await must(['wget', '-q', '-c', '-P', folder, server.url])
    await server.wait()
    expect(readFileSync(file).equals(BIG)).toBe(true)
    expect(server.downloads).toBe(1)
  })

  it('is one when aria2 takes parts side by side', async () => {
    const server = await served(bigFile(), { count: 1 })
    const folder = folderHere()
    await must(
      ['aria2c', '-q', '-x', '4', '-s', '4', '-k', '1M', '--async-dns=false', '--no-conf', '-d', folder, server.url],
      {
        timeout: 30_000,
      },
    )
    await server.wait()
    expect(readFileSync(path.join(folder, 'big.bin')).equals(BIG)).toBe(true)
    expect(server.downloads).toBe(1)
    expect(server.transfers().length).toBeGreaterThan(1)
  })

  it('has nothing to do with HEAD, 302, 304, 404 and 416', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' }, { count: 1 })
    const { headers } = await curl(server.url, '-I')
    expect((await curl(at(server, '/'))).status).toBe(302)
    expect((await curl(server.url, '-H', `If-None-Match: ${headers.etag}`)).status).toBe(304)
    expect((await curl(server.url, '-r', '9-')).status).toBe(416)
    expect((await curl(at(server, '/favicon.ico'))).status).toBe(404)
    expect([server.downloads, server.isOpen, server.transfers().length]).toEqual([0, true, 0])
    expect((await curl(server.url)).body).toBe('Hello')
    await server.wait()
  })

  it('is never exceeded: who comes while others take the last ones has to wait whether they end well', async () => {
    const server = await served(bigFile(), { count: 1 })
    const folder = folderHere()
    const first = slowly(server.url, `${folder}/1`)
    await until(() => server.transfers().some(({ done }) => done > 0), 'the first one had begun')
    const second = await curl(server.url, '--interface', '127.0.0.2')
    expect([second.status, second.headers['retry-after']]).toEqual([503, '5'])
    first.kill('SIGKILL')
    await first.exited
    // curl asks again by itself as it is told to.
    expect(await download(server.url, `${folder}/2`, '--retry', '3')).toBe(0)
    await server.wait()
    expect(server.downloads).toBe(1)
  })

  it.each(['plain', 'tls'])(
    'is not held by clients that have all and never close, and who asks meanwhile gets its turn: %s',
    async (way) => {
      const server = await served({ name: 'a.txt', data: 'Hello' }, { count: 2, tls: way === 'tls' })
      const ended = server.wait()
      const ask = start(['python3', '-uc', NEVER_CLOSES, server.url, '0-2', '', ''])
      await until(() => ask.stdout.includes('done'), 'all were answered')
      expect(ask.stdout.split('\n').slice(0, 3)).toEqual(["206 b'Hel'", "200 b'Hello'", "200 b'Hello'"])
      await ended
      expect(server.downloads).toBe(2)
      ask.kill('SIGKILL')
      await ask.exited
    },
  )

  it('counts files of a folder, and what is packed, but not its pages', async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'a.txt'), 'A')
    const server = await served(folder, { count: 2 })
    expect((await curl(at(server, '/'))).status).toBe(200)
    expect(server.downloads).toBe(0)
    expect((await curl(at(server, '/a.txt'))).body).toBe('A')
    expect(await download(at(server, '/?archive=tar'), `${folderHere()}/a.tar`)).toBe(0)
    await server.wait()
    expect(server.downloads).toBe(2)
  })

  it('is also that of clients of old, which know of no chunks', async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'a.txt'), BIG.subarray(0, 1_000_000))
    const server = await served(folder, { count: 2 })
    const copy = path.join(folderHere(), 'copy')
    expect(await download(at(server, '/a.txt'), copy, '--http1.0')).toBe(0)
    expect(await download(at(server, '/?archive=tar'), copy, '--http1.0')).toBe(0)
    await server.wait()
    expect(server.downloads).toBe(2)
    expect(await must(['tar', '-tf', copy])).toContain('a.txt')
  })

  it('forgets the oldest parts before they are too many', () => {
    const count = new DownloadCount(0)
    const take = (key: string, start: number, end: number): boolean => {
      const claim = count.begin(key, key, true)!
      return count.end(claim, { status: 206, ranges: [[start, end]], isWhole: true }, 10)
    }
    expect(take('first', 0, 5)).toBe(false)
    for (let i = 0; i < 20_000; i++) take(`client ${i}`, 0, 5)
    expect(take('first', 5, 10)).toBe(false)
    expect(take('client 19999', 5, 10)).toBe(true)
    // A client that asks for every second byte.
    for (let i = 0; i < 5000; i++) {
      const claim = count.begin('holes', 'holes', true)!
      count.end(claim, { status: 206, ranges: [[i * 2, i * 2 + 1]], isWhole: true }, 10_000)
    }
    expect(count.done).toBe(1)
  })
})

describe('whether a client has taken all', () => {
  /** What comes of an answer of 1.5 MB to a client that keeps its connection open. */
  async function taken(reads: boolean): Promise<boolean> {
    let told: (hasTaken: boolean) => void = () => undefined
    const result = new Promise<boolean>((resolve) => {
      told = resolve
    })
    const server = createServer((_, response) => {
      const hasTaken = lastAnswer(response, 300)
      response.setHeader('Content-Length', 1_500_000)
      response.end(BIG.subarray(0, 1_500_000), () => void hasTaken().then(told))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    if (reads) socket.resume()
    else socket.pause()
    const hasTaken = await result
    socket.destroy()
    server.close()
    return hasTaken
  }

  it('is seen where it does not close', async () => {
    expect(await taken(true)).toBe(true)
  })

  it('is seen where it takes nothing more', async () => {
    expect(await taken(false)).toBe(false)
  })
})

describe('a link that is good once', () => {
  it('survives a download that broke off, and ends with one that is complete', async () => {
    const server = await served(bigFile(), { openOnce: true })
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/big\.bin$/)
    const folder = folderHere()
    for (const place of ['/', '/big.bin', `/${'x'.repeat(22)}/big.bin`]) {
      const { status, body } = await curl(at(server, place))
      expect([place, status]).toEqual([place, 410])
      expect(body).not.toContain('big.bin')
    }
    const [, token] = new URL(server.url).pathname.split('/')
    expect((await curl(at(server, `/${token}/`))).headers.location).toBe(`/${token}/big.bin`)
    await breakOff(server)
    const first = slowly(server.url, `${folder}/1`, '4M')
    await until(() => server.transfers().some(({ outcome }) => outcome === undefined), 'it was taken again')
    // The whole of it as a part is no way around it.
    const others = await Promise.all(
      [[], ['-r', '0-']].map((more) => curl(server.url, '--interface', '127.0.0.2', ...more)),
    )
    expect(others.map(({ status }) => status)).toEqual([503, 503])
    await first.exited
    await server.wait()
    expect(readFileSync(`${folder}/1`).equals(BIG)).toBe(true)
    expect(await download(server.url, `${folder}/2`)).toBe(7)
  })

  it('expires, and a download that runs then still ends well', async () => {
    const server = await served(bigFile(), { openOnce: true, expires: 1, limit: '20 MB' })
    const folder = folderHere()
    const began = Date.now()
    expect(await download(server.url, `${folder}/1`)).toBe(0)
    expect(Date.now() - began).toBeGreaterThan(1000)
    await server.wait()
    expect(readFileSync(`${folder}/1`).equals(BIG)).toBe(true)
    const unused = await served(bigFile(), { openOnce: true, expires: 0.2 })
    await unused.wait()
    expect([unused.state, unused.downloads]).toEqual(['closed', 0])
  })
})

describe('a time', () => {
  it('without a request ends it, and a download that runs is none', async () => {
    const server = await served(bigFile(), { timeout: 0.5 })
    const folder = folderHere()
    const child = start(['curl', '-sS', '--limit-rate', '20M', '-o', `${folder}/1`, server.url])
    const { status } = await child.exited
    expect(status).toBe(0)
    expect(readFileSync(`${folder}/1`).equals(BIG)).toBe(true)
    const before = Date.now()
    await server.wait()
    expect(Date.now() - before).toBeLessThan(3000)
    expect([server.state, server.downloads]).toEqual(['closed', 1])
  })

  it('begins anew with each request', async () => {
    const server = await served({ name: 'a.txt', data: 'A' }, { timeout: 2 })
    const end = Date.now() + 4500
    while (Date.now() < end) {
      expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await server.wait()
  })
})
