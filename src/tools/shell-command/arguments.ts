/** Values of JavaScript → arguments of a program. */
import { ShellResult } from './result.js'
import { ShellError } from './shell-error.js'

/** What may be an argument; of a {@link ShellResult} it is the output, without the line end behind it. */
export type ShellArgument = string | number | bigint | ShellResult

/**
 * The arguments that a value stands for: one, or of an array one for each element.
 * @param number which value of the command it is, from 1, for messages
 * @throws ShellError for what is no text and no number
 */
export function argumentsOf(value: unknown, number: number): string[] {
  if (Array.isArray(value)) return value.map((element) => textOf(element, `an element of value ${number}`))
  return [textOf(value, `value ${number}`)]
}

function textOf(value: unknown, what: string): string {
  const text = plainText(value, what)
  if (text.includes('\0')) throw new ShellError(`${what} of sh has a NUL character, which no argument can have`)
  return text
}

function plainText(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value)
  if (value instanceof ShellResult) return value.stdout.replace(/\n+$/, '')
  throw new ShellError(`${what} of sh is ${kindOf(value)}: arguments are texts and numbers${remedyFor(value)}`)
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number')
    return String(value)
  if (typeof value === 'object') return Array.isArray(value) ? 'an array in an array' : 'an object'
  return `a ${typeof value}`
}

function remedyFor(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return `; put in '${value}' where that word is meant`
  if (typeof (value as { then?: unknown }).then === 'function') return '; await it first'
  if (Array.isArray(value)) return '; flat() makes one of them'
  return typeof value === 'object' ? '; put in one of its fields, or JSON.stringify(it)' : ''
}
