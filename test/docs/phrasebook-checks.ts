/**
 * What must come of the lines of docs/scapy-phrasebook.md where netshell and Scapy cannot give the same value: because it is random,
 * because it is printed, or because it comes from a network. By the line of netshell.
 */
import path from 'node:path'
import { expect } from 'vitest'
import { rdpcap } from '../../src/capture/index.js'
import type { Outcome, Value } from './phrasebook.js'
import type { ScapyOutcome } from './phrasebook-lab.js'

export type Check = (netshell: Outcome, scapy: ScapyOutcome, folders: Folders) => void | Promise<void>

/** Where both sides have written their files. */
export interface Folders {
  netshell: string
  scapy: string
}

/** Lines of Scapy that would not end, need a window or a program that is not everywhere, or leave something behind: names only. */
export const ONLY_NAMES: readonly string[] = [
  'conf.layers.filter([Ether, IP, TCP])',
  'hexedit(pkt)',
  "pkt.pdfdump('pkt.pdf')",
  'pkt.canvas_dump()',
  'pkts.conversations()',
  'pkts.plot(lambda p: len(p))',
  'pkts.diffplot(lambda a, b: b.time - a.time)',
  'pkts.multiplot(lambda p: (p.src, (p.time, len(p))))',
  "pkts.timeskew_graph('10.0.0.9')",
  "pkts.pdfdump('all.pdf')",
  "save_session('work')",
  "send(IP(dst='10.0.0.1')/ICMP(), loop=1)",
  "sendpfast(Ether(dst='02:00:00:00:00:01')/IP(dst='10.0.0.1')/ICMP(), pps=1000, iface='eth0')",
  "sendpfast(rdpcap('traffic.pcap'), realtime=True)",
  "bridge_and_sniff('eth0', 'eth1')",
  "ARP_am(IP_addr='10.0.0.7', ARP_addr='02:00:00:00:00:07')()",
  "DNS_am(match={'www.lab': '10.0.0.5'})()",
  "DHCP_am(pool=Net('10.0.0.128/25'), network='10.0.0.0/24', gw='10.0.0.9', iface='eth0')()",
  'ICMPEcho_am().bg()',
  "traceroute_map(['10.0.0.1'], maxttl=3)",
  "dhcp_request(iface='eth0')",
  "promiscping('10.0.0.0/30')",
  'wireshark(pkts)',
  "load_layer('http'); http_request('10.0.0.1', '/')",
  "TCP_client.tcplink(Raw, '10.0.0.1', 80)",
  "CLIFeeder() > InjectSink('eth0')",
  "SniffSource(iface='eth0') > ConsoleSink()",
  "explore('scapy.layers.dns')",
]

/** Lines of Scapy that its older releases do not have yet. */
export const NEWER: Readonly<Record<string, RegExp>> = {
  'pkt.json()': /AttributeError: json/,
}

/** Netshell says or gives all of this. */
function shows(...patterns: readonly RegExp[]): Check {
  return (netshell) => {
    expect(netshell.error).toBeUndefined()
    for (const pattern of patterns) expect(netshell.shown).toMatch(pattern)
  }
}

/** Both say it. */
function bothShow(...patterns: readonly RegExp[]): Check {
  return (netshell, scapy) => {
    expect([netshell.error, scapy.error]).toEqual([undefined, undefined])
    for (const pattern of patterns) for (const { shown } of [netshell, scapy]) expect(shown).toMatch(pattern)
  }
}

/** Both are a packet whose bytes look like this. */
function bothBytes(pattern: RegExp): Check {
  return (netshell, scapy) => {
    for (const { value } of [netshell, scapy]) expect(hexOf(value).join(' ')).toMatch(pattern)
  }
}

/** The plain value of netshell. */
function gives(expected: unknown): Check {
  return (netshell) => {
    expect(netshell.error).toBeUndefined()
    expect(plain(netshell.value)).toEqual(expected)
  }
}

/** Packets that netshell gives, at least so many, and Scapy as well. */
function packets(count: number, shown = /ICMP|ARP|UDP|TCP/): Check {
  return (netshell, scapy) => {
    expect([netshell.error, scapy.error]).toEqual([undefined, undefined])
    expect(netshell.shown).toMatch(shown)
    for (const { value } of [netshell, scapy]) expect(hexOf(value).length).toBeGreaterThanOrEqual(count)
  }
}

