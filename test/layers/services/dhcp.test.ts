import { describe, expect, test } from 'vitest'
import { BOOTP, DHCP, Ether, IP, readDhcpOptions, UDP } from '../../../src/layers/index.js'
import { answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dhcp', [BOOTP, DHCP])

const head = (options: string): Uint8Array => {
  const bytes = BOOTP({ xid: 1, options: fromHex('63825363') }).bytes()
  const all = new Uint8Array(bytes.length + options.length / 2)
  all.set(bytes)
  all.set(fromHex(options), bytes.length)
  return all
}

describe('DHCP, beyond the suite', () => {
  test('stacked on UDP it takes the ports, the magic bytes and the kind of message', () => {
    const packet = stack(
      Ether(),
      IP({ src: '0.0.0.0', dst: '255.255.255.255' }),
      UDP(),
      BOOTP({ chaddr: '02:00:00:00:00:01', flags: 'B', xid: 0x1234 }),
      DHCP({ options: [['message-type', 'discover'], ['param_req_list', ['router', 6, 'domain']], 'end'] }),
    )
    expect([packet.sport, packet.dport]).toEqual([68, 67])
    expect(packet.get(DHCP)!.hex()).toBe('3501013703' + '03060f' + 'ff')
    expect(packet.get(BOOTP)!.hex().slice(0, 24)).toBe('010106000000123400008000')
    expect(
      packet
        .get(BOOTP)!
        .hex()
        .slice(2 * 236, 2 * 240),
    ).toBe('63825363')
    expect(packet.summary()).toBe('Ether / IP / UDP / BOOTP / DHCP discover of 02:00:00:00:00:01')
  })

  test('values are taken in each of the ways that they are written', () => {
    const hex = (options: Parameters<typeof DHCP>[0]) => DHCP(options).hex()
    expect(hex({ options: [['router', '10.0.0.1']] })).toBe('03040a000001')
    expect(hex({ options: [['router', ['10.0.0.1', '10.0.0.2']]] })).toBe('03080a0000010a000002')
    expect(hex({ options: [['router', '10.0.0.1', '10.0.0.2']] })).toBe('03080a0000010a000002')
    expect(hex({ options: [['message-type', 3], 'pad', ['end']] })).toBe('35010300ff')
    expect(
      hex({
        options: [
          [250, fromHex('0102')],
          ['hostname', 'a'],
        ],
      }),
    ).toBe('fa0201020c0161')
    expect(hex({ options: [['classless_static_routes', ['10.1.0.0/16:10.0.0.1', '0.0.0.0/0:10.0.0.2']]] })).toBe(
      '790c' + '100a010a000001' + '000a000002',
    )
    expect(hex({ options: [['domain-search', ['a.example', 'b.example']]] })).toBe(
      '770f' + '0161076578616d706c6500' + '0162c002',
    )
  })

  test('what is wrong is said with the option', () => {
    expect(() => DHCP({ options: [['message-typ', 1]] })).toThrow(
      "no option 'message-typ'; did you mean 'message-type'?",
    )
    expect(() => DHCP({ options: [['message-type', 'offr']] })).toThrow('DHCP.options message-type: ')
    expect(() => DHCP({ options: [['lease_time', 2 ** 32]] })).toThrow('(0..4294967295)')
    expect(() => DHCP({ options: [['subnet_mask', '255.255']] })).toThrow('is no IPv4 address')
    expect(() => DHCP({ options: [['end', 1]] })).toThrow('option end has no value')
    expect(() => BOOTP({ chaddr: '02:00' })).toThrow('is no MAC address')
    expect(() => BOOTP({ file: 'x'.repeat(129) })).toThrow('at most 128 bytes')
  })

  test.each([
    ['a length beyond the end', '3502', [['bytes', fromHex('3502')]]],
    ['a number alone', '35', [['bytes', fromHex('35')]]],
    [
      'a value of another size',
      '350201020300ff',
      [['message-type', fromHex('0102')], ['router', new Uint8Array(0)], ['end']],
    ],
    ['text that steers a terminal', '0c041b5b316dff', [['hostname', fromHex('1b5b316d')], ['end']]],
    [
      'a route longer than its network',
      '790221010aff',
      [
        ['classless_static_routes', fromHex('2101')],
        ['bytes', fromHex('0aff')],
      ],
    ],
  ])('options: %s', (_, hex, expected) => {
    const packet = dissect(BOOTP, head(hex))
    expect(JSON.stringify(packet.get(DHCP)!.options)).toBe(JSON.stringify(expected))
    expect(Buffer.from(packet.bytes()).toString('hex')).toBe(Buffer.from(head(hex)).toString('hex'))
  })

  test('what fills a message up counts as part of it; options of other fields are read alike', () => {
    expect(dissect(BOOTP, head('350102ff00000000')).get(DHCP)!.options).toEqual([
      ['message-type', 'offer'],
      ['end'],
      ['pad', 4],
    ])
    expect(DHCP({ options: ['end', ['pad', 3], 'pad'] }).hex()).toBe('ff00000000')
    expect(readDhcpOptions(fromHex('00060401020304ff99'))).toEqual([
      ['pad'],
      ['name_server', ['1.2.3.4']],
      ['end'],
      ['bytes', fromHex('99')],
    ])
  })

  test('a reply answers the request of its number', () => {
    const request = BOOTP({ xid: 5 })
    const reply = (xid: number, op: string) => stack(BOOTP({ xid, op }), DHCP({ options: [['message-type', 'offer']] }))
    expect(answers(reply(5, 'BOOTREPLY'), request)).toBe(true)
    expect(hashKey(reply(5, 'BOOTREPLY'))).toBe(hashKey(request))
    expect(answers(reply(6, 'BOOTREPLY'), request)).toBe(false)
    expect(answers(reply(5, 'BOOTREQUEST'), request)).toBe(false)
  })
})
