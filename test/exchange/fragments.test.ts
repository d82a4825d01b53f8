import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PacketList } from '../../src/capture/index.js'
import { defragment, fragment, rdpcap, setReporter } from '../../src/exchange/index.js'
import {
  Dot1Q,
  Ether,
  IP,
  IPv6,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrFragment,
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrRouting,
  Raw,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import { type Link, openLink } from '../../src/link/index.js'
import { type AnyPacket, dissect, type Packet, stack } from '../../src/packet/index.js'
import { type Lab, openLab } from '../lab/lab.js'

const bytesOf = (size: number, seed = 1) =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 255)
const hex = (packet: Packet) => packet.hex()
const ip4 = (size: number, fields = {}) =>
  stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', id: 77, ...fields }), UDP({ sport: 1, dport: 2 }), bytesOf(size))
const ip6 = (size: number, ...between: Packet[]) =>
  stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), ...between, UDP({ sport: 1, dport: 2 }), bytesOf(size))

/** Field values of each packet's layer. */
const rows = (list: Iterable<Packet>, layer: string, fields: string[]) =>
  [...list].map((packet) => fields.map((field) => packet.get(layer)?.raw(field)))

describe('IPv4', () => {
  test('offsets, lengths and flags of a datagram in three', () => {
    const list = fragment(ip4(4000), { mtu: 1500 })
    expect(list).toBeInstanceOf(PacketList)
    expect(rows(list, 'IP', ['len', 'frag', 'flags', 'id', 'proto'])).toEqual([
      [1500, 0, 1, 77, 17],
      [1500, 185, 1, 77, 17],
      [1068, 370, 0, 77, 17],
    ])
    // Each header's checksum is right: it sums to zero with itself in it, so building anew changes nothing.
    for (const part of list) {
      const again = part.copy() as AnyPacket
      again.get('IP')!.unset('chksum')
      expect(again.hex()).toBe(part.hex())
    }
  })

  test('a packet that fits stays as it is; the MTU may be given alone', () => {
    const packet = ip4(1472)
    expect([...fragment(packet)].map(hex)).toEqual([packet.hex()])
    expect(fragment(ip4(1473))).toHaveLength(2)
    expect(fragment(ip4(1000), 576)).toHaveLength(2)
  })

  test('frames keep what is around IP, in each fragment; padding goes', () => {
    const frame = stack(Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }), Dot1Q({ vlan: 7 }), ip4(100))
    const padded = dissect(Ether, Buffer.concat([frame.bytes(), Buffer.alloc(9)]))
    const list = fragment(padded, 68)
    expect(list).toHaveLength(3)
    expect(rows(list, 'Dot1Q', ['vlan'])).toEqual([[7], [7], [7]])
    expect([...list].map((each) => each.bytes().length)).toEqual([18 + 68, 18 + 68, 18 + 20 + 12])
    expect(defragment(list)[0]!.hex()).toBe(frame.hex())
  })

  test('options are repeated by their copy flag', () => {
    const options = [['RR', [4, '0.0.0.0', '0.0.0.0']], ['NOP'], ['LSRR', [4, '10.0.0.9']], ['RouterAlert', 0]] as never
    const packet = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', options }), UDP(), bytesOf(200))
    const list = [...fragment(packet, 100)]
    const names = list.map((each) => (each.get('IP')!.raw('options') as [string][]).map(([name]) => name))
    expect(names[0]).toEqual(expect.arrayContaining(['RR', 'LSRR', 'RouterAlert']))
    for (const each of names.slice(1)) {
      expect(each).toEqual(expect.arrayContaining(['LSRR', 'RouterAlert']))
      expect(each).not.toContain('RR')
    }
    expect(list.every((each) => each.bytes().length <= 100)).toBe(true)
    expect(defragment(list)[0]!.hex()).toBe(packet.hex())
  })

  test('a fragment is split further', () => {
    const twice = [...fragment(ip4(4000), 1500)].flatMap((each) => [...fragment(each, 600)])
    expect(twice.length).toBeGreaterThan(6)
    const flags = rows(twice, 'IP', ['flags']).map(([value]) => value)
    expect(flags.filter((value) => value === 0)).toHaveLength(1)
    expect(flags.at(-1)).toBe(0)
    expect(defragment(twice).map(hex)).toEqual([ip4(4000).hex()])
  })

  test('DF forbids it, unless forced', () => {
    const packet = ip4(4000, { flags: 'DF' })
    expect(() => fragment(packet)).toThrow(
      /a packet of 4028 bytes has the DF flag .* set: unset it, or give \{force: true\}/,
    )
    const list = fragment(packet, { force: true })
    expect(rows(list, 'IP', ['flags'])).toEqual([[3], [3], [2]])
    expect(defragment(list)[0]!.hex()).toBe(packet.hex())
  })

  test('an identification for all', () => {
    expect(rows(fragment(ip4(4000), { id: 65535 }), 'IP', ['id'])).toEqual([[65535], [65535], [65535]])
    expect(() => fragment(ip4(4000), { id: 65536 })).toThrow(/65536 does not fit IPv4's 16 bits/)
  })

  test('each packet of a set, and of a list', () => {
    const set = stack(IP({ src: '10.0.0.1', dst: '10.0.0.0/30' }), UDP(), bytesOf(2000))
    expect(fragment(set)).toHaveLength(8)
    expect(fragment([ip4(2000), ip4(10)])).toHaveLength(3)
  })
})

