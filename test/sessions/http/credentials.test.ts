/** Credentials that are bound to places, and the file ~/.netrc. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Credentials } from '../../../src/sessions/http/auth/credentials.js'
import { parseNetrc } from '../../../src/sessions/http/auth/netrc.js'
import { must } from '../../lab/process.js'
import { Asker } from './auth-asking.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-credentials-'))
let httpbin: Httpbin

beforeAll(async () => {
  httpbin = await startHttpbin()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
  await httpbin?.close()
})

/** Who is meant for a URL. */
const user = (credentials: Credentials, url: string): string | undefined =>
  credentials.find(new URL(url))?.toString().replace('Basic as ', '')

describe('credentials by prefix', () => {
  const credentials = new Credentials({
    'https://api.example.com/v1/': 'below:x',
    'https://api.example.com/v1/users': 'users:x',
    'https://api.example.com': 'all:x',
    'http://api.example.com:8080/': 'other:x',
    'https://[2001:db8::1]/': 'six:x',
  })

  it.each([
    ['https://api.example.com/v1/', 'below'],
    ['https://api.example.com/v1/x/y?z#a', 'below'],
    ['https://API.example.com:443/v1/x', 'below'],
    ['https://api.example.com/v1/users', 'users'],
    ['https://api.example.com/v1/users/7', 'users'],
    ['https://api.example.com/v1/users?x', 'users'],
    ['https://api.example.com/v1/users2', 'below'],
    ['https://api.example.com/v1', 'all'],
    ['https://api.example.com/v10/', 'all'],
    ['https://api.example.com/v1/../v2', 'all'],
    ['https://api.example.com/v1/%2e%2e/v2', 'all'],
    ['https://api.example.com/v1/..%2fv2', 'all'],
    ['https://api.example.com/v1/x%2F%2e.%5Cv2', 'all'],
    ['https://api.example.com/v1/x..y/..z', 'below'],
    ['http://api.example.com:8080/v1/', 'other'],
    ['http://api.example.com/v1/', undefined],
    ['https://api.example.com:8443/v1/', undefined],
    ['https://api.example.com.evil.example/v1/', undefined],
    ['https://api.example.com@evil.example/v1/', undefined],
    ['https://x.api.example.com/v1/', undefined],
    ['https://example.com/v1/', undefined],
    ['https://[2001:db8:0::1]/x', 'six'],
  ])('%s: %s', (url, expected) => {
    expect(user(credentials, url)).toBe(expected)
  })

  it('go to the server only below the prefix', async () => {
    const asker = new Asker(undefined, new Credentials({ [httpbin.url('/basic-auth/user/')]: 'user:passwd' }))
    try {
      expect((await asker.ask(httpbin.url('/basic-auth/user/passwd'))).status).toBe(200)
      expect((await asker.ask(httpbin.url('/hidden-basic-auth/user/passwd'))).status).toBe(404)
      expect((await asker.ask(httpbin.url('/headers'))).json.headers).not.toHaveProperty('Authorization')
    } finally {
      await asker.close()
    }
  })

  it('may be of any kind', async () => {
    const digest = { user: 'user', password: 'passwd', scheme: 'digest' } as const
    const asker = new Asker(
      undefined,
      new Credentials({ [httpbin.url('/digest-auth/')]: digest, [httpbin.url('/bearer')]: { bearer: 'abc' } }),
    )
    try {
      expect((await asker.ask(httpbin.url('/digest-auth/auth/user/passwd'))).status).toBe(200)
      expect((await asker.ask(httpbin.url('/digest-auth/auth/user/passwd'))).status).toBe(200)
      // It went ahead the second time.
      expect(asker.sent.length).toBe(3)
      expect((await asker.ask(httpbin.url('/bearer'))).status).toBe(200)
    } finally {
      await asker.close()
    }
  })

  it.each([
    ['api.example.com/v1', /no beginning of a URL/],
    ['ftp://example.com/', /no beginning of a URL/],
    ['https://user:hunter2@example.com/', /more than scheme, host, port and path/],
    ['https://example.com/?q=1', /more than/],
    ['user:hunter2@example.com', /no beginning/],
  ])('%s is no prefix', (prefix, message) => {
    const making = (): unknown => new Credentials({ [prefix]: 'u:p' })
    expect(making).toThrow(message)
    expect(making).not.toThrow(/hunter2/)
  })

  it('that cannot be are told with their place, without the secret', () => {
    const making = (): unknown => new Credentials({ 'https://example.com/': 'hunter2' })
    expect(making).toThrow(/^credentials of https:\/\/example\.com\/: there is no colon/)
    expect(making).not.toThrow(/hunter2/)
    expect(() => new Credentials(['x'] as never)).toThrow(/^credentials: give an object/)
  })

  it('are shown by where and who', () => {
    const text = 'https://api.example.com/v1/  Basic as me\nhttps://api.example.com/  Basic as you'
    const both = new Credentials({ 'https://api.example.com/': 'you:x', 'https://api.example.com/v1/': 'me:y' })
    expect(String(both)).toBe(text)
    expect(JSON.parse(JSON.stringify(both))).toEqual({
      'https://api.example.com/v1/': 'Basic as me',
      'https://api.example.com/': 'Basic as you',
    })
    expect(String(new Credentials())).toBe('no credentials')
  })
})

