import { describe, expect, it } from 'vitest'
import { parameterList, parametersOf, useSources } from '../../../src/repl/completion/parameters.js'
import { Evaluator } from '../../../src/repl/evaluate.js'
import { globals, operators } from '../stand-ins.js'

describe('parameters of functions', () => {
  it('are those of their text', () => {
    expect(parametersOf((a: number, { b = [1, 2] } = {}, ...rest: number[]) => [a, b, rest]).list).toEqual([
      'a',
      expect.stringMatching(/^\{ ?b = \[1, 2\] ?\} = \{\}$/),
      '...rest',
    ])
    expect(parameterList('x => x')).toEqual(['x'])
    expect(parameterList("async function f(a = ')', /* , */ b) {}")).toEqual(["a = ')'", '/* , */ b'])
    expect(parameterList('function f(')).toBeNull()
  })

  it('of built-in functions have letters, as many as there are', () => {
    expect(parametersOf(Math.max)).toMatchObject({ text: 'a, b', isNative: true })
  })

  it('of classes are those of the constructor', () => {
    class Box {
      constructor(
        readonly width: number,
        readonly height = 2,
      ) {}
    }
    expect(parametersOf(Box)).toMatchObject({ text: 'Box', isClass: true, list: ['width', 'height = 2'] })
  })

  it('are those the user wrote where a function waits and was rewritten', async () => {
    const evaluator = new Evaluator(globals, operators)
    useSources(() => evaluator.sources())
    const source = `function slow(host, {port = 80} = {}) { sleep(0); return host }
      var arrow = (one, two = 2) => { sleep(0) }
      class Waiting { wait(seconds, ...more) { sleep(seconds) } }`
    await evaluator.run(source, { file: 'written', prompt: true })
    const value = (name: string): object => Object.getOwnPropertyDescriptor(globalThis, name)!.value
    expect(parametersOf(value('slow')).text).toBe('host, {port = 80} = {}')
    expect(parametersOf(value('arrow')).text).toBe('one, two = 2')
    const { wait } = (value('Waiting') as { prototype: { wait: object } }).prototype
    expect(parametersOf(wait).text).toBe('seconds, ...more')
  })
})
