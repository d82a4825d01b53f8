import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { isExcluded, proxyFor } from '../../../src/sessions/http/proxy.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { start } from '../../lab/process.js'
import { type OwnServer, serving, writing } from './misbehaving.js'

let folder: string
const open: OwnServer[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-http-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function server(...given: Parameters<typeof serving>): Promise<OwnServer> {
  const own = await serving(...given)
  open.push(own)
  return own
}

describe('redirects', () => {
  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i makes of %s a %s', async (status, method, then) => {
    const own = await server((request, response) => {
      if (request.url === '/') {
        response.writeHead(status, { Location: '/there' }).end()
        return
      }
      const pieces: Buffer[] = []
      request.on('data', (piece) => pieces.push(piece))
      request.on('end', () =>
        response.end(
          JSON.stringify({
            method: request.method,
            type: request.headers['content-type'],
            body: Buffer.concat(pieces).toString(),
          }),
        ),
      )
    })
    const res = await http.request(method, own.origin, { json: { a: 1 } })
    expect(res.json()).toEqual(
      then === 'GET' ? { method: 'GET', body: '' } : { method: then, type: 'application/json', body: '{"a":1}' },
    )
    expect(res.method).toBe(then)
    expect(res.history.map((before) => before.status)).toEqual([status])
    expect(res.url).toBe(`${own.origin}/there`)
  })

  it('are not followed for HEAD, and not where none are wanted', async () => {
    const own = await server((_request, response) => response.writeHead(302, { Location: '/there' }).end())
    expect((await http.head(own.origin)).status).toBe(302)
    expect((await http.get(own.origin, { redirects: 0 })).status).toBe(302)
    expect(own.requests).toEqual(['HEAD /', 'GET /'])
  })

  it('end when they turn in a circle', async () => {
    const own = await server((request, response) =>
      response.writeHead(302, { Location: request.url === '/a' ? '/b' : '/a' }).end(),
    )
    await expect(http.get(`${own.origin}/a`, { redirects: 4 })).rejects.toThrow(
      /more than 4 redirects, the last one to .*\/[ab]/,
    )
    expect(own.requests.length).toBe(5)
  })

  it.each([
    ['file:///etc/passwd', /file:, which is not followed/],
    ['http://[bad', /is no URL/],
  ])('to %s are not followed', async (location, words) => {
    const own = await server((_request, response) => response.writeHead(302, { Location: location }).end())
    await expect(http.get(own.origin)).rejects.toThrow(words)
  })

  it('take no credentials, cookies and keys to another origin', async () => {
    const other = await server((request, response) => response.end(JSON.stringify(request.headers)))
    const own = await server((_request, response) =>
      response.writeHead(302, { Location: `${other.origin}/x`, 'Set-Cookie': 'mine=1' }).end(),
    )
    const headers = { Authorization: 'Bearer s3cret', Cookie: 'a=b', 'X-Api-Key': 'k', 'X-Plain': 'stays' }
    const got = (await http.get(own.origin, { headers })).text()
    expect(got).not.toMatch(/s3cret|x-api-key|"a=b"/)
    expect(JSON.parse(got)['x-plain']).toBe('stays')
    const inSession = http.session({ base: own.origin, auth: 'user:s3cret', headers })
    expect((await inSession.get('/')).text()).not.toMatch(/authorization|s3cret|x-api-key/)
    await inSession.close()
  })

  it('do not send a stream twice, and say so', async () => {
    const own = await server((request, response) => {
      request.resume().on('end', () => response.writeHead(307, { Location: '/there' }).end())
    })
    await expect(http.post(own.origin, { body: Readable.from([Buffer.from('once')]) })).rejects.toThrow(
      /cannot be sent twice/,
    )
  })
})

