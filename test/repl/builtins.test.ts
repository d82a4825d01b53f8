import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keepBuiltins, mendBuiltins } from '../../src/repl/builtins.js'

/** Does something to what everything is made of; what is put back is told. The test's own tools work again by then. */
function mendedAfter(spoil: () => void, all = false): string[] {
  spoil()
  return mendBuiltins(all)
}

beforeAll(() => keepBuiltins())
afterEach(() => void mendBuiltins(true))

const scope = globalThis as unknown as Record<string, unknown>

describe('what the shell is made of', () => {
  it('is put back where it can do nothing any more', () => {
    const { map } = Array.prototype
    const { replace } = String.prototype
    const GlobalPromise = Promise
    const mended = mendedAfter(() => {
      scope.Promise = 1
      Array.prototype.map = null as never
      delete (String.prototype as { replace?: unknown }).replace
    })
    expect(mended).toEqual(['Promise', 'Array.prototype.map', 'String.prototype.replace'])
    expect(Promise).toBe(GlobalPromise)
    expect(Array.prototype.map).toBe(map)
    expect(String.prototype.replace).toBe(replace)
  })

  it('is put back without anything of it', () => {
    const mended = mendedAfter(() => {
      for (const owner of [Array.prototype, Map.prototype, Set.prototype, JSON] as object[])
        for (const key of Object.getOwnPropertyNames(owner))
          if (typeof Object.getOwnPropertyDescriptor(owner, key)!.value === 'function')
            (owner as Record<string, unknown>)[key] = null
      scope.Array = scope.Map = scope.Symbol = null
      scope.Object = null
    })
    expect(mended).toEqual(expect.arrayContaining(['Object', 'Array.prototype.push', 'Map.prototype.get']))
    expect([1, 2].map((x) => x * 2)).toEqual([2, 4])
  })

  it.each(['then', 'get', 'value'])('has no %s on all objects', (name) => {
    const mended = mendedAfter(() => {
      Object.defineProperty(Object.prototype, name, { get: () => 1, set: () => undefined, configurable: true })
    })
    expect(mended).toEqual([`Object.prototype.${name}`])
    expect(name in {}).toBe(false)
  })

  it('stays as it is where something of its kind was put in its place, until the shell fails with it', () => {
    const { slice } = Array.prototype
    const replaced = function (this: unknown[], ...given: [number, number]): unknown[] {
      return slice.apply(this, given)
    }
    expect(
      mendedAfter(() => {
        Array.prototype.slice = replaced
      }),
    ).toEqual([])
    expect(Array.prototype.slice).toBe(replaced)
    expect(mendBuiltins(true)).toEqual(['Array.prototype.slice'])
    expect(Array.prototype.slice).toBe(slice)
  })

  it('leaves names alone that people give to their own things', () => {
    const before = scope.URL
    expect(
      mendedAfter(() => {
        scope.URL = 'http://example.net'
      }),
    ).toEqual([])
    scope.URL = before
  })
})
