import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { PacketList } from '../../src/capture/packet-list.js'
import type { StorableBatch } from '../../src/capture/packet-store.js'
import { rdpcap } from '../../src/capture/read-packets.js'
import { Ether, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { pcapFile } from './capture-builder.js'

const client = { src: '10.0.0.1', dst: '10.0.0.2' }
const server = { src: '10.0.0.2', dst: '10.0.0.1' }

function frame(kind: number, i: number): Packet {
  if (kind === 0) return stack(Ether(), IP(client), TCP({ sport: 1000, dport: 80, seq: i }))
  if (kind === 1) return stack(Ether(), IP(server), TCP({ sport: 80, dport: 1000, seq: i }))
  if (kind === 2) return stack(Ether(), IP(client), UDP({ sport: 5000 + i, dport: 53 }), 'x'.repeat(i))
  return stack(Ether({ type: 0x88b5 }), 'y'.repeat(i))
}

const kinds = [0, 1, 2, 3, 0, 2]
const file = pcapFile(
  {},
  kinds.map((kind, i) => ({ seconds: 100 - i, fraction: i, bytes: frame(kind, i).bytes() })),
)

function batchOf(packets: Buffer[]): StorableBatch {
  return {
    count: packets.length,
    buffer: Buffer.concat(packets),
    offsets: packets.map((_, i) => packets.slice(0, i).reduce((sum, bytes) => sum + bytes.length, 0)),
    lengths: packets.map((bytes) => bytes.length),
    originalLengths: packets.map((bytes) => bytes.length),
    seconds: packets.map(() => 1),
    nanoseconds: packets.map(() => 2),
    linkType: 1,
    interfaceName: 'lo',
  }
}

/** The frame as hexadecimal text with this last byte of its source address. */
function withSource(hex: string, last: number): string {
  const bytes = Buffer.from(hex, 'hex')
  bytes.set([2, 0, 0, 0, 0, last], 6)
  return bytes.toString('hex')
}

/** A list, and the hexadecimal texts of the packets that must be in it. */
interface State {
  list: PacketList
  model: string[]
}

const kindOf = fc.integer({ min: 0, max: 3 })
const position = fc.integer({ min: -9, max: 9 })

/** What can be done to a list and to an array alike. */
const steps = fc.oneof(
  fc.tuple(kindOf, fc.nat(3000)).map(([kind, size]) => (state: State) => {
    const packet = frame(kind, size)
    state.list.push(size % 2 === 0 ? packet : Ether(packet.bytes()))
    state.model.push(packet.hex())
  }),
  fc.tuple(position, position).map(([from, to]) => (state: State) => {
    state.list = state.list.slice(from, to)
    state.model = state.model.slice(from, to)
  }),
  kindOf.map((kind) => (state: State) => {
    const wanted = ['TCP', 'TCP', 'UDP', 'Ether'][kind]!
    state.list = state.list.filter(wanted)
    state.model = state.model.filter((hex) => Ether(Buffer.from(hex, 'hex')).has(wanted))
  }),
  fc.tuple(fc.nat(9), kindOf).map(([at, kind]) => (state: State) => {
    if (at >= state.model.length) return
    state.list[at] = frame(kind, 1)
    state.model[at] = frame(kind, 1).hex()
  }),
  fc.tuple(fc.nat(9), fc.nat(255)).map(([at, last]) => (state: State) => {
    if (at >= state.model.length) return
    // Several places may have the same packet, as in an array: give this place one of its own before changing it.
    state.list[at] = state.list[at]!.copy()
    ;(state.list[at] as AnyPacket).src = `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`
    state.model[at] = withSource(state.model[at]!, last)
  }),
  kindOf.map((kind) => (state: State) => {
    if (state.model.length > 100) return
    state.list = state.list.concat(state.list, [frame(kind, 2)])
    state.model = state.model.concat(state.model, [frame(kind, 2).hex()])
  }),
  fc.array(kindOf, { maxLength: 5 }).map((kinds) => (state: State) => {
    const packets = kinds.map((kind, i) => frame(kind, i).bytes())
    state.list.appendBatch(batchOf(packets))
    state.model.push(...packets.map((bytes) => bytes.toString('hex')))
  }),
)

describe('PacketList', () => {
  it('is indexed, sliced, filtered and spread like an array', async () => {
    const list = await rdpcap(file)
    expect(list.length).toBe(6)
    expect(list[0]!.summary()).toBe(frame(0, 0).summary())
    expect((list[-1] as AnyPacket).sport).toBe(5005)
    expect([list[6], list[-7]]).toEqual([undefined, undefined])
    expect(list.at(1.5)).toBe(list[1])
    expect(list.slice(1, -1).length).toBe(4)
    expect(list.slice(-2).at(0)).toBe(list.at(4))
    expect(list.filter(TCP).length).toBe(3)
    expect(list.with('UDP').map((packet) => (packet as AnyPacket).sport)).toEqual([5002, 5005])
    expect((list as unknown as Record<string, PacketList>)[TCP as unknown as string]!.length).toBe(3)
    expect((list as unknown as Record<string, unknown>).lenght).toBeUndefined()
    expect(list.filter((packet, index) => packet.has('IP') && index > 2).length).toBe(2)
    expect([...list].length).toBe(6)
    expect(list.find((packet) => packet.has('UDP'))).toBe(list[2])
    expect(list.findIndex((packet) => packet.has('UDP'))).toBe(2)
    expect(list.some((packet) => packet.has('ICMP'))).toBe(false)
    expect(list.every((packet) => packet.has('Ether'))).toBe(true)
    expect(list.reduce((sum, packet) => sum + packet.bytes().length, 0)).toBe(list.byteLength)
    expect(() => list.filter('TPC')).toThrow("there is no layer 'TPC'")
    expect(() => list.filter(5 as never)).toThrow('a filter is a function, or a layer such as TCP, not number')
    expect(await list).toBe(list)
  })

  it('shares the bytes between lists', async () => {
    const list = await rdpcap(file)
    const before = list._views.store.memory
    const tcp = list.filter(TCP).slice(1)
    expect(tcp._views).toBe(list._views)
    expect(list._views.store.memory).toBe(before)
    expect(tcp[0]).toBe(list[1])
  })

  it('has exact times', async () => {
    const list = await rdpcap(file)
    expect(list.times[5]).toBe(95.000005)
    expect(list[5]!.time).toBe(95.000005)
    expect(list[5]!._meta).toMatchObject({
      seconds: 95,
      nanoseconds: 5000,
      linkType: 1,
      originalLength: list[5]!.bytes().length,
    })
    expect([...list.toSorted().times]).toEqual([...list.times].reverse())
    const bySize = list.toSorted((a, b) => b.bytes().length - a.bytes().length)
    expect(bySize[0]!.bytes().length).toBe(Math.max(...list.map((packet) => packet.bytes().length)))
  })

  it('keeps changes, however they are made', async () => {
    const list = await rdpcap(file)
    const at = (index: number) => list[index] as AnyPacket
    at(0).ttl = 7
    for (let i = 0; i < 1000; i++) list.at(1 + (i % 5))
    expect(at(0).ttl).toBe(7)
    for (const packet of list) if (packet.has('UDP')) (packet as AnyPacket).ttl = 8
    list.forEach((packet) => {
      if (packet.has('TCP')) (packet as AnyPacket).window = 9
    })
    for (const packet of list) {
      ;(packet as AnyPacket).dst = '02:00:00:00:00:09'
      break
    }
    expect([at(0).ttl, at(2).ttl, at(5).ttl, at(3).ttl]).toEqual([7, 8, 8, undefined])
    expect(list.filter(TCP).map((packet) => (packet as AnyPacket).window)).toEqual([9, 9, 9])
    expect(at(0).dst).toBe('02:00:00:00:00:09')
    list.filter(UDP)[0]!.time = 5.5
    expect([list[2]!.time, list.times[2]]).toEqual([5.5, 5.5])
    expect(IP(Uint8Array.from(list.bytes(2).subarray(14))).ttl).toBe(8)
  })

  it('keeps the change of a packet that was handed out many packets ago', async () => {
    const many = await rdpcap(
      pcapFile(
        {},
        Array.from({ length: 1000 }, (_, i) => ({ bytes: frame(0, i).bytes() })),
      ),
    )
    const held = many[3] as AnyPacket
    for (let i = 4; i < 1000; i++) many.at(i)
    held._meta && (held._meta as unknown as { touched?(packet: Packet): void }).touched?.(held)
    held.ttl = 99
    expect((many[3] as AnyPacket).ttl).toBe(99)
    const copy = (many[4] as AnyPacket).copy() as AnyPacket
    ;(copy._meta as unknown as { touched(packet: Packet): void }).touched(copy)
    copy.ttl = 1
    expect((many[4] as AnyPacket).ttl).toBe(64)
  })

  it('grows by packets read and packets made', async () => {
    const list = await rdpcap(file)
    const made = IP({ dst: '10.0.0.9' })
    const tcp = list.filter(TCP)
    expect(tcp.push(made, list[2]!)).toBe(5)
    expect(list.length).toBe(6)
    expect(tcp[3]).toBe(made)
    expect(tcp[4]!.equals(list[2])).toBe(true)
    expect(tcp[4]!.time).toBe(list[2]!.time)
    list.push(made)
    expect(list.length).toBe(7)
    expect(list[-1]).toBe(made)
    list[1] = made
    expect(list[1]).toBe(made)
    expect(tcp[1]!.has('TCP')).toBe(true)
    expect(() => {
      list[50] = made
    }).toThrow('the list has 7 packets')
    expect(() => list.push('x' as never)).toThrow('a packet list holds packets, not string')
    const joined = list.slice(0, 2).concat(tcp, made, [made])
    expect(joined.length).toBe(9)
    expect(joined.map((packet) => packet.hex())).toEqual(
      [...list.slice(0, 2), ...tcp, made, made].map((packet) => packet.hex()),
    )
    expect(joined._views).not.toBe(list._views)
    const self = list.slice(0, 2)
    self.append(self)
    expect(self.map((packet) => packet.hex())).toEqual(
      [...list.slice(0, 2), ...list.slice(0, 2)].map((packet) => packet.hex()),
    )
    expect(new PacketList(made).length).toBe(1)
    expect(new PacketList([made, frame(2, 3)])[1]!.has('UDP')).toBe(true)
  })

  it('does not lose an inner layer that was pushed', async () => {
    const list = await rdpcap(file)
    const inner = list[0]!.get(IP)!
    const other = new PacketList([inner, list[0]!.get(TCP)!, Raw('abc')])
    expect(other.map((packet) => packet.layerName)).toEqual(['IP', 'TCP', 'Raw'])
    expect(other[0]!.hex()).toBe(inner.hex())
  })

  it('tells of itself', async () => {
    const list = await rdpcap(file)
    expect(String(list)).toBe('<PacketList: TCP 3, UDP 2, ICMP 0, Other 1>')
    const lines = list.summary().split('\n')
    expect(lines.length).toBe(6)
    expect(lines[2]).toBe(`0002 ${list[2]!.summary()}`)
    expect(list.summary({ from: 4, count: 1 })).toBe(`0004 ${list[4]!.summary()}`)
    expect(list.show({ dump: true })).toBe(list.summary())
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    list.show()
    expect(print).toHaveBeenCalledWith(list.summary())
    print.mockRestore()
    expect(JSON.parse(JSON.stringify(list))[0].layers[1].name).toBe('IP')
  })

  it('joins both directions of conversations', async () => {
    const list = await rdpcap(file)
    const tcp = list.conversations()[0]
    expect(tcp).toMatchObject({
      protocol: 'TCP',
      a: '10.0.0.1:1000',
      b: '10.0.0.2:80',
      packets: 3,
      packetsAToB: 2,
      packetsBToA: 1,
    })
    expect(list.conversations().length).toBe(4)
    const sessions = list.sessions()
    expect([...sessions.keys()].slice(0, 2)).toEqual([
      'TCP 10.0.0.1:1000 > 10.0.0.2:80',
      'UDP 10.0.0.1:5002 > 10.0.0.2:53',
    ])
    expect([...sessions.values()][0]!.map((packet) => packet.hex())).toEqual([0, 1, 4].map((i) => list[i]!.hex()))
  })

  it('behaves as an array does', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 25 }), (chosen) => {
        const state: State = { list: new PacketList(), model: [] }
        for (const step of chosen) {
          step(state)
          const { list, model } = state
          expect(list.length).toBe(model.length)
          expect(list.map((packet) => packet.hex())).toEqual(model)
          expect(list.bytes().map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(model)
        }
      }),
      { numRuns: 60 },
    )
  })
})
