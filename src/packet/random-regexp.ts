import { PacketError } from './errors.js'
import { printed } from './literal.js'
import { between, call, oneOf, RandomValue } from './random-source.js'

/**
 * Texts that a regular expression matches. Understood are characters, classes, groups, alternatives, repetitions and references to
 * groups; `*`, `+` and `{n,}` repeat at most eight times more than they must.
 */

const MOST_REPETITIONS = 8
/** A text never becomes longer than this: repetitions end there. */
const LONGEST = 4096
const LARGEST_COUNT = 1024
const DEEPEST = 64

/** Appends a text to what was made so far; `groups` are the texts of groups. */
type Make = (made: { text: string; groups: string[] }) => void

const span = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i))
const PRINTABLE = span(0x20, 0x7e)
const DIGITS = [...'0123456789']
const WORD = [...span(0x41, 0x5a), ...span(0x61, 0x7a), ...DIGITS, '_']
const SPACES = [' ', '\t', '\n', '\r']
const without = (excluded: readonly string[]): string[] => PRINTABLE.filter((letter) => !excluded.includes(letter))

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  d: DIGITS,
  D: without(DIGITS),
  w: WORD,
  W: without(WORD),
  s: SPACES,
  S: without([' ']),
}
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' }

class Parser {
  private at = 0
  private depth = 0
  private groups = 0

  constructor(private readonly source: string) {}

  parse(): Make {
    const make = this.alternatives()
    if (this.at < this.source.length) this.fail(`an unexpected '${this.source[this.at]}'`)
    return make
  }

  private fail(what: string): never {
    throw new PacketError(`RandRegExp(${printed(this.source)}): ${what} at character ${this.at + 1}`)
  }

  private take(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  private alternatives(): Make {
    if (++this.depth > DEEPEST) this.fail(`groups more than ${DEEPEST} deep`)
    const all = [this.sequence()]
    while (this.take('|')) all.push(this.sequence())
    this.depth--
    return all.length === 1 ? all[0]! : (made) => oneOf(all)(made)
  }

  private sequence(): Make {
    const parts: Make[] = []
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')')
      parts.push(this.repeated(this.atom()))
    return (made) => {
      for (const part of parts) part(made)
    }
  }

  private repeated(make: Make): Make {
    const [least, most] = this.repetition()
    if (least === 1 && most === 1) return make
    return (made) => {
      const count = between(least, most)
      for (let i = 0; i < count && made.text.length < LONGEST; i++) make(made)
    }
  }

  private repetition(): [least: number, most: number] {
    let range: [number, number] = [1, 1]
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at))
    if (this.take('*')) range = [0, MOST_REPETITIONS]
    else if (this.take('+')) range = [1, 1 + MOST_REPETITIONS]
    else if (this.take('?')) range = [0, 1]
    else if (counted !== null) {
      const least = Number(counted[1])
      const most = counted[2] === undefined ? least : counted[3] === '' ? least + MOST_REPETITIONS : Number(counted[3])
      if (most < least || least > LARGEST_COUNT) this.fail(`a repetition that cannot be, '${counted[0]}'`)
      this.at += counted[0].length
      range = [least, most]
    } else return range
    this.take('?')
    return range
  }

  private atom(): Make {
    if (this.take('^') || this.take('$') || this.take('\\b')) return () => undefined
    if (this.take('(')) return this.group()
    if (this.take('[')) return this.choice(this.set())
    if (this.take('.')) return this.choice(PRINTABLE)
    if (this.take('\\')) return this.escape()
    const letter = String.fromCodePoint(this.source.codePointAt(this.at)!)
    if (letter === '*' || letter === '+' || letter === '?') this.fail(`nothing to repeat before '${letter}'`)
    this.at += letter.length
    return this.choice([letter])
  }

  private choice(letters: readonly string[]): Make {
    return (made) => {
      made.text += oneOf(letters)
    }
  }

  private group(): Make {
    const isCapturing = !this.take('?:')
    if (isCapturing && this.take('?')) {
      if (!/^<[A-Za-z_]\w*>/.test(this.source.slice(this.at)))
        this.fail('a look ahead or behind, which is not understood,')
      this.at = this.source.indexOf('>', this.at) + 1
    }
    const number = isCapturing ? ++this.groups : 0
    const inner = this.alternatives()
    if (!this.take(')')) this.fail("a missing ')'")
    if (number === 0) return inner
    return (made) => {
      const start = made.text.length
      inner(made)
      made.groups[number] = made.text.slice(start)
    }
  }

  private escape(): Make {
    const reference = /^[1-9]\d*/.exec(this.source.slice(this.at))
    if (reference !== null) {
      this.at += reference[0].length
      return (made) => {
        made.text += made.groups[Number(reference[0])] ?? ''
      }
    }
    return this.choice(this.escaped())
  }

  /** The characters that stand behind a backslash. */
  private escaped(): readonly string[] {
    const code = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(this.source.slice(this.at))
    if (code !== null) {
      this.at += code[0].length
      return [String.fromCharCode(Number.parseInt(code[1] ?? code[2]!, 16))]
    }
    const letter = this.source[this.at]
    if (letter === undefined) this.fail('a backslash with nothing behind it')
    this.at++
    return CLASSES[letter] ?? [CONTROLS[letter] ?? letter]
  }

  /** The characters of `[…]`. */
  private set(): readonly string[] {
    const isInverse = this.take('^')
    const letters = new Set<string>()
    while (!this.take(']')) {
      if (this.at >= this.source.length) this.fail("a missing ']'")
      const from = this.member()
      const isRange = this.source[this.at] === '-' && this.source[this.at + 1] !== ']' && from.length === 1
      if (!isRange) for (const letter of from) letters.add(letter)
      else {
        this.at++
        const to = this.member()
        const [low, high] = [from[0]!.charCodeAt(0), to[0]!.charCodeAt(0)]
        if (to.length !== 1 || high < low) this.fail('a range that ends before it begins')
        for (const letter of span(low, high)) letters.add(letter)
      }
    }
    const chosen = isInverse ? without([...letters]) : [...letters]
    if (chosen.length === 0) this.fail('a set without any character')
    return chosen
  }

  private member(): readonly string[] {
    if (this.take('\\')) return this.escaped()
    const letter = this.source[this.at]
    if (letter === undefined) this.fail("a missing ']'")
    this.at++
    return [letter]
  }
}

/** A random text that the regular expression matches: `RandRegExp('(GET|POST) /[a-z]{1,8}')`. */
export function RandRegExp(expression: string | RegExp): RandomValue {
  const source = expression instanceof RegExp ? expression.source : expression
  if (typeof source !== 'string')
    throw new PacketError(`RandRegExp(${printed(expression)}): give a regular expression, such as '[a-z]{1,8}'`)
  const make = new Parser(source).parse()
  return new RandomValue(
    () => {
      const made = { text: '', groups: [] as string[] }
      make(made)
      return made.text
    },
    call('RandRegExp', expression),
  )
}
