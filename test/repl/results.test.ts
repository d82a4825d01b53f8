import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { plain } from '../../src/exchange/terminal-colours.js'
import { labelled, Results } from '../../src/repl/results.js'
import { ScriptSession } from './script-session.js'

const global = globalThis as Record<string, unknown>

afterEach(() => {
  for (const name of Object.getOwnPropertyNames(globalThis)) if (/^_\d*$/.test(name)) delete global[name]
})

describe('Results', () => {
  it('gives each value a name, and the last one another', () => {
    const results = new Results()
    expect(results.keep('a')).toBe('_1')
    expect(results.keep(2)).toBe('_2')
    expect([global._1, global._2, global._]).toEqual(['a', 2, 2])
  })

  it('keeps neither undefined nor functions: they take no number', () => {
    const results = new Results()
    expect(results.keep(undefined)).toBeUndefined()
    expect(results.keep(() => 1)).toBeUndefined()
    expect(results.keep(null)).toBe('_1')
  })

  it('leaves alone what the user has given another meaning', () => {
    const results = new Results()
    results.keep(1)
    global._ = 'mine'
    global._1 = 'mine too'
    for (let i = 0; i < 200; i++) results.keep(i)
    expect([global._, global._1]).toEqual(['mine', 'mine too'])
  })

  it('lets go of what is a hundred results old, and says so', () => {
    const results = new Results()
    for (let i = 1; i <= 150; i++) results.keep(`value ${i}`)
    expect(global._51).toBe('value 51')
    expect(() => global._50).toThrow(/^_50 is no longer kept: the last 100 results are/)
    global._50 = 'mine'
    expect(global._50).toBe('mine')
  })
})

describe('labelled', () => {
  it('puts the name in front of one line and above several', () => {
    expect(labelled('42', '_1', plain)).toBe('_1 = 42')
    expect(labelled('a\nb', '_2', plain)).toBe('_2 =\na\nb')
  })
})

describe('print', () => {
  let session: ScriptSession
  beforeAll(() => {
    session = new ScriptSession()
  })

  it.each([
    ['print(3)', '3'],
    ['print("a", 2, [1], undefined)', 'a 2 [ 1 ] undefined'],
    ['for (const i of [1, 2]) { print(i); }', '1\n2'],
    ['kept = print(4)', '4'],
    ['print({a: "x\\ny"}.a, 5)', 'x\ny\n5'],
  ])('shows once what it prints: %s', async (source, shown) => {
    expect(await session.type(source)).toBe(shown)
  })

  it('hides nothing else that has the value', async () => {
    expect(await session.type('print(3); 3')).toBe('3\n3')
    expect(await session.type('print(3); 1 + 2')).toBe('3\n3')
    expect(await session.type('3')).toBe('3')
  })
})
