import { PacketError } from './errors.js'
import { Kind } from './field.js'
import { hexdumpOf, type Mark } from './hexdump.js'
import type { Packet } from './packet.js'
import { type Painter, unpainted } from './paint.js'
import { type FieldPath, type FieldRange, type FoundRange, headerRange, placesOf, rangeIn } from './places.js'

/** Characters of a value beside a dump. */
const VALUE_LENGTH = 60

/**
 * The bytes of a packet with those of fields or layers marked, and below what they are.
 * @throws PacketError for a name that is none, and for a field that this packet does not have
 */
export function fieldHexdump(packet: Packet, paths: FieldPath | readonly FieldPath[], paint: Painter): string {
  const places = placesOf(packet)
  const found = (Array.isArray(paths) ? (paths as readonly FieldPath[]) : [paths as FieldPath]).map((path) => {
    const range = rangeIn(places, packet, path)
    if (range !== undefined) return range
    throw new PacketError(`${String(path)} is not in this packet: ${packet.summary()}`)
  })
  const signs = found.length === 1 ? '^' : '123456789abcdefghijklmnopqrstuvwxyz'
  const marks = found.map(({ range }, i): Mark => {
    const { offset, length } = range
    return { start: offset, end: offset + length, role: 'mark', layer: i, sign: signs[i] ?? '*' }
  })
  const legend = found.map((each, i) => {
    const name = rangeName(each.range)
    const label = paint === unpainted ? `${signs[i] ?? '*'} ${name}` : paint('mark', ` ${name} `, i)
    return `${label}${valueText(each, places.bytes)}${paint === unpainted ? ', ' : '  '}${placeText(each.range, places.bytes, paint, i)}`
  })
  return [hexdumpOf(places.bytes, marks, paint), ...legend].filter((line) => line !== '').join('\n')
}

/** The bytes of a packet, those of each layer in its own look, and which they are. Without a painter the bytes alone. */
export function layerHexdump(packet: Packet, paint: Painter): string {
  if (paint === unpainted) return hexdumpOf(packet.bytes())
  const { bytes, layers } = placesOf(packet)
  const ranges = layers.map(headerRange)
  const marks = ranges.map(
    ({ offset, length }, i): Mark => ({ start: offset, end: offset + length, role: 'layer', layer: i }),
  )
  const legend = ranges.map((range, i) => `${paint('layer', range.layer, i)} ${paint('aside', spanText(range))}`)
  return `${hexdumpOf(bytes, marks, paint)}\n${legend.join('  ')}`
}

/** `TCP.flags`, `DNS.an[0].rdata`, `TCP`. */
export function rangeName({ layer, field }: FieldRange): string {
  return field === undefined ? layer : `${layer}.${field}`
}

function valueText({ layer, field, range }: FoundRange, bytes: Uint8Array): string {
  if (field === undefined) return ''
  const value = field.kind === Kind.CODEC ? layer._read(field.index) : field.present(field.rawAt(bytes, range.offset))
  const text = field.show(value, layer)
  return ` = ${text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH - 1)}…` : text}`
}

/** `bits 7–15 of bytes 46–47 (0x2e–0x2f): 0101000[0 00000010]`. */
function placeText(range: FieldRange, bytes: Uint8Array, paint: Painter, number: number): string {
  const { offset, length, bits } = range
  const hex = (value: number): string => `0x${value.toString(16)}`
  const last = offset + length - 1
  const place =
    length === 0
      ? `empty, at byte ${offset} (${hex(offset)})`
      : length === 1
        ? `byte ${offset} (${hex(offset)})`
        : `bytes ${offset}–${last} (${hex(offset)}–${hex(last)})`
  if (bits === undefined) return paint('aside', length > 1 ? `${place}, ${length} bytes` : place)
  const end = bits.first + bits.count
  const which = bits.count === 1 ? `bit ${bits.first}` : `bits ${bits.first}–${end - 1}`
  const digits = Array.from(bytes.subarray(offset, offset + length), (byte) => byte.toString(2).padStart(8, '0'))
  const all = digits.join('')
  const spaced = (from: number, to: number): string =>
    all
      .slice(from, to)
      .split('')
      .map((digit, i) => (from + i > from && (from + i) % 8 === 0 ? ` ${digit}` : digit))
      .join('')
  const join = (at: number): string => (at > 0 && at < all.length && at % 8 === 0 ? ' ' : '')
  const own = spaced(bits.first, end)
  const marked = paint === unpainted ? `[${own}]` : paint('mark', own, number)
  const before = `${spaced(0, bits.first)}${join(bits.first)}`
  const after = `${join(end)}${spaced(end, all.length)}`
  return `${paint('aside', `${which} of ${place}:`)} ${before}${marked}${after}`
}

/** `14–33`. */
function spanText({ offset, length }: FieldRange): string {
  return length === 0 ? 'empty' : length === 1 ? String(offset) : `${offset}–${offset + length - 1}`
}
