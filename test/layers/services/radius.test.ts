import { describe, expect, test } from 'vitest'
import {
  IP,
  Radius,
  radiusAuthenticator,
  radiusHidePassword,
  radiusMessageAuthenticator,
  radiusRevealPassword,
  radiusVerify,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'
import { bytesOf, vectorsOf } from '../vectors.js'

familySuite('radius', [Radius])

/** RFC 2865 §7.1. */
const SECRET = 'xyzzy5461'
const REQUEST = fromHex(
  '010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003',
)
const ACCEPT = fromHex('0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103')

describe('RADIUS, beyond the suite', () => {
  test("the RFC's own exchange: password, authenticator, answer", () => {
    const request = dissect(Radius, REQUEST)
    const hidden = request.attributes.find(([name]) => name === 'User-Password')![1] as Uint8Array
    expect(Buffer.from(radiusRevealPassword(hidden, SECRET, request.authenticator)).toString()).toBe('arctangent')
    expect(radiusHidePassword('arctangent', SECRET, request.authenticator)).toEqual(hidden)
    const accept = dissect(Radius, ACCEPT)
    expect(radiusVerify(accept, SECRET, request.authenticator)).toBe(true)
    expect(radiusVerify(accept, 'wrong', request.authenticator)).toBe(false)
    expect(Buffer.from(radiusAuthenticator(accept, SECRET, request.authenticator))).toEqual(
      Buffer.from(accept.authenticator),
    )
    expect(answers(accept, request)).toBe(true)
    expect(answers(Radius({ code: 'Accounting-Response' }), request)).toBe(false)
  })

  test('messages of freeradius are what their secret makes them', () => {
    const found = vectorsOf('radius').filter(({ tool, hex }) => tool === 'freeradius' && hex.includes('5012'))
    expect(found.length).toBeGreaterThan(0)
    for (const vector of found) {
      const message = dissect(Radius, bytesOf(vector).subarray(42))
      if (message.code === 1) expect(radiusVerify(message, 'testing123'), vector.name).toBe(true)
    }
  })

  test('Message-Authenticator is computed over the message with zeros in its place', () => {
    const request = Radius({
      authenticator: fromHex('000102030405060708090a0b0c0d0e0f'),
      attributes: [
        ['User-Name', 'bob'],
        ['Message-Authenticator', new Uint8Array(16)],
      ],
    })
    request.attributes[1] = ['Message-Authenticator', radiusMessageAuthenticator(request, 's')]
    expect(radiusVerify(request, 's')).toBe(true)
    expect(radiusVerify(request, 't')).toBe(false)
    expect(() => radiusMessageAuthenticator(Radius(), 's')).toThrow('has no Message-Authenticator')
    expect(() => radiusRevealPassword(new Uint8Array(3), 's', new Uint8Array(16))).toThrow('a multiple of 16')
    expect(() => radiusHidePassword('x'.repeat(129), 's', new Uint8Array(16))).toThrow('129 bytes')
  })

  test('values are taken by name and number, and refused with their attribute', () => {
    const hex = (...attributes: [string | number, unknown][]) => Radius({ attributes }).hex().slice(40)
    expect(hex(['Service-Type', 'Framed'], [6, 2])).toBe('060600000002060600000002')
    expect(hex(['Tunnel-Type', [1, 'VLAN']])).toBe('40060100000d')
    expect(hex(['Framed-IPv6-Prefix', 'fd00::/16'])).toBe('61060010fd00')
    expect(hex(['Vendor-Specific', [9, [[1, 'a=b']]]])).toBe('1a0b000000090105613d62')
    expect(stack(IP(), UDP(), Radius()).dport).toBe(1812)
    expect(() => hex(['User-Nam', 'x'])).toThrow("did you mean 'User-Name'?")
    expect(() => hex(['NAS-IP-Address', 'x'])).toThrow('Radius.attributes NAS-IP-Address: ')
    expect(() => hex(['User-Name', 'x'.repeat(254)])).toThrow('one attribute holds 253')
  })
})
