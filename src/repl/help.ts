/** `help`, `help(x)` and `x?`: what there is, from the one set of metadata. `ls` and `apropos`, which show it in other ways. */

import { fieldPage, noSuchField } from '../commands/field-page.js'
import { layerCode } from '../commands/layer-code.js'
import { layerMetadata, USUAL_LAYERS } from '../commands/layer-metadata.js'
import { layerNamed } from '../commands/layer-named.js'
import { listing } from '../commands/listing.js'
import { allMetadata, type Metadata, metadataOf } from '../commands/metadata.js'
import { moduleOf } from '../commands/modules.js'
import { search, searchText } from '../commands/search.js'
import { brief, definitions, type Page } from '../commands/text-layout.js'
import { Task } from '../exchange/task.js'
import { type Paint, plain } from '../exchange/terminal-colours.js'
import { wrapped } from '../exchange/text-width.js'
import { LAYER_GROUPS } from '../layers/index.js'
import { layerByName, PacketError, suggestion } from '../packet/index.js'
import type { Evaluator } from './evaluate.js'
import { type FunctionSource, sourceOfFunction } from './function-source.js'
import { memberLines, metadataPage, parameterPage } from './help-page.js'
import { classNames, globalValue, namedSubject, type Subject, valueSubject } from './help-subject.js'
import { LANGUAGE } from './language.js'

/** Groups of which the list has the names alone: they are many, and `help` shall fit on a screen or two. */
const NAMES_ALONE = [
  'Layers',
  'Fields of layers',
  'Random values',
  'Keys and fingerprints',
  'Other programs',
  'Objects',
  'Prompt',
]
/** Groups that stand behind all others, in this order. */
const LAST = ['Objects', 'Topics', LANGUAGE, 'Prompt']
/** Columns of names where the terminal's are not known. */
const USUAL_COLUMNS = 110

const START: readonly [string, string][] = [
  ["IP({dst: '10.0.0.2'})/ICMP()", 'a packet; / stacks layers'],
  ['net = practiceNetwork()', 'a network without root'],
  ["sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: net.link})", 'send, get the answer'],
  ["sniff({iface: 'eth0', count: 5})", 'capture (root)'],
  ["ls(TCP)   sr1?   help('filters')   apropos('dns')", 'fields, help, search'],
]

/** The list of everything described, by group; of layers and the like the names alone. */
export function helpList(paint: Paint = plain, columns = Number.POSITIVE_INFINITY): string {
  const page = { paint, columns }
  const groups = groupsOf()
  const lines = startLines(page)
  const isLast = (group: string): boolean => LAST.includes(group)
  const isShort = (group: string): boolean => NAMES_ALONE.includes(group)
  const first = [...groups.keys()].filter((group) => !isLast(group))
  const order = [
    ...first.filter((group) => !isShort(group)),
    ...first.filter(isShort),
    ...LAST.filter((group) => groups.has(group)),
  ]
  const ofMany = usualOnes()
  for (const group of order) {
    const entries = groups.get(group)!
    if (!NAMES_ALONE.includes(group)) {
      lines.push(briefText(group, entries, page))
      continue
    }
    const usual = ofMany[group]
    const names = usual?.names ?? entries.map(([name]) => name)
    const all = wrapped(names.join(' '), 2, Math.min(columns, USUAL_COLUMNS))
    const more =
      usual === undefined
        ? `: help('${group}') tells what they are`
        : `: the usual ones of ${entries.length}; ${usual.all} lists all`
    lines.push(`${paint('bold', group)}${paint('gray', more)}`, `  ${paint('cyan', all)}`)
  }
  lines.push(
    paint(
      'gray',
      'help(NAME) or NAME? tells more of one, NAME?? shows its source; .help lists the commands of the prompt.',
    ),
  )
  return lines.join('\n')
}

/** Of groups with very many names those that most people need. */
// A function, since the layers' names are loaded when somebody asks for help, not before.
const usualOnes = (): Readonly<Record<string, { names: readonly string[]; all: string }>> => ({
  Layers: { names: USUAL_LAYERS, all: 'ls()' },
  Objects: {
    names: [
      'Packet',
      'AnswerList',
      'ScanResult',
      'Task',
      'Session',
      'TcpSession',
      'WebServer',
      'HttpResponse',
      'FileServer',
    ],
    all: "help('Objects')",
  },
})

/** The first steps; they are typed as they stand, so nothing breaks them. */
function startLines({ paint, columns }: Page): string[] {
  const width = Math.max(...START.map(([code]) => code.length))
  const fits = START.every(([, text]) => width + 4 + text.length <= columns)
  const lines = START.map(
    ([code, text]) => `  ${paint('cyan', fits ? code.padEnd(width) : code)}${fits ? `  ${text}` : ''}`,
  )
  return [paint('bold', 'Start here'), ...lines]
}

