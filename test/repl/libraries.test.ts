/** Whole libraries through the transform: they must behave as they do untouched. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/repl/parse.js'
import { Runtime } from '../../src/repl/run-time.js'
import { transform } from '../../src/repl/transform.js'
import { operators } from './stand-ins.js'

const require = createRequire(import.meta.url)

/** A CommonJS file as a function expression, run untouched and transformed. */
function loadBoth(file: string): [plain: Record<string, never>, transformed: Record<string, never>] {
  const source = `(function(exports, module, require, __filename, __dirname){${readFileSync(file, 'utf8')}\n})`
  const plain = vm.runInThisContext(source)
  const parsed = parse(source, { prompt: true })
  if (parsed.state !== 'complete') throw new Error(parsed.message)
  const text = transform(source, parsed.program, { prompt: true })
  const generator = vm.runInThisContext(text.code)(new Runtime(operators))()
  const transformed = generator.next().value
  return [plain, transformed].map((make) => {
    const module = { exports: {} }
    make(module.exports, module, createRequire(file), file, dirname(file))
    return module.exports
  }) as [Record<string, never>, Record<string, never>]
}

describe('libraries run unchanged', () => {
  it('acorn parses itself to the same tree', () => {
    const [plain, transformed] = loadBoth(require.resolve('acorn')) as unknown as [
      typeof import('acorn'),
      typeof import('acorn'),
    ]
    const source = readFileSync(require.resolve('acorn'), 'utf8')
    const options = { ecmaVersion: 'latest' as const, locations: true }
    const expected = JSON.stringify(plain.parse(source, options))
    expect(JSON.stringify(transformed.parse(source, options))).toBe(expected)
    const tokens = [...transformed.tokenizer('let a = /x/g / 2; `a${b}c`', options)].map(({ type }) => type.label)
    expect(tokens).toEqual([...plain.tokenizer('let a = /x/g / 2; `a${b}c`', options)].map(({ type }) => type.label))
    expect(() => transformed.parse('let 1x', options)).toThrow('Identifier directly after number (1:5)')
  })

  it('commander parses arguments, with classes, getters and events', () => {
    type Command = new () => import('commander').Command
    const outputs = loadBoth(join(dirname(require.resolve('commander')), 'lib/command.js')).map((library) => {
      const program = new (library.Command as unknown as Command)()
      program.name('x').option('-n, --number <n>', 'a number', Number).argument('[files...]')
      program.parse(['-n', '4', 'a', 'b'], { from: 'user' })
      const other = new (library.Command as unknown as Command)()
      const seen: unknown[] = []
      other
        .command('sub <a>')
        .description('a subcommand')
        .action((a) => void seen.push(a))
      other.parse(['sub', 'x'], { from: 'user' })
      return [program.opts(), program.args, program.helpInformation(), other.helpInformation(), seen]
    })
    expect(outputs[1]).toEqual(outputs[0])
  })

  it('json5 gives the same results', () => {
    const [plain, transformed] = loadBoth(require.resolve('json5')) as unknown as [typeof JSON, typeof JSON]
    const text = "{a: 1, 'b': [1, 2, /* c */ 0x10], c: +Infinity,}"
    expect(transformed.parse(text)).toEqual(plain.parse(text))
    expect(transformed.stringify({ a: [1, { b: 'x' }] }, null, 2)).toBe(
      plain.stringify({ a: [1, { b: 'x' }] }, null, 2),
    )
  })

  it('fast-check makes the same values, also of classes and generators, and shrinks to the same counterexample', () => {
    const [plain, transformed] = loadBoth(
      join(dirname(require.resolve('fast-check/package.json')), 'lib/cjs/fast-check.js'),
    ) as unknown as [typeof import('fast-check'), typeof import('fast-check')]
    const results = [plain, transformed].map((fc) => {
      const { node, leaf } = fc.letrec((tie) => ({
        node: fc.record({ left: tie('leaf'), right: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('node')) }),
        leaf: fc.tuple(fc.nat(), fc.ipV4(), fc.webUrl(), fc.date({ noInvalidDate: true })),
      }))
      const values = fc.sample(
        fc.oneof(node, leaf, fc.json(), fc.uniqueArray(fc.bigInt()), fc.stringMatching(/^[a-z]{2,9}\d*$/)),
        {
          seed: 7,
          numRuns: 300,
        },
      )
      const { counterexample, numShrinks, error } = fc.check(
        fc.property(fc.array(fc.integer()), fc.string(), (list, text) => list.length + text.length < 9),
        { seed: 7 },
      ) as { counterexample: unknown; numShrinks: number; error?: string | null }
      return [values, counterexample, numShrinks, error ?? null]
    })
    expect(results[1]).toEqual(results[0])
    expect(results[1]![2]).toBeGreaterThan(0)
  })

  it('the TypeScript compiler, 9 MB of it, compiles and complains the same', () => {
    type Compiler = typeof import('typescript')
    const [plain, transformed] = loadBoth(require.resolve('typescript')) as unknown as [Compiler, Compiler]
    const source =
      'enum E { A, B }\nclass C<T> { constructor(private a: T) {} }\nconst x: number = await f();\nlet y = = 2'
    const results = [plain, transformed].map((compiler) => {
      const { outputText, diagnostics } = compiler.transpileModule(source, {
        reportDiagnostics: true,
        compilerOptions: { target: compiler.ScriptTarget.ES2022, module: compiler.ModuleKind.ES2022 },
      })
      return [outputText, diagnostics?.map(({ messageText, start }) => [messageText, start])]
    })
    expect(results[1]).toEqual(results[0])
    expect(String(results[1]![0])).toContain('class C')
  })
})
