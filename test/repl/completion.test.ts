import { describe, expect, it } from 'vitest'
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
  })

  it('offers dot commands at the start of a line', () => {
    expect(complete('.lo', ['.load', '.exit'])).toEqual([['.load'], '.lo'])
  })

  it('stays silent in texts, comments and behind numbers and calls', () => {
    for (const text of ['"cObj', "'a' + 'cObj", '// cObj', 'f(1).', '5.']) expect(complete(text)[0]).toEqual([])
  })
})
