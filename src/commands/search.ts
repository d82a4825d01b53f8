/** `apropos('checksum')`: what has a word in its name, its texts, its options, fields or members. */

import { cutTo } from '../exchange/text-width.js'
import { allLayers, suggestion } from '../packet/index.js'
import { meaningOf } from './field-meanings.js'
import { kindText, sizeText } from './field-text.js'
import { layerMetadata } from './layer-metadata.js'
import { allMetadata, classesDescribed, type Metadata, membersDescribed } from './metadata.js'
import type { Page } from './text-layout.js'
import { topicText } from './topics.js'

/** One find. */
export interface Hit {
  group: string
  /** As help takes it: `sniff`, `sniff.filter`, `TCP.chksum`. */
  name: string
  text: string
  /** Whether the word is in the name. */
  isName: boolean
}

/** Finds that are shown of one group. */
const SHOWN = 12
/** Parts of names stand behind the names themselves. */
const LAST = ['Layers', 'Fields', 'Members', 'Options']

/** Everything that has all words of the text; those that have them in their names come first. */
export function search(text: string): Hit[] {
  const words = wordsOf(text)
  if (words.length === 0) return []
  const hits: Hit[] = []
  // In names a word counts anywhere, in sentences where one begins: 'ttl' is in little.
  const starts = words.map((word) => new RegExp(`(?<![a-z0-9])${word.replace(/[^a-z0-9]/g, '\\$&')}`, 'i'))
  const has = (place: string): boolean => words.every((word) => place.toLowerCase().includes(word))
  const look = (group: string, name: string, summary: string, more = ''): void => {
    const isName = has(name)
    const all = `${summary} ${more}`
    const isFound = isName || starts.every((start, at) => start.test(all) || name.toLowerCase().includes(words[at]!))
    if (isFound) hits.push({ group, name, text: summary, isName })
  }
  for (const [name, metadata] of described()) {
    look(
      metadata.group ?? 'Commands',
      name,
      metadata.summary,
      `${metadata.usage ?? ''} ${metadata.source ?? ''} ${topicText(name) ?? ''}`,
    )
    if (metadata.group === 'Layers') continue
    for (const { name: option, summary } of [...(metadata.parameters ?? []), ...(metadata.positionals ?? [])])
      look('Options', `${name}.${option}`, summary)
  }
  for (const layer of allLayers())
    for (const field of layer.definition.fields)
      look(
        'Fields',
        `${layer.layerName}.${field.name}`,
        meaningOf(field) ?? `${kindText(field)}, ${sizeText(field)}`,
        field.isChecksum ? 'checksum' : '',
      )
  for (const className of classesDescribed())
    for (const [member, { summary }] of membersDescribed(className)) look('Members', `${className}.${member}`, summary)
  return hits
}

/** All described names, those of layers that the user declared too. */
function* described(): Generator<[string, Metadata]> {
  const known = allMetadata()
  for (const layer of allLayers()) if (!known.has(layer.layerName)) yield [layer.layerName, layerMetadata(layer)]
  yield* known
}

/** The finds by group, with the words marked; suggestions where nothing was found. */
export function searchText(text: string, page: Page): string {
  const { paint, columns } = page
  const hits = search(text)
  if (hits.length === 0) {
    const near = suggestion(
      text.trim(),
      [...described()].map(([name]) => name),
    )
    return `nothing has '${text}' in its help${near === '' ? '; help lists what there is' : near}`
  }
  const groups = new Map<string, Hit[]>()
  for (const hit of hits) groups.set(hit.group, [...(groups.get(hit.group) ?? []), hit])
  const words = wordsOf(text)
  const lines: string[] = []
  for (const [group, all] of [...groups].sort(([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b))) {
    const sorted = [...all.filter(({ isName }) => isName), ...all.filter(({ isName }) => !isName)]
    const shown = sorted.slice(0, SHOWN)
    const width = Math.min(26, Math.max(...shown.map(({ name }) => name.length)))
    lines.push(paint('bold', group))
    for (const { name, text: summary } of shown) {
      const label = name.padEnd(width)
      const about = cutTo(summary, columns - label.length - 4)
      lines.push(`  ${marked(label, words, page, 'cyan')}  ${marked(about, words, page)}`)
    }
    if (all.length > shown.length) lines.push(paint('gray', `  … ${all.length - shown.length} more`))
  }
  lines.push(paint('gray', 'help(NAME) tells more of one'))
  return lines.join('\n')
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** The text with the words in it marked. */
function marked(text: string, words: readonly string[], { paint }: Page, style?: 'cyan'): string {
  const lower = text.toLowerCase()
  let result = ''
  let place = 0
  const plain = (part: string): string => (part === '' || style === undefined ? part : paint(style, part))
  for (let at = 0; at < text.length; ) {
    const word = words.find((each) => lower.startsWith(each, at))
    if (word === undefined) {
      at++
      continue
    }
    result += plain(text.slice(place, at)) + paint('yellow', text.slice(at, at + word.length))
    at += word.length
    place = at
  }
  return result + plain(text.slice(place))
}
