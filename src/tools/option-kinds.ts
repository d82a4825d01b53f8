/** What options of tools take: each tool has a table of its options, and what a value may be is said and checked here. */
import { checkOptions, checkPath, OptionError, type PathOptions } from '../exchange/index.js'
import { parseMac } from '../packet/index.js'
import { familyOf } from './targets.js'

/** What an option takes. */
export interface OptionKind {
  /** As it stands behind "must be": `'a whole number, 1..255'`. */
  readonly takes: string
  accepts(value: unknown): boolean
}

/** All options of a tool: the compiler sees to it that none is missing, and none is there that the tool does not have. */
export type OptionTable<O> = Readonly<Record<keyof O, OptionKind>>

/** A whole number between the two, both included; without the second, of any size. */
export function wholeNumber(low: number, high = Number.POSITIVE_INFINITY): OptionKind {
  return {
    takes: high === Number.POSITIVE_INFINITY ? `a whole number, ${low} or more` : `a whole number, ${low}..${high}`,
    accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high,
  }
}

/** A number above 0. @param of what it counts: `'packets per second'` */
export function positive(of: string): OptionKind {
  return { takes: `a number of ${of} above 0`, accepts: (value) => typeof value === 'number' && value > 0 }
}

/** One of these values. */
export function oneOf(...values: readonly (string | number)[]): OptionKind {
  const texts = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
  return {
    takes: [texts.slice(0, -1).join(', '), texts.at(-1)].filter((text) => text !== '').join(' or '),
    accepts: (value) => values.includes(value as string | number),
  }
}

/** A function. @param of what it is called with: `'an event'` */
export function functionOf(of: string): OptionKind {
  return { takes: `a function of ${of}`, accepts: (value) => typeof value === 'function' }
}

/** A text that is not empty. @param takes what it is: `'the name of a file'` */
export function text(takes: string): OptionKind {
  return { takes, accepts: (value) => typeof value === 'string' && value !== '' }
}

/** Whatever the tool itself looks at more closely. */
export const ANYTHING: OptionKind = { takes: 'anything', accepts: () => true }

export const FLAG: OptionKind = { takes: 'true or false', accepts: (value) => typeof value === 'boolean' }

export const PORT = wholeNumber(1, 65535)

/** A time that may be 0. */
export const SECONDS: OptionKind = {
  takes: 'a number of seconds, 0 or more',
  accepts: (value) => typeof value === 'number' && value >= 0,
}

/** How often something without an answer is asked again. A scan has four bits for the number of an attempt. */
export const RETRY = wholeNumber(0, 15)

/** How fast packets leave. */
export const RATE = positive('packets per second')

export const ADDRESS: OptionKind = {
  takes: 'an IPv4 or IPv6 address',
  accepts: (value) => typeof value === 'string' && familyOf(value) !== undefined,
}

export const MAC_ADDRESS: OptionKind = {
  takes: "a MAC address such as '02:00:00:00:00:01'",
  accepts: (value) => typeof value === 'string' && parseMac(value) >= 0,
}

/** Where packets go; `checkPath` says what is wrong with them. */
export const PATH_OPTIONS: OptionTable<PathOptions> = { iface: ANYTHING, link: ANYTHING, netns: ANYTHING }

/**
 * Looks at every option that is given.
 * @param name of the tool, for errors
 * @throws OptionError for an option that the tool does not have, or a value that it does not take
 */
export function checkTable<O extends object>(name: string, options: O, table: OptionTable<O>): void {
  checkOptions(name, options, Object.keys(table))
  checkPath(name, options)
  for (const [option, value] of Object.entries(options))
    if (value !== undefined) checkValue(name, option, value, table[option as keyof O])
}

/** @throws OptionError unless the option takes the value */
export function checkValue(name: string, option: string, value: unknown, kind: OptionKind): void {
  if (!kind.accepts(value))
    throw new OptionError(`${name}: option ${option} must be ${kind.takes}, not ${String(value)}`)
}
