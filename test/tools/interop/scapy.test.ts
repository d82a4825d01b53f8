/** Packets go to Scapy and come from it as text; the bytes are the same on both sides. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { DNS, Ether, ICMP, IP, IPv6, Raw, TCP, UDP } from '../../../src/layers/index.js'
import { dissect, type Packet, RandIP, RandMAC, RandShort, RandString, stack } from '../../../src/packet/index.js'
import { fromScapy, toScapy } from '../../../src/tools/interop/index.js'
import { bytesOf, outermostOf, type Vector, vectorsOf } from '../../layers/vectors.js'

/** Files of vectors of the layers that both have with the same fields. */
const COMMON = [
  'arp',
  'dhcp',
  'dns',
  'dot1q',
  'ethernet',
  'icmp',
  'ip',
  'ipv6',
  'tcp',
  'udp',
  'raw',
  'icmpv6-neighbour',
]

interface Case {
  name: string
  packet: Packet
  hex: string
}

const cases: Case[] = COMMON.flatMap((file) =>
  vectorsOf(file).map((vector) => ({
    name: `${file}: ${vector.name}`,
    packet: outermostOf(vector, (vector as Vector & { layer?: string }).layer ?? usual(file))(bytesOf(vector)),
    hex: vector.hex,
  })),
)

function usual(file: string): string {
  return (
    {
      arp: 'ARP',
      dhcp: 'BOOTP',
      dns: 'DNS',
      dot1q: 'Dot1Q',
      ethernet: 'Ether',
      icmp: 'ICMP',
      ip: 'IP',
      ipv6: 'IPv6',
      tcp: 'TCP',
      udp: 'UDP',
    }[file] ?? 'Raw'
  )
}

/** What a DNS message says, without the lengths of names. */
function meaning(message: Packet): string {
  return JSON.stringify(message.toJSON().layers[0], (key, value: unknown) =>
    key === 'rdlen' || key === 'length' ? undefined : value,
  )
}

function askScapy(questions: readonly object[]): Record<string, string>[] {
  const script = fileURLToPath(new URL('ask-scapy.py', import.meta.url))
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('')
  const output = execFileSync('/usr/bin/python3', [script], {
    input,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 << 20,
  })
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
}

/** What Scapy's own `command()` has lost or taken for something else. */
const LOSSY: Readonly<Record<string, string>> = {
  'dns: DNAME': 'the name in DNAME is bytes of the wire to Scapy',
  'dns: a name with a dot in a label': 'the dot is no other than those between labels',
  'dns: a name with bytes that are not printable': 'names are bytes without escapes',
  'dns: no such name, proven by NSEC': 'the types are bytes',
  'dns: no such name, proven by NSEC3': 'the types are bytes',
  'dns: ANY over TCP': 'the types of NSEC are bytes',
  'dns: UPDATE over TCP': 'records without data are read as others',
  'dns: EDNS options: NSID, subnet, expiry, cookie, padding': 'an option without data swallows the next one',
  'icmp: router advertisement': 'the addresses are no field',
  'ip: time stamps of two routers': 'an option that is not understood, and says so',
}

describe('with Scapy itself', () => {
  let evaluated: Record<string, string>[]
  let commands: Record<string, string>[]
  beforeAll(() => {
    evaluated = askScapy(cases.map(({ packet }) => ({ eval: toScapy(packet) })))
    commands = askScapy(cases.map(({ packet, hex }) => ({ dissect: [packet.layerName, hex] })))
  }, 120_000)

  test('there are cases enough', () => expect(cases.length).toBeGreaterThan(100))

  test('our text gives the same bytes in Scapy', () => {
    const wrong = cases.flatMap(({ name, packet, hex }, i) =>
      evaluated[i]!.hex === hex
        ? []
        : [`${name}: ${toScapy(packet)} → ${evaluated[i]!.hex ?? evaluated[i]!.error}, not ${hex}`],
    )
    expect(wrong).toEqual([])
  })

  test("Scapy's text gives the same bytes here", () => {
    const wrong = cases.flatMap(({ name, packet, hex }, i) => {
      if (name in LOSSY) return []
      const { command = '', error } = commands[i]!
      try {
        const made = error === undefined ? fromScapy(command) : undefined
        // Scapy's text does not say how names were compressed.
        const records = made?.get('DNS')
        if (records !== undefined && [...records.an, ...records.ns, ...records.ar].length > 0) {
          const own = meaning(dissect(DNS, records.bytes().subarray(made!.has('TCP') ? 2 : 0)))
          const given = meaning(packet.get(DNS)!)
          return own === given ? [] : [`${name}: ${command} → ${own}, not ${given}`]
        }
        const got = error ?? made!.hex()
        return got === hex ? [] : [`${name}: ${command} → ${got}, not ${hex}`]
      } catch (failure) {
        return [`${name}: ${command}: ${(failure as Error).message}`]
      }
    })
    expect(wrong).toEqual([])
  })
})

