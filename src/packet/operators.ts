import { isLayer } from './layer.js'
import { asPacket, definitionByName, Packet } from './packet.js'

/** What the shell turns operators into. Each has JavaScript's own meaning unless a packet or a layer takes part. */

function takesPart(value: unknown): boolean {
  return value instanceof Packet || isLayer(value)
}

/** `a / b`: stacks where a packet or a layer takes part. */
export function divide(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a / b
  if (!takesPart(a) && !takesPart(b)) return (a as number) / (b as number)
  return asPacket(a).stack(asPacket(b))
}

/** `a * n`: a list of `n` copies of a packet. */
export function multiply(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  const [packet, times] = takesPart(a) ? [a, b] : [b, a]
  if (!takesPart(packet) || takesPart(times)) return (a as number) * (b as number)
  if (!(Number.isInteger(times) && (times as number) >= 0))
    throw new TypeError(`packet * ${String(times)}: a packet can be repeated a whole number of times`)
  return Array.from({ length: times as number }, () => asPacket(packet).copy())
}

/** `key in object`: whether a packet has a layer (`TCP in packet`, `'TCP' in packet`). */
export function isIn(key: unknown, object: unknown): boolean {
  if (object instanceof Packet) {
    if (isLayer(key)) return object.has(key)
    if (typeof key === 'string')
      return definitionByName(key) !== undefined
        ? object.has(key)
        : object.layers().some((layer) => layer._layer.find(key) >= 0)
  }
  return (key as PropertyKey) in (object as object)
}

/** `delete object[key]`: makes a packet's field automatic again. */
export function remove(object: unknown, key: PropertyKey): boolean {
  if (object instanceof Packet && typeof key === 'string') {
    object.unset(key)
    return true
  }
  return delete (object as Record<PropertyKey, unknown>)[key]
}
