/** `ls()`: what there is, a line each; `ls(IP)` and `ls(packet)`: one of it with all that belongs to it. */

import { plain } from '../exchange/terminal-colours.js'
import { LAYER_GROUPS } from '../layers/index.js'
import {
  allLayers,
  type Field,
  isLayer,
  type LayerDefinition,
  layerByName,
  Packet,
  PacketError,
  suggestion,
} from '../packet/index.js'
import { fieldPage, noSuchField } from './field-page.js'
import { layerMetadata } from './layer-metadata.js'
import { layerNamed } from './layer-named.js'
import { layerPage } from './layer-page.js'
import { allMetadata, type Metadata } from './metadata.js'
import { packetPage } from './packet-page.js'
import { brief, inColumns, type Page } from './text-layout.js'

const NOWHERE: Page = { paint: plain, columns: Number.POSITIVE_INFINITY }
/** Longer names push their text to the right instead of widening the whole list. */
const LONGEST_NAME = 18

/**
 * Nothing: all layers and commands. A layer, or its name: its fields. A packet: its fields with their values. A text: what has it in its
 * name; `'TCP.flags'` is a field.
 * @throws PacketError for what is none of these, or a name that nothing has
 */
export function listing(subject?: unknown, page: Page = NOWHERE): string {
  if (subject === undefined) return groupsText(everything(), page, true)
  if (subject instanceof Packet) return packetPage(subject, page)
  const definition = definitionOf(subject)
  if (definition !== undefined) return layerPage(definition, page)
  if (typeof subject === 'string') return named(subject, page)
  throw new PacketError(
    'ls: give a layer (ls(TCP)), a packet, a field (ls("TCP.flags")), or a part of a name (ls("tcp")); alone it lists all',
  )
}

/** A name's groups and one line for each. */
type Groups = Map<string, [name: string, summary: string][]>

function everything(): Groups {
  const groups: Groups = new Map()
  const add = (name: string, { group = 'Commands', section, summary }: Metadata): void => {
    const heading = section === undefined ? group : `${group}: ${section}`
    if (!groups.has(heading)) groups.set(heading, [])
    groups.get(heading)!.push([name, summary])
  }
  for (const section of LAYER_GROUPS) groups.set(`Layers: ${section}`, [])
  const layers = allLayers().sort((a, b) => a.layerName.localeCompare(b.layerName))
  for (const layer of layers) add(layer.layerName, layerMetadata(layer))
  for (const [name, metadata] of allMetadata()) if (layerByName(name) === undefined) add(name, metadata)
  return groups
}

/** A line for each name; of layers, which are hundreds, the names alone where all there is is listed. */
function groupsText(groups: Groups, page: Page, isAll = false): string {
  const { paint, columns } = page
  const lines: string[] = []
  for (const [group, entries] of groups) {
    const width = Math.min(LONGEST_NAME, Math.max(...entries.map(([name]) => name.length)))
    lines.push(paint('bold', group))
    if (isAll && group.startsWith('Layers:')) {
      const names = inColumns(
        entries.map(([name]) => name),
        2,
        columns,
      )
      lines.push(...names.map((line) => paint('cyan', line)))
      continue
    }
    for (const [name, summary] of entries) {
      const label = name.padEnd(width)
      lines.push(`  ${paint('cyan', label)}  ${brief(summary, columns - label.length - 4)}`)
    }
  }
  lines.push(paint('gray', "ls(NAME) or NAME? tells more of one; ls('tcp') finds by a part of a name"))
  if (isAll) lines.push(paint('gray', `ls('${LAYER_GROUPS[0]}') says what each layer of a group is`))
  return lines.join('\n')
}

/** A text: a layer's name, a field as in `TCP.flags`, else a part of names. */
function named(text: string, page: Page): string {
  const layer = layerByName(text)
  if (layer !== undefined) return layerPage(layer.definition, page)
  const [, layerName, field] = /^(\w+)\.(\w+)$/.exec(text) ?? []
  const owner = layerName === undefined ? undefined : layerNamed(layerName)
  if (owner !== undefined) {
    const found = fieldPage(owner.definition, field!, page)
    if (found !== undefined) return found
    throw new PacketError(`ls: ${noSuchField(owner.definition, field!)}`)
  }
  const word = text.trim().toLowerCase()
  const groups: Groups = new Map()
  if (word !== '')
    for (const [group, entries] of everything()) {
      const fitting = entries.filter(([name]) => name.toLowerCase().includes(word) || isHeading(group, word))
      if (fitting.length > 0) groups.set(group, fitting)
    }
  const hits = [...groups.values()].flat()
  const only = hits.length === 1 ? layerByName(hits[0]![0]) : undefined
  if (only !== undefined) return layerPage(only.definition, page)
  if (groups.size > 0) return groupsText(groups, page)
  const names = [...everything().values()].flat().map(([name]) => name)
  throw new PacketError(
    `ls: no name has '${text}' in it${suggestion(text, names)}; apropos('${text}') searches texts too`,
  )
}

/** `'link'` and `'layers: link'` mean `Layers: link`. */
function isHeading(heading: string, word: string): boolean {
  const lower = heading.toLowerCase()
  return lower === word || lower === `layers: ${word}` || (word === 'layers' && lower.startsWith('layers'))
}

/** The definition of what stands for a layer: its function. */
export function definitionOf(subject: unknown): LayerDefinition | undefined {
  return isLayer(subject) ? subject.definition : undefined
}

/** The field of the packet's layers that `packet.NAME` means: of the outermost layer that has one. */
export function fieldOfPacket(packet: Packet, name: string): { definition: LayerDefinition; field: Field } | undefined {
  for (const layer of packet.layers()) {
    const index = layer._layer.find(name)
    if (index >= 0) return { definition: layer._layer, field: layer._layer.fields[index]! }
  }
  return undefined
}
