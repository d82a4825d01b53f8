import { describe, expect, test } from 'vitest'
import {
  ChannelData,
  IP,
  STUN,
  stunFingerprintHolds,
  stunIntegrity,
  stunKey,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, fromHex, type Packet, stack, toHex } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'
import { vectorsOf } from '../vectors.js'

familySuite('stun', [ChannelData, STUN])

const names = (packet: Packet) => packet.layers().map((layer) => layer.layerName)
const sample = (name: string) => dissect(STUN, fromHex(vectorsOf('stun').find((each) => each.name === name)!.hex))
const attribute = (message: Packet, name: string): unknown =>
  ((message as AnyPacket).attributes as [string, unknown][]).find(([each]) => each === name)?.[1]

describe('the samples of RFC 5769', () => {
  const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt'

  test.each(['sample request', 'sample IPv4 response', 'sample IPv6 response'])('%s', (name) => {
    const message = sample(name)
    expect(stunIntegrity(message, PASSWORD)).toEqual(attribute(message, 'MESSAGE-INTEGRITY'))
    expect(stunFingerprintHolds(message)).toBe(true)
    message.attributes = message.attributes.map((each) => (each[0] === 'FINGERPRINT' ? ['FINGERPRINT'] : each))
    expect(stunFingerprintHolds(message)).toBe(true)
  })

  test('addresses are in clear', () => {
    expect(attribute(sample('sample IPv4 response'), 'XOR-MAPPED-ADDRESS')).toBe('192.0.2.1:32853')
    expect(attribute(sample('sample IPv6 response'), 'XOR-MAPPED-ADDRESS')).toBe(
      '[2001:db8:1234:5678:11:2233:4455:6677]:32853',
    )
  })

  test('the long-term credential', () => {
    const message = sample('sample request with long-term authentication')
    const user = '\u30de\u30c8\u30ea\u30c3\u30af\u30b9'
    expect(attribute(message, 'USERNAME')).toBe(user)
    expect(stunIntegrity(message, stunKey(user, 'example.org', 'TheMatrIX'))).toEqual(
      attribute(message, 'MESSAGE-INTEGRITY'),
    )
  })
})

describe('STUN, beyond the suite', () => {
  test('the fingerprint is computed, a wrong one stays', () => {
    const message = STUN({ attributes: [['SOFTWARE', 'lab'], ['FINGERPRINT']] })
    expect(stunFingerprintHolds(message)).toBe(true)
    expect(stunFingerprintHolds(STUN({ attributes: [['FINGERPRINT', 1]] }))).toBe(false)
    expect(stunFingerprintHolds(STUN())).toBeUndefined()
    expect(message.rebuilt().attributes).toHaveLength(2)
  })

  test('the integrity is that of the message in front of it, with and without the attribute', () => {
    const bare = STUN({ attributes: [['USERNAME', 'a:b']] })
    for (const algorithm of ['sha1', 'sha256'] as const) {
      const value = stunIntegrity(bare, 'secret', algorithm)
      const name = algorithm === 'sha1' ? 'MESSAGE-INTEGRITY' : 'MESSAGE-INTEGRITY-SHA256'
      const whole = STUN({ attributes: [['USERNAME', 'a:b'], [name, value], ['FINGERPRINT']] })
      expect(toHex(stunIntegrity(whole, 'secret', algorithm))).toBe(toHex(value))
      expect(toHex(stunIntegrity(whole, 'other', algorithm))).not.toBe(toHex(value))
    }
  })

  test('an answer has the identifier of its request', () => {
    const message = (type: string, id: string) => STUN({ stun_message_type: type, transaction_id: id.padEnd(12, '.') })
    const ends = (src: string, dst: string) => IP({ src, dst })
    const request = stack(ends('10.0.0.1', '10.0.0.2'), UDP({ sport: 9, dport: 3478 }), message('binding-request', 'a'))
    const reply = (type: string, id: string) =>
      stack(ends('10.0.0.2', '10.0.0.1'), UDP({ sport: 3478, dport: 9 }), message(type, id))
    expect(answers(reply('binding-success', 'a'), request)).toBe(true)
    expect(answers(reply('binding-error', 'a'), request)).toBe(true)
    expect(answers(reply('binding-success', 'b'), request)).toBe(false)
    expect(answers(reply('binding-request', 'a'), request)).toBe(false)
  })

  test('is known on any port by its cookie; over TCP several follow each other', () => {
    const message = STUN({ attributes: [['SOFTWARE', 'x']] })
    expect(names(stack(UDP({ sport: 4000, dport: 4001 }), message).rebuilt())).toEqual(['UDP', 'STUN'])
    expect(names(stack(TCP({ sport: 4000, dport: 4001 }), message, STUN()).rebuilt())).toEqual(['TCP', 'STUN', 'STUN'])
    const broken = stack(UDP({ sport: 4000, dport: 4001 }), message.bytes().subarray(0, 22)).rebuilt()
    expect(names(broken)).toEqual(['UDP', 'Raw'])
    expect(names(stack(UDP({ dport: 3478, sport: 3478 }), fromHex('40010002aabb')).rebuilt())).toEqual([
      'UDP',
      'ChannelData',
      'Raw',
    ])
    expect(names(stack(UDP({ dport: 3478, sport: 3478 }), 'else').rebuilt())).toEqual(['UDP', 'Raw'])
  })

  test('what cannot be an attribute is refused', () => {
    expect(() => STUN({ attributes: [['XOR-MAPPED-ADRESS', '1.2.3.4:5']] })).toThrow(
      "did you mean 'XOR-MAPPED-ADDRESS'",
    )
    expect(() => STUN({ attributes: [['XOR-MAPPED-ADDRESS', '1.2.3.4']] })).toThrow('is no address with port')
    expect(() => STUN({ attributes: [['ERROR-CODE', [900, 'x']]] })).toThrow('is no error such as')
    expect(() => STUN({ attributes: [['PRIORITY', -1]] })).toThrow('is no number')
  })
})
