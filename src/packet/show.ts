import { Deferred, type Field, Kind } from './field.js'
import type { Packet } from './packet.js'
import { type Painter, type Role, unpainted } from './paint.js'

/** All layers in one line. The innermost layer that has something to say says it; those around it stand with their names. */
export function summaryOf(packet: Packet): string {
  const layers = packet.layers()
  let said = false
  const parts = layers.reverse().map((layer) => {
    const { summary } = layer._layer.behaviour
    if (summary === undefined || said) return layer.layerName
    said = true
    return summary(layer as never)
  })
  return parts.reverse().join(' / ')
}

/** A field as `show()` prints it. */
export interface ShownField {
  field: Field
  text: string
  /** What kind of text that is. */
  role: Role
}

/** Fields of one layer that are there. */
export function shownFields(packet: Packet): ShownField[] {
  const shown: ShownField[] = []
  for (const field of packet._layer.fields) {
    const value = packet._read(field.index)
    if (value === undefined && field.automatic === null) continue
    if (value === undefined && field.condition !== null && !field.condition(packet as never)) continue
    const text = value instanceof Deferred ? value.toString() : field.show(value, packet)
    shown.push({ field, text, role: roleOf(field, value, packet) })
  }
  return shown
}

/** What a presented value of a field is, for the painter. */
export function roleOf(field: Field, value: unknown, packet: Packet): Role {
  if (value === undefined || value === null || value instanceof Deferred) return 'open'
  if (field.flagNames !== null) return 'flags'
  if (field.kind === Kind.IPV4 || field.kind === Kind.IPV6 || field.kind === Kind.MAC) return 'address'
  if (typeof value === 'number' || typeof value === 'bigint')
    return field.enumName(value, packet) === undefined ? 'number' : 'name'
  return Array.isArray(value) ? 'list' : 'bytes'
}

/** Fields of one layer that are there, each with the text that `show()` prints. */
export function fieldsText(packet: Packet): [name: string, text: string][] {
  return shownFields(packet).map(({ field, text }) => [field.name, text])
}

/** Width of the fields' names. */
const LABEL = 10

/** Layers in a field, where there are some: one in each line, below one another. */
function elementLines(layer: Packet, field: Field): string[] | undefined {
  const value = layer._read(field.index)
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    !(typeof value[0] === 'object' && value[0] !== null && '_layer' in value[0])
  )
    return undefined
  return value.map((element) => field.codec!.show([element]).slice(1, -1))
}

/** Every field of every layer, a line each. */
export function showOf(packet: Packet, paint: Painter = unpainted): string {
  const lines: string[] = []
  packet.layers().forEach((layer, number) => {
    lines.push(paint('title', `###[ ${layer.layerName} ]###`, number))
    for (const { field, text, role } of shownFields(layer)) {
      const parts = elementLines(layer, field) ?? [text]
      const painted = parts.map((part) => paint(role, part)).join(`\n${' '.repeat(LABEL + 4)}`)
      lines.push(`  ${paint('field', field.name.padEnd(LABEL))}= ${painted}`)
    }
    const { issue } = layer
    if (issue !== null) lines.push(`  ${paint('problem', `! ${issue}`)}`)
  })
  return lines.join('\n')
}
