/** The parts of a syslog message, which is one line of text: priority, words, structured data. RFC 5424 §6, RFC 3164 §4. */
import {
  type AnyPacket,
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  sameBytes,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import { textOf } from './dns-texts.js'
import { sameTree, treeCommand, treeFromJson, treeJson, treeText, type ValueTree } from './value-tree.js'
import { type TextOrBytes, TextOrBytesCodec, textOrBytes } from './zero-text.js'

/** RFC 5424 table 1; short names as in syslog.h. */
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
]

/** RFC 5424 table 2. */
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']

const LESS = 0x3c
const GREATER = 0x3e
const SPACE = 0x20
/** `<191>` is the largest. */
const LARGEST = FACILITIES.length * 8 - 1

/** The number between `<` and `>`, without zeros in front, or -1; and where it ends. */
export function priorityAt(buffer: Uint8Array, start: number, end: number): { priority: number; end: number } {
  const none = { priority: -1, end: start }
  if (start >= end || buffer[start] !== LESS) return none
  let priority = 0
  for (let at = start + 1; at < end && at <= start + 4; at++) {
    const byte = buffer[at]!
    if (byte === GREATER) return at > start + 1 && priority <= LARGEST ? { priority, end: at + 1 } : none
    if (byte < 0x30 || byte > 0x39 || (at > start + 1 && priority === 0)) return none
    priority = priority * 10 + byte - 0x30
  }
  return none
}

/** Facility or severity by name; both stand in one number, which the severity reads and writes. */
class PriorityCodec extends PlainValueCodec<string> {
  readonly kindName = 'name'
  constructor(private readonly isFacility: boolean) {
    super()
  }

  private get names(): readonly string[] {
    return this.isFacility ? FACILITIES : SEVERITIES
  }

  read(reader: Reader): string {
    const { priority, end } = priorityAt(reader.buffer, reader.position, reader.end)
    if (priority < 0) return ''
    if (this.isFacility) return FACILITIES[priority >>> 3]!
    reader.position = end
    return SEVERITIES[priority & 7]!
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    const facility = FACILITIES.indexOf(packet.facility as string)
    if (this.isFacility || value === '' || facility < 0) return
    writer.bytes(toBytes(`<${facility * 8 + SEVERITIES.indexOf(value)}>`))
  }

  coerce(value: unknown, where: string): string {
    const { names } = this
    if (value === '' || (typeof value === 'string' && names.includes(value.toLowerCase()))) return value.toLowerCase()
    if (typeof value === 'number' && names[value] !== undefined) return names[value]
    throw new PacketError(
      `${where}: ${printed(value)} is none; the names are ${names.join(' ')} (numbers 0..${names.length - 1} work too, '' leaves the priority out)`,
    )
  }

  empty(): string {
    return ''
  }
}

export const facility = (): Field<string, string | number> =>
  new Field<string, string | number>(Kind.CODEC, 0, new PriorityCodec(true) as Codec).default('user')
export const severity = (): Field<string, string | number> =>
  new Field<string, string | number>(Kind.CODEC, 0, new PriorityCodec(false) as Codec).default('notice')

/** A part of an older message: a pattern that it has to begin with; empty where it does not. What ends it goes with it. */
class PartCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  constructor(
    /** The first group is the value. */
    private readonly pattern: RegExp,
    private readonly written: (value: string, packet: AnyPacket) => string,
    private readonly isThere: (packet: AnyPacket) => boolean,
  ) {
    super()
  }

  read(reader: Reader, packet: AnyPacket): string {
    if (!this.isThere(packet)) return ''
    const stop = Math.min(reader.end, reader.position + MOST)
    const ahead = Buffer.from(reader.bytes(stop - reader.position)).toString('latin1')
    reader.position = stop
    const found = this.pattern.exec(ahead)
    reader.position -= ahead.length - (found?.[0].length ?? 0)
    return found?.[1] ?? ''
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    writer.bytes(Buffer.from(this.written(value, packet), 'latin1'))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && /^[ -~]*$/.test(value)) return value
    throw new PacketError(`${where}: ${printed(value)} is no text of printable ASCII`)
  }

  empty(): string {
    return ''
  }
}

/** A part is looked for in so many bytes. */
const MOST = 320

const part = (
  pattern: RegExp,
  written: (value: string, packet: AnyPacket) => string,
  isThere: (packet: AnyPacket) => boolean = () => true,
): Field<string> => new Field<string>(Kind.CODEC, 0, new PartCodec(pattern, written, isThere))

const withSpace = (value: string): string => (value === '' ? '' : `${value} `)

/** `Oct 11 22:14:15`, or the form of RFC 3339 that newer programs send. */
export const oldTimestamp = (): Field<string> =>
  part(
    /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) /,
    withSpace,
  )

/** Only behind a timestamp; a word with a colon or a bracket is the program's name. */
export const oldHostname = (): Field<string> => part(/^([!-9;-Z\\^-~]{1,255}) /, withSpace, (me) => me.timestamp !== '')

/** `su: ` or `su[123]: `. */
export const oldTag = (): Field<string> => part(/^([\w./@()-]{1,64})(?=(?:\[[\w.-]{1,32}\])?: )/, (value) => value)

export const oldPid = (): Field<string> =>
  part(
    /^(?:\[([\w.-]{1,32})\])?: /,
    (value, me) => `${value === '' ? '' : `[${value}]`}${me.tag === '' ? '' : ': '}`,
    (me) => me.tag !== '',
  )

/** A word of a newer message, and the space behind it. */
class WordCodec extends PlainValueCodec<string> {
  readonly kindName = 'word'

