import { describe, expect, it } from 'vitest'
import '../../../src/layers/index.js'
import { highlight, LONGEST, overlaid } from '../../../src/repl/editor/highlight.js'

function looks(text: string, cursor: number | null = null): string[] {
  return highlight(text, cursor).map(({ start, end, look }) => `${text.slice(start, end)} ${look}`)
}

describe('highlighting', () => {
  it('tells words, strings, numbers, layers and known names apart', () => {
    expect(looks("const x = IP({ttl: 3}) + 'a' + console.IP // c")).toEqual([
      'const keyword',
      'IP layer',
      '3 number',
      "'a' string",
      'console known',
      '// c comment',
    ])
  })

  it('reads no global that is made when first used', () => {
    let reads = 0
    Object.defineProperty(globalThis, 'lazyName', { configurable: true, get: () => ++reads })
    try {
      expect(looks('lazyName')).toEqual(['lazyName known'])
      expect(reads).toBe(0)
    } finally {
      Reflect.deleteProperty(globalThis, 'lazyName')
    }
  })

  it('marks the partner of the bracket at the cursor, and what closes nothing', () => {
    expect(looks('f(a)', 4)).toEqual(['( partner', ') partner'])
    expect(looks('f(a', 3)).toEqual([])
    expect(looks('a)')).toEqual([') wrong'])
    expect(looks('`${a}`', 5)).toEqual(['` template', '${ partner', '} partner', '` template'])
  })

  it('leaves the arguments of dot commands and programs alone, and long texts', () => {
    expect(looks('.load "a')).toEqual(['.load command'])
    expect(looks('!ls "a')).toEqual(['! command'])
    expect(highlight('a'.repeat(LONGEST + 1), 0)).toEqual([])
  })

  it('lays marks over pieces', () => {
    expect(
      overlaid([{ start: 0, end: 6, look: 'string' }], [{ start: 2, end: 4, look: 'found' }]).map(
        ({ start, end, look }) => [start, end, look],
      ),
    ).toEqual([
      [0, 2, 'string'],
      [2, 4, 'found'],
      [4, 6, 'string'],
    ])
  })
})
