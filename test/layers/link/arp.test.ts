import { afterEach, describe, expect, test } from 'vitest'
import { ARP, Ether } from '../../../src/layers/index.js'
import { answers, hashKey, type Packet, setHardwareSource, setRouteSource, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('arp', [ARP])

const frame = (arp: Packet) => stack(Ether(), arp)

describe('ARP, beyond the suite', () => {
  afterEach(() => {
    setRouteSource(() => undefined)
    setHardwareSource(() => undefined)
  })

  test('own addresses come from the route to the target', () => {
    setRouteSource((destination) => (destination === '10.0.0.2' ? '10.0.0.1' : undefined))
    setHardwareSource((destination) => (destination === '10.0.0.2' ? '02:00:00:00:00:01' : undefined))
    const request = ARP({ pdst: '10.0.0.2' })
    expect(request.psrc).toBe('10.0.0.1')
    expect(request.hwsrc).toBe('02:00:00:00:00:01')
    expect(request.summary()).toBe('ARP who has 10.0.0.2 says 10.0.0.1')
    expect(request.hex()).toBe('00010800060400010200000000010a0000010000000000000a000002')
  })

  test('the hardware address of the frame around it goes before that of the route', () => {
    setHardwareSource(() => '02:00:00:00:00:01')
    expect(stack(Ether({ src: '02:00:00:00:00:09' }), ARP({ pdst: '10.0.0.2' })).hwsrc).toBe('02:00:00:00:00:09')
    expect(stack(Ether(), ARP({ pdst: '10.0.0.2' })).hwsrc).toBe('02:00:00:00:00:01')
  })

  test('a network in pdst is a set of requests', () => {
    const requests = stack(Ether(), ARP({ pdst: '10.0.0.0/30', op: ['who-has', 'is-at'] }))
    expect(requests.count()).toBe(8)
    expect([...requests].slice(0, 3).map((request) => [request.op, request.pdst])).toEqual([
      [1, '10.0.0.0'],
      [2, '10.0.0.0'],
      [1, '10.0.0.1'],
    ])
    expect([...requests][2]!.hex().slice(-8)).toBe('0a000001')
  })

  test('addresses of unusual length are bytes, and count in the lengths', () => {
    const packet = ARP({ hwtype: 32, hwsrc: new Uint8Array(20), hwdst: new Uint8Array(20).fill(7) })
    expect(packet.rebuilt().hwlen).toBe(20)
    expect(Uint8Array.from(packet.rebuilt().hwdst as Uint8Array)).toEqual(new Uint8Array(20).fill(7))
    expect(() => ARP({ pdst: '10.0.0' })).toThrow("ARP.pdst: '10.0.0' is no IPv4 address")
  })

  test('a reply answers the request for its address, and no other', () => {
    const request = frame(ARP({ psrc: '10.0.0.1', pdst: '10.0.0.2' }))
    const reply = frame(ARP({ op: 'is-at', psrc: '10.0.0.2', pdst: '10.0.0.1', hwsrc: '02:00:00:00:00:02' }))
    const other = frame(ARP({ op: 'is-at', psrc: '10.0.0.3', pdst: '10.0.0.1' }))
    expect(answers(reply, request)).toBe(true)
    expect(hashKey(reply)).toBe(hashKey(request))
    expect(answers(other, request)).toBe(false)
    expect(answers(request, request)).toBe(false)
    expect(reply.summary()).toBe('Ether / ARP is at 02:00:00:00:00:02 says 10.0.0.2')
  })
})
