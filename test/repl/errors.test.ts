/** Errors as they are shown: what was wrong, where, what to do; whatever was thrown. */
import { describe, expect, it, test } from 'vitest'
import { preloaded } from '../../src/commands/globals.js'
import { traceOf } from '../../src/repl/error-frames.js'
import { renderError } from '../../src/repl/errors.js'
import { Evaluator } from '../../src/repl/evaluate.js'

const evaluator = new Evaluator(preloaded())
let count = 0

/** In an object: a promise that resolved with it would ask it for its `then`. */
async function errorOf(source: string, prompt = true): Promise<{ error: unknown }> {
  try {
    await evaluator.run(source, { file: `prompt-${++count}`, prompt })
  } catch (error) {
    return { error }
  }
  throw new Error('no error')
}

const shown = async (source: string): Promise<string> => renderError((await errorOf(source)).error, evaluator)

/** The place is marked with ▲ in front of it. */
async function placeOf(source: string): Promise<{ message: string; marked: string }> {
  const [message, ...frame] = (await shown(source.replace('▲', ''))).split('\n')
  const caret = frame.findIndex((line) => /^ *\^+$/.test(line))
  const line = frame[caret - 1]!
  const head = /^ *\d+ \| /.exec(line)?.[0] ?? '  '
  const at = frame[caret]!.indexOf('^')
  return { message: message!, marked: `${line.slice(head.length, at)}▲${line.slice(at)}` }
}

describe('what is too long for the terminal', () => {
  it('is broken between words, and the place marked below is not', async () => {
    const { error } = await errorOf("IP(dst='1.2.3.4')")
    expect(renderError(error, evaluator, { columns: 60 }).split('\n')).toEqual([
      "PacketError: IP('1.2.3.4'): give an object of fields such",
      '  as IP({dst: …}), or bytes to dissect',
      "  that is Python: JavaScript writes IP({dst: '1.2.3.4'})",
      "  IP(dst='1.2.3.4')",
      '  ^',
    ])
  })

  it('is broken of syntax errors, too', async () => {
    const { error } = await errorOf('for i in range(3):')
    expect(renderError(error, evaluator, { columns: 50 }).split('\n').slice(0, 2)).toEqual([
      'SyntaxError: that is Python: a loop is written',
      '  as for (let i = 0; i < 3; i++) { … }',
    ])
  })
})

describe('syntax errors say what is wrong, and mark it', () => {
  const cases: [source: string, message: string][] = [
    ['▲fucntion f() { return 1 }', "'fucntion' is no keyword; did you mean 'function'?"],
    ['▲cosnt x = 1', "'cosnt' is no keyword; did you mean 'const'?"],
    ['if (1) { ▲retrun 5 }', "did you mean 'return'?"],
    ['foo ▲bar', "between 'foo' and 'bar' something is missing"],
    ['IP({dst:▲))', "')' does not close the '{' of column 4: '}' is missing"],
    ['sr1 ▲(x', "'(' is not closed: ')' is missing"],
    ['f([1, {a: (2▲}])', "'}' does not close the '(' of column 11: ')' is missing"],
    ['foo▲)', "')' closes nothing"],
    ['`a${[1▲}`', "'}' does not close the '['"],
    ["▲'abc", 'its quote is missing'],
    ['▲`abc', 'this text in backquotes is not closed'],
    ['a = ▲= 2', "'=' cannot stand here"],
    ['const ▲5 = 3', "'5' cannot stand here"],
  ]
  for (const [source, message] of cases) {
    it(source, async () => {
      const clean = source.replace('▲', '')
      const text = await shown(clean)
      expect(text.split('\n')[0]).toContain(`SyntaxError: `)
      expect(text).toContain(message)
      expect((await placeOf(source)).marked).toBe(source)
    })
  }

  it('with the lines around it', async () => {
    expect(await shown('let a = 1\nlet b = 2\nlet c = = 3\nlet d\nlet e')).toBe(
      [
        "SyntaxError: '=' cannot stand here",
        '  1 | let a = 1',
        '  2 | let b = 2',
        '  3 | let c = = 3',
        '              ^',
        '  4 | let d',
      ].join('\n'),
    )
  })

  it('and names where a bracket of another line was opened', async () => {
    expect(await shown('if (a) {\n  sr1(\n}')).toContain(
      "'}' does not close the '(' of line 2, column 6: ')' is missing",
    )
  })

  it('under the right column, behind tabs and wide characters', async () => {
    expect((await shown('x\n\tlet b = = 2')).split('\n').slice(2, 4)).toEqual([
      '  2 |   let b = = 2',
      '                ^',
    ])
    expect((await shown('x = "日本" = 5 = 6')).split('\n').slice(1)).toEqual(['  x = "日本" = 5 = 6', '      ^'])
    expect((await shown('let é = "日本" )')).split('\n').slice(1)).toEqual(['  let é = "日本" )', `${' '.repeat(17)}^`])
  })
})

