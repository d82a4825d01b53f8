/** Python's way to write values, as far as Scapy's `command()` and people's notes have them: read, and written. */
import { PacketError } from '../../packet/index.js'

/** A call such as `IP(dst='10.0.0.1')`: its name, values by position and by name. */
export interface PythonCall {
  readonly call: string
  readonly positional: readonly PythonValue[]
  readonly named: ReadonlyMap<string, PythonValue>
}

/** `a/b/c` */
export interface PythonStack {
  readonly stack: readonly PythonValue[]
}

/** `(1, 2)`: of a list it differs in what Scapy makes of it, a range. */
export interface PythonTuple {
  readonly tuple: readonly PythonValue[]
}

export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PythonValue[]
  | PythonTuple
  | PythonCall
  | PythonStack

/** Lists, calls and parentheses inside one another. */
const DEEPEST = 40
const LONGEST_TEXT = 4 << 20
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
}

/**
 * One expression of packets: names with calls, `/`, texts, bytes, numbers, lists, tuples. Nothing is run.
 * @throws PacketError with the place for all else
 */
export function parsePython(source: string): PythonValue {
  if (source.length > LONGEST_TEXT)
    throw new PacketError(`the text has ${source.length} characters; at most ${LONGEST_TEXT} are taken`)
  return new PythonReader(source).all()
}

class PythonReader {
  private at = 0
  private depth = 0

  constructor(private readonly source: string) {}

  all(): PythonValue {
    const value = this.expression()
    this.skip()
    if (this.at < this.source.length) throw this.wrong('something that is no part of a packet')
    return value
  }

  /** Terms with `/` between them. */
  private expression(): PythonValue {
    if (++this.depth > DEEPEST) throw this.wrong(`more than ${DEEPEST} levels of parentheses`)
    const parts = [this.term()]
    while (this.take('/')) parts.push(this.term())
    this.depth--
    return parts.length === 1 ? parts[0]! : { stack: parts }
  }

