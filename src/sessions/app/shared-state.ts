/** What all users of a server see: an object of which each change is told. */
import { OptionError } from '../../exchange/index.js'

/** Names at most. */
const MOST = 100
/** Bytes of a value as JSON. */
const LONGEST = 65_536

/** Values by name, as JSON has them. Assigning one tells it; what is inside of one cannot be changed, since nobody would be told. */
export type SharedState = Record<string, unknown>

/** @param told is called for each change, with the value as it is kept; null: it was deleted */
export function sharedState(told: (name: string, value: unknown) => void): SharedState {
  return new Proxy<SharedState>(
    {},
    {
      // Names that every object has are not in it.
      get: (state, name) => (Object.hasOwn(state, name) ? state[name as string] : undefined),
      set(state, name, value) {
        const kept = keptValue(name, value)
        if (!Object.hasOwn(state, name) && Object.keys(state).length >= MOST)
          throw new OptionError(`the shared state has ${MOST} names already: delete what nobody needs`)
        Object.defineProperty(state, name, { value: kept, writable: true, enumerable: true, configurable: true })
        told(name as string, kept)
        return true
      },
      deleteProperty(state, name) {
        if (Object.hasOwn(state, name) && delete state[name as string]) told(name as string, null)
        return true
      },
    },
  )
}

/** The value as the others get it. @throws OptionError for a name or a value that cannot be told */
function keptValue(name: string | symbol, value: unknown): unknown {
  if (typeof name !== 'string' || !/^[A-Za-z]\w{0,63}$/.test(name))
    throw new OptionError(
      `a name of the shared state has letters, digits and _, as in a handler's name, not '${String(name)}'`,
    )
  let json: string | undefined
  try {
    json = JSON.stringify(value ?? null)
  } catch (error) {
    throw new OptionError(`'${name}' cannot be told as JSON: ${(error as Error).message}`)
  }
  if (json === undefined) throw new OptionError(`'${name}' cannot be told as JSON: it is a ${typeof value}`)
  const length = Buffer.byteLength(json)
  if (length > LONGEST) throw new OptionError(`'${name}' has ${length} bytes as JSON, more than ${LONGEST}`)
  return JSON.parse(json, (_, part: unknown) => Object.freeze(part)) as unknown
}
