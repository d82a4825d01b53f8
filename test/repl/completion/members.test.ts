import { beforeAll, describe, expect, it } from 'vitest'
import { detail, items, texts, type } from './session.js'

beforeAll(async () => {
  await type("var packet = IP({dst: '10.0.0.1'})/TCP({dport: 80})")
  await type('var packets = new PacketList([Ether()/IP()/UDP(), Ether()/ARP()]); var list = [IP()/ICMP(), 3]')
  await type("var thing = {name: 'joe', size: 64n, deep: {list: [{inner: 1}]}, run(a, b = 2) { return a }, _secret: 1}")
  await type(
    'class Base { shared() {} }; class Derived extends Base { own = 1; get now() { return 1 } wait(s) { sleep(s) } }',
  )
  await type('var derived = new Derived()')
})

describe('members of values', () => {
  it('are those of plain properties, with a short look at them', () => {
    expect(texts('thing.')).toEqual(['name', 'size', 'deep', 'run'])
    expect(detail('thing.', 'name')).toBe("string 'joe'")
    expect(detail('thing.', 'size')).toBe('bigint 64n')
    expect(detail('thing.', 'deep')).toBe('object {list}')
    expect(detail('thing.', 'run')).toBe('function (a, b = 2)')
    expect(texts('thing._')).toContain('_secret')
    expect(texts('thing.deep.list[0].in')).toEqual(['inner'])
    expect(texts('thing?.deep?.list?.[0].in')).toEqual(['inner'])
    expect(texts('thing\n  .na')).toEqual(['name'])
    expect(texts("thing['deep'].l")).toEqual(['list'])
  })

  it('are those of all classes', () => {
    expect(texts('derived.')).toEqual(['own', 'now', 'wait', 'shared'])
    expect(detail('derived.', 'now')).toBe('computed when read')
    expect(detail('derived.', 'wait')).toBe('function (s)')
    expect(texts('new Derived().sh')).toEqual(['shared'])
    expect(texts('derived.hasOwn')).toEqual(['hasOwnProperty'])
  })

  it('of texts, numbers, lists', () => {
    expect(texts("'abc'.toUp")).toEqual(['toUpperCase'])
    expect(texts('`a${1}b`.toUp')).toEqual(['toUpperCase'])
    expect(texts('[1, 2].findLastI')).toEqual(['findLastIndex'])
    expect(texts('(5).toF')).toEqual(['toFixed'])
    expect(texts("'a,b'.split(',')[0].trimE")).toEqual(['trimEnd'])
    expect(texts('/x/.tes')).toEqual(['test'])
    expect(texts('5.')).toEqual([])
    expect(texts('5.5.toF')).toEqual(['toFixed'])
  })

  it('keywords are members like others', () => {
    expect(texts('Promise.resolve().cat')).toEqual([])
    expect(texts('({delete: 1, default: 2}).de')).toEqual(['delete', 'default'])
  })
})

describe('members of packets', () => {
  it('are the fields of their layers, outermost first, then what packets can', () => {
    const names = texts('packet.')
    expect(names.slice(0, 3)).toEqual(['version', 'ihl', 'tos'])
    expect(names.indexOf('dport')).toBeGreaterThan(names.indexOf('dst'))
    expect(names).toEqual(expect.arrayContaining(['payload', 'show', 'summary']))
    expect(names).not.toContain('arpop')
    expect(items('packet.dpo')).toEqual([
      { text: 'dport', kind: 'field', detail: expect.stringMatching(/^TCP: 16 bits, default .*http/) },
    ])
    expect(detail('packet.', 'src')).toMatch(/^IP: IPv4 address, by route/)
    expect(detail('packet.', 'chksum')).toMatch(/^IP: 16 bits, automatic/)
  })

  it('of a layer in a packet are those from there inwards', () => {
    expect(texts('packet[TCP].tt')).toEqual([])
    expect(texts('packet[TCP].spo')).toEqual(['sport'])
    expect(texts("packet['TCP'].spo")).toEqual(['sport'])
    expect(texts('packet.get(TCP).spo')).toEqual(['sport'])
    expect(texts('packet.payload.ttl')).toEqual([])
  })

  it('are known before the packet is made', () => {
    expect(texts('IP().tt')).toEqual(['ttl'])
    expect(texts('IP({dst: [1, {a: 2}]}).tt')).toEqual(['ttl'])
    expect(texts('(IP()/TCP()).dpor')).toEqual(['dport'])
    expect(texts('(Ether()/IP()/TCP()/"x").loa')).toEqual(['load'])
    expect(texts('IP().stack(UDP()).le')).toEqual(['len'])
    expect(texts('stack(IP(), UDP()).spor')).toEqual(['sport'])
    expect(texts('sr1(IP()/ICMP()).tt')).toEqual(['ttl'])
    expect(texts('sr1(IP()/ICMP()).summ')).toEqual(['summary'])
    expect(texts('dissect(IP, x).tt')).toEqual(['ttl'])
    expect(texts('let p = IP()/TCP({dport: 80})\np.dpor')).toEqual(['dport'])
    expect(texts('let p = IP() /\n  UDP(), q = 2; p.spor')).toEqual(['sport'])
  })

  it('of lists', () => {
    expect(texts('packets.conv')).toEqual(['conversations'])
    expect(texts('packets[0].spo')).toEqual(['sport'])
    expect(texts('packets.filter(p => p.dport === 80)[0].hwsr')).toEqual(['hwsrc'])
    expect(texts('packets.filter(p => p.hwsr')).toEqual(['hwsrc'])
    expect(texts('packets.map((p, i) => p.spo')).toEqual(['sport'])
    expect(texts('for (const p of packets) { if (p.spo')).toEqual(['sport'])
    expect(texts('sniff({prn: p => p.summ')).toEqual(['summary'])
    expect(texts('list[0].tt')).toEqual(['ttl'])
    expect(texts('packets.filter(p => p.ttl)[TCP].conv')).toEqual(['conversations'])
  })

  it('of what commands give', () => {
    expect(texts('sr(IP()).answ')).toEqual(['answered'])
    expect(texts('sr(IP()).answered[0].rt')).toEqual(['rtt'])
    expect(texts('const [got, not] = sr(IP()); got[0].answer.tt')).toEqual(['ttl'])
    expect(texts("rdpcap('x').conv")).toEqual(['conversations'])
    expect(texts('bg(sniff()).elap')).toEqual(['elapsed'])
    expect(texts('bg(sniff()).result.conv')).toEqual(['conversations'])
    expect(texts('(await sniff()).conv')).toEqual(['conversations'])
  })

  it('of plain objects that commands give, and of functions', () => {
    expect(texts('interfaces()[0].mt')).toEqual(['mtu'])
    expect(texts('interfaces()[0].ipv4[0].')).toEqual(['address', 'prefix'])
    expect(texts('packets.conversations()[0].packetsA')).toEqual(['packetsAToB'])
    expect(texts('route.')).toEqual(expect.arrayContaining(['add', 'remove']))
    expect(texts('route.')).not.toContain('prototype')
    expect(texts('route.len')).toEqual(['length'])
    expect(detail('route.', 'add')).toMatch(/^A route of this session/)
  })

  it('are nothing where nothing is known', () => {
    for (const input of ['nosuch.', 'nosuch().', 'f(1).', 'packet.nosuch.', '(a, b).', '}.', ').', '].', '?.', 'a..']) {
      expect([input, texts(input)]).toEqual([input, []])
    }
  })
})
