/** Signing in with a browser, and what becomes of the tokens: against oidc-provider. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { pause } from '../../../src/exchange/index.js'
import { withoutSecrets } from '../../../src/exchange/secrets.js'
import { type OAuthAuth, type OAuthOptions, oauth } from '../../../src/sessions/http/oauth/index.js'
import { folder, peer, told, useOidc } from './oauth-hooks.js'
import {
  ask,
  closed,
  jsonOf,
  listenOn,
  nativeOptions,
  signedIn,
  startOidc,
  storedToken,
  Visitor,
} from './oauth-peers.js'

useOidc()

function native(options: Partial<OAuthOptions> = {}): OAuthAuth {
  return oauth({ ...nativeOptions(peer, folder), ...options })
}

/** Asks who has signed in: the server itself looks at the token. */
async function whoAmI(auth: OAuthAuth): Promise<{ status: number; sub?: unknown }> {
  const answer = await ask(`${peer.issuer}/me`, auth)
  return { status: answer.status, sub: (jsonOf(answer) as { sub?: unknown }).sub }
}

function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

describe('signing in with a browser', () => {
  it('gives a token that the server takes, and says who has signed in', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    expect(peer.grants).toEqual(['authorization_code'])
    expect(await whoAmI(auth)).toEqual({ status: 200, sub: 'alice' })
    expect(auth.isSignedIn).toBe(true)
    expect(auth.canRefresh).toBe(true)
    expect(auth.identity?.claims).toMatchObject({ sub: 'alice', iss: peer.issuer, aud: 'native' })
    expect(auth.expires!.getTime() - Date.now()).toBeGreaterThan(500_000)
  })

  it('asks with PKCE, a state and a nonce, which differ each time, and for this machine', async () => {
    const seen: URLSearchParams[] = []
    for (let i = 0; i < 2; i++) {
      const task = native().login()
      task.catch(() => undefined)
      seen.push(new URL(await told.url()).searchParams)
      task.abort()
    }
    for (const parameters of seen) {
      expect(parameters.get('response_type')).toBe('code')
      expect(parameters.get('code_challenge_method')).toBe('S256')
      expect(parameters.get('code_challenge')).toMatch(/^[\w-]{43}$/)
      expect(parameters.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    }
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(seen[0]!.get(name), name).not.toBe(seen[1]!.get(name))
  })

  it('ends with a plain page that says how it went, and answers nothing more', async () => {
    const auth = native()
    const task = auth.login()
    const page = await new Visitor().signIn(await told.url())
    await task
    expect(page.status).toBe(200)
    expect(page.text).toContain('<html lang="en">')
    expect(page.text).toContain('<h1>Signed in</h1>')
    expect(page.text).not.toMatch(/<script|https?:/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    await expect(fetch(page.url)).rejects.toThrow()
  })

  it('takes one answer only, and lets go by what is none', async () => {
    const task = native().login()
    const url = await told.url()
    const back = new URL(new URL(url).searchParams.get('redirect_uri')!)
    expect((await fetch(new URL('/favicon.ico', back))).status).toBe(404)
    expect((await fetch(back)).status).toBe(400)
    expect((await fetch(back, { method: 'POST', body: 'code=1' })).status).toBe(405)
    expect((await fetch(`${back.origin}//`)).status).toBe(404)
    await new Visitor().signIn(url)
    expect((await task).isSignedIn).toBe(true)
  })

  it.each(['localhost', '::1'] as const)('lets the browser come back to %s', async (redirectHost) => {
    const redirectPath = redirectHost === 'localhost' ? '/cb' : '/callback'
    const auth = await signedIn({ ...nativeOptions(peer, folder), redirectHost, redirectPath }, told)
    expect(auth.isSignedIn).toBe(true)
  })

  it('begins with a request of its own at a server that wants that', async () => {
    const strict = await startOidc({ pushed: true })
    try {
      const task = oauth(nativeOptions(strict, folder)).login()
      const url = await told.url()
      expect([...new URL(url).searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
      await new Visitor().signIn(url)
      expect((await task).isSignedIn).toBe(true)
    } finally {
      await strict.close()
    }
  })

  it('is told when the port for the browser is taken', async () => {
    const other = createServer()
    const { port } = new URL(await listenOn(other))
    try {
      await expect(native({ redirectPort: Number(port) }).login()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    } finally {
      await closed(other)
    }
  })

  it('signs in at the first request, and many requests wait for the same sign-in', async () => {
    const auth = native()
    const asked = Promise.all([1, 2, 3].map(() => whoAmI(auth)))
    await new Visitor().signIn(await told.url(), 'bob')
    expect(await asked).toEqual([1, 2, 3].map(() => ({ status: 200, sub: 'bob' })))
    expect(told.all).not.toContain('sign in')
    expect(peer.grants).toEqual(['authorization_code'])
  })

  it('is no time of the request that waits for it', async () => {
    const auth = native()
    const asked = ask(`${peer.issuer}/me`, auth, undefined, 300)
    const url = await told.url()
    await pause(500)
    await new Visitor().signIn(url)
    expect((await asked).status).toBe(200)
  })

  it('is given up with the last request that waits for it', async () => {
    const auth = native()
    const [first, second] = [new AbortController(), new AbortController()]
    const asked = [first, second].map(({ signal }) => ask(`${peer.issuer}/me`, auth, signal))
    const back = new URL(await told.url()).searchParams.get('redirect_uri')!
    first.abort(new Error('enough'))
    await expect(asked[0]).rejects.toThrow('enough')
    expect((await fetch(back)).status).toBe(400)
    second.abort(new Error('enough, too'))
    await expect(asked[1]).rejects.toThrow('enough, too')
    await expect.poll(() => isAnswered(back)).toBe(false)
  })

  it('is given up with the task, and frees its port', async () => {
    const task = native().login()
    const back = new URL(await told.url()).searchParams.get('redirect_uri')!
    task.abort(new Error('enough'))
    await expect(task).rejects.toThrow('enough')
    await expect.poll(() => isAnswered(back)).toBe(false)
  })

  it('does not wait longer than it was told to', async () => {
    await expect(native({ loginTimeout: 0.2 }).login()).rejects.toMatchObject({
      message: `oauth ${peer.issuer}: nobody has signed in within 0.2 s`,
      code: 'TIMEOUT',
    })
  })

  it('starts a browser where there is a screen, with that URL', async () => {
    const file = path.join(folder, 'opened')
    const before = process.env.BROWSER
    process.env.BROWSER = path.join(folder, 'browser')
    const { chmodSync, existsSync, writeFileSync } = await import('node:fs')
    writeFileSync(process.env.BROWSER, `#!/bin/sh\nprintf %s "$1" > ${file}.part && mv ${file}.part ${file}\n`)
    chmodSync(process.env.BROWSER, 0o755)
    try {
      const task = native({ browser: true }).login()
      const url = await told.url()
      await expect.poll(() => existsSync(file), { timeout: 10_000 }).toBe(true)
      expect(readFileSync(file, 'utf8')).toBe(url)
      task.abort()
      await task.catch(() => undefined)
    } finally {
      if (before === undefined) delete process.env.BROWSER
      else process.env.BROWSER = before
    }
  })
})

describe('a sign-in that fails', () => {
  it('is told when the person says no', async () => {
    const task = native().login()
    task.catch(() => undefined)
    const visitor = new Visitor()
    const login = await visitor.open(await told.url())
    const page = await visitor.open(new URL(/href="([^"]*abort)"/.exec(login.text)![1]!, login.url).href)
    await expect(task).rejects.toMatchObject({ code: 'access_denied' })
    await expect(task).rejects.toThrow('End-User aborted interaction')
    expect(page.text).toContain('<h1>Not signed in</h1>')
    expect(readdirSync(folder)).toEqual([])
  })

  it('uses nothing of an answer to another question', async () => {
    const task = native().login()
    task.catch(() => undefined)
    const back = new URL(new URL(await told.url()).searchParams.get('redirect_uri')!)
    back.search = `code=stolen&state=another&iss=${peer.issuer}`
    const before = peer.requests.length
    expect(await (await fetch(back)).text()).toContain('Not signed in')
    await expect(task).rejects.toMatchObject({ code: 'STATE' })
    expect(peer.requests.slice(before)).toEqual([])
  })

  it('shows what the server says as text, in the page and at the prompt', async () => {
    const task = native().login()
    task.catch(() => undefined)
    const url = new URL(await told.url())
    const back = new URL(url.searchParams.get('redirect_uri')!)
    const text = '<script>alert(1)</script>\u001b[2J'
    back.search = String(
      new URLSearchParams({
        error: 'invalid_scope',
        error_description: text,
        state: url.searchParams.get('state')!,
        iss: peer.issuer,
      }),
    )
    expect(await (await fetch(back)).text()).not.toMatch(/<script|\u001b/)
    await expect(task).rejects.toThrow(
      /does not give this scope \(invalid_scope\): <script>alert\(1\)<\/script>\\x1b\[2J$/,
    )
  })

  it('refuses an answer of another issuer', async () => {
    const task = native().login()
    task.catch(() => undefined)
    const url = new URL(await told.url())
    const back = new URL(url.searchParams.get('redirect_uri')!)
    back.search = `code=x&state=${url.searchParams.get('state')}&iss=https://evil.example`
    await fetch(back)
    await expect(task).rejects.toThrow(/unexpected "iss"/)
  })
})

describe('tokens on disk', () => {
  it('are for the user alone, and spare the next sign-in', async () => {
    const auth = await signedIn(nativeOptions(peer, path.join(folder, 'below')), told)
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
    expect(mode(auth.file!)).toBe('600')
    expect(mode(path.dirname(auth.file!))).toBe('700')
    const next = native({ store: path.join(folder, 'below') })
    expect(next.isSignedIn).toBe(true)
    expect(await whoAmI(next)).toEqual({ status: 200, sub: 'alice' })
    expect(peer.grants).toEqual(['authorization_code'])
  })

  it('are found by a program that was there before somebody signed in with another one', async () => {
    const other = native()
    expect(other.isSignedIn).toBe(false)
    await signedIn(nativeOptions(peer, folder), told)
    expect((await whoAmI(other)).status).toBe(200)
    expect(peer.grants).toEqual(['authorization_code'])
  })

  it('are others for another scope, client, audience or server', async () => {
    await signedIn(nativeOptions(peer, folder), told)
    const others: Partial<OAuthOptions>[] = [
      { scope: 'openid' },
      { clientId: 'another' },
      { parameters: { audience: 'x' } },
      { issuer: 'https://login.example.com' },
      { flow: 'device' },
    ]
    for (const other of others) expect(native(other).isSignedIn, inspect(other)).toBe(false)
    expect(native().isSignedIn).toBe(true)
  })

  it('show nowhere', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    const { access, refresh, id } = storedToken(auth)
    const shown = [
      String(auth),
      JSON.stringify(auth),
      inspect(auth),
      inspect({ auth }, { depth: 9, showHidden: true }),
    ].join('\n')
    for (const secret of [access, refresh, id]) {
      expect(secret.length).toBeGreaterThan(20)
      expect(shown).not.toContain(secret)
      expect(withoutSecrets(`x ${secret} y`)).toBe('x REDACTED y')
    }
    expect(String(auth)).toMatch(
      /^OAuth2 http:\/\/127\.0\.0\.1:\d+ as native: signed in for openid offline_access read, /,
    )
  })
})

describe('signing out', () => {
  it('has the tokens made worthless, and forgets them', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    const { access, refresh } = storedToken(auth)
    await auth.logout()
    expect(await peer.provider.AccessToken.find(access)).toBeUndefined()
    expect(await peer.provider.RefreshToken.find(refresh)).toBeUndefined()
    expect(auth.isSignedIn).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    expect(String(auth)).toContain('not signed in')
  })

  it('is no error when nobody has signed in', async () => {
    await native().logout()
    expect(told.texts).toEqual([])
  })
})
