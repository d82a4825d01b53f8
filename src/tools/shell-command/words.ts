/**
 * The text of a command → programs with their arguments. This is all that is ever read of it: no shell sees the text, and what
 * is put in with `${…}` is taken as it is.
 */
import { argumentsOf } from './arguments.js'
import { ShellError } from './shell-error.js'

/** Part of a word. */
export interface Piece {
  text: string
  /** Wildcards in it are none: it was quoted, or put in. */
  literal: boolean
}

/** One word of a command; becomes one argument, or several where it is a pattern or an array that was put in. */
export interface Word {
  pieces: Piece[]
  /** The arguments of an array. */
  list?: string[]
}

/** One program of a pipeline. */
export interface Stage {
  words: Word[]
  /** Variables set before the program's name: `LANG=C ls`. */
  environment: Record<string, string>
  /** Its text, for messages. */
  text: string
}

/** Where a command's text comes from. */
export interface CommandText {
  /** The literal parts, with backslashes as typed; one more than there are values. */
  strings: readonly string[]
  values: readonly unknown[]
  /** Where each string stands in the text that the user sees; unset: one after the other, with `${…}` between. */
  starts?: readonly number[]
  /** What `$NAME` stands for. */
  environment: Readonly<Record<string, string | undefined>>
}

/** How a value that was put in appears in texts. */
const PLACE = '${…}'
const HAND_OVER = "sh.shell('…') hands a line to /bin/sh"
const QUOTE = "in an argument, quote it ('…')"
/** Characters that a shell would act upon, with what to do here instead. */
const REFUSED: Readonly<Record<string, string>> = {
  ';': `one command at a time; ${HAND_OVER}; ${QUOTE}`,
  '&': `bg(sh\`…\`) runs a command in the background; ${QUOTE}`,
  '&&': `one command at a time: if (sh\`…\`.ok) … goes on when it went well; ${HAND_OVER}`,
  '||': `one command at a time: if (!sh\`…\`.ok) … goes on when it failed; ${HAND_OVER}`,
  '>': `sh\`…\`.save('file') writes the output to a file; ${HAND_OVER}; ${QUOTE}`,
  '<': `cat file | … reads from a file, and so does the option input; ${HAND_OVER}; ${QUOTE}`,
  '`': `a command in a command is put in as a value: \${sh\`…\`}; ${QUOTE}`,
  '(': `it has a meaning for shells only; ${HAND_OVER}; ${QUOTE}`,
  ')': `it has a meaning for shells only; ${HAND_OVER}; ${QUOTE}`,
  '$(': `a command in a command is put in as a value: \${sh\`…\`}`,
  '\n': 'one command at a time; a backslash at the end of a line goes on in the next one',
}

/** Programs and arguments of a command. @throws ShellError that names the place */
export function parseCommand(command: CommandText): Stage[] {
  return new Reader(command).read()
}

/** The command as one line, for messages. */
export function textOf(strings: readonly string[]): string {
  return strings.join(PLACE).trim()
}

class Reader {
  readonly #command: CommandText
  readonly #stages: Stage[] = []
  #stage: Stage = { words: [], environment: {}, text: '' }
  #word: Word | null = null
  /** Text and value that are being read. */
  #part = 0
  #text = ''
  #at = 0
  #from: [part: number, at: number] = [0, 0]

  constructor(command: CommandText) {
    this.#command = command
  }

