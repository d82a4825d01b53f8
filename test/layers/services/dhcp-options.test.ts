import { describe, expect, test } from 'vitest'
import { BOOTP, DHCP, wholeDhcpOptions } from '../../../src/layers/index.js'
import { fromHex } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dhcp-options', [BOOTP, DHCP])

const hex = (...options: unknown[]): string => DHCP({ options: options as [] }).hex()

describe('options of DHCP with a structure', () => {
  test.each([
    [
      'relay_agent_information',
      [
        ['circuit-id', fromHex('01')],
        ['link-selection', '10.0.0.1'],
        [99, fromHex('02')],
      ],
      '520c010101' + '05040a000001' + '630102',
    ],
    ['client_FQDN', ['SE', 0, 0, 'h.example.'], '510e050000' + '0168076578616d706c6500'],
    ['client_FQDN', ['S', 0, 0, 'h'], '510401000068'],
    ['user_class', ['one', 'two'], '4d08036f6e650374776f'],
    ['vendor_class', [[9, fromHex('6162')]], '7c0700000009026162'],
    ['vendor_specific_information', [[9, [[1, fromHex('61')]]]], '7d080000000903010161'],
    ['vendor_specific', [[1, fromHex('61')], [255]], '2b04010161ff'],
    ['sip-servers', ['10.0.0.1'], '7805010a000001'],
    ['sip-servers', ['a.b.'], '7806000161016200'],
    ['status-code', [1, 'busy'], '970501' + '62757379'],
    ['default-url', 'https://x/', '720a68747470733a2f2f782f'],
  ])('%s', (name, value, bytes) => {
    expect(hex([name, value])).toBe(bytes)
    expect(DHCP(fromHex(bytes)).options).toEqual([[name, value]])
  })

  test('what is too long stands in several options, and is joined again', () => {
    const bytes = DHCP({ options: [['hostname', 'x'.repeat(300)], 'end'] }).bytes()
    expect([bytes[1], bytes[258], bytes.length]).toEqual([255, 45, 305])
    expect(wholeDhcpOptions(bytes)).toEqual([['hostname', 'x'.repeat(300)]])
  })

  test('options in file and sname are found where option 52 says so', () => {
    const options = fromHex('340103' + 'ff')
    const [file, sname] = [fromHex('0c0161ff0000'), fromHex('0f0162ff')]
    expect(wholeDhcpOptions(options, file, sname)).toEqual([
      ['dhcp-option-overload', 3],
      ['hostname', 'a'],
      ['domain', 'b'],
    ])
    expect(wholeDhcpOptions(fromHex('0c0163ff'), file, sname)).toEqual([['hostname', 'c']])
  })

  test('a newer name is known, and wrong values are said with their option', () => {
    expect(hex(['captive-portal', 'x'])).toBe('720178')
    expect(() => hex(['relay_agent_information', [['circuit', 'x']]])).toThrow('circuit-id')
    expect(() => hex(['client_FQDN', ['Z', 0, 0, 'a']])).toThrow('DHCP.options client_FQDN: ')
    expect(() => hex(['vendor_class', 'x'])).toThrow('enterprise')
  })
})
