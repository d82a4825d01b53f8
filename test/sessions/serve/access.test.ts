/** Passwords and links, with real clients. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../../src/exchange/secrets.js'
import { Access, checkPasswordWay, Links } from '../../../src/sessions/serve/access/index.js'
import { SlowDown } from '../../../src/sessions/serve/access/slow-down.js'
import { run } from '../../lab/process.js'

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
  server = undefined
})

/** A server that says who was let in; gives its URL. */
async function opened(access: Access): Promise<string> {
  server = createServer((request, response) => {
    const refusal = access.check(request)
    if (refusal === undefined) return void response.end(`welcome ${access.userOf(request)}`)
    response.writeHead(refusal.status, refusal.headers).end(refusal.text)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function curl(...words: string[]): Promise<string> {
  return (await run(['curl', '-s', '-w', ' %{http_code}', ...words])).stdout
}

describe('a password', () => {
  it('is asked for by the standard, and curl, wget and Python get in with it', async () => {
    const url = await opened(new Access({ password: 'p:ä “ß”' }))
    const asked = await run(['curl', '-si', url])
    expect(asked.stdout).toMatch(/^HTTP\/1.1 401 /)
    expect(asked.stdout).toContain('WWW-Authenticate: Basic realm="netshell", charset="UTF-8"')
    expect(await curl('-u', 'ann:p:ä “ß”', url)).toBe('welcome ann 200')
    // Without a name of ours any will do, also none.
    expect(await curl('-u', ':p:ä “ß”', url)).toBe('welcome  200')
    const wget = await run(['wget', '-qO-', '--user=bob', '--password=p:ä “ß”', url])
    expect(wget.stdout).toBe('welcome bob')
    const python = `
import sys, urllib.request
m = urllib.request.HTTPPasswordMgrWithDefaultRealm()
m.add_password(None, sys.argv[1], 'eve', 'p:ä “ß”')
print(urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(m)).open(sys.argv[1]).read().decode())`
    expect((await run(['python3', '-c', python, url])).stdout).toBe('welcome eve\n')
  })

  it('lets nobody in who has another one, or another name', async () => {
    const url = await opened(new Access({ password: 'right', user: 'ann' }))
    for (const given of ['ann:wrong', 'ann:', 'ann:rightx', 'ann:righ', 'bob:right', ':right'])
      expect(await curl('-u', given, url), given).toMatch(/ (?:401|429)$/)
    server!.close()
    server!.closeAllConnections()
    const again = await opened(new Access({ password: 'right', user: 'ann' }))
    expect(await curl('-u', 'ann:right', again)).toBe('welcome ann 200')
    for (const header of ['Basic', 'Basic !!', 'Basic cmlnaHQ=', 'Bearer right', 'Digest username="ann"'])
      expect(await curl('-H', `Authorization: ${header}`, again), header).toMatch(/A password is needed. 401$/)
  })

  it('is guessed more and more slowly, and the right one does not help who has to wait', async () => {
    const url = await opened(new Access({ password: 'right' }))
    const answers: string[] = []
    for (let i = 0; i < 12; i++) answers.push(await curl('-u', `:guess${i}`, url))
    expect(answers.slice(0, 3).every((answer) => answer.endsWith('401'))).toBe(true)
    expect(answers.filter((answer) => answer.endsWith('429')).length).toBeGreaterThanOrEqual(8)
    expect(await curl('-u', ':right', url)).toMatch(/^Too many wrong passwords: try again in 1 second. 429$/)
    const headers = (await run(['curl', '-si', '-u', ':right', url])).stdout
    expect(headers).toMatch(/Retry-After: [12]\r/)
    // Who waits gets in: curl does so by itself.
    expect((await run(['curl', '-s', '--retry', '5', '-u', ':right', url], { timeout: 30_000 })).stdout).toMatch(
      /welcome $/,
    )
  })

  it('that is made can be read out, is another each time, and is kept out of what is written down', () => {
    const made = Array.from({ length: 50 }, () => new Access({ password: true }).password!)
    for (const password of made) expect(password).toMatch(/^(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/)
    expect(new Set(made).size).toBe(50)
    expect(withoutSecrets(`x ${made[7]} y`)).toBe('x REDACTED y')
  })

  it('needs TLS where others are between', () => {
    const way = { password: 'secret', tls: false, host: undefined, insecurePassword: false }
    expect(() => checkPasswordWay(way)).toThrow(
      /without TLS everyone between can read the password: add option tls, or option insecurePassword/,
    )
    expect(() => checkPasswordWay({ ...way, host: '192.0.2.7' })).toThrow()
    for (const safe of [
      { tls: true },
      { host: '127.0.0.1' },
      { host: '::1' },
      { insecurePassword: true },
      { password: false },
    ])
      expect(() => checkPasswordWay({ ...way, ...safe })).not.toThrow()
  })
})

describe('the wait of who guesses', () => {
  it('doubles up to a minute, and is forgotten in time', () => {
    const slow = new SlowDown()
    const waits = Array.from({ length: 12 }, (_, i) => {
      slow.wrong('192.0.2.7', i * 61_000)
      return slow.wait('192.0.2.7', i * 61_000)
    })
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
    expect(slow.wait('192.0.2.8', 0)).toBe(0)
    slow.wrong('192.0.2.7', 11 * 61_000 + 16 * 60_000)
    expect(slow.wait('192.0.2.7', 11 * 61_000 + 16 * 60_000)).toBe(0)
  })

  it('is one for a whole network of IPv6, and for an address of IPv4 however it is written', () => {
    const slow = new SlowDown()
    for (const last of ['1', '2', 'ffff']) slow.wrong(`2001:db8:0:1::${last}`, 0)
    expect(slow.wait('2001:db8:0:1:aaaa:bbbb:cccc:dddd', 0)).toBe(1)
    expect(slow.wait('2001:db8:0:2::1', 0)).toBe(0)
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '192.0.2.7']) slow.wrong(address, 0)
    expect(slow.wait('::ffff:192.0.2.7', 0)).toBe(1)
  })

  it('is remembered of a bounded number of addresses', () => {
    const slow = new SlowDown()
    for (let i = 0; i < 3; i++) slow.wrong('192.0.2.7', 0)
    for (let i = 0; i < 10_000; i++) slow.wrong(`10.1.${i >> 8}.${i & 255}`, 0)
    expect(slow.wait('192.0.2.7', 0)).toBe(0)
  })
})

describe('a link', () => {
  it('has 128 bits that nobody can guess, and is good for its time', () => {
    const links = new Links(60)
    const made = Array.from({ length: 100 }, () => links.make(0))
    expect(new Set(made.map(({ token }) => token)).size).toBe(100)
    for (const { token } of made) expect(Buffer.from(token, 'base64url')).toHaveLength(16)
    const { token } = made[3]!
    expect(links.inPath(`/${token}/a%20b.txt`, 59_999)).toMatchObject({ link: { token }, path: '/a%20b.txt' })
    expect(links.inPath(`/${token}`, 0)?.path).toBe('/')
    for (const other of [
      `/${token.slice(1)}A/a`,
      `/${token.slice(0, -1)}/a`,
      `/${token}A/a`,
      '/a.txt',
      '/',
      `//${token}/a`,
    ])
      expect(links.inPath(other, 0), other).toBeUndefined()
    expect(links.inPath(`/${token}/a`, 60_000)).toBeUndefined()
    expect(links.inPath(`/${token}/a`, 0)).toBeUndefined()
  })

  it('is used up by a complete download, and by no other', () => {
    const links = new Links(60)
    const link = links.make()
    expect(links.begin(link, '192.0.2.7')).toBe(true)
    // Parts of one client are one download; another client has to wait how it ends.
    expect(links.begin(link, '192.0.2.7')).toBe(true)
    expect(links.begin(link, '192.0.2.8')).toBe(false)
    links.end(link, false)
    links.end(link, false)
    expect(links.begin(link, '192.0.2.8')).toBe(true)
    links.end(link, true)
    expect(links.begin(link, '192.0.2.8')).toBe(false)
    expect(links.inPath(`/${link.token}/a.txt`)).toBeUndefined()
  })
})
