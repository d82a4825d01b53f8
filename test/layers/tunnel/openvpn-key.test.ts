import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import {
  Ether,
  IP,
  OpenVPN,
  type OpenvpnKey,
  openvpnKey,
  openvpnKeys,
  openvpnUnwrap,
  openvpnWrap,
  TCP,
  UDP,
  useOpenvpnKey,
} from '../../../src/layers/index.js'
import { parseKey } from '../../../src/layers/tunnel/openvpn-key-file.js'
import { type AnyPacket, dissect, fromHex, stack, toHex } from '../../../src/packet/index.js'
import { vectorsOf } from '../vectors.js'
import { CLIENT_KEY, SERVER_KEY, STATIC_KEY } from './openvpn-keys.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-openvpn-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const ta = fileOf('ta.key', STATIC_KEY)
const clientFile = fileOf('client.key', CLIENT_KEY)
const serverFile = fileOf('server.key', SERVER_KEY)
/** Some digits of each key: none of them may be seen anywhere. */
const SECRETS = [STATIC_KEY, CLIENT_KEY, SERVER_KEY].map(
  (text) => text.split('\n').find((line) => /^[\w+/]{32,}$/.test(line))!,
)

const packetsOf = (file: string, name: RegExp) =>
  vectorsOf(file)
    .filter((vector) => name.test(vector.name))
    .map(({ name: title, hex }) => ({ title, packet: dissect(Ether, fromHex(hex)), hex }))
const vpn = (packet: unknown): AnyPacket => (packet as AnyPacket).get('OpenVPN')!

const CASES = [
  ['openvpn', /tls-auth SHA1/, { mode: 'tls-auth' }],
  ['openvpn-sha256', /SHA256/, { mode: 'tls-auth', digest: 'sha-256', direction: 'none' }],
  ['openvpn-sha512', /SHA512/, { mode: 'tls-auth', digest: 'SHA512' }],
  ['openvpn-crypt', /tls-crypt,/, { mode: 'tls-crypt' }],
] as const

describe('packets of real clients and servers', () => {
  describe.each(CASES)('%s %s', (file, name, options) => {
    const cases = packetsOf(file, name).filter(({ packet }) => vpn(packet).sessionid !== undefined)
    test.each(cases)('$title: unwrapped, and wrapped again to the same bytes', ({ packet, hex, title }) => {
      const plain = openvpnUnwrap(packet, openvpnKey(ta, options))
      expect(vpn(plain).protection).toBe('plain')
      expect(plain.issues()).toEqual([])
      expect(vpn(plain).messageid === undefined).toBe(vpn(plain).opcode === 5)
      const direction =
        options.mode === 'tls-auth' && 'direction' in options ? options.direction : +/client/.test(title)
      const side = openvpnKey(ta, { ...options, direction: direction as 0 | 1 | 'none' })
      const { packetid, nettime } = vpn(packet)
      const again = openvpnWrap(plain, side, { packetId: packetid, time: nettime })
      expect(again.hex()).toBe(hex)
      // The packet itself stays as it was.
      expect(packet.hex()).toBe(hex)
    })
  })

  test.each(packetsOf('openvpn-crypt', /tls-crypt-v2/).filter(({ packet }) => vpn(packet).sessionid !== undefined))(
    '$title: with the client’s key',
    ({ packet, hex, title }) => {
      const plain = openvpnUnwrap(packet, openvpnKey(clientFile))
      expect(plain.issues()).toEqual([])
      const side = openvpnKey(clientFile, { direction: /of the client/.test(title) ? 1 : 0 })
      const { packetid, nettime } = vpn(packet)
      expect(openvpnWrap(plain, side, { packetId: packetid, time: nettime }).hex()).toBe(hex)
    },
  )

  test('the server’s key opens what has the wrapped key, and then all of that client', () => {
    const key = openvpnKey(serverFile)
    const [first, ...others] = packetsOf('openvpn-crypt', /tls-crypt-v2, over UDP/).filter(
      ({ packet }) => vpn(packet).sessionid !== undefined,
    )
    expect(() => openvpnUnwrap(others[0]!.packet, key)).toThrow('does not fit')
    expect(vpn(openvpnUnwrap(first!.packet, key)).text('opcode')).toBe('HARD_RESET_CLIENT_V3')
    for (const { packet } of others) expect(vpn(openvpnUnwrap(packet, key)).protection).toBe('plain')
    expect(() => openvpnWrap(OpenVPN(), key)).toThrow('only reads packets')
  })
})

