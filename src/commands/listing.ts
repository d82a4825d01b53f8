import { allLayers, Kind, type Layer, LayerDefinition, layerByName, PacketError, suggestion } from '../packet/index.js'

/** Lists all layers, a line each; of one layer its fields: name, size, default, names of values. */
export function listing(layer?: Layer | string): string {
  if (layer === undefined) {
    const all = allLayers().sort((a, b) => a.layerName.localeCompare(b.layerName))
    const width = Math.max(...all.map((each) => each.layerName.length))
    return all.map((each) => `${each.layerName.padEnd(width)}  ${each.definition.summaryText}`).join('\n')
  }
  const found = typeof layer === 'string' ? layerByName(layer) : layer
  if (!(found?.definition instanceof LayerDefinition)) {
    throw new PacketError(
      `ls: there is no layer ${String(layer)}${
        typeof layer === 'string'
          ? suggestion(
              layer,
              allLayers().map((each) => each.layerName),
            )
          : ''
      }`,
    )
  }
  return fieldTable(found.definition)
}

function fieldTable(definition: LayerDefinition): string {
  const rows = definition.fields.map((field) => {
    const size =
      field.kind === Kind.CODEC
        ? field.size > 0
          ? `${field.size} bytes`
          : 'variable'
        : `${field.bits} bit${field.bits === 1 ? '' : 's'}`
    const unset =
      field.automatic !== null
        ? 'auto'
        : field.dynamicDefault !== null
          ? 'by route'
          : field.defaultValue === undefined
            ? ''
            : field.show(field.present(field.defaultValue))
    const names =
      field.flagNames !== null
        ? `flags ${field.flagNames.join(field.flagNames.some((name) => name.length > 1) ? ' ' : '')}`
        : namesText(field.enumNames)
    return [field.name, size, unset, `${names}${field.condition === null ? '' : ' (only in some packets)'}`.trim()]
  })
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length), 4))
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell)).join('  ')}`.trimEnd(),
  )
  return [`${definition.layerName}: ${definition.summaryText}`, ...lines].join('\n')
}

function namesText(names: Readonly<Record<number, string>> | null): string {
  if (names === null) return ''
  const all = Object.entries(names)
  const shown = all.slice(0, 6).map(([number, name]) => `${number} ${name}`)
  return `${shown.join(', ')}${all.length > 6 ? `, … ${all.length} names` : ''}`
}
