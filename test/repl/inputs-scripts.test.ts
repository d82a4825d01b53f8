/** Scripts: what is different from the prompt, and what must be the same. */
import { describe, expect, it } from 'vitest'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators } from './stand-ins.js'

const printed: unknown[] = []
const evaluator = new Evaluator({ ...globals, put: (value: unknown) => void printed.push(value) }, operators)
let count = 0

async function run(source: string): Promise<unknown[]> {
  printed.length = 0
  await evaluator.run(source, { file: `/scripts/input-${++count}.nsh`, prompt: false })
  return [...printed]
}

describe('give', () => {
  const cases: [source: string, values: unknown[]][] = [
    ['#!/usr/bin/env netshell\nput(8 / 2)', [4]],
    ['#!/usr/bin/env netshell\n"use strict"\nput(this === globalThis)', [true]],
    ['const a = 1; { const a = 2; put(a) } put(a)', [2, 1]],
    ['put(typeof later); function later() {}', ['function']],
    ['try { early; const early = 1 } catch (e) { put(e.name) }', ['ReferenceError']],
    ['let x = 1; function f() { x = 2 } f(); put(x)', [2]],
    ['var v = 1; put(globalThis.v)', [undefined]],
    ['for (const t of [1, 2]) put(sr1(IP({ttl: t})).ttl)', [2, 3]],
    ['const all = [1, 2].map(t => sr1(IP({ttl: t})).ttl); put(all)', [[2, 3]]],
    ['async function f() { return sr1(IP({ttl: 1})).ttl } put(await f())', [2]],
    ['await null; put(await Promise.all([1, sleep(0)].map(async x => x)))', [[1, undefined]]],
    ["import { join } from 'node:path'; put(join('a', 'b'))", ['a/b']],
    ["import path, * as all from 'node:path'; put(path.sep === all.sep)", [true]],
    ["const { join } = await import('node:path'); put(join('a', 'b'))", ['a/b']],
    [
      "import fs from 'node:fs'\nput(typeof fs.readFileSync)\nimport os from 'node:os'\nput(typeof os.platform)",
      ['function', 'function'],
    ],
    ['label: for (;;) { for (;;) { sleep(0); break label } } put("out")', ['out']],
    ['class A { static #n = 0; static next() { sleep(0); return ++A.#n } } A.next(); put(A.next())', [2]],
    ['const p = IP()/TCP(); put(TCP in p); put(String(p / "x"))', [true, 'IP/TCP/Raw']],
    ['put([3, 1, 2].sort((a, b) => { sleep(0); return a - b }).join())', ['1,2,3']],
    ['try { failing("x") } catch ({ message }) { put(message) } finally { sleep(0); put("f") }', ['x', 'f']],
    ['{a: 1}\nput("label")', ['label']],
    ['const yieldIt = function* () { yield 1 }; put([...yieldIt()])', [[1]]],
    ['if (true) function inner() { return 1 }\nput(inner())', [1]],
    ['put(`${waitsFor(1)}${`${waitsFor(2)}`}`)', ['12']],
    ['switch (waitsFor(1)) { case 1: { let x = sr1(IP()).ttl; put(x) } }', [64]],
    [
      'const o = { async m() { sleep(0); return 1 }, get g() { return 2 }, ["c" + 1]: 3 }; put(await o.m() + o.g + o.c1)',
      [6],
    ],
    ['for await (const x of stream(2)) put(x)', [1, 2]],
    ['put((() => { try { return waitsFor(1) } finally { put("f") } })())', ['f', 1]],
    ['\r\nput(1)\r\nput(2)\r\n', [1, 2]],
    ['\ufeffput(1)', [1]],
    ['', []],
    ['// only a comment', []],
  ]
  for (const [source, values] of cases) {
    it(source, async () => expect(await run(source)).toEqual(values))
  }
})

describe('refuse', () => {
  it.each([
    ['const fixed = 1; fixed = 2', 'Assignment to constant variable'],
    ['const fixed = 1; fixed /= 2', 'Assignment to constant variable'],
    ['let twice = 1; let twice = 2', 'already been declared'],
    ['export const a = 1', 'export has no meaning here'],
    ['export default 1', 'export has no meaning here'],
    ["import { nosuch } from 'node:path'", "no export named 'nosuch'"],
    ["import 'node:nosuch'", 'nosuch'],
    ['let yield = 1', 'yield'],
    ['return 5', 'return'],
    ['break', 'break'],
    ['"use strict"; undeclared = 1', 'undeclared is not defined'],
    ['new.target', 'new.target'],
    ['if (true) {', 'Unexpected token'],
    ['new (class { constructor() { sr1(IP()) } })()', 'a constructor cannot'],
  ])('%s', async (source, message) => {
    await expect(run(source)).rejects.toThrow(message)
  })
})

it('leave nothing behind but what they make global', async () => {
  await run(
    'const hidden = 1; function hiddenFunction() {} class HiddenClass {} var hiddenVar = 1; globalThis.left = 5',
  )
  for (const name of ['hidden', 'hiddenFunction', 'HiddenClass', 'hiddenVar']) expect(name in globalThis).toBe(false)
  expect((globalThis as { left?: number }).left).toBe(5)
})