describe('another key', () => {
  const { packet } = packetsOf('openvpn', /RESET_CLIENT.*tls-auth SHA1, over UDP/)[0]!
  test.each([[{ mode: 'tls-auth', digest: 'SHA256' }], [{ mode: 'tls-crypt' }]] as const)(
    '%j: is told, with what it was tried with',
    (options) => {
      expect(() => openvpnUnwrap(packet, openvpnKey(ta, options))).toThrow(
        /^openvpnUnwrap: the signature of the HARD_RESET_CLIENT_V2 packet does not fit OpenVPN key .*ta\.key .*another key, digest or mode/,
      )
    },
  )

  test('a packet that was changed fits no more', () => {
    const changed = packet.copy()
    vpn(changed).messageid = 1
    expect(() => openvpnUnwrap(changed, openvpnKey(ta, { mode: 'tls-auth' }))).toThrow('does not fit')
  })

  test.each([
    [() => openvpnUnwrap(packet), 'openvpnUnwrap: give a key, or name one with useOpenvpnKey(key) before'],
    [() => openvpnUnwrap(IP(), key()), 'openvpnUnwrap: the packet has no OpenVPN layer: IP'],
    [() => openvpnWrap(packet, key()), 'openvpnWrap: the OpenVPN packet is not plain (tls-auth); unwrap it before'],
    [() => openvpnWrap(OpenVPN({ opcode: 9 }), key()), 'DATA_V2 is no control packet; no key file protects it'],
    [() => openvpnWrap(OpenVPN(), key(), { packetId: -1 }), 'packetId is a whole number, 0..4294967295'],
    [() => openvpnWrap(OpenVPN(), key(), { id: 1 } as never), "no option 'id'; its options are packetId, time"],
    [() => openvpnWrap(OpenVPN(), ta as never), "give a key of openvpnKey('ta.key', {mode})"],
    [() => useOpenvpnKey(ta as never), "give a key of openvpnKey('ta.key', {mode})"],
  ])('%#: what makes no sense is refused', (attempt, message) => {
    expect(attempt).toThrow(message)
  })
  const key = (): OpenvpnKey => openvpnKey(ta, { mode: 'tls-auth' })
})

describe('keys in use', () => {
  const removals: (() => void)[] = []
  afterEach(() => {
    for (const remove of removals.splice(0)) remove()
  })

  test('they make certain what is signed, and are found by openvpnUnwrap', () => {
    const packet = openvpnWrap(OpenVPN({ opcode: 4, messageid: 2 ** 31 }), openvpnKey(ta, { mode: 'tls-auth' }), {
      time: 7,
    })
    const bytes = packet.bytes()
    expect(OpenVPN(Uint8Array.from(bytes)).protection).toBe('protected')
    removals.push(useOpenvpnKey(openvpnKey(ta, { mode: 'tls-crypt' })))
    const remove = useOpenvpnKey(openvpnKey(ta, { mode: 'tls-auth' }))
    removals.push(remove)
    expect(openvpnKeys().map(({ mode }) => mode)).toEqual(['tls-auth', 'tls-crypt'])
    const read = OpenVPN(Uint8Array.from(bytes))
    expect([read.protection, read.nettime, read.messageid]).toEqual(['tls-auth', 7, 2 ** 31])
    expect(vpn(openvpnUnwrap(read)).messageid).toBe(2 ** 31)
    remove()
    remove()
    expect(openvpnKeys().map(({ mode }) => mode)).toEqual(['tls-crypt'])
    expect(OpenVPN(Uint8Array.from(bytes)).protection).toBe('protected')
  })

  test('a key that is put in use again comes first, once', () => {
    const [a, b] = [openvpnKey(ta, { mode: 'tls-auth' }), openvpnKey(ta, { mode: 'tls-crypt' })]
    removals.push(useOpenvpnKey(a), useOpenvpnKey(b), useOpenvpnKey(a))
    expect(openvpnKeys()).toEqual([a, b])
  })
})

