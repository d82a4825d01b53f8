/** Thousands of packets between the same two ports: each has its own answer, and ten thousand cost ten times a thousand. */
import { afterEach, describe, expect, test } from 'vitest'
import { Pacer, setReporter, sr } from '../../src/exchange/index.js'
import { DNS, ICMP, IP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { FarEnd, NEAR } from '../tools/far-end.js'

const HOST = '192.0.2.9'
const ends: FarEnd[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.close()
  setReporter(() => undefined)
})

function link(reply: (packet: AnyPacket) => Packet[]): FarEnd['link'] {
  const end = new FarEnd(reply)
  ends.push(end)
  return end.link
}

const idOf = (packet: AnyPacket): number => (packet.get('DNS') as AnyPacket).id

function dnsAnswer(packet: AnyPacket): Packet {
  return stack(IP({ src: HOST, dst: NEAR }), UDP({ sport: 53, dport: 53 }), DNS({ id: idOf(packet), qr: 1 }))
}

const questions = (count: number): Packet[] =>
  Array.from({ length: count }, (_, id) =>
    stack(IP({ src: NEAR, dst: HOST }), UDP({ sport: 53, dport: 53 }), DNS({ id, qd: [{ qname: 'x.test' }] })),
  )

describe('between the same two ports', () => {
  test('ten thousand questions of DNS', async () => {
    const { answered, received } = await sr(questions(10_000), {
      ...{ link: link((packet) => [dnsAnswer(packet)]), timeout: 3, quiet: true },
    })
    expect([answered.length, received]).toEqual([10_000, 10_000])
    expect(answered.every(({ query, answer }) => idOf(query) === idOf(answer))).toBe(true)
    expect(answered.every(({ rtt }) => rtt >= 0 && rtt < 3)).toBe(true)
  })

  test('answers the other way round, twice each, and some not at all', async () => {
    const held: Packet[] = []
    const far = link((packet) => {
      if (idOf(packet) % 10 === 0) return []
      held.unshift(dnsAnswer(packet), dnsAnswer(packet))
      return idOf(packet) === 299 ? held : []
    })
    for (const multi of [false, true]) {
      held.length = 0
      const { answered, unanswered } = await sr(questions(300), { link: far, multi, timeout: 0.3, quiet: true })
      expect([answered.length, unanswered.length]).toEqual([multi ? 540 : 270, 30])
      expect(answered.every(({ query, answer }) => idOf(query) === idOf(answer))).toBe(true)
    }
  })

  test('ten thousand that are all the same', async () => {
    const packets = Array.from({ length: 10_000 }, () => stack(IP({ src: NEAR, dst: HOST }), ICMP({ id: 1, seq: 1 })))
    const reply = stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id: 1, seq: 1 }))
    const { answered } = await sr(packets, { link: link(() => [reply]), timeout: 3, quiet: true })
    expect(answered).toHaveLength(10_000)
  })
})

describe('a pace', () => {
  test.each([
    [{ rate: Number.MIN_VALUE }, 1],
    [{ rate: 1e-9 }, 1],
    [{ rate: Number.MAX_VALUE }, 64],
    [{ rate: Number.POSITIVE_INFINITY }, 64],
    [{ inter: Number.MIN_VALUE }, 64],
    [{ inter: Number.MAX_VALUE }, 1],
  ])('%j lets so many go in a moment, and never none for ever', async (options, most) => {
    const pacer = new Pacer(options)
    let gone = 0
    for (let turn = 0; turn < 5; turn++) {
      gone += pacer.take(64 - gone)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(gone).toBe(most)
    expect(pacer.delay).toBeGreaterThan(0)
  })
})
