/** Tokens that are no longer good: against oidc-provider, whose refresh tokens are good for one use. */
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { pause } from '../../../src/exchange/index.js'
import { type OAuthAuth, oauth } from '../../../src/sessions/http/oauth/index.js'
import { bundle } from '../../lab/bundle.js'
import { start } from '../../lab/process.js'
import { folder, peer, told, useOidc } from './oauth-hooks.js'
import { ask, closed, listenOn, nativeOptions, signedIn, startOidc, storedToken, Visitor } from './oauth-peers.js'

useOidc()

async function statuses(auth: OAuthAuth, count: number, at = peer): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(`${at.issuer}/me`, auth)))
  return [...new Set(answers.map(({ status }) => status))]
}

/** The server forgets the token; we know nothing of it. */
async function makeWorthless(access: string): Promise<void> {
  await (await peer.provider.AccessToken.find(access))!.destroy()
}

describe('a token that is over', () => {
  it('is refreshed once for many requests at the same time, before any of them is sent', async () => {
    const shortlived = await startOidc({ ttl: { AccessToken: 1 } })
    try {
      const auth = await signedIn(nativeOptions(shortlived, folder), told)
      const before = storedToken(auth)
      await pause(1100)
      expect(auth.isSignedIn).toBe(false)
      expect(String(auth)).toContain('expired, can be refreshed')
      shortlived.requests.length = 0
      expect(await statuses(auth, 30, shortlived)).toEqual([200])
      expect(shortlived.grants).toEqual(['authorization_code', 'refresh_token'])
      expect(shortlived.requests.filter((each) => each === 'GET /me')).toHaveLength(30)
      const after = storedToken(auth)
      expect(after.access).not.toBe(before.access)
      expect(after.refresh).not.toBe(before.refresh)
    } finally {
      await shortlived.close()
    }
  })

  it('is refreshed when somebody asks for that, and not without a refresh token', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    await auth.refresh()
    expect(peer.grants).toEqual(['authorization_code', 'refresh_token'])
    expect(() => oauth(nativeOptions(peer, path.join(folder, 'none'))).refresh()).not.toThrow()
    await expect(oauth(nativeOptions(peer, path.join(folder, 'none'))).refresh()).rejects.toThrow(
      'there is nothing to refresh: login() signs in',
    )
  })
})

describe('a token that the server does not take any more', () => {
  it('is refreshed once for many requests at the same time, and each is sent once more', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    await makeWorthless(storedToken(auth).access)
    peer.requests.length = 0
    expect(await statuses(auth, 20)).toEqual([200])
    expect(peer.grants).toEqual(['authorization_code', 'refresh_token'])
    expect(peer.requests.filter((each) => each === 'POST /token')).toHaveLength(1)
  })

  it('is not replaced again and again for an API that answers 401 to all', async () => {
    const api = createServer((_request, response) => void response.writeHead(401).end())
    const origin = await listenOn(api)
    try {
      const auth = await signedIn(nativeOptions(peer, folder), told)
      for (let i = 0; i < 5; i++) expect((await ask(origin, auth)).status).toBe(401)
      expect(peer.grants).toEqual(['authorization_code', 'refresh_token'])
    } finally {
      await closed(api)
    }
  })

  it('stays when there is nothing to get another one with', async () => {
    const auth = await signedIn({ ...nativeOptions(peer, folder), scope: 'openid', parameters: {} }, told)
    expect(auth.canRefresh).toBe(false)
    await makeWorthless(storedToken(auth).access)
    expect(await statuses(auth, 2)).toEqual([401])
  })
})

describe('a refresh token that was revoked', () => {
  it('is told, and somebody has to sign in again', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    const { access, refresh } = storedToken(auth)
    await (await peer.provider.RefreshToken.find(refresh))!.destroy()
    await makeWorthless(access)
    const asked = ask(`${peer.issuer}/me`, auth)
    await told.next(/warning: .*the sign-in of before is no longer good/)
    await new Visitor().signIn(await told.url(), 'carol')
    expect((await asked).status).toBe(200)
    expect(auth.identity?.claims.sub).toBe('carol')
  })

  it('is an error where it was given from elsewhere', async () => {
    const auth = oauth({ issuer: peer.issuer, clientId: 'native', refreshToken: 'no such token', store: false })
    await expect(ask(`${peer.issuer}/me`, auth)).rejects.toMatchObject({ code: 'invalid_grant' })
    expect(told.texts).toEqual([])
  })
})

describe('a refresh token from elsewhere', () => {
  it('gets tokens, and the next refresh token takes its place', async () => {
    const { refresh } = storedToken(await signedIn(nativeOptions(peer, folder), told))
    const options = { issuer: peer.issuer, clientId: 'native', refreshToken: refresh, store: folder }
    const auth = oauth(options)
    expect(await statuses(auth, 5)).toEqual([200])
    await auth.refresh()
    // Another run of the same script still has the first one, which is used up.
    expect(await statuses(oauth(options), 1)).toEqual([200])
    expect(peer.grants).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
  })
})