/** The same packets on both sides but for the identification of IP, which is the neighbour's. */
const answersAlike: Check = (netshell, scapy) => {
  const [ours, theirs] = [netshell, scapy].map(({ value }) => hexOf(value).map(withoutId))
  expect(ours).toEqual(theirs)
  expect(ours!.length).toBeGreaterThan(0)
}

/** Netshell's file has the packets that Scapy's file has. */
function sameFile(name: string): Check {
  return async (netshell, scapy, folders) => {
    expect([netshell.error, scapy.error]).toEqual([undefined, undefined])
    const [ours, theirs] = await Promise.all(
      [folders.netshell, folders.scapy].map(async (folder) =>
        (await rdpcap(path.join(folder, name))).map((each) => each.hex()),
      ),
    )
    expect(ours).toEqual(theirs)
    expect(ours!.length).toBeGreaterThan(0)
  }
}

/** Scapy prints it, netshell gives it, but for spaces and the like. */
function textAlike(normal: (text: string) => string): Check {
  return (netshell, scapy) => {
    const [ours, theirs] = [netshell, scapy].map(({ value, shown }) => {
      const text = plain(value)
      return normal(typeof text === 'string' ? text : shown)
    })
    expect(ours).toBe(theirs)
    expect(ours).not.toBe('')
  }
}

function hexOf(value: Value): string[] {
  return value.kind === 'packets' ? value.hex : []
}

export function plain(value: Value): unknown {
  if (value.kind === 'plain') return value.value
  return value.kind === 'list' ? value.items.map(plain) : value
}

function withoutId(hex: string): string {
  const ip = hex.startsWith('4') ? 0 : 28
  return `${hex.slice(0, ip + 8)}----${hex.slice(ip + 12, ip + 20)}----${hex.slice(ip + 24)}`
}

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim()
const HELP = /TCP/

/** The bytes of `ask/TCP(…)` with some of them open. */
const TCP_ASK = (sport: string, dport: string, seq: string): RegExp =>
  new RegExp(`^4500002800010000400666c60a0000090a000001${sport}${dport}${seq}0000000050022000....0000$`)

