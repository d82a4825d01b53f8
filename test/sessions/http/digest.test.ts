/** Digest, against servers of others, programs of others, and the examples of the RFC. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readChallenges, readParameters } from '../../../src/sessions/http/auth/challenge.js'
import { DigestAuth } from '../../../src/sessions/http/auth/digest.js'
import {
  type DigestChallenge,
  digestAlgorithm,
  digestAuthorization,
  hashOf,
} from '../../../src/sessions/http/auth/digest-response.js'
import { type Child, must, start } from '../../lab/process.js'
import { Asker, incoming, outgoing, textBody } from './auth-asking.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

let httpbin: Httpbin
let strict: Child
let origin: string

beforeAll(async () => {
  httpbin = await startHttpbin()
  strict = start(['/usr/bin/python3', fileURLToPath(new URL('digest-peer.py', import.meta.url))])
  const [, port] = await strict.waitFor(/port (\d+)/, { timeout: 30_000 })
  origin = `http://127.0.0.1:${port}`
})

afterAll(async () => {
  await httpbin?.close()
  await strict?.stop('SIGKILL')
})

async function asking(auth: DigestAuth, work: (asker: Asker) => Promise<void>): Promise<void> {
  const asker = new Asker(auth)
  try {
    await work(asker)
  } finally {
    await asker.close()
  }
}

const right = () => new DigestAuth('user', 'passwd')

/** Fields of `Authorization: Digest …`. */
function fields(value: string | undefined): ReadonlyMap<string, string> {
  expect(value).toMatch(/^Digest /)
  return readParameters(value!.slice('Digest '.length))!
}

