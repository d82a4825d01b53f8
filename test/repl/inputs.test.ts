/** Inputs that every implementation of the shell must get right, each with its value. */
import { describe, expect, it } from 'vitest'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators, StandIn } from './stand-ins.js'

const evaluator = new Evaluator(globals, operators)
let count = 0

async function run(source: string, prompt = true): Promise<unknown> {
  const value = await evaluator.run(source, { file: `input-${++count}`, prompt })
  return value instanceof StandIn ? String(value) : value
}

type Case = [source: string, value: unknown]

/** Those of the design. Several lines given as an array are typed one after the other; the last value counts. */
const required: [source: string | string[], value: unknown][] = [
  ["dst='1.2.3.4'; IP({dst})/TCP({dport:80})/'payload'", 'IP/TCP/Raw'],
  ['let a=8,b=2; a/b+a*b/4-1', 7],
  ['o={p:IP(), n:[8]}; o.p/=UDP(); o["n"][0]/=2; String(o.p) + o.n[0]', 'IP/UDP4'],
  ["let s='a/b/c'; s.replace(/\\//g,'-')", 'a-b-c'],
  ['let g=2,i1=2; 8/g/i1', 2],
  ["/[/]/.test('/')", true],
  ['IP() /* a / b */ / // c / d\n  TCP()', 'IP/TCP'],
  ['`a${`b${8/2}/c`}/d`', 'ab4/c/d'],
  ["[undefined/2,'x'/2,'6'/'2',null/1]", [NaN, NaN, 3, 0]],
  ['sr1(IP()).ttl', 64],
  ['let r=[]; for (let i=1;i<=3;i++) r.push(sr1(IP({ttl:i})).ttl); r', [2, 3, 4]],
  [['function probe(d){ const a = sr1(IP({dst:d})); return a.ttl + 1 }', "probe('x') * 2"], 130],
  ['[3,1,2].sort((a,b)=>{ sleep(0); return a-b })', [1, 2, 3]],
  ['[1,2,3].reduce((s,i)=>s+sr1(IP()).ttl, 0)', 192],
  [
    ['function byTtl(n){ return sr1(IP({ttl:n})).ttl }', '[1,2].map(byTtl)'],
    [2, 3],
  ],
  [
    [
      'class A { m(x){ sleep(0); return x * 2 } }',
      'class B extends A { m(x){ let v = super.m(x); return v + arguments.length } }',
      'new B().m(4)',
    ],
    9,
  ],
  ['let log=[]; try { failing("x") } catch (e) { log.push(e.message) } finally { log.push("f") }; log', ['x', 'f']],
  ['function down(n){ sleep(0); return n === 0 ? 0 : 1 + down(n-1) }; down(10)', 10],
  ['function pv(x){ var x = x || 5; sleep(0); return x }; pv()', 5],
  ['(function({a=1,b}={},...rest){ sleep(0); return [a,b,rest] })({b:2},3,4)', [1, 2, [3, 4]]],
  ['function tag(t,...v){ sleep(0); return t.raw.join("|")+v }; tag`a${1}b`', 'a|b1'],
  ['let one = 1;\n[1,2].forEach(x => one += x)\none', 4],
  ['let two = 2\n;(function(){ sleep(0); two = 3 })()\ntwo', 3],
  [['const k=1', 'const k=2', 'k'], 2],
  ['{a:1, b:IP()/TCP()}', expect.objectContaining({ a: 1 })],
  ['if (true) {42} else {1}', 42],
  ['const {x:xx, ...yy} = {x:1,y:2,z:3}; [xx,yy]', [1, { y: 2, z: 3 }]],
  ["import {basename} from 'node:path'; basename('/a/b')", 'b'],
]

