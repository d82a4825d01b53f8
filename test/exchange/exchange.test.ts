import { afterEach, describe, expect, test } from 'vitest'
import {
  type AnswerPair,
  type ExchangeResult,
  send,
  sendp,
  setReporter,
  sniff,
  sr,
  sr1,
  srp,
  srp1,
} from '../../src/exchange/index.js'
import { ARP, Ether, ICMP, IP, TCP, UDP } from '../../src/layers/index.js'
import { type MemoryLink, type MemoryLinkOptions, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { onFrames } from '../link/on-frames.js'

const LEFT = '10.0.0.1'
const RIGHT = '10.0.0.2'
const RIGHT_MAC = '02:00:00:00:00:02'

const links: MemoryLink[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
  setReporter(() => undefined)
})

/** Two hosts on a wire in memory; the right one answers ARP for itself, and what `reply` says. */
function wire(
  reply: (packet: AnyPacket) => Packet | Packet[] | undefined,
  options: MemoryLinkOptions = {},
): MemoryLink {
  const [left, right] = memoryLinkPair(
    { addresses: { ipv4: [{ address: LEFT, prefix: 24 }] }, ...options },
    { addresses: { mac: RIGHT_MAC } },
  )
  links.push(left, right)
  onFrames(right, (frame) => {
    if (frame.get(Ether)?.src === RIGHT_MAC) return []
    const arp = frame.get(ARP)
    const back = { src: RIGHT_MAC, dst: (frame.get(Ether) as AnyPacket).src as string }
    if (arp !== undefined && arp.op === 1 && arp.pdst === RIGHT)
      return [stack(Ether(back), ARP({ op: 2, hwsrc: RIGHT_MAC, psrc: RIGHT, hwdst: back.dst, pdst: LEFT }))]
    const replies = (frame.has(IP) ? reply(frame) : undefined) ?? []
    return (Array.isArray(replies) ? replies : [replies]).map((packet) => stack(Ether(back), packet))
  })
  return left
}

const echo = (frame: AnyPacket): Packet | undefined => {
  const icmp = frame.get(ICMP)
  if (icmp === undefined) return undefined
  return stack(IP({ src: RIGHT, dst: LEFT }), ICMP({ type: 0, id: icmp.id, seq: icmp.seq }), icmp.payload ?? '')
}

const ping = (seq: number | number[] = 1) => stack(IP({ src: LEFT, dst: RIGHT }), ICMP({ id: 5, seq }), 'payload')

describe('sr1', () => {
  test('resolves the neighbour, sends, and gives the answer from IP on', async () => {
    const link = wire(echo)
    const answer = await sr1(ping(), { link, timeout: 5 })
    expect(answer?.layers().map((layer) => layer.layerName)).toEqual(['IP', 'ICMP', 'Raw'])
    expect(answer?.summary()).toBe('IP / ICMP 10.0.0.2 > 10.0.0.1 echo-reply 0 / Raw')
    expect(answer?.time).toBeGreaterThan(1.7e9)
  })

  test('is null when nothing answers, and says why when the neighbour is silent', async () => {
    const messages: string[] = []
    setReporter((text, kind) => messages.push(`${kind}: ${text}`))
    const link = wire(() => undefined)
    expect(await sr1(ping(), { link, timeout: 0.05 })).toBeNull()
    expect(messages).toEqual(['progress: sent 1 packet, received 0 packets, 0 answered, 1 without an answer'])
    const elsewhere = stack(IP({ src: LEFT, dst: '10.0.0.77' }), ICMP())
    expect(await sr1(elsewhere, { link, timeout: 0.05, quiet: true })).toBeNull()
    expect(messages[1]).toBe('warning: nobody answers for 10.0.0.77 on left: packets to it were not sent')
  })

  test('an ICMP error about the packet is its answer, one about another is not', async () => {
    const error = (quoted: Packet): Packet =>
      stack(IP({ src: RIGHT, dst: LEFT }), ICMP({ type: 3, code: 3 }), quoted.bytes())
    const link = wire((frame) => {
      const udp = frame.get(UDP)!
      const other = stack(IP({ src: LEFT, dst: RIGHT, id: 99 }), UDP({ sport: 4, dport: 5 }))
      return udp.dport === 9 ? [error(other), error(frame.get(IP)!)] : [error(other)]
    })
    const answer = await sr1(stack(IP({ src: LEFT, dst: RIGHT }), UDP({ sport: 1000, dport: 9 }), 'x'), {
      link,
      timeout: 5,
    })
    expect(answer?.summary()).toContain('dest-unreach')
    expect(answer?.get('UDPerror')?.dport).toBe(9)
    expect(
      await sr1(stack(IP({ src: LEFT, dst: RIGHT }), UDP({ sport: 1000, dport: 10 })), { link, timeout: 0.05 }),
    ).toBeNull()
  })
})

