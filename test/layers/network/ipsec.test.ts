import { describe, expect, test } from 'vitest'
import {
  AH,
  ESP,
  ICMP,
  IP,
  IPv6,
  ISAKMP,
  ISAKMP_payload,
  NAT_KEEPALIVE,
  NON_ESP,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ipsec', [AH, ESP, ISAKMP, ISAKMP_payload, NAT_KEEPALIVE, NON_ESP])

const names = (packet: AnyPacket) => packet.layers().map((layer) => layer.layerName)
const ends = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('AH, beyond the suite', () => {
  test('stands between IP and what it carries, and takes over its number', () => {
    const packet = stack(IP(ends), AH({ spi: 7 }), ICMP()).rebuilt()
    expect(names(packet)).toEqual(['IP', 'AH', 'ICMP'])
    expect([packet.proto, packet.get(AH)!.nh, packet.get(AH)!.payloadlen]).toEqual([51, 1, 4])
    expect(names(stack(IPv6(), AH(), TCP()).rebuilt())).toEqual(['IPv6', 'AH', 'TCP'])
    expect(stack(IPv6(), AH(), AH(), UDP()).rebuilt().get(AH)!.nh).toBe(51)
    expect(AH().rebuilt().nh).toBe(59)
  })

  test('the checksum inside is over the addresses around it', () => {
    const inside = stack(IP(ends), AH(), UDP()).rebuilt().get(UDP)!.chksum
    expect(inside).toBe(stack(IP(ends), UDP()).rebuilt().get(UDP)!.chksum)
  })

  test('the answer of what it carries is its answer', () => {
    const request = stack(IP(ends), AH(), TCP({ sport: 1, dport: 2, seq: 9 })).rebuilt()
    const reply = (ack: number) =>
      stack(IP({ src: ends.dst, dst: ends.src }), AH(), TCP({ sport: 2, dport: 1, flags: 'SA', ack })).rebuilt()
    expect(answers(reply(10), request)).toBe(true)
    expect(answers(reply(99), request)).toBe(false)
  })

  test('a length that the packet does not have leaves an issue', () => {
    expect(String(dissect(AH, fromHex('3b70000000000001000000010000')).issue)).toContain('AH.payloadlen')
  })
})

describe('port 4500', () => {
  const read = (hex: string) => names(dissect(UDP, stack(UDP({ sport: 4500, dport: 4500 }), fromHex(hex)).bytes()))
  test('is told apart by the first bytes', () => {
    expect(read('ff')).toEqual(['UDP', 'NAT_KEEPALIVE'])
    expect(read('0000000100000001aabb')).toEqual(['UDP', 'ESP', 'Raw'])
    expect(read(`00000000${ISAKMP().hex()}`)).toEqual(['UDP', 'NON_ESP', 'ISAKMP'])
    expect(read('0000')).toEqual(['UDP', 'Raw'])
    expect(read('fe')).toEqual(['UDP', 'Raw'])
  })

  test('is set by what is stacked on it', () => {
    for (const each of [ESP(), NON_ESP(), NAT_KEEPALIVE()]) expect(stack(UDP(), each).dport).toBe(4500)
    expect(stack(UDP(), ISAKMP()).dport).toBe(500)
  })
})

describe('ISAKMP, beyond the suite', () => {
  test('lengths count what follows', () => {
    const packet = stack(ISAKMP({ next_payload: 'nonce' }), ISAKMP_payload({ load: 'abcdefgh' })).rebuilt()
    expect([packet.length, packet.get(ISAKMP_payload)!.length]).toEqual([40, 12])
    expect(packet.summary()).toBe('ISAKMP / ISAKMP_payload nonce 12 bytes')
  })

  test('nothing is read behind encryption', () => {
    const message = stack(ISAKMP({ next_payload: 'SK' }), ISAKMP_payload({ next_payload: 'IDi', load: 'x' }), 'secret')
    expect(names(message.rebuilt())).toEqual(['ISAKMP', 'ISAKMP_payload', 'Raw'])
    const old = stack(ISAKMP({ version: 0x10, next_payload: 'hash', flags: 'encryption' }), 'secret')
    expect(names(old.rebuilt())).toEqual(['ISAKMP', 'Raw'])
  })

  test('a response has the cookie, the id and its flag', () => {
    const request = ISAKMP({ init_cookie: 'abcdefgh', id: 3, flags: 'initiator' })
    expect(answers(ISAKMP({ init_cookie: 'abcdefgh', id: 3, flags: 'response' }), request)).toBe(true)
    expect(answers(ISAKMP({ init_cookie: 'abcdefgh', id: 4, flags: 'response' }), request)).toBe(false)
    expect(answers(ISAKMP({ init_cookie: 'abcdefgh', id: 3, flags: 'initiator' }), request)).toBe(false)
  })

  test('other bytes on its port are bytes', () => {
    expect(
      names(dissect(UDP, stack(UDP({ sport: 500, dport: 500 }), 'nothing of the kind, and long enough').bytes())),
    ).toEqual(['UDP', 'Raw'])
  })
})
