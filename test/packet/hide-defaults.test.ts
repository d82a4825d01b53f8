import { expect, test } from 'vitest'
import { DNS, IP, TCP, UDP } from '../../src/layers/index.js'
import { RandByte, stack } from '../../src/packet/index.js'

test('fields that have the value which they would have anyway become automatic again', () => {
  const packet = stack(
    IP({ src: '10.0.0.1', dst: '10.0.0.2', ttl: 64, proto: 6, id: 2 }),
    TCP({ dport: 80, flags: 'S', seq: 5 }),
  )
  const hex = packet.hex()
  expect(packet.hideDefaults()).toBe(packet)
  expect(packet.command()).toBe("IP({id: 2, src: '10.0.0.1', dst: '10.0.0.2'})/TCP({seq: 5})")
  expect(packet.hex()).toBe(hex)
})

test('what differs from what would be implied stays, and so do random values', () => {
  const packet = stack(IP({ proto: 0, ttl: RandByte() }), TCP())
  expect(packet.hideDefaults().command()).toBe('IP({ttl: RandByte(), proto: 0})/TCP()')
  const dns = stack(UDP({ sport: 53, dport: 53 }), DNS({ rd: 1, qd: ['a.example'] }))
  expect(dns.hideDefaults().command()).toBe("UDP()/DNS({qd: [DNSQR({qname: 'a.example.'})]})")
})

test('of a packet that was read the bytes stay the same', () => {
  const read = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP({ dport: 9 }), 'x').rebuilt()
  const hex = read.hex()
  expect(read.hideDefaults().hex()).toBe(hex)
  expect(read.chksum).toBeTypeOf('number')
})
