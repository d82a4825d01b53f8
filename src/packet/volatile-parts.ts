import { Deferred, type Field } from './field.js'
import { argument, drawn, tried } from './random-source.js'

/** Values that are random in parts: an option of a list, an element, a text among others. */

/** Lists in lists in values are looked through so deep. */
const DEEPEST = 8

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether a random value stands somewhere in a list or an object. */
export function holdsDeferred(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const member: unknown = value[i]
      if (typeof member !== 'object' || member === null) continue
      if (member instanceof Deferred || (depth < DEEPEST && holdsDeferred(member, depth + 1))) return true
    }
    return false
  }
  return (
    isRecord(value) &&
    Object.values(value).some(
      (member) => member instanceof Deferred || (depth < DEEPEST && holdsDeferred(member, depth + 1)),
    )
  )
}

/** The value with everything random in it drawn. */
function resolved(value: unknown): unknown {
  if (value instanceof Deferred) return drawn(value)
  if (Array.isArray(value)) return value.map(resolved)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member)]))
}

/** The same lists and objects, which nobody else holds. */
function kept(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kept)
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, kept(member)]))
    : value
}

/** A list with random values in it: one of its own in each packet. */
export class PartlyDeferred extends Deferred {
  private readonly value: unknown

  /** @throws PacketError when what it stands for is no value of the field */
  constructor(field: Field, value: unknown) {
    super()
    this.value = kept(value)
    tried(() => field.coerce(this.pick()))
  }

  override pick(): unknown {
    return resolved(this.value)
  }

  /** The JavaScript that was given. */
  override toString(): string {
    return argument(this.value)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