/** More of the same kind: where transforms like this one usually go wrong. */
const tricky: Case[] = [
  ['IP()/ICMP', 'IP/ICMP'],
  ["'x'/IP()", 'Raw/IP'],
  ['IP/TCP/UDP', 'IP/TCP/UDP'],
  ['(IP() * 3).length', 3],
  ['let m = IP(); m *= 2; m.length', 2],
  ['1n/2n', 0n],
  ['7n*3n', 21n],
  ['TCP in IP()/TCP()', true],
  ['UDP in IP()/TCP()', false],
  ["'a' in {a:1}", true],
  ['class P { #q = 1; static has(o){ return #q in o } }; [P.has(new P()), P.has({})]', [true, false]],
  ['let del = {a:1,b:2}; delete del.a; delete del["b"]; Object.keys(del)', []],
  ['let dx = 1; delete Object.freeze({a:1}).a', false],
  ['let q = 6; q /= (q = 3, 2); q', 3],
  ['let arr = [8], at = 0; arr[at++] /= 2; [arr, at]', [[4], 1]],
  ['let f1 = x => ({v: x / 2}); f1(8).v', 4],
  ['let f2 = (a, b) => (a / b); f2(8, 2)', 4],
  ['let f3 = (a, b = a / 2) => a / b; f3(8)', 2],
  ['let f4 = async x => sr1(IP({ttl: x})).ttl / 2; await f4(3)', 2],
  ['let n = null; n?.b().c', undefined],
  ['let n2 = {b: () => waitsFor(null)}; n2.b()?.c.d.e()', undefined],
  ['let n3 = {b: () => waitsFor({c: {d: x => waitsFor(x)}})}; n3?.b().c.d(7)', 7],
  ['let n4 = {v: 5, m(){ sleep(0); return this.v }}; n4.m?.() + n4?.m() + n4["m"]?.()', 15],
  ['let n5; n5?.map(x => sr1(x)).length', undefined],
  ['let n6 = {list: [1,2]}; n6?.list?.map(x => sr1(IP({ttl: x})).ttl).length', 2],
  ['let n7 = {f: null}; n7.f?.(sr1(IP()))', undefined],
  ['delete n7?.f; Object.keys(n7)', []],
  ['let sum = 0; for (const x of stream(4)) sum += x; sum', 10],
  ['let closed = []; for (const x of stream(9, closed)) { if (x === 2) break } closed', ['closed']],
  ['let seen = []; for (const x of stream(5)) { if (x % 2) continue; seen.push(x) } seen', [2, 4]],
  ['let pairs = []; for (const [a, b = sr1(IP()).ttl] of [[1], [2, 3]]) pairs.push(a + b); pairs', [65, 5]],
  ['var out = []; for (var vx of [1,2]) out.push(vx); [out, vx]', [[1, 2], 2]],
  ['let holder = {}; for (holder.x of [1,2]) ; holder.x', 2],
  ['let fs = []; for (let i of [1,2,3]) fs.push(() => i); fs.map(f => f())', [1, 2, 3]],
  ['let gs = []; for (let i = 0; i < 3; i++) { sleep(0); gs.push(() => i) } gs.map(g => g())', [0, 1, 2]],
  [
    'let sw; switch (waitsFor(2)) { case 1: sw = "a"; break; case waitsFor(2): sw = "b"; break; default: sw = "c" } sw',
    'b',
  ],
  [
    'outer: for (const x of [1,2]) { for (const y of [1,2]) { sleep(0); if (y === 2) continue outer; if (x === 2) break outer } } "ok"',
    'ok',
  ],
  ['let dw = 0; do { sleep(0); dw++ } while (waitsFor(dw < 3)); dw', 3],
  ['let w = 3, z = 0; while (waitsFor(w--)) z++; z', 3],
  ['(() => { sleep(0); return arguments.length })()', 0],
  ['(function(){ return (() => { sleep(0); return arguments[0] })() })(9)', 9],
  ['(function(a){ a = 5; sleep(0); return arguments[0] })(1)', 5],
  ['(function(a){ "use strict"; sleep(0); return this })()', undefined],
  ['let ctx = { v: 3, m(){ return [1].map(() => { sleep(0); return this.v }) } }; ctx.m()', [3]],
  ['let ob = { __proto__: { g(){ sleep(0); return 1 } }, g(){ return super.g() + super["g"]() } }; ob.g()', 2],
  [
    'function Made(x){ this.x = String(x) + parse2(x) } function parse2(x){ return [x].map(y => y).length } new Made(4).x',
    '41',
  ],
  ['(function(){ sleep(0); return new.target })()', undefined],
  ['let results = Promise.all([1,2,3].map(t => sr1(IP({ttl:t})))); results.map(p => p.ttl)', [2, 3, 4]],
  ['let [ra, rb] = Promise.all([sr1(IP({ttl:1})), sr1(IP({ttl:2}))]); ra.ttl + rb.ttl', 5],
  ['Promise.race([sr1(IP({ttl:1})), sleep(5)]).ttl', 2],
  ['(await Promise.allSettled([failing("q")]))[0].reason.message', 'q'],
  ['await new Promise(done => setTimeout(() => done(5), 1))', 5],
  ['Promise.resolve(6)', 6],
  ['let kept = Promise.resolve(6); kept instanceof Promise', true],
  ['({then(take) { take(7) }})', 7],
  ['let names = {}; names.f = () => sleep(0); let nf = function(){}; [names.f.name, nf.name]', ['', 'nf']],
  ['function lengths(a, b, c = 1){ sleep(0) } lengths.length + lengths.name', '2lengths'],
  ['[1,2,3,4].filter(x => waitsFor(x % 2))', [1, 3]],
  ['[1,2,3].find(x => waitsFor(x > 1)) + [1,2,3].findLast(x => waitsFor(x < 3))', 4],
  ['[[1,2,3].some(x => waitsFor(x > 2)), [1,2].every(x => waitsFor(x > 1))]', [true, false]],
  ['[1,2].flatMap(x => { sleep(0); return [x, x] })', [1, 1, 2, 2]],
  ['[1,2,3].reduceRight((s, x) => { sleep(0); return s + x }, "")', '321'],
  ['[1,,3].map(x => { sleep(0); return x })', [1, undefined, 3]],
  ['[undefined,2,1].sort((a,b) => waitsFor(a-b))', [1, 2, undefined]],
  ['let ms = new Map([["a",1]]), got = []; ms.forEach((v, k) => { sleep(0); got.push(k + v) }); got', ['a1']],
  ['[3,1].toSorted((a,b) => waitsFor(a-b))', [1, 3]],
  ['1; if (false) 2', undefined],
  ['let cv = 3; cv; let later = 4', 3],
  ['try { 1 } finally { 2 }', 1],
  ['for (let i = 0; i < 3; i++) i * 2', 4],
  ['do { 5 } while (false)', 5],
  ['{ let block = 1 }', undefined],
  ['{}', {}],
  ['{a: 1}.a', 1],
  ['var hoisted; fromLater(); function fromLater(){ hoisted = 1 } hoisted', 1],
  [
    'async function* ag(){ yield sr1(IP()).ttl; yield 2 } let ags = []; for (const x of ag()) ags.push(x); ags',
    [64, 2],
  ],
  ['for await (const x of [Promise.resolve(1), 2]) x', 2],
  ['function* gen(){ yield 1; yield 2 } [...gen()]', [1, 2]],
  ['class F { a = 1; static s = 2; get b(){ return this.a / 2 } } new F().b + F.s', 2.5],
  ['let esc = "\\u{1F600}"; esc.length', 2],
  ['let ternary = waitsFor(0) ? sr1(IP()) : waitsFor("no"); ternary', 'no'],
  ['let lg = waitsFor(0) || waitsFor(null); lg', null],
  ['let na = null; na ??= waitsFor(4); na ||= waitsFor(5); na &&= waitsFor(6); na', 6],
  ['`${waitsFor(1)}-${sr1(IP({ttl:1})).ttl}`', '1-2'],
  ['({ [waitsFor("k")]: waitsFor("v"), ...waitsFor({z: 1}) })', { k: 'v', z: 1 }],
  ['((x, ...more) => { sleep(0); return more.length })(...waitsFor([1,2,3]))', 2],
  ['new (class { constructor(x){ this.x = x } })(waitsFor(3)).x', 3],
  ['for(const[x]of waitsFor([[7]]))x', 7],
  ['let late2 = []; for (const n of [1,2]) late2.push(x => x + sr1(IP({ttl: n})).ttl); late2.map(f => f(0))', [2, 3]],
  ['let mk = n => (m => { sleep(0); return n + m }); let mk1 = mk(1), mk2 = mk(10); mk1(1) + mk2(1) + mk1(2)', 16],
  [
    'class Cm { constructor(n){ this.n = n } m(k){ sleep(0); return this.n + k } } new Cm(1).m(1) + new Cm(10).m(1)',
    13,
  ],
  ['let meths = []; for (const n of [1,2]) meths.push({ m(){ sleep(0); return n } }); meths.map(o => o.m())', [1, 2]],
  ['function outer1(a){ function inner1(b){ sleep(0); return a + b } return inner1 } outer1(1)(1) + outer1(10)(1)', 13],
  [
    'let od = (a, {b = 2} = {}, ...c) => { sleep(0); return [a, b, c, od.length] }; od(1, undefined, 3)',
    [1, 2, [3], 1],
  ],
  ['(function named(n){ sleep(0); return n ? named(n - 1) : named.name })(2)', 'named'],
  ['typeof waitsFor(1) + typeof undeclared_', 'numberundefined'],
  ['void waitsFor(1)', undefined],
  ['let neg = (-waitsFor(2)) ** 2; neg', 4],
  ['let x1 = 5 // comment\n/* another */ x1 / 5 // last', 1],
  ['#!/usr/bin/env netshell\n8/2', 4],
  ['var { length: vlen } = "abc", vother = 1; vlen + vother', 4],
  ['for (var fi = 0, fj = 10; fi < fj; fi++, fj--) ; fi', 5],
  ['var nov; if (true) { var inner = 7 } inner', 7],
  ['let x: number = 5; const y = (z: string): string => z + x; y("a") as string', 'a5'],
  ['interface Q { a: number }\nlet tq: Q = {a: 1}; tq!.a', 1],
  ['function gt<T>(x: T, y?: number): T { sleep(0); return x } gt<number>(3)', 3],
  [
    'class Typed { private a: number = 1; constructor(public_: string) {} get(): number { return this.a } } new Typed("x").get()',
    1,
  ],
  ['String(eval("1/2"))', '0.5'],
  ['let lines = `a\n/b`\nlines', 'a\n/b'],
  ['JSON.stringify({a: [1/2]})', '{"a":[0.5]}'],
  ['[..."ab"].entries().next().value', [0, 'a']],
  ['(function(){ try { return waitsFor(1) } finally { sleep(0) } })()', 1],
  ['(function(){ for (const x of [1]) { try { continue } finally { sleep(0) } } return 2 })()', 2],
  ['(() => { try { throw 1 } catch { return waitsFor(8) } })()', 8],
  ['try { throw {message: "d"} } catch ({message: mm, other = waitsFor(1)}) { mm + other }', 'd1'],
  ['let get = { get x(){ return 8 / 2 } }; get.x', 4],
  ['let comma = (sleep(0), waitsFor(2)); comma', 2],
  ['"use strict"; let stricty = 8; (function(){ return this })()', undefined],
  ['let late = () => waitsFor(1); late() + late()', 2],
  ['let rx = 4; let text = "/"; rx /2/ 1', 2],
  ['((a, b) => a / b / 2)(8, 2) + (x => x * x)(3)', 11],
  ['let deep = {a: {b: [16]}}; deep.a.b[0] /= 2 / 1; deep.a["b"][0] *= 2; deep.a.b[0]', 16],
  ['(function f(n){ return n < 2 ? 1 : n * f(n - 1) })(5)', 120],
]

