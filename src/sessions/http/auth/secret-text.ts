/** User names, passwords and tokens, as they may be sent. */
import { OptionError } from '../../../exchange/index.js'
import { keepSecret } from '../../../exchange/secrets.js'

/** More than any server takes: the headers of a request are 8 to 64 KiB. */
const LONGEST = 16 * 1024

/** What is wrong with such a text; the text itself is never told. */
function checkText(call: string, what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new OptionError(`${call}: the ${what} must be text, not ${typeof value}`)
  if (value.length > LONGEST) throw new OptionError(`${call}: the ${what} has more than ${LONGEST} characters`)
}

/** A user name and a password, checked and in one form of Unicode (RFC 7617 §2.1, RFC 7616 §4); the password is kept as a secret. */
export function readPassword(call: string, user: unknown, password: unknown): { user: string; password: string } {
  for (const [what, value] of [
    ['user', user],
    ['password', password],
  ] as const) {
    checkText(call, what, value)
    if (/[\x00-\x1f\x7f]/.test(value))
      throw new OptionError(`${call}: the ${what} has a control character in it (a line end?), which cannot be sent`)
  }
  keepSecret(password as string)
  return { user: (user as string).normalize('NFC'), password: (password as string).normalize('NFC') }
}

/** A token (RFC 6750 §2.1: visible ASCII, in one word), kept as a secret. */
export function readToken(call: string, token: unknown): string {
  checkText(call, 'token', token)
  const text = token.trim()
  if (/^bearer /i.test(text)) throw new OptionError(`${call}: give the token alone, without 'Bearer'`)
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new OptionError(`${call}: ${text === '' ? 'the token is empty' : 'a token is one word of ASCII characters'}`)
  keepSecret(text)
  return text
}