/** Everything described by group, in the order of description; layers of the user's stand among the others. */
function groupsOf(): Map<string, [string, Metadata][]> {
  const groups = new Map<string, [string, Metadata][]>()
  for (const [name, metadata] of allMetadata()) {
    const group = metadata.group ?? 'Commands'
    if (!groups.has(group)) groups.set(group, [])
    groups.get(group)?.push([name, metadata])
  }
  return groups
}

/** A line for each. */
function briefText(group: string, entries: readonly [string, Metadata][], { paint, columns }: Page): string {
  const width = Math.min(16, Math.max(...entries.map(([name]) => name.length)))
  const rows = entries.map(([name, { summary }]) => {
    const label = name.padEnd(width)
    return `  ${paint('cyan', label)}  ${brief(summary, columns - label.length - 4)}`
  })
  return [paint('bold', group), ...rows].join('\n')
}

/** Groups of layers as `ls()` has them; what is in none stands last. */
function bySection(a: string | undefined, b: string | undefined): number {
  const place = (section: string | undefined): number =>
    (LAYER_GROUPS as readonly (string | undefined)[]).indexOf(section) >>> 0
  return place(a) - place(b)
}

/** A group with its texts; where it has sections, one after the other. */
function groupText(group: string, entries: readonly (readonly [string, Metadata])[], page: Page): string {
  const places = [...new Set(entries.map(([, { section }]) => section))].sort(bySection)
  return places
    .flatMap((place) => {
      const rows = entries.flatMap(([name, { section, summary }]) =>
        section === place ? [[name, summary] as const] : [],
      )
      return [page.paint('bold', place === undefined ? group : `${group}: ${place}`), ...definitions(rows, page)]
    })
    .join('\n')
}

/** The help of one thing: a name, a group of names, or a value. */
export function helpFor(
  subject: unknown,
  paint: Paint = plain,
  columns = Number.POSITIVE_INFINITY,
  evaluator: Evaluator | null = null,
): string {
  return subjectText(
    typeof subject === 'string' ? namedSubject(subject) : valueSubject(subject),
    { paint, columns },
    evaluator,
  )
}

/** The help and the source of one thing, `x??`: of a layer its declaration, of what the user wrote his own text. */
export function sourceFor(
  subject: unknown,
  paint: Paint = plain,
  columns = Number.POSITIVE_INFINITY,
  evaluator: Evaluator | null = null,
): string {
  const page = { paint, columns }
  const found = typeof subject === 'string' ? namedSubject(subject) : valueSubject(subject)
  return `${subjectText(found, page, evaluator)}\n\n${sourceText(found, page, evaluator)}`
}

function subjectText(subject: Subject, page: Page, evaluator: Evaluator | null): string {
  switch (subject.kind) {
    case 'described':
      return metadataPage(subject.name, subject.metadata, page)
    case 'layer': {
      const layer = layerNamed(subject.definition.layerName)
      const text = layer === undefined ? '' : metadataPage(layer.layerName, layerMetadata(layer), page)
      return text || listing(subject.definition.callable, page)
    }
    case 'field':
      return fieldPage(subject.definition, subject.field, page) ?? noSuchField(subject.definition, subject.field)
    case 'parameter':
      return parameterPage(subject.owner, subject.parameter, page)
    case 'group':
      return groupText(subject.name, groupsOf().get(subject.name) ?? [], page)
    case 'function':
      return functionText(subject.value, page, evaluator)
    case 'value':
      return valueText(subject.value, page)
    case 'nothing':
      return nothingText(subject.name)
  }
}

/** A function of the user's: how it is called, and the comment that stands with it. */
function functionText(
  value: (...args: unknown[]) => unknown,
  { paint, columns }: Page,
  evaluator: Evaluator | null,
): string {
  const source = evaluator === null ? null : sourceOfFunction(value, evaluator)
  if (source === null) {
    const parameters = /^[^(]*(\([^)]*\))/.exec(Function.prototype.toString.call(value))?.[1] ?? '(…)'
    return `${paint('cyan', `${value.name || 'function'}${parameters}`)}\n  A function without help of its own.`
  }
  const comment = source.comment.split('\n').map((line) => `  ${wrapped(line, 2, columns)}`)
  return [
    paint('cyan', source.signature),
    ...(source.comment === '' ? [] : comment),
    paint('gray', `  ${placeText(source)}; ${value.name || 'NAME'}?? shows it`),
  ].join('\n')
}

