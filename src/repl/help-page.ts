/** The help of one described thing as a page: what it does, what it takes and gives, examples that can be typed. */
import {
  examplesOf,
  type Metadata,
  membersDescribed,
  metadataOf,
  type ParameterMetadata,
} from '../commands/metadata.js'
import { definitions, type Page } from '../commands/text-layout.js'
import { topicText } from '../commands/topics.js'
import { cutTo, wrapped } from '../exchange/text-width.js'

const NEEDS = { root: 'needs root', network: 'needs a network, and root', program: 'needs the program' }
/** Options that are wider than this have their text one line below. */
const WIDEST_OPTION = 16

/** The page of a name that is described. */
export function metadataPage(name: string, metadata: Metadata, page: Page): string {
  const { paint, columns } = page
  const { summary, usage, positionals = [], parameters = [], returns, errors = [], source, see = [] } = metadata
  const lines = [paint('cyan', usage ?? name), `  ${wrapped(summary, 2, columns)}`]
  const topic = topicText(name)
  if (topic !== undefined) lines.push('', ...topicLines(topic, columns))
  if (positionals.length > 0) lines.push('', ...parameterLines(positionals, page))
  if (parameters.length > 0)
    lines.push(
      '',
      paint('bold', metadata.group === 'Layers' ? 'fields' : 'options'),
      ...parameterLines(parameters, page),
    )
  const facts: [string, string][] = []
  if (returns !== undefined && returns !== '') facts.push(['gives', returns])
  for (const [at, error] of errors.entries()) facts.push([at === 0 ? 'throws' : '', error])
  if (source !== undefined && source !== '') facts.push(['source', source])
  if (facts.length > 0) lines.push('', ...definitions(facts, page, { style: 'bold' }))
  lines.push(...exampleLines(metadata, page))
  lines.push(...memberLines(name, page))
  if (see.length > 0) lines.push('', `${paint('gray', 'see')}  ${wrapped(see.join(', '), 5, columns)}`)
  return lines.join('\n')
}

/** The page of one option, or of one thing that stands in the parentheses. */
export function parameterPage(owner: string, parameter: ParameterMetadata, page: Page): string {
  const { paint } = page
  const { name, summary, type, choices = [] } = parameter
  const facts: [string, string][] = []
  if (type !== undefined) facts.push(['type', type])
  if (parameter.default !== undefined) facts.push(['unset', parameter.default])
  if (choices.length > 0) facts.push(['choices', choices.join(', ')])
  const isOption = metadataOf(owner)?.parameters?.includes(parameter) === true
  const usage = isOption ? `${owner}({${name}: …})` : `${owner}(${name})`
  return [
    paint('cyan', usage),
    `  ${wrapped(summary || 'a field of this layer', 2, page.columns)}`,
    ...(facts.length > 0 ? ['', ...definitions(facts, page, { style: 'bold' })] : []),
    '',
    `${paint('gray', 'see')}  ${owner}`,
  ].join('\n')
}

/** The members of a class, a line each: what is read, then what is called. */
export function memberLines(className: string, { paint, columns }: Page): string[] {
  const members = [...membersDescribed(className)]
  if (members.length === 0) return []
  const width = Math.min(20, Math.max(...members.map(([name, { usage }]) => label(name, usage).length)))
  const row = ([name, { summary, usage }]: [string, Metadata]): string => {
    const text = label(name, usage).padEnd(width)
    return `  ${paint('cyan', text)}  ${cutTo(summary, columns - text.length - 4)}`
  }
  const read = members.filter(([, { usage }]) => usage === undefined)
  const called = members.filter(([, { usage }]) => usage !== undefined)
  return [
    ...(read.length > 0 ? ['', paint('bold', 'has'), ...read.map(row)] : []),
    ...(called.length > 0 ? ['', paint('bold', 'can'), ...called.map(row)] : []),
    paint('gray', `help('${className}.${(called[0] ?? read[0]!)[0]}') tells more of one`),
  ]
}

function label(name: string, usage: string | undefined): string {
  return usage === undefined ? name : `${name}(${usage.endsWith('()') ? '' : '…'})`
}

function parameterLines(parameters: readonly ParameterMetadata[], page: Page): string[] {
  const rows = parameters.map(({ name, summary, type, choices, ...rest }): [string, string] => {
    const parts = [type, rest.default === undefined || rest.default === '' ? undefined : `unset: ${rest.default}`]
    const values = choices === undefined || choices.length === 0 ? '' : `: ${choices.join(', ')}`
    const note = parts.filter((part) => part !== undefined).join('; ')
    return [name, `${summary}${values}${note === '' ? '' : ` (${note})`}`.trim()]
  })
  return definitions(rows, page, { most: WIDEST_OPTION, style: 'bold' })
}

/** Examples stand at the left, unbroken: they are copied. */
function exampleLines(metadata: Metadata, { paint }: Page): string[] {
  const examples = examplesOf(metadata)
  if (examples.length === 0) return []
  const lines = examples.map(
    ({ code, needs }) => `  ${code}${needs === undefined ? '' : paint('gray', `  // ${NEEDS[needs]}`)}`,
  )
  return ['', paint('bold', examples.length === 1 ? 'example' : 'examples'), ...lines]
}

function topicLines(text: string, columns: number): string[] {
  return text
    .split('\n')
    .map((line) => (line === '' || line.startsWith('  ') ? line : `  ${wrapped(line, 2, columns)}`))
}