describe('attempts', () => {
  it('are made again for GET where a server is busy, after the time that it asks for', async () => {
    const times: number[] = []
    const own = await server((_request, response, count) => {
      times.push(performance.now())
      if (count < 3) response.writeHead(count === 1 ? 503 : 429, count === 1 ? { 'Retry-After': '1' } : {}).end()
      else response.end('at last')
    })
    expect((await http.get(own.origin)).text()).toBe('at last')
    expect(times[1]! - times[0]!).toBeGreaterThan(950)
  })

  it('are not made again for POST: it may have been done', async () => {
    const own = await server((_request, response) => response.writeHead(503).end())
    expect((await http.post(own.origin, { json: 1 })).status).toBe(503)
    expect(own.requests.length).toBe(1)
    const cut = await writing((_request, socket) => socket.destroy())
    open.push(cut)
    await expect(http.post(cut.origin, { json: 1 })).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(cut.requests.length).toBe(1)
  })

  it('are made again for GET when the connection breaks, also in the middle of a body', async () => {
    const cut = await writing((_request, socket, count) => {
      if (count === 1) socket.destroy()
      else if (count === 2) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha')
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf')
    })
    open.push(cut)
    expect((await http.get(cut.origin)).text()).toBe('half')
    expect(cut.requests.length).toBe(3)
  })

  it('give the answer as it is where the server asks for more time than there is', async () => {
    const own = await server((_request, response) => response.writeHead(429, { 'Retry-After': '3600' }).end())
    expect((await http.get(own.origin)).status).toBe(429)
    expect(own.requests.length).toBe(1)
  })

  it('end at once when they are interrupted', async () => {
    const own = await server((_request, response) => response.writeHead(503, { 'Retry-After': '20' }).end())
    const task = http.get(own.origin)
    setTimeout(() => task.interrupt(), 300)
    await expect(task).rejects.toMatchObject({ name: 'Interrupted' })
  })
})

