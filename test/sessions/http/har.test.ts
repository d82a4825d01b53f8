/** HAR export: each field as the specification has it, and a browser that is served from the file alone. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import { har } from '../../../src/sessions/http/har/har.js'
import type { HarEntry } from '../../../src/sessions/http/har/har-format.js'
import { session } from '../../../src/sessions/http/http-session.js'
import { launchChromium } from '../../lab/chromium.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

let httpbin: Httpbin
const client = new HttpClient()
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-har-'))
beforeAll(async () => {
  httpbin = await startHttpbin()
})
afterAll(async () => {
  await client.close()
  await httpbin?.close()
  rmSync(folder, { recursive: true, force: true })
})

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const size: Check = (value) => Number.isInteger(value) && (value as number) >= -1
const time: Check = (value) =>
  text(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/.test(String(value))
const pairs: Check = (value) => Array.isArray(value) && value.every((one) => text(one.name) && text(one.value))
const object: Check = (value) => typeof value === 'object' && value !== null
const part: Check = (value) => number(value) && (value as number) >= -1

/** Fields that HAR 1.2 demands, and those that it allows (marked ?), in the words of its chapters. */
const SPEC: Record<string, Record<string, Check>> = {
  '': {
    startedDateTime: time,
    time: number,
    request: object,
    response: object,
    cache: object,
    timings: object,
    'serverIPAddress?': text,
  },
  request: {
    method: text,
    url: text,
    httpVersion: text,
    cookies: pairs,
    headers: pairs,
    queryString: pairs,
    'postData?': object,
    headersSize: size,
    bodySize: size,
  },
  response: {
    status: number,
    statusText: text,
    httpVersion: text,
    cookies: pairs,
    headers: pairs,
    content: object,
    redirectURL: text,
    headersSize: size,
    bodySize: size,
  },
  timings: {
    blocked: part,
    dns: part,
    connect: part,
    send: (value) => part(value) && value !== -1,
    wait: (value) => part(value) && value !== -1,
    receive: (value) => part(value) && value !== -1,
    ssl: part,
  },
}

/** @throws where an entry is not as the specification has it */
function conforms(entry: HarEntry): void {
  for (const [place, fields] of Object.entries(SPEC)) {
    const value = (place === '' ? entry : entry[place as 'request']) as unknown as Record<string, unknown>
    const known = Object.keys(fields).map((name) => name.replace('?', ''))
    expect(known).toEqual(expect.arrayContaining(Object.keys(value)))
    for (const [name, check] of Object.entries(fields)) {
      const isOptional = name.endsWith('?')
      const field = value[name.replace('?', '')]
      if (field === undefined && isOptional) continue
      expect([place, name, field, check(field)]).toEqual([place, name, field, true])
    }
  }
  const { blocked, dns, connect, send, wait, receive, ssl } = entry.timings
  // "time": the sum of all that are not -1; "ssl" is contained in "connect".
  expect(entry.time).toBeCloseTo(
    [blocked, dns, connect, send, wait, receive].filter((ms) => ms >= 0).reduce((a, b) => a + b),
    2,
  )
  if (ssl >= 0) expect(ssl).toBeLessThanOrEqual(connect)
}

/** Of a file, as any reader gets it. */
function read(file: string): { version: string; creator: object; entries: HarEntry[] } {
  return JSON.parse(readFileSync(file, 'utf8')).log
}

