/**
 * Lines of docs/scapy-phrasebook.md that change something and give nothing to compare: what is asked behind them, on both sides, so
 * that both must give the same. By the line of netshell.
 */
import type { Phrase } from './phrasebook.js'

interface Probe {
  netshell: string
  scapy: string
}

/** Whether the bytes of a question behind UDP are read as DNS. */
const readAsDns = (sport: number, dport: number, afterwards: Probe = { netshell: '', scapy: '' }): Probe => ({
  netshell: `found = DNS in UDP((UDP({sport: ${sport}, dport: ${dport}})/Raw(query.bytes())).bytes()); ${afterwards.netshell} found`,
  scapy: `found = DNS in UDP(raw(UDP(sport=${sport}, dport=${dport})/Raw(raw(query)))); ${afterwards.scapy} found`,
})

const gateway: Probe = { netshell: "route('10.9.1.1').gateway", scapy: "conf.route.route('10.9.1.1')[2]" }

const PROBES: Readonly<Record<string, Probe>> = {
  // What is sent has the addresses that Scapy's has when it is built.
  "Ether()/IP({dst: '10.0.0.1'})/ICMP()": {
    netshell:
      "sniff({iface: 'eth0', count: 1, filter: 'icmp[6:2] == 77', started: () => sendp(Ether()/IP({dst: '10.0.0.1'})/ICMP({seq: 77}), {iface: 'eth0'})})",
    scapy: "[Ether()/IP(dst='10.0.0.1')/ICMP(seq=77)]",
  },
  'seed(1)': {
    netshell: 'x = (ask/TCP({seq: RandInt()})).hex(); seed(1); x === (ask/TCP({seq: RandInt()})).hex()',
    scapy: 'x = raw(ask/TCP(seq=RandInt())); random.seed(1); x == raw(ask/TCP(seq=RandInt()))',
  },
  'pkts.forEach(p => { if (p.ttl === 64) p.ttl = 5 })': { netshell: 'pkts', scapy: '' },
  'bind(UDP, DNS, {sport: 5053, dport: 5053})': readAsDns(5053, 5053),
  'bind(UDP, DNS, {dport: 5054}, {build: false})': readAsDns(1, 5054),
  'unbind(UDP, DNS, {dport: 53})': readAsDns(1, 53, {
    netshell: 'bind(UDP, DNS, {dport: 53});',
    scapy: 'bind_layers(UDP, DNS, dport=53);',
  }),
  'unbind(UDP, DNS, {sport: 53})': readAsDns(53, 1, {
    netshell: 'bind(UDP, DNS, {sport: 53});',
    scapy: 'bind_bottom_up(UDP, DNS, sport=53);',
  }),
  "route.add('10.9.0.0/16', {gateway: '10.0.0.2'})": gateway,
  "route.remove('10.9.0.0/16')": gateway,
  'bind(UDP, Tick, {dport: 7777})': {
    netshell: "Tick in UDP((UDP({sport: 7777, dport: 7777})/Tick({body: 'now'})).bytes())",
    scapy: "Tick in UDP(raw(UDP(sport=7777, dport=7777)/Tick(body='now')))",
  },
  'behave(Tick, {guess: me => IP})': {
    netshell: "Tick(hex('0200' + (ask/ICMP()).hex())).payload.layerName",
    scapy: "Tick(b'\\2\\0' + raw(ask/ICMP())).payload.name",
  },
  'behave(Tick, {answers: (me, request) => me.kind === 2})': {
    netshell: '[Tick({kind: 2}).answers(Tick()), Tick().answers(Tick())]',
    scapy: '[Tick(kind=2).answers(Tick()), Tick().answers(Tick())]',
  },
  'behave(Tick, {hash: me => `tick ${me.kind}`})': {
    netshell: 'behave(Tick, {answers: () => true}); matchAnswers([Tick(), Tick({kind: 2}), Tick()]).answered.length',
    scapy: 'len([each for each in [Tick(kind=2), Tick()] if each.hashret() == Tick().hashret()])',
  },
  "behave(Tick, {summary: me => me.sprintf('Tick %Tick.kind%')})": {
    netshell: "Tick({kind: 'tell'}).summary()",
    scapy: "Tick(kind='tell').summary()",
  },
  "layers(Tick, {length: 'n'})": {
    netshell: "layer('Probe', {n: u8(4), a: layers(Tick, {length: 'n'})})({a: [Tick(), Tick({kind: 2})]}).hex()",
    scapy:
      "raw(type('Probe', (Packet,), {'fields_desc': [ByteField('n', 4), PacketListField('a', [], Tick, length_from=lambda p: p.n)]})(a=[Tick(), Tick(kind=2)])).hex()",
  },
  'nested(Tick)': {
    netshell: "layer('Probe', {a: nested(Tick)})({a: Tick({body: 'x'})}).hex()",
    scapy: "raw(type('Probe', (Packet,), {'fields_desc': [PacketField('a', Tick(), Tick)]})(a=Tick(body='x'))).hex()",
  },
  "u16().countOf('a')": {
    netshell: "layer('Probe', {n: u16().countOf('a'), a: list(u8())})({a: [1, 2, 3]}).hex()",
    scapy:
      "raw(type('Probe', (Packet,), {'fields_desc': [FieldLenField('n', None, count_of='a'), FieldListField('a', [], ByteField('', 0), count_from=lambda p: p.n)]})(a=[1, 2, 3])).hex()",
  },
}

/** What both sides are asked for a line: it, and its probe. Fields are put into a layer, which is built and read. */
export function questions({ theme, netshell, scapy }: Phrase): Probe {
  const probe = PROBES[netshell]
  if (probe !== undefined)
    return {
      netshell: `${netshell}; ${probe.netshell}`,
      scapy: probe.scapy === '' ? scapy : `${scapy}; ${probe.scapy}`,
    }
  if (theme !== "Layers of one's own" || !/Field\(/.test(scapy)) return { netshell, scapy }
  const bytes = '02040100020005060708091011121314151617181920212223242526272829'
  return {
    netshell: `all = {kind: u8(2), n: u8(4), ...Object.fromEntries([].concat(${netshell}).map((field, i) => ['abcd'[i], field]))}; Probe = layer('Probe', all); [Probe().hex(), Probe(hex('${bytes}')).a]`,
    scapy: `Probe = type('Probe', (Packet,), {'fields_desc': [ByteField('kind', 2), ByteField('n', 4)] + list([${scapy}])}); [raw(Probe()).hex(), Probe(bytes.fromhex('${bytes}')).a]`,
  }
}

/** Lines that have a probe. */
export const PROBED: readonly string[] = Object.keys(PROBES)
