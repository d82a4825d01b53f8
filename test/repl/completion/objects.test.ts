/** Keys: fields of layers, options of commands. */
import { beforeAll, describe, expect, it } from 'vitest'
import { chosen, detail, texts, type } from './session.js'

beforeAll(async () => {
  await type("var myLayer = layer('Mine', {kind: u8(), size: u16()})")
  await type('var own = {IP}; var tell = () => 1')
})

describe('fields of a layer that is being made', () => {
  it('are offered with size, default and meaning, those given left out', () => {
    expect(texts('IP({')).toContain('src: ')
    expect(texts('IP({dst: "a", tt')).toEqual(['ttl: '])
    expect(texts('IP({dst: "a", ds')).toEqual([])
    expect(texts('IP({tt|, ttl: 3})')).toEqual([])
    expect(detail('IP({tt', 'ttl')).toMatch(/^8 bits, default 64 · Hops/)
    expect(detail('TCP({fl', 'flags')).toMatch(/^9 flags, default S/)
    expect(chosen('IP({tt|})', 'ttl')).toBe('IP({ttl: |})')
    expect(chosen('IP({tt|: 5})', 'ttl')).toBe('IP({ttl|: 5})')
  })

  it('also in expressions, over lines, behind layers, for layers of the user', () => {
    expect(texts("x = [f(IP({\n  dst: [1, 2], // it's\n  tt")).toEqual(['ttl: '])
    expect(texts("IP({dst: '10.0.0.1'})/TCP({dpo")).toEqual(['dport: '])
    expect(texts('sr1(IP({dst})/UDP({dpo')).toEqual(['dport: '])
    expect(texts('myLayer({si')).toEqual(['size: '])
    expect(texts('own.IP({tt')).toEqual(['ttl: '])
    expect(texts('`${IP({tt')).toEqual(['ttl: '])
  })

  it('not where something else is', () => {
    expect(texts('IP({ttl: tt')).toEqual([])
    expect(texts('IP({id: f({tt')).toEqual([])
    expect(texts('IP({ttl: () => { tt')).toEqual([])
    expect(texts('IP([{tt')).toEqual([])
    expect(texts('nosuch({tt')).toEqual([])
  })
})

describe('options of a command', () => {
  it('are offered with what they are', () => {
    expect(texts('sniff({co')).toEqual(['count: '])
    expect(detail('sniff({co', 'count')).toBe('ends after this many packets (unset: no limit) · number')
    expect(texts('sr1(IP({dst: "10.0.0.1"})/ICMP(), {retry: 1, tim')).toEqual(['timeout: '])
    expect(texts('sr1(IP(), {retry: 1, retr')).toEqual([])
    expect(texts('sr1(IP(), {retry: tim')).toEqual([])
    expect(texts('bg(sniff({iface: "lo", coun')).toEqual(['count: '])
    expect(texts("scan('10.0.0.1', {por")).toEqual(['ports: '])
    expect(texts('sniff({prn: p => 1, coun')).toEqual(['count: '])
    expect(texts('sniff({prn(p) { return 1 }, coun')).toEqual(['count: '])
  })

  it('not for a function of the user that has the name of one', async () => {
    expect(texts('ping("a", {coun')).toEqual(['count: '])
    await type('var savedPing = ping')
    await type('function ping(host) { return host }')
    expect(texts('ping("a", {coun')).toEqual([])
    await type('ping = savedPing')
    expect(texts('ping("a", {coun')).toEqual(['count: '])
  })
})
