/** Parameters of scripts: what declarations say, and what the arguments become. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parameter } from '../../src/commands/param-declaration.js'
import { readParam } from '../../src/commands/param-types.js'
import { descriptionOf, factsOf } from '../../src/repl/params.js'
import { readArguments } from '../../src/repl/params-line.js'
import { parse } from '../../src/repl/parse.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-params-'))
afterAll(() => rmSync(folder, { recursive: true }))

function facts(source: string) {
  const parsed = parse(source, { prompt: false })
  if (parsed.state !== 'complete') throw new Error(parsed.message)
  return factsOf(source, parsed.program)
}

type Given = Record<string, unknown> & { rest?: unknown }

/** The values that a script gets, or what is printed instead. */
async function read(source: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Given | string> {
  const found = await readArguments(args, facts(source), { shown: 'x.nsh', command: 'netshell run', environment })
  if ('text' in found)
    return `${found.exitCode}: ${found.text.replace(/\n\(netshell run x\.nsh --help lists what it takes\)$/, '')}`
  const values = Object.fromEntries(found.values ?? [])
  const rest = found.globals.args as string[]
  return rest.length > 0 ? { ...values, rest } : values
}

const DEMO = `
// Prints a text.
const lachaine = param('lachaine', {required: true, positional: true, help: 'the text'})
const repete = param('repete', {type: 'int', default: 2, min: 1, max: 10, short: 'r', help: 'how often'})
const letters = param('case', {choices: ['as-is', 'upper'], default: 'as-is'})
const numbered = param('numbered', {type: 'boolean', short: 'n'})
const colour = param('colour', {default: true})
`

describe('the arguments of a script', () => {
  it('have defaults', async () => {
    const unset = { lachaine: 'x', repete: 2, case: 'as-is', numbered: false, colour: true }
    expect(await read(DEMO, ['x'])).toEqual(unset)
  })

  it.each([
    ['--repete 3 x', { repete: 3 }],
    ['--repete=3 x', { repete: 3 }],
    ['-r 3 x', { repete: 3 }],
    ['-r3 x', { repete: 3 }],
    ['x -r 3', { repete: 3 }],
    ['-nr 3 x', { repete: 3, numbered: true }],
    ['--numbered x', { numbered: true }],
    ['--no-numbered x', { numbered: false }],
    ['--numbered --no-numbered x', { numbered: false }],
    ['--no-colour x', { colour: false }],
    ['--colour x', { colour: true }],
    ['--case upper x', { case: 'upper' }],
    ['-r 3 -- --case', { lachaine: '--case', repete: 3 }],
    ['-r 3 -r 4 x', { repete: 4 }],
  ])('are read: %s', async (line, expected) => {
    expect(await read(DEMO, line.split(' '))).toMatchObject(expected)
  })

  it.each([
    ['', '2: x.nsh: <lachaine> is missing (the text)'],
    ['x y', "2: x.nsh: 'y' is too much: it takes 1 argument besides its options"],
    ['x --repet 3', "2: x.nsh: there is no option '--repet'; did you mean '--repete'?"],
    ['x --whatever', "2: x.nsh: there is no option '--whatever'"],
    ['x -q', "2: x.nsh: there is no option '-q'"],
    ['x --numbered=3', "2: x.nsh: there is no option '--numbered'; --numbered is a flag, and takes no value"],
    ['x --repete', '2: x.nsh: --repete needs a value'],
    ['x --case --numbered', "2: x.nsh: --case needs a value, and '--numbered' behind it is an option itself"],
    ['x -r 2.5', "2: x.nsh: --repete '2.5': it must be a whole number"],
    ['x -r 11', "2: x.nsh: --repete '11': it must be 1 to 10"],
    ['x --case uper', "2: x.nsh: --case 'uper': it must be as-is or upper; did you mean 'upper'?"],
    [
      '-r 0 --case q',
      "2: x.nsh: <lachaine> is missing (the text)\nx.nsh: --repete '0': it must be 1 to 10\nx.nsh: --case 'q': it must be as-is or upper",
    ],
  ])('are refused: %s', async (line, expected) => {
    expect(await read(DEMO, line === '' ? [] : line.split(' '))).toBe(expected)
  })

  it('has no control characters in what it says', async () => {
    expect(await read(DEMO, ['x', '-r', '\x1b[2J'])).toContain("--repete '\\x1b[2J'")
  })

  it('are guessed where a place was given instead of a name', async () => {
    const source = "param('host', {type: 'address'}); param('verbose', {type: 'boolean'})"
    expect(await read(source, ['10.0.0.1'])).toContain("did you mean '--host 10.0.0.1'?")
  })

  it('are told by --help', async () => {
    expect(await read(DEMO, ['--help'])).toBe(`0: Usage: netshell run x.nsh [options] <lachaine>

Prints a text.

Arguments:
  lachaine          the text (required)

Options:
  -r, --repete <n>  how often (a whole number; 1 to 10; default 2)
  --case <text>     (one of as-is, upper; default as-is)
  -n, --numbered
  --no-colour
  -h, --help        print this help

Exit codes: 0 done, 1 an error, 2 wrong usage, 130 ended by Ctrl-C`)
  })

  it('are told by --help though something is missing, or wrong', async () => {
    expect(await read(DEMO, ['-r', 'x', '-h'])).toMatch(/^0: Usage/)
  })

  it('are gathered', async () => {
    const source =
      "param('file', {positional: true}); param('more', {type: 'int', positional: true, multiple: true}); param('tag', {multiple: true, short: 't'})"
    expect(await read(source, ['a', '1', '2', '-t', 'x', '--tag', 'y'])).toEqual({
      file: 'a',
      more: [1, 2],
      tag: ['x', 'y'],
    })
    expect(await read(source, [])).toEqual({ file: undefined, more: [], tag: [] })
    expect(await read(source, ['--help'])).toContain('x.nsh [options] [file] [more...]')
  })

  it('go to args where the script looks at it, else they are too much', async () => {
    expect(await read("param('n', {default: 1}); args", ['a', '--n', '2', 'b'])).toEqual({ n: 2, rest: ['a', 'b'] })
    expect(await read("param('n', {default: 1})", ['a'])).toContain("'a' is too much")
    const property = "param('n', {default: 1}); print(http.get(url).json().args, {args: 1})"
    expect(await read(property, ['a'])).toContain("'a' is too much")
    expect(await read(property, ['--help'])).not.toMatch(/Arguments|args/)
  })

  it('come from the environment where nothing is given', async () => {
    const source =
      "param('token', {required: true, env: 'MY_TOKEN'}); param('n', {type: 'int', env: 'MY_N', default: 1})"
    expect(await read(source, [], { MY_TOKEN: 'a', MY_N: '5' })).toEqual({ token: 'a', n: 5 })
    expect(await read(source, ['--token', 'b'], { MY_TOKEN: 'a', MY_N: '' })).toEqual({ token: 'b', n: 1 })
    expect(await read(source, [], { MY_TOKEN: 'a', MY_N: 'x' })).toContain(
      "--n 'x': it must be a whole number (from MY_N)",
    )
    expect(await read(source, [], {})).toContain('--token is missing, or the environment variable MY_TOKEN')
  })

  it('has names of several words in the way of the command line', async () => {
    expect(
      await read("param('maxHops', {default: 30}); param('dry_run', {type: 'boolean'})", [
        '--max-hops',
        '5',
        '--dry-run',
      ]),
    ).toEqual({
      maxHops: 5,
      dry_run: true,
    })
  })

  it('leave -h to a script that wants it', async () => {
    expect(await read("param('host', {short: 'h'})", ['-h', 'x'])).toEqual({ host: 'x' })
  })

  it('are left alone where nothing is declared', async () => {
    expect(await read('args.length', ['--any', '-x'])).toEqual({ rest: ['--any', '-x'] })
    expect(await read('// Takes hosts.\nargs.length', ['--help'])).toMatch(
      /^0: Usage: netshell run x\.nsh \[args\.\.\.\]\n\nTakes hosts\./,
    )
    expect(await read('if (args[0] === "--help") print("mine")', ['--help'])).toEqual({ rest: ['--help'] })
    expect(await read('function param(x) { return x }; param("a" + 1)', ['b'])).toEqual({ rest: ['b'] })
  })
})

describe('a declaration', () => {
  it.each([
    ['function f() { param("a") }', 15, 'top level'],
    ['if (true) { param("a") }', 12, 'top level'],
    ['for (const x of [1]) param("a")', 21, 'top level'],
    ['[1].map(() => param("a"))', 14, 'top level'],
    ['param(name)', 6, "'name' is known only when the script runs"],
    ['param("a", {default: 1 + 1})', 21, "'1 + 1' is known only"],
    ['param("a", options)', 11, "'options' is known only"],
    ['param("a", {...b})', 12, 'known only'],
    ['param()', 0, 'param takes its name'],
    ['param("a", {}, 1)', 15, 'param takes its name'],
    ['param("a"); param("a")', 12, "'a' is declared twice"],
    ['param("a", {short: "x"}); param("b", {short: "x"})', 26, "'x' is declared twice"],
    ['param("maxHops"); param("max-hops")', 18, 'declared twice'],
    ['param("1a")', 0, 'the name comes first'],
    ['param("help")', 0, '--help is taken'],
    ['param("no-dns", {type: "boolean"})', 0, 'by what it turns on'],
    ['param("a", {typ: "int"})', 0, "there is no option 'typ'; did you mean 'type'?"],
    ['param("a", {type: "integer"})', 0, "there is no type 'integer'"],
    ['param("a", {type: "int", default: "x"})', 0, "its default 'x' does not fit: it must be a whole number"],
    ['param("a", {type: "int", default: 5, max: 4})', 0, 'it must be 4 or less'],
    ['param("a", {min: 1})', 0, 'min and max are for numbers'],
    ['param("a", {type: "int", min: 2, max: 1})', 0, 'min 2 is more than max 1'],
    ['param("a", {choices: ["x"], default: "y"})', 0, 'it must be x'],
    ['param("a", {choices: []})', 0, 'choices must be a list'],
    ['param("a", {type: "boolean", positional: true})', 0, 'cannot be positional'],
    ['param("a", {required: true, default: 1})', 0, 'needs no default'],
    ['param("a", {required: "yes"})', 0, 'required must be a boolean'],
    ['param("a", {short: "ab"})', 0, 'short is one letter'],
    ['param("a", {positional: true}); param("b", {positional: true, required: true})', 32, 'declare it first'],
    ['param("a", {positional: true, multiple: true}); param("b", {positional: true})', 48, 'nothing can follow'],
  ])('is refused: %s', (source, offset, message) => {
    expect(() => facts(source)).toThrowError(
      expect.objectContaining({ offset, message: expect.stringContaining(message) }),
    )
  })

  it('may stand within an expression, and be written in several ways', () => {
    const { params } = facts(
      "const list = param('list', {default: `a,b`, 'help': 'a long ' + 'text'}).split(',')\nconst n = -param('n', {type: 'number', default: -1.5})",
    )
    expect(params).toMatchObject([
      { name: 'list', type: 'string', default: 'a,b', help: 'a long text', start: 13 },
      { name: 'n', type: 'number', default: -1.5 },
    ])
  })

  it('has the type of its default', () => {
    const types = [2, 2.5, true, 'x', undefined].map((value) => parameter('a', { default: value }).type)
    expect(types).toEqual(['int', 'number', 'boolean', 'string', 'string'])
  })
})

describe('a value', () => {
  const file = path.join(folder, 'there')
  writeFileSync(file, '')
  const here = Object.keys(networkInterfaces())[0]!
  it.each([
    ['int', '-3', -3],
    ['int', '0x1f', 31],
    ['number', '1e3', 1000],
    ['number', '.5', 0.5],
    ['duration', '1.5', 1.5],
    ['duration', '500ms', 0.5],
    ['duration', '2m', 120],
    ['duration', '1 h', 3600],
    ['address', '10.0.0.1', '10.0.0.1'],
    ['address', 'fe80::1%eth0', 'fe80::1%eth0'],
    ['address', 'www.example.org', 'www.example.org'],
    ['address', 'bücher.example', 'bücher.example'],
    ['network', '10.0.0.0/24', '10.0.0.0/24'],
    ['network', '2001:db8::/32', '2001:db8::/32'],
    ['network', '10.0.0.1', '10.0.0.1'],
    ['mac', '02-00-00-00-00-0A', '02:00:00:00:00:0a'],
    ['interface', here, here],
    ['port', '80', 80],
    ['port', 'http', 80],
    ['ports', '22,80-82', [22, 80, 81, 82]],
    ['file', file, file],
    ['path', 'not/there', 'not/there'],
    ['url', 'https://example.org/x', 'https://example.org/x'],
  ] as const)('is read: %s %s', (type, text, expected) => {
    expect(readParam(parameter('a', { type }), text)).toEqual(expected)
  })

  it.each([
    ['int', '2.0', 'a whole number'],
    ['int', '99999999999999999999', 'a whole number'],
    ['number', 'NaN', 'a number'],
    ['number', '', 'a number'],
    ['duration', '-1', 'seconds'],
    ['duration', '5 weeks', 'seconds'],
    ['address', '10.0.0', 'an IP address'],
    ['address', '10.0.0.256', 'an IP address'],
    ['address', 'a b', 'an IP address'],
    ['network', '10.0.0.0/33', 'a network'],
    ['network', 'x/8', 'a network'],
    ['mac', '02:00', 'a hardware address'],
    ['interface', 'nosuch0', 'there is no such interface; there are '],
    ['port', '0', 'a port'],
    ['port', '65536', 'a port'],
    ['port', '80-90', 'a port'],
    ['ports', '80-70', 'goes backwards'],
    ['ports', 'x', 'no tcp port'],
    ['file', '/nosuch/file', 'there is no such file'],
    ['file', folder, 'it is a folder'],
    ['url', 'example.org', 'an address of the web'],
  ] as const)('is refused: %s %s', (type, text, message) => {
    expect(() => readParam(parameter('a', { type }), text)).toThrowError(message)
  })

  it('is refused outside of its bounds', () => {
    expect(() => readParam(parameter('a', { type: 'duration', max: 10 }), '1m')).toThrowError('10 or less (seconds)')
  })
})

describe('the description of a script', () => {
  it.each([
    ['#!/usr/bin/env netshell\n// One.\n//   two\n\n// not this\ncode()', 'One.\n  two'],
    ['/* One. */ code()', 'One.'],
    ['/**\n * One.\n *\n * Two.\n */\ncode()', 'One.\n\nTwo.'],
    ["'use strict'\n// One.", 'One.'],
    ['code() // no', ''],
    ['', ''],
  ])('is its first comment: %j', (source, expected) => {
    expect(descriptionOf(source)).toBe(expected)
  })
})
