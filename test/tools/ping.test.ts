import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { ICMP, ICMPv6EchoReply, IP, IPerror, IPv6, TCP, UDPerror } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, setPrinter, stack } from '../../src/packet/index.js'
import { type PingEvent, ping } from '../../src/tools/ping/index.js'
import { ConnectPing } from '../../src/tools/ping/ping-connect.js'
import { pingSettings } from '../../src/tools/ping/ping-options.js'
import { PingHost } from '../../src/tools/ping/ping-result.js'
import type { PingNews, PingProbe } from '../../src/tools/ping/ping-transport.js'
import { FarEnd, farEnds, GATEWAY, NEAR, NEAR6, printedLines } from './far-end.js'

const HOST = '10.0.0.2'
const { made: ends, farEnd } = farEnds()
let warnings: string[] = []

beforeEach(() => {
  printedLines()
  warnings = []
  setReporter((text, kind) => kind === 'warning' && warnings.push(text))
})

afterEach(() => {
  setPrinter((text) => console.log(text))
})

/** The reply of a host to an echo request. */
function echo(packet: AnyPacket, ttl = 61): Packet {
  const request = packet.get(ICMP)!
  const reply = ICMP({ type: 0, id: request.id, seq: request.seq })
  return stack(IP({ src: packet.dst as string, dst: NEAR, ttl }), reply, request.payload ?? '')
}

/** An ICMP error about a packet. */
function error(packet: AnyPacket, from: string, fields: object): Packet {
  const quoted = packet.copy()
  return stack(IP({ src: from, dst: NEAR }), ICMP(fields), quotedBytes(quoted as AnyPacket))
}

/** The first 8 bytes behind the header, as RFC 792 wants them quoted. */
function quotedBytes(packet: AnyPacket): Uint8Array {
  return packet.bytes().slice(0, 28)
}

/** All is answered. */
const fast = { inter: 0.02, timeout: 20 }
/** Something is not, and is waited for. */
const brief = { inter: 0.02, timeout: 0.5 }
const TIME = String.raw`\d+(\.\d+)? ms`

