import { escapeBytes } from './bytes.js'
import { PacketError, suggestion } from './errors.js'
import { Deferred } from './field.js'
import type { LayerDefinition } from './layer-definition.js'
import { printed } from './literal.js'
import type { Packet } from './packet.js'

/**
 * Texts with a packet's fields in them, in Scapy's notation:
 *
 *   %field%  %IP.src%  %IP:2.src%     a field: of the first layer that has it, of a layer, of the second layer of that kind
 *   %-15s,IP.src%  %04x,IP.id%        with a format of C's printf
 *   %r,TCP.flags%  %02xr,TCP.flags%   the number itself, not its name or its letters
 *   {TCP:…}  {!TCP:…}                 what stands there when the packet has such a layer, or has none; one inside another
 *   %%  %(  %)                        the characters % { }
 */

/** What a field is that the packet does not have. */
const ABSENT = '??'
/** Formats that are kept: lists of packets use the same one for every packet. */
const MAX_FORMATS = 64

type Part = (packet: Packet) => string

/** The layers that there are. */
export interface LayerNames {
  byName(name: string): LayerDefinition | undefined
  all(): readonly LayerDefinition[]
}

interface Conversion {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly kind: string
  readonly isRaw: boolean
}

const TEXT: Conversion = { flags: '', width: 0, precision: undefined, kind: 's', isRaw: false }
const DIRECTIVE = /^([-+ #0]*)(\d*)(?:\.(\d+))?([diouxXeEfFgGcs]?)(r?)$/
const PLACE = /^(?:(?:([A-Za-z]\w*)(?::(\d+))?)?\.)?([A-Za-z_]\w*)$/

const formats = new Map<string, readonly Part[]>()

function fail(format: string, what: string): never {
  throw new PacketError(`sprintf(${printed(format)}): ${what}`)
}

class Parser {
  private at = 0

  constructor(
    private readonly format: string,
    private readonly layers: LayerNames,
  ) {}

  parse(): Part[] {
    return this.parts(false)
  }

  private parts(isInside: boolean): Part[] {
    const { format } = this
    const parts: Part[] = []
    let text = ''
    const flush = (): void => {
      const literal = text
      if (literal !== '') parts.push(() => literal)
      text = ''
    }
    while (this.at < format.length) {
      const letter = format[this.at]!
      if (letter === '}' && isInside) break
      if (letter === '%') {
        const escaped = { '%': '%', '(': '{', ')': '}' }[format[this.at + 1] ?? '']
        if (escaped !== undefined) {
          text += escaped
          this.at += 2
          continue
        }
        flush()
        parts.push(this.directive())
      } else if (letter === '{') {
        flush()
        parts.push(this.condition())
      } else {
        text += letter
        this.at++
      }
    }
    flush()
    return parts
  }

  private condition(): Part {
    const { format } = this
    const start = this.at
    const head = /^\{(!?)([^:{}%]*):/.exec(format.slice(start))
    if (head === null)
      fail(
        format,
        `'${format.slice(start, start + 12)}' is no condition; write {TCP:…} or {!TCP:…}, and %( for the character`,
      )
    const name = layerNamed(format, head[2]!, this.layers).layerName
    this.at += head[0].length
    const parts = this.parts(true)
    if (format[this.at] !== '}') fail(format, `the condition '${head[0]}' has no end; write } behind it`)
    this.at++
    const isWanted = head[1] === ''
    return (packet) => (packet.has(name) === isWanted ? parts.map((part) => part(packet)).join('') : '')
  }

  private directive(): Part {
    const { format } = this
    const end = format.indexOf('%', this.at + 1)
    if (end < 0)
      fail(
        format,
        `'${format.slice(this.at, this.at + 20)}' has no end; write % behind the field, and %% for the character`,
      )
    const directive = format.slice(this.at + 1, end)
    this.at = end + 1
    const comma = directive.lastIndexOf(',')
    const place = PLACE.exec(directive.slice(comma + 1))
    if (place === null) fail(format, `'%${directive}%' names no field; write %IP.src% or %-15s,IP.src%`)
    const conversion = comma < 0 ? TEXT : conversionOf(format, directive.slice(0, comma))
    return this.fieldPart(place[1], Number(place[2] ?? 1), place[3]!, conversion)
  }

  private fieldPart(layerName: string | undefined, number: number, name: string, conversion: Conversion): Part {
    const { format, layers } = this
    const known = layerName === undefined ? undefined : layerNamed(format, layerName, layers)
    const other =
      Object.hasOwn(OTHERS, name) && (known === undefined || known.find(name) < 0) ? OTHERS[name] : undefined
    // A name that the layer does not have is a mistake, also where the packet has no such layer.
    if (other === undefined) known?.indexOf(name)
    return (packet) => {
      const layer = layerName === undefined ? packet : packet.get(layerName, number)
      if (layer === undefined) return padded(ABSENT, conversion)
      // Only the outermost layer has a time.
      if (other !== undefined) return converted(other(name === 'time' ? packet : layer), undefined, conversion)
      const [owner, index] = layerName === undefined ? located(packet, name, layers) : [layer, layer._layer.find(name)]
      return owner === undefined || index < 0 ? padded(ABSENT, conversion) : fieldText(owner, index, conversion)
    }
  }
}

function conversionOf(format: string, text: string): Conversion {
  const match = DIRECTIVE.exec(text.replace(/^%/, ''))
  if (match === null)
    fail(format, `'${text}' is no format; write one of printf's, such as -15s, 04x, or r for the number itself`)
  const [, flags = '', width = '', precision, kind = '', raw] = match
  return {
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    kind: kind === '' ? 's' : kind,
    isRaw: raw === 'r',
  }
}

/** @throws PacketError for a name that no layer has */
function layerNamed(format: string, name: string, layers: LayerNames): LayerDefinition {
  const definition = layers.byName(name)
  if (definition !== undefined) return definition.prepare()
  const names = layers.all().map(({ layerName }) => layerName)
  return fail(format, `there is no layer '${name}'${suggestion(name, names)}`)
}

/** The time of day of its capture, to the microsecond. */
function timeOf(packet: Packet): string {
  const { time } = packet
  if (time === undefined) return ABSENT
  const date = new Date(time * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const micros = Math.floor((time - Math.floor(time)) * 1e6)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(micros).padStart(6, '0')}`
}

/** What is no field but can be printed too. */
const OTHERS: Readonly<Record<string, (layer: Packet) => string>> = {
  time: timeOf,
  summary: (layer) => layer.summary(),
  payload: (layer) => (layer.payload === null ? '' : escapeBytes(layer.payload.bytes())),
}

/** The first layer that has the field. @throws PacketError for a name that no layer at all has */
function located(packet: Packet, name: string, layers: LayerNames): [Packet | undefined, number] {
  for (let layer: Packet | null = packet; layer !== null; layer = layer.payload) {
    const index = layer._layer.find(name)
    if (index >= 0) return [layer, index]
  }
  if (layers.all().every((known) => known.prepare().find(name) < 0)) throw packet._unknownField(name)
  return [undefined, -1]
}

function fieldText(layer: Packet, index: number, conversion: Conversion): string {
  const field = layer._layer.fields[index]!
  const value = layer._read(index)
  if (value === undefined || value instanceof Deferred) return padded(field.show(value, layer), conversion)
  const stored = layer._stored(index)
  if (!conversion.isRaw) return converted(field.show(value, layer), stored, conversion)
  if (value instanceof Uint8Array) return converted(escapeBytes(value), undefined, conversion)
  if (typeof value === 'object') return converted(field.show(value, layer), undefined, conversion)
  return converted(String(field.flagNames === null ? value : stored), stored, conversion)
}

/** The text of a value, or where the format is one for numbers its number. */
function converted(text: string, value: unknown, conversion: Conversion): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  if (conversion.kind === 's' || !isNumber) {
    const { precision } = conversion
    return padded(precision === undefined || conversion.kind !== 's' ? text : text.slice(0, precision), conversion)
  }
  if (conversion.kind === 'c') return padded(String.fromCodePoint(Number(value) % 0x110000), conversion)
  return padded(numberText(value, conversion), conversion, true)
}

/** The digits of a number as printf has them, with sign and prefix. */
function numberText(value: number | bigint, { flags, precision, kind }: Conversion): string {
  const isNegative = value < 0
  const size = isNegative ? -value : value
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return sign + digitsOf(size, kind, precision, flags.includes('#'))
}

function digitsOf(value: number | bigint, kind: string, precision: number | undefined, hasPrefix: boolean): string {
  const whole = typeof value === 'bigint' ? value : Math.floor(value)
  switch (kind) {
    case 'x':
      return `${hasPrefix ? '0x' : ''}${whole.toString(16).padStart(precision ?? 0, '0')}`
    case 'X':
      return `${hasPrefix ? '0X' : ''}${whole
        .toString(16)
        .toUpperCase()
        .padStart(precision ?? 0, '0')}`
    case 'o':
      return `${hasPrefix ? '0' : ''}${whole.toString(8).padStart(precision ?? 0, '0')}`
    case 'e':
    case 'E': {
      const text = Number(value)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
      return kind === 'E' ? text.toUpperCase() : text
    }
    case 'f':
    case 'F':
      return Number(value).toFixed(precision ?? 6)
    case 'g':
    case 'G':
      return String(Number(Number(value).toPrecision(precision || 6)))
    default:
      return whole.toString().padStart(precision ?? 0, '0')
  }
}

function padded(text: string, { flags, width }: Conversion, isNumber = false): string {
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!isNumber || !flags.includes('0')) return text.padStart(width)
  const [, head = '', rest = ''] = /^([-+ ]?(?:0[xX])?)(.*)$/.exec(text)!
  return head + rest.padStart(width - head.length, '0')
}

/** The text of a packet in a format of Scapy's notation. @throws PacketError for a format, a layer or a field that is none */
export function sprintf(packet: Packet, format: string, layers: LayerNames): string {
  if (typeof format !== 'string')
    throw new PacketError(`sprintf: ${printed(format)} is no format; give a text such as '%IP.src%'`)
  let parts = formats.get(format)
  if (parts === undefined) {
    parts = new Parser(format, layers).parse()
    if (formats.size >= MAX_FORMATS) formats.clear()
    formats.set(format, parts)
  }
  let text = ''
  for (const part of parts) text += part(packet)
  return text
}