describe('HAR', () => {
  test('has each field as the specification says, for requests of many kinds', async () => {
    const answers = [
      await client.send('GET', httpbin.url('/get?a=1&a=2&b=%20')),
      await client.send('GET', httpbin.url('/gzip')),
      await client.send('GET', httpbin.url('/image/png')),
      await client.send('HEAD', httpbin.url('/get')),
      await client.send('POST', httpbin.url('/post'), { form: { x: '1 2', y: 'ä' } }),
      await client.send('POST', httpbin.url('/post'), { json: { x: 1 } }),
      await client.send('PUT', httpbin.url('/put'), { body: Uint8Array.of(0, 255) }),
      await client.send('DELETE', httpbin.url('/status/204')),
      await client.send('GET', httpbin.url('/redirect/2')),
      await client.send('GET', httpbin.url('/digest-auth/auth/me/word'), {
        auth: { user: 'me', password: 'word', scheme: 'digest' },
      }),
    ]
    // The password is a part of a URL here.
    const file = await har(answers, { secrets: true }).save(path.join(folder, 'all.har'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { version, creator, entries } = read(file)
    expect(version).toBe('1.2')
    expect(creator).toMatchObject({ name: 'netshell', version: expect.any(String) })
    for (const entry of entries) conforms(entry)
    const lines = entries.map(
      ({ request, response }) => `${request.method} ${new URL(request.url).pathname} ${response.status}`,
    )
    expect(lines).toEqual([
      'GET /get 200',
      'GET /gzip 200',
      'GET /image/png 200',
      'HEAD /get 200',
      'POST /post 200',
      'POST /post 200',
      'PUT /put 200',
      'DELETE /status/204 204',
      'GET /redirect/2 302',
      'GET /relative-redirect/1 302',
      'GET /get 200',
      'GET /digest-auth/auth/me/word 401',
      'GET /digest-auth/auth/me/word 200',
    ])
    const [get, gzip, image, , form, json, , , redirect] = entries
    expect(get!.request.queryString).toEqual([
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
      { name: 'b', value: ' ' },
    ])
    expect(get!.serverIPAddress).toBe('127.0.0.1')
    expect(gzip!.response.content.size - gzip!.response.content.compression!).toBe(gzip!.response.bodySize)
    expect(Buffer.from(image!.response.content.text!, 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(form!.request.postData).toEqual({
      mimeType: 'application/x-www-form-urlencoded',
      text: 'x=1+2&y=%C3%A4',
      params: [
        { name: 'x', value: '1 2' },
        { name: 'y', value: 'ä' },
      ],
    })
    expect(form!.request.bodySize).toBe(14)
    expect(json!.request.postData).toEqual({ mimeType: 'application/json', text: '{"x":1}' })
    expect(redirect!.response.redirectURL).toBe('/relative-redirect/1')
    const begun = entries.map(({ startedDateTime }) => Date.parse(startedDateTime))
    expect(begun).toEqual([...begun].sort((a, b) => a - b))
  })

  test('has no secrets unless they are asked for', async () => {
    const api = session({ base: httpbin.origin, auth: 'me:opensesame', headers: { 'X-Api-Key': 'keykeykey' } })
    try {
      await api.get('/cookies/set/sid/topsecretcookie')
      await api.get('/get', { cookies: { sid: 'topsecretcookie' } })
      // httpbin says in the body what cookies it got; bodies are what was asked for.
      const plain = JSON.stringify(
        har(api).log.entries.map(({ request, response }) => [
          request.headers,
          request.cookies,
          response.headers,
          response.cookies,
        ]),
      )
      expect(plain).not.toMatch(/topsecretcookie|opensesame|keykeykey/)
      expect(plain).not.toContain(btoa('me:opensesame'))
      const full = har(api, { secrets: true }).log.entries
      const headers = full.at(-1)!.request.headers.map(({ name, value }) => `${name}: ${value}`)
      expect(headers).toContain(`Authorization: Basic ${btoa('me:opensesame')}`)
      expect(full.at(-1)!.request.cookies).toEqual([{ name: 'sid', value: 'topsecretcookie' }])
      expect(full[0]!.response.cookies).toEqual([{ name: 'sid', value: 'topsecretcookie', path: '/' }])
      const file = await api.har(path.join(folder, 'session.har'))
      for (const entry of read(file).entries) conforms(entry)
    } finally {
      await api.close()
    }
  })

  test('has no secrets of URLs in headers either', async () => {
    const to = '/get?access_token=topsecretword&page=2#id_token=topsecretword'
    const link = '<https://me:topsecretword@x.example/?page=2&api_key=topsecretword>; rel="next"'
    const answers = [
      await client.send('GET', httpbin.url('/redirect-to'), { params: { url: to } }),
      await client.send('GET', httpbin.url('/response-headers'), {
        params: { Link: link },
        headers: { Referer: 'https://x.example/?token=topsecretword&a=1' },
      }),
    ]
    const shown = har(answers).log.entries.map(({ request, response }) => [request.headers, response])
    const headers = JSON.stringify(
      shown.map(([sent, got]) => [
        sent,
        (got as HarEntry['response']).headers,
        (got as HarEntry['response']).redirectURL,
      ]),
    )
    expect(headers).not.toContain('topsecretword')
    expect(headers).toMatch(/page=2.*token=REDACTED&a=1.*<https:\/\/x\.example\/\?page=2&api_key=REDACTED>/)
    expect(har(answers, { secrets: true }).log.entries[0]!.response.redirectURL).toBe(to)
  })

  test('is a file that only its owner reads, also where one was there before', async () => {
    const file = path.join(folder, 'old.har')
    writeFileSync(file, 'x'.repeat(100_000))
    chmodSync(file, 0o644)
    await har(await client.send('GET', httpbin.url('/get'))).save(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(read(file).entries.length).toBe(1)
  })

  test('a browser is served from the file alone', { timeout: 60_000 }, async () => {
    const other = await startHttpbin()
    const pages = ['/html', '/links/3/0', '/robots.txt', '/redirect-to?url=/html']
    const answers = []
    for (const page of pages) answers.push((await client.send('GET', other.url(page))).expectOk())
    const file = await har(answers).save(path.join(folder, 'browser.har'))
    await other.close()
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.routeFromHAR(file, { notFound: 'abort' })
      for (const [index, place] of pages.entries()) {
        const answer = await page.goto(other.url(place))
        expect(answer!.status()).toBe(200)
        expect(await answer!.text()).toBe(answers[index]!.text())
      }
    } finally {
      await browser.close()
    }
  })

  test('takes one answer, none, and nothing else', async () => {
    const answer = await client.send('GET', httpbin.url('/get'))
    expect(String(har(answer))).toBe('1 exchange, HAR 1.2')
    expect(har([]).log.entries).toEqual([])
    for (const wrong of [5, null, [5], { a: 1 }]) expect(() => har(wrong as never)).toThrow(OptionError)
    await expect(Promise.resolve(har(answer).save('/no/such/folder/x.har'))).rejects.toThrow(
      /there is no folder '\/no\/such\/folder'/,
    )
  })
})
