/** `netshell run`: arguments, exit codes, what a script may import, and files that are no scripts. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, MODULES } from '../lab/bundle.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-script-'))
let program: string

beforeAll(async () => {
  symlinkSync(MODULES, path.join(folder, 'node_modules'))
  program = await bundle(folder, path.join(import.meta.dirname, 'script-entry.ts'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, source: string | Uint8Array): string {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), source)
  return name
}

interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

function run(name: string, args: readonly string[] = [], input = ''): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', name, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}

const runSource = (source: string, args: readonly string[] = []): Ended => run(file('one.nsh', source), args)

describe('parameters', () => {
  const demo =
    "// Says it.\nconst text = param('text', {positional: true, required: true})\nconst n = param('n', {default: 2})\nprint(text.repeat(n), typeof n)\n"

  it('are values in the script', () => {
    expect(runSource(demo, ['ab', '--n', '3'])).toEqual({ status: 0, stdout: 'ababab number\n', stderr: '' })
  })

  it('end it with 2 before it begins, when they are wrong', () => {
    const { status, stdout, stderr } = runSource(`print('ran')\n${demo}`, ['--n', 'x'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(
      "one.nsh: <text> is missing\none.nsh: --n 'x': it must be a whole number\n(netshell run one.nsh --help lists what it takes)\n",
    )
  })

  it('are told by --help, on standard output', () => {
    const { status, stdout, stderr } = runSource(demo, ['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: netshell run one\.nsh \[options\] <text>\n\nSays it\.\n/)
  })

  it('have to be written out, and the place is named', () => {
    const { status, stdout, stderr } = runSource("print('ran')\nconst n = param('n', {default: a})\nprint(n)")
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(
      "SyntaxError: what param() is given must be written out (text, numbers, true, lists): 'a' is known only when the script runs, and parameters are read before\n  at one.nsh:2:32\n",
    )
  })

  it('may be declared in TypeScript', () => {
    expect(
      runSource("const n: number = param<number>('n', {default: 2})\nprint(n as number)", ['--n', '4']).stdout,
    ).toBe('4\n')
  })
})

describe('exit codes', () => {
  it.each<[string, string, number]>([
    ['the end', '1', 0],
    ['process.exit', 'process.exit(3)', 3],
    ['process.exitCode', 'process.exitCode = 4', 4],
    ['an error', 'nosuch', 1],
    ['an error, whatever was chosen before', 'process.exitCode = 4; nosuch', 1],
    ['usage()', "usage('name a host')", 2],
    ['a throw in a callback', 'setTimeout(() => { throw new Error("late") }, 1); sleep(2)', 1],
    ['a throw in a callback after the last line', 'setTimeout(() => { throw new Error("late") }, 20)', 1],
    ['a rejected promise', 'Promise.reject(new Error("late")); sleep(2)', 1],
    ['a rejected promise after the last line', 'setTimeout(() => Promise.reject(new Error("late")), 20)', 1],
    ['process.exitCode in a callback', 'setTimeout(() => { process.exitCode = 5 }, 20)', 5],
  ])('%s', (_, source, status) => {
    const ended = runSource(source)
    expect(ended.status).toBe(status)
    if (source.includes('late')) expect(ended.stderr).toMatch(/^Error: late\n {2}at one\.nsh:1:\d+\n/)
    if (source.includes('usage')) expect(ended.stderr).toBe('one.nsh: name a host\n')
  })

  it('Ctrl-C', async () => {
    const name = file('wait.nsh', 'sleep(0.2)\ntry { print("waiting"); sleep(60) } finally { print("cleaned") }')
    const child = spawn(process.execPath, [program, 'run', name], { cwd: folder })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output === 'waiting\n') child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect({ status, output }).toEqual({ status: 130, output: 'waiting\ncleaned\n' })
  })
})

describe('print', () => {
  it('shows values as the prompt does, texts without quotes, promises by what they give', () => {
    expect(
      runSource("const five = print(Promise.resolve(5))\nprint('a', {b: 1}, undefined)\nprint(five + 1)").stdout,
    ).toBe('5\na { b: 1 } undefined\n6\n')
  })
})

describe('a file that is no script', () => {
  it('is looked for under similar names', () => {
    file('scripts/tcp-scan.nsh', '')
    expect(run('tcp-scna.nsh').stderr).toBe(
      "netshell: tcp-scna.nsh cannot be read: there is no such file; did you mean 'scripts/tcp-scan.nsh'?\n",
    )
    expect(run('tcp-scan')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("did you mean 'scripts/tcp-scan.nsh'?"),
    })
    expect(run('somewhere/else.nsh').stderr).toBe(
      'netshell: somewhere/else.nsh cannot be read: there is no such file\n',
    )
  })

  it('is a folder, with the scripts in it', () => {
    file('many/b.nsh', '')
    file('many/a.nsh', '')
    expect(run('many')).toMatchObject({
      status: 2,
      stderr: 'netshell: many cannot be read: it is a folder with scripts in it: a.nsh b.nsh\n',
    })
  })

  it('is a capture file, or no text', () => {
    expect(run(file('x.pcap', Buffer.from('d4c3b2a1020004000000000000000000', 'hex'))).stderr).toContain(
      'netshell read x.pcap',
    )
    expect(run(file('x.bin', Buffer.from([1, 0, 2])))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is no text'),
    })
  })

  it.skipIf(process.getuid?.() === 0)('may not be read', () => {
    chmodSync(path.join(folder, file('secret.nsh', '1')), 0)
    expect(run('secret.nsh').stderr).toContain('permission denied')
  })
})

describe('the text of a script', () => {
  it.each([
    ['empty', '', ''],
    ['a comment alone', '// nothing', ''],
    ['a shebang alone', '#!/usr/bin/env netshell', ''],
    ['with CRLF', '#!/usr/bin/env netshell\r\n// x\r\nprint(`a\r\nb`.length)\r\n', '3\n'],
    ['with a byte order mark', '\uFEFF#!/usr/bin/env netshell\nprint(1)', '1\n'],
    ['with a very long line', `print("${'x'.repeat(200_000)}".length)`, '200000\n'],
    ['without an end of line', 'print(1)', '1\n'],
  ])('may be %s', (_, source, stdout) => {
    expect(runSource(source)).toEqual({ status: 0, stdout, stderr: '' })
  })

  it('names places rightly with CRLF, and of a long line shows a part', () => {
    expect(runSource('1\r\n  nosuch\r\n').stderr).toContain('at one.nsh:2:3\n  2 |   nosuch\n')
    const { stderr } = runSource(`"${'x'.repeat(100_000)}"; nosuch`)
    expect(stderr).toContain('at one.nsh:1:100005\n')
    expect(stderr.length).toBeLessThan(500)
  })

  it('may come from standard input, with parameters', () => {
    expect(run('-', ['--n', '5'], "print(param('n', {default: 1}) + 1)").stdout).toBe('6\n')
    expect(run('-', ['--help'], '// From there.\n1').stdout).toContain('From there.')
  })
})

describe('what a script imports', () => {
  it('is found beside it: modules, packages, JSON, TypeScript', () => {
    file('lib/one.mjs', 'export const one = 1')
    file('lib/node_modules/pack/package.json', '{"name": "pack", "type": "module", "exports": "./index.js"}')
    file('lib/node_modules/pack/index.js', 'export const two = 2')
    file('lib/data.json', '{"three": 3}')
    file(
      'lib/types.ts',
      "import { five } from './more.ts'\nimport type { Stats } from 'node:fs'\nexport interface T { a: number }\nexport const four = (t: T): number => t.a\nexport { five }\n",
    )
    file('lib/more.ts', 'export const five: number = 5 as number')
    const source = `
      import { one } from './one.mjs'
      import { two } from 'pack'
      import data from './data.json' with { type: 'json' }
      import { four, five, type T } from './types.ts'
      import { basename } from 'node:path'
      const t: T = { a: 4 }
      print([one, two, data.three, four(t), five, basename('/a/b')])
      print((await import('./more.ts')).five, require('./data.json').three)`
    expect(run(file('lib/script.nsh', source))).toEqual({
      status: 0,
      stdout: "[ 1, 2, 3, 4, 5, 'b' ]\n5 3\n",
      stderr: '',
    })
  })

  it('is named with file and line where it is wrong', () => {
    file('wrong/syntax.mjs', 'export const a = 1\nexport const b = = 2\n')
    file('wrong/deep.mjs', "export { a } from './syntax.mjs'")
    file('wrong/enum.ts', 'export const a: number = 1\nexport enum E { A }')
    file('wrong/fails.ts', 'export function f(x: any): number {\n  return x.y.z\n}')
    file('wrong/throws.mjs', '\nthrow new Error("at once")')
    const errors = (source: string): string => run(file('wrong/script.nsh', source)).stderr
    expect(errors("import './syntax.mjs'")).toContain('in wrong/syntax.mjs:2:18')
    expect(errors("import './deep.mjs'")).toContain('in wrong/syntax.mjs:2:18')
    expect(errors("import './enum.ts'")).toMatch(/'enum' makes code.* \(.*wrong\/enum\.ts:2:8\)/)
    expect(errors("import { f } from './fails.ts'\nf({})")).toMatch(
      /at wrong\/script\.nsh:2:1\n[\s\S]*in wrong\/fails\.ts:2:14\n/,
    )
    expect(errors("import './throws.mjs'")).toContain('in wrong/throws.mjs:2:7')
    expect(errors("import './nosuch.mjs'")).toMatch(/Cannot find module .*nosuch\.mjs/)
  })

  it('is no script', () => {
    file('other.nsh', 'const a = 1')
    const { status, stdout, stderr } = runSource("print('ran')\nimport './other.nsh'")
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(
      "a script cannot be imported: put what both need into a module (.mjs, .ts), or run './other.nsh' first (.load at the prompt)\n  at one.nsh:2:8\n",
    )
  })
})
