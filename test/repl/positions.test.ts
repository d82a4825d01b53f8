/** Errors: the line and column of the user's own text, and nothing of ours. */
import { describe, expect, it } from 'vitest'
import { EditList } from '../../src/repl/edits.js'
import { renderError } from '../../src/repl/errors.js'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators } from './stand-ins.js'

const evaluator = new Evaluator(globals, operators)
let count = 0

/** The error of a program, as shown. */
async function shown(source: string, prompt = false): Promise<string> {
  const file = `/scripts/place-${++count}.nsh`
  try {
    await evaluator.run(source, { file, prompt })
  } catch (error) {
    return renderError(error, evaluator, { withFile: 'place.nsh' })
  }
  throw new Error('no error')
}

/** The place is marked with ▲ in the source, in front of where the error is. */
const marked: [name: string, source: string][] = [
  ['an unknown name', 'let a = 1\nlet b = ▲nosuch + a'],
  ['a call of nothing', 'const o = {}\n\n  o.▲go(1, 2)'],
  ['behind rewritten calls on the same line', 'sr1(IP()); sr1(IP()).ttl / 2; (8 / 2) * ▲nosuch'],
  ['in a function that waits', 'function f(x) {\n  sr1(IP())\n  return x.a.▲b\n}\nf({})'],
  ['in an arrow function that waits', 'const f = x =>\n  sr1(x.a.▲b)\nf({})'],
  ['in a callback of map', '[1].map(x => {\n  sleep(0)\n  ▲nosuch\n})'],
  ['in a loop over pairs', 'for (const [a, b] of [[1, null]]) {\n  sleep(0)\n  b.▲x\n}'],
  ['in the pattern of a loop', 'for (const {a: {▲b}} of [{}]) sleep(b)'],
  ['in a default parameter', 'function f(a = ▲nosuch) { sleep(0) }\nf()'],
  ['in a class', 'class A {\n  m() { sleep(0); return this.x.▲y }\n}\nnew A().m()'],
  ['in an optional chain', 'let o = {f: () => waitsFor(1)}\no?.f().x.▲y'],
  ['after many lines', `${'let x = 8 / 2\n'.repeat(500).replaceAll('let x', 'x')}\n▲nosuch`],
  ['an array method of no array', 'let o = {}\no.▲map(sr1)'],
  ['in the middle of a template', 'let t = `a\n${8 / 2}\n${▲nosuch}`'],
  ['what arrives later: the call that started it', 'let a = 1\n▲failing("no answer")'],
  ['a thrown error of the user', 'sleep(0)\nthrow ▲new Error("mine")'],
  ['behind a catch', 'try { failing() } catch ({message}) {\n  ▲nosuch\n}'],
  ['in finally', 'try { sleep(0) } finally { ▲nosuch }'],
  ['after an import', "import {join} from 'node:path'\njoin('a'); ▲nosuch"],
  ['an import of what is not there', "import {nosuch} from ▲'node:path'"],
  ['a syntax error', 'let a = 1\nlet b = ▲)'],
  ['a constant', 'const c = 1\nsr1(IP()); c ▲= 2'],
  ['an export', 'let a\n▲export const b = 1'],
  ['an operator that fails', 'let big = 1n; sr1(IP()); big ▲/ 2'],
]

describe('places', () => {
  for (const [name, source] of marked) {
    it(name, async () => {
      const offset = source.indexOf('▲')
      const before = source.slice(0, offset)
      const line = before.split('\n').length
      const column = offset - before.lastIndexOf('\n')
      expect(await shown(source.replace('▲', ''))).toContain(`  at place.nsh:${line}:${column}\n`)
    })
  }

  it('are the same at the prompt', async () => {
    const text = await shown('let a = 8 / 2\nfunction g() { sr1(IP())\n  nosuch }\ng()', true)
    expect(text).toContain('at place.nsh:3:3')
  })

  it('draw the line with a caret', async () => {
    expect(await shown('let a = 1\n  let b = nosuch')).toBe(
      [
        'ReferenceError: nosuch is not defined',
        '  at place.nsh:2:11',
        '  2 |   let b = nosuch',
        '                ^',
      ].join('\n'),
    )
  })
})

describe('messages', () => {
  it('suggest the name that was meant', async () => {
    expect(await shown('snif()')).toContain("snif is not defined; did you mean 'sniff'?")
    expect(await shown('let list_ = []; list_.mpa(1)', true)).toContain("did you mean 'map'?")
  })

  it('name what was called by its own text', async () => {
    expect(await shown('sr1(IP()).foo(1)')).toContain('TypeError: sr1(IP()).foo is not a function')
    expect(await shown('let [a] = waitsFor(5)')).not.toContain('intermediate')
  })

  it('name causes and parts', async () => {
    expect(await shown('throw new Error("outer", {cause: new Error("inner")})')).toContain('because: Error: inner')
    expect(await shown('await Promise.any([failing("one"), failing("two")])')).toMatch(/- Error: one\n.*- Error: two/)
  })

  it('show what is thrown and is no error', async () => {
    expect(await shown('throw {code: 5}')).toContain('thrown: { code: 5 }')
  })

  it('have no stack', async () => {
    expect(await shown('function a() { nosuch } function b() { a() } b()')).not.toMatch(/run-time|evaluate|node:/)
  })
})

describe('EditList', () => {
  it('keeps edits at one place in order and maps back', () => {
    const edits = new EditList('ab\ncd')
    edits.insert(1, 'X')
    edits.insert(1, 'Y')
    edits.replace(3, 4, ['longer'])
    const text = edits.apply()
    expect(text.code).toBe('aXYb\nlongerd')
    expect(text.toSource(1, 4)).toEqual({ line: 1, column: 2, offset: 1 })
    expect(text.toSource(2, 3)).toEqual({ line: 2, column: 1, offset: 3 })
    expect(text.toSource(2, 7)).toEqual({ line: 2, column: 2, offset: 4 })
  })

  it('moves a range with the edits inside', () => {
    const edits = new EditList('for (a of b) c')
    edits.replace(5, 6, ['i'])
    edits.insert(5, '<')
    edits.insert(6, '>')
    edits.replace(13, 13, ['{', { from: 5, to: 6 }, '=i;'])
    edits.insert(14, '}')
    expect(edits.apply().code).toContain('{<a>=i;c}')
  })

  it('keeps the line ends of what it replaces', () => {
    const edits = new EditList('a(\n\nb)')
    edits.replace(1, 5, ['['])
    expect(edits.apply().code).toBe('a[\n\n)')
  })
})
