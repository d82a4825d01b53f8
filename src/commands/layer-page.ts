/** What `ls(IP)` shows: what the layer is, its header as a diagram, its fields in a table, what follows it. */

import { wrapped } from '../exchange/text-width.js'
import type { Field, LayerDefinition } from '../packet/index.js'
import { conditionText, defaultText, kindText, namesText, sizeText } from './field-text.js'
import { headerDiagram } from './header-diagram.js'
import { columnsOfCells, type Page } from './text-layout.js'

/** Names of values that stand in the table; all of them are in the field's own help. */
const NAMES_SHOWN = 4
/** Layers that are listed as following. */
const FOLLOWING_SHOWN = 8
/** Conditions of one of them. */
const CONDITIONS_SHOWN = 2
const HEADINGS = ['FIELD', 'SIZE', 'DEFAULT', 'KIND', 'VALUES']

/** The page of one layer. */
export function layerPage(definition: LayerDefinition, page: Page): string {
  const { paint, columns } = page
  const { layerName, summaryText, source, fields } = definition
  const indentation = layerName.length + 2
  const lines = [`${paint('bold', layerName)}  ${wrapped(summaryText, indentation, columns)}`.trimEnd()]
  if (source !== '') lines.push(`${' '.repeat(indentation)}${paint('gray', wrapped(source, indentation, columns))}`)
  const diagram = headerDiagram(definition)
  // On a narrow screen its lines would break.
  if (diagram.length > 0 && diagram.every((line) => line.length + 2 <= columns))
    lines.push('', ...diagram.map((line) => `  ${wrapped(line, 2, Number.POSITIVE_INFINITY)}`), '')
  if (fields.length === 0) lines.push('  no fields')
  else {
    const [headings, ...rows] = columnsOfCells([HEADINGS, ...fields.map(rowOf)], page)
    lines.push(paint('gray', headings!), ...rows)
  }
  const following = followingText(definition)
  if (following !== '') lines.push('', `  ${paint('gray', 'then')}  ${wrapped(following, 8, columns)}`)
  return lines.join('\n')
}

function rowOf(field: Field): string[] {
  const values = [namesText(field, NAMES_SHOWN), byOther(field), conditionText(field)].filter((text) => text !== '')
  return [field.name, sizeText(field), defaultText(field), kindText(field), values.join('; ')]
}

function byOther({ nameTables, namesField }: Field): string {
  return nameTables === null ? '' : `names by ${namesField}`
}

/** What is bound to which values of fields: `TCP (proto 6), UDP (proto 17)`. */
function followingText(definition: LayerDefinition): string {
  const found = new Map<string, string[]>()
  for (const { upper, fields } of definition.bindings()) {
    const when = Object.entries(fields)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(' ')
    found.set(upper.layerName, [...(found.get(upper.layerName) ?? []), when])
  }
  const all = [...found].map(([name, whens]) => (whens.includes('') ? name : `${name} (${conditionsText(whens)})`))
  const more = all.length - FOLLOWING_SHOWN
  return `${all.slice(0, FOLLOWING_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function conditionsText(whens: readonly string[]): string {
  const sorted = [...new Set(whens)].sort((a, b) => a.length - b.length || a.localeCompare(b))
  return `${sorted.slice(0, CONDITIONS_SHOWN).join(', ')}${sorted.length > CONDITIONS_SHOWN ? ' …' : ''}`
}
