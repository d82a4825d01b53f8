import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  Ether,
  IP,
  UDP,
  Wireguard,
  WireguardCookieReply,
  WireguardInitiation,
  WireguardResponse,
  WireguardTransport,
  wireguardMac1,
} from '../../../src/layers/index.js'
import { blake2s } from '../../../src/layers/tunnel/wireguard-blake2s.js'
import { answers, dissect, fromHex, stack, toHex } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'
import { type Vector, vectorsOf } from '../vectors.js'

familySuite('wireguard', [Wireguard, WireguardInitiation, WireguardResponse, WireguardTransport, WireguardCookieReply])

const packetOf = ({ hex }: Vector) => dissect(Ether, fromHex(hex))
const find = (name: string) => packetOf(vectorsOf('wireguard').find((vector) => vector.name === name)!)

describe('building', () => {
  test('the type and the port follow the message', () => {
    const packet = stack(IP(), UDP(), Wireguard(), WireguardCookieReply({ receiver_index: 0x11223344 }))
    expect(packet.dport).toBe(51820)
    expect(packet.message_type).toBe(3)
    expect(packet.get(Wireguard)!.hex()).toBe(`03000000443322110${'0'.repeat(111)}`)
    for (const [message, length] of [
      [WireguardInitiation, 148],
      [WireguardResponse, 92],
      [WireguardCookieReply, 64],
    ] as const)
      expect(stack(Wireguard(), message()).bytes().length).toBe(length)
  })

  test('numbers are little-endian', () => {
    const packet = stack(Wireguard(), WireguardTransport({ receiver_index: 1, counter: 2n ** 40n }), 'x')
    expect(packet.hex()).toBe('0400000001000000000000000001000078')
  })

  test('a key of another length is refused', () => {
    expect(() => WireguardInitiation({ mac1: '00' })).toThrow('WireguardInitiation.mac1: takes 16 bytes (32 digits), 1')
  })
})

describe('dissecting', () => {
  const at = (port: number, bytes: Uint8Array) =>
    dissect(UDP, stack(UDP({ sport: 5000, dport: port }), bytes).bytes()).payload!.layerName
  const initiation = stack(Wireguard(), WireguardInitiation()).bytes()

  test('handshakes are recognized at any port, by type, zeros and length', () => {
    expect(at(4444, initiation)).toBe('Wireguard')
    expect(at(4444, stack(Wireguard(), WireguardResponse()).bytes())).toBe('Wireguard')
    expect(at(4444, stack(Wireguard(), WireguardCookieReply()).bytes())).toBe('Raw')
    expect(at(4444, initiation.subarray(1))).toBe('Raw')
  })

  test.each(['00', '05000000', '01000000', `01000001${'00'.repeat(144)}`, `04000000${'00'.repeat(27)}`])(
    'at its port, %s is none',
    (hex) => {
      expect(at(51820, fromHex(hex))).toBe('Raw')
    },
  )
})

describe('answers', () => {
  const asked = find('initiation, Wireshark')
  test('a response has the index of its initiation', () => {
    expect(answers(find('response, Wireshark'), asked)).toBe(true)
    expect(answers(find('response, Wireshark, 2'), asked)).toBe(false)
    expect(answers(asked, asked)).toBe(false)
  })

  test('a cookie has that of the message it is for', () => {
    const cookie = stack(Wireguard(), WireguardCookieReply({ receiver_index: 5 }))
    expect(answers(cookie, stack(Wireguard(), WireguardInitiation({ sender_index: 5 })))).toBe(true)
    expect(answers(cookie, stack(Wireguard(), WireguardResponse({ sender_index: 6 })))).toBe(false)
    expect(answers(stack(Wireguard(), WireguardTransport()), stack(Wireguard(), WireguardTransport()))).toBe(false)
  })
})

describe('mac1', () => {
  // The public keys of Wireshark's test/captures/wireguard-ping-tcp.pcap, as its suite_decryption.py has them.
  const INITIATOR = 'Igge9KzRytKNwrgkzDE/8hrLu6Ly0OqVdvOPWhA5KR4='
  const RESPONDER = 'YDCttCs9e1J52/g9vEnwJJa+2x6RqaayAYMpSVQfGEY='

  test('is that of real handshakes, with the key of the receiver', () => {
    const [initiation, response] = [find('initiation, Wireshark'), find('response, Wireshark')]
    expect(wireguardMac1(initiation, RESPONDER)).toBe(initiation.get(WireguardInitiation)!.mac1)
    expect(wireguardMac1(response, INITIATOR)).toBe(response.get(WireguardResponse)!.mac1)
    expect(wireguardMac1(initiation, INITIATOR)).not.toBe(initiation.get(WireguardInitiation)!.mac1)
    expect(wireguardMac1(initiation, Buffer.from(RESPONDER, 'base64'))).toBe(wireguardMac1(initiation, RESPONDER))
  })

  test('does not depend on what mac1 and mac2 are', () => {
    const message = stack(Wireguard(), WireguardInitiation({ sender_index: 3 }))
    const mac1 = wireguardMac1(message, RESPONDER)
    message.mac1 = mac1
    message.mac2 = 'ff'.repeat(16)
    expect(wireguardMac1(message, RESPONDER)).toBe(mac1)
    message.sender_index = 4
    expect(wireguardMac1(message, RESPONDER)).not.toBe(mac1)
  })

  test('other packets and keys are refused', () => {
    expect(() => wireguardMac1(stack(Wireguard(), WireguardTransport()), RESPONDER)).toThrow('others have no mac1')
    expect(() => wireguardMac1(find('initiation, Wireshark'), 'short')).toThrow('a public key has 32 bytes')
    expect(() => wireguardMac1(find('initiation, Wireshark'), new Uint8Array(31))).toThrow('a public key has 32 bytes')
  })
})

describe('BLAKE2s', () => {
  const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i)

  test('the example of RFC 7693, appendix B', () => {
    expect(toHex(blake2s(Buffer.from('abc'), 32))).toBe(
      '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
    )
  })

  test.each([0, 1, 63, 64, 65, 128, 129, 1000])('without a key, of %i bytes: as Node has it', (length) => {
    expect(toHex(blake2s(bytes(length), 32))).toBe(createHash('blake2s256').update(bytes(length)).digest('hex'))
  })

  // What Python's hashlib.blake2s(message, key=bytes(range(32)), digest_size=16) says.
  test.each([
    [0, '9536f9b267655743dee97b8a670f9f53'],
    [1, '13bacfb85b48a1223c595f8c1e7e82cb'],
    [64, 'f1efa90d2547036841ecd3627fafbc36'],
    [116, '072e94ffbfc684bd8ab2a1b9dade2fd5'],
    [128, '8c09f698d03eaf88abf69f8147865ef6'],
    [129, '5c363ae42a5bec26fbc5e996428d9bd7'],
  ])('with a key, of %i bytes', (length, hash) => {
    expect(toHex(blake2s(bytes(length), 16, bytes(32)))).toBe(hash)
  })
})
