/** Lists of names: of all layers, of all that there is help for. */
import { allMetadata, classesDescribed, membersDescribed, metadataOf } from '../../commands/metadata.js'
import { allLayers, type LayerDefinition, layerByName } from '../../packet/index.js'
import { fieldDetail } from './fields.js'
import { compare } from './names.js'
import type { Completion, CompletionKind } from './types.js'
import { oneLine } from './values.js'

/** A layer with what it is. */
export function layerOffer({ layerName, summaryText }: LayerDefinition): Completion {
  return { text: layerName, kind: 'layer', detail: oneLine(summaryText) }
}

/** All layers with what they are. */
export function layerNames(): Completion[] {
  return allLayers()
    .map(({ layerName, about }): Completion => ({ text: layerName, kind: 'layer', detail: oneLine(about) }))
    .sort((a, b) => compare(a.text, b.text))
}

/** The names that there is help for: behind `TCP.` the layer's fields, behind `Packet.` members, behind `sniff.` options. */
export function describedNames(typed: string): Completion[] {
  const owner = /^(.+)\.[^.]*$/.exec(typed)?.[1]
  if (owner !== undefined) return partsOf(owner)
  return [...new Set([...allMetadata().keys(), ...classesDescribed()])]
    .map((text): Completion => ({ text, kind: 'global', detail: oneLine(metadataOf(text)?.summary ?? '') }))
    .sort((a, b) => Number(isSign(a)) - Number(isSign(b)) || compare(a.text, b.text))
}

/** Operators and the commands of the prompt: behind the names. */
function isSign({ text }: Completion): boolean {
  return !/^[\p{L}$_]/u.test(text)
}

function partsOf(owner: string): Completion[] {
  const layer = layerByName(owner)?.definition
  const parts = new Map<string, Completion>()
  const add = (name: string, kind: CompletionKind, detail: string): void => {
    if (!parts.has(name)) parts.set(name, { text: `${owner}.${name}`, kind, detail: oneLine(detail) })
  }
  for (const field of layer?.fields ?? []) add(field.name, 'field', fieldDetail(field))
  for (const [name, { summary }] of membersDescribed(owner)) add(name, 'member', summary)
  for (const option of metadataOf(owner)?.parameters ?? []) add(option.name, 'option', option.summary)
  return [...parts.values()]
}
