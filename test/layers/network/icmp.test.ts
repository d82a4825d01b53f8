import { describe, expect, test } from 'vitest'
import {
  Ether,
  ICMP,
  ICMPerror,
  ICMPRouterAddress,
  IP,
  IPerror,
  TCP,
  TCPerror,
  UDP,
  UDPerror,
} from '../../../src/layers/index.js'
import { answers, dissect, fromHex, hashKey, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('icmp', [ICMP, ICMPerror])

const here = '10.0.0.1'
const there = '10.0.0.2'
const request = (icmp: Packet): Packet => stack(IP({ src: here, dst: there }), icmp)
const reply = (icmp: Packet): Packet => stack(IP({ src: there, dst: here }), icmp)

function expectAnswer(answer: Packet, question: Packet): void {
  expect(answers(answer, question)).toBe(true)
  expect(hashKey(answer)).toBe(hashKey(question))
}

describe('ICMP, beyond the suite', () => {
  test("the article's packet, to the bit", () => {
    const packet = stack(IP({ src: '192.168.0.10', dst: '192.168.0.254', id: 1 }), ICMP())
    expect(packet.hex()).toBe('4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000')
    const text = packet.show2({ dump: true })!
    expect(text).toContain('chksum    = 0xf887')
    expect(text).toContain('chksum    = 0xf7ff')
    expect(stack(packet, 'x').summary()).toBe('IP / ICMP 192.168.0.10 > 192.168.0.254 echo-request 0 / Raw')
  })

  test('codes have names that depend on the type', () => {
    expect(ICMP({ type: 'dest-unreach', code: 'port-unreachable' }).code).toBe(3)
    expect(ICMP({ type: 3, code: 3 }).text('code')).toBe('port-unreachable')
    expect(ICMP({ type: 11, code: 1 }).text('code')).toBe('ttl-zero-during-reassembly')
    expect(ICMP({ type: 8, code: 3 }).text('code')).toBe('3')
    expect(() => ICMP({ code: 'port-unreachble' })).toThrow("did you mean 'port-unreachable'?")
  })

  test.each([
    [{ type: 13, id: 1, seq: 2, ts_ori: 3 }, '0d00f2f90001000200000003' + '0000000000000000'],
    [{ type: 5, code: 1, gw: '10.0.0.254' }, '0501f0000a0000fe'],
    [{ type: 12, ptr: 20 }, '0c00dfff14000000'],
    [{ type: 3, code: 4, nexthopmtu: 1400 }, '0304f78300000578'],
    [{ type: 17, addr_mask: '255.255.255.0' }, '1100effe00000000ffffff00'],
    [{ type: 10 }, '0a00f5ff00000000'],
    [{ type: 11, unused: 7 }, '0b00f4f800000007'],
    [{ type: 4, unused: 0x10002 }, '0400fbfc00010002'],
  ] as const)('builds %j', (fields, hex) => {
    const packet = ICMP(fields as never)
    expect(packet.hex()).toBe(hex)
    const again = dissect(ICMP, fromHex(hex)) as unknown as Record<string, unknown>
    for (const [name, value] of Object.entries(fields)) expect(again[name]).toBe(value)
  })

  test('a router advertisement counts its addresses', () => {
    const packet = ICMP({
      type: 9,
      addresses: [ICMPRouterAddress({ addr: there, preference: 5 }), ICMPRouterAddress({ addr: here })],
    })
    expect(packet.rebuilt().num_addrs).toBe(2)
    expect(packet.hex().slice(8)).toBe('02020708' + '0a00000200000005' + '0a00000100000000')
  })

  test('fields of other types are absent, and unknown types have none', () => {
    expect(ICMP({ type: 8 }).gw).toBeUndefined()
    expect(dissect(ICMP, fromHex('fe00000012345678aabb')).summary()).toBe('ICMP 254 0 / Raw')
  })

  test.each([
    ['echo', 8, 0],
    ['timestamp', 13, 14],
    ['information', 15, 16],
    ['address mask', 17, 18],
  ])('%s: the reply with the same id and seq answers', (_name, asked, answered) => {
    const question = request(ICMP({ type: asked, id: 5, seq: 6 }))
    expectAnswer(reply(ICMP({ type: answered, id: 5, seq: 6 })), question)
    expect(answers(reply(ICMP({ type: answered, id: 5, seq: 7 })), question)).toBe(false)
    expect(answers(reply(ICMP({ type: asked, id: 5, seq: 6 })), question)).toBe(false)
  })

  test('errors answer the packet that they quote', () => {
    const questions = [
      request(ICMP({ id: 5, seq: 6 })),
      request(UDP({ sport: 1000, dport: 53 })),
      request(TCP({ sport: 1000, seq: 77 })),
    ]
    for (const question of questions) {
      const quoted = dissect(IPerror, question.bytes())
      const error = (type: number) => stack(IP({ src: '10.0.0.254', dst: here }), ICMP({ type }), quoted).rebuilt()
      for (const type of [3, 11, 12, 4]) expectAnswer(error(type), question)
      for (const other of questions) if (other !== question) expect(answers(error(3), other)).toBe(false)
    }
  })

  test('quoted layers are the error forms, and say nothing in the summary', () => {
    const error = stack(reply(ICMP({ type: 3, code: 3 })), IPerror({ src: here, dst: there }), UDPerror()).rebuilt()
    expect(error.summary()).toBe('IP / ICMP 10.0.0.2 > 10.0.0.1 dest-unreach port-unreachable / IPerror / UDPerror')
    expect(stack(IP(), ICMP(), IPerror()).type).toBe(3)
    expect(
      stack(IP(), ICMP({ type: 11 }), IPerror(), ICMPerror())
        .rebuilt()
        .get(ICMPerror)!.type,
    ).toBe(8)
  })

  test('a TCP header of which only 8 bytes are quoted gives its ports and seq', () => {
    const question = request(TCP({ sport: 40000, dport: 80, seq: 0x01020304 }))
    const quoted = question.bytes().subarray(0, 28)
    const error = stack(reply(ICMP({ type: 3, code: 1 })), dissect(IPerror, quoted))
    const read = dissect(IP, error.bytes())
    const tcp = read.get(TCPerror)!
    expect([tcp.sport, tcp.dport, tcp.seq, tcp.flags, tcp.payload]).toEqual([40000, 80, 0x01020304, undefined, null])
    expect(read.issues()).toEqual([])
    expect(read.hex()).toBe(error.hex())
    expectAnswer(read, question)
    for (let length = 8; length <= 20; length++) {
      const cut = dissect(TCPerror, question.bytes().subarray(20, 20 + length))
      expect([cut.sport, cut.issue, cut.hex().length]).toEqual([40000, null, length * 2])
      expect(cut.ack).toBe(length >= 12 ? 0 : undefined)
      expect(cut.flags).toBe(length >= 14 ? 'S' : undefined)
    }
  })

  test('padding of the frame is not part of the message', () => {
    const frame = stack(Ether(), reply(ICMP({ type: 0 })))
    const padded = dissect(Ether, Buffer.concat([frame.bytes(), Buffer.alloc(18)]))
    expect(padded.layers().map((layer) => layer.layerName)).toEqual(['Ether', 'IP', 'ICMP', 'Padding'])
    for (const layer of padded.layers()) for (const field of layer._layer.automatic) layer.unset(field.name)
    expect(padded.hex()).toBe(frame.hex() + '00'.repeat(18))
  })
})