describe('Python', () => {
  const cases: [source: string, meant: string][] = [
    ["IP(dst='1.2.3.4')", "JavaScript writes IP({dst: '1.2.3.4'})"],
    ['sniff(count=3)', 'JavaScript writes sniff({count: 3})'],
    ['for x in hosts:', 'for (const x of hosts) { … }'],
    ['for i in range(10):\n  x', 'for (let i = 0; i < 10; i++) { … }'],
    ['for k, v in d.items():', 'for (const [k, v] of d.items()) { … }'],
    ['def f(a, b):\n  return a', 'function f(a, b) { … }'],
    ['class A(B):', 'class A extends B { … }'],
    ['if x:\n  y', 'if (x) { … }'],
    ['if (a && b):\n  y', 'if (a && b) { … }'],
    ['while True:\n  x', 'while (True) { … }'],
    ['elif x:', 'else if (x) { … }'],
    ['else:', 'else { … }'],
    ['try:', 'try { … } catch (error) { … }'],
    ['except OSError as e:', 'catch (e) { … }'],
    ["f'a{x}b'", '`a${x}b`'],
    ["b'abc'", "Buffer.from('abc', 'latin1')"],
    ['import os', "import * as os from 'os'"],
    ['import os.path as p', "import * as p from 'os.path'"],
    ['from fs import a, b', "import {a, b} from 'fs'"],
    ['from scapy.all import *', 'nothing has to be imported'],
    ['x = [a for a in b if a > 1]', 'b.filter(a => a > 1).map(a => a)'],
    ['lambda x: x + 1', 'x => x + 1'],
    ['pkts[1:3]', 'pkts.slice(1, 3)'],
    ['pkts[:-1]', 'pkts.slice(0, -1)'],
    ['x is None', '== null'],
    ['a and b', '&&'],
    ['a or b', '||'],
    ['not a', '!x'],
    ['# comment', 'a comment begins with //'],
    ['print x', 'print(x)'],
    ['x = p if True else 3', 'True ? p : 3'],
    ['f(a if a > 1 else b)', 'a > 1 ? a : b'],
    ['del x.ttl', 'delete x.ttl'],
  ]
  for (const [source, meant] of cases) {
    it(source.replace('\n', ' ⏎ '), async () => {
      const text = await shown(source)
      expect(text).toContain('that is Python: ')
      expect(text).toContain(meant)
    })
  }

  it.each([
    ['True', 'JavaScript writes true'],
    ['None', 'JavaScript writes null'],
    ['len([1])', 'list.length'],
    ['range(3)', '[...Array(n).keys()]'],
    ['quit', 'Ctrl-D'],
  ])('%s', async (source, meant) =>
    expect(await shown(source)).toContain(`is not defined; ${meant === 'Ctrl-D' ? 'write .exit, or press ' : ''}`),
  )

  it('is not seen where it is none', async () => {
    for (const source of ['let a = "for x in y:" +* 2', '"a and b" 5', '`not ${x} b` 5', 'x = "f\'a\'" 5'])
      expect(await shown(source)).not.toContain('Python')
    expect(await shown('function keep(x) { throw new Error("own") } keep(y = 5)')).not.toContain('Python')
  })
})

describe('what was meant', () => {
  it.each([
    ['snif()', "did you mean 'sniff'?"],
    ['var packet = IP(); packet.shwo()', "packet.shwo is not a function; did you mean 'show'?"],
    ['IP().shwo()', "IP().shwo is not a function; did you mean 'show'?"],
    ['(IP()/TCP()).sumary()', "did you mean 'summary'?"],
    ['var packet = IP(); packet.haslayer(IP)', 'packet.haslayer is not a function; write TCP in packet'],
    ['IP().getlayer(IP)', 'write packet[TCP]'],
    ['var names = []; names.append(1)', 'JavaScript writes list.push(x)'],
    ['sniff({cout: 3})', "sniff has no option 'cout'; did you mean 'count'?"],
    ['IPP()', "did you mean 'IP'?"],
    ["dissect(hex('00'))", 'give the outermost layer and the bytes'],
    ['OSPF()', "OSPF is not defined; its layers are OSPF_Hdr, OSPFv3_Hdr, OSPF_LLS_Hdr …: ls('OSPF') lists them"],
    ['HTTP()', "its layers are HTTPRequest, HTTPResponse: ls('HTTP') lists them"],
    ['Geneve()', "did you mean 'GENEVE'?"],
    ['IP().tll', "IP has no field 'tll'; did you mean 'ttl'?"],
    ['IP({tll: 3})', "IP has no field 'tll'; did you mean 'ttl'?"],
    ["ICMP({type: 'echo-reqest'})", "did you mean 'echo-request'?"],
    ["TCP({flags: 'Q'})", "TCP.flags: no flag 'Q'; the flags are FSRPAUECN"],
    ['var number = 5; number()', 'number is not a function; it is the number 5'],
    ['var p2 = IP(); p2.ttl()', 'it is no method: write p2.ttl'],
    ['var held = {text: "a"}; held.text()', "it is the text 'a'"],
    ['let none; none.foo', ': none is undefined'],
    ['Math.mx(1)', "did you mean 'max'?"],
  ])('%s', async (source, hint) => expect(await shown(source)).toContain(hint))

  it('runs no getter for it', async () => {
    expect(await shown('var ran = 0; var trap = {get deep() { ran++; return {} }}; trap.deep.nosuch()')).toContain(
      'trap.deep.nosuch is not a function',
    )
    expect(await evaluator.run('ran', { file: 'ran', prompt: true })).toBe(1)
  })
})