describe('packets made', () => {
  const KEY = Uint8Array.from({ length: 256 }, (_, i) => i)
  const options = { packetId: 1, time: 0x65000000 }

  test('the same for the same packet id and time', () => {
    const make = () => openvpnWrap(OpenVPN(), openvpnKey(KEY, { mode: 'tls-crypt' }), options).hex()
    expect(make()).toBe(make())
    // Opcode, session id, packet id, time: what stands there in clear.
    expect(make().slice(0, 34)).toBe('3878dd5d8aa7d1c9380000000165000000')
  })

  test('the session before was not changed, and the new one shows its parts', () => {
    const plain = stack(IP({ dst: '10.0.0.2' }), UDP({ sport: 4000 }), OpenVPN())
    const signed = openvpnWrap(plain, openvpnKey(KEY, { mode: 'tls-auth', digest: 'SHA256' }), options)
    expect(vpn(plain).protection).toBe('plain')
    expect(signed.dport).toBe(1194)
    expect(vpn(signed).hmac).toHaveLength(64)
    expect(vpn(signed).nettime).toBe(0x65000000)
    expect(signed.hex().length / 2).toBe(28 + 14 + 40)
    expect(signed.get(UDP)!.len).toBeUndefined()
  })

  test('a first packet under tls-crypt-v2 carries the wrapped key', () => {
    const packet = openvpnWrap(OpenVPN(), openvpnKey(clientFile), options)
    expect(packet.text('opcode')).toBe('HARD_RESET_CLIENT_V3')
    expect(packet.wkclength).toBe(packet.wkc!.length + 2)
    expect(toHex(packet.bytes().subarray(-packet.wkclength!))).toBe(toHex(openvpnKey(clientFile).wrapped!))
  })

  test('several packets of a segment, numbered on', () => {
    const key = openvpnKey(KEY, { mode: 'tls-crypt' })
    const ack = OpenVPN({ opcode: 'ACK_V1', acks: [1], remotesessionid: '0102030405060708' })
    const control = OpenVPN({ opcode: 'CONTROL_V1', messageid: 2, data: 'first' })
    const plain = stack(IP(), TCP(), ack, control, OpenVPN({ opcode: 'CONTROL_V1', messageid: 3 }), 'second')
    const wrapped = openvpnWrap(plain, key, options)
    const read = dissect(IP, wrapped.bytes())
    const messages = read.layers().filter(({ layerName }) => layerName === 'OpenVPN') as AnyPacket[]
    expect(messages.map(({ packetid, protection }) => [packetid, protection])).toEqual(
      [1, 2, 3].map((id) => [id, 'tls-crypt']),
    )
    const back = dissect(IP, openvpnUnwrap(read, key).bytes())
    expect(back.hex()).toBe(dissect(IP, plain.bytes()).hex())
    expect(back.get(TCP)!.chksum).toBe(dissect(IP, plain.bytes()).get(TCP)!.chksum)
  })

  test('what goes on in the next segment cannot be verified', () => {
    const key = openvpnKey(KEY, { mode: 'tls-crypt' })
    const all = openvpnWrap(stack(TCP(), OpenVPN({ opcode: 4 }), 'x'.repeat(50)), key, options).bytes()
    expect(() => openvpnUnwrap(dissect(TCP, all.subarray(0, -5)), key)).toThrow('goes on in the next segment')
  })
})

