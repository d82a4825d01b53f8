import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { type Httpbin, startHttpbin } from './httpbin.js'
import { type OwnServer, serving, writing } from './misbehaving.js'

let httpbin: Httpbin
let folder: string
beforeAll(async () => {
  httpbin = await startHttpbin()
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-http-'))
}, 40_000)
afterAll(async () => {
  await httpbin?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('requests', () => {
  it('asks with parameters from an object: lists come several times, undefined and null not at all', async () => {
    const params = { type: 'member', ids: [1, 2], none: undefined, empty: null, text: 'a b&ü' }
    const res = await http.get(httpbin.url('/get?x=0'), { params })
    expect(res.status).toBe(200)
    expect(res.ok).toBe(true)
    expect(res.json().args).toEqual({ x: '0', type: 'member', ids: ['1', '2'], text: 'a b&ü' })
  })

  it.each([
    ['post', '/post'],
    ['put', '/put'],
    ['patch', '/patch'],
    ['delete', '/delete'],
  ] as const)('sends JSON with %s', async (verb, place) => {
    const res = await http[verb](httpbin.url(place), { json: { description: 'ü', public: true } })
    expect(res.json().json).toEqual({ description: 'ü', public: true })
    expect(res.json().headers['Content-Type']).toBe('application/json')
  })

  it('sends forms, texts, bytes, streams and files as they are', async () => {
    const file = path.join(folder, 'raw.bin')
    writeFileSync(file, 'raw file')
    const url = httpbin.url('/post')
    expect((await http.post(url, { form: { a: [1, 2], b: 'x y' } })).json().form).toEqual({ a: ['1', '2'], b: 'x y' })
    expect((await http.post(url, { body: 'plain' })).json().data).toBe('plain')
    expect((await http.post(url, { body: new Uint8Array([104, 105]) })).json().data).toBe('hi')
    expect(
      (await http.post(url, { body: Readable.from([Buffer.from('in '), Buffer.from('pieces')]) })).json().data,
    ).toBe('in pieces')
    expect((await http.post(url, { file })).json().data).toBe('raw file')
  })

  it('sends several files and fields in one form, their names as they are', async () => {
    const names = ['one.txt', 'zwei "ü".txt']
    for (const name of names) writeFileSync(path.join(folder, name), `in ${name}`)
    const files = {
      first: path.join(folder, names[0]!),
      second: path.join(folder, names[1]!),
      third: { data: 'made up', name: 'c.txt', type: 'text/plain' },
    }
    const { files: got, form } = (await http.post(httpbin.url('/post'), { files, form: { title: 'T' } })).json()
    expect(form).toEqual({ title: 'T' })
    expect(got).toEqual({ first: 'in one.txt', second: `in ${names[1]}`, third: 'made up' })
  })

  it('knows HEAD, OPTIONS and verbs of its own', async () => {
    const head = await http.head(httpbin.url('/get'))
    expect(head.status).toBe(200)
    expect(head.length).toBe(0)
    expect((await http.options(httpbin.url('/get'))).headers.Allow).toContain('GET')
    const own = await serving((request, response) => response.end(request.method))
    try {
      expect((await http.request('PURGE', own.origin)).text()).toBe('PURGE')
      await expect(http.request('NO GOOD', own.origin)).rejects.toThrow("'NO GOOD' is no method")
    } finally {
      await own.close()
    }
  })

  it('reads headers in any spelling, and cookies', async () => {
    const res = await http.get(httpbin.url('/cookies/set?flavour=oat'), { redirects: 0 })
    expect(res.status).toBe(302)
    expect(res.headers['LOCATION']).toBe('/cookies')
    expect(res.headers.location).toBe('/cookies')
    expect(Object.keys(res.headers)).toContain('set-cookie')
    expect(res.cookies).toEqual({ flavour: 'oat' })
  })

  it('decompresses', async () => {
    expect((await http.get(httpbin.url('/gzip'))).json().gzipped).toBe(true)
    expect((await http.get(httpbin.url('/deflate'))).json().deflated).toBe(true)
    expect((await http.get(httpbin.url('/brotli'))).json().brotli).toBe(true)
  })

  it('reads texts in their charset', async () => {
    const own = await serving((_request, response) => {
      response.setHeader('Content-Type', 'text/plain; charset=iso-8859-1')
      response.end(Buffer.from([0x67, 0xfc, 0x6e]))
    })
    try {
      expect((await http.get(own.origin)).text()).toBe('gün')
    } finally {
      await own.close()
    }
  })

  it('gives a status as an answer, and an error only where it is asked for', async () => {
    const res = await http.get(httpbin.url('/status/418'))
    expect([res.status, res.ok]).toEqual([418, false])
    expect(() => res.expectOk()).toThrow(/418/)
    const own = await serving((_request, response, count) => {
      response.writeHead(404, {
        'Content-Type': 'text/plain',
        Link: '</2>; rel="next"; title="x", </3>; rel=__proto__',
      })
      response.end(['404 not found\n', 'Not Found', 'no such page'][count - 1])
    })
    try {
      for (const says of [/: 404 Not Found$/, /: 404 Not Found$/, /: 404 Not Found: no such page$/]) {
        const missing = await http.get(own.origin)
        expect(() => missing.expectOk()).toThrow(says)
        expect(Object.getPrototypeOf(missing.links)).toBe(Object.prototype)
        expect(Object.entries(missing.links)).toEqual([
          ['next', `${own.origin}/2`],
          ['__proto__', `${own.origin}/3`],
        ])
      }
    } finally {
      await own.close()
    }
  })

  it('says what is wrong with JSON that is none', async () => {
    const res = await http.get(httpbin.url('/html'))
    expect(() => res.json()).toThrow(/\(200, text\/html\) is no JSON/)
    expect(() => res.json()).not.toThrow(/SyntaxError/)
  })

  it('times its parts: a connection that stands costs nothing', async () => {
    const own = await serving((_request, response) => response.end('x'))
    try {
      const first = (await http.get(own.origin)).timing
      const second = (await http.get(own.origin)).timing
      expect(first.tcp).toBeGreaterThan(0)
      expect(second.tcp).toBe(0)
      expect(second.firstByte).toBeGreaterThan(0)
      expect(second.total).toBeGreaterThanOrEqual(second.firstByte)
      expect(own.connections).toBe(1)
    } finally {
      await own.close()
    }
  })

  it('takes URLs as people type them', async () => {
    const { port } = httpbin
    expect((await http.get(`127.0.0.1:${port}/get`)).status).toBe(200)
    await expect(http.get('not a url')).rejects.toThrow(/'not a url' is no URL/)
    await expect(http.get('ftp://127.0.0.1/')).rejects.toThrow(/ftp:\/\/ is not spoken here/)
  })
})

describe('what goes wrong', () => {
  it('tells of options that are wrong', async () => {
    await expect(http.get(httpbin.url('/get'), { tiemout: 1 } as never)).rejects.toThrow(/tiemout/)
    await expect(http.post(httpbin.url('/post'), { json: 1, body: 'x' })).rejects.toThrow(/one body, not json and body/)
    await expect(http.post(httpbin.url('/post'), { files: '/no/such/file' })).rejects.toThrow(
      /no file '\/no\/such\/file'/,
    )
    await expect(http.get(httpbin.url('/get'), { headers: { 'X-A': 'b\r\nX-C: d' } })).rejects.toThrow(/X-A/)
  })

  it('ends at the time-out, also in the middle of a body', async () => {
    await expect(http.get(httpbin.url('/delay/9'), { timeout: 0.3, retries: 0 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
    const own = await writing((_request, socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    try {
      await expect(http.get(own.origin, { timeout: 0.3 })).rejects.toThrow(/not complete in time/)
    } finally {
      await own.close()
    }
  })

  it('ends when it is interrupted', async () => {
    const task = http.get(httpbin.url('/delay/9'))
    setTimeout(() => task.interrupt(), 200)
    await expect(task).rejects.toMatchObject({ name: 'Interrupted' })
  })

  it('does not take a cut answer for a whole one', async () => {
    const own = await writing((_request, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    try {
      await expect(http.get(own.origin, { retries: 0 })).rejects.toThrow(/before the answer was complete|cut off/)
    } finally {
      await own.close()
    }
  })

  it.each([
    ['no HTTP at all', 'SSH-2.0-x\r\n\r\n', /speaks no HTTP/],
    ['a line of status that is none', 'HTTP/1.1 hello\r\n\r\n', /speaks no HTTP|broken/],
    ['nothing', '', /before the answer was complete/],
    [
      'headers without end',
      `HTTP/1.1 200 OK\r\n${'X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4000)}`,
      /headers of the answer are too long/,
    ],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx', /broken/],
  ])('tells of %s', async (_name, bytes, words) => {
    const own = await writing((_request, socket) => socket.end(bytes))
    try {
      await expect(http.get(own.origin, { retries: 0, timeout: 5 })).rejects.toThrow(words)
    } finally {
      await own.close()
    }
  })

  it('tells of a refused connection in words', async () => {
    const own = await serving((_request, response) => response.end())
    const { origin } = own
    await own.close()
    await expect(http.get(origin, { retries: 0 })).rejects.toThrow(/refused: nothing listens there/)
  })

  it('shows what a stranger sent without obeying it', async () => {
    const own = await serving((_request, response) => {
      response.setHeader('Content-Type', 'text/plain')
      response.end('\x1b[2Jgone')
    })
    try {
      expect(inspect(await http.get(own.origin))).not.toContain('\x1b[2J')
    } finally {
      await own.close()
    }
  })
})

describe('a session', () => {
  let own: OwnServer
  beforeAll(async () => {
    own = await serving((request, response) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ url: request.url, headers: request.headers }))
    })
  })
  afterAll(() => own?.close())

  it('has a base, headers and parameters, which a call may say otherwise', async () => {
    const api = http.session({ base: `${own.origin}/v1/`, headers: { 'X-A': '1', 'X-B': '2' }, params: { key: 'k' } })
    const { url, headers } = (await api.get('things?x=1', { headers: { 'X-A': '9', 'X-B': undefined } })).json()
    expect(url).toBe('/v1/things?x=1&key=k')
    expect(headers['x-a']).toBe('9')
    expect(headers['x-b']).toBeUndefined()
    expect((await api.get('/other')).json().url).toBe('/other?key=k')
    await api.close()
    await expect(api.get('things')).rejects.toThrow(/closed/)
    await api.open()
    expect((await api.get('things')).status).toBe(200)
    await api.close()
  })

  it('keeps cookies, and an end to them', async () => {
    const api = http.session(httpbin.origin)
    await api.get('/cookies/set?a=1&b=2')
    expect((await api.get('/cookies')).json().cookies).toEqual({ a: '1', b: '2' })
    expect(api.cookies.list().map(({ name }) => name)).toEqual(['a', 'b'])
    await api.get('/cookies/delete?a=')
    expect((await api.get('/cookies')).json().cookies).toEqual({ b: '2' })
    api.cookies.clear()
    expect((await api.get('/cookies')).json().cookies).toEqual({})
    expect((await http.get(httpbin.url('/cookies'))).json().cookies).toEqual({})
    await api.close()
  })

  it('keeps its latest answers, and tells of each', async () => {
    const api = http.session({ base: own.origin, history: 2 })
    const seen: number[] = []
    api.on('response', ({ status }) => seen.push(status))
    for (const place of ['/1', '/2', '/3']) await api.get(place)
    expect(seen).toEqual([200, 200, 200])
    expect(api.responses.map(({ url }) => new URL(url).pathname)).toEqual(['/2', '/3'])
    expect(api.history.toArray().map(({ direction }) => direction)).toEqual(['out', 'in', 'out', 'in'])
    expect(String(api)).toMatch(/^http http:\/\/127\.0\.0\.1:\d+\/: open, 3 answers$/)
    await api.close()
  })
})
