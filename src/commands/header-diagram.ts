/** The diagram of a header as RFCs draw it, made from the layout: 32 bits a row. */
import type { AnyPacket, Field, LayerDefinition } from '../packet/index.js'
import { sizeInBits } from './field-text.js'

const ROW_BITS = 32
/** Fields of more rows are drawn as one row that says how long they are. */
const MOST_ROWS = 2
/** Longer lists of values are `others`. */
const LONGEST_LABEL = 12

/** One field in a row. */
interface Cell {
  name: string
  bits: number
  /** What is said of it in the cell besides its name. */
  note: string
  /** The same field goes on from the row above. */
  continues: boolean
}

/** Rows that only some packets have, told from others by the value of a field. */
interface Variant {
  rows: Cell[][]
  /** `3`, `0 8 13-18`, `others` */
  label: string
}

/**
 * The diagram, with a legend for names that do not fit their cells; empty for a layer without fields. Where the value of a field
 * decides which fields follow, each kind of packet has its rows, and the values beside them; other fields that may be missing stand in rows
 * of their own, with a question mark.
 */
export function headerDiagram(definition: LayerDefinition): string[] {
  const { rows, variants, selector } = layoutOf(definition)
  if (rows.length === 0) return []
  const widest = Math.max(...[...rows, ...variants.flatMap((variant) => variant.rows)].map(widthOf))
  const lines = ruler(widest)
  const legend: string[] = []
  rows.forEach((row, i) => {
    lines.push(border(Math.max(widthOf(row), i === 0 ? 0 : widthOf(rows[i - 1]!)), row))
    lines.push(rowText(row, legend))
  })
  lines.push(border(widthOf(rows.at(-1)!)))
  for (const { rows: more, label } of variants) {
    more.forEach((row, i) => {
      lines.push(`${rowText(row, legend).padEnd(widest * 2 + 1)}${i === 0 ? `  ${label}` : ''}`.trimEnd())
    })
    lines.push(border(Math.max(...more.map(widthOf))))
  }
  if (variants.length > 0) legend.unshift(`beside the rows: ${selector}`)
  if (legend.length > 0) lines.push(legend.join(', '))
  return lines
}

/** The cells of the diagram: each field's name, and how many bits of which row it takes. For tests. */
export function diagramCells(definition: LayerDefinition): { name: string; row: number; bits: number }[] {
  const { rows, variants } = layoutOf(definition)
  return [...rows, ...variants.flatMap((variant) => variant.rows)].flatMap((row, at) =>
    row.map(({ name, bits }) => ({ name, row: at, bits })),
  )
}

function layoutOf(definition: LayerDefinition): { rows: Cell[][]; variants: Variant[]; selector: string } {
  const { fields } = definition
  const first = fields.findIndex((field) => field.condition !== null)
  if (first > 0 && fields.slice(first).every((field) => field.condition !== null)) {
    const selector = fields.slice(0, first).find((field) => field.enumNames !== null)
    const variants = selector === undefined ? [] : variantsOf(definition, selector, fields.slice(first))
    if (selector !== undefined && variants.length > 1)
      return { rows: rowsOf(fields.slice(0, first)), variants, selector: selector.name }
  }
  return { rows: rowsOf(fields), variants: [], selector: '' }
}

/** Which of the conditional fields packets have, by the value of `selector`. */
function variantsOf(definition: LayerDefinition, selector: Field, fields: readonly Field[]): Variant[] {
  const make = definition.callable as (values: object) => AnyPacket
  const found = new Map<string, { present: Field[]; values: number[] }>()
  for (const value of Object.keys(selector.enumNames ?? {}).map(Number)) {
    const packet = make({ [selector.name]: value })
    const present = fields.filter((field) => field.condition!(packet))
    const key = present.map((field) => field.name).join()
    const group = found.get(key)
    if (group === undefined) found.set(key, { present, values: [value] })
    else group.values.push(value)
  }
  const groups = [...found.values()].filter(({ present }) => present.length > 0)
  const variants = groups.map(({ present, values }) => {
    const label = rangesText(values)
    return { rows: rowsOf(present, true), label: label.length > LONGEST_LABEL ? 'others' : label }
  })
  // More than the selector decides on these.
  const never = fields.filter((field) => !groups.some(({ present }) => present.includes(field)))
  return never.length === 0 || variants.length === 0 ? variants : [...variants, { rows: rowsOf(never), label: '' }]
}