function placeText({ file, line }: FunctionSource): string {
  return /^prompt-\d+$/.test(file) ? `typed at the prompt` : `${file}:${line}`
}

function valueText(value: unknown, page: Page): string {
  const name = classNames(value)[0]
  const members = classNames(value).flatMap((each) => memberLines(each, page))
  if (members.length > 0) return [page.paint('cyan', name ?? 'value'), ...members].join('\n')
  const what =
    value === null
      ? 'null'
      : typeof value === 'object'
        ? `an object${name === undefined ? '' : ` (${name})`}`
        : `a ${typeof value}`
  return `There is no help for ${what === 'a undefined' ? 'undefined' : what}; help lists what there is.`
}

function nothingText(name: string): string {
  const near = suggestion(name, allMetadata().keys())
  if (near !== '') return `There is no help for '${name}'${near}`
  const finds = name === '' ? 0 : search(name).length
  return `There is no help for '${name}'; ${finds === 0 ? 'help lists what there is' : `apropos('${name}') finds ${finds}`}`
}

function sourceText(subject: Subject, { paint }: Page, evaluator: Evaluator | null): string {
  const title = (text: string): string => paint('bold', text)
  if (subject.kind === 'field' || subject.kind === 'layer')
    return [title('declaration, made from its layout'), layerCode(subject.definition)].join('\n')
  if (subject.kind === 'described') {
    const layer = layerByName(subject.name)
    if (layer !== undefined) return [title('declaration, made from its layout'), layerCode(layer.definition)].join('\n')
    const own = globalValue(subject.name)
    const source = evaluator === null ? null : sourceOfFunction(own, evaluator)
    if (source === null) return paint('gray', ownText(subject))
    return [title(placeText(source)), source.text].join('\n')
  }
  if (subject.kind !== 'function') return paint('gray', 'There is no source to show.')
  const source = evaluator === null ? null : sourceOfFunction(subject.value, evaluator)
  if (source !== null) return [title(placeText(source)), source.text].join('\n')
  const text = Function.prototype.toString.call(subject.value)
  return /\[native code\]\s*\}$/.test(text) ? paint('gray', 'It is built into JavaScript.') : text
}

/** What netshell brings along runs from one bundled file: that is nothing to read. */
function ownText({ name, metadata }: Subject & { kind: 'described' }): string {
  const module = moduleOf(name, metadata.group)
  if (metadata.group === 'Topics' || metadata.group === LANGUAGE) return 'There is no source to show.'
  return `part of netshell: ${module ?? 'src'} in its sources`
}

/** How a described function is called, or undefined. */
export function usageOf(subject: unknown): string | undefined {
  const found = valueSubject(subject)
  if (found.kind === 'described') return found.metadata.usage
  return typeof subject === 'function' && subject.name !== '' ? metadataOf(subject.name)?.usage : undefined
}

/** Where the pages of help go. */
export interface HelpPrinter {
  print(text: string): void | Promise<void>
  paint(): Paint
  /** Columns of the terminal; undefined breaks no line. */
  columns(): number | undefined
}

/** The globals `help`, `ls` and `apropos`. @param evaluator who knows the sources of the user's functions */
export function helpGlobals(
  printer: HelpPrinter,
  evaluator: () => Evaluator | null = () => null,
): { help: (subject?: unknown) => unknown; ls: (subject?: unknown) => unknown; apropos: (text: string) => unknown } {
  const look = (): [Paint, number] => [printer.paint(), printer.columns() ?? Number.POSITIVE_INFINITY]
  const page = (): Page => ({ paint: printer.paint(), columns: printer.columns() ?? Number.POSITIVE_INFINITY })
  // A pager is waited for, as all that takes its time.
  const shown = (name: string, text: string): unknown => {
    const paging = printer.print(text)
    return paging instanceof Promise ? Task.run(() => paging, { name }) : undefined
  }
  const help = (...subjects: unknown[]): unknown =>
    shown('help', subjects.length === 0 ? helpList(...look()) : helpFor(subjects[0], ...look(), evaluator()))
  Object.defineProperty(help, Symbol.for('nodejs.util.inspect.custom'), { value: () => helpList(...look()) })
  const ls = (...subjects: unknown[]): unknown => shown('ls', listing(subjects[0], page()))
  const apropos = (text: unknown): unknown => {
    if (typeof text !== 'string' || text.trim() === '')
      throw new PacketError("apropos: give a word to search for: apropos('checksum')")
    return shown('apropos', searchText(text, page()))
  }
  return { help, ls, apropos }
}
