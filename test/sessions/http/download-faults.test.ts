/** Downloads over connections that break, and from servers that do what they should not. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { type OwnServer, serving } from './misbehaving.js'

const content = randomBytes(400_000)
const CUT = 150_000

let folder: string
let file: string
/** The Range of each request; undefined: it had none. */
let asked: (string | undefined)[]
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-download-'))
  file = path.join(folder, 'f')
  asked = []
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

type Answer = (request: IncomingMessage, response: ServerResponse, from: number, count: number) => void

async function server(answer: Answer): Promise<OwnServer> {
  const own = await serving((request, response, count) => {
    const { range } = request.headers
    asked.push(range)
    answer(request, response, Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0), count)
  })
  onTestFinished(() => own.close())
  return own
}

/** Answers as it should be from there on, and breaks the connection off after so many bytes. */
function sendCut(
  response: ServerResponse,
  from: number,
  headers: Record<string, string>,
  most = CUT,
  bytes = content,
): void {
  const range = from > 0 ? { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}
  response.writeHead(from > 0 ? 206 : 200, { ...headers, ...range, 'Content-Length': bytes.length - from })
  const end = Math.min(from + most, bytes.length)
  response.write(bytes.subarray(from, end), () => {
    if (end === bytes.length) response.end()
    else setTimeout(() => response.destroy(), 50)
  })
}

const STRONG = { ETag: '"v1"' }

