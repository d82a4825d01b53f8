/** `.save`: the script does again what the session did, and prints what it showed. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, MODULES } from '../lab/bundle.js'
import { ScriptSession } from './script-session.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-save-'))
let program: string
let count = 0

beforeAll(async () => {
  symlinkSync(MODULES, path.join(folder, 'node_modules'))
  program = await bundle(folder, path.join(import.meta.dirname, 'script-entry.ts'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Saved {
  /** What the session showed for each block. */
  shown: string[]
  /** The script, without its header. */
  text: string
  output: string
  errors: string
  status: number | null
}

/** Types blocks, saves, runs what was saved. */
async function saved(blocks: readonly string[], flags = ''): Promise<Saved> {
  const session = new ScriptSession()
  const shown: string[] = []
  for (const block of blocks) shown.push(await session.type(block))
  const file = path.join(folder, `saved-${++count}.nsh`)
  expect(await session.type(`.save ${file} ${flags}`)).toContain(`netshell run ${file}`)
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'run', file], { encoding: 'utf8' })
  const [, , , ...lines] = readFileSync(file, 'utf8').split('\n')
  return { shown, text: lines.join('\n').trimEnd(), output: stdout, errors: stderr, status }
}

/** What the prompt shows in quotes, a script prints without. */
const bare = (text: string): string => text.replace(/^'(.*)'$/, '$1')

async function roundTrip(...blocks: string[]): Promise<string> {
  const { shown, text, output, errors, status } = await saved(blocks)
  const expected = shown
    .filter((each) => each !== '')
    .map((each) => `${bare(each)}\n`)
    .join('')
  expect({ text, output, errors, status }).toEqual({ text, output: expected, errors: '', status: 0 })
  return text
}