describe('inputs of the design', () => {
  for (const [source, value] of required) {
    it([source].flat().join(' ⏎ '), async () => {
      let last: unknown
      for (const line of [source].flat()) last = await run(line)
      expect(last).toEqual(value)
    })
  }

  it('keeps the message of JavaScript for 1n/2', async () => {
    await expect(run('1n/2')).rejects.toThrow('Cannot mix BigInt and other types')
  })

  it('lets a name be declared again after its initialiser failed', async () => {
    await expect(run('let bad = nosuch()')).rejects.toThrow('nosuch is not defined')
    expect(await run('let bad = 4; bad')).toBe(4)
  })
})

describe('tricky inputs', () => {
  for (const [source, value] of tricky) {
    it(source, async () => {
      expect(await run(source)).toEqual(value)
    })
  }
})

describe('constants of the prompt', () => {
  it('cannot be assigned, but declared again', async () => {
    await run('const steady = 1')
    for (const source of ['steady = 2', 'steady++', 'steady /= 2', 'steady += 1', '() => { steady = 3 }']) {
      const wrong = source.startsWith('(') ? `(${source})()` : source
      await expect(run(wrong)).rejects.toThrow("Assignment to constant variable 'steady'")
    }
    expect(await run('steady')).toBe(1)
    expect(await run('(steady => { steady = 5; return steady })(4)')).toBe(5)
    expect(await run('let steady = 2; steady = 3; steady')).toBe(3)
  })
})

