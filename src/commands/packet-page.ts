/** What `ls(packet)` shows: the fields of its layers, their values, and beside them the defaults. */

import { cutTo } from '../exchange/text-width.js'
import { Deferred, type Field, type Packet } from '../packet/index.js'
import { defaultText, kindText, sizeText, valueText } from './field-text.js'
import type { Page } from './text-layout.js'

/** Columns of a value; `show()` has all of it. */
const LONGEST_VALUE = 44

/** The page of one packet. */
export function packetPage(packet: Packet, { paint, columns }: Page): string {
  const parts = packet.layers().map((layer) => {
    const rows = layer._layer.fields.flatMap((field) => {
      const value = presentText(layer, field)
      return value === undefined
        ? []
        : [[field.name, `${kindText(field)}, ${sizeText(field)}`, value, defaultText(field)]]
    })
    const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]!.length)))
    const lines = rows.map(([name, kind, value, unset]) => {
      const differs = value !== unset
      const shown = value!.padEnd(widths[2]!)
      const text = `  ${paint('cyan', name!.padEnd(widths[0]!))}  ${paint('gray', kind!.padEnd(widths[1]!))}  `
      return `${text}= ${differs ? paint('yellow', shown) : shown}  ${paint('gray', `(${unset})`)}`
    })
    return [paint('bold', layer.layerName), ...lines].join('\n')
  })
  const note = 'name, kind and size = value (default); ls(LAYER) has the diagram'
  return [...parts, paint('gray', cutTo(note, columns))].join('\n')
}

/** What the field has here; undefined where the packet does not have the field. */
function presentText(packet: Packet, field: Field): string | undefined {
  const value = packet._read(field.index)
  if (value === undefined) {
    if (field.condition !== null && !field.condition(packet as never)) return undefined
    return field.automatic === null ? undefined : 'auto'
  }
  return cutTo(value instanceof Deferred ? value.toString() : valueText(field, value, packet), LONGEST_VALUE)
}
