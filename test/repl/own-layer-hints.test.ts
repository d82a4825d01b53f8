/** What the prompt says to those who declare a layer as in Scapy, or name a field twice. */
import { expect, test } from 'vitest'
import { parse } from '../../src/repl/parse.js'
import { explainSyntax } from '../../src/repl/syntax-hints.js'
import { Session } from '../docs/session.js'

test('a field that stands twice is refused where it stands', () => {
  const source = "layer('Two', {a: u8(), 'b': u8(), a: u16()})"
  expect(parse(source, { prompt: true })).toMatchObject({
    state: 'wrong',
    message: "the field 'a' stands twice in this layer",
    offset: source.lastIndexOf('a:'),
  })
  for (const right of ["layer('Two', {a: u8(), b: u8()})", 'other({a: 1, a: 2})', "layer('Two', fields)", 'layer()'])
    expect(parse(right, { prompt: true }), right).toMatchObject({ state: 'complete' })
})

test('Scapy’s names tell ours', async () => {
  const session = new Session()
  expect((await session.type("ShortField('x', 5)"))[0]).toContain('write u16(5)')
  expect((await session.type('bind_layers(UDP, DNS)'))[0]).toContain('write bind(UDP, Mine, {dport: 4321})')
})

test('a class of Packet is a layer', () => {
  const source = 'class Mine(Packet):'
  const parsed = parse(source, { prompt: true })
  if (parsed.state === 'complete') throw new Error('that is no JavaScript')
  expect(explainSyntax(source, parsed.message, parsed.offset).message).toContain("Mine = layer('Mine', {")
})