describe('who called', () => {
  test('functions, callbacks and what waits in between', async () => {
    const source =
      'function probe(d) {\n  return d.x.y\n}\nfunction scan(d) { return [1].map(() => probe(d)) }\nscan({})'
    const name = `prompt-${count + 1}`
    expect((await shown(source)).split('\n').slice(3)).toEqual([
      `  in probe (${name}:2)`,
      `  in scan (${name}:4)`,
      `  in ${name}:5`,
    ])
  })

  test('also behind waits, each place once', async () => {
    const source =
      'function a(x) { sleep(0)\n nosuch }\nfunction b() { sleep(0); a()\n }\nconst c = () => b()\nsleep(0); c()'
    const name = `prompt-${count + 1}`
    expect((await shown(source)).split('\n').slice(3)).toEqual([
      `  in a (${name}:2)`,
      `  in b (${name}:3)`,
      `  in c (${name}:5)`,
      `  in ${name}:6`,
    ])
  })

  test('a call from an earlier line is named by that line', async () => {
    await evaluator.run('function earlier() {\n  nosuch\n}', { file: 'first', prompt: true })
    expect(await shown('earlier()')).toContain('  in earlier (first:2)\n  in prompt-')
  })

  test('once is not told', async () => {
    expect(await shown('nosuch')).not.toContain(' in ')
  })

  test('recursion is counted', async () => {
    expect(await shown('function down(n) { return n ? down(n - 1) + 1 : nosuch } down(9)')).toMatch(
      /in down \(.*\) 10 times\n/,
    )
  })
})

describe('whatever is thrown is shown', () => {
  it.each([
    ['throw null', 'thrown: null'],
    ['throw undefined', 'thrown: undefined'],
    ['throw 5', 'thrown: 5'],
    ['throw new Proxy({}, {get() { throw 1 }, getPrototypeOf() { throw 2 }})', 'thrown: {}'],
    ['throw new Proxy(new Error("inside"), {get() { throw 1 }})', 'thrown: Error: inside'],
    [
      'throw {toString() { throw 1 }, [Symbol.for("nodejs.util.inspect.custom")]() { throw 5 }}',
      'thrown: something that cannot be shown',
    ],
    [
      'class E extends Error { get message() { throw 3 } get stack() { throw 4 } get name() { throw 1 } } throw new E()',
      'Error',
    ],
    ['throw Object.assign(new Error("x"), {message: 5, name: {}})', '{}: 5'],
    ['throw Object.assign(new Error("x"), {stack: 5})', 'Error: x'],
    ['const circle = new Error("a"); circle.cause = circle; throw circle', 'Error: a'],
    ['throw new AggregateError([new Error("a"), 5, null], "many")', '  - Error: a\n  - thrown: 5\n  - thrown: null'],
    [
      'throw new Error("outer", {cause: new Error("inner", {cause: "text"})})',
      "because: Error: inner\n  because: thrown: 'text'",
    ],
    ['Promise.reject(5)', 'thrown: 5'],
    ['({then(a, b) { b(7) }})', 'thrown: 7'],
    ['await {then() { throw new Error("evil") }}', 'Error: evil'],
    ['new Array(2**32)', 'RangeError: Invalid array length'],
    ['function deep() { deep() } deep()', 'RangeError: Maximum call stack size exceeded'],
    ['const going = (function*() { going.next() })(); going.next()', 'TypeError: Generator is already running'],
    ['throw new Error("a\\x1b[2J\\u202e")', 'Error: a\\x1b[2J'],
    ['throw new Error("a\\x1b[8mhidden")', 'Error: a\\x1b[8mhidden'],
  ])('%s', async (source, text) => {
    const rendered = await shown(source)
    expect(rendered).toContain(text)
    expect(rendered).not.toContain('\x1b')
  })
})

test('.trace shows the whole stack, the lines of the user marked and in his own text', async () => {
  const { error } = await errorOf('sleep(0)\nfunction t() {\n  nosuch\n}\nt()')
  const trace = traceOf(error, evaluator, (_style, text) => text)
  expect(trace).toMatch(/^ReferenceError: nosuch is not defined\n {2}> at t prompt-\d+:3:3\n/)
  expect(trace).toMatch(/> at prompt-\d+:5:1/)
  expect(trace).toContain('run-time')
  const caused = traceOf(new Error('a', { cause: new Error('b') }), evaluator, (_style, text) => text)
  expect(caused).toMatch(/^Error: a\n[\s\S]*\nbecause: Error: b\n/)
})
