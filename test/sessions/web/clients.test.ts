/** Clients of other makers, and many of them. */
import { Agent, get } from 'node:http'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { web } from '../../../src/sessions/web/index.js'
import { must } from '../../lab/process.js'
import { curl, serve } from './asking.js'

interface Asked {
  text(): string
  bytes(): Uint8Array
  json(): unknown
  form(): object
  params: Record<string, string>
  query: Record<string, string>
}

describe("clients of Python's library", () => {
  it('get what the routes say, over one connection', async () => {
    const server = await serve({
      'GET /hello': (req: Asked) => `Hello ${req.query.name}`,
      'POST /echo': (req: Asked) => req.bytes(),
      'PUT /notes/:id': (req: Asked) => ({ id: req.params.id, note: req.json() }),
      'DELETE /notes/:id': 204,
      'GET /pieces': () => ['one ', 'two'].values(),
      'POST /form': (req: Asked) => req.form(),
      'GET /moved': web.redirect('/hello?name=again'),
      'POST /json': (req: Asked) => req.json(),
    })
    const seen = JSON.parse(
      await must(['/usr/bin/python3', path.join(import.meta.dirname, 'clients.py'), String(server.port)], {
        timeout: 30_000,
      }),
    )
    const text = 'text/plain; charset=utf-8'
    const same = { same: true }
    expect(seen['GET /hello?name=World']).toMatchObject({
      status: 200,
      type: text,
      length: '11',
      body: 'Hello World',
      ...same,
    })
    expect(seen['HEAD /hello?name=World']).toMatchObject({ status: 200, type: text, length: '11', body: '', ...same })
    expect(seen['POST /echo']).toMatchObject({ status: 200, body: '\x00\xff body', ...same })
    expect(JSON.parse(seen['PUT /notes/7'].body)).toEqual({ id: '7', note: { text: 'seven' } })
    expect(seen['DELETE /notes/7']).toMatchObject({ status: 204, length: null, body: '', ...same })
    expect(seen['OPTIONS /hello']).toMatchObject({ status: 204, allow: 'GET, HEAD, OPTIONS', ...same })
    expect(seen['GET /pieces']).toMatchObject({ length: null, body: 'one two', ...same })
    expect(seen['GET /nowhere']).toMatchObject({ status: 404, ...same })
    expect(seen.chunked).toBe('one two three')
    expect(seen.form).toEqual({ name: 'Zoé & co', n: '1' })
    expect(seen.redirect).toEqual(['/hello?name=again', 'Hello again'])
    expect(seen.json[0]).toBe(400)
    expect(seen.old).toEqual([null, 'one two'])
  })
})

describe('many clients', () => {
  it('are answered at once, 200 of them over connections that stay', async () => {
    const server = await serve({ '/': async () => new Promise((resolve) => setTimeout(() => resolve('late'), 20)) })
    const agent = new Agent({ keepAlive: true })
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        get(server.url, { agent }, (answer) => {
          let text = ''
          answer.on('data', (piece) => {
            text += piece
          })
          answer.on('end', () => resolve(text))
        }).on('error', reject)
      })
    const clients = Array.from({ length: 200 }, async () => [await ask(), await ask(), await ask()])
    expect(new Set((await Promise.all(clients)).flat())).toEqual(new Set(['late']))
    expect(new Set(server.requests.map(({ client }) => client)).size).toBeLessThanOrEqual(200)
    expect(server.requests).toHaveLength(600)
    agent.destroy()
  })

  it('may leave before the answer, and in the middle of it', async () => {
    let ended = 0
    const server = await serve({
      '/late': () => new Promise((resolve) => setTimeout(() => resolve('late'), 300)),
      '/endless': async function* () {
        try {
          for (;;) yield 'x'.repeat(100_000)
        } finally {
          ended++
        }
      },
      '/': 'ok',
    })
    await expect(curl(server, '/late', '--max-time', '0.1')).rejects.toThrow(/timed out/)
    await expect(curl(server, '/endless', '--max-time', '0.3', '-o', '/dev/null')).rejects.toThrow(/timed out/)
    await expect.poll(() => ended).toBe(1)
    await expect
      .poll(() => server.requests.map(({ target, status }) => `${target} ${status}`).sort())
      .toEqual(['/endless 200', '/late 0'])
    expect((await curl(server, '/')).body).toBe('ok')
  })
})

describe('TLS', () => {
  it('shows a certificate made on the spot, which clients can be told to trust', async () => {
    const server = await serve({ '/': (req: { client: string }) => req.client }, { tls: true })
    expect(server.url).toMatch(/^https:/)
    await expect(curl(server, '/')).rejects.toThrow(/certificate/)
    const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync('/tmp/netshell-web-')
    writeFileSync(path.join(folder, 'ca.pem'), server.certificate!)
    const answer = await curl(server, '/', '--cacert', path.join(folder, 'ca.pem'))
    rmSync(folder, { recursive: true })
    expect([answer.status, answer.body]).toEqual([200, expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
    await expect(curl({ url: server.url.replace('https', 'http') }, '/')).rejects.toThrow()
    expect(server.requests.map(({ status, target }) => [status, target])).toEqual(
      expect.arrayContaining([[400, '(plain HTTP where TLS is spoken)']]),
    )
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
