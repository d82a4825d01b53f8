/** Tables of two keys: `packets.makeTable()`, and the lines of `packets.show({prn})`. */
import { describe, expect, it } from 'vitest'
import { PacketList } from '../../src/capture/index.js'
import { ICMP, IP, TCP } from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'

const hosts = ['10.0.0.10', '10.0.0.9']
const packets = new PacketList(
  hosts.flatMap((dst) =>
    [443, 80].map((dport) => stack(IP({ src: '10.0.0.1', dst }), TCP({ dport, flags: dport === 80 ? 'S' : 'A' }))),
  ),
)
const place = (packet: AnyPacket) => [packet.dst, packet.dport, packet.get(TCP)!.flags] as const

describe('a table of packets', () => {
  it('has both keys in the order of their numbers', () => {
    const table = packets.makeTable((packet) => place(packet as AnyPacket))
    expect(table.columns).toEqual(['10.0.0.9', '10.0.0.10'])
    expect(table.rows).toEqual(['80', '443'])
    expect(table.at('10.0.0.9', 80)).toBe('S')
    expect(table.at('10.0.0.9', 81)).toBeUndefined()
  })

  it('prints a place where nothing stands as -', () => {
    const table = packets.slice(0, 3).makeTable((packet) => place(packet as AnyPacket))
    expect(String(table).split('\n')).toEqual(['     10.0.0.9  10.0.0.10', '80   -         S', '443  A         A'])
    expect(table.toJSON()).toEqual([
      { row: '80', '10.0.0.9': '', '10.0.0.10': 'S' },
      { row: '443', '10.0.0.9': 'A', '10.0.0.10': 'A' },
    ])
  })

  it('keeps the last of several in one place', () => {
    expect(packets.makeTable((_, index) => ['all', 'one', index]).at('all', 'one')).toBe('3')
  })

  it('says what the function has to give', () => {
    expect(() => packets.makeTable((() => 'x') as never)).toThrow('must give [column, row, text]')
    expect(() => packets.makeTable((() => ['x', 'y']) as never)).toThrow('must give [column, row, text]')
  })

  it('of no packets has nothing in it', () => {
    const table = new PacketList().makeTable(() => [1, 2, 3])
    expect([table.columns, table.rows, String(table)]).toEqual([[], [], ''])
  })
})

describe('lines of a list', () => {
  it('are what prn makes of the packets, behind their numbers', () => {
    const list = new PacketList([stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), ICMP())])
    expect(list.summary({ prn: (packet) => packet.sprintf('to %IP.dst%') })).toBe('0000 to 10.0.0.2')
    expect(packets.show({ from: 1, count: 1, prn: (packet) => packet.layerName, dump: true })).toBe('0001 IP')
  })
})