describe('preloaded names', () => {
  it('are made when first used, once, and may be replaced', async () => {
    let made = 0
    evaluator.preload({
      get lazyName() {
        return { number: ++made }
      },
      get otherLazyName() {
        return ++made
      },
    })
    expect(made).toBe(0)
    expect(await run('lazyName.number + lazyName.number')).toBe(2)
    expect(await run('let otherLazyName = 5; otherLazyName')).toBe(5)
    expect(made).toBe(1)
  })
})

describe('scripts', () => {
  it('keep const constant', async () => {
    await expect(run('const fixed = 1; fixed = 2', false)).rejects.toThrow('Assignment to constant variable')
    await expect(run('const twice = 1; const twice = 2', false)).rejects.toThrow('already been declared')
  })

  it('wait at the top level, with imports', async () => {
    const source = `import * as path from 'node:path'
      import url, {URL as Address} from 'node:url'
      const ttl = sr1(IP({ttl: 4})).ttl / 1
      globalThis.scriptResult = path.basename('/x/' + ttl) + (new Address('http://a/b').pathname) + typeof url`
    await run(source, false)
    expect((globalThis as { scriptResult?: string }).scriptResult).toBe('5/bobject')
  })
})

describe('what cannot wait says so', () => {
  const cases: [source: string, message: string][] = [
    ['new (class { constructor(){ this.a = sr1(IP()) } })()', 'sr1() has to wait, and a constructor cannot'],
    ['({ get x(){ return sr1(IP()) } }).x', 'sr1() has to wait, and a getter cannot'],
    ['({ set x(v){ sr1(v) } }).x = 1', 'sr1() has to wait, and a setter cannot'],
    ['new (class { f = sr1(IP()) })()', 'sr1() has to wait, and a class field cannot'],
    ['(function(a = sr1(IP())){})()', 'sr1() has to wait, and a default parameter cannot'],
    ['[...(function*(){ yield sr1(IP()) })()]', 'sr1() has to wait, and a generator'],
    ['function Old(){ this.a = sr1(IP()) } new Old()', 'sr1() has to wait, and new Old() cannot'],
    ['class S { static { sr1(IP()) } }', 'sr1() has to wait, and a static block cannot'],
  ]
  for (const [source, message] of cases) {
    it(source, async () => {
      await expect(run(source)).rejects.toThrow(message)
    })
  }
})

