import { describe, expect, test } from 'vitest'
import {
  ICMPv6DestUnreach,
  ICMPv6EchoReply,
  ICMPv6EchoRequest,
  ICMPv6PacketTooBig,
  ICMPv6ParamProblem,
  ICMPv6TimeExceeded,
  ICMPv6Unknown,
  IPv6,
  IPv6ExtHdrDestOpt,
  IPv6error,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, hashKey, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

const ERRORS = [ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem]

familySuite('icmpv6', [...ERRORS, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6Unknown])

const request = (inner: Packet): Packet => stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), inner)
const reply = (inner: Packet): Packet => stack(IPv6({ src: 'fd00::2', dst: 'fd00::1' }), inner)

function expectAnswer(answer: Packet, question: Packet): void {
  expect(answers(answer, question)).toBe(true)
  expect(hashKey(answer)).toBe(hashKey(question))
}

describe('ICMPv6, beyond the suite', () => {
  test('echo replies answer by id and seq', () => {
    const question = request(ICMPv6EchoRequest({ id: 1, seq: 2, data: 'x' }))
    expectAnswer(reply(ICMPv6EchoReply({ id: 1, seq: 2 })), question)
    expect(answers(reply(ICMPv6EchoReply({ id: 1, seq: 3 })), question)).toBe(false)
    expect(answers(reply(ICMPv6EchoRequest({ id: 1, seq: 2 })), question)).toBe(false)
    expect(question.summary()).toBe('IPv6 / ICMPv6EchoRequest fd00::1 > fd00::2 id 0x1 seq 2')
  })

  test('errors answer the packet that they quote, and no other', () => {
    const questions = [
      request(ICMPv6EchoRequest({ id: 5 })),
      request(UDP({ sport: 1000, dport: 53 })),
      request(TCP({ sport: 1000, seq: 7 })),
      stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), IPv6ExtHdrDestOpt(), UDP({ sport: 1001, dport: 53 })),
    ]
    for (const question of questions.slice(0, 3)) {
      for (const error of ERRORS) {
        const answer = stack(
          IPv6({ src: 'fd00::fe', dst: 'fd00::1' }),
          error(),
          dissect(IPv6error, question.bytes()),
        ).rebuilt()
        expectAnswer(answer, question)
        for (const other of questions) if (other !== question) expect(answers(answer, other)).toBe(false)
      }
    }
  })

  test('the message follows from the type, and the type from the message', () => {
    expect(
      stack(IPv6(), ICMPv6PacketTooBig({ mtu: 1400 }))
        .rebuilt()
        .get(ICMPv6PacketTooBig)!.mtu,
    ).toBe(1400)
    expect(
      stack(IPv6(), ICMPv6Unknown({ type: 200, msgbody: 'x' }))
        .rebuilt()
        .summary(),
    ).toBe('IPv6 / ICMPv6Unknown ::1 > ::1 type 200')
    expect(stack(IPv6({ nh: 58 }), Uint8Array.of(128)).rebuilt().payload!.issue!.layer).toBe('ICMPv6EchoRequest')
  })

  test('codes have names', () => {
    expect(ICMPv6DestUnreach({ code: 'port-unreachable' }).code).toBe(4)
    expect(ICMPv6ParamProblem({ code: 1 }).text('code')).toBe('unknown-next-header')
  })
})
