import { describe, expect, test } from 'vitest'
import {
  ICMP,
  ICMPExtensionHeader,
  ICMPExtensionMPLS,
  ICMPv6DestUnreach,
  ICMPv6EchoReply,
  ICMPv6TimeExceeded,
  IP,
  IPv6,
  MPLS,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { type TracerouteOptions, traceroute } from '../../src/tools/traceroute/index.js'
import { farEnds, GATEWAY, NEAR, NEAR6, type Reply } from './far-end.js'

const HOST = '192.0.2.9'
const HOST6 = '2001:db8::9'
const { made: ends, farEnd } = farEnds()

/** An error of a router, which quotes as little as RFC 792 allows, or all. */
function error(packet: AnyPacket, from: string, fields: object, length = 28): Packet {
  return stack(IP({ src: from, dst: NEAR, ttl: 255 }), ICMP(fields), packet.bytes().slice(0, length))
}

const exceeded = (packet: AnyPacket, from: string): Packet => error(packet, from, { type: 11 })

/** What the destination says to a probe. */
function arrival(packet: AnyPacket): Packet {
  const ip = IP({ src: HOST, dst: NEAR, ttl: 61 })
  const tcp = packet.get(TCP)
  if (tcp !== undefined) return stack(ip, TCP({ sport: tcp.dport, dport: tcp.sport, flags: 'SA', ack: tcp.seq + 1 }))
  if (packet.has(UDP)) return error(packet, HOST, { type: 3, code: 3 })
  const { id, seq } = packet.get(ICMP)!
  return stack(ip, ICMP({ type: 0, id, seq }), packet.get(ICMP)!.payload ?? '')
}

/** A way of routers, one a hop; null is silent. The destination is behind them. */
const way =
  (routers: readonly (string | null)[], atEnd = arrival): Reply =>
  (packet) => {
    const ttl = packet.ttl as number
    if (ttl > routers.length) return atEnd(packet)
    const router = routers[ttl - 1]!
    return router === null ? undefined : exceeded(packet, router)
  }

const ROUTERS = ['10.0.0.254', '198.51.100.1', '198.51.100.5']

describe.each(['icmp', 'udp', 'tcp'] as const)('traceroute by %s', (protocol) => {
  test('finds all hops and the destination', async () => {
    const { link } = farEnd(way(ROUTERS))
    const result = await traceroute(HOST, { link, protocol, timeout: 20 })
    expect(result.path).toEqual([...ROUTERS, HOST])
    expect([result.reached, result.distance, result.loop]).toEqual([true, 4, null])
    for (const { rtts } of result.hops) {
      expect(rtts).toHaveLength(3)
      for (const rtt of rtts) expect(rtt).not.toBeNull()
    }
    expect(ends[0]!.captures).toBe(0)
  })

  test('all probes are of one flow to a router that spreads traffic, and each says which it is', async () => {
    const end = farEnd(way(ROUTERS))
    await traceroute(HOST, { link: end.link, protocol, timeout: 20 })
    const first = (packet: AnyPacket): unknown => {
      // What is hashed: addresses, protocol, the first four bytes behind the header; of ICMP they have the checksum.
      const bytes = packet.bytes()
      return [packet.src, packet.dst, packet.proto, packet.tos, ...bytes.slice(20, 24)].join()
    }
    // A host answers only the first SYN between two ports, so that each query has its own.
    expect(new Set(end.seen.map(first)).size).toBe(protocol === 'tcp' ? 3 : 1)
    expect(new Set(end.seen.filter((_, i) => i % 3 === 0).map(first)).size).toBe(1)
    expect(new Set(end.seen.map((packet) => packet.id)).size).toBe(end.seen.length)
    // A wrong checksum would be dropped on the way: computed anew it is the same.
    for (const packet of end.seen) {
      const copy = packet.copy() as AnyPacket
      for (const layer of copy.layers()) if (layer._layer.find('chksum') >= 0) layer.unset('chksum')
      expect(Buffer.from(copy.bytes()).equals(packet.bytes())).toBe(true)
    }
  })

  test('answers in the wrong order are those of their probes', async () => {
    const { link } = farEnd((packet) => {
      const answer = way(ROUTERS)(packet) as Packet
      return [{ packet: answer, after: 60 - 12 * Math.min(4, packet.ttl as number) }]
    })
    const result = await traceroute(HOST, { link, protocol, timeout: 20 })
    expect(result.path).toEqual([...ROUTERS, HOST])
    expect(result.hops.every(({ answers }) => answers.every((answer) => answer !== null))).toBe(true)
  })
})

describe('traceroute', () => {
  test('the table', async () => {
    const { link } = farEnd((packet) => {
      if (packet.ttl === 2) return undefined
      if (packet.ttl === 3) return exceeded(packet, (packet.id as number) % 2 === 0 ? '198.51.100.5' : '198.51.100.6')
      return way(ROUTERS)(packet)
    })
    const result = await traceroute(HOST, { link, queries: 2, timeout: 20 })
    const lines = String(result).split('\n')
    expect(lines[0]).toBe('traceroute to 192.0.2.9, ICMP, 30 hops at most')
    expect(lines[1]).toMatch(/^HOP {2}ADDRESS +RTT ms$/)
    expect(lines[2]).toMatch(/^ +1 {2}10\.0\.0\.254 +\d+\.?\d* +\d+\.?\d*$/)
    expect(lines[3]).toBe('  2  *')
    expect(lines[4]).toMatch(/^ +3 {2}198\.51\.100\.[56] +\d/)
    expect(lines[5]).toMatch(/^ +198\.51\.100\.[56] +\d/)
    expect(lines[6]).toMatch(/^ +4 {2}192\.0\.2\.9 +\d/)
    expect(lines[7]).toMatch(/^reached, 4 hops; \d+ probes, \d+ answered, /)
    expect(result.hops[2]!.addresses.sort()).toEqual(['198.51.100.5', '198.51.100.6'])
    const json = JSON.parse(JSON.stringify(result))
    expect(json).toMatchObject({ host: HOST, protocol: 'icmp', reached: true, distance: 4, loop: null })
    expect(json.hops[1]).toMatchObject({ ttl: 2, addresses: [], rtts: [null, null], answers: [null, null] })
    expect(json.hops[3].answers[0]).toMatchObject({ address: HOST, kind: 'reached', ttl: 61, back: 4, labels: [] })
  })

  test('MPLS labels of ICMP extensions', async () => {
    const { link } = farEnd((packet) => {
      if (packet.ttl !== 2) return way(ROUTERS)(packet)
      const labels = [MPLS({ label: 24_001, cos: 1, s: 0, ttl: 1 }), MPLS({ label: 16, s: 1, ttl: 1 })]
      const extension = [ICMPExtensionHeader(), ICMPExtensionMPLS({ labels })]
      const quoted = new Uint8Array(128)
      quoted.set(packet.bytes().slice(0, 128))
      const bytes = [...extension[0]!.bytes(), ...extension[1]!.bytes()]
      const message = ICMP({ type: 11, length: 32 })
      return stack(IP({ src: ROUTERS[1]!, dst: NEAR }), message, Uint8Array.from([...quoted, ...bytes]))
    })
    const result = await traceroute(HOST, { link, queries: 1, timeout: 20 })
    expect(result.hops[1]!.answers[0]!.labels).toEqual([
      { label: 24_001, trafficClass: 1, ttl: 1 },
      { label: 16, trafficClass: 0, ttl: 1 },
    ])
    expect(String(result).split('\n')[3]).toMatch(/MPLS 24001\/16/)
  })

  test.each([
    [{ type: 3, code: 1 }, 'host unreachable', '!H'],
    [{ type: 3, code: 0 }, 'network unreachable', '!N'],
    [{ type: 3, code: 13 }, 'prohibited by a filter', '!X'],
  ])('the way ends where a router says so (%#)', async (fields, words, mark) => {
    const { link } = farEnd((packet) =>
      packet.ttl === 1 ? exceeded(packet, GATEWAY) : error(packet, ROUTERS[1]!, fields),
    )
    const result = await traceroute(HOST, { link, timeout: 20 })
    expect(result.path).toEqual([GATEWAY, ROUTERS[1]])
    expect([result.reached, result.distance]).toEqual([false, null])
    expect(result.hops[1]!.answers[0]).toMatchObject({ kind: 'refused', words, mark })
    const lines = String(result).split('\n')
    expect(lines[3]).toContain(`${words} (${mark})`)
    expect(lines[4]).toContain(`not reached: 198.51.100.1 says ${words}; `)
  })

  test('a circle is told', async () => {
    const { link } = farEnd((packet) => exceeded(packet, ROUTERS[(packet.ttl as number) % 2]!))
    const result = await traceroute(HOST, { link, maxHops: 5, queries: 1, timeout: 20 })
    expect(result.loop).toBe(ROUTERS[1])
    expect(String(result)).toContain('the same as hop 1')
    expect(String(result)).toContain('not reached; packets go in a circle through 198.51.100.1; 5 probes')
  })

  test('a way back of another length is told', async () => {
    const { link } = farEnd((packet) => {
      const answer = way(ROUTERS)(packet) as AnyPacket
      if (packet.ttl === 4) answer.ttl = 64 - 9
      return answer
    })
    const result = await traceroute(HOST, { link, queries: 1, timeout: 20 })
    expect(result.hops[3]!.answers[0]!.back).toBe(10)
    expect(String(result).split('\n')[5]).toMatch(/10 hops back$/)
  })

  test('silent to the end: one time-out, and one row for all silent hops', async () => {
    const { link } = farEnd((packet) => (packet.ttl === 1 ? exceeded(packet, GATEWAY) : undefined))
    const began = performance.now()
    const result = await traceroute(HOST, { link, timeout: 0.4 })
    // All hops are waited for at the same time: one after the other would take 29 * 3 * 0.4 s.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect([result.reached, result.sent, result.received, result.hops.length]).toEqual([false, 90, 3, 30])
    expect(String(result).split('\n')[3]).toBe('2-30  *')
    expect(String(result)).toContain('not reached; 90 probes, 3 answered')
  })

  test('several hosts at once, one result each', async () => {
    const { link } = farEnd((packet) =>
      packet.dst === HOST ? way(ROUTERS)(packet) : error(packet, GATEWAY, { type: 3, code: 1 }),
    )
    const results = await traceroute([HOST, '192.0.2.77'], { link, timeout: 20 })
    expect(results.map(({ target, reached }) => [target.address, reached])).toEqual([
      [HOST, true],
      ['192.0.2.77', false],
    ])
    expect(String(results).split('\n\n')).toHaveLength(2)
    expect(JSON.parse(JSON.stringify(results))).toHaveLength(2)
  })

  test('IPv6', async () => {
    const routers = ['fd00::fe', '2001:db8:1::1']
    const reply: Reply = (packet) => {
      const ip = (src: string) => IPv6({ src, dst: NEAR6, hlim: 64 })
      const router = routers[(packet.hlim as number) - 1]
      if (router !== undefined) return stack(ip(router), ICMPv6TimeExceeded(), packet.bytes())
      if (packet.has(UDP)) return stack(ip(HOST6), ICMPv6DestUnreach({ code: 4 }), packet.bytes())
      const tcp = packet.get(TCP)
      if (tcp !== undefined)
        return stack(ip(HOST6), TCP({ sport: tcp.dport, dport: tcp.sport, flags: 'RA', ack: tcp.seq + 1 }))
      const { id, seq, data } = packet.get('ICMPv6EchoRequest') as AnyPacket
      return stack(ip(HOST6), ICMPv6EchoReply({ id: id as number, seq: seq as number, data: data as Uint8Array }))
    }
    for (const protocol of ['icmp', 'udp', 'tcp'] as const) {
      const end = farEnd(reply)
      const result = await traceroute(HOST6, { link: end.link, protocol, timeout: 20 })
      expect(result.path).toEqual([...routers, HOST6])
      expect(result.hops.every(({ answers }) => answers.every((answer) => answer !== null))).toBe(true)
      const flows = end.seen.map((packet) => [packet.fl, ...packet.bytes().slice(40, 44)].join())
      expect(new Set(flows).size).toBe(protocol === 'tcp' ? 3 : 1)
    }
  })

  test('UDP that is answered by a datagram: which probe it was is found out by the hops before', async () => {
    const { link } = farEnd(
      way(ROUTERS, (packet) => {
        const { sport, dport } = packet.get(UDP)!
        return stack(IP({ src: HOST, dst: NEAR, ttl: 61 }), UDP({ sport: dport, dport: sport }), 'hello')
      }),
    )
    const result = await traceroute(HOST, { link, udp: true, port: 7, timeout: 1 })
    expect(result.path).toEqual([...ROUTERS, HOST])
    expect(result.distance).toBe(4)
  })

  test('TCP that acknowledges an earlier SYN', async () => {
    let earlier: number | undefined
    const { link } = farEnd(
      way(ROUTERS, (packet) => {
        const { sport, dport, seq } = packet.get(TCP)!
        const flags = earlier === undefined ? 'SA' : 'A'
        earlier ??= seq
        return stack(
          IP({ src: HOST, dst: NEAR, ttl: 61 }),
          TCP({ sport: dport, dport: sport, flags, ack: earlier + 1 }),
        )
      }),
    )
    const result = await traceroute(HOST, { link, tcp: true, timeout: 1 })
    expect(result.path).toEqual([...ROUTERS, HOST])
    expect(result.hops[3]!.answers[0]).not.toBeNull()
  })

  test('Ctrl-C keeps what came', async () => {
    const end = farEnd((packet) => {
      if (end.seen.length === 9) setTimeout(() => task.interrupt(), 50)
      return (packet.ttl as number) < 3 ? exceeded(packet, ROUTERS[(packet.ttl as number) - 1]!) : undefined
    })
    const task = traceroute(HOST, { link: end.link, timeout: 60 })
    const result = await task
    expect(result.path.slice(0, 3)).toEqual([ROUTERS[0], ROUTERS[1], null])
    expect(end.captures).toBe(0)
  })

  test('a gateway that nobody answers for', async () => {
    const { link } = farEnd(() => undefined, { silent: [GATEWAY] })
    const result = await traceroute(HOST, { link })
    expect([result.hops.length, result.sent]).toEqual([0, 0])
    expect(String(result)).toContain('nobody answers for it, or for the gateway, on the link: nothing was sent')
  })

  test.each<[object, string]>([
    [{ protocol: 'gre' }, "traceroute: option protocol must be 'icmp', 'udp' or 'tcp', not gre"],
    [{ udp: true, tcp: true }, 'traceroute: one protocol at a time, not udp and tcp'],
    [{ port: 80 }, "traceroute: ICMP has no ports: give protocol 'udp' or 'tcp' with port"],
    [{ maxHops: 256 }, 'traceroute: option maxHops must be a whole number, 1..255, not 256'],
    [{ firstHop: 5, maxHops: 4 }, 'traceroute: option firstHop must be a whole number, 1..4, not 5'],
    [{ querys: 1 }, "traceroute has no option 'querys'; did you mean 'queries'?"],
  ])('a mistake is told (%#)', async (options, message) => {
    await expect(traceroute(HOST, options as TracerouteOptions)).rejects.toThrow(message)
  })
})
