import { describe, expect, test } from 'vitest'
import { DNS, DNSQR, DNSRR, DNSRRMX, DNSRRSRV } from '../../../src/layers/index.js'
import { canonicalName } from '../../../src/layers/services/dns-names.js'
import { dissect, fromHex, type Packet } from '../../../src/packet/index.js'

const HEADER = 12

/** Hexadecimal of the message without its header. */
const body = (packet: Packet): string => packet.hex().slice(HEADER * 2)
const name = (text: string): string =>
  `${text
    .split('.')
    .map((label) => label.length.toString(16).padStart(2, '0') + Buffer.from(label).toString('hex'))
    .join('')}00`

describe('names as text', () => {
  test.each([
    ['example.org', 'example.org.'],
    ['example.org.', 'example.org.'],
    ['', '.'],
    ['.', '.'],
    ['a\\.b.org', 'a\\.b.org.'],
    ['a\\\\b.org', 'a\\\\b.org.'],
    ['a\\046b.org', 'a\\.b.org.'],
    ['\\001\\255.org', '\\001\\255.org.'],
    ['My Printer._ipp._tcp.local', 'My Printer._ipp._tcp.local.'],
    ['é.fr', '\\195\\169.fr.'],
    ['a\\.', 'a\\..'],
  ])('%j is kept as %j', (given, kept) => {
    expect(canonicalName(given, 'DNSQR.qname')).toBe(kept)
    expect(canonicalName(kept, 'DNSQR.qname')).toBe(kept)
    const question = dissect(DNSQR, DNSQR({ qname: given }).bytes())
    expect(question.qname).toBe(kept)
  })

  test.each([
    ['a..b', /empty label/],
    ['.a', /empty label/],
    [`${'a'.repeat(64)}.org`, /64 bytes; a label has at most 63/],
    [Array.from({ length: 64 }, () => 'abc').join('.'), /257 bytes; a name has at most 255/],
    [7, /no name; give text/],
  ])('%j is refused', (given, message) => {
    expect(() => DNSQR({ qname: given as string })).toThrow(message)
    expect(() => DNSQR({ qname: given as string })).toThrow('DNSQR.qname')
  })

  test('the longest name there may be', () => {
    const longest = `${Array.from({ length: 3 }, () => 'a'.repeat(63)).join('.')}.${'b'.repeat(61)}.`
    const packet = dissect(DNS, DNS({ qd: longest }).bytes())
    expect(packet.qd[0]!.qname).toBe(longest)
    expect(packet.hex().length / 2).toBe(HEADER + 255 + 4)
  })
})

describe('compression', () => {
  test('owner names and data of the types of RFC 1035 point back to what was written', () => {
    const message = DNS({
      qr: 1,
      qd: 'www.example.org',
      an: [
        { rrname: 'www.example.org', type: 'CNAME', rdata: 'web.example.org' },
        { rrname: 'web.example.org', rdata: '192.0.2.1' },
      ],
    })
    expect(body(message)).toBe(
      `${name('www.example.org')}00010001` +
        'c00c00050001000000000006' +
        '03776562c010' +
        'c02d00010001000000000004c0000201',
    )
  })

  test('data of later types is written in full, but may be pointed to', () => {
    const srv = {
      rrname: '_sip._udp.example.org',
      type: 'SRV',
      priority: 1,
      weight: 2,
      port: 5060,
      target: 'sip.example.org',
    }
    const message = DNS({ qr: 1, an: srv, ar: { rrname: 'sip.example.org', rdata: '192.0.2.1' } })
    const owner = name('_sip._udp.example.org')
    const target = name('sip.example.org')
    const at = (0xc000 + HEADER + owner.length / 2 + 10 + 6).toString(16)
    expect(body(message)).toBe(
      `${owner}002100010000000000${(6 + target.length / 2).toString(16)}0001000213c4${target}${at}00010001000000000004c0000201`,
    )
  })

  test('letters keep their case', () => {
    const packet = dissect(
      DNS,
      DNS({ qd: 'WWW.example.org', an: { rrname: 'www.EXAMPLE.org', rdata: '192.0.2.1' } }).bytes(),
    )
    expect(packet.qd[0]!.qname).toBe('WWW.example.org.')
    expect(packet.an[0]!.rrname).toBe('www.EXAMPLE.org.')
  })

  test('pointers reach 16383 and not beyond', () => {
    const filler = Array.from({ length: 70 }, (_, i) => ({ rrname: `n${i}`, type: 65280, rdata: new Uint8Array(250) }))
    const last = [
      { rrname: 'late.example.org', rdata: '192.0.2.1' },
      { rrname: 'late.example.org', rdata: '192.0.2.2' },
    ]
    const packet = dissect(DNS, DNS({ qr: 1, an: [...filler, ...last] }).bytes())
    expect(packet.issues()).toEqual([])
    expect(packet.an.slice(-2).map((record) => record.rrname)).toEqual(['late.example.org.', 'late.example.org.'])
  })

  test('a record alone is written in full', () => {
    expect(DNSRRMX({ rrname: 'a.org', exchange: 'm.a.org' }).hex()).toBe(
      `${name('a.org')}000f00010000000000${'0b'}0000${name('m.a.org')}`,
    )
  })

  test('a record taken from one message means the same in another', () => {
    const from = dissect(
      DNS,
      DNS({ qd: 'example.org', an: { rrname: 'example.org', type: 'MX', exchange: 'mail.example.org' } }).bytes(),
    )
    const packet = dissect(DNS, DNS({ qd: 'other.test', an: from.an }).bytes())
    expect(packet.an[0]!.rrname).toBe('example.org.')
    expect(packet.an[0]!.exchange).toBe('mail.example.org.')
    expect(packet.issues()).toEqual([])
  })

  test('data that is compressed although it must not be is read', () => {
    const bytes = fromHex(`000080000001000100000000${name('a.org')}00210001c00c002100010000000000080000000000 35c00c`)
    const packet = dissect(DNS, bytes)
    expect(packet.an[0]!.layerName).toBe(DNSRRSRV.layerName)
    expect(packet.an[0]!.target).toBe('a.org.')
    expect(packet.hex()).toBe(Buffer.from(bytes).toString('hex'))
  })

  test('data that does not read as its type stays bytes', () => {
    for (const [type, data] of [
      ['000f', '0001'],
      ['0002', 'c0ff'],
      ['0001', 'c00002'],
      ['0021', '00000000003500aa'],
      ['002f', '00000002'],
    ] as const) {
      const bytes = fromHex(
        `000080000000000100000000${name('a.org')}${type}0001000000000${(data.length / 2).toString(16).padStart(3, '0')}${data}`,
      )
      const packet = dissect(DNS, bytes)
      expect(packet.an[0]!.layerName).toBe(DNSRR.layerName)
      expect(Buffer.from(packet.an[0]!.rdata as Uint8Array).toString('hex')).toBe(data)
      expect(packet.issues()).toEqual([])
      packet.id = 1
      expect(body(packet)).toBe(Buffer.from(bytes).toString('hex').slice(24))
    }
  })
})