/** `0 8 13-18` */
function rangesText(values: readonly number[]): string {
  const parts: [number, number][] = []
  for (const value of values) {
    const last = parts.at(-1)
    if (last !== undefined && last[1] === value - 1) last[1] = value
    else parts.push([value, value])
  }
  return parts.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(' ')
}

/** @param isThere the conditional fields are all there */
function rowsOf(fields: readonly Field[], isThere = false): Cell[][] {
  const rows: Cell[][] = []
  let row: Cell[] = []
  let left = ROW_BITS
  const close = (): void => {
    if (row.length > 0) rows.push(row)
    row = []
    left = ROW_BITS
  }
  let wasConditional = false
  for (const field of fields) {
    const bits = sizeInBits(field)
    const isConditional = !isThere && field.condition !== null
    // A field that may be missing shares no row with one whose place others would then be told wrong.
    if (isConditional !== wasConditional) close()
    wasConditional = isConditional
    const name = isConditional ? `${field.name}?` : field.name
    const isLong = bits !== undefined && bits > ROW_BITS * MOST_ROWS
    if (bits === undefined || isLong) {
      // What stands behind something of unknown length begins a row of its own.
      if (isLong && left < ROW_BITS) close()
      const note = bits === undefined ? '…' : `(${bits / 8} bytes)`
      row.push({ name, bits: left, note, continues: false })
      close()
      continue
    }
    for (let rest = bits, first = true; rest > 0; first = false) {
      const here = Math.min(rest, left)
      row.push({ name, bits: here, note: '', continues: !first })
      rest -= here
      left -= here
      if (left === 0) close()
    }
  }
  close()
  return rows
}

function widthOf(row: readonly Cell[]): number {
  return row.reduce((sum, { bits }) => sum + bits, 0)
}

/** Two lines that number the bits: tens above, ones below. */
function ruler(bits: number): string[] {
  const tens = Array.from({ length: bits }, (_, bit) => (bit % 10 === 0 ? String(bit / 10) : ' ')).join(' ')
  const ones = Array.from({ length: bits }, (_, bit) => String(bit % 10)).join(' ')
  return [...(bits > 10 ? [` ${tens}`.trimEnd()] : []), ` ${ones}`]
}

/** The line above a row; a field that goes on from the row above has none above it. */
function border(bits: number, below: readonly Cell[] = []): string {
  const open = Array.from({ length: bits }, () => false)
  let bit = 0
  for (const { continues, bits: count } of below) {
    if (continues) open.fill(true, bit, bit + count)
    bit += count
  }
  return `+${open.map((isOpen, at) => (isOpen ? ` ${open[at + 1] === true ? ' ' : '+'}` : '-+')).join('')}`
}

function rowText(row: readonly Cell[], legend: string[]): string {
  const cells = row.map(({ name, bits, note, continues }) => {
    const room = bits * 2 - 1
    if (continues) return centred('', room)
    const fits = [note === '' ? name : `${name} ${note}`, name.replace('?', '')].find((text) => text.length <= room)
    if (fits !== undefined) return centred(fits, room)
    legend.push(`${name.slice(0, room)} = ${name}`)
    return centred(name.slice(0, room), room)
  })
  return `|${cells.join('|')}|`
}

function centred(text: string, room: number): string {
  const left = Math.floor((room - text.length) / 2)
  return `${' '.repeat(left)}${text}${' '.repeat(room - text.length - left)}`
}
