import { layerByName } from '../packet/index.js'

interface Indexed {
  at(index: number): unknown
  set(index: number, value: never): void
  filter(layer: string): unknown
  length: number
}

const INDEX = /^(?:0|-?[1-9]\d*)$/

/**
 * Base of lists that are indexed with brackets. Behind its prototype stands a proxy: only names that neither the list nor its
 * class has come to it (`list[0]`, `list[-1]`, `list[TCP]`), so methods cost what they always cost.
 */
export class IndexedList {}

Object.setPrototypeOf(
  IndexedList.prototype,
  new Proxy(Object.create(Object.prototype) as object, {
    get(target, key, receiver: unknown) {
      if (typeof key === 'symbol' || !(receiver instanceof IndexedList)) return Reflect.get(target, key, receiver)
      if (INDEX.test(key)) return (receiver as unknown as Indexed).at(Number(key))
      if (key in target || layerByName(key) === undefined) return Reflect.get(target, key, receiver)
      return (receiver as unknown as Indexed).filter(key)
    },
    set(target, key, value: never, receiver: unknown) {
      if (typeof key === 'symbol' || !(receiver instanceof IndexedList) || !INDEX.test(key)) {
        return Reflect.set(target, key, value, receiver)
      }
      ;(receiver as unknown as Indexed).set(Number(key), value)
      return true
    },
  }),
)