describe('sr', () => {
  test('pairs each query of a set with its answer, and lists the rest', async () => {
    const link = wire((frame) => (frame.get(ICMP)!.seq === 3 ? undefined : echo(frame)))
    const result = await sr(ping([1, 2, 3, 4]), { link, timeout: 0.3 })
    expect(result.answered.map(({ query, answer }) => [query.get(ICMP)!.seq, answer.get(ICMP)!.seq])).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ])
    expect(result.unanswered.map((packet) => packet.get(ICMP)!.seq)).toEqual([3])
    expect(result.answered.every((pair: AnswerPair) => pair.rtt >= 0 && pair.rtt < 5)).toBe(true)
    const [answered, unanswered] = result as ExchangeResult & Iterable<{ length: number }>
    expect([answered!.length, unanswered!.length]).toEqual([3, 1])
    expect(String(result)).toBe('<answered 3, unanswered 1>')
  })

  test('ends as soon as all are answered', async () => {
    const link = wire(echo)
    const start = performance.now()
    await sr(ping([1, 2]), { link, timeout: 60 })
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  test('a lost packet is sent again', async () => {
    let seen = 0
    const link = wire((frame) => (++seen < 3 ? undefined : echo(frame)))
    const result = await sr(ping(), { link, timeout: 0.1, retry: 5 })
    expect(result.answered).toHaveLength(1)
    expect(result.sent).toBe(3)
  })

  test('multi collects every answer until the time is over', async () => {
    const link = wire((frame) => [echo(frame)!, echo(frame)!, echo(frame)!])
    const once = await sr(ping(), { link, timeout: 0.2 })
    const all = await sr(ping(), { link, timeout: 0.2, multi: true })
    expect([once.answered.length, all.answered.length]).toEqual([1, 3])
  })

  test('a thousand probes are matched each to its own answer, in any order', async () => {
    const waiting: Packet[] = []
    const link = wire((frame) => {
      const tcp = frame.get(TCP)!
      waiting.unshift(
        stack(
          IP({ src: RIGHT, dst: LEFT }),
          TCP({ sport: tcp.dport, dport: tcp.sport, seq: 7, ack: tcp.seq + 1, flags: 'RA' }),
        ),
      )
      return waiting.length === 1000 ? waiting : undefined
    })
    const result = await sr(stack(IP({ src: LEFT, dst: RIGHT }), TCP({ sport: 40000, dport: [[1, 1000]] })), {
      link,
      timeout: 10,
    })
    expect(result.answered).toHaveLength(1000)
    expect(result.answered.every(({ query, answer }) => query.get(TCP)!.dport === answer.get(TCP)!.sport)).toBe(true)
  })

  test('a question to a group is answered by whoever is in it', async () => {
    const link = wire(echo)
    const packet = stack(IP({ src: LEFT, dst: '224.0.0.1' }), ICMP({ id: 5, seq: 1 }))
    const answer = await sr1(packet, { link, timeout: 5 })
    expect(answer?.src).toBe(RIGHT)
    const frames = await srp(stack(Ether({ dst: '01:00:5e:00:00:01' }), packet), { link, timeout: 5 })
    expect(frames.answered).toHaveLength(1)
    expect(frames.answered[0]!.answer.get(IP)!.src).toBe(RIGHT)
  })

  test('an interrupt gives what there is', async () => {
    const link = wire((frame) => (frame.get(ICMP)!.seq === 2 ? undefined : echo(frame)))
    const task = sr(ping([1, 2]), { link, timeout: 60 })
    await new Promise<void>((resolve) => {
      task.onProgress(({ done, total }) => {
        if (done === 1 && total === 2) resolve()
      })
    })
    setTimeout(() => task.interrupt(), 10)
    const result = await task
    expect([result.answered.length, result.unanswered.length]).toEqual([1, 1])
  })

  test('no capture stays behind', async () => {
    const link = wire(echo)
    await sr1(ping(), { link, timeout: 1 })
    const before = link.stats!().received
    await sendp(stack(Ether({ dst: RIGHT_MAC }), IP({ src: LEFT, dst: RIGHT }), ICMP({ id: 6 })), { link })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(link.stats!().received).toBe(before)
  })
})