describe('fromScapy', () => {
  test.each([
    ["IP(dst='10.0.0.1')/ICMP()", () => stack(IP({ dst: '10.0.0.1' }), ICMP())],
    [
      'p = Ether()/IP(dst="10.0.0.1", ttl=(1, 5))/TCP(dport=[22, (80, 90)], flags=\'S\')',
      () => stack(Ether(), IP({ dst: '10.0.0.1', ttl: [[1, 5]] }), TCP({ dport: [22, [80, 90]], flags: 'S' })),
    ],
    [
      "IP(dst=Net('10.0.0.0/30'))/UDP(dport=53)/DNS(rd=1, qd=DNSQR(qname='example.org'))",
      () => stack(IP({ dst: '10.0.0.0/30' }), UDP({ dport: 53 }), DNS({ rd: 1, qd: 'example.org' })),
    ],
    ["IPv6(dst='fd00::1')/b'a\\x00' b'b'", () => stack(IPv6({ dst: 'fd00::1' }), Raw(Uint8Array.of(97, 0, 98)))],
    [
      "TCP(options=[('MSS', 1460), ('NOP', None), ('WScale', 7), ('SAckOK', b''), ('Timestamp', (1, 0))])",
      () => stack(TCP({ options: [['MSS', 1460], 'NOP', ['WScale', 7], 'SAckOK', ['Timestamp', [1, 0]]] as never })),
    ],
    [
      "(IP(src='1.2.3.4', chksum=0x0, id=0o17)\n  / 'text')  # a comment",
      () => stack(IP({ src: '1.2.3.4', chksum: 0, id: 15 }), 'text'),
    ],
  ])('%s', (text, made) => {
    expect(fromScapy(text).command()).toBe(made().command())
  })

  test('random values stay random', () => {
    const text = fromScapy(
      'Ether(src=RandMAC())/IP(src=RandIP(), id=RandShort())/Raw(load=RandString(size=20))',
    ).command()
    expect(text).toContain('RandMAC()')
    expect(text).toContain('RandShort()')
    expect(text).toContain('RandString(20)')
  })

  test.each([
    ['IP(dst=target)', "line 1, column 14: found 'target', a variable"],
    ['IP(dst="10.0.0.1"', "line 1, column 18: found the end, where ')' is missing"],
    ['IPP()', "netshell has no layer 'IPP'; did you mean 'IP'?"],
    ['IP(tll=3)', "IP has no field 'tll'; did you mean 'ttl'?"],
    ['IP(ttl=300)', 'IP.ttl: 300 does not fit 8 bits'],
    ['', 'found the end, where a value is missing'],
    ["IP()/__import__('os').system('true')", 'something that is no part of a packet'],
    ['5', '5 is no packet'],
    [`${'('.repeat(100)}IP()`, 'more than 40 levels'],
    ["'abc", "where ' is missing"],
  ])('%s: %s', (text, message) => {
    expect(() => fromScapy(text)).toThrow(message)
  })
})

describe('toScapy', () => {
  test('sets, ranges and random values', () => {
    expect(toScapy(stack(IP({ dst: '10.0.0.0/30', ttl: [1, [5, 9]] }), UDP({ dport: RandShort() })))).toBe(
      "IP(ttl=[1, (5, 9)], dst='10.0.0.0/30')/UDP(dport=RandShort())",
    )
    expect(toScapy(stack(Ether({ src: RandMAC() }), IP({ src: RandIP() }), Raw(RandString(3))))).toContain(
      'Raw(load=RandString(3))',
    )
  })

  test('quotes and bytes of all kinds', () => {
    expect(toScapy(stack(UDP({ dport: 9999 }), `it's \\ "so"\n`))).toBe(
      `UDP(dport=9999)/Raw(load=b'it\\'s \\\\ "so"\\x0a')`,
    )
  })
})