describe('compressed answers', () => {
  const bomb = (): Buffer => zlib.gzipSync(Buffer.alloc(50_000_000))

  it.each(['gzip', 'br', 'deflate'])('that become too large are refused: %s', async (coding) => {
    const zeros = Buffer.alloc(20_000_000)
    const body =
      coding === 'gzip'
        ? zlib.gzipSync(zeros)
        : coding === 'br'
          ? zlib.brotliCompressSync(zeros)
          : zlib.deflateSync(zeros)
    expect(body.length).toBeLessThan(100_000)
    const own = await server((_request, response) => response.writeHead(200, { 'Content-Encoding': coding }).end(body))
    await expect(http.get(own.origin, { limit: 1_000_000 })).rejects.toMatchObject({ code: 'LIMIT' })
  })

  it('that are compressed twice are bounded, too', async () => {
    const own = await server((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip, gzip' }).end(zlib.gzipSync(bomb())),
    )
    await expect(http.get(own.origin, { limit: 1_000_000 })).rejects.toMatchObject({ code: 'LIMIT' })
    expect((await http.get(own.origin)).length).toBe(50_000_000)
    const many = await server((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': Array.from({ length: 50 }, () => 'gzip').join(',') }).end('x'),
    )
    await expect(http.get(many.origin)).rejects.toThrow(/compressed 50 times/)
  })

  it('that are not what they say are told of; what nobody knows stays as it came', async () => {
    const own = await server((request, response) =>
      response.writeHead(200, { 'Content-Encoding': request.url!.slice(1) }).end('plain'),
    )
    await expect(http.get(`${own.origin}/gzip`)).rejects.toThrow(/says that it is gzip and is not/)
    expect((await http.get(`${own.origin}/own-invention`)).text()).toBe('plain')
  })

  it('in memory are bounded before they are decompressed', async () => {
    const own = await server((request, response) => {
      if (request.url === '/told') response.setHeader('Content-Length', 2_000_000)
      response.write(Buffer.alloc(1_000_000))
      response.end(Buffer.alloc(1_000_000))
    })
    for (const place of ['/told', '/untold'])
      await expect(http.get(own.origin + place, { limit: 1_500_000 })).rejects.toThrow(/longer than 1500000 bytes/)
  })
})

describe('the cache', () => {
  it('answers from disk as long as that is allowed, in the next process too', async () => {
    const own = await server((_request, response, count) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=100' }).end(`answer ${count}`),
    )
    const first = http.session({ base: own.origin, cache: folder })
    expect((await first.get('/')).source).toBe('network')
    const second = http.session({ base: own.origin, cache: folder })
    const again = await second.get('/')
    expect([again.source, again.text()]).toEqual(['cache', 'answer 1'])
    expect(own.requests.length).toBe(1)
    for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o077).toBe(0)
    await first.close()
    await second.close()
  })

  it('asks whether what it has still holds, and takes what is new', async () => {
    let tag = '"one"'
    const own = await server((request, response) => {
      const headers = { ETag: tag, 'Cache-Control': 'no-cache' }
      if (request.headers['if-none-match'] === tag) response.writeHead(304, headers).end()
      else response.writeHead(200, headers).end(`tagged ${tag}`)
    })
    const api = http.session({ base: own.origin, cache: folder })
    const seen: string[] = []
    for (const next of ['"one"', '"one"', '"two"', '"two"']) {
      tag = next
      const res = await api.get('/')
      seen.push(`${res.status} ${res.source} ${res.text()}`)
    }
    expect(seen).toEqual([
      '200 network tagged "one"',
      '200 revalidated tagged "one"',
      '200 network tagged "two"',
      '200 revalidated tagged "two"',
    ])
    await api.close()
  })

  it('forgets what was changed, keeps nothing that must not be kept, and knows languages apart', async () => {
    const own = await server((request, response, count) => {
      const control = request.url === '/secret' ? 'no-store' : 'max-age=100'
      response
        .writeHead(200, { 'Cache-Control': control, Vary: 'Accept-Language' })
        .end(`${request.headers['accept-language']} ${count}`)
    })
    const api = http.session({ base: own.origin, cache: folder })
    await api.get('/secret')
    expect((await api.get('/secret')).source).toBe('network')
    const french = { headers: { 'Accept-Language': 'fr' } }
    const english = { headers: { 'Accept-Language': 'en' } }
    expect((await api.get('/', french)).source).toBe('network')
    expect((await api.get('/', french)).source).toBe('cache')
    expect((await api.get('/', english)).text()).toMatch(/^en/)
    await api.put('/', { json: 1 })
    expect((await api.get('/', english)).source).toBe('network')
    await api.close()
  })

  it('keeps answers of one user from another', async () => {
    const own = await server((request, response) =>
      response.writeHead(200, { 'Cache-Control': 'private, max-age=100' }).end(request.headers.authorization),
    )
    const answers: string[] = []
    for (const auth of ['a:1', 'b:2', 'a:1']) {
      const api = http.session({ base: own.origin, cache: folder, auth })
      answers.push((await api.get('/')).text())
      await api.close()
    }
    expect(answers[0]).toBe(answers[2])
    expect(answers[0]).not.toBe(answers[1])
    expect(own.requests.length).toBe(2)
  })

  it('keeps answers of one cookie from another, and sets no cookie anew', async () => {
    const own = await server((request, response) => {
      const user = request.url!.slice(1)
      if (user !== '') response.setHeader('Set-Cookie', `user=${user}`)
      response.writeHead(200, { 'Cache-Control': 'max-age=100' }).end(request.headers.cookie ?? 'none')
    })
    const api = http.session({ base: own.origin, cache: folder })
    await api.get('/ann')
    expect((await api.get('/')).text()).toBe('user=ann')
    await api.get('/bob')
    expect((await api.get('/')).text()).toBe('user=bob')
    // Kept by the first session, whose cookie it does not bring back.
    const other = http.session({ base: own.origin, cache: folder })
    expect((await other.get('/ann')).source).toBe('cache')
    expect((await other.get('/')).text()).toBe('none')
    expect((await api.get('/')).request.headers.get('cookie')).toBe('user=bob')
    await api.close()
    await other.close()
  })

  it('takes a broken file for none', async () => {
    const own = await server((_request, response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=100' }).end('good'),
    )
    const api = http.session({ base: own.origin, cache: folder })
    await api.get('/')
    const [name] = readdirSync(folder)
    for (const bytes of ['', 'x', '\xff\xff\xff\xff', readFileSync(path.join(folder, name!)).subarray(0, 50)]) {
      writeFileSync(path.join(folder, name!), bytes)
      expect((await api.get('/')).text()).toBe('good')
    }
    await api.close()
  })
})

describe('cookies', () => {
  it('are kept in a file that is for the user alone', async () => {
    const own = await server((request, response) => {
      if (request.url === '/set')
        response.setHeader('Set-Cookie', ['kept=1; Max-Age=1000', 'other=2; Domain=example.org'])
      response.end(request.headers.cookie ?? 'none')
    })
    const cookies = path.join(folder, 'jar.json')
    const first = http.session({ base: own.origin, cookies })
    await first.get('/set')
    await first.close()
    expect(statSync(cookies).mode & 0o077).toBe(0)
    const second = http.session({ base: own.origin, cookies })
    expect((await second.get('/')).text()).toBe('kept=1')
    await second.close()
    writeFileSync(cookies, 'no cookies')
    await expect(http.session({ base: own.origin, cookies }).get('/')).rejects.toThrow(/no file of cookies/)
  })

  it('of a server that sets more and more are bounded', async () => {
    const own = await server((_request, response, count) => {
      const set = Array.from({ length: 300 }, (_, i) => `c${count}-${i}=1; Path=/never`)
      response.setHeader('Set-Cookie', set)
      response.end()
    })
    const api = http.session(own.origin)
    for (let i = 0; i < 12; i++) await api.get(`/${i}`)
    expect(api.cookies.list().length).toBe(3000)
    await api.close()
  })

  it('are given for a base, and of a call alone', async () => {
    const own = await server((request, response) => response.end(request.headers.cookie ?? 'none'))
    const api = http.session({ base: own.origin, cookies: { a: '1' } })
    expect((await api.get('/', { cookies: { b: '2' } })).text()).toBe('a=1; b=2')
    expect((await api.get('/')).text()).toBe('a=1')
    await api.close()
    await expect(http.get(own.origin, { cookies: { 'a;b': '1' } })).rejects.toThrow(/semicolons/)
  })

  it('of a call without a session go along its redirects, and end with it', async () => {
    const own = await server((request, response) => {
      if (request.url === '/') response.writeHead(302, { Location: '/there', 'Set-Cookie': 'way=1' }).end()
      else response.end(request.headers.cookie ?? 'none')
    })
    expect((await http.get(own.origin)).text()).toBe('way=1')
    expect((await http.get(`${own.origin}/there`)).text()).toBe('none')
  })
})

describe('proxies', () => {
  it.each([
    ['http://example.com/', { http_proxy: 'http://p:1' }, 'http://p:1/'],
    ['https://example.com/', { http_proxy: 'http://p:1' }, undefined],
    ['https://example.com/', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['https://example.com/', { ALL_PROXY: 'socks5://p:1080' }, 'socks5://p:1080'],
    ['http://example.com/', { HTTP_PROXY: 'http://cgi:1' }, undefined],
    ['https://sub.example.com/', { https_proxy: 'http://p:1', no_proxy: 'example.com' }, undefined],
    ['https://notexample.com/', { https_proxy: 'http://p:1', no_proxy: 'example.com' }, 'http://p:1/'],
    ['https://10.1.2.3/', { https_proxy: 'http://p:1', NO_PROXY: 'localhost, 10.0.0.0/8' }, undefined],
    ['https://10.1.2.3:8443/', { https_proxy: 'http://p:1', NO_PROXY: '10.1.2.3:443' }, 'http://p:1/'],
    ['https://[fd00::1]/', { https_proxy: 'http://p:1', NO_PROXY: 'fd00::/8' }, undefined],
    ['https://example.com/', { https_proxy: 'http://p:1', NO_PROXY: '*' }, undefined],
  ])('%s with %o goes through %s', (url, env, proxy) => {
    expect(proxyFor(new URL(url), undefined, env)?.href).toBe(proxy)
  })

  it('are not taken where none is wanted, and told of where they are no URL', () => {
    expect(proxyFor(new URL('http://a/'), false, { http_proxy: 'http://p:1' })).toBeUndefined()
    expect(() => proxyFor(new URL('http://a/'), 'ftp://x', {})).toThrow(/proxy: give the URL of a proxy/)
    expect(isExcluded(new URL('http://a.b/'), '.b')).toBe(true)
  })

  it('carry plain requests and tunnels: tinyproxy', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const config = path.join(folder, 'tinyproxy.conf')
    writeFileSync(
      config,
      `Port ${port}\nListen 127.0.0.1\nTimeout 20\nMaxClients 10\nBasicAuth user s3cret\nLogLevel Info\n`,
    )
    const proxy = start(['tinyproxy', '-d', '-c', config])
    const { cert, key } = await selfSigned(['127.0.0.1', 'localhost'])
    const secure = createServer({ cert, key }, (request, response) =>
      response.end(`secure, via ${request.headers.via}`),
    )
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    try {
      const own = await server((request, response) => response.end(`plain, via ${request.headers.via}`))
      const through = `http://user:s3cret@127.0.0.1:${port}`
      const plain = await http.get(own.origin, { proxy: through, retries: 8 })
      expect(plain.text()).toMatch(/^plain, via 1\.[01] .*tinyproxy/)
      const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`
      expect((await http.get(url, { proxy: through, tls: { ca: cert } })).text()).toBe('secure, via undefined')
      expect((await http.get(own.origin, { proxy: `http://127.0.0.1:${port}` })).status).toBe(407)
      await expect(http.get(url, { proxy: `http://user:wrong@127.0.0.1:${port}`, tls: { ca: cert } })).rejects.toThrow(
        /40[17]/,
      )
    } finally {
      secure.close()
      secure.closeAllConnections()
      await proxy.stop('SIGKILL')
    }
  })
})

describe('TLS and HTTP/2', () => {
  it('verifies certificates, and says how to trust one', async () => {
    const { cert, key } = await selfSigned(['127.0.0.1', 'localhost'])
    const secure = createServer({ cert, key }, (_request, response) => response.end('secure'))
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`
    try {
      await expect(http.get(url)).rejects.toThrow(/signed by itself; tls: \{ca: …\}/)
      const res = await http.get(url, { tls: { ca: cert } })
      expect(res.text()).toBe('secure')
      expect(res.timing.tls).toBeGreaterThan(0)
      expect((await http.get(url, { tls: { insecure: true } })).text()).toBe('secure')
      await expect(http.get(url)).rejects.toThrow(/signed by itself/)
    } finally {
      secure.close()
      secure.closeAllConnections()
    }
  })

  it('speaks HTTP/2 with nghttpd', async () => {
    const { cert, key } = await selfSigned(['127.0.0.1', 'localhost'])
    writeFileSync(path.join(folder, 'cert.pem'), cert)
    writeFileSync(path.join(folder, 'key.pem'), key)
    writeFileSync(path.join(folder, 'file.txt'), 'over HTTP/2')
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const nghttpd = start([
      'nghttpd',
      '-a',
      '127.0.0.1',
      '-d',
      folder,
      String(port),
      path.join(folder, 'key.pem'),
      path.join(folder, 'cert.pem'),
    ])
    try {
      const api = http.session({ base: `https://127.0.0.1:${port}/`, tls: { ca: cert }, http2: true, retries: 8 })
      const [first, ...more] = await Promise.all(Array.from({ length: 5 }, () => api.get('file.txt')))
      expect([first!.text(), first!.version, first!.status]).toEqual(['over HTTP/2', '2', 200])
      expect(more.map((res) => res.version)).toEqual(['2', '2', '2', '2'])
      expect((await api.get('none')).status).toBe(404)
      expect((await api.get('file.txt', { http2: false, retries: 0 }).catch(() => undefined))?.version).not.toBe('2')
      await api.close()
    } finally {
      await nghttpd.stop('SIGKILL')
    }
  })
})
