/** What all parts of rendering know of where a value is shown. */
import { types } from 'node:util'
import { grouped } from '../../exchange/job.js'
import type { Paint } from '../../exchange/terminal-colours.js'

export interface Context {
  paint: Paint
  /** Columns of the terminal. */
  width: number
  /** Rows of lists that are shown. */
  rows: number
  /** How the value is written to get more of it: `_3`; undefined where it has no name. */
  label: string | undefined
}

/** Whether a value is of a class, without asking the value: a proxy would run code of its own. */
export function isA<T>(value: unknown, kind: abstract new (...parameters: never[]) => T): value is T {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && value instanceof kind
}

/** `12 packets`, `1 204 packets`. */
export function counted(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`
}

/**
 * The line below a list: how much there is, and where some of it is not shown, what to type to see it.
 * @param what `packets`, with details in parentheses perhaps
 * @param all ends a call that prints all of it, `.show()`; unset: there is none
 */
export function countLine(
  shown: number,
  count: number,
  what: string,
  { label = '', paint, width }: Context,
  all?: string,
): string {
  if (shown >= count) return paint('gray', what)
  const more = [`${label}.slice(${shown}) shows the next`, `${label}[n] one`]
  if (all !== undefined) more.push(`${label}${all} all`)
  const text = `${grouped(shown)} of ${what}`
  const line = `${text} · ${more.join(', ')}`
  return paint('gray', line.length <= width ? line : `${text}\n${more.join(', ')}`)
}
