import { styleText } from 'node:util'
import { Deferred } from './field.js'
import type { Packet } from './packet.js'

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

/** Fields of one layer that are there, each with the text that `show()` prints. */
export function fieldsText(packet: Packet): [name: string, text: string][] {
  const { fields } = packet._layer
  const texts: [string, string][] = []
  for (const field of fields) {
    const value = packet._read(field.index)
    if (value === undefined && field.automatic === null) continue
    if (value === undefined && field.condition !== null && !field.condition(packet as never)) continue
    texts.push([field.name, value instanceof Deferred ? value.toString() : field.show(value, packet)])
  }
  return texts
}

/** Width of the fields' names. */
const LABEL = 10

/** Layers in a field, where there are some: one in each line, below one another. */
function elementLines(layer: Packet, name: string): string | undefined {
  const field = layer._layer.fields[layer._layer.indexOf(name)]!
  const value = layer._read(field.index)
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    !(typeof value[0] === 'object' && value[0] !== null && '_layer' in value[0])
  )
    return undefined
  return value.map((element) => field.codec!.show([element]).slice(1, -1)).join(`\n${' '.repeat(LABEL + 4)}`)
}

/** Every field of every layer, a line each. */
export function showOf(packet: Packet, color = false): string {
  const lines: string[] = []
  for (const layer of packet.layers()) {
    const title = `###[ ${layer.layerName} ]###`
    lines.push(color ? styleText(['bold', 'cyan'], title) : title)
    for (const [name, text] of fieldsText(layer)) {
      const label = name.padEnd(LABEL)
      lines.push(`  ${color ? styleText('blue', label) : label}= ${elementLines(layer, name) ?? text}`)
    }
    const { issue } = layer
    if (issue !== null) lines.push(`  ${color ? styleText('red', `! ${issue}`) : `! ${issue}`}`)
  }
  return lines.join('\n')
}
