/** What WWW-Authenticate says: as it should be written, and as it should not. */
import { describe, expect, it } from 'vitest'
import { challengesOf, readChallenges, wantedProof } from '../../../src/sessions/http/auth/challenge.js'
import { HttpHeaders } from '../../../src/sessions/http/headers.js'

/** Short: scheme, token, parameters. */
const read = (field: string): unknown[] =>
  readChallenges(field).map(({ scheme, token, parameters }) =>
    token === undefined ? [scheme, Object.fromEntries(parameters)] : [scheme, token],
  )

describe('challenges', () => {
  it('are read as RFC 9110 §11.6.1 has them', () => {
    expect(read('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""')).toEqual([
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ])
  })

  it.each<[string, unknown[]]>([
    ['Negotiate', [['negotiate', {}]]],
    [
      'Negotiate, NTLM',
      [
        ['negotiate', {}],
        ['ntlm', {}],
      ],
    ],
    [
      'Negotiate YII=, Basic realm=x',
      [
        ['negotiate', 'YII='],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['Basic realm="a, b=c", charset="UTF-8"', [['basic', { realm: 'a, b=c', charset: 'UTF-8' }]]],
    ['  ,, Basic   realm =\t"x" ,,  , ', [['basic', { realm: 'x' }]]],
    [
      'Basic realm="x", Digest realm="y",nonce="n", qop="auth,auth-int"',
      [
        ['basic', { realm: 'x' }],
        ['digest', { realm: 'y', nonce: 'n', qop: 'auth,auth-int' }],
      ],
    ],
    ['DIGEST REALM="Y"', [['digest', { realm: 'Y' }]]],
    ['Basic realm=""', [['basic', { realm: '' }]]],
    ['Basic realm="\\\\\\"\\x"', [['basic', { realm: '\\"x' }]]],
    [
      'Bearer error="invalid_token", error_description="The token\texpired"',
      [['bearer', { error: 'invalid_token', error_description: 'The token\texpired' }]],
    ],
    ['', []],
  ])('%s', (field, expected) => {
    expect(read(field)).toEqual(expected)
  })

  it.each<[string, unknown[]]>([
    ['Basic realm="x', []],
    ['Basic realm="x\\', []],
    ['Basic realm="x" y', []],
    ['Basic realm=x y=z', []],
    ['realm="x"', []],
    ['Basic realm="x", realm="y", Digest realm="z"', [['digest', { realm: 'z' }]]],
    ['Basic realm="x", broken="', []],
    ['Basic realm="x", Digest realm="y', [['basic', { realm: 'x' }]]],
    [
      'Digest realm=, nonce="n", Basic realm="x"',
      [
        ['digest', 'realm='],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['Basic realm="x"; nonsense, Digest realm="y"', [['digest', { realm: 'y' }]]],
    ['"Basic realm=x"', []],
    ['Basic realm="\x07"', []],
  ])('that are not written so are left out: %s', (field, expected) => {
    // Where a token may stand, a name with nothing behind it is one, and what follows it belongs to nothing.
    const got = read(field).filter((each) => !(Array.isArray(each) && each[1] === undefined))
    expect(got).toEqual(expected)
  })

  it('of several fields come in their order, and one that is broken spoils no other', () => {
    const headers = new HttpHeaders(['WWW-Authenticate', 'Digest realm="', 'www-authenticate', 'Basic realm="x"'])
    expect(challengesOf(headers).map(({ scheme }) => scheme)).toEqual(['basic'])
  })

  it('are read in a time that grows as their length does', () => {
    const long = (make: (n: number) => string): number => {
      const field = make(30_000)
      const began = performance.now()
      readChallenges(field)
      return performance.now() - began
    }
    const hostile: ((n: number) => string)[] = [
      (n) => `Digest realm="${'\\"'.repeat(n)}`,
      (n) => `Digest ${'"'.repeat(2 * n + 1)}`,
      (n) => `Digest realm${' '.repeat(n)}${'\t'.repeat(n)}x`,
      (n) => `${'a'.repeat(n)}${'='.repeat(n)}x`,
      (n) => 'a=b,'.repeat(n),
      (n) => `Digest ${Array.from({ length: n }, (_, i) => `p${i}=x`).join()}`,
      (n) => 'Basic '.repeat(n),
      (n) => ','.repeat(n),
    ]
    // Squared it would be a thousand times more.
    for (const make of hostile) expect(long(make), make.toString()).toBeLessThan(1000)
  })

  it('are told in words that a terminal does not obey', () => {
    const headers = new HttpHeaders(['WWW-Authenticate', 'Digest realm="a\x9b2Jb", nonce=n, algorithm=SHA-256, Basic'])
    expect(wantedProof(headers)).toBe("Digest (SHA-256) for 'a\\x9b2Jb', or Basic")
    expect(wantedProof(new HttpHeaders())).toBeUndefined()
  })
})
