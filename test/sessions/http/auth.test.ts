/** Who asks, against a real server: what is sent, to whom, and what never is. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { redact } from '../../../src/repl/redact.js'
import { type AuthOption, authFrom } from '../../../src/sessions/http/auth/auth-option.js'
import { BasicAuth } from '../../../src/sessions/http/auth/basic.js'
import { BearerAuth } from '../../../src/sessions/http/auth/bearer.js'
import { Credentials } from '../../../src/sessions/http/auth/credentials.js'
import { HttpAuth } from '../../../src/sessions/http/auth/http-auth.js'
import type { Outgoing } from '../../../src/sessions/http/exchange.js'
import { must } from '../../lab/process.js'
import { Asker, outgoing } from './auth-asking.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

let httpbin: Httpbin
let asker: Asker | undefined

beforeAll(async () => {
  httpbin = await startHttpbin()
})
afterAll(() => httpbin?.close())

async function ask(
  path: string,
  auth: AuthOption | undefined,
  credentials?: Credentials,
): Promise<{ status: number; json: Record<string, unknown> }> {
  asker = new Asker(authFrom(auth), credentials)
  try {
    return await asker.ask(path.startsWith('http') ? path : httpbin.url(path))
  } finally {
    await asker.close()
  }
}

/** What a request gets into its headers. */
function proof(auth: AuthOption): string | undefined {
  const request = outgoing('http://127.0.0.1/')
  void authFrom(auth).authorize(request)
  return request.headers.get('authorization')
}

describe('Basic', () => {
  it.each<[string, AuthOption]>([
    ['text', 'user:passwd'],
    ['a pair', ['user', 'passwd']],
    ['an object', { user: 'user', password: 'passwd' }],
    ['a scheme', { user: 'user', password: 'passwd', scheme: 'basic' }],
    ['what http.auth.basic gives', new BasicAuth('user', 'passwd')],
  ])('is taken by the server, given as %s', async (_, auth) => {
    expect(await ask('/basic-auth/user/passwd', auth)).toMatchObject({
      status: 200,
      json: { authenticated: true, user: 'user' },
    })
    // Without being asked first.
    expect(asker!.sent.length).toBe(1)
  })

  it('with a wrong password is refused, once, and with the right one taken then', async () => {
    const own = await startHttpbin()
    onTestFinished(() => own.close())
    const url = own.url('/basic-auth/user/passwd')
    expect((await ask(url, 'user:wrong')).status).toBe(401)
    expect((await ask(url, 'user:passwd')).status).toBe(200)
    expect(await own.asked(2)).toEqual(['GET /basic-auth/user/passwd 401', 'GET /basic-auth/user/passwd 200'])
  })

  it('is what curl sends, also of colons in the password and of letters beyond ASCII', async () => {
    for (const pair of ['user:passwd', 'user:a:b:', ':', 'user:', 'J\u00e4s\u00f8n:\u20ac \ud83d\ude00']) {
      const said = await must(['curl', '-sS', '--noproxy', '*', '-u', pair, httpbin.url('/headers')])
      expect(proof(pair), pair).toBe(JSON.parse(said).headers.Authorization)
    }
  })

  it('sends one form of a letter, whichever was typed', () => {
    expect(proof(['u', 'e\u0301'])).toBe(proof(['u', '\u00e9']))
  })
})

describe('Bearer', () => {
  it('is taken by the server', async () => {
    expect(await ask('/bearer', { bearer: 'xyz.def~+/=' })).toMatchObject({
      status: 200,
      json: { token: 'xyz.def~+/=' },
    })
    expect(await ask('/bearer', new BearerAuth(' xyz\n'))).toMatchObject({ status: 200, json: { token: 'xyz' } })
    expect((await ask('/bearer', undefined)).status).toBe(401)
  })
})

describe('what is no way to prove anything', () => {
  const given: unknown[] = [
    'hunter2secret',
    ['hunter2secret'],
    ['u', 'hunter2secret', 'x'],
    ['us:er', 'hunter2secret'],
    ['user', 'hunter2secret\r\nX: y'],
    ['user', 12345678],
    { user: 'hunter2secret' },
    { user: 'u', password: 'hunter2secret', scheme: 'ntlm' },
    { user: 'u', password: 'hunter2secret', realm: 'x' },
    { bearer: 'hunter2 secret' },
    { bearer: 'Bearer hunter2secret' },
    { bearer: '' },
    { bearer: 'hunter2secret', user: 'u', password: 'x' },
    { bearer: 'hunter2secret\u00e9' },
    ['u', 'hunter2secret'.repeat(2000)],
    42,
    null,
    true,
    () => 'user:hunter2secret',
  ]

  it.each(given.map((value) => [value]))('%j is told, and the secret is not in what is told', (value) => {
    let message = ''
    try {
      authFrom(value as AuthOption)
    } catch (error) {
      message = (error as Error).message
      expect((error as Error).name).toBe('OptionError')
    }
    expect(message).toMatch(/^auth\b/)
    expect(message).not.toMatch(/hunter2|12345678/)
  })
})

