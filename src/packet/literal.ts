import { asText, toHex } from './bytes.js'

/** Nothing to escape: most texts, and looking for each kind of character apart takes ten times as long. */
const PLAIN = /^[ -&(-[\]-~]*$/

/** Characters as JavaScript escapes them, 16 bits each. */
function escaped(text: string): string {
  let escapes = ''
  for (let i = 0; i < text.length; i++) escapes += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`
  return escapes
}

/** A single-quoted JavaScript string, which is safe to print: texts may come from the network. */
export function quoted(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  // What steers a terminal or hides and JSON leaves as it is: DEL, C1 controls, directions. Made here, as \p takes the first time long.
  return `'${json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}'`
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
