import { beforeAll, describe, expect, it } from 'vitest'
import { hint, type } from './session.js'

beforeAll(async () => {
  await type(
    'function add(one, two = 2, ...more) { return one }; var quick = host => host; class Box { constructor(width, height) {} }',
  )
  await type(
    'function slow(host, port) { return sr1(IP({dst: host})) }; var thing = {run(a) {}}; var packet = IP()/TCP()',
  )
  await type('var proxied = new Proxy(add, {})')
})

describe('hints', () => {
  it('explain the option that is being given', () => {
    expect(hint('sniff({count: ')).toBe(
      'sniff({filter, count, …})  count: ends after this many packets (unset: no limit) · number',
    )
    expect(hint('sniff({count')).toMatch(/ {2}count: ends/)
    expect(hint("sniff({iface: '")).toMatch(/ {2}iface: /)
    expect(hint('sniff({')).toMatch(/^sniff\(.*\) {2}Captures packets/)
    expect(hint('bg(sniff({count: 3, timeout: ')).toMatch(/ {2}timeout: /)
  })

  it('explain the argument', () => {
    expect(hint("rdpcap('")).toMatch(/^rdpcap\(.*\) {2}file: /)
    expect(hint('Promise.all(')).toMatch(/^Promise\.all\(/)
    expect(hint("route.add('")).toMatch(/ {2}network: /)
    expect(hint("wrpcap('x', ")).toMatch(/ {2}packets: /)
  })

  it('explain the field', () => {
    expect(hint('IP({ttl: ')).toMatch(/^IP\.ttl {2}8 bits, default 64 · Hops/)
    expect(hint("IP({dst: 'x', ttl")).toMatch(/^IP\.ttl /)
    expect(hint('IP({')).toMatch(/^IP\(\{version, ihl, .*options\}\)$/)
    expect(hint('packet.dport = ')).toMatch(/^TCP\.dport /)
    expect(hint("packet[TCP].flags === '")).toMatch(/^TCP\.flags /)
  })

  it("show the parameters of the user's own functions", () => {
    expect(hint('add(')).toBe('add(one, two = 2, ...more)')
    expect(hint('1 + quick(2')).toBe('quick(host)')
    expect(hint('new Box(')).toBe('new Box(width, height)')
    expect(hint('thing.run(')).toBe('thing.run(a)')
    expect(hint('function mine(a, {b}) {}\nmine(')).toBe('mine(a, {b})')
    expect(hint('const mine = (a, b) => 1\nmine(1, ')).toBe('mine(a, b)')
  })

  it('go outwards where the inner call says nothing', () => {
    expect(hint('add(nosuch(')).toBe('add(one, two = 2, ...more)')
    expect(hint('add([1, {a: ')).toBe('add(one, two = 2, ...more)')
  })

  it('are nothing elsewhere', () => {
    for (const input of [
      '',
      'x',
      'if (',
      'function f(',
      '(',
      'nosuch(',
      'add()',
      '// add(',
      "'add(",
      '.load add(',
      'proxied(',
    ])
      expect([input, hint(input)]).toEqual([input, null])
  })
})