describe('secrets', () => {
  it('are not in what is shown, nor in the history of the prompt', () => {
    const secrets = ['correct-horse', 'battery.staple.token']
    const made = [
      authFrom(['user', secrets[0]!]),
      authFrom({ user: 'user', password: secrets[0]!, scheme: 'digest' }),
      authFrom({ bearer: secrets[1]! }),
    ]
    const credentials = new Credentials({ 'https://example.com/': ['user', secrets[0]!] })
    const shown = [...made, credentials].flatMap((each) => [
      String(each),
      JSON.stringify(each),
      (each as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!(),
    ])
    for (const text of shown) for (const secret of secrets) expect(text).not.toContain(secret)
    expect(String(made[0])).toBe('Basic as user')
    expect(String(made[1])).toBe('Digest as user')
    expect(String(made[2])).toBe('Bearer with a token of 20 characters')
    for (const secret of [...secrets, Buffer.from(`user:${secrets[0]}`).toString('base64')])
      expect(redact(`x = f('${secret}')`)).not.toContain(secret)
  })

  it('do not make a user name a command for the terminal', () => {
    expect(String(new BasicAuth('a\u009b2Jb', 'x'))).toBe('Basic as a\\x9b2Jb')
  })
})

describe('the step', () => {
  it('takes user and password out of the URL and uses them', async () => {
    expect(
      (await ask(httpbin.url('/basic-auth/us%40er/p%3Aw').replace('//', '//us%40er:p%3Aw@'), undefined)).status,
    ).toBe(200)
    expect(asker!.sent[0]!.url.href).toBe(httpbin.url('/basic-auth/us%40er/p%3Aw'))
    await expect(ask(httpbin.url('/get').replace('//', '//us%er:x@'), undefined)).rejects.toThrow(/^the URL: .*%/)
  })

  it('prefers a header of the call, then auth, then the URL, then what is bound to it; false is nobody', async () => {
    const credentials = new Credentials({ [`${httpbin.origin}/`]: 'bound:x' })
    const withUser = httpbin.url('/headers').replace('//', '//url:x@')
    const name = async (
      auth: AuthOption | undefined,
      url: string,
      headers?: Record<string, string>,
    ): Promise<string | undefined> => {
      const asked = new Asker(authFrom(auth), credentials)
      try {
        const { json } = await asked.ask(url, headers && { headers })
        const value = (json.headers as Record<string, string>).Authorization
        return value === undefined
          ? undefined
          : Buffer.from(value.slice('Basic '.length), 'base64').toString().split(':')[0]
      } finally {
        await asked.close()
      }
    }
    const own = { authorization: `Basic ${Buffer.from('own:x').toString('base64')}` }
    expect(await name('auth:x', withUser, own)).toBe('own')
    expect(await name('auth:x', withUser)).toBe('auth')
    expect(await name(undefined, withUser)).toBe('url')
    expect(await name(undefined, httpbin.url('/headers'))).toBe('bound')
    expect(await name(false, withUser)).toBeUndefined()
  })

  it('gives auth to no other origin, and what is bound to a prefix only there', async () => {
    const credentials = new Credentials({ [`${httpbin.origin}/anything/`]: 'bound:x' })
    const asked = new Asker(authFrom('auth:x'), credentials)
    try {
      await asked.ask(httpbin.url('/headers'), { isForeign: true })
      await asked.ask(httpbin.url('/anything/x'), { isForeign: true })
      await asked.ask(httpbin.url('/headers'))
    } finally {
      await asked.close()
    }
    const [foreign, bound, first] = asked.proofs
    expect(foreign).toBeUndefined()
    expect(bound).toBe(proof('bound:x'))
    expect(first).toBe(proof('auth:x'))
  })

  it('asks a second time only when there is hope, never a third time, and leaves what was sent as it was', async () => {
    const server: Server = createServer((_, res) => res.writeHead(401).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    class Hopeful extends HttpAuth {
      readonly scheme = 'Hope'
      count = 0
      told: number[] = []
      constructor(readonly hope: boolean) {
        super()
      }
      async authorize({ headers }: Outgoing): Promise<void> {
        await Promise.resolve()
        headers.set('Authorization', `Hope ${++this.count}`)
      }
      override async challenged(_: unknown, { headers }: Outgoing): Promise<boolean> {
        expect(headers.get('authorization')).toBe('Hope 1')
        return this.hope
      }
      override settled({ status }: { status: number }): void {
        this.told.push(status)
      }
      toString(): string {
        return 'Hope'
      }
    }
    try {
      for (const hope of [true, false]) {
        const auth = new Hopeful(hope)
        expect((await ask(url, auth)).status).toBe(401)
        expect(asker!.proofs).toEqual(hope ? ['Hope 1', 'Hope 2'] : ['Hope 1'])
        expect(auth.told).toEqual([401])
      }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
