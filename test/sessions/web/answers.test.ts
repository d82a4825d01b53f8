/** What routes answer with, asked for by curl. */
import { describe, expect, it } from 'vitest'
import { IP } from '../../../src/layers/index.js'
import { web } from '../../../src/sessions/web/index.js'
import { curl, serve } from './asking.js'

describe('values as answers', () => {
  it('are texts, HTML, bytes, objects, statuses and nothing', async () => {
    const server = await serve({
      '/text': 'Grüße',
      '/html': '<p>hello',
      '/bytes': new Uint8Array([0, 255, 10]),
      '/object': { a: [1, 2] },
      '/list': [1, 'two'],
      '/status': 418,
      '/nothing': () => undefined,
      '/true': () => true,
    })
    expect(await curl(server, '/text')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '7' },
      body: 'Grüße',
    })
    expect((await curl(server, '/html')).headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await curl(server, '/bytes')).headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '3',
    })
    const object = await curl(server, '/object')
    expect([object.headers['content-type'], JSON.parse(object.body)]).toEqual(['application/json', { a: [1, 2] }])
    expect(JSON.parse((await curl(server, '/list')).body)).toEqual([1, 'two'])
    expect(await curl(server, '/status')).toMatchObject({ status: 418, body: "418 I'm a Teapot\n" })
    const nothing = await curl(server, '/nothing')
    expect([nothing.status, nothing.body, nothing.headers['content-length']]).toEqual([204, '', undefined])
    expect((await curl(server, '/true')).body).toBe('true')
  })

  it('are written as JSON the way they say', async () => {
    const packet = IP({ dst: '10.0.0.2' })
    const server = await serve({ '/first': () => packet })
    expect(JSON.parse((await curl(server, '/first')).body)).toEqual(JSON.parse(JSON.stringify(packet)))
  })

  it('that stand in routes are those of now', async () => {
    const notes: string[] = []
    const server = await serve({
      'GET /notes': notes,
      'POST /notes': (req: { text(): string }) => void notes.push(req.text()),
    })
    expect((await curl(server, '/notes', '-d', 'one')).status).toBe(204)
    expect(JSON.parse((await curl(server, '/notes')).body)).toEqual(['one'])
  })

  it('come in pieces', async () => {
    const server = await serve({
      '/async': async function* () {
        yield 'one '
        await new Promise((resolve) => setTimeout(resolve, 20))
        yield new TextEncoder().encode('two ')
        yield { three: 3 }
      },
      '/iterator': () => ['a', 'b'].values(),
      '/stream': () => new Blob(['of the ', 'web']).stream(),
    })
    const pieces = await curl(server, '/async')
    expect([pieces.headers['transfer-encoding'], pieces.body]).toEqual(['chunked', 'one two {"three":3}\n'])
    expect((await curl(server, '/iterator')).body).toBe('ab')
    expect((await curl(server, '/stream')).body).toBe('of the web')
    const head = await curl(server, '/async', '-I')
    expect([head.status, head.body]).toEqual([200, ''])
  })

  it('have status, headers and body of their own', async () => {
    const server = await serve({
      '/made': web.reply({ status: 201, headers: { 'X-Number': 7, 'Set-Cookie': ['a=1', 'b=2'] }, body: { id: 7 } }),
      '/typed': () => web.reply({ body: '<svg/>', type: 'image/svg+xml' }),
      '/reset': 205,
      '/same': web.reply({ status: 304, body: 'never sent' }),
      '/moved': web.redirect('/new place', 308),
    })
    const made = await curl(server, '/made')
    expect([made.status, made.headers['x-number'], made.headers['set-cookie'], made.body]).toEqual([
      201,
      '7',
      'b=2',
      '{"id":7}',
    ])
    expect((await curl(server, '/typed')).headers['content-type']).toBe('image/svg+xml')
    expect((await curl(server, '/same')).body).toBe('')
    expect((await curl(server, '/reset')).headers['content-length']).toBe('0')
    expect(await curl(server, '/moved')).toMatchObject({ status: 308, headers: { location: '/new%20place' } })
  })

  it('put values into HTML as they are', async () => {
    const server = await serve({
      '/': (req: { query: Record<string, string> }) =>
        web.html`<ul title="${'"'}">${['a&b', req.query.x].map((each) => web.html`<li>${each}</li>`)}</ul>`,
    })
    const { headers, body } = await curl(server, '/?x=%3Cscript%3E')
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(body).toBe('<ul title="&quot;"><li>a&amp;b</li><li>&lt;script&gt;</li></ul>')
  })

  it('cannot break out of their headers', () => {
    expect(() => web.reply({ headers: { 'X-Name': 'a\r\nSet-Cookie: b' } })).toThrow(/option headers must be/)
    expect(() => web.reply({ headers: { 'X: y': 'a' } })).toThrow(/option headers must be/)
    expect(() => web.reply({ headers: { 'Content-Length': 3 } })).toThrow(/writes Content-Length itself/)
    expect(() => web.reply({ status: 42 })).toThrow(/200\.\.599/)
    expect(web.redirect('/a\r\nX: y').headers.Location).toBe('/a%0D%0AX:%20y')
  })
})