describe('a saved session', () => {
  it('prints what expressions showed, and nothing for what was done for its effect', async () => {
    const text = await roundTrip(
      'const answer = sr1(IP()).ttl',
      'answer / 2',
      "'a' + 1;",
      'answer > 3, answer',
      '{a: answer}',
    )
    expect(text).toBe(
      "const answer = sr1(IP()).ttl\nprint(answer / 2)\nprint('a' + 1);\nprint((answer > 3, answer))\nprint({a: answer})",
    )
    const { output } = await saved(['let n = 1', 'n = 5', 'n++', 'var o = {a: 1}', 'delete o.a', 'n'])
    expect(output).toBe('6\n')
  })

  it('keeps comments and blocks of several lines', async () => {
    await roundTrip(
      '// doubles\nfunction twice(x) {\n  return x * 2 // so\n}',
      'twice(4) // eight',
      '[1, 2].map(twice)',
    )
  })

  it('names the results that are used later', async () => {
    expect(await roundTrip('6 * 7', '_ + 1', '_1 + _2', 'let x = _', '[x, _3]')).toBe(
      'const _1 = print(6 * 7)\nconst _2 = print(_1 + 1)\nconst _3 = print(_1 + _2)\nlet x = _3\nprint([x, _3])',
    )
    expect(await roundTrip('5', '({_}._)', '[1, 2].map((_, i) => i)')).toContain('map((_, i) => i)')
    expect(await roundTrip('5', 'const _ = 7', '_ + 1')).toBe('print(5)\nconst _ = 7\nprint(_ + 1)')
  })

  it('gives a value to statements that have one', async () => {
    const text = await roundTrip(
      'if (true) {42} else {1}',
      '_ + 1',
      'for (const i of [1, 2]) i * 2',
      'try { nosuch } catch { 7 }',
    )
    expect(text).toContain('let _1\nif (true) {_1 = (42)} else {_1 = (1)}\nprint(_1)\nprint(_1 + 1)')
  })

  it.each([
    ['constants', ['const k = 1', 'k', 'const k = 2', 'k', 'let k = 3', 'k']],
    ['patterns', ['const {a, b} = {a: 1, b: 2}', 'const [b, c] = [3, 4], d = 5', '[a, b, c, d]', 'var a', 'String(a)']],
    ['functions', ['function f() { return 1 }', 'f()', 'function f() { return 2 }', 'f()', 'const f = () => 3', 'f()']],
    ['hoisted functions', ['function g() { return 1 }', 'let y = g()\nfunction g() { return 2 }\ny']],
    [
      'recursion through a new version',
      ['function n(x) { return x ? n(x - 1) : 1 }', 'const old = n', 'function n(x) { return 100 }', 'old(1)'],
    ],
    ['classes', ['class A { m() { return 1 } }', 'new A().m()', 'class A { m() { return 2 } }', 'new A().m()']],
    [
      'imports',
      [
        "import {basename} from 'node:path'",
        "basename('/a/b')",
        "import {basename, dirname} from 'node:path'",
        "dirname('/a/b')",
      ],
    ],
    ['the same import', ["import {join} from 'node:path'", "import {join} from 'node:path'", "join('a', 'b')"]],
    ['an import and a constant', ["import path from 'node:path'", "path.join('a', 'b')", 'const path = 5', 'path']],
    ['a whole module', ["import * as p from 'node:path'", "import * as p from 'node:path/posix'", "p.join('a', 'b')"]],
    ['globals that are hidden later', ['IP().names.length', 'const IP = 5', 'IP']],
    ['a variable of a loop', ['let s = 0', 'for (const i of [1, 2]) { s += i }', 'const i = 9', 'i + s']],
    ['an undeclared variable', ['zz = 4', 'zz + 1', 'let zz = 6', 'zz']],
  ])('lets names be declared again: %s', async (_, blocks) => {
    // Assignments show a value at the prompt that the script does not print.
    const { shown, text, output, errors } = await saved(blocks)
    const silent = /^(?:zz =|for )/
    const expected = shown
      .filter((each, index) => each !== '' && !silent.test(blocks[index]!))
      .map((each) => `${bare(each)}\n`)
    const printed = blocks.some((block) => block.startsWith('for ')) ? output.replace('3\n', '') : output
    expect({ text, output: printed, errors }).toEqual({ text, output: expected.join(''), errors: '' })
  })

  it('keeps blocks apart that would run into each other', async () => {
    await roundTrip(
      'const list = [1, 2]',
      '[0].length',
      '(3)',
      '`x`',
      '/a/.test("a")',
      'const f = function () { return 1 }',
      '(f)()',
    )
  })

  it('takes TypeScript, also where a declaration becomes an assignment', async () => {
    const text = await roundTrip(
      'interface P { a: number }',
      'const p: P = {a: 1}',
      'p.a',
      'const p: P = {a: 2}',
      '(p as P).a',
    )
    expect(text).toContain('let p: P = {a: 1}')
  })

  it('leaves out what failed, or keeps it as a comment', async () => {
    const blocks = ['const a = 1', 'a.b.c', 'let let = 1', 'a']
    expect((await saved(blocks)).text).toBe('const a = 1\nprint(a)')
    const { text, output } = await saved(blocks, '--all')
    expect(text).toBe('const a = 1\n// failed: a.b.c\n// failed: let let = 1\nprint(a)')
    expect(output).toBe('1\n')
  })

  it('repeats a failed block whose names are used later', async () => {
    const { text, output, status } = await saved(['let s = {n: 1}; s.nosuch()', 's.n'])
    expect(text).toContain('try {')
    expect({ output, status }).toEqual({ output: 'TypeError: s.nosuch is not a function\n1\n', status: 0 })
  })

  it('has promises waited for, and await', async () => {
    await roundTrip('Promise.resolve(4)', '_ + 1', 'const five = await Promise.resolve(5)', 'five')
  })

  it('writes no secret', async () => {
    const session = new ScriptSession()
    await session.type('var login = {password: "hunter2"}')
    const file = path.join(folder, 'secret.nsh')
    expect(await session.type(`.save ${file}`)).toContain('REDACTED')
    expect(readFileSync(file, 'utf8')).toContain('var login = {password: "REDACTED"}')
  })

  it('has loaded scripts in it, with what they were given', async () => {
    mkdirSync(path.join(folder, 'sub'), { recursive: true })
    writeFileSync(path.join(folder, 'sub', 'lib.mjs'), 'export const five = 5')
    const script = path.join(folder, 'sub', 'part.nsh')
    writeFileSync(
      script,
      "#!/usr/bin/env netshell\n// A part.\nimport {five} from './lib.mjs'\nconst times = param('times', {type: 'int', default: 1})\nconst given = five * times\n",
    )
    const plainScript = path.join(folder, 'sub', 'plain.nsh')
    writeFileSync(plainScript, 'const first = args[0]\n')
    const text = await roundTrip(
      `.load ${script} --times 3`,
      'given',
      `.load ${plainScript} "a b"`,
      'first',
      `.load ${script}`,
      'given',
    )
    expect(text).toContain(`// .load ${script} --times 3\n// A part.\nimport {five} from './sub/lib.mjs'`)
    expect(text).toContain('let times = 3')
    expect(text).toContain('args = ["a b"]')
  })

  it('is a program that anybody may run, and replaces nothing unless told to', async () => {
    const session = new ScriptSession()
    await session.type('1 + 1')
    const file = path.join(folder, 'mode.nsh')
    await session.type(`.save ${file}`)
    expect(statSync(file).mode & 0o777).toBe(0o755)
    expect(readFileSync(file, 'utf8')).toMatch(
      /^#!\/usr\/bin\/env netshell\n\/\/ A session of \d{4}-\d\d-\d\d \d\d:\d\d\.\n/,
    )
    await session.type('2 + 2')
    expect(await session.type(`.save ${file}`)).toBe(`.save: ${file} is there already; --force replaces it`)
    expect(readFileSync(file, 'utf8')).not.toContain('2 + 2')
    await session.type(`.save ${file} --force`)
    expect(readFileSync(file, 'utf8')).toContain('2 + 2')
  })

  it('says what is wrong', async () => {
    const session = new ScriptSession()
    expect(await session.type('.save')).toContain('.save scan.nsh')
    expect(await session.type(`.save ${path.join(folder, 'empty.nsh')}`)).toContain('nothing has been done yet')
    expect(existsSync(path.join(folder, 'empty.nsh'))).toBe(false)
    await session.type('1')
    expect(await session.type('.save x.nsh --al')).toContain('no option --al')
    expect(await session.type(`.save ${path.join(folder, 'nosuch', 'x.nsh')}`)).toContain('there is no such folder')
  })
})
