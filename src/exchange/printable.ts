/** What a terminal would obey instead of show: control characters but line end and tab, and those that turn the writing direction. */
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
/** The same without colours (ECMA-48 §8.3.117, SGR). */
const OBEYED_BUT_COLOURS = new RegExp(`(?!\\x1b\\[[\\d;]*m)${OBEYED.source}`, 'g')

/**
 * Text that may hold what a stranger sent, safe to print: control characters are written as `\x1b`. Line ends and tabs stay.
 * @param coloured the text has colours of ours, which stay too
 */
export function printable(text: string, coloured = false): string {
  return text.replaceAll('\r\n', '\n').replace(coloured ? OBEYED_BUT_COLOURS : OBEYED, escaped)
}

/** The same on one line: names of files may have line ends and tabs in them. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}

/** JSON text, safe to print: what JSON.stringify leaves of control characters is written as `\u009b`, which means the same. */
export function printableJson(json: string): string {
  return json.replace(OBEYED, unicodeEscaped)
}

function escaped(character: string): string {
  if (character === '\r') return '\\r'
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscaped(character)
}

function unicodeEscaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
