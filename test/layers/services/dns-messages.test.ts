import { describe, expect, test } from 'vitest'
import { DNS, DNSQR, DNSRR, DNSRRMX, DNSRROPT, DNSRRSOA, DNSRRSVCB, IP, TCP, UDP } from '../../../src/layers/index.js'
import { answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'

const QUESTION = '076578616d706c65036f72670000010001'

describe('a message is short to write', () => {
  test.each([
    ['a name', { qd: 'example.org' }],
    ['an object', { qd: { qname: 'example.org' } }],
    ['a list of objects', { qd: [{ qname: 'example.org' }] }],
    ['a layer', { qd: DNSQR({ qname: 'example.org' }) }],
    ['a list of layers', { qd: [DNSQR({ qname: 'example.org' })] }],
  ])('a question as %s', (_, fields) => {
    expect(DNS(fields).hex()).toBe(`000001000001000000000000${QUESTION}`)
  })

  test('records as objects have the layer of their type', () => {
    const message = DNS({
      an: [
        { rrname: 'a.org', type: 'MX', exchange: 'm.a.org' },
        { rrname: 'a.org', type: 28, rdata: '::1' },
        DNSRRSOA,
        { rrname: 'a.org', type: 'MX', rdata: 'raw' },
      ],
    })
    expect(message.an.map((record) => record.layerName)).toEqual(['DNSRRMX', 'DNSRR', 'DNSRRSOA', 'DNSRR'])
  })

  test('a text of more than 255 bytes is cut into several', () => {
    const packet = dissect(DNS, DNS({ an: { rrname: 'a.org', type: 'TXT', rdata: 'x'.repeat(300) } }).bytes())
    expect(packet.an[0]!.rdata).toEqual(['x'.repeat(255), 'x'.repeat(45)])
  })

  test('parameters of a service may be an object', () => {
    const record = DNSRRSVCB({
      target_name: 'a.org',
      svc_params: { alpn: ['h2'], port: 443, 'no-default-alpn': undefined },
    })
    expect(record.svc_params).toEqual([['alpn', ['h2']], ['port', 443], ['no-default-alpn']])
    expect(dissect(DNSRRSVCB, record.bytes()).svc_params).toEqual(record.svc_params)
  })

  test.each([
    { type: 'HINFO', cpu: '\x1b[2J', os: 'x' },
    { type: 'CAA', tag: 'issue', value: 'a\n\u009b2J' },
    { type: 'URI', target: '\u202egro.a' },
    { type: 'TXT', rdata: ['\u009b2J'] },
    { type: 'HTTPS', svc_params: [['alpn', ['\x1b[2J']]] },
  ])('a summary of a $type record does not steer the terminal', (record) => {
    const packet = dissect(DNS, DNS({ qr: 1, an: record }).bytes())
    expect(packet.summary()).toMatch(/^DNS Ans "[ -~]*\\u[ -~]*"$/)
  })

  test('EDNS', () => {
    const packet = dissect(
      DNS,
      DNS({
        qd: 'example.org',
        ar: DNSRROPT({
          rclass: 1232,
          z: 'DO',
          rdata: [['NSID'], ['Cookie', fromHex('3132333435363738')], ['KeepAlive', 100]],
        }),
      }).bytes(),
    )
    const [edns] = packet.ar
    expect([edns!.rclass, edns!.z, edns!.rdlen]).toEqual([1232, 'DO', 4 + 12 + 6])
    expect(edns!.rdata as unknown[]).toEqual([['NSID'], ['Cookie', Buffer.from('12345678')], ['KeepAlive', 100]])
  })

  test.each([
    [() => DNS({ an: { rrname: 'a', rdata: 'nonsense' } }).bytes(), "DNSRR.rdata: 'nonsense' is no IPv4 address"],
    [() => DNS({ an: { type: 'MXX' } }), "DNS.an: 'MXX' is no type of record"],
    [() => DNS({ an: { type: 'MX', preferenc: 1 } }), "DNSRRMX has no field 'preferenc'; did you mean 'preference'?"],
    [() => DNS({ an: 7 as never }), 'DNS.an: 7 cannot stand in section an'],
    [() => DNS({ qd: [[]] as never }), 'DNS.qd: a list cannot stand in section qd'],
    [() => DNSRRSVCB({ svc_params: [['alpm', ['h2']]] }), "did you mean 'alpn'?"],
    [() => DNSRRSVCB({ svc_params: [[70000 as never, 'x']] }), 'no parameter 70000'],
    [() => DNSRRSVCB({ svc_params: [[1.5 as never, 'x']] }), 'no parameter 1.5'],
    [() => DNSRRSVCB({ svc_params: [['port', 'x']] }).bytes(), "'x' is no value of port"],
    [() => DNSRR({ type: 'TXT', rdata: ['x'.repeat(256)] }).bytes(), '256 bytes; one text has at most 255'],
  ])('mistake %#', (mistake, message) => {
    expect(mistake).toThrow(message)
  })
})

describe('a message that was read and changed', () => {
  const read = () =>
    dissect(
      DNS,
      DNS({
        id: 7,
        qr: 1,
        qd: 'example.org',
        an: [
          { rrname: 'example.org', rdata: '192.0.2.1' },
          { rrname: 'example.org', rdata: '192.0.2.2' },
        ],
      }).bytes(),
    )

  test('a field of the header', () => {
    const packet = read()
    packet.id = 8
    expect(packet.hex()).toBe(read().hex().replace(/^0007/, '0008'))
  })

  test('a record that is changed in place', () => {
    const packet = read()
    packet.an[1]!.rdata = '192.0.2.9'
    expect(dissect(DNS, packet.bytes()).an.map((record) => record.rdata)).toEqual(['192.0.2.1', '192.0.2.9'])
  })

  test('the name of the question, to which the others pointed', () => {
    const packet = read()
    packet.qd[0]!.qname = 'other.example.net'
    const again = dissect(DNS, packet.bytes())
    expect(again.qd[0]!.qname).toBe('other.example.net.')
    expect(again.an.map((record) => record.rrname)).toEqual(['example.org.', 'example.org.'])
  })

  test('counts follow records that come and go, unless they are set', () => {
    const packet = read()
    packet.an.pop()
    packet.ar = [DNSRROPT() as never]
    const again = dissect(DNS, packet.bytes())
    expect([again.ancount, again.an.length, again.arcount, again.ar.length]).toEqual([1, 1, 1, 1])
    packet.ancount = 5
    expect(dissect(DNS, packet.bytes()).ancount).toBe(5)
  })

  test('the length over TCP follows too', () => {
    const packet = dissect(IP, stack(IP(), TCP({ sport: 53 }), read()).bytes())
    const message = packet.get(DNS)!
    expect(message.length).toBe(read().bytes().length)
    message.an.pop()
    expect(message.hex().slice(0, 4)).toBe((read().bytes().length - 16).toString(16).padStart(4, '0'))
    message.an[0]!.rrname = 'longer.example.org'
    expect(message.hex().slice(0, 4)).toBe((read().bytes().length - 16 + 7).toString(16).padStart(4, '0'))
  })

  test('a copy is read without the layers around it', () => {
    const packet = dissect(IP, stack(IP(), TCP({ sport: 53 }), read()).bytes())
    const copy = packet.get(DNS)!.copy()
    expect([copy.id, copy.an.length]).toEqual([7, 2])
    expect(stack(IP(), UDP(), copy).get(UDP)!.hex().slice(16)).toBe(read().hex())
  })
})

describe('where messages stand', () => {
  test.each([
    [53, 40000, 'DNS'],
    [40000, 53, 'DNS'],
    [5353, 5353, 'mDNS'],
    [40000, 5355, 'LLMNR'],
  ])('UDP from port %i to %i', (sport, dport, title) => {
    const packet = dissect(IP, stack(IP(), UDP({ sport, dport }), DNS({ qd: 'example.org' })).bytes())
    expect(packet.summary()).toBe(`IP / UDP / ${title} Qry "example.org."`)
  })

  test('several messages in one segment', () => {
    const one = DNS({ id: 1, qd: 'a.org' })
    const segment = stack(IP(), TCP({ dport: 53 }), one, DNS({ id: 2, qd: 'b.a.org' }))
    expect(segment.hex().endsWith(`0017${one.hex()}0019000201000001000000000000016201610${'36f72670000010001'}`)).toBe(
      true,
    )
    const packet = dissect(IP, segment.bytes())
    expect(packet.layers().map((each) => each.layerName)).toEqual(['IP', 'TCP', 'DNS', 'DNS'])
    expect(
      packet
        .layers()
        .slice(2)
        .map((each) => (each as ReturnType<typeof DNS>).qd[0]!.qname),
    ).toEqual(['a.org.', 'b.a.org.'])
    expect(packet.hex()).toBe(segment.hex())
  })

  test('a message that goes on in the next segment keeps what is there', () => {
    const bytes = stack(
      IP(),
      TCP({ sport: 53 }),
      DNS({
        qr: 1,
        qd: 'a.org',
        an: [
          { rrname: 'a.org', rdata: '192.0.2.1' },
          { rrname: 'a.org', rdata: '192.0.2.2' },
        ],
      }),
    ).bytes()
    const packet = dissect(IP, bytes, 0, bytes.length - 5)
    const message = packet.get(DNS)!
    expect(message.an.map((record) => record.rdata)).toEqual(['192.0.2.1'])
    expect(message.issue).toBe(null)
    expect([message.length, message.ancount, message.payload!.layerName]).toEqual([bytes.length - 42, 2, 'Raw'])
  })

  test('multicast flags are not part of the class', () => {
    const message = dissect(
      DNS,
      DNS({
        qd: { qname: 'a.local', unicastresponse: 1 },
        an: { rrname: 'a.local', cacheflush: 1, rdata: '192.0.2.1' },
      }).bytes(),
    )
    expect([
      message.qd[0]!.unicastresponse,
      message.qd[0]!.qclass,
      message.an[0]!.cacheflush,
      message.an[0]!.rclass,
    ]).toEqual([1, 1, 1, 1])
    expect(message.hex()).toContain('00018001')
  })

  test('a message by hand', () => {
    // Header; question MX of a.org; answer 10 m.a.org.
    const packet = dissect(
      DNS,
      fromHex(`002a858000010001000000000161036f726700000f0001c00c000f000100000e10000600 0a016dc00c`),
    )
    expect(packet.an[0]!.layerName).toBe(DNSRRMX.layerName)
    expect([packet.an[0]!.preference, packet.an[0]!.exchange, packet.an[0]!.ttl]).toEqual([10, 'm.a.org.', 3600])
  })
})

test('an answer has the identifier of its question', () => {
  const request = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP({ sport: 4000 }), DNS({ id: 7, qd: 'a.org' }))
  const reply = (id: number, qr = 1) =>
    stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), UDP({ sport: 53, dport: 4000 }), DNS({ id, qr, qd: 'a.org' }))
  expect(hashKey(request.get(DNS)!)).toBe(hashKey(reply(7).get(DNS)!))
  expect(answers(reply(7).get(DNS)!, request.get(DNS)!)).toBe(true)
  expect(answers(reply(8).get(DNS)!, request.get(DNS)!)).toBe(false)
  expect(answers(reply(7, 0).get(DNS)!, request.get(DNS)!)).toBe(false)
})

