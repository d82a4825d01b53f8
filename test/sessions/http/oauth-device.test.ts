/** Signing in on another device: against oidc-provider, and servers that answer as RFC 8628 and GitHub do. */
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type OAuthAuth, oauth } from '../../../src/sessions/http/oauth/index.js'
import { peer, told, useOidc } from './oauth-hooks.js'
import { ask, closed, listenOn, type Page, startOidc, Visitor } from './oauth-peers.js'

useOidc()

function device(at = peer): OAuthAuth {
  return oauth({ issuer: at.issuer, clientId: 'native', flow: 'device', scope: 'openid', store: false })
}

/** The page behind the code: it asks whether it is the right device. */
async function confirming(visitor: Visitor): Promise<Page> {
  const [, url, code] = await told.next(/sign in with any browser at (http\S+)\nand type the code (\S+)/)
  return await visitor.submit(await visitor.open(url!), { user_code: code! })
}

describe('signing in on another device', () => {
  it('shows where and the code, and waits until somebody has signed in', async () => {
    const auth = device()
    const task = auth.login()
    const visitor = new Visitor()
    const page = await confirming(visitor)
    expect(page.text).toContain('Confirm Device')
    const login = await visitor.submit(page)
    expect((await visitor.agree(login, 'dora')).text).toContain('Sign-in Success')
    await task
    expect((await ask(`${peer.issuer}/me`, auth)).status).toBe(200)
    expect(auth.identity?.claims.sub).toBe('dora')
    expect(auth.canRefresh).toBe(false)
  })

  it('ends when the person says no', async () => {
    const task = device().login()
    task.catch(() => undefined)
    const visitor = new Visitor()
    await visitor.submit(await confirming(visitor), { abort: 'yes' })
    await expect(task).rejects.toMatchObject({ code: 'access_denied' })
  })

  it('ends when the code has expired', async () => {
    const brief = await startOidc({ ttl: { DeviceCode: 2 } })
    try {
      await expect(device(brief).login()).rejects.toMatchObject({ code: 'expired_token' })
    } finally {
      await brief.close()
    }
  })

  it('is given up with the task', async () => {
    const task = device().login()
    await told.next(/type the code/)
    task.abort(new Error('enough'))
    await expect(task).rejects.toThrow('enough')
  })

  it('is told by a server that does not offer it', async () => {
    const auth = oauth({
      issuer: peer.issuer,
      clientId: 'machine',
      clientSecret: 'wrong',
      flow: 'device',
      store: false,
    })
    await expect(auth.login()).rejects.toMatchObject({ code: 'invalid_client' })
  })
})

describe('asking whether somebody has signed in', () => {
  let server: Server | undefined
  /** When it was asked, ms. */
  let times: number[]

  afterEach(async () => {
    if (server !== undefined) await closed(server)
    server = undefined
  })

  /** Answers `/device` with a code, and `/token` with these, one after the other. */
  async function answering(answers: [status: number, body: object | 'gone'][]): Promise<OAuthAuth> {
    times = []
    server = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json; charset=utf-8')
      if (request.url === '/device')
        return void response.end(
          JSON.stringify({
            device_code: 'the device code',
            user_code: 'AB\u001b[31mCD',
            verification_uri: 'https://example.com/device',
            expires_in: 900,
            interval: 1,
          }),
        )
      times.push(performance.now())
      const [status, body] = answers[times.length - 1]!
      if (body === 'gone') return void request.socket.destroy()
      response.writeHead(status).end(JSON.stringify(body))
    })
    const origin = await listenOn(server)
    return oauth({
      tokenEndpoint: `${origin}/token`,
      deviceEndpoint: `${origin}/device`,
      clientId: 'x',
      flow: 'device',
      store: false,
    })
  }

  const GOOD = { access_token: 'a token', token_type: 'Bearer', expires_in: 60 }

  function gaps(): number[] {
    return times.slice(1).map((time, i) => (time - times[i]!) / 1000)
  }

  it('is slower by five seconds from when the server wants that', async () => {
    const auth = await answering([
      [400, { error: 'authorization_pending' }],
      [400, { error: 'slow_down' }],
      [200, GOOD],
    ])
    await auth.login()
    const [first, second] = gaps()
    expect(first).toBeGreaterThanOrEqual(0.99)
    expect(second).toBeGreaterThanOrEqual(5.99)
    expect(told.all).toContain('type the code AB\\x1b[31mCD')
  })

  it('goes on when the connection broke, and with errors that have status 200, as at GitHub', async () => {
    const auth = await answering([
      [200, { error: 'authorization_pending' }],
      [0, 'gone'],
      [200, GOOD],
    ])
    await auth.login()
    expect(auth.isSignedIn).toBe(true)
    expect(gaps()[1]).toBeGreaterThanOrEqual(1.99)
  })

  it('ends with an error of another kind', async () => {
    const auth = await answering([[400, { error: 'invalid_scope', error_description: 'no such scope' }]])
    await expect(auth.login()).rejects.toThrow(/does not give this scope \(invalid_scope\): no such scope$/)
    const broken = await answering([[200, { error: { code: 5 } }]])
    await expect(broken.login()).rejects.toThrow(/access_token/)
  })
})
