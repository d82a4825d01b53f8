import { expect, test } from 'vitest'
import { IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { divide, isIn, multiply, remove, stack } from '../../src/packet/index.js'

const names = (packet: unknown): string[] =>
  (packet as ReturnType<typeof stack>).layers().map((layer) => layer.layerName)

test('/ stacks when a packet or a layer takes part', () => {
  expect(names(divide(IP(), TCP()))).toEqual(['IP', 'TCP'])
  expect(names(divide(IP, UDP))).toEqual(['IP', 'UDP'])
  expect(names(divide('x', IP()))).toEqual(['Raw', 'IP'])
  expect(names(divide(IP(), Buffer.from('x')))).toEqual(['IP', 'Raw'])
})

test('/ is division otherwise', () => {
  expect(divide(6, 3)).toBe(2)
  expect(divide('6', '2')).toBe(3)
  expect(divide(6n, 4n)).toBe(1n)
  expect(divide(undefined, 2)).toBeNaN()
  expect(() => divide(1n, 2)).toThrow(TypeError)
  expect(() => divide(Symbol.iterator, 1)).toThrow(TypeError)
})

test('* repeats a packet', () => {
  const three = multiply(IP({ ttl: 5 }), 3) as ReturnType<typeof IP>[]
  expect(three.map((packet) => packet.ttl)).toEqual([5, 5, 5])
  three[0]!.ttl = 1
  expect(three[1]!.ttl).toBe(5)
  expect(multiply(2, 3)).toBe(6)
  expect(multiply('2', '3')).toBe(6)
  expect(() => multiply(IP(), 1.5)).toThrow('a packet can be repeated a whole number of times')
})

test('in asks for layers', () => {
  const packet = stack(IP(), TCP())
  expect(isIn(TCP, packet)).toBe(true)
  expect(isIn('TCP', packet)).toBe(true)
  expect(isIn(UDP, packet)).toBe(false)
  expect(isIn('dport', packet)).toBe(true)
  expect(isIn('x', { x: 1 })).toBe(true)
  expect(() => isIn('x', 5)).toThrow(TypeError)
})

test('delete makes a field automatic', () => {
  const packet = stack(IP({ src: '1.1.1.1', dst: '2.2.2.2', chksum: 1 }), Raw('x'))
  expect(remove(packet, 'chksum')).toBe(true)
  expect(packet.chksum).toBeUndefined()
  const object: { a?: number } = { a: 1 }
  expect(remove(object, 'a')).toBe(true)
  expect(object).toEqual({})
})