describe('the computation', () => {
  const example: DigestChallenge = {
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    algorithm: digestAlgorithm('SHA-256')!,
    qop: 'auth',
    isUserHashed: false,
    isUtf8: false,
  }
  const request = {
    user: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  }

  it('gives the answers of RFC 7616 §3.9.1', () => {
    for (const [name, response] of [
      ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
      ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ] as const) {
      const value = digestAuthorization({ ...example, algorithm: digestAlgorithm(name)! }, request)
      expect(Object.fromEntries(fields(value))).toEqual({
        username: 'Mufasa',
        realm: example.realm,
        uri: request.uri,
        algorithm: name,
        nonce: example.nonce,
        nc: '00000001',
        cnonce: request.cnonce,
        qop: 'auth',
        response,
        opaque: example.opaque,
      })
      // RFC 7616 §3.4: these are quoted, those are not.
      for (const name of ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'opaque'])
        expect(value).toContain(`${name}="`)
      for (const name of ['algorithm', 'nc', 'qop']) expect(value).not.toContain(`${name}="`)
    }
  })

  it('gives the answer of RFC 7616 §3.9.2, as erratum 4897 has it', () => {
    const value = digestAuthorization(
      {
        realm: 'api@example.org',
        nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
        opaque: 'HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS',
        algorithm: digestAlgorithm('SHA-512-256')!,
        qop: 'auth',
        isUserHashed: true,
        isUtf8: true,
      },
      {
        user: 'J\u00e4s\u00f8n Doe',
        password: 'Secret, or not?',
        method: 'GET',
        uri: '/doe.json',
        count: 1,
        cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
      },
    )
    expect(fields(value).get('username')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
    expect(fields(value).get('response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
    expect(fields(value).get('userhash')).toBe('true')
  })

  it('writes a name beyond ASCII as RFC 8187 says, where the server reads UTF-8', () => {
    const value = digestAuthorization({ ...example, isUtf8: true }, { ...request, user: 'J\u00e4s\u00f8n Doe' })
    expect(fields(value).get('username*')).toBe("UTF-8''J%C3%A4s%C3%B8n%20Doe")
    expect(fields(value).has('username')).toBe(false)
  })
})

describe('other clients compute the same', () => {
  let server: Server
  let port: number
  let asked: { challenge: string; got: string | undefined }

  beforeAll(async () => {
    server = createServer((req, res) => {
      asked.got = req.headers.authorization
      res.writeHead(asked.got === undefined ? 401 : 200, { 'WWW-Authenticate': asked.challenge }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** What we say to the challenge that it answered, with its own nonce. */
  function ours(user: string, password: string, challenge: string): string {
    const theirs = fields(asked.got)
    const { parameters } = readChallenges(challenge)[0]!
    return digestAuthorization(
      {
        realm: parameters.get('realm')!,
        nonce: parameters.get('nonce')!,
        opaque: parameters.get('opaque'),
        algorithm: digestAlgorithm(parameters.get('algorithm'))!,
        qop: parameters.has('qop') ? 'auth' : undefined,
        isUserHashed: parameters.get('userhash') === 'true',
        isUtf8: false,
      },
      {
        user,
        password,
        method: 'GET',
        uri: '/a/b?c=d&e',
        count: Number.parseInt(theirs.get('nc') ?? '1', 16),
        cnonce: theirs.get('cnonce') ?? '',
      },
    )
  }

  const users = [
    ['user', 'passwd'],
    ['J\u00e4s\u00f8n Doe', 'S\u00e9cret, "or" not?'],
  ] as const
  const base = 'Digest realm="a realm", nonce="bm9uY2U=="'

  it.each([
    ['MD5', `${base}, qop="auth", algorithm=MD5, opaque="xyz"`],
    ['no algorithm', `${base}, qop="auth"`],
    ['no qop', `${base}`],
    ['MD5-sess', `${base}, qop="auth", algorithm=MD5-sess`],
    ['SHA-256', `${base}, qop="auth,auth-int", algorithm=SHA-256`],
    ['SHA-256-sess', `${base}, qop="auth", algorithm=SHA-256-sess`],
    ['a hashed name', `${base}, qop="auth", algorithm=SHA-256, userhash=true`],
  ])('curl, with %s', async (_, challenge) => {
    for (const [user, password] of users) {
      asked = { challenge, got: undefined }
      const url = `http://127.0.0.1:${port}/a/b?c=d&e`
      await must(['curl', '-sS', '--noproxy', '*', '--digest', '-u', `${user}:${password}`, '-o', '/dev/null', url])
      const theirs = fields(asked.got)
      const mine = fields(ours(user, password, challenge))
      expect(mine.get('response')).toBe(theirs.get('response'))
      expect(mine.get('username')).toBe(theirs.get('username'))
      expect([...mine.keys()].sort()).toEqual([...theirs.keys()].sort())
    }
  })

  it.each([
    ['MD5', `${base}, qop="auth", algorithm=MD5, opaque="xyz"`],
    ['MD5-sess', `${base}, qop="auth", algorithm=MD5-sess`],
    ['SHA-256', `${base}, qop="auth", algorithm=SHA-256`],
    ['no qop', `${base}`],
  ])('requests, with %s', async (_, challenge) => {
    const [user, password] = users[0]
    asked = { challenge, got: undefined }
    const program = `import requests; from requests.auth import HTTPDigestAuth
s = requests.Session(); s.trust_env = False
s.get('http://127.0.0.1:${port}/a/b?c=d&e', auth=HTTPDigestAuth('${user}', '${password}'), timeout=10)`
    await must(['/usr/bin/python3', '-c', program])
    expect(fields(ours(user, password, challenge)).get('response')).toBe(fields(asked.got).get('response'))
  })
})

describe('a server', () => {
  const names = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess']

  it.each(names)('takes %s, with the body and without, with a hashed name, of names beyond ASCII', async (name) => {
    for (const [user, password] of [
      ['user', 'passwd'],
      ['J\u00e4s\u00f8n Doe', 'S\u00e9cret, or not?'],
      ['a"b\\c', 'q"\\'],
    ] as const)
      await asking(new DigestAuth(user, password), async (asker) => {
        for (const path of ['auth/-', 'auth-int/-', 'both/userhash', 'auth/utf8', 'auth/quoted+basic']) {
          const body = textBody(`a body of ${path}`)
          const { status, json } = await asker.ask(`${origin}/${name}/${path}/x?a=%20b&c`, { method: 'POST', body })
          expect([status, json.user, json.why], path).toEqual([200, user, undefined])
        }
      })
  })

  it.each(['MD5', 'SHA-256'])('httpbin takes %s, with the body and without', async (name) => {
    for (const qop of ['auth', 'auth-int', 'whatever'])
      await asking(right(), async (asker) => {
        const answer = await asker.ask(httpbin.url(`/digest-auth/${qop}/user/passwd/${name}`))
        expect([answer.status, answer.json]).toEqual([200, { authenticated: true, user: 'user' }])
        expect(asker.proofs.length).toBe(2)
        expect(asker.proofs[0]).toBeUndefined()
      })
  })

  it('is asked once when the nonce is known, and uses are counted', async () => {
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth/-/x`
      const answers = [await asker.ask(url), await asker.ask(`${url}?again`), await asker.ask(url, { method: 'HEAD' })]
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(asker.sent.length).toBe(4)
      expect(asker.proofs.slice(1).map((value) => fields(value).get('nc'))).toEqual([
        '00000001',
        '00000002',
        '00000003',
      ])
      expect(new Set(asker.proofs.slice(1).map((value) => fields(value).get('nonce'))).size).toBe(1)
    })
  })

  it('hears each count once when many requests go at the same time', async () => {
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth-int/-/x`
      await asker.ask(url)
      const body = textBody('the same')
      const answers = await Promise.all(Array.from({ length: 20 }, () => asker.ask(url, { method: 'PUT', body })))
      expect(answers.map(({ status, json }) => json.why ?? status)).toEqual(Array(20).fill(200))
      expect(asker.sent.length).toBe(22)
    })
  })

  it.each(['once', 'once+silent'])(
    'whose nonces are good for one request gets its answer each time: %s',
    async (flags) => {
      await asking(right(), async (asker) => {
        const url = `${origin}/SHA-256/auth/${flags}/x`
        expect((await asker.ask(url)).status).toBe(200)
        if (flags === 'once') expect((await asker.ask(url)).status).toBe(200)
        const answers = await Promise.all(Array.from({ length: 10 }, () => asker.ask(url)))
        expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
      })
    },
  )

  it('gives the next nonce beforehand, and it is used', async () => {
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth/once+next/x`
      for (let i = 0; i < 3; i++) expect((await asker.ask(url)).json.nc).toBe('00000001')
      expect(asker.sent.length).toBe(4)
    })
  })

  it('that asks for the proof below a path gets it unasked there only', async () => {
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth/domain`
      await asker.ask(`${url}/here/a`)
      await asker.ask(`${url}/here/b`)
      expect(asker.sent.length).toBe(3)
      expect((await asker.ask(`${url}/hereafter`)).status).toBe(200)
      expect(asker.sent.length).toBe(5)
      expect(asker.proofs[3]).toBeUndefined()
    })
  })

  it('refuses a wrong password once, and hears no more of it unasked', async () => {
    await asking(new DigestAuth('user', 'wrong'), async (asker) => {
      const url = `${origin}/SHA-256/auth/-/x`
      expect((await asker.ask(url)).status).toBe(401)
      expect((await asker.ask(url)).status).toBe(401)
      expect(asker.proofs.map((value) => value !== undefined)).toEqual([false, true, false, true])
    })
    await asking(right(), async (asker) => expect((await asker.ask(`${origin}/SHA-256/auth/-/x`)).status).toBe(200))
  })

  it('is not sent a body that can be read only once a second time', async () => {
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth/-/x`
      expect((await asker.ask(url, { method: 'POST', body: textBody('once', false) })).status).toBe(401)
      expect(asker.sent.length).toBe(1)
      // Now it is known what is asked for.
      expect((await asker.ask(url, { method: 'POST', body: textBody('once', false) })).status).toBe(200)
    })
    await asking(right(), async (asker) => {
      const url = `${origin}/SHA-256/auth-int/-/x`
      await asker.ask(url)
      const again = asker.ask(url, { method: 'POST', body: textBody('once', false) })
      await expect(again).rejects.toThrow(/auth-int.*read only once/)
    })
  })
})

describe('a challenge', () => {
  const url = 'http://127.0.0.1/x'

  function answered(...challenges: string[]): ReadonlyMap<string, string> | undefined {
    const auth = right()
    const request = outgoing(url)
    if (!auth.challenged(incoming(401, { 'WWW-Authenticate': challenges }), request)) return undefined
    void auth.authorize(request)
    return fields(request.headers.get('authorization'))
  }

  it('with the strongest algorithm is answered', () => {
    const of = (name: string): string => `Digest realm="${name}", nonce="n", qop="auth", algorithm=${name}`
    expect(answered(of('MD5'), of('SHA-256'))?.get('algorithm')).toBe('SHA-256')
    expect(answered(`${of('MD5')}, ${of('SHA-512-256-sess')}, ${of('SHA-256')}`)?.get('realm')).toBe('SHA-512-256-sess')
    expect(answered(of('MD5-sess'), of('MD5'))?.get('algorithm')).toBe('MD5-sess')
    expect(answered(of('SHA-1'), of('md5'))?.get('algorithm')).toBe('md5')
  })

  it('that cannot be answered is left alone', () => {
    for (const challenge of [
      'Digest realm="x", nonce="n", qop="auth-conf"',
      'Digest realm="x", nonce="n", qop=""',
      'Digest realm="x", qop="auth"',
      'Digest nonce="n", qop="auth"',
      'Digest realm="x", nonce="n", algorithm=SHA-1, qop="auth"',
      'Digest realm="x", nonce="n", algorithm=MD5-sess',
      'Digest realm="x", nonce="n", nonce="m", qop="auth"',
      `Digest realm="x", nonce="${'n'.repeat(5000)}", qop="auth"`,
      'Digest realm="x", nonce="n',
      'Digest',
      'Digest dG9rZW4=',
      'Basic realm="x"',
    ])
      expect(answered(challenge), challenge).toBeUndefined()
  })

  it('cannot put a field of its own into the answer', () => {
    const got = answered('Digest realm="x\\", username=\\"root", nonce="n\\\\", qop="auth", opaque="o\\"p"')!
    expect([got.get('realm'), got.get('nonce'), got.get('opaque'), got.get('username')]).toEqual([
      'x", username="root',
      'n\\',
      'o"p',
      'user',
    ])
  })

  it('of one server is not for another', () => {
    const auth = right()
    auth.challenged(incoming(401, { 'WWW-Authenticate': 'Digest realm="x", nonce="n", qop="auth"' }), outgoing(url))
    for (const other of ['http://127.0.0.2/x', 'http://127.0.0.1:81/x', 'https://127.0.0.1/x']) {
      const request = outgoing(other)
      void auth.authorize(request)
      expect(request.headers.has('authorization'), other).toBe(false)
    }
  })

  it('with a hashed body and none there is that of no bytes', () => {
    // SHA-256 of nothing, FIPS 180-4.
    expect(hashOf(digestAlgorithm('SHA-256')!, '')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })
})
