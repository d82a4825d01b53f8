/** Answers that are read while they come. */
import zlib from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { type Httpbin, startHttpbin } from './httpbin.js'
import { type OwnServer, serving, writing } from './misbehaving.js'

let httpbin: Httpbin
beforeAll(async () => {
  httpbin = await startHttpbin()
}, 40_000)
afterAll(() => httpbin?.close())

async function server(...answer: Parameters<typeof serving>): Promise<OwnServer> {
  const own = await serving(...answer)
  onTestFinished(() => own.close())
  return own
}

/** Sends this, and nothing more: the answer stays open. `gone` tells when the other end has left. */
async function open(text: string): Promise<{ own: OwnServer; gone: Promise<void> }> {
  let left: () => void
  const gone = new Promise<void>((resolve) => {
    left = resolve
  })
  const own = await server((_request, response) => {
    response.write(text)
    response.on('close', () => left())
  })
  return { own, gone }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('a stream', () => {
  it('gives the lines of a real server as they come', async () => {
    const stream = await http.stream(httpbin.url('/stream/5'))
    expect([stream.status, stream.ok, stream.headers['Content-Type']]).toEqual([200, true, 'application/json'])
    const ids = (await all(stream.lines())).map((line) => (JSON.parse(line) as { id: number }).id)
    expect(ids).toEqual([0, 1, 2, 3, 4])
  })

  it('gives all bytes, and says how many will come', async () => {
    const stream = await http.stream(httpbin.url('/bytes/100000?seed=7'))
    expect(stream.length).toBe(100_000)
    const bytes = Buffer.concat(await all(stream))
    expect(bytes.equals(Buffer.from((await http.get(httpbin.url('/bytes/100000?seed=7'))).bytes))).toBe(true)
    await expect(all(stream)).rejects.toThrow(/was read already/)
  })

  it('sends, too, and gives what is compressed as it was before', async () => {
    const posted = await http.stream(httpbin.url('/post'), { method: 'POST', json: { a: 1 } })
    expect(JSON.parse(await posted.text()).json).toEqual({ a: 1 })
    expect(JSON.parse(await (await http.stream(httpbin.url('/gzip'))).text()).gzipped).toBe(true)
  })

  it.each([
    ['with its frame', zlib.deflateSync],
    ['without it', zlib.deflateRawSync],
  ])('reads deflate %s, however it is cut', async (_name, deflate) => {
    const text = 'a line of text\n'.repeat(20_000)
    const bytes = deflate(text)
    const own = await server(async (request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'deflate' })
      const size = request.url === '/broken' ? bytes.length / 2 : bytes.length
      const step = request.url === '/bytes' ? 1 : bytes.length
      for (let at = 0; at < size; at += at < 3 ? step : bytes.length) {
        response.write(bytes.subarray(at, Math.min(size, at + (at < 3 ? step : bytes.length))))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      response.end()
    })
    for (const path of ['/whole', '/bytes']) expect(await (await http.stream(own.origin + path)).text()).toBe(text)
    await expect((await http.stream(`${own.origin}/broken`)).text()).rejects.toThrow(
      /compressed, and broken or cut off/,
    )
    const empty = await server((_request, response) => response.writeHead(200, { 'Content-Encoding': 'deflate' }).end())
    expect(await (await http.stream(empty.origin)).text()).toBe('')
  })

  it('reads lines in any charset, cut anywhere, with any line ends', async () => {
    const text = 'grün\r\n\nзима 👩‍🚀\nlast'
    const own = await server((request, response) => {
      const isLatin = request.url === '/latin'
      response.setHeader('Content-Type', `text/plain${isLatin ? '; charset=iso-8859-1' : ''}`)
      const bytes = isLatin ? Buffer.from('grün\nß', 'latin1') : Buffer.from(text)
      let at = 0
      const next = (): void => {
        if (at === bytes.length) return void response.end()
        response.write(bytes.subarray(at, ++at), () => setImmediate(next))
      }
      next()
    })
    expect(await all((await http.stream(own.origin)).lines())).toEqual(['grün', '', 'зима 👩‍🚀', 'last'])
    expect(await all((await http.stream(`${own.origin}/latin`)).lines())).toEqual(['grün', 'ß'])
  })

  it('ends where the loop is left, although the next piece is long in coming, and lets go of the connection', async () => {
    const { own, gone } = await open('one\ntwo\n')
    for await (const line of (await http.stream(own.origin)).lines()) if (line === 'two') break
    await gone

    const second = await open('one\n')
    const lines = (await http.stream(second.own.origin)).lines()[Symbol.asyncIterator]()
    expect(await lines.next()).toEqual({ done: false, value: 'one' })
    const waiting = lines.next()
    const failed = expect(waiting).rejects.toThrow(/was closed/)
    await lines.return!()
    await failed
    await second.gone
  })

  it('can be closed, read or not', async () => {
    const { own, gone } = await open('x')
    const stream = await http.stream(own.origin)
    stream.close()
    await gone
    expect(String(stream)).toContain('200')
    await expect(stream.text()).rejects.toThrow(/was read already/)
  })

  it('that breaks is an error in words, also when it is compressed', async () => {
    const packed = zlib.gzipSync(Buffer.alloc(500_000, 'text '))
    const own = await server((request, response) => {
      if (request.url === '/gzip') response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed.subarray(0, 400))
      else {
        response.writeHead(200, { 'Content-Length': 1000 })
        response.write('some', () => setTimeout(() => response.destroy(), 50))
      }
    })
    await expect((await http.stream(own.origin)).text()).rejects.toThrow(/GET http.*(?:complete|broke|cut off)/)
    await expect((await http.stream(`${own.origin}/gzip`)).text()).rejects.toThrow(/compressed, and broken or cut off/)
  })

  it('on which nothing comes is given up after option timeout; who reads slowly may take longer', async () => {
    const { own } = await open('x')
    await expect((await http.stream(own.origin, { timeout: 0.3 })).text()).rejects.toMatchObject({ code: 'TIMEOUT' })

    const big = await server((_request, response) => response.end(Buffer.alloc(8_000_000)))
    const stream = await http.stream(big.origin, { timeout: 0.3 })
    let length = 0
    for await (const piece of stream) {
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 800))
      length += piece.length
    }
    expect(length).toBe(8_000_000)
  })

  // What undici's parser takes for impossible, and ends the program for: see socket-guard.ts. The middle sizes just fill what is taken before somebody reads.
  const sizes = [200_000, 256 * 1024, 270_000, 300_000, 330_000, 500_000]
  it.each(['length', 'end', 'reset'])(
    'whose connection ends while nobody reads is whole or an error: by %s',
    async (way) => {
      for (const size of sizes) {
        const own = await writing((_request, socket) => {
          const length = way === 'length' ? `Content-Length: ${size}\r\n` : ''
          socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${length}\r\n`)
          socket.write(Buffer.alloc(size, 'x'), () => {
            if (way === 'reset') setTimeout(() => socket.resetAndDestroy(), 50)
            else socket.end()
          })
        })
        onTestFinished(() => own.close())
        const stream = await http.stream(own.origin)
        await new Promise((resolve) => setTimeout(resolve, 200))
        const text = await stream.text().catch((error: Error) => error.message)
        const isWhole = text === 'x'.repeat(size)
        if (way !== 'reset' || !isWhole)
          expect([size, isWhole || text]).toEqual([
            size,
            way === 'reset' ? expect.stringMatching(/has closed the connection/) : true,
          ])
      }
    },
  )

  it('does not take more into memory than is read, nor more text than option limit says', async () => {
    let sent = 0
    const own = await server((_request, response) => {
      const write = (): void => {
        do sent += 65_536
        while (response.write(Buffer.alloc(65_536)) && sent < 1e9)
        if (sent < 1e9) response.once('drain', write)
      }
      write()
    })
    const stream = await http.stream(own.origin)
    await new Promise((resolve) => setTimeout(resolve, 500))
    // What buffers of both systems hold.
    expect(sent).toBeLessThan(30_000_000)
    stream.close()
    const limited = await http.stream(own.origin, { limit: 100_000 })
    await expect(limited.text()).rejects.toMatchObject({ code: 'LIMIT' })
    const line = await http.stream(own.origin)
    await expect(all(line.lines())).rejects.toThrow(/a line is longer than/)
  })

  it('goes through a session', async () => {
    const api = http.session({ base: `${httpbin.origin}/`, headers: { 'X-A': '1' } })
    expect(JSON.parse(await (await api.stream('headers')).text()).headers['X-A']).toBe('1')
    await api.close()
    await expect(api.stream('headers')).rejects.toThrow(/closed/)
  })

  it('Ctrl-C ends the reading, and the connection', async () => {
    const { own, gone } = await open('x')
    const task = (await http.stream(own.origin)).text()
    setTimeout(() => task.interrupt(), 100)
    await expect(task).rejects.toMatchObject({ name: 'Interrupted' })
    await gone
  })
})