describe('IPv6', () => {
  test('the fragment header, and what is repeated in front of it', () => {
    const list = fragment(ip6(3000), { mtu: 1500, id: 0xdeadbeef })
    expect(rows(list, 'IPv6', ['plen', 'nh'])).toEqual([
      [1456, 44],
      [1456, 44],
      [8 + 3008 - 2 * 1448, 44],
    ])
    expect(rows(list, 'IPv6ExtHdrFragment', ['nh', 'offset', 'm', 'id'])).toEqual([
      [17, 0, 1, 0xdeadbeef],
      [17, 181, 1, 0xdeadbeef],
      [17, 362, 0, 0xdeadbeef],
    ])
    expect(defragment(list)[0]!.hex()).toBe(ip6(3000).hex())
  })

  test('hop-by-hop options and routing headers are in each fragment, other options only once', () => {
    const routing = IPv6ExtHdrRouting({ addresses: ['fd00::9'] })
    const packet = ip6(2000, IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), routing, IPv6ExtHdrDestOpt())
    const list = [...fragment(packet, 600)]
    const names = list.map((each) => each.layers().map((layer) => layer.layerName.replace('IPv6ExtHdr', '')))
    const repeated = ['IPv6', 'HopByHop', 'DestOpt', 'Routing', 'Fragment']
    for (const each of names) expect(each.slice(0, 5)).toEqual(repeated)
    expect(names[0]![5]).toBe('DestOpt')
    expect(list.every((each) => each.bytes().length <= 600)).toBe(true)
    expect(defragment(list)[0]!.hex()).toBe(packet.hex())
    const only = [...fragment(ip6(2000, IPv6ExtHdrDestOpt()), 600)]
    expect(only.map((each) => each.layers()[1]!.layerName)).toEqual(only.map(() => 'IPv6ExtHdrFragment'))
  })

  test('identifications differ; one that is written in the packet stays', () => {
    const ids = new Set(Array.from({ length: 20 }, () => fragment(ip6(2000))[0]!.get('IPv6ExtHdrFragment')!.raw('id')))
    expect(ids.size).toBeGreaterThan(15)
    const own = fragment(ip6(2000, IPv6ExtHdrFragment({ id: 5 })), 800)
    expect(rows(own, 'IPv6ExtHdrFragment', ['id'])).toEqual([[5], [5], [5]])
    expect(defragment(own)[0]!.hex()).toBe(ip6(2000).hex())
  })
})

describe('what can not be', () => {
  test('says why', () => {
    expect(() => fragment(stack(Ether(), 'x'))).toThrow(/fragment: .* has no IP or IPv6 layer/)
    expect(() => fragment(ip4(100), 27)).toThrow('option mtu must be a whole number of bytes from 28 to 65535, not 27')
    expect(() => fragment(ip4(100), { mut: 1 } as object)).toThrow(`fragment has no option 'mut'; did you mean 'mtu'?`)
    expect(() => fragment(ip6(100), 50)).toThrow('an mtu of 50 has no room: headers of 48 bytes and 8 of data need 56')
    expect(() => fragment(stack(IP({ len: 3000 }), Raw({ load: bytesOf(100) })))).toThrow(
      /fewer bytes than its own length says/,
    )
    expect(() => defragment(7 as never)).toThrow(/give a list of packets/)
  })
})

