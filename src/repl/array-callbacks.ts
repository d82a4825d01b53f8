/** Array methods whose callbacks may wait. Each is a generator that yields the Tasks it gets; results are as the standard says. */
import { Task } from '../exchange/task.js'

// biome-ignore lint/suspicious/noExplicitAny: a callback of the user's may have any parameters
type Callback = (this: unknown, ...parameters: any[]) => unknown
type List = ArrayLike<unknown> & { [index: number]: unknown }
type Steps = Generator<unknown, unknown, unknown>
type Method = (list: List, parameters: [Callback, unknown?]) => Steps

/** An empty array of the same kind, as Symbol.species rules. */
function emptyLike(list: List): unknown[] {
  return Array.prototype.slice.call(list, 0, 0)
}

const methods: Record<string, Method> = {
  *forEach(list, [callback, self]) {
    const { length } = list
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task) yield result
    }
  },
  *map(list, [callback, self]) {
    const { length } = list
    const mapped = emptyLike(list)
    mapped.length = length
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const result = callback.call(self, list[index], index, list)
      mapped[index] = result instanceof Task ? yield result : result
    }
    return mapped
  },
  *flatMap(list, [callback, self]) {
    const { length } = list
    const mapped = emptyLike(list)
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const result = callback.call(self, list[index], index, list)
      const part = result instanceof Task ? yield result : result
      if (!Array.isArray(part)) mapped.push(part)
      else for (let inner = 0; inner < part.length; inner++) if (inner in part) mapped.push(part[inner])
    }
    return mapped
  },
  *filter(list, [callback, self]) {
    const { length } = list
    const kept = emptyLike(list)
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const item = list[index]
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) kept.push(item)
    }
    return kept
  },
  *some(list, [callback, self]) {
    const { length } = list
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) return true
    }
    return false
  },
  *every(list, [callback, self]) {
    const { length } = list
    for (let index = 0; index < length; index++) {
      if (!(index in list)) continue
      const result = callback.call(self, list[index], index, list)
      if (!(result instanceof Task ? yield result : result)) return false
    }
    return true
  },
  *find(list, [callback, self]) {
    for (let index = 0, { length } = list; index < length; index++) {
      const item = list[index]
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) return item
    }
    return undefined
  },
  *findIndex(list, [callback, self]) {
    for (let index = 0, { length } = list; index < length; index++) {
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) return index
    }
    return -1
  },
  *findLast(list, [callback, self]) {
    for (let index = list.length - 1; index >= 0; index--) {
      const item = list[index]
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) return item
    }
    return undefined
  },
  *findLastIndex(list, [callback, self]) {
    for (let index = list.length - 1; index >= 0; index--) {
      const result = callback.call(self, list[index], index, list)
      if (result instanceof Task ? yield result : result) return index
    }
    return -1
  },
  *reduce(list, parameters) {
    return yield* fold(list, parameters, 0, 1)
  },
  *reduceRight(list, parameters) {
    return yield* fold(list, parameters, list.length - 1, -1)
  },
  *sort(list, [compare]) {
    const { length } = list
    const present: unknown[] = []
    for (let index = 0; index < length; index++) if (index in list) present.push(list[index])
    const sorted = yield* sortDefined(present, compare)
    for (let index = 0; index < length; index++) {
      if (index < sorted.length) list[index] = sorted[index]
      else delete list[index]
    }
    return list
  },
  *toSorted(list, [compare]) {
    return yield* sortDefined(Array.from(list), compare)
  },
}

function* fold(list: List, parameters: [Callback, unknown?], start: number, step: 1 | -1): Steps {
  const { length } = list
  let index = start
  let value: unknown
  if (parameters.length > 1) {
    value = parameters[1]
  } else {
    while (index >= 0 && index < length && !(index in list)) index += step
    if (index < 0 || index >= length) throw new TypeError('Reduce of empty array with no initial value')
    value = list[index]
    index += step
  }
  for (; index >= 0 && index < length; index += step) {
    if (!(index in list)) continue
    const result = parameters[0](value, list[index], index, list)
    value = result instanceof Task ? yield result : result
  }
  return value
}

/** Stable merge sort; undefined comes last and is never compared. */
function* sortDefined(items: unknown[], compare: Callback): Generator<unknown, unknown[], unknown> {
  const defined: unknown[] = items.filter((item) => item !== undefined)
  let from = defined
  let to = new Array<unknown>(defined.length)
  for (let width = 1; width < defined.length; width *= 2) {
    for (let low = 0; low < defined.length; low += 2 * width) {
      const middle = Math.min(low + width, defined.length)
      const high = Math.min(low + 2 * width, defined.length)
      let left = low
      let right = middle
      for (let place = low; place < high; place++) {
        let takeLeft = left < middle
        if (takeLeft && right < high) {
          const result = compare(from[left], from[right])
          takeLeft = !(Number(result instanceof Task ? yield result : result) > 0)
        }
        to[place] = takeLeft ? from[left++] : from[right++]
      }
    }
    ;[from, to] = [to, from]
  }
  const absent = new Array<unknown>(items.length - defined.length).fill(undefined)
  return [...from, ...absent]
}

function* eachEntry(collection: unknown, [callback, self]: unknown[]): Steps {
  const keyed = collection instanceof Map
  for (const entry of collection as Iterable<unknown>) {
    const [key, value] = keyed ? (entry as [unknown, unknown]) : [entry, entry]
    const result = (callback as Callback).call(self, value, key, collection)
    if (result instanceof Task) yield result
  }
  return undefined
}

/** Native method → the version whose callback may wait. */
export const waitingCallbacks = new Map<unknown, (receiver: unknown, parameters: unknown[]) => Steps>()

const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as Record<string, unknown>
/** Those that make no new array, so that they are the same for typed arrays. */
const WITHOUT_COPY = new Set(`forEach some every find findIndex findLast findLastIndex reduce reduceRight`.split(' '))

for (const [name, method] of Object.entries(methods)) {
  const steps = method as unknown as (receiver: unknown, parameters: unknown[]) => Steps
  waitingCallbacks.set(Array.prototype[name as keyof unknown[]], steps)
  if (WITHOUT_COPY.has(name)) waitingCallbacks.set(typedArrays[name], steps)
}
waitingCallbacks.set(Map.prototype.forEach, eachEntry)
waitingCallbacks.set(Set.prototype.forEach, eachEntry)
