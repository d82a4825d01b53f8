/** Tokens for the client itself, options, and servers that are wrong: against oauth2-mock-server and oidc-provider. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../../src/exchange/secrets.js'
import { jwt } from '../../../src/sessions/http/auth/jwt.js'
import { type OAuthOptions, oauth } from '../../../src/sessions/http/oauth/index.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { ask, closed, jsonOf, listenOn, type OidcPeer, startOidc, Told, Visitor } from './oauth-peers.js'

const SECRET = 'a secret of 32 characters: & % +'
let mock: OAuth2Server
let peer: OidcPeer
let told: Told

beforeAll(async () => {
  mock = new OAuth2Server()
  await mock.issuer.keys.generate('RS256')
  await mock.start(0, '127.0.0.1')
  peer = await startOidc()
})
afterAll(async () => {
  await mock?.stop()
  await peer?.close()
})
beforeEach(() => {
  told = new Told()
  peer.grants.length = 0
})
afterEach(() => told.end())

/** A server of pages that say with what they were asked. */
async function withEcho<T>(work: (url: string) => Promise<T>): Promise<T> {
  const echo = createServer((request, response) => response.end(JSON.stringify(request.headers)))
  try {
    return await work(await listenOn(echo))
  } finally {
    await closed(echo)
  }
}