test('show() has a line for each record', () => {
  const text = DNS({
    qd: 'a.org',
    an: [
      { rrname: 'a.org', rdata: '192.0.2.1' },
      { rrname: 'a.org', rdata: '192.0.2.2' },
    ],
  }).show({ dump: true, color: false })!
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith('  an        = DNSRR('))
  expect(lines[first]).toContain("rdata='192.0.2.1')")
  expect(lines[first + 1]).toMatch(/^ {14}DNSRR\(.*rdata='192\.0\.2\.2'\)$/)
  expect(lines[first + 2]).toBe('  ns        = []')
})

test('a record stands for itself in one line, as a list of them prints', () => {
  const message = DNS({
    qd: { qname: 'a.org', qtype: 'MX' },
    an: { rrname: 'a.org', type: 'MX', preference: 10, exchange: 'm.a.org' },
    ns: { rrname: 'a.org', type: 'TXT', rdata: ['x', 'y'] },
  })
  expect(message.qd.map(String)).toEqual(['DNSQR a.org. MX'])
  expect(message.an.map(String)).toEqual(['DNSRRMX a.org. MX 10 m.a.org.'])
  expect(message.ns.map(String)).toEqual(["DNSRR a.org. TXT ['x', 'y']"])
})

test('of a set inside a record the first value is built', () => {
  expect(DNS({ qd: { qname: 'example.org', qtype: ['A', 'AAAA'] } }).hex()).toBe(`000001000001000000000000${QUESTION}`)
})
