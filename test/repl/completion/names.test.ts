import { beforeAll, describe, expect, it } from 'vitest'
import { chosen, detail, items, texts, type } from './session.js'

beforeAll(async () => {
  await type('var snail = 4; function snore(loud, long) { return loud }; let größe = 2; var _hidden = 1')
})

describe('names', () => {
  it("are the user's first, then what is described, then node's", () => {
    expect(texts('x = sn').slice(0, 3)).toEqual(['snail', 'snore', 'sniff'])
    const all = texts('s')
    expect(all.indexOf('sniff')).toBeLessThan(all.indexOf('structuredClone'))
    expect(all.indexOf('send')).toBeLessThan(all.indexOf('switch'))
  })

  it('come with what they are', () => {
    expect(detail('sn', 'snail')).toBe('number 4')
    expect(detail('sn', 'snore')).toBe('function (loud, long)')
    expect(detail('sn', 'sniff')).toMatch(/^Captures packets/)
    expect(detail('TC', 'TCP')).toMatch(/Transmission Control Protocol/)
    expect(items('TC').find(({ text }) => text === 'TCP')?.kind).toBe('layer')
    expect(detail('typ', 'typeof')).toBe('the kind of a value, as text')
  })

  it('may be internal only where that is asked for', () => {
    expect(texts('hid')).toEqual([])
    expect(texts('_hid')).toEqual(['_hidden'])
    expect(texts('x = ').filter((name) => name.startsWith('_'))).toEqual([])
  })

  it('may have any letters', () => {
    expect(texts('1 + grö')).toEqual(['größe'])
  })

  it('are not offered on an empty line, behind values, and where a new name is due', () => {
    for (const input of ['', '  ', '5', '5 ', 'snail ', "'a' ", 'let sn', 'function sn', 'class Sn', '#sn']) {
      expect([input, texts(input)]).toEqual([input, []])
    }
  })

  it('are offered in templates’ expressions, not in texts and comments', () => {
    expect(texts('`a ${`b ${sna')).toEqual(['snail'])
    for (const input of [
      "'sna",
      '"sna',
      '`sna',
      '`a ${1} sna',
      '// sna',
      '/* sna',
      "/* it's */ /sna",
      "// it's\n'sna",
    ]) {
      expect([input, texts(input)]).toEqual([input, []])
    }
    expect(texts("/* it's */ sna")).toEqual(['snail'])
    expect(texts("a = /'/.test(sna")).toEqual(['snail'])
    expect(texts('`a ${1}` + sna')).toEqual(['snail'])
  })
})

describe('names of the text itself', () => {
  it('come before all others', () => {
    expect(texts('let snow = 1\nsno')).toEqual(['snow', 'snore'])
    expect(texts('const {snug, a: snip, ...snacks} = o, [snob] = p; sn').slice(0, 4)).toEqual([
      'snob',
      'snacks',
      'snip',
      'snug',
    ])
    expect(texts('import snag, {b as snub} from "x"; sn').slice(0, 2)).toEqual(['snub', 'snag'])
    expect(detail('function snap(a, {b} = {}) {}\nsna', 'snap')).toBe('function (a, {b} = {}), declared above')
  })

  it('are parameters too, inside of their function alone', () => {
    expect(texts('function f(sneak) { return sne')).toEqual(['sneak'])
    expect(texts('function f(sneak) { return 1 }; sne')).toEqual([])
    expect(texts('const f = (sneak, [snoop]) => sn').slice(0, 2)).toEqual(['snoop', 'sneak'])
    expect(texts('pkts.map(sneak => sne')).toEqual(['sneak'])
    expect(texts('pkts.map(sneak => 1, sne')).toEqual([])
    expect(texts('pkts.map(sneak => 1); sne')).toEqual([])
    expect(texts('class A { m(sneak) { sne')).toEqual(['sneak'])
    expect(texts('try { } catch (sneak) { sne')).toEqual(['sneak'])
    expect(texts('if (sneak) { sne')).toEqual([])
  })

  it('are those of open blocks', () => {
    expect(texts('for (const sneak of xs) { sne')).toEqual(['sneak'])
    expect(texts('for (const sneak of xs) sne')).toEqual(['sneak'])
    expect(texts('for (const sneak of xs) { f(sneak) }\nsne')).toEqual([])
    expect(texts('{ let sneak = 1 }\nsne')).toEqual([])
  })
})

describe('a cursor in a word', () => {
  it('completes what is before it and leaves the rest, unless the whole word is a candidate', () => {
    expect(chosen('x = sna|(1)', 'snail')).toBe('x = snail|(1)')
    expect(chosen('x = sn|xyz', 'snail')).toBe('x = snail|xyz')
    expect(chosen('x = sn|ail + 1', 'snore')).toBe('x = snore| + 1')
  })
})