describe('fragment, shuffle, defragment is identity', () => {
  const packets = fc.record({
    size: fc.integer({ min: 0, max: 9000 }),
    seed: fc.nat(255),
    six: fc.boolean(),
    ether: fc.boolean(),
  })

  test('for lists of datagrams, in any order, with duplicates', () => {
    fc.assert(
      fc.property(
        fc.array(packets, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 60, max: 2000 }),
        fc.infiniteStream(fc.nat(1_000_000)),
        (list, mtu, random) => {
          const originals = list.map(({ size, seed, six, ether }, i) => {
            const network = six
              ? IPv6({ src: 'fd00::1', dst: 'fd00::2' })
              : IP({ src: '10.0.0.1', dst: '10.0.0.2', id: i })
            const whole = stack(network, UDP({ sport: i, dport: 9 }), bytesOf(size, seed))
            return ether ? stack(Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }), whole) : whole
          })
          const parts = originals.flatMap((each) => [...fragment(each, mtu)])
          const fragments = parts.filter((each) => isPart(each))
          const mixed = [...parts, ...fragments.filter(() => next(random) % 5 === 0)]
          for (let i = mixed.length - 1; i > 0; i--) {
            const j = next(random) % (i + 1)
            ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
          }
          // Copies that come after their datagram was complete wait for ever: they are fragments still.
          const result = defragment(mixed)
            .filter((each) => !isPart(each))
            .map(hex)
          const expected = originals.map(hex).sort()
          expect([...new Set(result)].sort()).toEqual([...new Set(expected)])
        },
      ),
      { numRuns: 150 },
    )
  })

  const next = (random: Iterator<number>): number => random.next().value as number
  const isPart = (packet: Packet) =>
    packet.has('IPv6ExtHdrFragment') ||
    (packet.has('IP') && (packet.get('IP')!.raw('flags') === 1 || packet.get('IP')!.raw('frag') !== 0))
})

describe('defragment', () => {
  test('what is no fragment and what is not complete stays in place', () => {
    const [a, b, c] = fragment(ip4(4000)) as unknown as Packet[]
    const other = stack(IP({ src: '10.0.0.3', dst: '10.0.0.4' }), TCP())
    const [lost] = fragment(ip4(3000, { id: 78 })) as unknown as Packet[]
    const result = defragment([c!, other, a!, lost!, b!, other])
    expect([...result].map((each) => each.hex())).toEqual([other, lost!, ip4(4000), other].map(hex))
    expect(result[2]!.get('UDP')!.raw('len')).toBe(4008)
  })

  test('a fragment that comes too late belongs to another datagram', () => {
    const [a, b] = fragment(ip4(2000)) as unknown as Packet[]
    a!.time = 1000
    b!.time = 1031
    expect(defragment([a!, b!])).toHaveLength(2)
    b!.time = 1029
    const whole = defragment([a!, b!])
    expect(whole).toHaveLength(1)
    expect(whole[0]!.time).toBe(1029)
  })

  test('overlaps are said', () => {
    const said: string[] = []
    setReporter((text, kind) => kind === 'warning' && said.push(text))
    try {
      defragment([...fragment(ip4(4000)), ...fragment(ip4(4000, { id: 78 }))])
      expect(said).toEqual([])
      const [first] = fragment(ip4(2000)) as unknown as Packet[]
      const fields = { src: '10.0.0.1', dst: '10.0.0.2', id: 77, proto: 17, frag: 100 }
      const last = stack(IP(fields), 'E'.repeat(1208))
      const [whole] = defragment([first!, last]) as unknown as Packet[]
      expect(whole!.bytes().subarray(20, 1500)).toEqual(first!.bytes().subarray(20))
      expect(whole!.bytes().subarray(1500).toString()).toBe('E'.repeat(528))
      expect(said[0]).toMatch(/^1 fragment overlapped others: of IPv4 the bytes that came first count/)
    } finally {
      setReporter(() => undefined)
    }
  })
})

