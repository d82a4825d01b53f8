import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PacketError } from '../../src/packet/index.js'
import { parsePorts, portsText, protocolsNamed } from '../../src/tools/scan/ports.js'
import { serviceName, servicePort, topPorts } from '../../src/tools/scan/services.js'

test.each([
  ['22,80', []],
  [[22, [80, 90]], []],
  ['T:80,U:53', ['tcp', 'udp']],
  ['U:53', ['udp']],
  ['t:80', ['tcp']],
  ['22,U:53', ['tcp', 'udp']],
  [
    ['U:53', 'T:80'],
    ['tcp', 'udp'],
  ],
] as const)('protocols that %j has parts for', (given, protocols) => {
  expect(protocolsNamed(given)).toEqual(protocols)
})

describe('parsePorts', () => {
  test.each([
    [80, [80]],
    ['22,80', [22, 80]],
    ['80, 22 ,80', [22, 80]],
    ['8000-8003', [8000, 8001, 8002, 8003]],
    ['0', [0]],
    ['-3', [1, 2, 3]],
    ['65533-', [65533, 65534, 65535]],
    ['http,ssh,https', [22, 80, 443]],
    ['http_alt,ms-wbt-server', [3389, 8080]],
    ['www,dns', [53, 80]],
    ['T:80,81,U:53', [80, 81]],
    [
      [22, [8000, 8002], '443', 'smtp'],
      [22, 25, 443, 8000, 8001, 8002],
    ],
  ] as const)('%j', (given, ports) => {
    expect(parsePorts(given)).toEqual(ports)
  })

  test('a dash alone stands for all, as nmap has it', () => {
    const all = parsePorts('-')
    expect([all[0], all.at(-1), all.length]).toEqual([1, 65535, 65535])
  })

  test('names and parts are those of the protocol', () => {
    expect(parsePorts('T:80,U:53,snmp', 'udp')).toEqual([53, 161])
    expect(() => parsePorts('tftp', 'tcp')).not.toThrow(/undefined/)
    expect(parsePorts('top', 'udp')).toEqual(topPorts('udp'))
    expect(parsePorts('top')).toEqual(topPorts('tcp'))
  })

  test.each([
    [70000, 'ports: 70000 is not 0..65535'],
    [-1, 'ports: -1 is not 0..65535'],
    ['1-70000', 'ports: 70000 is not 0..65535 (in 1-70000)'],
    [1.5, 'ports: 1.5 is no port'],
    ['90-80', 'ports: 90-80 goes backwards'],
    ['22,,80', "ports: nothing between two commas in '22,,80'"],
    ['htpp', "ports: 'htpp' is no tcp port"],
    ['htpp', "did you mean 'http'?"],
    [[[1, 2, 3]], 'a range of two, [first, last], not [1, 2, 3]'],
    ['U:53', "'U:53' stands for no tcp port at all"],
    [{}, 'ports: give a number'],
  ])('%j is refused: %s', (given, message) => {
    expect(() => parsePorts(given as never)).toThrow(message)
  })

  test('the text of any set of ports reads as that set', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 300 }), (ports) => {
        const sorted = [...ports].sort((a, b) => a - b)
        expect(parsePorts(portsText(sorted))).toEqual(sorted)
      }),
    )
  })

  test('any text gives ports or an error that names it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        try {
          const ports = parsePorts(text)
          expect(ports.length).toBeGreaterThan(0)
          expect(ports.every((port) => port >= 0 && port <= 65535)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError)
          expect((error as Error).message).toMatch(/^ports: /)
        }
      }),
    )
  })
})

describe('services', () => {
  test('are named as IANA names them, TCP and UDP by themselves', () => {
    expect(serviceName(3389, 'tcp')).toBe('ms-wbt-server')
    expect(serviceName(514, 'tcp')).toBe('shell')
    expect(serviceName(514, 'udp')).toBe('syslog')
    expect(serviceName(64999, 'tcp')).toBeUndefined()
    expect(servicePort('HTTP-ALT', 'tcp')).toBe(8080)
  })

  test('the usual ports are sorted, each once, and their names are known', () => {
    for (const protocol of ['tcp', 'udp'] as const) {
      const ports = topPorts(protocol)
      expect(ports).toEqual([...new Set(ports)].sort((a, b) => a - b))
      expect(ports.filter((port) => serviceName(port, protocol) === undefined)).toEqual([])
    }
    expect(topPorts('tcp').length).toBeGreaterThanOrEqual(100)
  })
})
