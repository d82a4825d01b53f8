/** The practice network answers as a kernel does: the same probes to both, with the same answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fragment } from '../../src/exchange/index.js'
import {
  ARP,
  Ether,
  ICMP,
  ICMPv6EchoRequest,
  ICMPv6ND_NS,
  ICMPv6NDOptSrcLLAddr,
  IP,
  IPv6,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrHopByHop,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import { type Link, openLink } from '../../src/link/index.js'
import { type Packet, type Stackable, stack } from '../../src/packet/index.js'
import { type PracticeNetwork, practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'
import { type Expected, Prober, type Step, type World } from './kernel-comparison.js'

const ECHO = 7007
const DROPPED = 7025
const PROHIBITED = 7135
const CLOSED = 7099
const PORT = 40000
/** One a probe: a kernel counts what it answers to each. */
const CLIENTS = 230

const clientOf = (mac: string, net4: string, net6: string, i: number) => ({
  mac,
  ipv4: `${net4}${i + 20}`,
  ipv6: `${net6}${i + 20}`,
})

let lab: Lab
let kernelLink: Link
let practice: PracticeNetwork
let kernel: Prober
let simulation: Prober
let client = 0

beforeAll(async () => {
  lab = await openLab()
  const { here, there } = lab
  await lab.tcpListener(ECHO)
  await lab.udpListener(ECHO)
  for (const protocol of ['tcp', 'udp'] as const) {
    await lab.filterPort(protocol, DROPPED, 'drop')
    await lab.filterPort(protocol, PROHIBITED, 'reject')
  }
  const net4 = there.ipv4.replace(/\d+$/, '')
  const behind4 = net4.replace('10.86.', '10.87.')
  const net6 = there.ipv6.replace(/2$/, '')
  const behind6 = net6.replace('fd00:86:', 'fd00:87:')
  // Many clients whom no kernel answers for, so that none resets what the test makes by hand.
  const clients = Array.from({ length: CLIENTS }, (_, i) => clientOf(here.mac, net4, net6, i))
  const lines = [
    ...clients.flatMap(({ mac, ipv4, ipv6 }) =>
      [ipv4, ipv6].map((address) => `neigh replace ${address} lladdr ${mac} dev ${there.interfaceName}`),
    ),
    `route add prohibit ${behind4}9`,
    `route add ${behind4}14 via ${here.ipv4} mtu lock 1400`,
    `route add ${behind6}3 via ${here.ipv6}`,
    `route add blackhole ${behind6}2`,
    `route add prohibit ${behind6}9`,
    `route add ${behind6}14 via ${here.ipv6} mtu 1400`,
  ]
  await must(['ip', '-n', there.namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` })
  await lab.exec('there', ['sh', '-c', 'echo 0 > /proc/sys/net/ipv4/tcp_invalid_ratelimit'])
  kernelLink = openLink(here.interfaceName, { netns: here.namespace })
  const places = (four: string, six: string): Record<string, string> =>
    Object.fromEntries(
      ['1', '2', '3', '9', '14'].flatMap((last) => [
        [`behind4.${last}`, `${four}${last}`],
        [`behind6.${last}`, `${six}${last}`],
      ]),
    )
  kernel = new Prober({
    name: 'kernel',
    link: kernelLink,
    me: clients[0]!,
    host: { mac: there.mac, ipv4: there.ipv4, ipv6: there.ipv6 },
    places: places(behind4, behind6),
  })
  const ports = { [ECHO]: 'echo', [DROPPED]: 'drop', [PROHIBITED]: 'prohibited' } as const
  practice = practiceNetwork({
    only: true,
    routers: [{ name: 'host', ipv4: '10.0.0.2', ipv6: 'fd00:10::2', tcp: ports, udp: ports, mtu: 1400 }],
    hosts: [
      { name: 'distant', ipv4: '10.2.0.3', ipv6: 'fd00:12::3', behind: 'host', silent: true },
      { name: 'narrow', ipv4: '10.2.0.14', ipv6: 'fd00:12::14', behind: 'host', silent: true },
    ],
    areas: [
      { network: '10.2.0.1/32', behind: 'host', answer: 'host-unreachable' },
      { network: '10.2.0.2/32', behind: 'host', answer: 'silent' },
      { network: '10.2.0.9/32', behind: 'host', answer: 'prohibited' },
      { network: 'fd00:12::2/128', behind: 'host', answer: 'silent' },
      { network: 'fd00:12::9/128', behind: 'host', answer: 'prohibited' },
      { network: 'fd00:12::/64', behind: 'host', answer: 'network-unreachable' },
    ],
  })
  simulation = new Prober({
    name: 'practice network',
    link: practice.link,
    me: clientOf('02:00:0a:00:00:01', '10.0.0.', 'fd00:10::', 0),
    host: { mac: '02:00:0a:00:00:02', ipv4: '10.0.0.2', ipv6: 'fd00:10::2' },
    places: places('10.2.0.', 'fd00:12::'),
  })
})

afterAll(async () => {
  kernel?.close()
  simulation?.close()
  kernelLink?.close()
  practice?.close()
  await lab?.close()
})

type Probe = [name: string, steps: Step[], expected?: Expected[]]

/** Both must answer alike. */
async function alike(
  [, steps, expected]: Probe,
  compared: (lines: string[]) => string[] = (lines) => lines,
): Promise<string[]> {
  for (const { world } of [kernel, simulation])
    world.me = clientOf(world.me.mac, world.host.ipv4.replace(/\d+$/, ''), world.host.ipv6.replace(/\d+$/, ''), client)
  client++
  const answers = [await kernel.run(steps, expected), await simulation.run(steps, expected)].map(compared)
  expect(answers[1]).toEqual(answers[0])
  return answers[0]!
}

type Header = (world: World, fields?: Record<string, unknown>) => Stackable
const ipv4: Header = ({ me, host }, fields) => IP({ src: me.ipv4, dst: host.ipv4, ...fields })
const ipv6: Header = ({ me, host }, { ttl, tos, ...fields } = {}) =>
  IPv6({
    src: me.ipv6,
    dst: host.ipv6,
    ...(ttl === undefined ? {} : { hlim: ttl as number }),
    ...(tos === undefined ? {} : { tc: tos as number }),
    ...fields,
  })
const families = [
  { family: 4, ip: ipv4, place: (last: number) => `behind4.${last}` },
  { family: 6, ip: ipv6, place: (last: number) => `behind6.${last}` },
] as const

const text = (size: number): string => 'abcdefghijklmnopqrstuvwxyz'.repeat(60).slice(0, size)
describe.each(families)('IPv$family', ({ family, ip, place }) => {
  const tcp =
    (fields: Record<string, unknown>, data = ''): Step =>
    (world) =>
      stack(ip(world), TCP({ sport: PORT, seq: 1000, ...fields }), ...(data === '' ? [] : [data]))
  const udp =
    (fields: Record<string, unknown>, data = 'hello', header: Record<string, unknown> = {}): Step =>
    (world) =>
      stack(ip(world, header), UDP({ sport: PORT, ...fields }), data)
  const echo =
    (size: number, fields: Record<string, unknown> = {}, code = 0): Step =>
    (world) =>
      family === 4
        ? stack(ip(world, fields), ICMP({ type: 8, code, id: 77, seq: 3 }), text(size))
        : stack(ip(world, fields), ICMPv6EchoRequest({ code, id: 77, seq: 3, data: text(size) }))
  const inParts =
    (step: Step, mtu: number, order: (parts: Packet[]) => Packet[] = (parts) => parts): Step =>
    (world, dialogue) =>
      order([...fragment(step(world, dialogue) as Packet, { mtu, ...(family === 6 ? { id: 4711 } : {}) })])
  const says =
    (flags: string, seq: number, ack: number, data = ''): Step =>
    (world, { iss }) =>
      stack(
        ip(world),
        TCP({ sport: PORT, dport: ECHO, flags, seq: (1000 + seq) >>> 0, ack: (iss + ack) >>> 0 }),
        ...(data === '' ? [] : [data]),
      )
  const open = [says('S', 0, 0), says('A', 1, 1)]
  const beyond =
    (last: number, fields: Record<string, unknown> = {}, size = 20): Step =>
    (world) =>
      stack(ip(world, { dst: world.places[place(last)], ...fields }), UDP({ sport: PORT, dport: 33434 }), text(size))

  test.each<Probe>([
    ['a ping', [echo(56)]],
    ['a ping without data', [echo(0)]],
    ['a large ping', [echo(1400)]],
    ['the type of service comes back', [echo(20, { tos: 0x48 })]],
    ['a ping with a code', [echo(20, {}, 9)]],
    ['TTL 1 is enough for who is there', [echo(20, { ttl: 1 })]],
  ])('%s', async (...probe) => {
    expect(await alike(probe)).toHaveLength(1)
  })

  test.each<Probe>([
    ['SYN to a closed port', [tcp({ dport: CLOSED })]],
    ['SYN with data to a closed port', [tcp({ dport: CLOSED }, 'hello')]],
    ['ACK to a closed port', [tcp({ dport: CLOSED, flags: 'A', ack: 4711 })]],
    ['FIN to a closed port', [tcp({ dport: CLOSED, flags: 'F' })]],
    ['nothing to a closed port', [tcp({ dport: CLOSED, flags: 0 })]],
    ['everything to a closed port', [tcp({ dport: CLOSED, flags: 'FPU' })]],
    ['SYN-ACK to a closed port', [tcp({ dport: CLOSED, flags: 'SA', ack: 99 })]],
    ['SYN at the end of the numbers', [tcp({ dport: CLOSED, seq: 0xffffffff })]],
    ['SYN to an open port', [tcp({ dport: ECHO })]],
    ['SYN with an MSS to an open port', [tcp({ dport: ECHO, sport: PORT + 1, options: [['MSS', 1000]] })]],
    ['ACK to an open port', [tcp({ dport: ECHO, sport: PORT + 2, flags: 'A', ack: 4711 })]],
    ['SYN-ACK to an open port', [tcp({ dport: ECHO, sport: PORT + 3, flags: 'SA', ack: 4711 })]],
    ['UDP to a closed port', [udp({ dport: CLOSED })]],
    ['UDP to a closed port, with much to quote', [udp({ dport: CLOSED }, text(1400))]],
    ['UDP to a closed port, with a type of service', [udp({ dport: CLOSED }, 'x', { tos: 0xfe })]],
    ['UDP echo', [udp({ dport: ECHO })], [1]],
    ['UDP echo of nothing', [(world) => stack(ip(world), UDP({ sport: PORT, dport: ECHO }))], [1]],
    ['TCP to a prohibited port', [tcp({ dport: PROHIBITED })]],
    ['UDP to a prohibited port', [udp({ dport: PROHIBITED })]],
    ['an unknown protocol', [(world) => stack(ip(world, family === 4 ? { proto: 253 } : { nh: 253 }), 'what')]],
    ['time exceeded', [beyond(3, { ttl: 1 })]],
    ['time exceeded, with much to quote', [beyond(3, { ttl: 1 }, 1400)]],
    ['prohibited', [beyond(9)]],
    ['nobody there', [beyond(1)]],
    ['nobody there, asked before the TTL', [beyond(1, { ttl: 1 })]],
    ['too large for the next link', [beyond(14, family === 4 ? { flags: 'DF' } : {}, 1440)]],
  ])('%s', async (...probe) => {
    expect(await alike(probe)).toHaveLength(1)
  })

  test.each<Probe>([
    ['RST to a closed port', [tcp({ dport: CLOSED, flags: 'R' })]],
    ['RST to an open port', [tcp({ dport: ECHO, sport: PORT + 4, flags: 'R' })]],
    ['FIN to an open port', [tcp({ dport: ECHO, sport: PORT + 5, flags: 'F' })]],
    ['nothing to an open port', [tcp({ dport: ECHO, sport: PORT + 6, flags: 0 })]],
    ['everything to an open port', [tcp({ dport: ECHO, sport: PORT + 7, flags: 'FPU' })]],
    ['SYN and FIN to an open port', [tcp({ dport: ECHO, sport: PORT + 8, flags: 'SF' })]],
    ['TCP with a wrong checksum', [tcp({ dport: CLOSED, chksum: 0x1234 })]],
    ['TCP with a short header', [tcp({ dport: CLOSED, dataofs: 4 })]],
    ['TCP with a header that is too long', [tcp({ dport: CLOSED, dataofs: 15 })]],
    ['UDP with a wrong checksum', [udp({ dport: CLOSED, chksum: 0x1234 })]],
    ['UDP longer than its packet', [udp({ dport: CLOSED, len: 100 })]],
    ['UDP shorter than its header', [udp({ dport: CLOSED, len: 7 })]],
    ['TCP to a dropped port', [tcp({ dport: DROPPED })]],
    ['UDP to a dropped port', [udp({ dport: DROPPED })]],
    [
      'a packet from the host itself',
      [(world) => stack(ip(world, { src: world.host[`ipv${family}`] }), UDP({ dport: CLOSED }))],
    ],
    ['a black hole', [beyond(2)]],
    [
      'a ping with a wrong checksum',
      [
        (world) =>
          family === 4
            ? stack(ip(world), ICMP({ chksum: 0x1111 }))
            : stack(ip(world), ICMPv6EchoRequest({ cksum: 0x1111 })),
      ],
    ],
  ])('no answer: %s', async (...probe) => {
    expect(await alike(probe)).toEqual([])
  })

  test.each<Probe>([
    ['a ping in fragments', [inParts(echo(4000), 1500)]],
    ['a ping in small fragments, from the last to the first', [inParts(echo(1400), 576, (parts) => parts.reverse())]],
    [
      'a ping in fragments, one of them twice',
      [inParts(echo(3000), 1500, ([first, ...rest]) => [first!, first!, ...rest])],
    ],
    ['UDP in fragments', [inParts(udp({ dport: ECHO }, text(1400).repeat(3)), 1500)], [3]],
  ])('%s', async (...probe) => {
    expect((await alike(probe)).length).toBeGreaterThan(0)
  })

  test('a fragment is missing', async () => {
    expect(await alike(['', [inParts(echo(4000), 1500, (parts) => parts.slice(0, -1))]])).toEqual([])
  })

  test.each<Probe>([
    ['SYN again', [says('S', 0, 0), says('S', 0, 0)]],
    ['a handshake', open],
    ['a handshake with a wrong number', [says('S', 0, 0), says('A', 1, 5)]],
    ['a handshake that is taken back', [says('S', 0, 0), says('R', 1, 0), says('A', 1, 1)]],
    [
      'a handshake, taken back with a wrong number',
      [says('S', 0, 0), says('R', 5, 0), says('A', 1, 1), says('A', 1, 1)],
    ],
    ['data and its echo', [...open, says('PA', 1, 1, 'hello'), says('A', 6, 6)], [1, 0, 2]],
    ['data with the handshake', [says('S', 0, 0), says('PA', 1, 1, 'hello')], [1, 2]],
    ['data twice', [...open, says('PA', 1, 1, 'hello'), says('A', 6, 6), says('PA', 1, 1, 'hello')], [1, 0, 2]],
    ['data that comes too early', [...open, says('PA', 6, 1, 'world')]],
    ['data far ahead', [...open, says('PA', 1_000_000, 1, 'world')]],
    ['an acknowledgement of what was not said', [...open, says('A', 1, 1000)]],
    ['an old acknowledgement', [...open, says('PA', 1, 1, 'hello'), says('A', 6, 1)], [1, 0, 2]],
    ['a SYN in the middle', [...open, says('S', 1, 0)]],
    ['an old SYN in the middle', [...open, says('S', 0, 0)]],
    ['no ACK in the middle', [...open, says('P', 1, 0, 'hello')]],
    ['a reset', [...open, says('R', 1, 0), says('A', 1, 1)]],
    ['a reset that is not exact', [...open, says('R', 10, 0), says('A', 1, 1)]],
    ['a reset far away', [...open, says('R', 1_000_000, 0)]],
  ])('conversation: %s', async (...probe) => {
    expect((await alike(probe)).length).toBeGreaterThan(0)
  })

  test.each<Probe>([
    ['closed from here', [...open, says('FA', 1, 1), says('A', 2, 2), says('A', 2, 2)], [1, 0, 'F']],
    ['data and close in one', [...open, says('FPA', 1, 1, 'hello'), says('A', 7, 7), says('A', 7, 7)], [1, 0, 'F']],
  ])('%s', async (...probe) => {
    // How long the kernel keeps an acknowledgement back, and when its program closes, depends on how busy the machine is.
    const untimed = (lines: string[]) =>
      lines.filter((line) => !/ flags=A .* options=$/.test(line)).map((line) => line.replace(/^\d+: /, ''))
    expect((await alike(probe, untimed)).length).toBeGreaterThan(2)
  })
})

describe('on the link', () => {
  const EVERYBODY = 'ff:ff:ff:ff:ff:ff'
  const arp =
    (fields: (world: World) => Record<string, unknown>, dst?: string): Step =>
    (world) =>
      stack(
        Ether({ src: world.me.mac, dst: dst ?? world.host.mac }),
        ARP({ hwsrc: world.me.mac, psrc: world.me.ipv4, pdst: world.host.ipv4, ...fields(world) }),
      )
  const solicitation =
    (header: Record<string, unknown> = {}, fields: Record<string, unknown> = {}, hasOption = true): Step =>
    (world) =>
      stack(
        Ether({ src: world.me.mac, dst: '33:33:ff:00:00:02' }),
        IPv6({ src: world.me.ipv6, dst: 'ff02::1:ff00:2', hlim: 255, ...header }),
        ICMPv6ND_NS({ tgt: world.host.ipv6, ...fields }),
        ...(hasOption ? [ICMPv6NDOptSrcLLAddr({ lladdr: world.me.mac })] : []),
      )
  const toAll =
    (dst: string, packet: (world: World) => Stackable[]): Step =>
    (world) =>
      stack(Ether({ src: world.me.mac, dst }), ...packet(world))

  test.each<Probe>([
    ['ARP', [arp(() => ({}), EVERYBODY)]],
    ['ARP to one', [arp(() => ({}))]],
    ['ARP by somebody without an address', [arp(() => ({ psrc: '0.0.0.0' }), EVERYBODY)]],
    ['a neighbour solicitation', [solicitation()]],
    [
      'a neighbour solicitation to one',
      [(world) => stack(ipv6(world, { ttl: 255 }), ICMPv6ND_NS({ tgt: world.host.ipv6 }))],
    ],
    ['a neighbour solicitation by somebody without an address', [solicitation({ src: '::' }, {}, false)]],
    [
      'a ping to all',
      [toAll('33:33:00:00:00:01', ({ me }) => [IPv6({ src: me.ipv6, dst: 'ff02::1' }), ICMPv6EchoRequest({ id: 1 })])],
    ],
    [
      'options that mean nothing',
      [
        (world) =>
          stack(ipv6(world), IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt({ options: [[0x1e, 'ab']] }), ICMPv6EchoRequest()),
      ],
    ],
    [
      'an option that must be understood',
      [(world) => stack(ipv6(world), IPv6ExtHdrDestOpt({ options: [[0x9e, 'ab']] }), ICMPv6EchoRequest())],
    ],
    [
      'an option that must be understood, after others',
      [
        (world) =>
          stack(
            ipv6(world),
            IPv6ExtHdrHopByHop({
              options: [
                ['PadN', '\0\0\0\0'],
                [0xde, 'ab'],
              ],
            }),
            ICMPv6EchoRequest(),
          ),
      ],
    ],
    ['an unknown protocol behind options', [(world) => stack(ipv6(world), IPv6ExtHdrDestOpt({ nh: 253 }), 'what')]],
  ])('%s', async (...probe) => {
    expect(await alike(probe)).toHaveLength(1)
  })

  test.each<Probe>([
    ['ARP for somebody else', [arp(({ me }) => ({ pdst: me.ipv4.replace(/\d+$/, '99') }), EVERYBODY)]],
    ['an ARP answer', [arp(() => ({ op: 2 }), EVERYBODY)]],
    ['a solicitation that was forwarded', [solicitation({ hlim: 254 })]],
    ['a solicitation with a code', [solicitation({}, { code: 1 })]],
    ['a solicitation with a wrong checksum', [solicitation({}, { cksum: 1 })]],
    ['a solicitation for somebody else', [solicitation({}, { tgt: 'fd00:99::2' })]],
    [
      'a broken option of a solicitation',
      [
        (world) =>
          stack(ipv6(world, { ttl: 255 }), ICMPv6ND_NS({ tgt: world.host.ipv6 }), ICMPv6NDOptSrcLLAddr({ len: 0 })),
      ],
    ],
    ['a ping to everybody', [toAll(EVERYBODY, ({ me }) => [IP({ src: me.ipv4, dst: '255.255.255.255' }), ICMP()])]],
    [
      'UDP to everybody',
      [toAll(EVERYBODY, ({ me }) => [IP({ src: me.ipv4, dst: '255.255.255.255' }), UDP({ dport: CLOSED })])],
    ],
    [
      'a message in the padding',
      [(world) => stack(ipv6(world), IPv6ExtHdrHopByHop({ options: [['PadN', 'abcd']] }), ICMPv6EchoRequest())],
    ],
    ['no next header', [(world) => stack(ipv6(world, { nh: 59 }), 'what')]],
    [
      'an option to be silent about',
      [(world) => stack(ipv6(world), IPv6ExtHdrDestOpt({ options: [[0x5e, 'ab']] }), ICMPv6EchoRequest())],
    ],
    ['a wrong header checksum', [(world) => stack(ipv4(world, { chksum: 1 }), ICMP())]],
    ['a packet that is too short', [(world) => stack(ipv4(world, { len: 2000 }), ICMP())]],
    ['a header that is too short', [(world) => stack(ipv4(world, { ihl: 4 }), ICMP())]],
    ['another version', [(world) => stack(ipv4(world, { version: 5 }), ICMP())]],
    [
      'an error about an error',
      [(world) => stack(ipv4(world), ICMP({ type: 3, code: 3 }), ipv4(world), UDP({ sport: 1, dport: 2 }))],
    ],
    ['an echo reply', [(world) => stack(ipv4(world), ICMP({ type: 0, id: 1 }))]],
    [
      'the error of a later fragment',
      [(world) => stack(ipv4(world, { frag: 100, proto: 17, dst: world.places['behind4.3'], ttl: 1 }), 'abcdefgh')],
    ],
  ])('no answer: %s', async (...probe) => {
    expect(await alike(probe)).toEqual([])
  })
})
