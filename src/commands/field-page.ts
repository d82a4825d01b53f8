/** What `help('TCP.flags')` tells: one field of a layer with all names of its values. */

import { wrapped } from '../exchange/text-width.js'
import { type Field, type LayerDefinition, suggestion } from '../packet/index.js'
import { meaningOf } from './field-meanings.js'
import { conditionText, defaultText, kindText, namesByOther, namesOf, sizeInBits, sizeText } from './field-text.js'
import { definitions, inColumns, type Page } from './text-layout.js'

/** The page of one field, or undefined when the layer has none of that name. */
export function fieldPage(definition: LayerDefinition, name: string, page: Page): string | undefined {
  const index = definition.find(name)
  const field = definition.fields[index]
  if (field === undefined) return undefined
  const { paint, columns } = page
  const lines = [`${paint('cyan', `${definition.layerName}.${name}`)}`]
  const meaning = meaningOf(field)
  if (meaning !== undefined) lines.push(`  ${wrapped(meaning, 2, columns)}`)
  lines.push('', ...definitions(facts(definition, field), page, { style: 'bold' }))
  const flags = field.flagNames?.flatMap((flag, bit) => (flag === '' ? [] : [`${bit} ${flag}`])) ?? []
  if (flags.length > 0)
    lines.push('', `  ${paint('bold', 'flags, from the lowest bit')}`, ...inColumns(flags, 4, columns))
  const names = namesOf(field).map(([number, text]) => `${number} ${text}`)
  if (names.length > 0) lines.push('', `  ${paint('bold', 'names of values')}`, ...inColumns(names, 4, columns))
  for (const [selector, table] of namesByOther(field)) {
    lines.push('', `  ${paint('bold', `names where ${selectorText(definition, field, selector)}`)}`)
    lines.push(
      ...inColumns(
        table.map(([number, text]) => `${number} ${text}`),
        4,
        columns,
      ),
    )
  }
  return lines.join('\n')
}

/** The layer has no such field: which one may have been meant. */
export function noSuchField(definition: LayerDefinition, name: string): string {
  const names = definition.fields.map((field) => field.name)
  return `${definition.layerName} has no field '${name}'${suggestion(name, names)}; ls(${definition.layerName}) lists them`
}

function facts(definition: LayerDefinition, field: Field): [string, string][] {
  const { layerName } = definition
  const rows: [string, string][] = [
    ['kind', kindText(field)],
    ['size', sizeText(field)],
  ]
  const place = placeText(definition, field)
  if (place !== '') rows.push(['place', place])
  rows.push(['default', defaultWords(field)])
  const condition = conditionText(field)
  if (condition !== '') rows.push(['there', condition])
  const range = rangeText(field)
  if (range !== '') rows.push(['takes', range])
  rows.push(['read', `packet.get(${layerName}).${field.name}`])
  return rows
}

function placeText(definition: LayerDefinition, field: Field): string {
  let bits = 0
  for (const other of definition.fields.slice(0, field.index)) {
    const size = other.condition === null ? sizeInBits(other) : undefined
    if (size === undefined) return ''
    bits += size
  }
  if (field.condition !== null) return ''
  return bits % 8 === 0
    ? `byte ${bits / 8} of the header`
    : `bit ${bits % 8} of byte ${Math.floor(bits / 8)} of the header`
}

function defaultWords(field: Field): string {
  if (field.isChecksum) return 'auto: the checksum, computed when the packet is built'
  if (field.automatic !== null) return 'auto: computed when the packet is built'
  if (field.dynamicDefault !== null) return 'by route: found when the packet is built or sent'
  return defaultText(field) || 'empty'
}

function rangeText(field: Field): string {
  if (field.flagNames !== null)
    return field.flagNames.some((flag) => flag.length > 1)
      ? "flags as text joined with '+', or a number"
      : 'flags as text, one letter each, or a number'
  const kind = kindText(field)
  if (kind === 'ipv4') return "an address such as '10.0.0.1', or a network '10.0.0.0/24' for all in it"
  if (kind === 'ipv6') return "an address such as 'fd00::1'"
  if (kind === 'mac') return "an address such as '02:00:00:00:00:01'"
  if (/^(u\d|bits)/.test(kind)) {
    const names = field.enumNames === null && field.nameTables === null ? '' : ', or a name'
    return field.bits > 32 ? '0 to 2^64 - 1, a bigint' : `0..${field.maximum}${names}; a list is a set`
  }
  return ''
}

function selectorText(definition: LayerDefinition, field: Field, selector: string): string {
  const other = definition.fields[definition.find(field.namesField)]
  const name = other?.enumNames?.[Number(selector)]
  return `${field.namesField} is ${selector}${name === undefined ? '' : ` (${name})`}`
}