describe('ping', () => {
  test('prints each answer as it comes, and gives the figures', async () => {
    const { link } = farEnd((packet) => echo(packet))
    const result = await ping(HOST, { link, count: 3, ...fast })
    const lines = printedLines()
    expect(lines).toHaveLength(3)
    lines.forEach((line, i) => {
      expect(line).toMatch(new RegExp(`^64 bytes from 10\\.0\\.0\\.2: seq ${i + 1} ttl 61 ${TIME}$`))
    })
    const [host] = result.hosts
    expect([result.sent, result.received, result.loss, host!.rtts.length]).toEqual([3, 3, 0, 3])
    const { min, avg, max, mdev } = host!
    expect(min!).toBeGreaterThanOrEqual(0)
    expect(min!).toBeLessThanOrEqual(avg!)
    expect(avg!).toBeLessThanOrEqual(max!)
    expect(mdev!).toBeLessThanOrEqual(max! - min!)
    expect(String(result).split('\n')[0]).toBe('--- 10.0.0.2: 3 sent, 3 received, 0 % lost')
    expect(String(result).split('\n')[1]).toMatch(/^rtt min\/avg\/max\/mdev [\d./]+ ms$/)
    expect(result.toJSON()).toMatchObject({ sent: 3, received: 3, loss: 0, hosts: [{ host: HOST, address: HOST }] })
    expect(JSON.parse(JSON.stringify(result)).hosts[0].rtts).toHaveLength(3)
    expect(ends[0]!.captures).toBe(0)
  })

  test('the options are in the packets', async () => {
    const end = farEnd((packet) => echo(packet))
    const options = { ...brief, count: 1, size: 5, pattern: 'abcd', ttl: 7, df: true, tos: 16, source: '10.0.0.7' }
    await ping(HOST, { link: end.link, ...options })
    const [packet] = end.seen
    expect([packet!.ttl, packet!.flags, packet!.tos, packet!.src]).toEqual([7, 'DF', 16, '10.0.0.7'])
    expect(Buffer.from(packet!.bytes().slice(28)).toString('hex')).toBe('abcdabcdab')
  })

  test('IPv6', async () => {
    const { link } = farEnd((packet) => {
      const { id, seq, data } = packet.get('ICMPv6EchoRequest') as AnyPacket
      const reply = ICMPv6EchoReply({ id: id as number, seq: seq as number, data: data as Uint8Array })
      return stack(IPv6({ src: packet.dst as string, dst: NEAR6, hlim: 60 }), reply)
    })
    const result = await ping('fd00::2', { link, count: 2, ...fast })
    expect(result.received).toBe(2)
    expect(printedLines()[0]).toMatch(new RegExp(`^64 bytes from fd00::2: seq 1 ttl 60 ${TIME}$`))
  })

  test('what is not answered is told, and is no round-trip time', async () => {
    const { link } = farEnd((packet) => (packet.get(ICMP)!.seq === 2 ? undefined : echo(packet)))
    const result = await ping(HOST, { link, count: 3, ...brief })
    expect([result.sent, result.received, result.hosts[0]!.rtts.length]).toEqual([3, 2, 2])
    expect(result.loss).toBeCloseTo(1 / 3)
    expect(printedLines()).toContain('10.0.0.2: no answer to seq 2 within 0.5 s')
    expect(String(result)).toContain('3 sent, 2 received, 33 % lost')
  })

  test('duplicates and late answers are marked; a late one counts', async () => {
    const { link } = farEnd((packet) => {
      const { seq } = packet.get(ICMP)!
      if (seq === 1) return [{ packet: echo(packet), after: 800 }]
      return seq === 2 ? [echo(packet), { packet: echo(packet), after: 5 }] : echo(packet)
    })
    const result = await ping(HOST, { link, count: 5, inter: 0.3, timeout: 0.4 })
    const [host] = result.hosts
    expect([host!.received, host!.duplicates, host!.late]).toEqual([5, 1, 1])
    const lines = printedLines()
    expect(lines.filter((line) => line.endsWith('(duplicate)'))).toHaveLength(1)
    expect(lines.find((line) => line.endsWith('(late)'))).toMatch(/^64 bytes from 10\.0\.0\.2: seq 1 ttl 61 \d+ ms/)
    expect(String(result)).toContain('5 sent, 5 received, +1 duplicate, 1 of them late, 0 % lost')
  })

  test('ICMP errors are told in words, with who sent them', async () => {
    const { link } = farEnd((packet) => error(packet, GATEWAY, { type: 3, code: 1 }))
    const result = await ping('10.9.9.9', { link, count: 1, ...fast })
    expect(printedLines()).toEqual(['10.0.0.254: host unreachable (10.9.9.9 seq 1)'])
    expect([result.received, result.hosts[0]!.errors, result.loss]).toEqual([0, 1, 1])
  })

  test('a redirect is advice: the answer still counts', async () => {
    const { link } = farEnd((packet) => [error(packet, GATEWAY, { type: 5, code: 1, gw: '10.0.0.253' }), echo(packet)])
    const result = await ping(HOST, { link, count: 1, ...fast })
    expect([result.received, result.hosts[0]!.errors]).toEqual([1, 0])
    expect(printedLines()[0]).toBe('10.0.0.254: redirect to 10.0.0.253 (10.0.0.2 seq 1)')
  })

  test('several hosts at once: a table; one that no neighbour answers for does not stop the others', async () => {
    const { link } = farEnd((packet) => echo(packet), { silent: ['10.0.0.9'] })
    const result = await ping([HOST, '10.0.0.9', '10.0.0.3'], { link, count: 2, ...fast })
    expect(result.hosts.map((host) => [host.name, host.sent, host.received, host.errors])).toEqual([
      [HOST, 2, 2, 0],
      ['10.0.0.9', 2, 0, 2],
      ['10.0.0.3', 2, 2, 0],
    ])
    expect(result.alive).toEqual([HOST, '10.0.0.3'])
    const lines = String(result).split('\n')
    expect(lines[0]).toMatch(/^HOST +SENT +RECEIVED +LOST +MIN ms +AVG +MAX +MDEV$/)
    expect(lines[2]).toMatch(/^10\.0\.0\.9 +2 +0 +100 % +- +- +- +- +2 errors$/)
    expect(lines[4]).toMatch(/^2 of 3 hosts answered; 6 sent, 4 received, 33 % lost, /)
    expect(printedLines()).toContain(
      'wire: nobody answers for 10.0.0.9 or the way there, nothing was sent (10.0.0.9 seq 1)',
    )
  })

  test('a group is waited for to the end: others may answer', async () => {
    const { link } = farEnd((packet) => {
      const reply = (src: string) => {
        const answer = echo(packet) as AnyPacket
        answer.src = src
        return answer
      }
      return [reply('10.0.0.2'), { packet: reply('10.0.0.3'), after: 100 }]
    })
    const result = await ping('224.0.0.1', { link, count: 1, ...brief })
    expect([result.received, result.hosts[0]!.duplicates]).toEqual([1, 1])
    expect(printedLines()[1]).toMatch(/^64 bytes from 10\.0\.0\.3: seq 1 ttl 61 \d+(\.\d+)? ms \(duplicate\)$/)
  })

  test('TCP: both SYN-ACK and RST are answers, each probe from a port of its own', async () => {
    const end = farEnd((packet) => {
      const { sport, dport, seq } = packet.get(TCP)!
      const flags = end.seen.length === 1 ? 'SA' : 'RA'
      return stack(IP({ src: HOST, dst: NEAR, ttl: 60 }), TCP({ sport: dport, dport: sport, flags, ack: seq + 1 }))
    })
    const result = await ping(HOST, { link: end.link, count: 2, tcp: 80, ...fast })
    expect(result.received).toBe(2)
    const lines = printedLines()
    expect(lines[0]).toMatch(/^port 80 open \(SYN-ACK\) from 10\.0\.0\.2: seq 1 ttl 60 /)
    expect(lines[1]).toMatch(/^port 80 closed \(RST\) from 10\.0\.0\.2: seq 2 ttl 60 /)
    expect(new Set(end.seen.map((packet) => packet.sport)).size).toBe(2)
  })

  test('UDP: that nobody is at the port is an answer', async () => {
    const { link } = farEnd((packet) => error(packet, HOST, { type: 3, code: 3 }))
    const result = await ping(HOST, { link, count: 1, udp: 9, ...fast })
    expect([result.received, result.hosts[0]!.errors]).toEqual([1, 0])
    expect(printedLines()[0]).toMatch(/^port 9 closed \(port unreachable\) from 10\.0\.0\.2: seq 1 ttl 64 /)
  })

  test('count 0 goes on until Ctrl-C, which keeps the result; what was not waited for is not lost', async () => {
    const end = farEnd((packet) => {
      const seq = packet.get(ICMP)!.seq as number
      if (seq === 5) setTimeout(() => task.interrupt(), 0)
      return seq > 3 ? undefined : echo(packet)
    })
    const task = ping(HOST, { link: end.link, count: 0, inter: 0.02, timeout: 60 })
    const result = await task
    expect(result.received).toBe(3)
    expect(result.sent).toBeGreaterThan(3)
    expect([result.loss, result.hosts[0]!.pending]).toEqual([0, result.sent - 3])
    expect(String(result)).toContain('not waited for, 0 % lost')
    expect(end.captures).toBe(0)
  })

  test('Ctrl-C while neighbours are asked for', async () => {
    const end = farEnd(() => undefined, { silent: [HOST] })
    const task = ping(HOST, { link: end.link })
    setTimeout(() => task.interrupt(), 50)
    const began = performance.now()
    const result = await task
    expect(performance.now() - began).toBeLessThan(1000)
    expect([result.sent, result.received, end.captures]).toEqual([0, 0, 0])
  })

  test('prn sees each event; what it returns is printed, quiet prints nothing', async () => {
    const { link } = farEnd((packet) => echo(packet))
    const events: PingEvent[] = []
    const prn = (event: PingEvent): string => {
      events.push(event)
      return `\x1b[2J${event.seq}`
    }
    await ping(HOST, { link, count: 1, ...fast, prn })
    expect(events[0]).toMatchObject({ kind: 'answer', host: HOST, seq: 1, from: HOST, ttl: 61 })
    expect(printedLines()).toEqual(['\\x1b[2J1'])
    await ping(HOST, { link, count: 1, ...fast, quiet: true })
    expect(printedLines()).toEqual([])
  })

  test('an answer to another run, or from another host, is nobody’s', async () => {
    const { link } = farEnd((packet) => {
      const { id = 0, seq = 0 } = packet.get(ICMP)!
      return [
        stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id: (id + 1) & 0xffff, seq })),
        stack(IP({ src: '10.0.0.66', dst: NEAR }), ICMP({ type: 0, id, seq })),
        stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id, seq: seq + 1 })),
      ]
    })
    expect((await ping(HOST, { link, count: 1, ...brief })).received).toBe(0)
  })

  test('a quoted packet that is hostile does not get in the way', async () => {
    const { link } = farEnd((packet) => [
      stack(IP({ src: GATEWAY, dst: NEAR }), ICMP({ type: 3, code: 1 }), IPerror({ ihl: 15, len: 65535 })),
      stack(IP({ src: GATEWAY, dst: NEAR }), ICMP({ type: 3, code: 1 }), IPerror(), UDPerror({ len: 1 })),
      echo(packet),
    ])
    expect((await ping(HOST, { link, count: 1, ...fast })).received).toBe(1)
  })

  const { link } = new FarEnd(() => undefined)
  test.each([
    [{ count: -1 }, 'ping: option count must be a whole number, 0 or more, not -1'],
    [{ cuont: 1 }, "ping has no option 'cuont'; did you mean 'count'?"],
    [{ inter: 0.001 }, 'ping: option inter must be 0.01 seconds or more (there is no flood mode), not 0.001'],
    [{ ttl: 0 }, 'ping: option ttl must be a whole number, 1..255, not 0'],
    [{ tcp: 80, udp: 53 }, 'ping: give either tcp or udp, not both'],
    [{ tcp: 80, size: 5 }, 'ping: probes of TCP (SYN) have no data: leave out size'],
    [{ pattern: 'xyz' }, 'ping: option pattern must be bytes, or hexadecimal text'],
    [{ source: 'here' }, 'ping: option source must be an IPv4 or IPv6 address, not here'],
    [{ family: 5 }, 'ping: option family must be 4 or 6, not 5'],
    [{ ipv4: true, ipv6: true }, 'ping: either IPv4 or IPv6 (options family, ipv4, ipv6), not both'],
    [{ rate: 0 }, 'ping: option rate must be a number of packets per second above 0, not 0'],
    [{ prn: 5 }, 'ping: option prn must be a function of an event'],
    [
      { link, size: 1473 },
      'ping: size 1473 makes packets of 1501 bytes, and wire takes 1500 (its MTU): size 1472 is the largest',
    ],
  ])('a mistake is told (%#)', async (options, message) => {
    await expect(ping(HOST, options as never)).rejects.toThrow(message)
  })

  test('no host, a family that does not fit', async () => {
    await expect(ping([])).rejects.toThrow('ping: there is no host')
    await expect(ping('::1', { ipv4: true })).rejects.toThrow('::1 is an IPv6 address, and IPv4 was asked for')
  })
})

describe('ping without rights', () => {
  /** One probe by connect(2). */
  async function connect(port: number, address = '127.0.0.1'): Promise<PingNews[]> {
    const transport = new ConnectPing(pingSettings({ tcp: port }), new AbortController().signal)
    const heard: PingNews[] = []
    transport.heard = (_, news) => heard.push(news)
    const host = new PingHost({ name: address, address, family: 4 })
    const probe: PingProbe = { host, seq: 1, state: 'waiting', sent: false, deadline: 0 }
    await transport.send([probe])
    await transport.wait(5, () => heard.length > 0)
    transport.close()
    return heard
  }

  test('an open and a closed port answer', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    expect(await connect(port)).toMatchObject([{ kind: 'answer', words: `port ${port} open (connected)` }])
    await new Promise((resolve) => server.close(resolve))
    const [news] = await connect(port)
    expect(news).toMatchObject({ kind: 'answer', from: '127.0.0.1', words: `port ${port} closed (refused)` })
    expect(news!.rtt).toBeGreaterThan(0)
  })
})