describe('a connection that breaks in the middle', () => {
  it('several times is made anew, and the file goes on where it was', async () => {
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG))
    const done = await http.download(origin, file)
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(done).toMatchObject({ bytes: content.length, resumed: 0, status: 206 })
    expect(asked).toEqual([undefined, `bytes=${CUT}-`, `bytes=${2 * CUT}-`])
    expect(readdirSync(folder)).toEqual(['f'])
  })

  it('more often than option retries says ends with words that say how to go on, and the same call does', async () => {
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG, 100_000))
    await expect(http.download(origin, file, { retries: 1 })).rejects.toThrow(
      /(?:before the answer was complete|broke|cut off).*; 200 kB are kept in .*f\.\w{8}\.part: the same call goes on from there/,
    )
    expect(asked).toHaveLength(2)
    const done = await http.download(origin, file, { retries: 1 })
    expect(done).toMatchObject({ resumed: 200_000, bytes: content.length })
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('is no matter as long as each attempt brings a good part of the file', async () => {
    const large = randomBytes(5 * 1024 * 1024)
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG, 1_200_000, large))
    expect(await http.download(origin, file, { retries: 1 })).toMatchObject({ bytes: large.length })
    expect(readFileSync(file).equals(large)).toBe(true)
    expect(asked).toHaveLength(5)
  })

  it('goes by the retries of its session, where it has none of its own', async () => {
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG, 20_000))
    const api = http.session({ base: origin, retries: 0 })
    onTestFinished(() => api.close())
    await expect(api.download('', file)).rejects.toThrow(/20 kB are kept/)
    expect(asked).toHaveLength(1)
  })

  it('begins again where nothing says whether the file is still the same, and keeps nothing then', async () => {
    const { origin } = await server((_request, response, _from, count) =>
      sendCut(response, 0, {}, count === 1 ? CUT : content.length),
    )
    expect(await http.download(origin, file)).toMatchObject({ status: 200, resumed: 0, bytes: content.length })
    expect(asked).toEqual([undefined, undefined])
    rmSync(file)
    const other = await server((_request, response) => sendCut(response, 0, { ETag: 'W/"weak"' }))
    const failed = http.download(other.origin, file, { retries: 0 })
    await expect(failed).rejects.not.toThrow(/are kept/)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['a date of long ago', { 'Last-Modified': 'Thu, 02 Jan 2020 03:04:05 GMT' }, true],
    [
      'a date of this very second',
      { 'Last-Modified': new Date().toUTCString(), Date: new Date().toUTCString() },
      false,
    ],
    ['a date beside a weak ETag', { 'Last-Modified': 'Thu, 02 Jan 2020 03:04:05 GMT', ETag: 'W/"1"' }, false],
  ])('is gone on with by %s as RFC 9110 §13.1.5 says', async (_name, headers, goesOn) => {
    const conditions: unknown[] = []
    const { origin } = await server((request, response, from, count) => {
      conditions.push(request.headers['if-range'])
      sendCut(response, from, headers, count === 1 ? CUT : content.length)
    })
    await http.download(origin, file)
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(asked).toEqual([undefined, goesOn ? `bytes=${CUT}-` : undefined])
    expect(conditions).toEqual([undefined, goesOn ? headers['Last-Modified'] : undefined])
  })

  it('or on which nothing comes any more is given up after option timeout, and made anew', async () => {
    const { origin } = await server((_request, response, from, count) => {
      if (count > 1) sendCut(response, from, STRONG, content.length)
      else {
        response.writeHead(200, { ...STRONG, 'Content-Length': content.length })
        response.write(content.subarray(0, CUT))
      }
    })
    expect(await http.download(origin, file, { timeout: 0.5 })).toMatchObject({ bytes: content.length, status: 206 })
    expect(asked).toEqual([undefined, `bytes=${CUT}-`])
  })

  it('while nobody listens there: Ctrl-C ends the pause before the next attempt', async () => {
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG, 1000))
    const task = http.download(origin, file, { retries: 90 })
    // By then it waits for seconds.
    await expect.poll(() => asked.length, { timeout: 20_000, interval: 10 }).toBe(4)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const pressed = performance.now()
    task.interrupt()
    await expect(task).rejects.toThrow(/interrupted; 4\.0 kB are kept/)
    // The pause itself takes 4 seconds.
    expect(performance.now() - pressed).toBeLessThan(3000)
    expect(asked).toHaveLength(4)
  }, 30_000)

  it('or a stream of HTTP/2 that does, or its whole connection, is gone on with just so', async () => {
    const own = http2.createSecureServer(await selfSigned(['localhost']))
    const sessions = new Set<http2.ServerHttp2Session>()
    own.on('session', (session) => sessions.add(session))
    onTestFinished(() => {
      for (const session of sessions) session.destroy()
      own.close()
    })
    own.on('stream', (stream, { range = '' }) => {
      asked.push(range)
      stream.on('error', () => undefined)
      const from = Number(/\d+/.exec(range)?.[0] ?? 0)
      stream.respond(
        from > 0
          ? { ':status': 206, etag: '"1"', 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
          : { ':status': 200, etag: '"1"', 'content-length': content.length },
      )
      stream.write(content.subarray(from, from + CUT))
      if (asked.length === 1) setTimeout(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 200)
      else if (asked.length === 2) setTimeout(() => stream.session!.destroy(), 200)
      else stream.end(content.subarray(from + CUT))
    })
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    const { port } = own.address() as AddressInfo
    const tls = { insecure: true }
    await http.download(`https://localhost:${port}/`, file, { http2: true, tls, timeout: 10 })
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(asked).toEqual(['', `bytes=${CUT}-`, `bytes=${2 * CUT}-`])
  })

  it('in chunks is not taken for whole', async () => {
    const { origin } = await server((_request, response) => {
      response.write(content.subarray(0, CUT), () => setTimeout(() => response.destroy(), 50))
    })
    await expect(http.download(origin, file, { retries: 0 })).rejects.toThrow(/complete|broke|cut off/)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a server that goes on', () => {
  /** The first answer is cut, the second one is this. */
  async function cutAndThen(answer: Answer): Promise<string> {
    const { origin } = await server((request, response, from, count) => {
      if (count === 1) sendCut(response, 0, STRONG)
      else answer(request, response, from, count)
    })
    return origin
  }
  const range = (response: ServerResponse, value: string, bytes: Uint8Array, headers = STRONG): void => {
    response.writeHead(206, { ...headers, 'Content-Range': value })
    response.end(bytes)
  }

  it.each([
    ['with other bytes than were asked for', `bytes 100-${content.length - 1}/${content.length}`],
    ['behind what was asked for', `bytes ${CUT + 1}-${content.length - 1}/${content.length}`],
    ['without saying where', 'bytes */400000'],
    ['with an end before the beginning', `bytes ${CUT}-3/400000`],
    ['with an end behind the whole', `bytes ${CUT}-400000/400000`],
    ['in other units', `lines ${CUT}-399999/400000`],
    ['with words', 'from the middle'],
  ])('%s is not believed', async (_name, value) => {
    const origin = await cutAndThen((_request, response) => range(response, value, content.subarray(CUT)))
    await expect(http.download(origin, file)).rejects.toMatchObject({ code: 'RANGE' })
    // What came before is good.
    expect(readdirSync(folder).some((name) => name.endsWith('.part'))).toBe(true)
    expect(readdirSync(folder)).not.toContain('f')
  })

  it('with fewer bytes than it says is asked for the rest', async () => {
    const origin = await cutAndThen((_request, response, from) => {
      const end = Math.min(from + 150_000, content.length)
      range(response, `bytes ${from}-${end - 1}/${content.length}`, content.subarray(from, end))
    })
    await http.download(origin, file)
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(asked).toEqual([undefined, 'bytes=150000-', 'bytes=300000-'])
  })

  it('with more bytes than it says is not believed', async () => {
    const origin = await cutAndThen((_request, response, from) => {
      response.writeHead(206, { ...STRONG, 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` })
      response.end(Buffer.concat([content.subarray(from), Buffer.alloc(10)]))
    })
    await expect(http.download(origin, file)).rejects.toMatchObject({ code: 'RANGE' })
    expect(readdirSync(folder)).not.toContain('f')
  })

  it('with another file, whose ETag or size says so although If-Range was not heeded, is asked for all of it', async () => {
    const other = randomBytes(400_000)
    for (const [headers, total] of [
      [{ ETag: '"v2"' }, 400_000],
      [{}, 500_000],
    ] as const) {
      asked = []
      const { origin } = await server((_request, response, from, count) => {
        if (count === 1) sendCut(response, 0, STRONG)
        else if (from > 0)
          range(response, `bytes ${from}-${total - 1}/${total}`, Buffer.alloc(total - from), headers as never)
        else response.end(other)
      })
      expect(await http.download(origin, file, { overwrite: true })).toMatchObject({ status: 200 })
      expect(readFileSync(file).equals(other)).toBe(true)
      expect(asked).toEqual([undefined, `bytes=${CUT}-`, undefined])
    }
  })

  it('with another file each time comes to an end', async () => {
    const { origin } = await server((_request, response, from, count) => {
      const headers = { ETag: `"${count}"` }
      if (from > 0) range(response, `bytes ${from}-399999/400000`, content.subarray(from), headers)
      else sendCut(response, 0, headers)
    })
    await expect(http.download(origin, file, { retries: 50 })).rejects.toMatchObject({ code: 'CHANGED' })
    expect(asked.length).toBeLessThan(12)
  }, 60_000)

  it('by saying that there is no more begins again, unless that is so', async () => {
    const origin = await cutAndThen((_request, response, from) => {
      if (from === 0) response.end(content)
      else response.writeHead(416, { 'Content-Range': 'bytes */100' }).end('no')
    })
    expect(await http.download(origin, file)).toMatchObject({ status: 200, resumed: 0 })
    expect(readFileSync(file).equals(content)).toBe(true)

    // The same size, and another file.
    asked = []
    const other = await server((_request, response, from, count) => {
      if (count === 1) sendCut(response, 0, STRONG)
      else if (from > 0) response.writeHead(416, { 'Content-Range': `bytes */${CUT}`, ETag: '"v2"' }).end()
      else response.end(content.subarray(0, CUT))
    })
    expect(await http.download(other.origin, path.join(folder, 'g'))).toMatchObject({ status: 200, bytes: CUT })
  })

  it('that has always 416 to say is told so', async () => {
    const { origin } = await server((_request, response) => response.writeHead(416).end())
    await expect(http.download(origin, file)).rejects.toMatchObject({ code: 'HTTP_416' })
  })

  it('with a part although all was asked for is taken by its word', async () => {
    const { origin } = await server((_request, response, from) => {
      const end = Math.min(from + 200_000, content.length)
      range(response, `bytes ${from}-${end - 1}/${content.length}`, content.subarray(from, end))
    })
    await http.download(origin, file)
    expect(readFileSync(file).equals(content)).toBe(true)
  })
})

describe('a body', () => {
  it('of unknown length is complete at its end', async () => {
    const { origin } = await server((_request, response) => {
      response.write(content.subarray(0, CUT))
      response.end(content.subarray(CUT))
    })
    const seen: (number | undefined)[] = []
    const done = await http.download(origin, file, { progress: (_direction, _done, total) => void seen.push(total) })
    expect(done.bytes).toBe(content.length)
    expect(new Set(seen)).toEqual(new Set([undefined]))
  })

  it('that is compressed although nobody asked is decompressed, unless the file itself is the archive', async () => {
    const packed = zlib.gzipSync(content)
    const { origin } = await server((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity')
      response.writeHead(200, { ...STRONG, 'Content-Encoding': 'gzip', 'Content-Length': packed.length }).end(packed)
    })
    await http.download(`${origin}/data.json`, folder)
    expect(readFileSync(path.join(folder, 'data.json')).equals(content)).toBe(true)
    await http.download(`${origin}/data.tar.gz`, folder)
    expect(readFileSync(path.join(folder, 'data.tar.gz')).equals(packed)).toBe(true)
  })

  it('that is compressed and cut is not taken for whole', async () => {
    const packed = zlib.gzipSync(content)
    const { origin } = await server((_request, response) => {
      response.writeHead(200, { ...STRONG, 'Content-Encoding': 'gzip' }).end(packed.subarray(0, 100_000))
    })
    await expect(http.download(origin, file, { retries: 0 })).rejects.toThrow(
      /GET http.*: the answer is compressed, and broken or cut off/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('tells its progress in bytes of the file, also behind a cut', async () => {
    const { origin } = await server((_request, response, from) => sendCut(response, from, STRONG))
    const seen: number[] = []
    await http.download(origin, file, {
      progress: (_direction, done, total) => {
        expect(total).toBe(content.length)
        seen.push(done)
      },
    })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(content.length)
    expect(new Set(seen).size).toBe(seen.length)
  })
})