describe('key files', () => {
  test('what a file or a profile says of its key', () => {
    const profile = (tag: string, more = '') =>
      fileOf('profile.ovpn', `client\r\n${more}<${tag}>\r\n${STATIC_KEY.replaceAll('\n', '\r\n')}</${tag}>\r\n`)
    const { mode, direction, digest } = openvpnKey(profile('tls-auth', 'auth SHA256\r\nkey-direction 0\r\n'))
    expect([mode, direction, digest]).toEqual(['tls-auth', 0, 'SHA256'])
    expect(openvpnKey(profile('tls-crypt')).mode).toBe('tls-crypt')
    expect(openvpnKey(profile('tls-auth'), { digest: 'MD5', direction: 'none' })).toMatchObject({
      digest: 'MD5',
      direction: 'none',
    })
    expect(() => openvpnKey(profile('tls-auth'), { mode: 'tls-crypt' })).toThrow(
      'the profile has this key for tls-auth',
    )
    expect(openvpnKey(clientFile)).toMatchObject({ mode: 'tls-crypt-v2', canWrap: true })
    expect(openvpnKey(serverFile)).toMatchObject({ mode: 'tls-crypt-v2', canWrap: false })
  })

  test.each([
    [ta, {}, "a static key does not say what it is for; give mode: 'tls-auth' or 'tls-crypt'"],
    [
      ta,
      { mode: 'tls-crypt-v2' },
      'this is a static key; tls-crypt-v2 takes one of openvpn --genkey tls-crypt-v2-client',
    ],
    [clientFile, { mode: 'tls-crypt' }, 'this is a key of tls-crypt-v2, not of tls-crypt'],
    [ta, { mode: 'tls' }, "mode is 'tls-auth', 'tls-crypt', 'tls-crypt-v2'"],
    [ta, { mode: 'tls-auth', digest: 'ROT13' }, 'digest must be one of SHA1'],
    [ta, { mode: 'tls-auth', direction: 2 }, "direction is 0, 1 or 'none'"],
    [ta, { mod: 'tls-auth' }, "no option 'mod'; its options are mode, direction, digest"],
    ['/nowhere/key', {}, 'the key file /nowhere/key cannot be read: there is no such file'],
    ['/', {}, 'it is a folder'],
    ['/dev/zero', {}, 'more than 65536 bytes'],
    [new Uint8Array(9), { mode: 'tls-auth' }, 'a key of 9 bytes; a static key has 256'],
    [7, {}, 'give the path of a key file, or the 256 bytes of a key'],
    [STATIC_KEY, {}, 'takes the path of a key file, not the key itself'],
  ])('%# is refused: %s %j', (from, options, message) => {
    expect(() => openvpnKey(from as string, options as object)).toThrow(message)
  })

  const hex = Array.from({ length: 16 }, (_, i) => 'ab'.repeat(15) + i.toString(16).padStart(2, '0'))
  const file = (lines: readonly string[]): string =>
    ['# 2048 bit', '-----BEGIN OpenVPN Static key V1-----', ...lines, '-----END OpenVPN Static key V1-----', ''].join(
      '\n',
    )

  test.each([
    ['', "the line '-----BEGIN OpenVPN Static key V1-----' is missing"],
    [file(hex.slice(1)), 'line 18: the key ends after 240 bytes'],
    [file([...hex, 'aa']), 'line 19: more than 256 bytes'],
    [file([...hex.slice(1), `${hex[0]}a`]), 'an odd number of hexadecimal digits'],
    [
      file(hex.map((line, i) => (i === 2 ? `${line.slice(0, 5)}x${line.slice(6)}` : line))),
      'line 5: character 6 is no hex',
    ],
    [file(hex).replace(/-----END.*/s, ''), 'is missing'],
    [CLIENT_KEY.replace(/-----END.*/s, ''), "the line '-----END OpenVPN tls-crypt-v2 client key-----' is missing"],
    [CLIENT_KEY.replace(/\n[^\n]+\n-----END/, '\n-----END'), 'bytes that are no client’s key'.replace('’', "'")],
    [CLIENT_KEY.replace(/\n(.)/, '\n#'), 'line 2: that is no base64'],
    [SERVER_KEY.replace(/\n[^\n]+\n-----END/, '\n-----END'), "a server's key of"],
  ])('%# what is wrong is said with its line, and the key is not', (text, message) => {
    expect(() => parseKey(text, 'k')).toThrow(message)
    try {
      parseKey(text, 'k')
    } catch (error) {
      for (const secret of ['abab', ...SECRETS]) expect(String(error)).not.toContain(secret)
    }
  })

  test('no key shows what it holds', () => {
    const keys = [
      openvpnKey(ta, { mode: 'tls-auth' }),
      openvpnKey(ta, { mode: 'tls-crypt', direction: 0 }),
      openvpnKey(clientFile),
      openvpnKey(serverFile),
    ]
    for (const key of keys)
      for (const text of [
        String(key),
        inspect(key, { showHidden: true, depth: 9 }),
        JSON.stringify(key),
        `${Object.values(key)}`,
      ])
        for (const secret of SECRETS) {
          expect(text).not.toContain(secret)
          expect(text).not.toContain(toHex(Buffer.from(secret, 'base64')).slice(0, 32))
        }
    expect(keys.map(String).map((text) => text.replace(folder, ''))).toEqual([
      'OpenVPN key /ta.key (tls-auth, SHA1, direction 1)',
      'OpenVPN key /ta.key (tls-crypt, as a server)',
      'OpenVPN key /client.key (tls-crypt-v2)',
      "OpenVPN key /server.key (tls-crypt-v2, the server's)",
    ])
    expect(inspect(keys[2])).toMatch(/^<OpenVPN key .*>$/)
  })
})
