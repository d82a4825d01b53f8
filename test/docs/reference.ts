/** docs/reference.md and the table of layers, made from the metadata. `UPDATE_DOCS=1 npx vitest run test/docs` writes them. */
import {
  allMetadata,
  classesDescribed,
  examplesOf,
  type Metadata,
  membersDescribed,
  type ParameterMetadata,
} from '../../src/commands/metadata.js'
import { LAYER_GROUPS, layerGroup } from '../../src/layers/index.js'
import type { Layer } from '../../src/packet/index.js'
import '../../src/repl/input-forms.js'

/** Groups that have no page of their own here. */
const ELSEWHERE = ['Layers', 'Objects', 'Topics', 'Prompt']
/** Groups of which a table says enough. */
const TABLES = ['Fields of layers', 'Random values', 'Language', 'Help']

/** The lines of docs/reference.md. */
export function referenceLines(): string[] {
  const groups = groupsOf()
  const commands = [...groups].filter(([group]) => !ELSEWHERE.includes(group))
  return [
    '# Reference',
    '',
    '<!-- made from the metadata: UPDATE_DOCS=1 npx vitest run test/docs -->',
    '',
    "Everything that the prompt has preloaded, as `help` tells it: `help('sr1')`, `sr1?`. [Objects](#objects) are what commands give.",
    'The layers are in [layers.md](layers.md#the-layers-there-are).',
    '',
    ...commands.flatMap(([group, entries]) => overview(group, entries)),
    ...commands.filter(([group]) => !TABLES.includes(group)).flatMap(([, entries]) => entries.flatMap(commandLines)),
    ...objectLines(groups.get('Objects') ?? []),
    ...promptLines(groups.get('Prompt') ?? []),
  ]
}

/** The rows of the table of layers. */
export function layerTable(layers: readonly Layer[]): string[] {
  return [...LAYER_GROUPS, undefined].flatMap((group) => {
    const rows = layers
      .filter(({ layerName }) => layerGroup(layerName) === group)
      .sort((a, b) => a.layerName.localeCompare(b.layerName))
      .map(({ layerName, about, source }) => `| \`${layerName}\` | ${cell(about)} | ${cell(source)} |`)
    return [`### ${title(group ?? 'bytes')}`, '', '| Layer | | Defined in |', '|---|---|---|', ...rows, '']
  })
}

const title = (word: string): string => `${word[0]!.toUpperCase()}${word.slice(1)}`

type Entries = [name: string, metadata: Metadata][]

function groupsOf(): Map<string, Entries> {
  const groups = new Map<string, Entries>()
  for (const [name, metadata] of allMetadata()) {
    const { group = 'Commands' } = metadata
    groups.set(group, [...(groups.get(group) ?? []), [name, metadata]])
  }
  return groups
}

function overview(group: string, entries: Entries): string[] {
  const linked = !TABLES.includes(group)
  const rows = entries.map(([name, { summary, usage }]) => {
    const shown = `\`${cell(linked ? name : (usage ?? name))}\``
    return `| ${linked ? `[${shown}](#${slug(name)})` : shown} | ${cell(summary)} |`
  })
  return [`## ${group}`, '', '| | |', '|---|---|', ...rows, '']
}

/** Lists of options that several commands share are written once. */
const written = new Map<string, string>()

function commandLines([name, metadata]: [string, Metadata]): string[] {
  const { summary, usage = name, positionals = [], parameters = [], returns, errors = [], source, see = [] } = metadata
  const lines = [`### ${name}`, '', '```js', usage, '```', '', summary, '']
  if (positionals.length > 0) lines.push(...parameterTable('Parameter', positionals))
  if (parameters.length > 0) {
    const key = JSON.stringify(parameters)
    const first = written.get(key)
    if (first === undefined || first === name) {
      written.set(key, name)
      lines.push(...parameterTable('Option', parameters))
    } else lines.push(`Options: those of [\`${first}\`](#${slug(first)}).`, '')
  }
  if (returns !== undefined) lines.push(`Gives: ${text(returns)}.`, '')
  if (errors.length > 0) lines.push(`Throws: ${errors.map(text).join('; ')}.`, '')
  const examples = examplesOf(metadata).map(
    ({ code, needs }) => `${code}${needs === undefined ? '' : ` // needs ${needs}`}`,
  )
  if (examples.length > 0) lines.push('```js', ...examples, '```', '')
  const more = [
    source === undefined ? '' : `Source: ${source}.`,
    see.length === 0 ? '' : `See ${see.map(code).join(', ')}.`,
  ]
  if (more.some((part) => part !== '')) lines.push(more.filter((part) => part !== '').join(' '), '')
  return lines
}

function parameterTable(heading: string, parameters: readonly ParameterMetadata[]): string[] {
  const rows = parameters.map(({ name, type = '', summary, choices = [], ...rest }) => {
    const values = choices.length === 0 ? '' : `: ${choices.map(code).join(', ')}`
    return `| \`${name}\` | ${cell(type)} | ${cell(text(summary))}${values} | ${cell(text(rest.default ?? ''))} |`
  })
  return [`| ${heading} | Type | | Unset |`, '|---|---|---|---|', ...rows, '']
}

function objectLines(entries: Entries): string[] {
  const about = new Map(entries)
  // Classes that have their own place among the commands have their members here.
  const names = [...new Set([...about.keys(), ...classesDescribed()])].filter((name) => membersDescribed(name).size > 0)
  const list = names.map((name) => `[\`${name}\`](#${slug(`${name} members`)})`).join(', ')
  return [
    '## Objects',
    '',
    `${list}.`,
    '',
    ...names.flatMap((name) => {
      const rows = [...membersDescribed(name)].map(
        ([member, { summary, usage }]) => `| \`${cell(usage ?? member)}\` | ${cell(text(summary))} |`,
      )
      const { summary = '' } = about.get(name) ?? {}
      return [
        `### ${name} members`,
        '',
        ...(summary === '' ? [] : [text(summary), '']),
        '| | |',
        '|---|---|',
        ...rows,
        '',
      ]
    }),
  ]
}

function promptLines(entries: Entries): string[] {
  const rows = entries.map(([name, { usage, summary }]) => `| \`${cell(usage ?? name)}\` | ${cell(summary)} |`)
  return ['## Prompt', '', '| | |', '|---|---|', ...rows, '']
}

const code = (name: string): string => `\`${name}\``

/** Text in a cell of a table. */
function cell(value: string): string {
  return value.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Braces and stars are no markup. */
function text(value: string): string {
  return value.replace(/([*_<>])/g, '\\$1')
}

/** The name by which a heading can be linked to. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
