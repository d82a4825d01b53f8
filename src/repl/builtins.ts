/**
 * What the shell itself is made of, as it was before any code of the user's ran. `Promise = 1` or `Array.prototype.map = null` would
 * leave a prompt that can do nothing any more; so what has become unusable is put back. What was replaced by something of
 * the same kind, as a patch or a stand-in for a test, stays.
 */

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
const { deleteProperty, ownKeys } = Reflect
const global: object = globalThis
const ofAllObjects: object = Object.prototype

/** Global names without which nothing works. Others, such as URL, are free: people call their own things so. */
const NEEDED =
  `AbortController AbortSignal Array ArrayBuffer Atomics BigInt Boolean Buffer DataView Date Error Function Int32Array Intl
  JSON Map Math Number Object Promise Proxy RangeError Reflect RegExp Set String Symbol SyntaxError TextDecoder TypeError
  Uint8Array WeakMap WeakRef WeakSet clearImmediate clearInterval clearTimeout performance process queueMicrotask
  setImmediate setInterval setTimeout`.split(/\s+/)
/** On the prototype of all objects they would be taken for an option of whoever asks, or make a promise of everything. */
const POISON = ['then', 'get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'toJSON']

interface Kept {
  owner: object
  key: string | symbol
  descriptor: PropertyDescriptor
  /** Of a property with a getter too. */
  value: unknown
  name: string
}

let kept: Kept[] | null = null

/** Notes how things are, the first time. Called before the user's first code. */
export function keepBuiltins(): void {
  if (kept !== null) return
  kept = []
  for (const name of NEEDED) keep(global, name, name)
  const { EventEmitter } = process.getBuiltinModule('node:events')
  const owners: Record<string, object> = {
    Object,
    Reflect,
    JSON,
    Promise,
    Array,
    process,
    'Error.prototype': Error.prototype,
    'Object.prototype': Object.prototype,
    'Function.prototype': Function.prototype,
    'Array.prototype': Array.prototype,
    'String.prototype': String.prototype,
    'Number.prototype': Number.prototype,
    'RegExp.prototype': RegExp.prototype,
    'Map.prototype': Map.prototype,
    'Set.prototype': Set.prototype,
    'WeakMap.prototype': WeakMap.prototype,
    'Promise.prototype': Promise.prototype,
    'Uint8Array.prototype': getPrototypeOf(Uint8Array.prototype),
    'EventEmitter.prototype': EventEmitter.prototype,
    'Iterator.prototype': getPrototypeOf(getPrototypeOf([][Symbol.iterator]()) as object),
    'ArrayIterator.prototype': getPrototypeOf([][Symbol.iterator]()),
  }
  for (const name of Object.keys(owners))
    for (const key of ownKeys(owners[name]!))
      keep(owners[name]!, key, `${name}${typeof key === 'symbol' ? `[${key.description}]` : `.${key}`}`)
  for (const name of ['stdout', 'stderr'] as const) keep(process[name], 'write', `process.${name}.write`)
}

/** Only functions of an object are kept, and the names that are needed. */
function keep(owner: object, key: string | symbol, name: string): void {
  const found = getOwnPropertyDescriptor(owner, key)
  if (found === undefined || (found.configurable !== true && found.writable !== true)) return
  const isAccessor = found.get !== undefined
  const value = isAccessor ? (owner === global ? found.get!.call(owner) : undefined) : found.value
  if (owner !== global && !isAccessor && typeof value !== 'function' && key !== 'env') return
  // Without a prototype: whatever gets onto that of all objects, it says what it says.
  const descriptor = Object.assign(Object.create(null) as PropertyDescriptor, found)
  kept!.push({ owner, key, descriptor, value, name })
}

/**
 * Puts back what has become something that cannot work. Never throws, and uses nothing that could have been replaced.
 * @param all also what was replaced by something that could work: the shell has failed with it
 * @returns the names of what was put back
 */
export function mendBuiltins(all = false): string[] {
  const mended: string[] = []
  let count = 0
  if (kept === null) return mended
  const note = (name: string): void => {
    mended[count++] = name
  }
  for (let i = 0; i < POISON.length; i++) {
    const key = POISON[i]!
    if (getOwnPropertyDescriptor(ofAllObjects, key) === undefined) continue
    if (deleteProperty(ofAllObjects, key)) note(`Object.prototype.${key}`)
  }
  for (let i = 0; i < kept.length; i++) {
    const { owner, key, descriptor, value, name } = kept[i]!
    try {
      if (isSound(owner, key, descriptor, value, all)) continue
      defineProperty(owner, key, descriptor)
      // The getters of `process` and `Buffer` give what was set last.
      if (owner === global && descriptor.get !== undefined) (owner as Record<string | symbol, unknown>)[key] = value
      note(name)
    } catch {
      // It was frozen as it is.
    }
  }
  return mended
}

function isSound(
  owner: object,
  key: string | symbol,
  before: PropertyDescriptor,
  value: unknown,
  all: boolean,
): boolean {
  const now = getOwnPropertyDescriptor(owner, key)
  if (now === undefined) return false
  if (before.get !== undefined && owner !== global) return now.get === before.get
  const found = now.get === undefined ? now.value : before.get === now.get ? (owner as never)[key] : undefined
  return all ? found === value : typeof found === typeof value && found !== null
}
