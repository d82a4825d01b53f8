/** A command line as a shell reads it: words, quotes, line ends that go on. What a shell would fill in or start is refused. */
import { OptionError } from '../../../exchange/index.js'

/** What ends an unquoted word. */
const BLANK = /[ \t\r\n]/
/** Characters with which a shell begins something else: another command, a pipe, a file. */
const OPERATOR = /[|&;<>()]/
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * The words of one command. Quotes are those of POSIX shells (POSIX.1-2017 §2.2.2) with `$'…'` of bash.
 * @param call what errors begin with
 * @throws OptionError where a shell would put a variable, start a second command, or wait for the end of a quote
 */
export function commandWords(text: string, call: string): string[] {
  return new WordReader(text, call).words()
}

class WordReader {
  #at = 0

  constructor(
    private readonly text: string,
    private readonly call: string,
  ) {}

  words(): string[] {
    const words: string[] = []
    for (;;) {
      const hasLineEnd = this.#skipBlanks()
      if (this.#at >= this.text.length) return words
      if (hasLineEnd && words.length > 0)
        throw this.#error(
          'a second line begins a second command: give one, and end lines that go on with \\ (nothing behind it)',
        )
      words.push(this.#word())
    }
  }

  /** Whether a line ended meanwhile. */
  #skipBlanks(): boolean {
    let hasLineEnd = false
    for (;;) {
      const character = this.text[this.#at]
      if (character === '\\' && this.#skipLineEnd()) continue
      if (character === '#') this.#at = endOr(this.text.indexOf('\n', this.#at), this.text.length)
      else if (character === undefined || !BLANK.test(character)) return hasLineEnd
      else {
        if (character === '\n') hasLineEnd = true
        this.#at++
      }
    }
  }

  /** A line end behind a backslash is not there at all. */
  #skipLineEnd(): boolean {
    const [found] = /^\\\r?\n/.exec(this.text.slice(this.#at, this.#at + 3)) ?? []
    if (found === undefined) return false
    this.#at += found.length
    return true
  }

  #word(): string {
    let word = ''
    while (this.#at < this.text.length) {
      const character = this.text[this.#at]!
      if (BLANK.test(character)) break
      if (OPERATOR.test(character))
        throw this.#error(
          `the command ends at '${character}': give it alone, and put a URL or data with such characters in quotes`,
        )
      if (character === "'") word += this.#single()
      else if (character === '"') word += this.#double()
      else if (character === '`') throw this.#notFilled('`')
      else if (character === '$') word += this.#dollar()
      else if (character === '\\') {
        if (this.#skipLineEnd()) continue
        word += this.text[this.#at + 1] ?? '\\'
        this.#at += 2
      } else {
        word += character
        this.#at++
      }
    }
    return word
  }

  #single(): string {
    const end = this.text.indexOf("'", this.#at + 1)
    if (end < 0) throw this.#unclosed("'")
    const text = this.text.slice(this.#at + 1, end)
    this.#at = end + 1
    return text
  }

  #double(): string {
    let text = ''
    for (this.#at++; this.#at < this.text.length; ) {
      const character = this.text[this.#at]!
      if (character === '"') {
        this.#at++
        return text
      }
      if (character === '`') throw this.#notFilled('`')
      if (character === '$' && this.#fills()) throw this.#notFilled(this.#variable())
      if (character === '\\') {
        if (this.#skipLineEnd()) continue
        const next = this.text[this.#at + 1] ?? ''
        // Before anything else the backslash stays.
        text += '$`"\\'.includes(next) ? next : `\\${next}`
        this.#at += 2
      } else {
        text += character
        this.#at++
      }
    }
    throw this.#unclosed('"')
  }

  #dollar(): string {
    const next = this.text[this.#at + 1]
    if (next === "'") {
      this.#at++
      return this.#escaped()
    }
    if (next === '"') {
      this.#at++
      return this.#double()
    }
    if (this.#fills()) throw this.#notFilled(this.#variable())
    this.#at++
    return '$'
  }

  /** `$'…'`: escapes as in C (GNU Bash manual §3.1.2.4). What they make are bytes, which are read as UTF-8. */
  #escaped(): string {
    const bytes: Buffer[] = []
    for (this.#at++; this.#at < this.text.length; ) {
      const character = this.text[this.#at]!
      if (character === "'") {
        this.#at++
        const all = Buffer.concat(bytes)
        const text = all.toString('utf8')
        if (text.includes('\0') || !Buffer.from(text).equals(all))
          throw this.#error(
            "a text in $'…' must be UTF-8 without zero bytes: put such data in a file, --data-binary @file",
          )
        return text
      }
      if (character === '\\') bytes.push(this.#escape())
      else {
        const whole = String.fromCodePoint(this.text.codePointAt(this.#at)!)
        bytes.push(Buffer.from(whole))
        this.#at += whole.length
      }
    }
    throw this.#unclosed("$'")
  }

  #escape(): Buffer {
    const rest = this.text.slice(this.#at + 1, this.#at + 11)
    const [all, octal, byte, unicode, long, control] =
      /^(?:([0-7]{1,3})|x([\dA-Fa-f]{1,2})|u([\dA-Fa-f]{1,4})|U([\dA-Fa-f]{1,8})|c([\s\S]))/.exec(rest) ?? []
    if (all === undefined) {
      const next = rest[0] ?? ''
      const short = SHORT_ESCAPES[next]
      const whole = short ?? ('\\\'"?'.includes(next) ? next : `\\${next}`)
      this.#at += 1 + next.length
      return Buffer.from(whole)
    }
    this.#at += 1 + all.length
    if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8) & 255)
    if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16))
    if (control !== undefined) return Buffer.of(control.charCodeAt(0) & 31)
    return this.#character(Number.parseInt((unicode ?? long)!, 16))
  }

  #character(code: number): Buffer {
    // Browsers write a character beyond U+FFFF as two halves.
    if (code >= 0xd800 && code < 0xdc00) {
      const [all, second] = /^\\u([Dd][C-Fc-f][\dA-Fa-f]{2})/.exec(this.text.slice(this.#at, this.#at + 6)) ?? []
      if (all !== undefined) {
        this.#at += all.length
        return Buffer.from(String.fromCharCode(code, Number.parseInt(second!, 16)))
      }
    }
    if (code > 0x10ffff) throw this.#error(`there is no character ${code.toString(16)}`)
    return Buffer.from(String.fromCodePoint(code))
  }

  #fills(): boolean {
    return /[\w{(@*#?!$-]/.test(this.text[this.#at + 1] ?? '')
  }

  #variable(): string {
    return /^\$(?:\w+|\{[^}]*\}?|\(|.)/.exec(this.text.slice(this.#at))?.[0] ?? '$'
  }

  #notFilled(what: string): OptionError {
    return this.#error(`nothing is filled in for ${what} here: write the value itself, or use single quotes`)
  }

  #unclosed(quote: string): OptionError {
    return this.#error(`the quote that ${quote} begins has no end`)
  }

  #error(text: string): OptionError {
    return new OptionError(`${this.call}: ${text}`)
  }
}

function endOr(index: number, end: number): number {
  return index < 0 ? end : index
}