  private term(): PythonValue {
    this.skip()
    const character = this.source[this.at]
    if (character === undefined) throw this.wrong('the end, where a value is missing')
    if (character === '[') return this.items('[', ']')
    if (character === '(') return this.parenthesis()
    const literal = /^(?:[bB][rR]?|[rR][bB]?|[uUfF])?("""|'''|"|')/.exec(this.source.slice(this.at, this.at + 6))
    if (literal !== null) return this.strings()
    if (/[-+\d.]/.test(character)) return this.number()
    return this.name()
  }

  private parenthesis(): PythonValue {
    const start = this.at
    const values = this.items('(', ')')
    const isTuple = values.length !== 1 || /,\s*\)$/.test(this.source.slice(start, this.at))
    return isTuple ? { tuple: values } : values[0]!
  }

  /** Values between brackets. */
  private items(open: string, close: string): PythonValue[] {
    const values: PythonValue[] = []
    this.expect(open)
    while (!this.take(close)) {
      values.push(this.expression())
      if (this.take(',')) continue
      this.expect(close)
      break
    }
    return values
  }

  /** Texts side by side are one. */
  private strings(): string | Uint8Array {
    const parts: (string | Uint8Array)[] = []
    for (;;) {
      this.skip()
      const [, prefix = '', quote] =
        /^([bBrRuUfF]{0,2})("""|'''|"|')/.exec(this.source.slice(this.at, this.at + 6)) ?? []
      if (quote === undefined) break
      this.at += prefix.length + quote.length
      parts.push(this.string(prefix.toLowerCase(), quote))
    }
    if (parts.every((part) => typeof part === 'string')) return parts.join('')
    if (parts.some((part) => typeof part === 'string')) throw this.wrong('text and bytes side by side')
    return Buffer.concat(parts as Uint8Array[])
  }

  private string(prefix: string, quote: string): string | Uint8Array {
    const isBytes = prefix.includes('b')
    let text = ''
    for (;;) {
      const character = this.source[this.at]
      if (character === undefined) throw this.wrong(`the end, where ${quote} is missing`)
      if (this.source.startsWith(quote, this.at)) break
      this.at++
      if (character !== '\\' || prefix.includes('r')) text += character
      else text += this.escape(isBytes)
    }
    this.at += quote.length
    return isBytes ? Uint8Array.from(Buffer.from(text, 'latin1')) : text
  }

  private escape(isBytes: boolean): string {
    const rest = this.source.slice(this.at, this.at + 10)
    const code =
      /^x([0-9a-f]{2})/i.exec(rest) ??
      (isBytes ? null : (/^u([0-9a-f]{4})/i.exec(rest) ?? /^U([0-9a-f]{8})/i.exec(rest)))
    if (code !== null) {
      this.at += code[0].length
      const point = Number.parseInt(code[1]!, 16)
      if (point > 0x10ffff) throw this.wrong('a character that there is not')
      return String.fromCodePoint(point)
    }
    const octal = /^[0-7]{1,3}/.exec(rest)
    if (octal !== null) {
      this.at += octal[0].length
      return String.fromCharCode(Number.parseInt(octal[0], 8) & 255)
    }
    const next = rest[0] ?? ''
    this.at++
    if (next === '\n') return ''
    return ESCAPES[next] ?? (next === '\\' || next === "'" || next === '"' ? next : `\\${next}`)
  }

  private number(): number | bigint {
    const text =
      /^[-+]?(?:0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?)/i.exec(
        this.source.slice(this.at, this.at + 400),
      )?.[0] ?? ''
    if (text === '') throw this.wrong('something that is no number')
    this.at += text.length
    const plain = text.replaceAll('_', '').replace(/^\+/, '')
    const value = plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain)
    return Number.isSafeInteger(value) || /[.e]/i.test(plain.replace(/^-?0x.*/i, '')) ? value : BigInt(plain)
  }

  private name(): PythonValue {
    const [name] = /^[\p{L}_][\p{L}\p{N}_.]*/u.exec(this.source.slice(this.at, this.at + 200)) ?? []
    if (name === undefined) throw this.wrong(`'${this.source[this.at]}', where a layer or a value is expected`)
    this.at += name.length
    if (!this.take('(')) {
      if (name === 'None') return null
      if (name === 'True' || name === 'False') return name === 'True'
      throw this.wrong(`'${name}', a variable: its value cannot be known here`)
    }
    const positional: PythonValue[] = []
    const named = new Map<string, PythonValue>()
    while (!this.take(')')) {
      this.skip()
      const [, key] = /^([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/u.exec(this.source.slice(this.at, this.at + 200)) ?? []
      if (key !== undefined) {
        this.at = this.source.indexOf('=', this.at) + 1
        named.set(key, this.expression())
      } else positional.push(this.expression())
      if (this.take(',')) continue
      this.expect(')')
      break
    }
    return { call: name, positional, named }
  }

  private skip(): void {
    for (;;) {
      const [blank] = /^(?:\s+|#[^\n]*|\\\n)/.exec(this.source.slice(this.at, this.at + 1000)) ?? []
      if (blank === undefined) return
      this.at += blank.length
    }
  }

  private take(character: string): boolean {
    this.skip()
    if (this.source[this.at] !== character) return false
    this.at++
    return true
  }

  private expect(character: string): void {
    if (this.take(character)) return
    throw this.wrong(
      `${this.at >= this.source.length ? 'the end' : `'${this.source[this.at]}'`}, where '${character}' is missing`,
    )
  }

  private wrong(what: string): PacketError {
    const before = this.source.slice(0, this.at).split('\n')
    return new PacketError(
      `line ${before.length}, column ${before.at(-1)!.length + 1}: found ${what}; packets are written like IP(dst='10.0.0.1')/TCP(dport=80)`,
    )
  }
}

/** Bytes as Python writes them: `b'E\x00'`. */
export function pythonBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    if (byte === 0x5c || byte === 0x27) text += `\\${String.fromCharCode(byte)}`
    else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte)
    else text += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return `b'${text}'`
}

/** Text as Python writes it. */
export function pythonText(text: string): string {
  let result = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (character === '\\' || character === "'") result += `\\${character}`
    else if (code >= 32 && code < 127) result += character
    else if (code < 256) result += `\\x${code.toString(16).padStart(2, '0')}`
    else
      result += code < 65536 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  }
  return `'${result}'`
}