describe('messages keep the source text', () => {
  const cases: [source: string, message: string][] = [
    ['let ob2 = {}; ob2.map(x => sr1(x))', 'ob2.map is not a function'],
    ['let ob3 = {}; ob3.sniff()', 'ob3.sniff is not a function'],
    ['let ob4; ob4.map(sr1)', "Cannot read properties of undefined (reading 'map')"],
    ['let ob5 = 5; for (const x of ob5) x', 'ob5 is not iterable'],
    ['undefinedName.x', 'undefinedName is not defined'],
    ['let c = 5; c()', 'c is not a function'],
    ['null.x / 2', "Cannot read properties of null (reading 'x')"],
  ]
  for (const [source, message] of cases) {
    it(source, async () => {
      await expect(run(source)).rejects.toThrow(message)
    })
  }
})

describe('complete, incomplete, wrong', () => {
  const incomplete = [
    'function f(){',
    'sr1(IP(',
    '`',
    '/* x',
    'IP() /',
    '[1,',
    'a ?',
    'x =>',
    'if (a) {',
    'class A {',
    'x.',
    'a = {',
    '({a:',
    '`${a',
    'for (const x of',
    'try {',
    'do x',
    'let y =',
    'async () =>',
    "'a\\",
    'interface A {',
    'new',
    'a &&',
    'try {}',
    'if (x) {} else',
  ]
  const wrong = [
    'a b',
    'foo)',
    'let 1x',
    '"abc',
    'IP({dst:))',
    '/abc',
    'a = ;',
    '}',
    'const 5 = 3',
    'let let = 1',
    'break',
    'return 5',
  ]
  for (const source of incomplete) {
    it(`incomplete: ${source}`, async () => {
      expect((await evaluator.parse(source, { prompt: true })).state).toBe('incomplete')
    })
  }
  for (const source of wrong) {
    it(`wrong: ${source}`, async () => {
      expect((await evaluator.parse(source, { prompt: true })).state).toBe('wrong')
    })
  }
})
