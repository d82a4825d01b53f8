import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trafficCapture, trafficFile } from '../../bench/traffic.js'

const COUNT = 20_000
const FILE_HEADER = 24

describe('the generated capture', () => {
  it('is the same for the same seed, and another for another', () => {
    const capture = trafficCapture({ count: 500, seed: 7 })
    expect(Buffer.compare(capture, trafficCapture({ count: 500, seed: 7 }))).toBe(0)
    expect(Buffer.compare(capture, trafficCapture({ count: 500, seed: 8 }))).not.toBe(0)
  })

  it('begins with the packets of a smaller one', () => {
    const small = trafficCapture({ count: 300 })
    expect(small.length).toBeGreaterThan(FILE_HEADER + 300 * 16)
    expect(Buffer.compare(small, trafficCapture({ count: 900 }).subarray(0, small.length))).toBe(0)
  })
})

const hasTshark = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'tshark')))

describe.skipIf(!hasTshark).each([1, 2024])('tshark on the generated capture of seed %i', (seed) => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netshell-traffic-'))
    file = trafficFile(folder, { count: COUNT, seed })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function tshark(...parameters: string[]): string[] {
    const output = execFileSync('tshark', ['-r', file, ...parameters], {
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output.toString().split('\n').slice(0, -1)
  }

  it('finds nothing malformed and no wrong checksum', () => {
    const checks = ['ip', 'tcp', 'udp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`])
    const wrong = ['ip', 'tcp', 'udp', 'icmp', 'icmpv6'].map((name) => `${name}.checksum.status == "Bad"`)
    expect(tshark(...checks, '-Y', ['_ws.malformed', ...wrong].join(' || '))).toEqual([])
    const right = ['ip', 'tcp', 'udp'].map((name) => `${name}.checksum.status == "Good"`)
    const verified = tshark(...checks, '-Y', right.join(' || '), '-T', 'fields', '-e', 'frame.number')
    expect(verified.length).toBeGreaterThan(0.9 * COUNT)
  }, 60_000)

  it('sees the mix of a link in use', () => {
    const protocols = tshark('-T', 'fields', '-e', 'frame.protocols', '-e', 'frame.len').map((line) => line.split('\t'))
    expect(protocols).toHaveLength(COUNT)
    const share = (name: string): number => protocols.filter(([list]) => list!.split(':').includes(name)).length / COUNT
    expect(share('tcp')).toBeGreaterThan(0.55)
    expect(share('tcp')).toBeLessThan(0.85)
    for (const [name, least] of Object.entries({
      dns: 0.04,
      syslog: 0.003,
      icmp: 0.01,
      icmpv6: 0.005,
      arp: 0.005,
      vlan: 0.03,
    })) {
      expect(share(name), name).toBeGreaterThan(least)
    }
    expect(share('ipv6')).toBeGreaterThan(0.1)
    const lengths = protocols.map(([, length]) => Number(length))
    expect(lengths.reduce((sum, length) => sum + length, 0) / COUNT).toBeGreaterThan(350)
    expect(lengths.filter((length) => length < 100).length / COUNT).toBeGreaterThan(0.3)
    expect(lengths.filter((length) => length > 1400).length / COUNT).toBeGreaterThan(0.15)
  }, 60_000)

  it('sees every kind of message', () => {
    const kinds = {
      'SYN with all options':
        'tcp.flags == 0x002 && tcp.options.mss && tcp.options.sack_perm && tcp.options.timestamp && tcp.options.wscale',
      'data with timestamps': 'tcp.len > 0 && tcp.options.timestamp',
      'pure acknowledgement': 'tcp.flags == 0x010 && tcp.len == 0',
      'selective acknowledgement': 'tcp.options.sack',
      FIN: 'tcp.flags.fin == 1',
      RST: 'tcp.flags.reset == 1',
      'DNS question': 'dns.flags.response == 0',
      'DNS answer with several records': 'dns.count.answers > 1',
      'DNS error with authority': 'dns.flags.rcode == 3 && dns.count.auth_rr > 0',
      EDNS: 'dns.resp.type == 41',
      'ICMP echo': 'icmp.type == 8',
      'ICMP error': 'icmp.type == 3 && udp',
      'time exceeded': 'icmp.type == 11',
      'ARP request': 'arp.opcode == 1',
      'ARP reply': 'arp.opcode == 2',
      'TCP over IPv6': 'ipv6 && tcp',
      'neighbour solicitation': 'icmpv6.type == 135',
      'neighbour advertisement': 'icmpv6.type == 136',
      'router advertisement': 'icmpv6.type == 134 && icmpv6.opt.prefix',
      'tagged frame': 'vlan && ip',
      'IPv4 options': 'ip.hdr_len > 20',
      'padded frame': 'eth.padding || eth.trailer',
    }
    const parameters = Object.values(kinds).flatMap((filter) => ['-z', `io,stat,0,${filter}`])
    const counts = tshark('-q', ...parameters)
      .filter((line) => line.includes('<>'))
      .map((line) => Number(line.split('|')[2]))
    expect(counts).toHaveLength(Object.keys(kinds).length)
    for (const [index, name] of Object.keys(kinds).entries()) expect(counts[index], name).toBeGreaterThan(0)
  }, 60_000)
})
