/** Small packets and waiting functions, so that the shell is tested without the packet engine and without a network. */
import { InterruptScope, sleep, Task } from '../../src/exchange/task.js'
import type { Operators } from '../../src/repl/run-time.js'

/** A packet: the names of its layers, and fields of the outermost one. */
export class StandIn {
  [field: string]: unknown
  names: string[]

  constructor(names: string[], fields: object = {}) {
    this.names = names
    for (const [name, value] of Object.entries(fields)) if (name !== 'names') this[name] = value
  }

  toString(): string {
    return this.names.join('/')
  }
}

type StandInLayer = ((fields?: object) => StandIn) & { layerName: string }

function layer(name: string): StandInLayer {
  const make = (fields?: object) => new StandIn([name], fields)
  return Object.assign(make, { layerName: name, [Symbol.toPrimitive]: () => Symbol.for(name) })
}

function isPart(value: unknown): value is StandIn | StandInLayer {
  return value instanceof StandIn || (typeof value === 'function' && 'layerName' in value)
}

function namesOf(value: unknown): string[] {
  if (value instanceof StandIn) return value.names
  return isPart(value) ? [value.layerName as string] : ['Raw']
}

export const operators: Operators = {
  divide(a, b) {
    if (!isPart(a) && !isPart(b)) return (a as number) / (b as number)
    return new StandIn([...namesOf(a), ...namesOf(b)], a instanceof StandIn ? a : {})
  },
  multiply(a, b) {
    if (!isPart(a)) return (a as number) * (b as number)
    return Array.from({ length: b as number }, () => new StandIn(namesOf(a), a))
  },
  isIn(key, object) {
    if (object instanceof StandIn && isPart(key)) return object.names.includes(namesOf(key)[0])
    return (key as PropertyKey) in (object as object)
  },
  remove(object, key) {
    return delete (object as Record<PropertyKey, unknown>)[key as PropertyKey]
  },
}

let sent = 0

/** Answers later, with the `ttl` of what was sent plus 1, or 64. */
function sr1(packet: StandIn): Task<StandIn> {
  return Task.run<StandIn>(
    () =>
      new Promise((resolve) => {
        sent++
        setTimeout(() => resolve(new StandIn(['IP', 'ICMP'], { ttl: Number(packet?.ttl ?? 63) + 1 })), 1)
      }),
    { name: 'sr1' },
  )
}

/** Fails later. */
function failing(message = 'no answer'): Task<never> {
  return Task.run<never>(() => new Promise((_, reject) => setTimeout(() => reject(new Error(message)), 1)), {
    name: 'failing',
  })
}

/** Collects for ever; an interrupt gives what is there. */
function sniff(): Task<string[]> {
  return Task.run<string[]>(
    ({ onInterrupt, signal }) => {
      const seen = ['a', 'b']
      return new Promise((resolve, reject) => {
        onInterrupt(() => resolve(seen))
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    },
    { name: 'sniff' },
  )
}

/** A live stream of 1, 2, … `last`. */
function stream(last: number, closed: string[] = []): AsyncIterable<number> {
  let next = 1
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        await new Promise((resolve) => setTimeout(resolve, 1))
        return next <= last ? { done: false as const, value: next++ } : { done: true as const, value: undefined }
      },
      async return() {
        closed.push('closed')
        return { done: true as const, value: undefined }
      },
    }),
  }
}

/** Everything that the tests' programs find preloaded. */
export const globals = {
  IP: layer('IP'),
  TCP: layer('TCP'),
  UDP: layer('UDP'),
  ICMP: layer('ICMP'),
  sr1,
  sniff,
  sleep,
  failing,
  stream,
  sentCount: () => sent,
  waitsFor: (value: unknown) => Task.run(async () => value, { name: 'waitsFor' }),
  scope: () => InterruptScope.current,
}
