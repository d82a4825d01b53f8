/** TypeScript in scripts and at the prompt: types are passed over, what would make code is refused in words. */
import { describe, expect, it } from 'vitest'
import { renderError } from '../../src/repl/errors.js'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators } from './stand-ins.js'

const evaluator = new Evaluator(globals, operators)
let count = 0
const run = (source: string): Promise<unknown> => evaluator.run(source, { file: `types-${++count}`, prompt: true })

describe('types are passed over', () => {
  it.each<[string, unknown]>([
    ['function id<T>(x: T): T { return x }; id<number>(4)', 4],
    ['const f1 = <T,>(x: T): T => x; f1(4)', 4],
    ['const f2 = <T extends object>(x: T) => x; f2({a: 1})', { a: 1 }],
    ['const f3 = async <T,>(x: T): Promise<T> => x; await f3(2)', 2],
    ['new Map<string, number>([["a", 1]]).get("a")', 1],
    ['sr1<number>(IP()).ttl', 64],
    ['declare enum E { A }; 1', 1],
    ['declare module "x" { }; 5', 5],
    ['const a1 = {x: 1} satisfies {x: number}; a1.x', 1],
    ['const t = [1, 2] as const; t.length', 2],
    [
      'function over(a: string): string; function over(a: number): number; function over(a: any) { return a } over(3)',
      3,
    ],
    [
      'abstract class A { abstract m(): void; n() { return 1 } }\nclass B extends A { override m() {} }\nnew B().n()',
      1,
    ],
    ["import type { Stats } from 'node:fs'\n5", 5],
    ["import { type Stats, statSync } from 'node:fs'\ntypeof statSync", 'function'],
    ["import { statSync as s2, type Stats as S, type Dirent } from 'node:fs'\ntypeof s2", 'function'],
    ["import { type Stats } from 'node:fs'\n6", 6],
    [
      'class P2 { private x = 1; protected static readonly y: number = 2; x2?: string; z!: number; get() { return this.x } }\nnew P2().get()',
      1,
    ],
    ['const o: {a?: {b: number}} = {a: {b: 3}}; o.a!.b', 3],
    ['const o2 = {a: {b: {c: 1}}} as any; o2?.a!.b!.c', 1],
    ['let x!: number; x = 3; x', 3],
    ['interface I<T> { a: T; m(): void }\nconst i: I<number> = {a: 1, m() {}}; i.a', 1],
    ['const g = (x: number | undefined): x is number => x !== undefined; g(4)', true],
    ['const w = 5 as unknown as number; w', 5],
    ['for (const k of [1, 2] as number[]) k', 2],
    ['function th(this: Window, a: number) { return a }; th.call(null, 2)', 2],
    [
      'class G<T> { items: T[] = []; add(x: T): this { this.items.push(x); return this } }\nnew G<number>().add(3).items',
      [3],
    ],
    ['function opt(a?: number, ...rest: string[]) { return rest.length }; opt(1, "a")', 1],
    ['const { a: aa, b: bb }: { a: number; b: string } = { a: 1, b: "x" }; aa', 1],
    ['try { throw 1 } catch (e: unknown) { e }', 1],
    ['class C4 { [key: string]: any; static #p: number = 4; static g() { return C4.#p } }\nC4.g()', 4],
    ['type Fn = { (a: number): string; new (b: string): Fn }; 1', 1],
    ['const cond = (n: number) => n > 1 ? (n as number) : -n; cond(3)', 3],
    ['(IP() as any)/TCP() && 1', 1],
    ['let list = [1, 2] as number[]\n[0].length', 1],
    ['type A2 = number\n(7)', 7],
  ])('%s', async (source, expected) => {
    expect(await run(source)).toEqual(expected)
  })

  it('not in JavaScript that looks like it', async () => {
    expect(await run('var a = 1, b = 2, c = 0; a < b > (c)')).toBe(true)
    expect(await run('"x<b>(c)"')).toBe('x<b>(c)')
    expect(await run('1<2&&3>(2)')).toBe(true)
  })
})

describe('what would make code is refused in words', () => {
  it.each([
    ['enum Color { Red }', "TypeScript: 'enum' makes code; write an object instead"],
    ['const enum Color { Red }', "TypeScript: 'enum' makes code"],
    ['namespace N { export const a = 1 }', "TypeScript: 'namespace' makes code"],
    ['class P { constructor(private x: number) {} }', 'TypeScript: parameter properties make code; assign the field'],
    ['@dec class D {}', 'TypeScript: decorators make code'],
    ['class D2 { @log m() {} }', 'TypeScript: decorators make code'],
    ['class C5 { accessor x = 1 }', "TypeScript: 'accessor' makes code"],
    ['import fs = require("node:fs")', 'TypeScript: write import x from'],
    ['const bad: number = = 2', "'=' cannot stand here"],
  ])('%s', async (source, message) => {
    const error = await run(source).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(renderError(error, evaluator)).toContain(`SyntaxError: ${message}`)
  })
})
