/** The second layer of a kind: `packet.get(IP, 2)`. */
import { expect, it } from 'vitest'
import { ICMP, IP, Raw } from '../../src/layers/index.js'
import { stack } from '../../src/packet/index.js'

const tunnel = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), IP({ src: '1.2.3.4', dst: '5.6.7.8' }), ICMP(), 'x')

it('finds the second of a kind, built or read', () => {
  for (const packet of [tunnel, IP(tunnel.bytes())]) {
    expect(packet.get(IP)!.src).toBe('10.0.0.1')
    expect(packet.get(IP, 2)!.src).toBe('1.2.3.4')
    expect(packet.get('IP', 2)!.dst).toBe('5.6.7.8')
    expect(packet.get(IP, 3)).toBeUndefined()
    expect(packet.get(Raw, 2)).toBeUndefined()
  }
})

it('counts from the layer on that is asked', () => {
  expect(tunnel.get(IP, 2)!.get(IP)!.src).toBe('1.2.3.4')
  expect(tunnel.get(IP, 2)!.get(IP, 2)).toBeUndefined()
})