describe('netrc', () => {
  const TEXT = `# a comment
machine Example.com login me password secret
machine quoted.example
  login "a \\"b\\" c"   # what follows is a comment
  password "with spaces"
machine hash.example login x password #begins
macdef init
machine inside.example login no password no

machine example.com login second password second
machine half.example login alone
machine account.example login x account y password z
default login everybody password everybody
`

  it('is read as Python reads it, without the default and what is half', async () => {
    const file = path.join(folder, 'netrc-python')
    writeFileSync(file, TEXT, { mode: 0o600 })
    const program = `import netrc, json, sys
hosts = netrc.netrc(sys.argv[1]).hosts
print(json.dumps({k: [v[0], v[2]] for k, v in hosts.items()}))`
    const theirs = JSON.parse(await must(['/usr/bin/python3', '-c', program, file])) as Record<string, [string, string]>
    const ours = Object.fromEntries(parseNetrc(TEXT).map(({ host, user, password }) => [host, [user, password]]))
    expect(ours['example.com']).toEqual(['me', 'secret'])
    expect(theirs['Example.com']).toEqual(['me', 'secret'])
    for (const host of ['quoted.example', 'hash.example', 'account.example'])
      expect(ours[host], host).toEqual(theirs[host])
    expect(Object.keys(ours)).toEqual(['example.com', 'quoted.example', 'hash.example', 'account.example'])
  })

  it('is read only when that is asked for, for hosts that nothing else is for', async () => {
    vi.stubEnv('HOME', folder)
    const file = path.join(folder, '.netrc')
    writeFileSync(file, 'machine 127.0.0.1 login user password passwd\n', { mode: 0o600 })
    const url = httpbin.url('/basic-auth/user/passwd')
    for (const [credentials, status] of [
      [new Credentials({}, { netrc: true }), 200],
      [new Credentials({}, { netrc: file }), 200],
      [new Credentials({}), 401],
      [new Credentials({ [httpbin.url('/')]: 'user:other' }, { netrc: true }), 401],
    ] as const) {
      const asker = new Asker(undefined, credentials)
      try {
        expect((await asker.ask(url)).status).toBe(status)
      } finally {
        await asker.close()
      }
    }
    // The same file, the same server, another reader.
    expect(await must(['curl', '-sS', '--noproxy', '*', '--netrc-file', file, url])).toContain('"authenticated":true')
    expect(user(new Credentials({}, { netrc: true }), 'http://127.0.0.2/')).toBeUndefined()
  })

  it('that others can read, or that is no file, is refused with what to do', () => {
    const file = path.join(folder, 'open')
    writeFileSync(file, 'machine x login y password z\n')
    const reading = (name = file): unknown => new Credentials({}, { netrc: name })
    chmodSync(file, 0o644)
    expect(reading).toThrow(/others can read the passwords in it; .*chmod 600/)
    chmodSync(file, 0o602)
    expect(reading).toThrow(/others may write to it/)
    chmodSync(file, 0o600)
    expect(reading).not.toThrow()
    expect(() => reading(path.join(folder, 'none'))).toThrow(/there is no such file/)
    expect(() => reading(folder)).toThrow(/no ordinary file/)
    const loop = path.join(folder, 'loop')
    symlinkSync(loop, loop)
    expect(() => reading(loop)).toThrow(/its links lead nowhere/)
    writeFileSync(file, ' '.repeat((1 << 20) + 1))
    expect(reading).toThrow(/more than 1 MiB/)
  })
})