export const CHECKS: Readonly<Record<string, Check>> = {
  // Build
  "IP({dst: dns('localhost', {type: 'A', server: '10.0.0.1'}).short})": (netshell) =>
    expect(hexOf(netshell.value).join()).toMatch(/^45000014.{16}7f0000017f000001$/),
  'fuzz(ask/UDP({dport: 9})/NTPHeader())': (netshell, scapy) => {
    for (const { value } of [netshell, scapy]) {
      const [hex] = hexOf(value)
      // Version, header length, length, addresses and port as they must be; the rest of the header is random.
      expect(hex).toMatch(/^.{4}004c.{16}0a0000090a000001.{4}00090038/)
    }
    expect(hexOf(netshell.value)[0]).not.toBe(hexOf(scapy.value)[0])
  },
  // Fields and sets
  "pkt['ttl'] = 9": (netshell, scapy) => {
    expect(netshell.pkt).toEqual(scapy.pkt)
    expect(netshell.pkt[0]!.slice(44, 46)).toBe('09')
  },
  'IP({ttl: 64, id: 7}).hideDefaults().command()': (netshell, scapy) =>
    expect([netshell, scapy].map(({ value }) => plain(value))).toEqual(['IP({id: 7})', 'IP(id=7)']),
  'for (const p of ask/TCP({dport: [22, 80]})) print(p.dport)': bothShow(/^22\n80/),
  "IP({src: RandIP('10.1.0.0/16'), dst: '10.0.0.1'})": bothBytes(/^450000140001000040......0a01....0a000001$/),
  'ask/TCP({sport: RandShort(), seq: RandInt()})': bothBytes(TCP_ASK('....', '0050', '.{8}')),
  "Ether({src: RandMAC('02:*:*:*:*:*')})": bothBytes(/^ffffffffffff02.{10}9000$/),
  'Raw(RandString(8))': bothBytes(/^([346][0-9a-f]|[57][0-9a]){8}$/),
  'ask/TCP({dport: RandNum(1, 9)})': bothBytes(TCP_ASK('0014', '000[1-9]', '0{8}')),
  "Raw(CorruptedBytes('GET /', {n: 1}))": (netshell, scapy) => {
    for (const { value } of [netshell, scapy]) {
      const bytes = Buffer.from(hexOf(value)[0]!, 'hex')
      expect([...'GET /'].filter((letter, i) => bytes[i] !== letter.charCodeAt(0))).toHaveLength(1)
    }
  },
  'ask/TCP({seq: IntAutoTime()})': (netshell, scapy) => {
    for (const { value } of [netshell, scapy])
      expect(Math.abs(Number.parseInt(hexOf(value)[0]!.slice(48, 56), 16) - Date.now() / 1000)).toBeLessThan(120)
  },
  // Look
  'pkt.show()': bothShow(/TCP/, /dport\s+= http/, /chksum\s+=/, /flags\s+= PA/, /load\s+= 'GET \/'/),
  'pkt.show2()': (netshell, scapy) => {
    for (const { shown } of [netshell, scapy]) expect(shown).toMatch(/chksum\s+= 0x14c8/)
  },
  'pkt.show({dump: true})': (netshell, scapy) => {
    for (const { value } of [netshell, scapy]) expect(plain(value)).toMatch(/dport\s+= http/)
  },
  pkt: (netshell, scapy) => {
    for (const text of [netshell.shown, plain(scapy.value)]) expect(text).toMatch(/Ether.*IP.*TCP/)
  },
  'pkt.command()': (netshell, scapy) => {
    const ours = String(plain(netshell.value)).replace(/\((\w+)\(/g, '$1(')
    const theirs = String(plain(scapy.value))
      .replace(/(\w+)=/g, '$1: ')
      .replace(/b'/g, "'")
    const names = (text: string): string[] => [...text.matchAll(/(?:src|dst|sport|dport): [^,)}]+/g)].map(String)
    expect(names(ours).sort()).toEqual(names(theirs).sort())
    expect(names(ours)).toHaveLength(6)
  },
  'JSON.stringify(pkt)': (netshell) => {
    const { layers } = JSON.parse(String(plain(netshell.value))) as { layers: { name: string }[] }
    expect(layers.map(({ name }) => name)).toEqual(['Ether', 'IP', 'TCP', 'Raw'])
  },
  'hexdump(pkt)': textAlike((text) => squeezed(text).toLowerCase()),
  'pkt.hexdump({dump: true})': textAlike((text) => squeezed(text).toLowerCase()),
  "print(exportPacket(pkt, 'c'))": textAlike((text) => (text.match(/0x[0-9a-f]{2}/g) ?? []).join()),
  'diff(ask/ICMP(), ask/ICMP({type: 0}))': (netshell, scapy) => {
    expect(netshell.shown).toMatch(/echo-request\s+byte 20\n.*echo-reply/)
    expect(scapy.shown).toMatch(/08 00 F7 FF[\s\S]*00 00\s+FF\s+FF/)
  },
  'pkt.time': gives(null),
  'ls(TCP)': shows(HELP, /sport\s+16 bits/, /\|\s+sport\s+\|\s+dport\s+\|/),
  'ls(pkt)': bothShow(/sport.*40000/, /ttl.*64/),
  'ls()': shows(/TCP/, /OSPF_Hdr/),
  'help()': shows(/sr1 /, /sniff /),
  "ls('services')": shows(/DNS/, /DHCP/),
  'help(sr1)': bothShow(/sr1/, /answer/i),
  'importHexdump(pkt.hexdump({dump: true}))[0].bytes()': (netshell, scapy) => {
    expect(netshell.value).toEqual(scapy.value)
    expect(netshell.value).toEqual({ kind: 'bytes', hex: netshell.pkt[0] })
  },
  // Dissect
  'IP(pkt[IP].bytes().slice(0, 30)).issues()': shows(/IP at byte 0 needs 45 bytes, 30 are left/),
  "IP(hex('4500')).issues()": shows(/IP at byte 0 needs 20 bytes, 2 are left/),
  'IP((ask/UDP({sport: 5055, dport: 5055})/query).bytes()).decodeAs(UDP, DNS)': (netshell, scapy) => {
    expect(netshell.value).toEqual(scapy.value)
    expect(netshell.shown).toBe('IP / UDP / DNS Qry "example.org."')
  },
  TLS: (netshell) => expect(netshell.value).toEqual({ kind: 'layer', name: 'TLS' }),
  OSPF_Hdr: (netshell) => expect(netshell.value).toEqual({ kind: 'layer', name: 'OSPF_Hdr' }),
  // Lists
  'for (const p of pkts) print(p.src)': bothShow(/^10\.0\.0\.9\n10\.0\.0\.1\n/),
  'pkts.push(ask/UDP())': gives(6),
  'pkts.show()': bothShow(/IP \/ TCP 10\.0\.0\.9:40000 > 10\.0\.0\.1:http S\n.*http > 10\.0\.0\.9:40000 SA/),
  "pkts.forEach(p => print(p.sprintf('%IP.src% %IP.dst%')))": textAlike(squeezed),
  "pkts.show({prn: p => p.sprintf('%IP.src%')})": textAlike(squeezed),
  'pkts[UDP].forEach(p => print(p.summary()))': bothShow(
    /^IP \/ UDP \/ DNS Qry .*example\.org.*\nIP \/ UDP \/ DNS Ans/,
  ),
  'pkts.forEach(p => p.hexdump())': bothShow(/45 00 00 28 00 01 00 00/, /45 00 00 21 00 01 00 00/i),
  'pkts[Raw].forEach(p => hexdump(p[Raw].load))': bothShow(/0000 {2}68 65 6c 6c 6f\s+hello/i),
  'pkts[Padding].forEach(p => p.hexdump(Padding))': bothShow(/70 61 64\s+/),
  'pkts.makeTable(p => [p.src, p.dst, p.ttl])': textAlike(squeezed),
  'pkts.sessions()': shows(/TCP 10\.0\.0\.9:40000 > 10\.0\.0\.1:80.*TCP 2/, /UDP 10\.0\.0\.9:40001/, /ICMP 10/),
  'pkts.conversations()': shows(/a: '10\.0\.0\.9:40000',\n\s+b: '10\.0\.0\.1:80',\n\s+packets: 2/),
  'print(pkts.map(p => p.bytes().length))': gives([40, 40, 57, 57, 36]),
  'pkts.times.slice(1).map((t, i) => t - pkts.times[i])': gives([1, 1, 1, 1]),
  '[...pkts.sessions()].map(([name, list]) => [name, list.map(p => [p.time, p.bytes().length])])': shows(
    /TCP 10\.0\.0\.9:40000/,
    /\[ 1700000001, 40 \]/,
  ),
  'pkts[TCP].map(p => [p.time, p[TCP].options])': gives([
    [1700000000, []],
    [1700000001, []],
  ]),
  // Files
  "wrpcap('one.pcap', pkts)": sameFile('one.pcap'),
  "wrpcap('traffic.pcap', ask/ICMP(), {append: true})": shows(/packets: 1/),
  "wrpcap('two.pcap.gz', pkts)": sameFile('two.pcap.gz'),
  "wrpcap('three.pcapng', pkts)": sameFile('three.pcapng'),
  "for (const p of pcapReader('traffic.pcap')) print(p.ttl)": (netshell, scapy) =>
    // The value of the loop stands behind what it prints.
    expect(netshell.shown.split('\n').slice(0, -1).map(Number)).toEqual(plain(scapy.value)),
  "wrpcap('four.pcap', pkt, {append: true})": sameFile('four.pcap'),
  "exportPacket(pkt, 'base64')": (netshell) =>
    expect(Buffer.from(String(plain(netshell.value)), 'base64').toString('hex')).toBe(netshell.pkt[0]),
  // Send and receive
  "send(IP({dst: '10.0.0.1'})/ICMP())": gives(1),
  "sendp(Ether()/IP({dst: '10.0.0.1'})/ICMP(), {iface: 'eth0'})": gives(1),
  "send(IP({dst: '10.0.0.1'})/ICMP(), {count: 3, inter: 0.1})": gives(3),
  "job = bg(send(IP({dst: '10.0.0.1'})/ICMP(), {count: 1e6, rate: 10})); sleep(0.5); job.stop()": (netshell) => {
    expect(plain(netshell.value)).toBeGreaterThanOrEqual(3)
    expect(plain(netshell.value)).toBeLessThan(12)
  },
  "replay([Ether({dst: '02:00:00:00:00:01'})/IP({dst: '10.0.0.1'})/ICMP()], {rate: 1000, iface: 'eth0'})": shows(
    /1 packet .*sent on eth0, 42 bytes/,
  ),
  "sr1(IP({dst: '10.0.0.1'})/ICMP())": answersAlike,
  "sr1(IP({dst: '10.0.0.1'})/UDP({dport: 33434}), {timeout: 1})": (netshell, scapy) => {
    expect([plain(netshell.value), plain(scapy.value)]).toEqual([null, null])
    expect(netshell.shown).toMatch(/0 answered, 1 without an answer/)
  },
  "sr(IP({dst: '10.0.0.1'})/ICMP(), {multi: true, timeout: 1})": (netshell, scapy) => {
    for (const { value } of [netshell, scapy])
      expect(value).toMatchObject({ items: [{ count: expect.any(Number) }, { hex: [] }] })
  },
  "sr1(IP({dst: '10.0.0.1'})/ICMP(), {timeout: 1, link: openLink('eth0')})": answersAlike,
  "[ans, unans] = sr(IP({dst: '10.0.0.1'})/TCP({sport: RandShort(), dport: [22, 80, 81], flags: 'S'}), {timeout: 1})": (
    netshell,
  ) => expect(netshell.value).toMatchObject({ items: [{ count: 3 }, { hex: [] }] }),
  "sr(IP({dst: '10.0.0.1'})/ICMP(), {timeout: 1}).answered.summary()": (netshell, scapy) => {
    const pair = 'IP / ICMP 10.0.0.9 > 10.0.0.1 echo-request 0 ==> IP / ICMP 10.0.0.1 > 10.0.0.9 echo-reply 0'
    expect([netshell.shown, scapy.shown]).toEqual([expect.stringContaining(pair), expect.stringContaining(pair)])
  },
  "sr(IP({dst: '10.0.0.1'})/TCP({sport: RandShort(), dport: [22, 81]}), {timeout: 1}).answered.makeTable(([q, a]) => [q.dst, q.dport, a[TCP].flags])":
    bothShow(/10\.0\.0\.1\s*\n22\s+SA\s*\n81\s+RA/),
  "sr(IP({dst: '10.0.0.1'})/TCP({sport: RandShort(), dport: [22, 81]}), {timeout: 1}).answered.filter(([q, a]) => a[TCP].flags === 'SA')":
    (netshell, scapy) => {
      expect(netshell.value).toMatchObject({ items: [{ kind: 'other', name: 'AnswerPair' }] })
      expect(scapy.value).toEqual({ kind: 'pairs', count: 1 })
    },
  "for (const [q, a] of sr(IP({dst: '10.0.0.1'})/ICMP(), {timeout: 1}).answered) print(a.ttl)": bothShow(/^64$/m),
  "link = openLink('eth0'); sendp(pkt, {link}); link.close()": shows(/sent 1 packet/),
  // Sniff
  'sniff({count: 2})': packets(2),
  "sniff({iface: 'eth0', filter: 'icmp', count: 2})": packets(2, /ICMP 2/),
  "sniff({iface: ['eth0', 'lo'], count: 2})": packets(2),
  'sniff({timeout: 0.3})': packets(2),
  'sniff({count: 2, prn: p => p.summary()})': (netshell, scapy) => {
    // What is printed comes first, then the list; a summary begins at the start of its line.
    expect(netshell.shown.split('\n').filter((line) => line.startsWith('Ether'))).toHaveLength(2)
    expect(scapy.shown.split('\n').filter((line) => line.startsWith('Ether'))).toHaveLength(2)
  },
  'sniff({count: 2, lfilter: p => ICMP in p})': packets(2, /ICMP 2/),
  'sniff({stop: p => ICMP in p})': packets(1, /ICMP 1/),
  "sniff({count: 1, started: () => send(IP({dst: '10.0.0.1'})/ICMP())})": packets(1),
  "sniff({offline: 'traffic.pcap'}).sessions()": shows(/TCP 10\.0\.0\.9:40000 > 10\.0\.0\.1:80.*TCP 2/),
  "job = bg(sniff({iface: 'eth0', count: 2})); job.wait()": packets(2),
  "job = bg(sniff({iface: 'eth0'})); sleep(1); job.stop()": packets(2),
  // Answer
  "answeringMachine(answerArp({'10.0.0.7': '02:00:00:00:00:07'}), {count: 1})": shows(
    /who has 10\.0\.0\.7 .*==> .*02:00:00:00:00:07 says 10\.0\.0\.7/,
  ),
  'answeringMachine(answerEcho(), {count: 2})': (netshell) => {
    expect(netshell.value).toEqual({ kind: 'pairs', count: 2 })
    expect(netshell.shown).toMatch(/10\.0\.0\.1 > 10\.0\.0\.9 echo-request.*==>.*10\.0\.0\.9 > 10\.0\.0\.1 echo-reply/)
  },
  "answeringMachine(answerDns({'www.lab': '10.0.0.5'}), {count: 1})": shows(/DNS Qry "www\.lab\.".*==>.*10\.0\.0\.5/),
  "answeringMachine(answerDhcp({pool: ['10.0.0.128', '10.0.0.254'], server: '10.0.0.9'}), {count: 1})":
    shows(/discover.*==>.*offer/i),
  'job = bg(answeringMachine(answerEcho())); sleep(0.5); job.stop()': shows(/echo-request.*==>.*echo-reply/),
  'answeringMachine(p => UDP in p && p.dport === 7 && IP({dst: p[IP].src})/UDP({sport: p[UDP].dport, dport: p[UDP].sport})/p[UDP].payload, {count: 1})':
    shows(/10\.0\.0\.1:\w+ > 10\.0\.0\.9:echo.*==>.*10\.0\.0\.9:echo > 10\.0\.0\.1:\w+/),
  // Tools
  "arping('10.0.0.0/30')": (netshell, scapy) => {
    expect(netshell.shown).toMatch(
      /10\.0\.0\.1\s+02:00:00:00:00:01[\s\S]*no answer: 10\.0\.0\.0, 10\.0\.0\.2, 10\.0\.0\.3/,
    )
    expect(scapy.value).toMatchObject({ items: [{ count: 1 }, {}] })
  },
  "arping('fd00::1', {iface: 'eth0'})": shows(/fd00::1\s+02:00:00:00:00:01/),
  "ping('10.0.0.1', {count: 2, inter: 0.1})": (netshell, scapy) => {
    expect(netshell.shown).toMatch(/2 sent, 2 received, 0 % lost/)
    expect(scapy.value).toMatchObject({ items: [{ count: 2 }, {}] })
  },
  "traceroute('10.0.0.1', {maxHops: 3, protocol: 'tcp', port: 80})": shows(/1\s+10\.0\.0\.1/, /reached, 1 hop/),
  "traceroute('fd00::1', {maxHops: 3})": shows(/1\s+fd00::1/, /reached, 1 hop/),
  "scan('10.0.0.1', {ports: '22,80,81'})": (netshell, scapy) => {
    expect(netshell.shown).toMatch(/22\/tcp\s+open[\s\S]*80\/tcp\s+open[\s\S]*81\/tcp\s+closed/)
    expect(plain(scapy.value)).toMatch(/ssh & open[\s\S]*http & open[\s\S]*81 & closed/)
  },
  "srp(Ether({dst: '01:00:5e:00:00:77'})/ARP({pdst: '10.0.0.0/30'}), {timeout: 1}).answered": (netshell) =>
    expect(netshell.value).toEqual({ kind: 'pairs', count: 1 }),
  "dhcpDiscover({iface: 'eth0', first: true})": shows(/10\.0\.0\.1\s+10\.0\.0\.100\s+255\.255\.255\.0/),
  "dns('www.lab', {server: '10.0.0.1'})": (netshell, scapy) => {
    expect(netshell.shown).toMatch(/www\.lab\.\s+60\s+A\s+10\.0\.0\.5/)
    expect(hexOf(scapy.value)[0]).toMatch(/0a000005$/)
  },
  "mtu('10.0.0.1')": shows(/MTU to 10\.0\.0\.1: 1500 bytes/),
  'tcpdump(pkts)': shows(/IP 10\.0\.0\.9\.40000 > 10\.0\.0\.1\.80: Flags \[S\]/),
  "tshark(pkts, '-V')": shows(/Transmission Control Protocol, Src Port: 40000, Dst Port: 80/),
  'wireshark(pkts)': (netshell) => expect(netshell.error ?? '').toMatch(/^$|it is not installed|display/i),
  "replay('traffic.pcap', {iface: 'eth0', mac: '02:00:00:00:00:01'})": shows(/5 packets of traffic\.pcap sent on eth0/),
  // State machines
  'stateMachine({begin: {enter: m => m.end()}})': shows(/begin\s+starts\n.*begin\s+ends/),
  "stateMachine({begin: {enter: m => m.end('done')}}).value": gives('done'),
  "stateMachine({begin: {enter: m => 'next'}, next: {enter: m => m.end('next')}}).value": gives('next'),
  "stateMachine({begin: {receive: p => ICMP in p && 'end'}, end: {enter: m => m.end('end')}}).value": gives('end'),
  "stateMachine({begin: {timeout: 0.2, onTimeout: m => m.end('late')}}).value": gives('late'),
  "stateMachine({begin: {enter: m => { m.send(IP({dst: '10.0.0.1'})/ICMP()); m.end('sent') }}}).value": gives('sent'),
  'for (const p of pkts) send(p)': shows(/^(sent 1 packet\n){5}/),
  "sniff({iface: 'eth0', count: 2, prn: p => p.summary(), store: false})": (netshell) =>
    expect(netshell.shown.split('\n').filter((line) => line.startsWith('Ether'))).toHaveLength(2),
  // Configuration and routing
  conf: shows(/timeout\s+2/, /conf\.timeout = 5 sets one/),
  "conf.iface = 'eth0'": gives('eth0'),
  'conf.quiet = true': gives(true),
  "conf.color = 'always'": gives('always'),
  "conf.prompt = 'lab> '": gives('lab> '),
  "openLink('eth0', {backend: 'tcpdump'}).close()": shows(/^$/),
  'sniff({count: 1, promiscuous: false})': (netshell) => expect(hexOf(netshell.value)).toHaveLength(1),
  'routes()': shows(/default via 10\.0\.0\.1 dev eth0/, /10\.0\.0\.0\/24 dev eth0 src 10\.0\.0\.9/),
  "route('10.0.0.1')": (netshell, scapy) => {
    expect(netshell.shown).toMatch(/interfaceName: 'eth0'[\s\S]*source: '10\.0\.0\.9'/)
    expect(plain(scapy.value)).toEqual(['eth0', '10.0.0.9', '0.0.0.0'])
  },
  'route.reset()': shows(/^$/),
  'routes({family: 6})': shows(/fd00::\/64 dev eth0/),
  "route('fd00::1')": (netshell, scapy) => {
    expect(netshell.shown).toMatch(/interfaceName: 'eth0'[\s\S]*source: 'fd00::9'/)
    expect(plain(scapy.value)).toEqual(['eth0', 'fd00::9', '::'])
  },
  'neighbours()': shows(/address: '10\.0\.0\.1',\n\s+mac: '02:00:00:00:00:01'/),
  'interfaces().flatMap(each => each.ipv6.map(({address}) => address))': (netshell, scapy) => {
    const [ours, theirs] = [netshell, scapy].map(({ value }) => (plain(value) as string[]).sort())
    expect(ours).toEqual(theirs)
    expect(ours).toContain('fd00::9')
  },
  'interfaces()': shows(/name: 'eth0'/, /10\.0\.0\.9/),
  // Layers of one's own
  'u16().checksum(c => 7)': shows(/<field: 16 bits>/),
  'ls(Tick)': bothShow(/kind/, /size/, /body/),
  // Interchange
  'tshark(pkts).stdout': (netshell, scapy) => {
    const theirs = scapy.value.kind === 'bytes' ? Buffer.from(scapy.value.hex, 'hex').toString() : ''
    for (const text of [plain(netshell.value), theirs])
      expect(text).toMatch(/10\.0\.0\.9 → 10\.0\.0\.1\s+TCP 40 40000 → 80 \[SYN\]/)
  },
  'sh`uname`': shows(/^Linux$/),
}
