/** What a hostile server, and a stranger's text, must not get out of the client. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { redact } from '../../../src/repl/redact.js'
import { HttpHeaders } from '../../../src/sessions/http/headers.js'
import { http } from '../../../src/sessions/http/index.js'
import { linksOf } from '../../../src/sessions/http/paging/link-header.js'
import { isSecretHeader } from '../../../src/sessions/http/secret-headers.js'
import { type OwnServer, serving, writing } from './misbehaving.js'

let folder: string
const open: OwnServer[] = []
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-http-'))
})
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function own(...values: Parameters<typeof serving>): Promise<OwnServer> {
  const server = await serving(...values)
  open.push(server)
  return server
}

const SECRETS = {
  auth: 'me:firstpassword',
  headers: { 'X-Vault-Token': 'secondsecret', 'X-API-Key': 'thirdsecret', Accept: 'application/json' },
  cookies: { sid: 'fourthsecret' },
}
const NO_SECRET = /secondsecret|thirdsecret|fourthsecret|authorization|Zmlyc3Q/i

describe('credentials', () => {
  test('do not go along with a redirect to another server, whatever their header field is called', async () => {
    const seen: string[] = []
    const other = await own((request, response) => {
      seen.push(JSON.stringify(request.headers))
      response.end()
    })
    const first = await own((_request, response) => response.writeHead(302, { Location: `${other.origin}/` }).end())
    await http.get(first.origin, SECRETS)
    expect(seen).toHaveLength(1)
    expect(seen[0]).not.toMatch(NO_SECRET)
    expect(seen[0]).toContain('application/json')
  })

  test('do not reach a server that a redirect led to and that says itself where the next pages are', async () => {
    const seen: string[] = []
    const other = await own((request, response, count) => {
      seen.push(JSON.stringify(request.headers))
      const next = count < 3 ? { Link: `</page${count}>; rel=next` } : {}
      response.writeHead(200, { 'Content-Type': 'application/json', ...next }).end('[1]')
    })
    const first = await own((_request, response) => response.writeHead(302, { Location: `${other.origin}/` }).end())
    expect(await http.paginate(`${first.origin}/items`, SECRETS).all()).toEqual([1, 1, 1])
    expect(seen).toHaveLength(3)
    for (const one of seen) expect(one).not.toMatch(NO_SECRET)
  })

  test('do not go along when a WebSocket is led to another server', async () => {
    const seen: string[] = []
    const listening = async (location?: string): Promise<{ place: string; close(): void }> => {
      const server = createServer()
      server.on('upgrade', (request, socket) => {
        if (location === undefined) seen.push(JSON.stringify(request.headers))
        socket.end(`HTTP/1.1 302 Found\r\n${location === undefined ? '' : `Location: ${location}\r\n`}\r\n`)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { place: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }
    }
    const other = await listening()
    const first = await listening(other.place)
    await expect(http.websocket(first.place, SECRETS)).rejects.toThrow('websocket')
    first.close()
    other.close()
    expect(seen).toHaveLength(1)
    expect(seen[0]).not.toMatch(NO_SECRET)
  })

  test.each([
    'Authorization',
    'Cookie',
    'X-Amz-Security-Token',
    'apikey',
    'X-Goog-Api-Key',
    'Ocp-Apim-Subscription-Key',
  ])('%s is a header field that holds some', (name) => expect(isSecretHeader(name)).toBe(true))

  test.each(['WWW-Authenticate', 'Sec-WebSocket-Key', 'ETag', 'Idempotency-Key', 'Authority', 'Keep-Alive'])(
    '%s is none',
    (name) => expect(isSecretHeader(name)).toBe(false),
  )

  test('get answers of their own from the cache', async () => {
    const server = await own((request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'private, max-age=100' })
        .end(`for ${request.headers['x-api-key'] ?? request.headers.cookie}`),
    )
    const common = { base: `${server.origin}/`, cache: path.join(folder, 'cache') }
    const users = [
      { headers: { 'X-API-Key': 'ann' } },
      { headers: { 'x-api-key': 'bob' } },
      { cookies: { sid: 'cid' } },
      { cookies: { sid: 'dan' } },
    ].map((more) => http.session({ ...common, ...more }))
    const texts: string[] = []
    for (const user of users) texts.push((await user.get('me')).text())
    expect(texts).toEqual(['for ann', 'for bob', 'for sid=cid', 'for sid=dan'])
    expect((await users[0]!.get('me')).source).toBe('cache')
    for (const user of users) await user.close()
  })
})

describe('what is told', () => {
  test('of a session has neither the password nor the query of its base', async () => {
    const session = http.session({ base: 'http://me:opensesame@127.0.0.1:9/api?key=keykeykey' })
    expect(`${session} ${session.subject} ${session.label}`).not.toMatch(/opensesame|keykeykey/)
    await session.close()
  })

  test('of a WebSocket that cannot be opened has neither', async () => {
    const opening = http.websocket('ws://me:opensesame@127.0.0.1:9/?token=keykeykey')
    const error = await opening.then(
      () => '',
      (thrown) => (thrown as Error).message,
    )
    expect(error).toContain('ws://127.0.0.1:9/')
    expect(`${opening.name} ${error}`).not.toMatch(/opensesame|keykeykey/)
  })

  test('of an answer that is no JSON, or an error, has no query; of what is no URL no password', async () => {
    const server = await own((_request, response) =>
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end('no'),
    )
    const answer = await http.get(server.origin, { params: { api_key: 'keykeykey' } })
    expect(() => answer.json()).toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/: the answer/)
    expect(() => answer.expectOk()).toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/: 500/)
    await expect(http.get('http://me:opensesame@no host/')).rejects.toThrow("'http://no host/' is no URL")
  })

  test('by a curl command that was read hides what it proves who asks with', () => {
    const command =
      "curl -x http://p:proxyword@10.0.0.1:3128 -b 'sid=cookieword; theme=dark' -H 'X-API-Key: keyword99' https://a.example/"
    const shown = String(http.fromCurl(command))
    expect(shown).not.toMatch(/proxyword|cookieword|keyword99/)
    expect(shown).toContain('dark')
  })

  test('in HAR has no secret fields of forms, JSON and queries', async () => {
    const server = await own((_request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end('{"access_token":"answersecret","list":[{"name":"ann"}]}'),
    )
    const session = http.session({ base: `${server.origin}/` })
    await session.post('login?access_token=querysecret&page=2', { form: { user: 'ann', password: 'formsecret' } })
    await session.post('login', { json: { user: 'ann', deep: { client_secret: 'jsonsecret' } } })
    const plain = JSON.stringify(session.har())
    expect(plain).not.toMatch(/querysecret|formsecret|jsonsecret|answersecret/)
    expect(plain.match(/ann/g)!.length).toBeGreaterThan(3)
    expect(plain).toContain('page=2')
    for (const word of ['querysecret', 'formsecret', 'jsonsecret', 'answersecret'])
      expect(JSON.stringify(session.har({ secrets: true }))).toContain(word)
    await session.close()
  })

  test('of a challenge is short, however long its realm is', async () => {
    const server = await own((_request, response) =>
      response.writeHead(401, { 'WWW-Authenticate': `Basic realm="${'a'.repeat(10_000)}"` }).end(),
    )
    const answer = await http.get(server.origin)
    let told = ''
    try {
      answer.expectOk()
    } catch (error) {
      told = (error as Error).message
    }
    expect(told).toContain("Basic for 'aaa")
    expect(told.length).toBeLessThan(300)
  })
})

describe('a server cannot', () => {
  test('have events asked for without a pause', async () => {
    const server = await own((_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 0\n\n'),
    )
    const session = await http.events(server.origin)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await session.close()
    // A pause of 50 ms at least.
    expect(server.requests.length).toBeLessThan(25)
    expect(server.requests.length).toBeGreaterThan(1)
  })

  test('end a session of events with an id that no header can hold', async () => {
    const server = await own((_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 1\nid: a\x01\x1bb\ndata: x\n\n'),
    )
    const session = await http.events(server.origin)
    const got = [await session.recv(), await session.recv()]
    expect(got.map((event) => event?.data)).toEqual(['x', 'x'])
    expect(session.lastEventId).toBe('')
    await session.close()
  })

  test('make us take many times the memory of a body by sending it byte by byte', async () => {
    const MANY = 1_000_000
    const chunks = Buffer.from('1\r\na\r\n'.repeat(MANY))
    const server = await writing((_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      socket.end(Buffer.concat([chunks, Buffer.from('0\r\n\r\n')]))
    })
    open.push(server)
    const concat = Buffer.concat
    let most = 0
    Buffer.concat = (list, length) => {
      most = Math.max(most, list.length)
      return concat(list, length)
    }
    try {
      const answer = await http.get(server.origin)
      expect(answer.length).toBe(MANY)
      expect(answer.bytes.every((byte) => byte === 97)).toBe(true)
    } finally {
      Buffer.concat = concat
    }
    // What is kept until the end is one buffer for many pieces, not one for each.
    expect(most).toBeLessThan(3000)
  })

  test('be given a proxy whose password cannot be written: that is said', async () => {
    await expect(http.get('http://127.0.0.1:9/', { proxy: 'http://p%ZZ:word@127.0.0.1:9' })).rejects.toThrow(
      'proxy: give',
    )
  })

  test.each([
    ['a header Link', () => linksOf(new HttpHeaders(['Link', '<'.repeat(64 * 1024)]), 'http://a/')],
    ['a text that is put into the history', () => redact('-eyJ'.repeat(100_000))],
  ])('keep us busy with %s', (_what, work) => {
    const began = performance.now()
    work()
    expect(performance.now() - began).toBeLessThan(500)
  })

  test('still a token of JWT is found in what is put into the history', () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'
    expect(redact(`x = '${token}'`)).not.toContain(token)
  })
})

test('of two cookies of the same name the one of the request alone is sent', async () => {
  const seen: string[] = []
  const server = await own((request, response) => {
    seen.push(request.headers.cookie ?? '')
    response.end()
  })
  const session = http.session({ base: `${server.origin}/`, cookies: { sid: 'kept', other: 'x' } })
  await session.get('')
  await session.get('', { cookies: { sid: 'own' } })
  expect(seen).toEqual(['sid=kept; other=x', 'other=x; sid=own'])
  await session.close()
})
