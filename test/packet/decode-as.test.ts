import { describe, expect, test } from 'vitest'
import { CoAP, DNS, Ether, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { bind, dissect, fromHex, stack, unbind } from '../../src/packet/index.js'

const ends = { src: '10.0.0.1', dst: '10.0.0.2' }
const COAP = fromHex('40010001b3616263')
const made = () => stack(IP(ends), UDP({ sport: 9999, dport: 9998 }), COAP)

describe('decodeAs', () => {
  test('reads bytes that nobody understood as a layer, and leaves the packet as it was', () => {
    const read = made().rebuilt()
    const decoded = read.decodeAs(CoAP)
    expect(decoded.summary()).toBe('IP / UDP / CoAP CON GET /abc')
    expect(read.last.layerName).toBe('Raw')
    expect(decoded.hex()).toBe(read.hex())
    expect(decoded.issues()).toEqual([])
    expect(decoded.copy().summary()).toBe(decoded.summary())
    expect(read.decodeAs('CoAP').msg_id).toBe(1)
  })

  test('a layer may be named whose payload is meant, also one that was understood otherwise', () => {
    const dns = stack(IP(ends), UDP({ dport: 53 }), COAP).rebuilt()
    expect(dns.decodeAs(UDP, 'CoAP').last.layerName).toBe('CoAP')
    expect(dns.decodeAs('IP', Raw).last.layerName).toBe('Raw')
    expect(dns.decodeAs('IP', TCP).summary()).toContain('Raw')
  })

  test('padding stays padding', () => {
    const frame = dissect(Ether, fromHex(`020000000002020000000001${'0800'}${made().hex()}${'00'.repeat(10)}`))
    expect(frame.last.layerName).toBe('Padding')
    expect(
      frame
        .decodeAs(CoAP)
        .layers()
        .map((layer) => layer.layerName),
    ).toEqual(['Ether', 'IP', 'UDP', 'CoAP', 'Padding'])
  })

  test('what was made is built first', () => {
    expect(made().decodeAs(CoAP).summary()).toBe('IP / UDP / CoAP CON GET /abc')
  })

  test('mistakes are told', () => {
    expect(() => made().decodeAs('CoAPP')).toThrow("decodeAs: 'CoAPP' is no layer; did you mean 'CoAP'?")
    expect(() => made().decodeAs(TCP, CoAP)).toThrow('has no layer TCP')
    expect(() => stack(IP(ends), UDP()).decodeAs(UDP, CoAP)).toThrow('UDP has no payload that could be read as CoAP')
    expect(() => stack(IP(ends), UDP()).decodeAs(CoAP)).toThrow('name the one around what is to be read')
  })
})

describe('bind and unbind', () => {
  const bytes = made().bytes()
  const last = (): string => (dissect(IP, bytes) as ReturnType<typeof made>).last.layerName

  test('what bind says holds until it is taken back', () => {
    const undo = bind(UDP, CoAP, { dport: 9998 })
    expect(last()).toBe('CoAP')
    undo()
    expect(last()).toBe('Raw')
  })

  test('bindings of the library can be taken back and brought back', () => {
    const query = stack(IP(ends), UDP({ sport: 4000 }), DNS({ qd: ['a.example'] })).bytes()
    const read = (): string => (dissect(IP, query) as ReturnType<typeof made>).last.layerName
    const restore = unbind(UDP, DNS, { dport: 53 })
    expect(read()).toBe('Raw')
    // The other port still means it.
    expect(
      (dissect(UDP, fromHex('0035100000140000000001000001000000000000')) as ReturnType<typeof made>).last.layerName,
    ).toBe('DNS')
    restore()
    restore()
    expect(read()).toBe('DNS')
    expect(stack(UDP(), DNS()).dport).toBe(53)
  })

  test('building follows: without a binding no port is set', () => {
    expect(stack(UDP(), CoAP()).dport).toBe(5683)
    const restore = unbind(UDP, CoAP)
    expect(stack(UDP(), CoAP()).dport).toBe(53)
    restore()
    expect(stack(UDP(), CoAP()).dport).toBe(5683)
    const restoreOne = unbind(UDP, CoAP, { dport: 'coap' })
    expect(stack(UDP(), CoAP()).dport).toBe(53)
    restoreOne()
    expect(stack(UDP(), CoAP()).dport).toBe(5683)
  })

  test('what is not bound is told, with what is', () => {
    expect(() => unbind(UDP, TCP)).toThrow('unbind(UDP, TCP): nothing binds TCP to UDP')
    expect(() => unbind(UDP, CoAP, { dport: 1 })).toThrow('they are bound where sport is 5683, dport is 5683')
    expect(() => unbind(UDP, CoAP, { port: 1 })).toThrow("UDP has no field 'port'")
  })
})
