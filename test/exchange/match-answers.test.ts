/** Pairs in a list of packets that others have sent: `matchAnswers()`, `reply.answers(request)`. */
import { describe, expect, it } from 'vitest'
import { PacketList } from '../../src/capture/index.js'
import { matchAnswers } from '../../src/exchange/index.js'
import { DNS, Ether, ICMP, IP, IPerror, TCP, UDP, UDPerror } from '../../src/layers/index.js'
import { type Packet, stack } from '../../src/packet/index.js'

const ask = { src: '10.0.0.1', dst: '10.0.0.2' }
const say = { src: '10.0.0.2', dst: '10.0.0.1' }
const syn = (seq: number) => stack(IP(ask), TCP({ sport: 4000, dport: 80, flags: 'S', seq }))
const synAck = (ack: number) => stack(IP(say), TCP({ sport: 80, dport: 4000, flags: 'SA', ack }))
const question = (id: number) => stack(IP(ask), UDP({ sport: 5000, dport: 53 }), DNS({ id, qd: 'example.org' }))
const reply = (id: number) => stack(IP(say), UDP({ sport: 53, dport: 5000 }), DNS({ id, qr: 1 }))

/** The indices of both packets of each pair, and of those in none. */
function indices(packets: readonly Packet[]): { pairs: number[][]; rest: number[] } {
  const { answered, unanswered } = matchAnswers(packets)
  return {
    pairs: answered.map(({ query, answer }) => [packets.indexOf(query), packets.indexOf(answer)]),
    rest: [...unanswered].map((packet) => packets.indexOf(packet)),
  }
}

describe('packets of a list', () => {
  it('are paired with what answers them, in the order of the questions', () => {
    const packets = [question(1), syn(7), question(2), synAck(8), reply(2), reply(1)]
    expect(indices(packets)).toEqual({
      pairs: [
        [0, 5],
        [1, 3],
        [2, 4],
      ],
      rest: [],
    })
  })

  it('are in one pair at most: what is asked or answered twice is left over', () => {
    expect(indices([question(1), question(1), reply(1)])).toEqual({ pairs: [[0, 2]], rest: [1] })
    expect(indices([question(1), reply(1), reply(1)])).toEqual({ pairs: [[0, 1]], rest: [2] })
  })

  it('are no answer to what comes later, or to another number', () => {
    expect(indices([reply(1), question(1)])).toEqual({ pairs: [], rest: [0, 1] })
    expect(indices([question(1), reply(2)])).toEqual({ pairs: [], rest: [0, 1] })
  })

  it('are answered by an ICMP error that quotes them', () => {
    const probe = stack(IP(ask), UDP({ sport: 5000, dport: 9 }))
    const error = stack(IP(say), ICMP({ type: 3, code: 3 }), IPerror(ask), UDPerror({ sport: 5000, dport: 9 }))
    expect(indices([syn(1), probe, error])).toEqual({ pairs: [[1, 2]], rest: [0] })
  })

  it('look back 256 packets of their flow', () => {
    const many = Array.from({ length: 300 }, (_, seq) => syn(seq * 10))
    expect(indices([...many, synAck(1)]).pairs).toEqual([])
    expect(indices([...many, synAck(441)]).pairs).toEqual([[44, 300]])
  })

  it('tell the round trip where they have times', () => {
    const packets = [question(1), reply(1)].map((packet) => stack(Ether(), packet))
    expect(matchAnswers(packets).answered[0]!.rtt).toBeNaN()
    expect(matchAnswers(packets).answered.summary()).toContain('no time')
    for (const [i, packet] of packets.entries()) packet.time = 100 + i / 4
    expect(matchAnswers(new PacketList(packets)).answered[0]!.rtt).toBe(0.25)
  })

  it('may be none', () => {
    const { answered, unanswered, sent } = matchAnswers([])
    expect([answered.length, unanswered.length, sent]).toEqual([0, 0, 0])
  })
})

describe('a packet', () => {
  it('answers what sr takes it for the answer of', () => {
    expect(synAck(8).answers(syn(7))).toBe(true)
    expect(synAck(9).answers(reply(1))).toBe(false)
    expect(syn(7).answers(synAck(8))).toBe(false)
  })
})

describe('the answers of sr', () => {
  it('make a table of two keys', () => {
    const table = matchAnswers([syn(7), synAck(8)]).answered.makeTable(({ query, answer }) => [
      query.dst,
      query.dport,
      answer.get(TCP)!.flags,
    ])
    expect(String(table)).toBe('    10.0.0.2\n80  SA')
  })
})
