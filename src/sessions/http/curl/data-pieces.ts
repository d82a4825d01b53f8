/** Data of a request as curl's options give it: as it stands, from a file, percent-encoded, as part of a form. */
import { readFileSync, statSync } from 'node:fs'
import { OptionError } from '../../../exchange/index.js'
import { atHome } from '../../../exchange/invoking-user.js'
import { reasonOf } from '../../../exchange/user-files.js'
import type { FormPart } from './curl-state.js'

/** A file is read whole: it is small, as data on a command line is. */
const MOST_BYTES = 64 * 2 ** 20

/** The bytes of a file. @param option that named it, for errors */
export function fileBytes(call: string, option: string, file: string): Buffer {
  if (file === '-') throw new OptionError(`${call}: ${option}: there is no standard input here: name a file`)
  try {
    const path = atHome(file)
    const { size } = statSync(path)
    if (size > MOST_BYTES) throw new OptionError(`${call}: ${option}: ${file} has ${size} bytes, more than 64 MiB`)
    return readFileSync(path)
  } catch (error) {
    if (error instanceof OptionError) throw error
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : reasonOf(error)
    throw new OptionError(`${call}: ${option}: ${file} cannot be read: ${why}`)
  }
}

/** `-d`: `@file` is read, its line ends and zero bytes left out. */
export function plainData(call: string, option: string, value: string): string | Uint8Array {
  if (!value.startsWith('@')) return value
  const bytes = fileBytes(call, option, value.slice(1))
  return textOr(bytes.filter((byte) => byte !== 0 && byte !== 10 && byte !== 13))
}

/** `--data-binary`, `--json`: `@file` is read, and left as it is. */
export function exactData(call: string, option: string, value: string): string | Uint8Array {
  return value.startsWith('@') ? textOr(fileBytes(call, option, value.slice(1))) : value
}

/** `--data-urlencode`: `text`, `=text`, `name=text`, `@file`, `name@file`. */
export function encodedData(call: string, option: string, value: string): string {
  const mark = value.search(/[=@]/)
  if (mark < 0) return percentEncoded(Buffer.from(value))
  const rest = value.slice(mark + 1)
  const bytes = value[mark] === '@' ? fileBytes(call, option, rest) : Buffer.from(rest)
  return `${value.slice(0, mark)}${mark > 0 ? '=' : ''}${percentEncoded(bytes)}`
}

/** All but the unreserved characters (RFC 3986 §2.3) as %XX; blanks as +, as forms have them. */
function percentEncoded(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (/[\w.~-]/.test(character)) text += character
    else text += byte === 32 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

/** `-F`: `name=text`, `name=@file`, `name=<file`, each with `;type=…` and `;filename=…` behind it. */
export function formPart(call: string, value: string): FormPart {
  const [name, rest] = nameAndRest(call, value)
  const mark = rest[0]
  if (mark !== '@' && mark !== '<') {
    const { content, ...more } = contentOf(call, value, rest)
    return { name, content: { text: content }, ...more }
  }
  const { content, ...more } = contentOf(call, value, rest.slice(1))
  if (mark === '<')
    return { name, content: { text: fileBytes(call, `-F ${name}=<`, content).toString('utf8') }, ...more }
  if (content.includes(',') && !rest.startsWith('@"'))
    throw new OptionError(
      `${call}: -F '${value}': one file at a time: -F ${name}=@first -F ${name}=@second (in "quotes" where its name has a comma)`,
    )
  return { name, content: { file: content }, filename: content.split('/').at(-1)!, ...more }
}

/** `--form-string`: nothing in it means anything. */
export function literalPart(call: string, value: string): FormPart {
  const [name, text] = nameAndRest(call, value)
  return { name, content: { text } }
}

function nameAndRest(call: string, value: string): [string, string] {
  const equals = value.indexOf('=')
  if (equals < 0) throw new OptionError(`${call}: -F '${value}': give name=text or name=@file`)
  return [value.slice(0, equals), value.slice(equals + 1)]
}

/** Text or a file, and what stands behind it. Quotes keep commas and semicolons together. */
function contentOf(call: string, whole: string, text: string): { content: string; type?: string; filename?: string } {
  const settings: Record<string, string> = {}
  const [all, quotedText, bare] = /^\s*"((?:[^"\\]|\\.)*)"\s*(?=;|$)|^([^;]*)/.exec(text)!
  const content = quotedText === undefined ? bare! : quotedText.replace(/\\(["\\])/g, '$1')
  let rest = text.slice(all.length)
  while (rest !== '') {
    const [all, name, quotedText, bare] = /^;\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))\s*/.exec(rest) ?? []
    if (all === undefined || !(name === 'type' || name === 'filename'))
      throw new OptionError(
        `${call}: -F '${whole}': behind a part only ;type=… and ;filename=… are known (--form-string takes a text as it is)`,
      )
    settings[name] = (quotedText === undefined ? bare! : quotedText.replace(/\\(["\\])/g, '$1')).trim()
    rest = rest.slice(all.length)
    // A type has parameters of its own: multipart/x; boundary=y.
    while (name === 'type' && /^;(?!\s*(?:type|filename|encoder|headers)=)/.test(rest)) {
      const [more] = /^;[^;]*/.exec(rest)!
      settings.type += more
      rest = rest.slice(more.length)
    }
  }
  return { content, ...settings }
}

/** Text where the bytes are UTF-8: that is easier to look at. */
function textOr(bytes: Uint8Array): string | Uint8Array {
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : Uint8Array.from(bytes)
}
