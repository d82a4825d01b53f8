import { formatIpv4, formatIpv6, formatMacParts, parseIpv4Known, parseMacKnown } from './addresses.js'
import type { BuildContext } from './build-context.js'
import type { Reader } from './bytes.js'
import { type Field, Kind } from './field.js'
import type { LayerDefinition } from './layer-definition.js'
import type { Packet } from './packet.js'

/**
 * Code made for what is used often: the generic paths look each field's descriptor up, these have its offset, shift and
 * mask written in. Made only after many uses, so that starting costs nothing; where making code from text is forbidden
 * (`--disallow-code-generation-from-strings`) the generic paths stay.
 */

/** Uses after which code is made. */
export const HOT = 400

/** More layers than this share a field's name: those beyond are found through their tables. */
const MAX_INLINE_LAYERS = 6

/** JavaScript for the stored number of a field at byte `offset` behind `o` in `b`; null for kinds that have none. */
function storedExpression(field: Field, offset = field.offset): string | null {
  const at = (index: number): string => `b[o + ${offset + index}]`
  const u32 = (index: number): string =>
    `((${at(index)} << 24 | ${at(index + 1)} << 16 | ${at(index + 2)} << 8 | ${at(index + 3)}) >>> 0)`
  switch (field.kind) {
    case Kind.U8:
      return at(0)
    case Kind.U16:
      return `(${at(0)} << 8 | ${at(1)})`
    case Kind.U24:
      return `(${at(0)} << 16 | ${at(1)} << 8 | ${at(2)})`
    case Kind.U32:
    case Kind.IPV4:
      return u32(0)
    case Kind.U16LE:
      return `(${at(0)} | ${at(1)} << 8)`
    case Kind.U32LE:
      return `((${at(0)} | ${at(1)} << 8 | ${at(2)} << 16 | ${at(3)} << 24) >>> 0)`
    case Kind.MAC:
      return `((${at(0)} << 8 | ${at(1)}) * 4294967296 + ${u32(2)})`
    case Kind.BITS: {
      if (field.window > 4) return null
      const window =
        field.window === 4
          ? u32(0)
          : `(${Array.from({ length: field.window }, (_, i) => `${at(i)} << ${8 * (field.window - 1 - i)}`).join(' | ')})`
      return field.bits === 32 ? window : `((${window} >>> ${field.shift}) & ${2 ** field.bits - 1})`
    }
    default:
      return null
  }
}

/** JavaScript for the presented value of a fixed field; `f` is the field. Null where only the generic path knows it. */
function presentedExpression(field: Field): string | null {
  if (field.offset < 0) return null
  if (field.kind === Kind.IPV6) return `formatIpv6(b, o + ${field.offset})`
  if (field.kind === Kind.MAC) {
    const at = (index: number): string => `b[o + ${field.offset + index}]`
    return `formatMacParts(${at(0)} << 8 | ${at(1)}, ${at(2)} << 24 | ${at(3)} << 16 | ${at(4)} << 8 | ${at(5)})`
  }
  const stored = storedExpression(field)
  if (stored === null) return null
  if (field.kind === Kind.IPV4) return `formatIpv4(${stored})`
  return field.flagNames === null ? stored : `f.flagText(${stored})`
}

/** Whether users read what is stored, as it is. */
function isPresentedAsStored(field: Field): boolean {
  return (
    field.kind === Kind.CODEC ||
    (field.flagNames === null && field.kind !== Kind.IPV4 && field.kind !== Kind.IPV6 && field.kind !== Kind.MAC)
  )
}

