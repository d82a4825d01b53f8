import { asText, toHex } from './bytes.js'

/** A single-quoted JavaScript string. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** JavaScript that gives the bytes: a string when they are printable, else `hex('…')`. */
export function bytesCommand(value: Uint8Array): string {
  const text = asText(value)
  return text === undefined ? `hex('${toHex(value)}')` : quoted(text)
}

/** A user's value as an error message names it. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Uint8Array) return `bytes ${toHex(value, 0, Math.min(value.length, 16))} (${value.length})`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
