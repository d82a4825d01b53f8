import { describe, expect, it } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { IP } from '../../src/layers/index.js'
import { complete } from '../../src/repl/completion.js'

let ran = 0
Object.assign(globalThis, {
  cIP: IP,
  cPacket: IP(),
  cObject: Object.defineProperty({ plain: { inner: 1, _hidden: 2 } }, 'getter', { get: () => ran++, enumerable: true }),
  cProxy: new Proxy(
    {},
    {
      get: () => ran++,
      ownKeys: () => {
        ran++
        return []
      },
      getPrototypeOf: () => {
        ran++
        return null
      },
    },
  ),
})

describe('complete', () => {
  it('offers global names and keywords', () => {
    expect(complete('x = cObj')).toEqual([['cObject'], 'cObj'])
    expect(complete('typ')[0]).toContain('typeof')
    expect(complete('')).toEqual([[], ''])
  })

  it('offers members, internals only when asked for', () => {
    expect(complete('cObject.plain.')).toEqual([['inner'], ''])
    expect(complete('cObject.plain._')).toEqual([['_hidden'], '_'])
    expect(complete('cObject?.pl')).toEqual([['plain'], 'pl'])
  })

  it('never runs getters or proxies', () => {
    complete('cObject.getter.x')
    expect(complete('cObject.get')[0]).toEqual(['getter'])
    complete('cProxy.x')
    complete('cProxy.x.y')
    expect(ran).toBe(0)
  })

  it('offers the fields of a packet and of a layer that is being made', () => {
    expect(complete('cPacket.tt')).toEqual([['ttl'], 'tt'])
    expect(complete('cIP({dst: "a", tt')).toEqual([['ttl: '], 'tt'])
    expect(complete('cIP({dst: "a", ds')[0]).toEqual([])
    expect(complete('cIP({')[0]).toContain('src: ')
    expect(complete('[cIP({dst: [1, 2], tt')).toEqual([['ttl: '], 'tt'])
    expect(complete('cIP({id: f({tt')[0]).toEqual([])
  })

  it('offers of a packet only what it has', () => {
    const names = complete('cPacket.')[0]
    expect(names).toEqual(expect.arrayContaining(['ttl', 'payload', 'show', 'summary']))
    expect(names).not.toContain('dport')
  })

  it('offers the options of a command', () => {
    preloaded()
    expect(complete('sniff({tim')).toEqual([['timeout: '], 'tim'])
    expect(complete('sr1(IP({dst: "10.0.0.1"})/ICMP(), {retry: 1, ti')).toEqual([['timeout: '], 'ti'])
    expect(complete('sr1(IP(), {retry: 1, re')[0]).toEqual([])
    expect(complete('sr1(IP(), {retry: ti')[0]).toEqual([])
  })

  it('offers files behind .load', () => {
    expect(complete('.load test/repl/completion.te')).toEqual([
      ['test/repl/completion.test.ts'],
      'test/repl/completion.te',
    ])
    expect(complete('.load tes')[0]).toContain('test/')
    expect(complete('.load no/such/folder/x')[0]).toEqual([])
  })

  it('offers dot commands at the start of a line', () => {
    expect(complete('.lo')).toEqual([['.load '], '.lo'])
    expect(complete('.ex')).toEqual([['.exit'], '.ex'])
  })

  it('stays silent in texts, comments and behind numbers and calls', () => {
    for (const text of ['"cObj', "'a' + 'cObj", '// cObj', 'f(1).', '5.']) expect(complete(text)[0]).toEqual([])
  })
})
