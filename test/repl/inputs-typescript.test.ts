/** TypeScript at the prompt and in scripts: the types are blanked, what is left runs, and places stay. */
import { describe, expect, it } from 'vitest'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators, StandIn } from './stand-ins.js'

const evaluator = new Evaluator(globals, operators)
let count = 0

async function run(source: string, prompt = true): Promise<unknown> {
  const value = await evaluator.run(source, { file: `typed-${++count}`, prompt })
  return value instanceof StandIn ? String(value) : value
}

const cases: [source: string, value: unknown][] = [
  ['let a: number = 8 / 2; a', 4],
  ['let a, b: string, c: number | null = null; [a, b, c]', [undefined, undefined, null]],
  ['const ports: number[] = [80, 443]; ports.map((p: number): number => p / 1)', [80, 443]],
  ['const p: any = IP(); p / TCP()', 'IP/TCP'],
  [
    'function probe(dst: string, ttl?: number, ...rest: unknown[]): number { return sr1(IP({ttl: ttl ?? 1})).ttl } probe("x", 4)',
    5,
  ],
  ['const f = async (x: number): Promise<number> => sr1(IP({ttl: x})).ttl; await f(3)', 4],
  ['const g = <T,>(x: T): T => x; g<number>(8) / 2', 4],
  ['function id<T extends object = {}>(x: T): T { return x } id({a: 1})', { a: 1 }],
  ['type Pair = [number, string]; const pair: Pair = [1, "a"]; pair', [1, 'a']],
  ['interface Host { name: string; ttl?: number }\nconst host: Host = {name: "a"}; host.name', 'a'],
  ['let n = ("5" as unknown as number); n', '5'],
  ['const s = {a: 1} satisfies Record<string, number>; s.a', 1],
  ['const k = {mode: "x"} as const; k.mode', 'x'],
  ['let maybe: string | undefined = "abc"; maybe!.length', 3],
  ['const list = <number[]>[1, 2]; list.length', 2],
  ['class A { private readonly x: number = 3; protected y?: string; get z(): number { return this.x } } new A().z', 3],
  ['class B<T> { constructor(public_: T) { this.v = public_ } declare v: T } new B<number>(4).v', 4],
  [
    'abstract class C { abstract m(): void; n(): number { return 1 } } class D extends C { m(): void {} } new D().n()',
    1,
  ],
  ['class E implements Iterable<number> { *[Symbol.iterator](): Generator<number> { yield 1 } } [...new E()]', [1]],
  [
    'function over(x: string): string\nfunction over(x: number): number\nfunction over(x: any) { return x }\nover(3)',
    3,
  ],
  ['const tuple: readonly [a: number, b?: string] = [1]; tuple.length', 1],
  ['let o: { [key: string]: number } = {a: 6}; o.a / 2', 3],
  ['for (const x of [1, 2] as number[]) sleep(0); (3 as number) / 3', 1],
  ['try { throw new Error("a") } catch (e: unknown) { (e as Error).message }', 'a'],
  ['function isText(x: unknown): x is string { return typeof x === "string" } isText("a")', true],
  ['function must(x: unknown): asserts x { if (!x) throw 1 } must(1); "ok"', 'ok'],
  ['let u: unique symbol; let t: typeof u; let q: keyof { a: 1 }; "types"', 'types'],
  ['const t: `a${string}` = "ab"; t', 'ab'],
  [
    'import type { Socket } from "node:net"; import { basename, type ParsedPath } from "node:path"; basename("/a/b")',
    'b',
  ],
  ['let opt = {f: (x?: number) => x ?? 2}; opt.f?.() as number', 2],
  ['let x = 1, y = 2; x < y, y > (x)', true],
  ['let lt = 1; lt<2', true],
  ['declare const external: number; typeof external', 'undefined'],
]

describe('values', () => {
  for (const [source, value] of cases) {
    it(source, async () => {
      expect(await run(source)).toEqual(value)
    })
  }

  it('scripts may be TypeScript, too', async () => {
    await run(
      `import { basename } from 'node:path'
       interface Result { name: string; ttl: number }
       const results: Result[] = []
       for (const name of ['/a/x', '/a/y'] as string[]) results.push({ name: basename(name), ttl: sr1(IP({ ttl: 1 })).ttl as number })
       globalThis.typedResult = results.map((r: Result): string => \`\${r.name}:\${r.ttl}\`).join()`.replace(
        'globalThis.typedResult',
        ';(globalThis as any).typedResult',
      ),
      false,
    )
    expect((globalThis as { typedResult?: string }).typedResult).toBe('x:2,y:2')
  })
})

describe('errors', () => {
  it.each([
    ['enum Colour { red }', "'enum' makes code; write an object instead"],
    ['namespace N { export const a = 1 }', "'namespace' makes code"],
    ['class P { constructor(private x: number) {} }', 'parameter properties make code'],
    ['let a: number = = 2', 'Unexpected token'],
    ['let a: = 2', 'Unexpected token'],
    ['const five: number = 5; five = 6', 'Assignment to constant'],
  ])('%s', async (source, message) => {
    await expect(run(source)).rejects.toThrow(message)
  })

  it('keep their place', async () => {
    const source = 'let a: number = 1\nfunction f(x: string): void {\n  (x as any).b.c\n}\nf("")'
    const error = (await run(source).catch((thrown: unknown) => thrown)) as Error
    const { renderError } = await import('../../src/repl/errors.js')
    expect(renderError(error, evaluator)).toContain('  3 |   (x as any).b.c\n                     ^')
  })

  it('are incomplete where more can follow', async () => {
    for (const source of [
      'interface A {',
      'type A =',
      'let x: {',
      'function f(a: number,',
      'const g = (x: number) =>',
    ]) {
      expect([source, (await evaluator.parse(source, { prompt: true })).state]).toEqual([source, 'incomplete'])
    }
  })
})