describe('methods', () => {
  it('are told apart; HEAD is GET without its body, OPTIONS and 405 say what there is', async () => {
    let calls = 0
    const server = await serve({
      'GET /': () => `call ${++calls}`,
      'put /': (req: { method: string }) => req.method,
      'DELETE /': 204,
      '/any': (req: { method: string }) => req.method,
    })
    const head = await curl(server, '/', '-I')
    expect([head.status, head.headers['content-length'], head.body, calls]).toEqual([200, '6', '', 1])
    expect((await curl(server, '/', '-X', 'PUT')).body).toBe('PUT')
    expect((await curl(server, '/', '-X', 'DELETE')).status).toBe(204)
    const options = await curl(server, '/', '-X', 'OPTIONS')
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, PUT, DELETE, OPTIONS'])
    const wrong = await curl(server, '/', '-X', 'PATCH')
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, PUT, DELETE, OPTIONS'])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'REPORT'])
      expect((await curl(server, '/any', '-X', method)).body).toBe(method)
    expect((await curl(server, '/any', '-I')).headers['content-length']).toBe('4')
    const all = await curl(server, '/', '-X', 'OPTIONS', '--request-target', '*')
    expect([all.status, all.headers.allow]).toEqual([204, 'GET, HEAD, PUT, DELETE, POST, PATCH, OPTIONS'])
    expect((await curl(server, '/none')).body).toBe('404 Not Found\n')
    expect((await curl(server, '/none', '-I')).headers['content-length']).toBe('14')
  })
})

describe('requests', () => {
  it('have path, params, query, cookies, headers and client', async () => {
    const server = await serve({
      '/a/:name/:rest': (req: unknown) => JSON.stringify(req),
      '/c': (req: { cookies: object }) => req.cookies,
    })
    const asked = await curl(server, '/a/x%20%C3%A9%2F/y?q=1&q=2&__proto__=3&p=a+b', '-H', 'X-One: 1')
    expect(JSON.parse(asked.body)).toMatchObject({
      method: 'GET',
      path: '/a/x é//y',
      params: { name: 'x é/', rest: 'y' },
      query: { q: ['1', '2'], p: 'a b' },
      headers: { 'x-one': '1' },
      version: 'HTTP/1.1',
      client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    })
    const cookies = await curl(server, '/c', '-b', 'a=1; b="two words"; a=2')
    expect(JSON.parse(cookies.body)).toEqual({ a: '1', b: 'two words' })
    const absolute = await curl(server, '/c', '--request-target', 'http://elsewhere/a/b/c?x', '-b', 'z=1')
    expect(JSON.parse(absolute.body)).toMatchObject({ path: '/a/b/c', query: { x: '' } })
  })

  it('bring texts, JSON and forms, or are told what is wrong with them', async () => {
    const server = await serve(
      {
        'POST /text': (req: { text(): string }) => req.text().toUpperCase(),
        'POST /json': (req: { json(): { a: number } }) => `${req.json().a + 1}`,
        'POST /form': (req: { form(): object }) => req.form(),
      },
      { limit: 1000 },
    )
    expect((await curl(server, '/text', '--data-binary', 'é')).body).toBe('É')
    expect((await curl(server, '/json', '-d', '{"a": 1}')).body).toBe('2')
    const broken = await curl(server, '/json', '-d', '{"a"')
    expect([broken.status, broken.body]).toEqual([
      400,
      expect.stringMatching(/^400 Bad Request: the body is no JSON: /),
    ])
    expect((await curl(server, '/json', '-X', 'POST')).body).toMatch(/and there is none/)
    expect(
      JSON.parse((await curl(server, '/form', '-d', 'a=1', '--data-urlencode', 'b=x&y', '-d', 'a=2')).body),
    ).toEqual({
      a: ['1', '2'],
      b: 'x&y',
    })
    expect((await curl(server, '/form', '-F', 'a=1')).status).toBe(415)
    expect((await curl(server, '/text', '-H', 'Content-Encoding: gzip', '-d', 'x')).status).toBe(415)
    expect((await curl(server, '/text', '-d', 'x'.repeat(1000))).status).toBe(200)
    const big = await curl(server, '/text', '-d', 'x'.repeat(1001))
    expect([big.status, big.headers.connection]).toEqual([413, 'close'])
  })
})
