/** Who asks, through the whole client: redirects, sessions, streams, the history. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { HttpClient } from '../../../src/sessions/http/client.js'
import type { HttpOptions, HttpSessionOptions } from '../../../src/sessions/http/http-options.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

let here: Httpbin
let there: Httpbin

beforeAll(async () => {
  ;[here, there] = await Promise.all([startHttpbin(), startHttpbin()])
})
afterAll(() => Promise.all([here?.close(), there?.close()]))

/** A client that is closed behind the test. */
function client(options: HttpSessionOptions = {}, keeps = false): HttpClient {
  const made = new HttpClient({ proxy: false, ...options }, keeps)
  onTestFinished(() => made.close())
  return made
}

/** The field `Authorization` that arrived at the end. */
async function arrived(made: HttpClient, url: string, options: HttpOptions = {}): Promise<string | undefined> {
  const answer = await made.send('GET', url, options)
  expect(answer.status).toBe(200)
  return (answer.json() as { headers: Record<string, string> }).headers.Authorization
}

const to = (target: string): string => `/redirect-to?url=${encodeURIComponent(target)}`
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const withUser = (url: string): string => url.replace('//', '//user:passwd@')

describe('a redirect', () => {
  it('within the origin keeps what proves who asks', async () => {
    for (const [url, options] of [
      [here.url(to('/headers')), { auth: 'user:passwd' }],
      [here.url(to(here.url('/headers'))), { auth: 'user:passwd' }],
      [here.url(to('/headers')), { headers: { Authorization: basic('user:passwd') } }],
      [withUser(here.url(to('/headers'))), {}],
      [withUser(here.url(to(here.url('/headers')))), {}],
    ] as const)
      expect(await arrived(client(), url, options), url).toBe(basic('user:passwd'))
  })

  it('to another origin takes nothing of it along, in whatever form it was given, nor back', async () => {
    const away = there.url('/headers')
    for (const [url, options] of [
      [here.url(to(away)), { auth: 'user:passwd' }],
      [here.url(to(away)), { auth: { bearer: 'token' } }],
      [here.url(to(away)), { headers: { Authorization: 'Bearer token' } }],
      [withUser(here.url(to(away))), {}],
      // By another name it is another origin too.
      [here.url(to(here.url('/headers').replace('127.0.0.1', 'localhost'))), { auth: 'user:passwd' }],
      [here.url(to(there.url(to(here.url('/headers'))))), { headers: { Authorization: 'Bearer token' } }],
    ] as const)
      expect(await arrived(client(), url, options), url).toBeUndefined()
  })

  it('finds what is bound to where it leads', async () => {
    const made = client({ credentials: { [there.url('/anything/')]: 'bound:x' } })
    expect(await arrived(made, here.url(to(there.url('/anything/a'))), { auth: 'user:passwd' })).toBe(basic('bound:x'))
    expect(await arrived(made, here.url(to(there.url('/headers'))), { auth: 'user:passwd' })).toBeUndefined()
  })
})

describe('Digest in a session', () => {
  it('goes ahead from the second request on, and the history has the 401 of the first', async () => {
    const made = client({ auth: { user: 'user', password: 'passwd', scheme: 'digest' } }, true)
    const url = here.url('/digest-auth/auth/user/passwd/SHA-256')
    const [first, second] = [await made.send('GET', url), await made.send('GET', url)]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(first.history.map(({ status }) => status)).toEqual([401])
    expect(second.history).toEqual([])
  })

  it('gets another nonce when the server says that the old one is stale', async () => {
    const made = client({ auth: { user: 'user', password: 'passwd', scheme: 'digest' } }, true)
    const url = here.url('/digest-auth/auth/user/passwd/MD5/1')
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await made.send('GET', url))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const nonces = answers.map(({ request }) => / nonce="(\w+)"/.exec(request.headers.get('authorization')!)![1])
    expect(new Set(nonces).size).toBeGreaterThan(1)
  })

  it('refuses a wrong password, then takes the right one, in the same session', async () => {
    const made = client({}, true)
    const url = here.url('/digest-auth/auth/user/passwd')
    const digest = (password: string) => ({ auth: { user: 'user', password, scheme: 'digest' } }) as const
    expect((await made.send('GET', url, digest('wrong'))).status).toBe(401)
    expect((await made.send('GET', url, digest('passwd'))).status).toBe(200)
  })

  it('answers a 401 whose body was not read', async () => {
    const made = client({ auth: { user: 'user', password: 'passwd', scheme: 'digest' } })
    const { answer, body } = await made.open('GET', here.url('/digest-auth/auth/user/passwd'))
    expect(answer.status).toBe(200)
    expect(JSON.parse((await body.toArray()).join(''))).toEqual({ authenticated: true, user: 'user' })
  })
})

describe('a session', () => {
  it('has its auth unless a call says otherwise', async () => {
    const made = client({ base: here.url('/'), auth: 'user:passwd' })
    expect(await arrived(made, '/headers')).toBe(basic('user:passwd'))
    expect(await arrived(made, '/headers', { auth: { bearer: 'x' } })).toBe('Bearer x')
    expect(await arrived(made, '/headers', { auth: false })).toBeUndefined()
  })

  it('with user and password in its base uses them, and they are in no URL that is seen', async () => {
    const made = client({ base: withUser(here.url('/anything/')) })
    const answer = await made.send('GET', 'x')
    expect((answer.json() as { headers: Record<string, string> }).headers.Authorization).toBe(basic('user:passwd'))
    expect(answer.url).toBe(here.url('/anything/x'))
  })

  it('with a base gives its auth to no other origin', async () => {
    const made = client({ base: here.url('/'), auth: 'user:passwd' })
    expect(await arrived(made, there.url('/headers'))).toBeUndefined()
    expect(await arrived(made, there.url('/headers'), { auth: 'other:x' })).toBe(basic('other:x'))
    const withHeader = client({ base: here.url('/'), headers: { authorization: 'Bearer x', 'X-Other': 'y' } })
    expect(await arrived(withHeader, '/headers')).toBe('Bearer x')
    expect(await arrived(withHeader, there.url('/headers'))).toBeUndefined()
    const own = { headers: { Authorization: 'Bearer z' } }
    expect(await arrived(withHeader, there.url('/headers'), own)).toBe('Bearer z')
  })

  it('is told what a server asks for when the answer had to be good', async () => {
    const answer = await client().send('GET', here.url('/digest-auth/auth/user/passwd/SHA-256'))
    expect(() => answer.expectOk()).toThrow(
      /401 UNAUTHORIZED, it asks for Digest \(SHA-256\) for 'me@kennethreitz.com'/,
    )
  })
})