function make<T>(names: readonly string[], values: readonly unknown[], body: string): T | null {
  try {
    return new Function(...names, `'use strict'\n${body}`)(...values) as T
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}

/** The getter of a field name, with the reads of the layers that were used most written in. */
export function compileGetter(id: number, owners: readonly LayerDefinition[]): ((this: Packet) => unknown) | null {
  const hot = owners.filter((owner) => owner.uses > 0).sort((a, b) => b.uses - a.uses)
  const inlined = hot.slice(0, MAX_INLINE_LAYERS)
  const names: string[] = ['formatIpv4', 'formatIpv6', 'formatMacParts']
  const values: unknown[] = [formatIpv4, formatIpv6, formatMacParts]
  const branches = inlined.map((owner, i) => {
    const index = owner.slots[id]!
    const field = owner.fields[index]!
    names.push(`L${i}`, `F${i}`)
    values.push(owner, field)
    const expression = presentedExpression(field)?.replace('f.', `F${i}.`)
    if (field.offset < 0 && isPresentedAsStored(field)) {
      const tail = `(p._tail === null ? p._decodeTail() : p._tail)[${index - owner.tailStart}]`
      return `if (l === L${i}) { if (p._buffer !== null && p._values === null) return ${tail}; return p._read(${index}) }`
    }
    const read =
      expression === undefined
        ? ''
        : `const b = p._buffer; if (b !== null && p._values === null) { const o = p._offset; return ${expression} } `
    return `if (l === L${i}) { ${read}return p._read(${index}) }`
  })
  const others = `const i = l.slots[${id}]; if (i >= 0) return p._read(i)`
  const body = `return function () {
  for (let p = this; p !== null; p = p.payload) {
    const l = p._layer
    ${[...branches, 'if (l === undefined) return undefined', inlined.length < owners.length ? others : ''].join('\n    ')}
  }
  return undefined
}`
  return make(names, values, body)
}

/** Reads what bindings compare of one field: its stored number. Null where only the generic path knows it. */
export function compileKey(field: Field): ((packet: Packet) => unknown) | null {
  const expression = field.offset < 0 ? null : storedExpression(field)
  if (expression === null) return null
  return make(
    [],
    [],
    `return function (p) { const b = p._buffer; if (b !== null && p._values === null) { const o = p._offset; return ${expression} } return p._key(${field.index}) }`,
  )
}

/** Puts a user's values into a packet's list of values; `slow` takes what is no plain number or well-known text. */
export type Fill = (
  packet: Packet,
  values: unknown[],
  input: Record<string, unknown>,
  slow: (packet: Packet, index: number, name: string, value: unknown) => void,
) => void

export function compileFill(definition: LayerDefinition): Fill | null {
  const fields: Field[] = []
  const cases = definition.fields.map((field) => {
    const { index, kind } = field
    const otherwise = `else slow(packet, ${index}, name, value)`
    const keep = `values[${index}] = number`
    let quick = ''
    if (kind === Kind.IPV4 || kind === Kind.MAC) {
      const parse = kind === Kind.IPV4 ? 'parseIpv4Known' : 'parseMacKnown'
      quick = `if (typeof value === 'string' && (number = ${parse}(value)) >= 0) ${keep}; ${otherwise}`
    } else if (kind !== Kind.CODEC && kind !== Kind.IPV6 && field.bits <= 32) {
      const text =
        field.flagNames === null
          ? ''
          : `else if (typeof value === 'string' && (number = F${fields.push(field) - 1}.knownFlags(value)) >= 0) ${keep}; `
      quick = `if (typeof value === 'number' && value >>> 0 === value && value <= ${field.maximum}) values[${index}] = value; ${text}${otherwise}`
    } else quick = `slow(packet, ${index}, name, value)`
    return `case ${JSON.stringify(field.name)}: ${quick}; break`
  })
  return make(
    ['parseIpv4Known', 'parseMacKnown', ...fields.map((_, i) => `F${i}`)],
    [parseIpv4Known, parseMacKnown, ...fields],
    `return function (packet, values, input, slow) {
  let number = 0
  for (const name in input) {
    const value = input[name]
    switch (name) {
      ${cases.join('\n      ')}
      default: slow(packet, -1, name, value)
    }
  }
}`,
  )
}

/** Writes the fixed part of a header that was made, not read: defaults, and the values that are set; what is no number goes to `slow`. */
export type WriteFresh = (
  layer: Packet,
  values: unknown[],
  into: Uint8Array,
  start: number,
  slow: (layer: Packet, index: number, into: Uint8Array, start: number) => void,
) => void

export function compileWriteFresh(definition: LayerDefinition): WriteFresh | null {
  const fields: Field[] = []
  const parts = definition.fields.slice(0, definition.tailStart).map((field) => {
    const number = fields.push(field) - 1
    return `v = values[${field.index}]; if (v !== undefined) { if (typeof v === 'number') { ${writeStatement(field, number)} } else slow(layer, ${field.index}, b, o) }`
  })
  const defaults = Array.from(definition.template, (byte, i) => `b[o + ${i}] = ${byte}`).join('; ')
  return make(
    fields.map((_, i) => `F${i}`),
    fields,
    `return function (layer, values, b, o, slow) { let v\n${defaults}\n${parts.join('\n')} }`,
  )
}

/** Computes and writes the automatic fields of a header that was made, where they are unset. */
export type ComputeFresh = (
  values: readonly unknown[],
  context: BuildContext,
  b: Uint8Array,
  o: number,
  refuse: (field: Field, value: number) => never,
) => void

/** Null where an automatic field has a condition or a place of its own: only the generic path knows those. */
export function compileComputeFresh(definition: LayerDefinition): ComputeFresh | null {
  const { automatic } = definition
  if (automatic.some((field) => field.offset < 0 || field.condition !== null || field.bits > 32)) return null
  const parts = automatic.map(
    (field, i) =>
      `if (values[${field.index}] === undefined) { v = A${i}(c); if (!(v >= 0 && v <= ${field.maximum})) refuse(F${i}, v); ${writeStatement(field, i)} }`,
  )
  return make(
    [...automatic.map((_, i) => `F${i}`), ...automatic.map((_, i) => `A${i}`)],
    [...automatic, ...automatic.map((field) => field.automatic)],
    `return function (values, c, b, o, refuse) { let v = 0\n${parts.join('\n')} }`,
  )
}

function writeStatement(field: Field, number: number): string {
  const at = (index: number): string => `b[o + ${field.offset + index}]`
  switch (field.kind) {
    case Kind.U8:
      return `${at(0)} = v`
    case Kind.U16:
      return `${at(0)} = v >>> 8; ${at(1)} = v`
    case Kind.U32:
    case Kind.IPV4:
      return `${at(0)} = v >>> 24; ${at(1)} = v >>> 16; ${at(2)} = v >>> 8; ${at(3)} = v`
    case Kind.BITS: {
      if (field.window > 2) break
      const mask = (2 ** field.bits - 1) << field.shift
      if (field.window === 1) return `${at(0)} = ${at(0)} & ${~mask & 255} | v << ${field.shift}`
      return `${at(0)} = ${at(0)} & ${(~mask >>> 8) & 255} | (v << ${field.shift}) >>> 8; ${at(1)} = ${at(1)} & ${~mask & 255} | v << ${field.shift}`
    }
  }
  return `F${number}.writeAt(b, o + ${field.offset}, v)`
}

/**
 * Decodes the tail of a packet in runs: fields of fixed size that follow one another are checked for once and read at
 * known places. Gives -1 when all was read, -2 when bytes are missing: the generic path then finds out where, from the start; or the
 * index of the field whose codec failed, with the reader where that field starts: reading it again would double the work
 * with every level of layers in layers.
 */
export type DecodeTail = (packet: Packet, tail: unknown[], reader: Reader) => number

export function compileDecodeTail(definition: LayerDefinition): DecodeTail | null {
  const { fields, tailStart } = definition
  const lines: string[] = []
  let size = 0
  let run: string[] = []
  const endRun = (): void => {
    if (run.length > 0)
      lines.push(`if (!reader.need(${size})) return -2`, 'o = reader.position', ...run, `reader.position = o + ${size}`)
    run = []
    size = 0
  }
  for (let i = tailStart; i < fields.length; i++) {
    const field = fields[i]!
    const place = `tail[${i - tailStart}]`
    if (field.kind === Kind.CODEC) {
      endRun()
      const read = `o = reader.position; v = F${i}.codec.read(reader, p); if (reader.missing > 0) { reader.position = o; return ${i} } ${place} = v`
      lines.push(field.condition === null ? read : `if (F${i}.condition(p)) { ${read} }`)
      continue
    }
    const isBits = field.kind === Kind.BITS
    const expression = storedExpression(field, size + (isBits ? field.bitStart >>> 3 : 0))
    if (expression === null) return null
    if (field.condition === null) {
      run.push(`${place} = ${expression}`)
      if (!isBits) size += field.size
      else if (fields[i + 1]?.group !== field.group) size += field.groupSize
      continue
    }
    // Bits under a condition share bytes in ways that only the generic path knows.
    if (isBits) return null
    endRun()
    const alone = storedExpression(field, 0)!
    lines.push(
      `if (F${i}.condition(p)) { if (!reader.need(${field.size})) return -2; o = reader.position; ${place} = ${alone}; reader.position = o + ${field.size} }`,
    )
  }
  endRun()
  return make(
    fields.map((_, i) => `F${i}`),
    fields,
    `return function (p, tail, reader) { const b = reader.buffer; let o = 0, v\n${lines.join('\n')}\nreturn -1 }`,
  )
}