describe('with the kernel as peer', () => {
  let lab: Lab
  let link: Link
  beforeAll(async () => {
    lab = await openLab()
    link = openLink('veth-here', { netns: lab.here.namespace })
  })
  afterAll(async () => {
    link?.close()
    await lab?.close()
  })

  test.each([4, 6] as const)(
    'a ping of 4000 bytes over IPv%i: what the kernel fragmented is put together',
    async (family) => {
      const { ipv4, ipv6 } = lab.there
      const target = family === 4 ? ipv4 : ipv6
      const capture = await lab.capture('here', family === 4 ? 'icmp or ip[6:2] & 0x3fff != 0' : 'icmp6 or ip6[6] = 44')
      const result = await lab.exec('here', ['ping', '-c', '1', '-s', '4000', '-p', 'a5c3', target])
      expect(result.status).toBe(0)
      const file = await capture
        .stop()
        .then((stopped) => (stopped as unknown as { file?: string })?.file ?? capture.file)
      const seen = await rdpcap(file)
      const whole = defragment(seen).filter((each) => !isNeighbourTalk(each))
      expect(seen.length).toBeGreaterThanOrEqual(6)
      expect(whole).toHaveLength(2)
      for (const [i, packet] of [...whole].entries()) {
        const echo = packet.get(family === 4 ? 'ICMP' : i === 0 ? 'ICMPv6EchoRequest' : 'ICMPv6EchoReply')!
        expect(packet.issues()).toEqual([])
        const sum = echo.raw(family === 4 ? 'chksum' : 'cksum')
        // The checksum covers the whole: it is right only when every byte is in its place.
        const again = packet.copy()
        again.get(echo.layerName)!.unset(family === 4 ? 'chksum' : 'cksum')
        expect(
          again
            .rebuilt()
            .get(echo.layerName)!
            .raw(family === 4 ? 'chksum' : 'cksum'),
        ).toBe(sum)
        expect(packet.bytes().subarray(-100).toString('hex')).toBe('a5c3'.repeat(50))
        expect(packet.bytes().length).toBe(14 + (family === 4 ? 20 : 40) + 8 + 4000)
      }
    },
  )

  const isNeighbourTalk = (packet: Packet) => packet.layers().some((layer) => layer.layerName.startsWith('ICMPv6ND'))

  test.each([4, 6] as const)('a UDP datagram that we fragmented over IPv%i is echoed by the kernel', async (family) => {
    const listener = await lab.udpListener()
    const { here, there } = lab
    const load = bytesOf(5000, 9)
    const network =
      family === 4 ? IP({ src: here.ipv4, dst: there.ipv4, id: 4242 }) : IPv6({ src: here.ipv6, dst: there.ipv6 })
    const datagram = stack(
      Ether({ src: here.mac, dst: there.mac }),
      network,
      UDP({ sport: 4000, dport: listener.port }),
      load,
    )
    const parts = [...fragment(datagram, 900)]
    expect(parts.length).toBeGreaterThan(5)
    const answers: Packet[] = []
    // The answer's fragments come in any case; the program that would read them is not there, and the kernel says so.
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`only ${answers.length} fragments came back`)), 5000)
      const capture = link.capture(
        {
          immediate: true,
          filter: `ether src ${there.mac} and ${family === 4 ? 'ip[6:2] & 0x3fff != 0' : 'ip6[6] = 44'}`,
        },
        (batch) => {
          for (let i = 0; i < batch.count; i++) {
            const at = batch.offsets[i]!
            answers.push(dissect(Ether, batch.buffer.slice(at, at + batch.lengths[i]!)))
          }
          if (!defragment(answers).some((each) => each.has('UDP') && each.has('Raw') && each.bytes().length > 5000))
            return
          clearTimeout(timer)
          capture.stop()
          resolve()
        },
        reject,
      )
      // Backwards: the order must not count.
      link.send(parts.reverse().map((part) => part.bytes()))
    })
    const echoed = defragment(answers).filter((each) => each.bytes().length > 5000)[0]!
    expect(echoed.get('UDP')!.raw('sport')).toBe(listener.port)
    expect(Buffer.from(echoed.get('Raw')!.raw('load') as Uint8Array).equals(Buffer.from(load))).toBe(true)
    await listener.stop()
  })
})
