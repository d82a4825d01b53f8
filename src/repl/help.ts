/** `help`, `help(x)` and `x?`: what there is, from the metadata, with one line each. */
import { allMetadata, type Metadata, metadataOf } from '../commands/metadata.js'
import { suggestion } from '../packet/index.js'
import { type Paint, plain } from './colours.js'
import { describeLanguage, LANGUAGE } from './language.js'

/** Groups of which the list has the names alone: they are many, and `help` shall fit on a screen or two. */
const NAMES_ALONE = ['Layers', 'Fields of layers', 'Random values']
/** Columns of names where the terminal's are not known. */
const USUAL_COLUMNS = 110

let described = false

function describeOnce(): void {
  if (!described) describeLanguage()
  described = true
}

/** The list of everything described, by group; of layers and the like the names alone. */
export function helpList(paint: Paint = plain, columns = Number.POSITIVE_INFINITY): string {
  const groups = groupsOf()
  const lines: string[] = []
  const last = [LANGUAGE, groups.get(LANGUAGE) ?? []] as const
  const short = NAMES_ALONE.map((group) => [group, groups.get(group) ?? []] as const)
  const long = [...groups].filter(([group]) => group !== LANGUAGE && !NAMES_ALONE.includes(group))
  for (const [group, entries] of [...short, ...long, last]) {
    if (entries.length === 0) continue
    if (!NAMES_ALONE.includes(group)) {
      lines.push(groupText(group, entries, paint, columns))
      continue
    }
    const names = wrapped(entries.map(([name]) => name).join(' '), 2, Math.min(columns, USUAL_COLUMNS))
    lines.push(`${paint('bold', group)}${paint('gray', `: help('${group}') tells what they are`)}`)
    lines.push(`  ${paint('cyan', names)}`)
  }
  lines.push(paint('gray', 'help(NAME) or NAME? tells more of one; .help lists the commands of the prompt itself.'))
  return lines.join('\n')
}

/** Everything described by group, in the order of description. */
function groupsOf(): Map<string, [string, Metadata][]> {
  describeOnce()
  const groups = new Map<string, [string, Metadata][]>()
  for (const [name, metadata] of allMetadata()) {
    const group = metadata.group ?? 'Commands'
    if (!groups.has(group)) groups.set(group, [])
    groups.get(group)?.push([name, metadata])
  }
  return groups
}

function groupText(
  group: string,
  entries: readonly (readonly [string, Metadata])[],
  paint: Paint,
  columns: number,
): string {
  const width = Math.min(Math.max(...entries.map(([name]) => name.length)), 20)
  const lines = entries.map(
    ([name, { summary }]) =>
      `  ${paint('cyan', name.padEnd(width))}  ${wrapped(summary, Math.max(width, name.length) + 4, columns)}`,
  )
  return [paint('bold', group), ...lines].join('\n')
}

/** The help of one thing: a name, a group of names, or a value that a described global name has. */
export function helpFor(subject: unknown, paint: Paint = plain, columns = Number.POSITIVE_INFINITY): string {
  const groups = groupsOf()
  const name = typeof subject === 'string' ? subject : nameOf(subject)
  const metadata = name === undefined ? undefined : metadataOf(name)
  if (name !== undefined && metadata) return describeOne(name, metadata, paint, columns)
  const layer = typeof subject === 'string' ? globalValue(subject) : subject
  const fields = layerText(layer, paint, columns)
  if (fields) return fields
  const group = [...groups].find(([each]) => each.toLowerCase() === name?.toLowerCase())
  if (group !== undefined) return groupText(...group, paint, columns)
  if (name === undefined) return `There is no help for this value; help lists what there is.`
  return `There is no help for '${name}'${suggestion(name, allMetadata().keys())}`
}

/** How a described function is called, or undefined. */
export function usageOf(subject: unknown): string | undefined {
  const name = nameOf(subject)
  return name === undefined ? undefined : metadataOf(name)?.usage
}

function describeOne(
  name: string,
  { summary, usage, parameters = [], example }: Metadata,
  paint: Paint,
  columns: number,
): string {
  const lines = [`${paint('cyan', usage ?? name)}`, `  ${wrapped(summary, 2, columns)}`]
  const width = Math.max(0, ...parameters.map((parameter) => parameter.name.length))
  for (const parameter of parameters) {
    const unset = parameter.default === undefined ? '' : ` (unset: ${parameter.default})`
    const text = wrapped(`${parameter.summary}${unset}`, width + 4, columns)
    lines.push(`  ${paint('bold', parameter.name.padEnd(width))}  ${text}`)
  }
  if (example) lines.push(`  ${paint('gray', 'example:')} ${example}`)
  const fields = layerText(globalValue(name), paint, columns)
  if (fields) lines.push(fields)
  return lines.join('\n')
}

/** Text broken between words so that it fits the columns behind an indentation, which its further lines get too. */
function wrapped(text: string, indentation: number, columns: number): string {
  const room = Math.max(columns - indentation, 20)
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indentation)}`)
}

/** The fields of a layer. */
function layerText(value: unknown, paint: Paint, columns: number): string | undefined {
  if (typeof value !== 'function' || !('definition' in value)) return undefined
  const { layerName, summaryText, fields } = (
    value as unknown as { definition: { layerName: string; summaryText: string; fields: { name: string }[] } }
  ).definition
  const names = fields.map(({ name }) => name).join(', ')
  return `${paint('cyan', `${layerName}({…})`)}  ${summaryText}\n  ${paint('gray', 'fields:')} ${wrapped(names, 10, columns)}`
}

function globalValue(name: string): unknown {
  return Object.getOwnPropertyDescriptor(globalThis, name)?.value
}

function nameOf(subject: unknown): string | undefined {
  for (const name of allMetadata().keys()) if (globalValue(name) === subject) return name
  return typeof subject === 'function' ? subject.name || undefined : undefined
}

/** The global `help`: called it tells of one thing; typed alone it shows the list. */
export function makeHelp(
  print: (text: string) => void,
  paint: Paint,
  columns: () => number | undefined = () => undefined,
): (subject?: unknown) => void {
  const help = (...subjects: unknown[]): void => {
    print(subjects.length === 0 ? helpList(paint, columns()) : helpFor(subjects[0], paint, columns()))
  }
  return Object.defineProperty(help, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => helpList(paint, columns()),
  })
}