describe('a token for the client itself', () => {
  it('is got once for many requests, with the secret as the server wants it', async () => {
    const auth = oauth({
      issuer: peer.issuer,
      clientId: 'machine',
      clientSecret: SECRET,
      flow: 'client',
      scope: 'read',
    })
    const tokens = await withEcho((url) =>
      Promise.all(
        Array.from(
          { length: 20 },
          async () => (jsonOf(await ask(url, auth)) as { authorization: string }).authorization,
        ),
      ),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toMatch(/^Bearer [\w-]{20,}$/)
    expect(peer.grants).toEqual(['client_credentials'])
    expect(auth.file).toBeUndefined()
    expect(auth.scope).toBe('read')
  })

  it('is told to be impossible with a wrong secret, which shows nowhere', async () => {
    const auth = oauth({ issuer: peer.issuer, clientId: 'machine', clientSecret: 'a wrong secret', flow: 'client' })
    const error = (await auth.login().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as Error
    expect(error).toMatchObject({ code: 'invalid_client' })
    expect(error.message).toMatch(/does not know this client, or its secret is wrong \(invalid_client\)/)
    expect(`${error.message}${error.stack}${String(auth)}`).not.toContain('a wrong secret')
    expect(withoutSecrets('a wrong secret')).toBe('REDACTED')
  })

  it.each(['basic', 'post'] as const)(
    'is asked for with the secret sent as %s when somebody says so',
    async (clientAuth) => {
      let seen: { authorization?: string; body: Record<string, string> } | undefined
      mock.service.once('beforeResponse', (_answer, request) => {
        seen = { authorization: request.headers.authorization, body: { ...(request.body as object) } } as typeof seen
      })
      const parameters = { audience: 'https://api.example.com' }
      const options = {
        issuer: mock.issuer.url!,
        clientId: 'a:b',
        clientSecret: SECRET,
        flow: 'client',
        parameters,
      } as const
      const auth = oauth({ ...options, clientAuth, scope: ['one', 'two'] })
      await auth.login()
      expect(seen!.body).toMatchObject({
        grant_type: 'client_credentials',
        scope: 'one two',
        audience: 'https://api.example.com',
      })
      if (clientAuth === 'post') {
        expect(seen!.body).toMatchObject({ client_id: 'a:b', client_secret: SECRET })
        expect(seen!.authorization).toBeUndefined()
      } else {
        // RFC 6749 §2.3.1: both are form-encoded before they are put together.
        const [user, password] = Buffer.from(seen!.authorization!.slice(6), 'base64').toString().split(':')
        expect(decodeURIComponent(user!)).toBe('a:b')
        expect(decodeURIComponent(password!.replaceAll('+', ' '))).toBe(SECRET)
        expect(seen!.body.client_secret).toBeUndefined()
      }
    },
  )

  it('is a JWT that http.jwt reads, at a server that makes such', async () => {
    const auth = oauth({ issuer: mock.issuer.url!, clientId: 'x', clientSecret: SECRET, flow: 'client', scope: 'read' })
    const { authorization } = await withEcho(async (url) => jsonOf(await ask(url, auth)) as { authorization: string })
    expect(jwt(authorization.slice(7)).claims).toMatchObject({ iss: mock.issuer.url, scope: 'read' })
  })

  it('is replaced before its end, a short one a little before', async () => {
    let count = 0
    const listener = (answer: { body: unknown }): void => {
      count++
      answer.body = { ...(answer.body as object), expires_in: count === 1 ? 0.5 : 3600 }
    }
    mock.service.on('beforeResponse', listener)
    try {
      const auth = oauth({ issuer: mock.issuer.url!, clientId: 'x', clientSecret: SECRET, flow: 'client' })
      await withEcho(async (url) => {
        await ask(url, auth)
        await expect.poll(() => auth.isSignedIn, { timeout: 2000 }).toBe(false)
        await Promise.all([1, 2, 3, 4].map(() => ask(url, auth)))
      })
      expect(count).toBe(2)
    } finally {
      mock.service.off('beforeResponse', listener)
    }
  })
})

describe('signing in at a server of another kind', () => {
  it('works with its URLs given one by one, and without its issuer', async () => {
    const url = mock.issuer.url!
    const auth = oauth({
      authorizationEndpoint: `${url}/authorize`,
      tokenEndpoint: `${url}/token`,
      clientId: 'x',
      scope: 'openid',
      store: false,
      browser: false,
    })
    const task = auth.login()
    await new Visitor().open(await told.url())
    await task
    expect(auth.canRefresh).toBe(true)
    await auth.refresh()
    // Whose token it is cannot be checked without an issuer.
    expect(auth.identity).toBeUndefined()
    await auth.logout()
    await told.next(/warning: .*the server cannot make them worthless/)
  })

  it('refuses an ID token for another client, and one for another sign-in', async () => {
    for (const [claim, value] of [
      ['aud', 'somebody else'],
      ['nonce', 'of another sign-in'],
    ]) {
      const listener = (token: { payload: Record<string, unknown> }): void => {
        token.payload[claim!] = value
      }
      mock.service.on('beforeTokenSigning', listener)
      try {
        const options = { issuer: mock.issuer.url!, clientId: 'x', scope: 'openid', store: false, browser: false }
        const task = oauth(options).login()
        task.catch(() => undefined)
        const page = await new Visitor().open(await told.url())
        expect(page.text).toContain('Not signed in')
        await expect(task, claim).rejects.toThrow(/unexpected/)
      } finally {
        mock.service.off('beforeTokenSigning', listener)
      }
    }
  })

  it('goes over TLS that is checked', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'netshell-oauth-'))
    const { cert, key } = await selfSigned(['127.0.0.1', 'localhost'])
    const files = { cert: path.join(folder, 'cert'), key: path.join(folder, 'key') }
    writeFileSync(files.cert, cert)
    writeFileSync(files.key, key)
    const server = new OAuth2Server(files.key, files.cert)
    await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
    try {
      const options: OAuthOptions = { issuer: server.issuer.url!, clientId: 'x', clientSecret: SECRET, flow: 'client' }
      expect(options.issuer).toMatch(/^https:/)
      await expect(oauth(options).login()).rejects.toThrow(/its certificate is signed by itself/)
      expect((await oauth({ ...options, tls: { ca: files.cert } }).login()).isSignedIn).toBe(true)
      // What it tells of itself may not lead to what runs here in the clear.
      const plain = oauth({ ...options, tls: { ca: files.cert }, tokenEndpoint: 'http://127.0.0.1:1/token' })
      await expect(plain.login()).rejects.toMatchObject({ code: 'INSECURE' })
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a server that is wrong', () => {
  async function loginAt(answer: (url: string) => [status: number, body: string, type?: string]): Promise<unknown> {
    const server = createServer((request, response) => {
      const [status, body, type = 'application/json'] = answer(request.url!)
      response.writeHead(status, { 'Content-Type': type, Location: 'http://127.0.0.1:1/' }).end(body)
    })
    const issuer = await listenOn(server)
    try {
      return await oauth({ issuer, clientId: 'x', clientSecret: SECRET, flow: 'client' })
        .login()
        .then(
          () => 'signed in',
          (error: unknown) => (error as Error).message.replaceAll(issuer, 'ISSUER'),
        )
    } finally {
      await closed(server)
    }
  }

  it.each([
    ['has another name', () => [200, '{"issuer": "https://other.example"}'], /calls itself by another name/],
    ['has a name that is no URL', () => [200, '{"issuer": "x"}'], /tells something that is no URL/],
    ['knows nothing of tokens', () => [404, 'no'], /tells no URLs .*is the issuer right/],
    ['sends elsewhere', () => [302, ''], /answer has status 302/],
    ['answers with a page', () => [200, '<html>', 'text/html'], /no JSON: is that the right URL/],
    ['answers with broken JSON', () => [200, '{"issuer":'], /no JSON: is that the right URL/],
    ['has an error', () => [500, '{}'], /answer has status 500/],
    ['answers without end', () => [200, ' '.repeat(2 << 20)], /longer than 1048576 bytes/],
  ] as [string, () => [number, string, string?], RegExp][])('is told when it %s', async (_, answer, message) => {
    expect(await loginAt(answer)).toMatch(message)
  })

  it('is asked again the next time', async () => {
    const server = createServer((_request, response) => void response.writeHead(503).end())
    const issuer = await listenOn(server)
    const auth = oauth({ issuer, clientId: 'x', clientSecret: SECRET, flow: 'client' })
    try {
      await expect(auth.login()).rejects.toThrow(/status 503/)
      server.removeAllListeners('request')
      server.on('request', (request, response) => {
        response.setHeader('Content-Type', 'application/json')
        const answer = request.url!.startsWith('/.well-known')
          ? { issuer, token_endpoint: `${issuer}/token` }
          : { access_token: 'a token', token_type: 'bearer' }
        response.end(JSON.stringify(answer))
      })
      expect((await auth.login()).isSignedIn).toBe(true)
      expect(auth.expires).toBeUndefined()
    } finally {
      await closed(server)
    }
  })

  it('may tell its URLs as RFC 8414 has it', async () => {
    const asked: string[] = []
    const message = await loginAt((url) => {
      asked.push(url)
      return url.includes('oauth-authorization-server') ? [200, '{"issuer": "https://x.example"}'] : [404, '']
    })
    expect(asked).toEqual(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
    expect(message).toMatch(/calls itself by another name/)
  })
})

describe('options', () => {
  const good = { issuer: 'https://login.example.com', clientId: 'x' }

  it.each([
    [{}, /clientId is missing/],
    [{ clientId: 'x' }, /give the issuer, or the tokenEndpoint/],
    [{ ...good, issuer: 'http://login.example.com' }, /issuer must be an https URL \(http only on this machine\)/],
    [{ ...good, issuer: 'http://127.0.0.1.example.com' }, /issuer must be an https URL/],
    [{ ...good, issuer: 'https://user:password@login.example.com' }, /issuer must be an https URL/],
    [{ ...good, issuer: 'login.example.com' }, /issuer must be an https URL/],
    [{ tokenEndpoint: 'https://x.example/token', clientId: 'x' }, /needs the authorizationEndpoint/],
    [{ tokenEndpoint: 'https://x.example/token', clientId: 'x', flow: 'device' }, /needs the deviceEndpoint/],
    [{ ...good, flow: 'implicit' }, /flow must be 'code', 'device', 'client' or 'refresh'/],
    [{ ...good, flow: 'client' }, /needs the clientSecret/],
    [{ ...good, flow: 'refresh' }, /needs a refreshToken/],
    [{ ...good, clientSecret: ['hidden'] }, /must be texts$/],
    [{ ...good, scope: 'a  b' }, /scope must be names with spaces between/],
    [{ ...good, redirectHost: '0.0.0.0' }, /redirectHost must be/],
    [{ ...good, redirectPath: 'callback' }, /redirectPath must be a path/],
    [{ ...good, parameters: { a: 1 } }, /parameters must be an object of names and texts/],
    [{ ...good, issuers: 'x' }, /no option 'issuers'.*issuer/],
    ['https://login.example.com', /give options/],
  ])('%j are told to be wrong', (options, message) => {
    expect(() => oauth(options as OAuthOptions)).toThrow(message)
  })

  it.each(['http://127.0.0.1:8080', 'http://[::1]:8080/x', 'http://localhost', 'https://login.example.com/tenant'])(
    'take %s as an issuer',
    (issuer) => {
      expect(oauth({ ...good, issuer, store: false }).server).toBe(issuer)
    },
  )
})
