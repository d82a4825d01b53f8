/** JSON Web Tokens: those that another library makes, those of the RFC, and those that are none. */
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { redact } from '../../../src/repl/redact.js'
import { bearer } from '../../../src/sessions/http/auth/bearer.js'
import { fromNow } from '../../../src/sessions/http/auth/from-now.js'
import { Jwt, jwt } from '../../../src/sessions/http/auth/jwt.js'
import type { JwtKey } from '../../../src/sessions/http/auth/jwt-signature.js'
import { must } from '../../lab/process.js'

afterEach(() => void vi.useRealTimers())

/** RFC 7515 appendix A.1, with its key. */
const RFC =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const RFC_KEY: JsonWebKey = {
  kty: 'oct',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
}

/** A token that PyJWT makes. */
async function made(algorithm: string, key: string, claims: object, headers: object = {}): Promise<string> {
  const program = `import jwt, json, sys
alg, key, claims, headers = json.load(sys.stdin)
print(jwt.encode(claims, None if alg == 'none' else key, algorithm=alg, headers=headers))`
  return (
    await must(['/usr/bin/python3', '-c', program], { input: JSON.stringify([algorithm, key, claims, headers]) })
  ).trim()
}

/** A token of these parts, signed by nobody. */
function token(header: unknown, claims: unknown, signature = 'c2ln'): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.${signature}`
}

const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }) as string

describe('a token', () => {
  it('of RFC 7515 is read and verified', () => {
    const read = jwt(RFC)
    expect(read.header).toEqual({ typ: 'JWT', alg: 'HS256' })
    expect(read.claims).toEqual({ iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true })
    // RFC 7519 §3.1 has the claims, `date -d @1300819380` the date.
    expect(read.expires?.toISOString()).toBe('2011-03-22T18:43:00.000Z')
    expect(read.isExpired).toBe(true)
    expect(String(read)).toMatch(/^JWT, HS256, expired \d+ years ago, signature not checked\n/)
    expect(read.verify(RFC_KEY)).toBe(true)
    expect(String(read)).toContain('the signature is right')
    expect(read.verify('another secret')).toBe(false)
    expect(String(read)).toContain('the signature is WRONG')
  })

  it('is taken with what stands around it in a header', () => {
    expect(jwt(` Bearer ${RFC}\n`).claims.iss).toBe('joe')
  })

  it('says how long it is good', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] })
    const validity = (claims: object): string => new Jwt(token({ alg: 'HS256' }, claims)).validity
    expect(validity({ exp: 1_700_000_000 - 180 })).toBe('expired 3 min ago')
    expect(validity({ exp: 1_700_000_000 + 7300 })).toBe('expires in 2 h')
    expect(validity({ exp: 1_700_000_000.5 })).toBe('expires now')
    expect(validity({ nbf: 1_700_000_060, exp: 1_700_000_120 })).toBe('not valid yet, but in 1 min')
    expect(validity({})).toBe('')
    // A time is a number, RFC 7519 §2.
    expect(validity({ exp: '1700000000' })).toBe('')
    expect(validity({ exp: 1e300 })).toBe('')
    expect(String(bearer(token({ alg: 'HS256' }, { exp: 1_700_000_000 - 180 })))).toBe(
      'Bearer with a token that is a JWT, expired 3 min ago',
    )
  })

  it('shows its claims, times as dates, in a form that no terminal obeys', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] })
    const claims = { sub: 'a\u009b2Jb\nc', iat: 1_699_999_880, list: ['x', 1], long: 'y'.repeat(1000), '\u001b[2J': 1 }
    const lines = String(new Jwt(token({ alg: 'RS256', kid: 'k1' }, claims))).split('\n')
    expect(lines[0]).toBe('JWT, RS256, key k1, signature not checked')
    expect(lines[1]).toMatch(/^ {2}sub +a\\x9b2Jb\\nc$/)
    // `date -ud @1699999880`
    expect(lines[2]).toMatch(/^ {2}iat +2023-11-14 22:11:20Z \(2 min ago\)$/)
    expect(lines[3]).toMatch(/^ {2}list +\["x",1\]$/)
    expect(lines[4]!.length).toBeLessThan(130)
    expect(lines.join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, i]))
    expect(
      String(new Jwt(token({ alg: 'HS256' }, many)))
        .split('\n')
        .at(-1),
    ).toBe('  … and 950 more')
  })

  it('is a secret: what shows it has no signature, and the history does not keep it', () => {
    const read = jwt(token({ alg: 'HS256' }, { sub: 'x' }, 'a-signature-that-is-secret'))
    const inspected = (read as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!()
    for (const text of [String(read), JSON.stringify(read), inspected, redact("x = 'a-signature-that-is-secret'")])
      expect(text).not.toContain('a-signature-that-is-secret')
    expect(JSON.parse(JSON.stringify(read))).toEqual({ header: { alg: 'HS256' }, claims: { sub: 'x' } })
  })

  it.each<[unknown, RegExp]>([
    ['', /three parts/],
    ['abc', /three parts/],
    ['a.b.c.d', /three parts/],
    ['a.b.c.d.e', /encrypted \(JWE\)/],
    [42, /as text/],
    [`${RFC.slice(0, 40)}.x.y`, /no JSON object|base64url/],
    [RFC.replace('eyJ', 'e$J'), /header.*base64url/],
    [RFC.replace('.dBj', '.dBj='), /signature.*base64url/],
    [token([], {}), /header.*no JSON object/],
    [token({}, 'x'), /claims.*no JSON object/],
    [token({}, null), /claims.*no JSON object/],
    [`${Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url')}.e30.x1`, /header.*no JSON object/],
    [
      `e30.${Buffer.from(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`).toString('base64url')}.x1`,
      /claims.*no JSON object/,
    ],
    [token({}, { x: 'x'.repeat(70_000) }), /three parts/],
  ])('that is none is told: %s', (given, message) => {
    expect(() => jwt(given as string)).toThrow(message)
    expect(() => jwt(given as string)).toThrow(/^http\.jwt: /)
  })

  it('may name claims as objects have members', () => {
    const parts = [Buffer.from('{"alg":"none"}'), Buffer.from('{"__proto__":{"exp":1},"constructor":2}')]
    const read = jwt(`${parts.map((part) => part.toString('base64url')).join('.')}.`)
    expect(read.expires).toBeUndefined()
    expect(Object.keys(read.claims)).toEqual(['__proto__', 'constructor'])
  })
})

describe('signatures', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
  const kinds: [string, { privateKey: KeyObject; publicKey: KeyObject }][] = [
    ['RS256', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['ES256', ec('prime256v1')],
    ['ES384', ec('secp384r1')],
    ['ES512', ec('secp521r1')],
    ['EdDSA', generateKeyPairSync('ed25519')],
  ]

  it.each(kinds)('of PyJWT are verified with keys of all forms: %s', async (algorithm, { privateKey, publicKey }) => {
    const read = jwt(await made(algorithm, pem(privateKey), { sub: 'me' }, { kid: 'one' }))
    const jwk = publicKey.export({ format: 'jwk' })
    const other = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' })
    const keys: JwtKey[] = [pem(publicKey), pem(privateKey), publicKey, Buffer.from(pem(publicKey)), jwk]
    for (const key of [...keys, { keys: [other, { ...jwk, kid: 'one' }] }, { keys: [jwk] }])
      expect(read.verify(key)).toBe(true)
    // One bit of it.
    const parts = (await made(algorithm, pem(privateKey), { sub: 'me' })).split('.')
    const claims = Buffer.from('{"sub":"root"}').toString('base64url')
    expect(jwt([parts[0], claims, parts[2]].join('.')).verify(publicKey)).toBe(false)
    expect(jwt([parts[0], parts[1], parts[2]!.slice(0, -4)].join('.')).verify(publicKey)).toBe(false)
  })

  it.each(['HS256', 'HS384', 'HS512'])('of PyJWT are verified with the secret: %s', async (algorithm) => {
    const read = jwt(await made(algorithm, 'a secret \u00e9', { sub: 'me' }))
    expect(read.verify('a secret \u00e9')).toBe(true)
    expect(read.verify(Buffer.from('a secret \u00e9'))).toBe(true)
    expect(read.verify('a secret')).toBe(false)
  })

  it('that there are none of are not right, whatever the key', async () => {
    for (const alg of ['none']) expect(jwt(await made(alg, '', { sub: 'me' })).verify('x')).toBe(false)
    expect(() => jwt(token({ alg: 'None' }, {})).verify('x')).toThrow(/"None" are not known/)
    expect(() => jwt(token({}, {})).verify('x')).toThrow(/undefined are not known/)
    expect(() => jwt(token({ alg: 'HS256', crit: ['b64'] }, {})).verify('x')).toThrow(/extensions/)
  })

  it('with a public key as the secret of all are refused', () => {
    const read = jwt(token({ alg: 'HS256' }, { sub: 'root' }))
    for (const key of [
      pem(rsa.publicKey),
      Buffer.from(pem(rsa.publicKey)),
      rsa.publicKey,
      rsa.publicKey.export({ format: 'jwk' }),
    ])
      expect(() => read.verify(key)).toThrow(/signed with HS256, and this is no key for that: it takes the secret/)
    expect(() => read.verify({ keys: [rsa.publicKey.export({ format: 'jwk' })] })).toThrow(
      /none of the keys is for HS256/,
    )
  })

  it('with a key of another kind are refused with what it takes', () => {
    const es256 = jwt(token({ alg: 'ES256' }, {}))
    expect(() => es256.verify(pem(ec('secp384r1').publicKey))).toThrow(/public EC key of its curve/)
    expect(() => es256.verify(rsa.publicKey)).toThrow(/public EC key/)
    expect(() => es256.verify('secret')).toThrow(/public EC key/)
    expect(() => es256.verify('-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----')).toThrow(
      /cannot be read as a key/,
    )
    expect(() => es256.verify('-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----')).not.toThrow(/hunter2/)
    expect(es256.verify(createPublicKey(ec('prime256v1').privateKey))).toBe(false)
  })
})

describe('how far away a moment is', () => {
  it.each([
    [0, 'now'],
    [0.9, 'now'],
    [1, 'in 1 s'],
    [-59.9, '59 s ago'],
    [60, 'in 1 min'],
    [-7199, '119 min ago'],
    [7200, 'in 2 h'],
    [-172_799, '47 h ago'],
    [172_800, 'in 2 days'],
    [-63_071_999, '729 days ago'],
    [94_700_000, 'in 3 years'],
  ])('%d s: %s', (seconds, text) => {
    expect(fromNow(new Date(1e12 + seconds * 1000), 1e12)).toBe(text)
  })
})