  read(reader: Reader): string {
    const { buffer, position, end } = reader
    let at = position
    while (at < end && buffer[at] !== SPACE) at++
    const word = textOf(buffer.subarray(position, at))
    if (at === end || word === undefined) {
      reader.fail('a word has no end')
      return NIL
    }
    reader.position = at + 1
    return word
  }

  write(writer: Writer, value: string): void {
    writer.bytes(toBytes(`${value} `))
  }

  coerce(value: unknown, where: string): string {
    const word = typeof value === 'number' ? String(value) : value
    if (typeof word === 'string' && /^[^\s]+$/.test(word)) return word
    throw new PacketError(`${where}: ${printed(value)} is no word without spaces ('-' for none)`)
  }

  empty(): string {
    return NIL
  }
}

/** What stands for a word that is not known. */
const NIL = '-'

export const word = (value = NIL): Field<string, string | number> =>
  new Field<string, string | number>(Kind.CODEC, 0, new WordCodec() as Codec).default(value)

/** An element of structured data: its name, then pairs of name and value. */
export type SyslogElement = readonly [id: string, ...pairs: (readonly [name: string, value: string])[]]

/** Structured data as a list, or as the text that it is where it is written in an unusual way. RFC 5424 §6.3. */
class StructuredDataCodec implements Codec<ValueTree> {
  readonly kindName = 'structured data'

  read(reader: Reader): ValueTree {
    const { buffer, position, end } = reader
    let at = position
    let quoted = false
    let inside = false
    if (buffer[at] === 0x2d) at++
    else
      for (; at < end; at++) {
        const byte = buffer[at]!
        if (quoted && byte === 0x5c) at++
        else if (byte === 0x22 && inside) quoted = !quoted
        else if (!quoted && byte === 0x5b) inside = true
        else if (!quoted && byte === 0x5d) inside = false
        else if (!inside) break
      }
    const bytes = buffer.subarray(position, Math.min(at, end))
    const text = textOf(bytes)
    if (at > end || inside || text === undefined || text === '' || (at < end && buffer[at] !== SPACE)) {
      reader.fail('the structured data has no end')
      return []
    }
    reader.position = at
    const elements = elementsOf(text)
    return elements !== undefined && sameBytes(toBytes(dataText(elements)), bytes) ? elements : text
  }

  write(writer: Writer, value: ValueTree): void {
    writer.bytes(toBytes(typeof value === 'string' ? value : dataText(value as SyslogElement[])))
  }

  coerce(value: unknown, where: string): ValueTree {
    if (typeof value === 'string') return value
    if (Array.isArray(value) && value.every(isElement)) return value as ValueTree
    throw new PacketError(`${where}: ${printed(value)} is no structured data such as [['origin', ['ip', '192.0.2.1']]]`)
  }

  empty(): ValueTree {
    return []
  }

  show(value: ValueTree): string {
    return typeof value === 'string' ? treeText(value) : `[${(value as ValueTree[]).map(treeText).join(' ')}]`
  }

  json(value: ValueTree): unknown {
    return treeJson(value)
  }

  parse(json: unknown): unknown {
    return treeFromJson(json)
  }

  command(value: ValueTree): string {
    return treeCommand(value)
  }

  same(a: ValueTree, b: ValueTree): boolean {
    return sameTree(a, b)
  }
}

/** A name: no space, no `=`, no `]`, no quote. */
const NAME = /^[^\s=\]"]+$/

function isElement(value: unknown): boolean {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !NAME.test(value[0])) return false
  return value
    .slice(1)
    .every(
      (pair: unknown) =>
        Array.isArray(pair) && pair.length === 2 && NAME.test(String(pair[0])) && typeof pair[1] === 'string',
    )
}

function elementsOf(text: string): SyslogElement[] | undefined {
  if (text === NIL) return []
  const elements: SyslogElement[] = []
  const element = /\[([^\s=\]"]+)((?: [^\s=\]"]+="(?:\\.|[^"\\\]])*")*)\]/gsy
  for (let found = element.exec(text); found !== null; found = element.exec(text)) {
    const pairs = [...found[2]!.matchAll(/ ([^\s=\]"]+)="((?:\\.|[^"\\\]])*)"/gs)].map(
      ([, name, value]) => [name!, value!.replace(/\\(["\\\]])/g, '$1')] as const,
    )
    elements.push([found[1]!, ...pairs])
    if (element.lastIndex === text.length) return elements
  }
  return undefined
}

function dataText(elements: readonly SyslogElement[]): string {
  if (elements.length === 0) return NIL
  return elements
    .map(([id, ...pairs]) => {
      const values = pairs.map(([name, value]) => ` ${name}="${value.replace(/["\\\]]/g, '\\$&')}"`)
      return `[${id}${values.join('')}]`
    })
    .join('')
}

export const structuredData = (): Field<ValueTree, readonly SyslogElement[] | string> =>
  new Field<ValueTree, readonly SyslogElement[] | string>(Kind.CODEC, 0, new StructuredDataCodec() as Codec)

/** The message behind the structured data, with the space in front of it; empty where there is none. */
class MessageCodec extends TextOrBytesCodec {
  readonly kindName = 'text'

  read(reader: Reader): TextOrBytes {
    const all = reader.rest()
    return all.length === 0 ? '' : textOrBytes(all.subarray(1))
  }

  write(writer: Writer, value: TextOrBytes): void {
    if (value.length === 0) return
    writer.u8(SPACE)
    writer.bytes(toBytes(value))
  }
}

export const lastPart = (): Field<TextOrBytes> => new Field<TextOrBytes>(Kind.CODEC, 0, new MessageCodec())