describe('a server that is down', () => {
  it('is told, and the refresh token is good when it is back', async () => {
    const first = await startOidc({ ttl: { AccessToken: 1 } })
    const auth = await signedIn(nativeOptions(first, folder), told)
    const { refresh } = storedToken(auth)
    const { port } = new URL(first.issuer)
    await first.close()
    await pause(1000)
    const asked = ask('http://127.0.0.1:1/', auth)
    await expect(asked).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(asked).rejects.toThrow(`POST ${first.issuer}/token: the connection was refused`)
    expect(storedToken(auth).refresh).toBe(refresh)
    const back = createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => (body += String(piece)))
      request.on('end', () => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ access_token: 'new', token_type: 'bearer', got: body }))
        received.push(body)
      })
    })
    const received: string[] = []
    await listenOn(back, Number(port))
    try {
      await auth.refresh()
      expect(new URLSearchParams(received[0]).get('refresh_token')).toBe(refresh)
      // It sent no other one: the old one stays.
      expect(storedToken(auth)).toMatchObject({ access: 'new', refresh })
    } finally {
      await closed(back)
    }
  })
})

describe('two programs with one store', () => {
  it('use up a refresh token only once', async () => {
    const shortlived = await startOidc({ ttl: { AccessToken: 2 } })
    const options = nativeOptions(shortlived, path.join(folder, 'tokens'))
    const program = await bundle(folder, new URL('./oauth-program.ts', import.meta.url))
    const children = [1, 2, 3].map(() =>
      start([process.execPath, program, JSON.stringify(options), `${shortlived.issuer}/me`]),
    )
    try {
      await signedIn(options, told)
      await Promise.all(children.map((child) => child.waitFor(/^ready$/m, { timeout: 20_000 })))
      await pause(2000)
      for (const child of children) child.write('go\n')
      for (const child of children)
        expect((await child.waitFor(/^(status|error) .*$/m, { timeout: 20_000 }))[0]).toBe('status 200')
      expect(shortlived.grants).toEqual(['authorization_code', 'refresh_token'])
      expect(readdirSync(path.join(folder, 'tokens'))).toHaveLength(1)
    } finally {
      await Promise.all(children.map((child) => child.stop('SIGKILL')))
      await shortlived.close()
    }
  })

  it('do not wait for ever for one that was killed in the middle', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    const lock = `${auth.file}.lock`
    writeFileSync(lock, 'somebody')
    const long = new Date(Date.now() - 60_000)
    utimesSync(lock, long, long)
    await auth.refresh()
    expect(readdirSync(folder)).toHaveLength(1)
  })
})

describe('the file of tokens', () => {
  it('is not read when others could have seen it, and the error says what to do', async () => {
    const auth = await signedIn(nativeOptions(peer, folder), told)
    chmodSync(auth.file!, 0o644)
    const next = oauth(nativeOptions(peer, folder))
    await expect(ask(`${peer.issuer}/me`, next)).rejects.toThrow(/others may read it .*: rm /)
    expect(String(next)).toContain('not signed in')
    // Signing in puts another one in its place.
    const task = next.login()
    await new Visitor().signIn(await told.url())
    await task
    expect(statSync(auth.file!).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['nothing', ''],
    ['half of it', '{"server": "x", "tok'],
    ['a list', '[]'],
    ['null', 'null'],
    ['tokens of another kind', 'TOKEN'],
  ])('is told and not used when it has %s in it', async (_, text) => {
    const { file } = await signedIn(nativeOptions(peer, folder), told)
    const good = readFileSync(file!, 'utf8')
    writeFileSync(file!, text === 'TOKEN' ? good.replace(/"access": "[^"]*"/, '"access": 5') : text)
    const next = oauth(nativeOptions(peer, folder))
    expect(next.isSignedIn).toBe(false)
    await told.next(/warning: .* is no file of tokens, or a broken one: not used/)
  })

  it('is not used for another server when somebody renames it', async () => {
    const { file } = await signedIn(nativeOptions(peer, folder), told)
    const other = oauth({ ...nativeOptions(peer, folder), issuer: 'https://login.example.com' })
    writeFileSync(other.file!, readFileSync(file!), { mode: 0o600 })
    expect(other.isSignedIn).toBe(false)
  })

  it('that cannot be written is told, and the token is good all the same', async () => {
    const blocked = path.join(folder, 'a-file')
    writeFileSync(blocked, '')
    const auth = await signedIn(nativeOptions(peer, blocked), told)
    await told.next(/warning: .*tokens could not be kept in/)
    expect(await statuses(auth, 1)).toEqual([200])
    await auth.refresh()
    expect(await statuses(auth, 1)).toEqual([200])
  })

  it.runIf(process.getuid?.() === 0)('belongs to who called sudo', async () => {
    chmodSync(folder, 0o777)
    const before = { ...process.env }
    Object.assign(process.env, { SUDO_UID: '12345', SUDO_GID: '12346' })
    try {
      const auth = await signedIn(nativeOptions(peer, path.join(folder, 'his')), told)
      expect(statSync(auth.file!)).toMatchObject({ uid: 12345, gid: 12346 })
      expect(statSync(path.dirname(auth.file!))).toMatchObject({ uid: 12345, gid: 12346 })
      await auth.refresh()
      expect(oauth(nativeOptions(peer, path.join(folder, 'his'))).isSignedIn).toBe(true)
    } finally {
      for (const name of ['SUDO_UID', 'SUDO_GID']) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
    }
  })
})