  read(): Stage[] {
    const { strings, values } = this.#command
    for (this.#part = 0; this.#part < strings.length; this.#part++) {
      this.#text = strings[this.#part]!
      this.#at = 0
      while (this.#at < this.#text.length) this.#next()
      if (this.#part < values.length) this.#value(values[this.#part])
    }
    this.#part = strings.length - 1
    this.#endStage(true)
    return this.#stages
  }

  #next(): void {
    const character = this.#text[this.#at]!
    if (character === '\n' && this.#textAfter().trim() !== '' && !this.#empty()) this.#refuse('\n')
    if (/\s/.test(character)) {
      this.#endWord()
      this.#at++
    } else if (character === "'") this.#single()
    else if (character === '"') this.#double()
    else if (character === '\\') this.#escaped()
    else if (character === '$') this.#variable(false)
    else if (character === '|' && this.#text[this.#at + 1] !== '|') this.#pipe()
    else if (character === '#' && this.#word === null) this.#at = this.#endOfLine()
    else if (character === '~' && this.#word === null) this.#home()
    else if (character === '{') this.#brace()
    else if (character === ';' && this.#textAfter().trim() === ';') this.#at++
    else if (character in REFUSED || character === '|') this.#refuse(character)
    else {
      this.#add(character, false)
      this.#at++
    }
  }

  #add(text: string, literal: boolean): void {
    this.#word ??= { pieces: [] }
    const last = this.#word.pieces.at(-1)
    if (last !== undefined && last.literal === literal) last.text += text
    else this.#word.pieces.push({ text, literal })
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1)
    if (end >= 0) {
      // A template of JavaScript cannot hold these two without a backslash, which is not meant for the program.
      this.#add(this.#text.slice(this.#at + 1, end).replace(/\\(`|\$(?=\{))/g, '$1'), true)
      this.#at = end + 1
      return
    }
    this.#quotedAcross("'", (text) => this.#add(text.replace(/\\(`|\$(?=\{))/g, '$1'), true))
  }

  /** A quotation with values in it: it goes on in the next part. */
  #quotedAcross(quote: string, take: (text: string) => void): void {
    const { strings, values } = this.#command
    const [part, at] = [this.#part, this.#at]
    take(this.#text.slice(this.#at + 1))
    while (this.#part < values.length) {
      this.#value(values[this.#part], true)
      this.#text = strings[++this.#part]!
      const end = this.#text.indexOf(quote)
      take(end < 0 ? this.#text : this.#text.slice(0, end))
      if (end < 0) continue
      this.#at = end + 1
      return
    }
    this.#part = part
    this.#at = at
    throw this.#error(`the quotation that begins with ${quote} has no end`, at)
  }

  #double(): void {
    const [part, at] = [this.#part, this.#at]
    this.#add('', true)
    this.#at++
    for (;;) {
      if (this.#at >= this.#text.length) {
        if (this.#part >= this.#command.values.length) {
          this.#part = part
          this.#text = this.#command.strings[part]!
          throw this.#error('the quotation that begins with " has no end', at)
        }
        this.#value(this.#command.values[this.#part], true)
        this.#text = this.#command.strings[++this.#part]!
        this.#at = 0
        continue
      }
      const character = this.#text[this.#at]!
      if (character === '"') {
        this.#at++
        return
      }
      if (character === '\\') {
        const next = this.#text[this.#at + 1] ?? ''
        // POSIX: in double quotes a backslash is one, but before these.
        this.#add(/["\\$`\n]/.test(next) ? (next === '\n' ? '' : next) : `\\${next}`, true)
        this.#at += 2
      } else if (character === '$') this.#variable(true)
      else if (character === '`') this.#refuse('`')
      else {
        this.#add(character, true)
        this.#at++
      }
    }
  }

  #escaped(): void {
    const next = this.#text[this.#at + 1]
    if (next === undefined) throw this.#error('a backslash at the end has nothing to stand for', this.#at)
    if (next !== '\n') this.#add(next, true)
    this.#at += 2
  }

  /** `$NAME` is the variable's value as it is: never split, never a pattern. */
  #variable(quoted: boolean): void {
    const name = /^\$([A-Za-z_]\w*)/.exec(this.#text.slice(this.#at))?.[1]
    if (name === undefined) {
      const next = this.#text[this.#at + 1]
      if (next === '(') this.#refuse('$(')
      if (next !== undefined && /[\d?$!@*#{]/.test(next))
        throw this.#error(`'$${next}' is known to a shell only: quote it ('…') to pass it as it is`, this.#at)
      this.#add('$', true)
      this.#at++
      return
    }
    const value = this.#command.environment[name]
    if (value === undefined) {
      const own =
        name in globalThis ? `; {${name}} in a line that begins with !, \${${name}} in sh\`…\` is your value` : ''
      throw this.#error(`there is no environment variable ${name}${own}`, this.#at)
    }
    this.#add(value, true)
    if (quoted) this.#add('', true)
    this.#at += name.length + 1
  }

  #home(): void {
    const [, name, next] = /^~([\w.-]*)(.?)/.exec(this.#text.slice(this.#at))!
    if (name !== '' || (next !== '/' && /\S/.test(next!) && next !== '|')) {
      if (name !== '') throw this.#error(`'~${name}' is known to a shell only: write the folder itself`, this.#at)
      this.#add('~', true)
    } else this.#add(this.#command.environment.HOME ?? process.getBuiltinModule('node:os').homedir(), true)
    this.#at++
  }

  #brace(): void {
    const list = /^\{[^{}\s'"]*(?:,|\.\.)[^{}\s'"]*\}/.exec(this.#text.slice(this.#at))?.[0]
    if (list !== undefined)
      throw this.#error(`'${list}' is expanded by some shells only: write the words, or quote it ('…')`, this.#at)
    this.#add('{', true)
    this.#at++
  }

  #pipe(): void {
    this.#endStage(false)
    this.#at++
    this.#from = [this.#part, this.#at]
  }

  #value(value: unknown, quoted = false): void {
    const list = argumentsOf(value, this.#part + 1)
    if (!Array.isArray(value)) {
      this.#add(list[0]!, true)
      return
    }
    const next = this.#command.strings[this.#part + 1] ?? ''
    if (quoted || this.#word !== null || /^[^\s|]/.test(next))
      throw new ShellError(
        `value ${this.#part + 1} of sh is an array, which gives several arguments: it cannot be part of a word; map it first, such as \${list.map(x => '--name=' + x)}`,
      )
    this.#word = { pieces: [], list }
  }

  #endWord(): void {
    const word = this.#word
    this.#word = null
    if (word === null) return
    const [, name, value] = (word.pieces[0]?.literal === false && ASSIGNMENT.exec(word.pieces[0].text)) || []
    if (this.#stage.words.length > 0 || name === undefined || word.list !== undefined) this.#stage.words.push(word)
    else
      this.#stage.environment[name] =
        value +
        word.pieces
          .slice(1)
          .map(({ text }) => text)
          .join('')
  }

  #endStage(last: boolean): void {
    this.#endWord()
    if (this.#stage.words.length === 0 || (this.#stage.words.length === 1 && isNothing(this.#stage.words[0]!))) {
      const set = Object.keys(this.#stage.environment)[0]
      if (set !== undefined)
        throw new ShellError(`a variable that is set alone does nothing here: process.env.${set} = '…' sets it`)
      if (!last) throw this.#error("there is no program before '|'", this.#at)
      throw this.#stages.length > 0
        ? this.#error("there is no program behind '|'", this.#text.length)
        : new ShellError('the command is empty: write a program and its arguments, such as sh`ip -j addr`')
    }
    this.#stage.text = this.#textSince()
    this.#stages.push(this.#stage)
    this.#stage = { words: [], environment: {}, text: '' }
  }

  #textSince(): string {
    const { strings } = this.#command
    const [part, at] = this.#from
    const end = this.#at
    if (part === this.#part) return strings[part]!.slice(at, end).trim()
    return [strings[part]!.slice(at), ...strings.slice(part + 1, this.#part), strings[this.#part]!.slice(0, end)]
      .join(PLACE)
      .trim()
  }

  #empty(): boolean {
    return this.#word === null && this.#stage.words.length === 0 && this.#stages.length === 0
  }

  #textAfter(): string {
    return [this.#text.slice(this.#at), ...this.#command.strings.slice(this.#part + 1)].join(PLACE)
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at)
    return end < 0 ? this.#text.length : end
  }

  #refuse(character: string): never {
    const two = this.#text.slice(this.#at, this.#at + 2)
    const found = character !== '$(' && two.length === 2 && two in REFUSED ? two : character
    throw this.#error(`${found === '\n' ? 'a second line' : `'${found}'`}: ${REFUSED[found]}`, this.#at)
  }

  #error(text: string, at: number): ShellError {
    const { strings, starts } = this.#command
    const before = strings.slice(0, this.#part).reduce((sum, each) => sum + each.length + PLACE.length, 0)
    const whole = strings.join(PLACE)
    const offset = (starts?.[this.#part] ?? before) + at
    const place =
      starts !== undefined || whole.length > 120 ? '' : ` (character ${before + at + 1} of ${JSON.stringify(whole)})`
    return new ShellError(`${text}${place}`, { offset })
  }
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/

/** Whether a word is an array without elements, or nothing at all. */
function isNothing({ list, pieces }: Word): boolean {
  return list === undefined ? pieces.length === 0 : list.length === 0
}