describe('srp', () => {
  test('whole frames, answered by whole frames', async () => {
    const link = wire(echo)
    const answer = await srp1(stack(Ether({ dst: 'ff:ff:ff:ff:ff:ff' }), ARP({ psrc: LEFT, pdst: RIGHT })), {
      link,
      timeout: 5,
    })
    expect(answer?.summary()).toContain('ARP is at 02:00:00:00:00:02 says 10.0.0.2')
    expect(answer?.get(ARP)?.hwsrc).toBe(RIGHT_MAC)
    const result = await srp(stack(Ether({ dst: RIGHT_MAC }), ping([1, 2])), { link, timeout: 5 })
    expect(result.answered).toHaveLength(2)
    expect(result.answered[0]!.query.get(Ether)!.src).toBe(link.addresses.mac)
  })
})

describe('send', () => {
  test('counts, and gives the number', async () => {
    const link = wire(() => undefined)
    const sniffing = sniff({ link, lfilter: (packet) => packet.has(ICMP), count: 6, timeout: 10 })
    expect(await send(ping([1, 2, 3]), { link, count: 2 })).toBe(6)
    const packets = await sniffing
    expect(packets.map((packet) => packet.get(ICMP)!.seq)).toEqual([1, 2, 3, 1, 2, 3])
  })

  test.each([
    [
      () => send(stack(Ether(), IP())),
      'send takes packets that begin with IP or IPv6; this one begins with Ether: sendp, srp and srp1 send whole frames',
    ],
    [
      () => sr1(ARP()),
      'sr1 takes packets that begin with IP or IPv6; this one begins with ARP: put it in a frame, Ether()/ARP(…), and use sendp, srp or srp1',
    ],
    [() => sr1(ping(), { timeout: -1 }), 'sr1: option timeout must be a number, 0 or more, not -1'],
    [() => sr([]), 'sr: there is no packet to send'],
    [() => send(5 as never), 'cannot send 5: give a packet, a list of packets, or bytes'],
    [() => sniff({ prn: 5 as never }), 'sniff: option prn must be a function of a packet'],
  ])('a mistake is told (%#)', async (call, message) => {
    await expect(call()).rejects.toThrow(message)
  })
})

describe('sniff', () => {
  const frames = (count: number): Uint8Array[] =>
    Array.from({ length: count }, (_, seq) =>
      stack(Ether({ dst: RIGHT_MAC }), IP({ src: LEFT, dst: RIGHT }), ICMP({ seq })).bytes(),
    )

  test('ends at its count, with times', async () => {
    const link = wire(() => undefined)
    const task = sniff({ link, count: 3, started: () => link.send(frames(5)) })
    const packets = await task
    expect(packets).toHaveLength(3)
    expect(packets.summary().split('\n')[0]).toBe('0000 Ether / IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0')
    expect(packets[0]!.time).toBeGreaterThan(1.7e9)
  })

  test('prn sees each packet; stop ends behind the one it names; store: false keeps none', async () => {
    const link = wire(() => undefined)
    const seen: number[] = []
    const packets = await sniff({
      link,
      store: false,
      prn: (packet) => void seen.push(packet.seq as number),
      stop: (packet) => packet.seq === 3,
      started: () => link.send(frames(10)),
    })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(packets).toHaveLength(0)
  })

  test('an interrupt keeps what was seen', async () => {
    const link = wire(() => undefined)
    const task = sniff({ link, started: () => link.send(frames(4)) })
    task.onProgress(({ done }) => {
      if (done === 4) task.interrupt()
    })
    expect(await task).toHaveLength(4)
  })

  test('an error in prn ends it and is told', async () => {
    const link = wire(() => undefined)
    const task = sniff({
      link,
      prn: () => {
        throw new RangeError('mine')
      },
      started: () => link.send(frames(1)),
    })
    await expect(task).rejects.toThrow(new RangeError('mine'))
  })
})
