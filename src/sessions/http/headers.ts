/** Header fields: their names in any spelling, their order and repetitions kept. */
import { OptionError } from '../../exchange/index.js'

/** What header fields are given as. A list is a field that comes several times; undefined takes away what a session has. */
export type HeadersInit = Record<string, string | number | readonly string[] | undefined> | HttpHeaders

/** A token of RFC 9110 §5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
/** No line ends or other controls: they would start a field of their own. Above U+00FF nothing can be sent. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Header fields of a request or an answer. At the prompt `headers['Content-Type']` reads one, in any spelling: see {@link readable}.
 */
export class HttpHeaders {
  /** Name, value, name, value … as they are sent. */
  readonly #list: string[]

  /** @param list name, value, name, value …, as from the wire */
  constructor(list: string[] = []) {
    this.#list = list
  }

  /** @throws OptionError for what cannot be sent */
  static from(given: HeadersInit | undefined, call = 'headers'): HttpHeaders {
    if (given === undefined) return new HttpHeaders()
    if (given instanceof HttpHeaders) return given.copy()
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new OptionError(`${call}: give an object of names and values, such as {Accept: 'text/plain'}`)
    const headers = new HttpHeaders()
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue
      for (const one of Array.isArray(value) ? value : [value]) headers.add(name, String(one))
    }
    return headers
  }

  /** The value, of a field that came several times all of them with commas between; undefined: there is none. */
  get(name: string): string | undefined {
    const lower = name.toLowerCase()
    const list = this.#list
    let found: string | undefined
    for (let i = 0; i < list.length; i += 2)
      if (isName(list[i]!, lower)) found = found === undefined ? list[i + 1]! : `${found}, ${list[i + 1]!}`
    return found
  }

  /** All values of a field, one by one. */
  getAll(name: string): string[] {
    const lower = name.toLowerCase()
    const values: string[] = []
    for (let i = 0; i < this.#list.length; i += 2) if (isName(this.#list[i]!, lower)) values.push(this.#list[i + 1]!)
    return values
  }

  has(name: string): boolean {
    const lower = name.toLowerCase()
    for (let i = 0; i < this.#list.length; i += 2) if (isName(this.#list[i]!, lower)) return true
    return false
  }

  /** Adds a field behind the others. @throws OptionError for what cannot be sent */
  add(name: string, value: string): void {
    if (!NAME.test(name))
      throw new OptionError(`headers: '${name}' is no name of a header field: letters, digits and hyphens`)
    const text = value.trim()
    if (!VALUE.test(text))
      throw new OptionError(`headers: the value of ${name} has a character that cannot be sent in it`)
    this.#list.push(name, text)
  }

  /** Puts one field in the place of all of that name. */
  set(name: string, value: string): void {
    this.delete(name)
    this.add(name, value)
  }

  /** Takes a field away. */
  delete(name: string): void {
    const lower = name.toLowerCase()
    for (let i = this.#list.length - 2; i >= 0; i -= 2) if (isName(this.#list[i]!, lower)) this.#list.splice(i, 2)
  }

  /** Name, value, name, value … */
  get raw(): readonly string[] {
    return this.#list
  }

  /** Pairs of name and value, in order. */
  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let i = 0; i < this.#list.length; i += 2) yield [this.#list[i]!, this.#list[i + 1]!]
  }

  copy(): HttpHeaders {
    return new HttpHeaders([...this.#list])
  }

  /** Names in small letters with their values: what `get` gives; `set-cookie` is a list. */
  toJSON(): Record<string, string | string[]> {
    const object: Record<string, string | string[]> = Object.create(null)
    for (let i = 0; i < this.#list.length; i += 2) {
      const name = this.#list[i]!.toLowerCase()
      if (name === 'set-cookie') object[name] = this.getAll(name)
      else object[name] ??= this.get(name)!
    }
    return object
  }

  /** `name: value`, a line each. */
  toString(): string {
    return [...this].map(([name, value]) => `${name}: ${value}`).join('\n')
  }
}

/** Most names come as they are asked for, or in small letters: comparing lengths first spares making them small. */
function isName(name: string, lower: string): boolean {
  return name.length === lower.length && (name === lower || name.toLowerCase() === lower)
}
