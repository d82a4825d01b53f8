/** What is known of each name a user can type: one registry for help, completion, `--help` and the docs. */
import { loadLayers } from '../packet/index.js'

/** What a parameter takes, as far as Tab can offer it. Values of layers' fields are known from the layers. */
export type ValueKind = 'file' | 'interface' | 'namespace' | 'layer' | 'name' | 'event'

/** One parameter or option. */
export interface ParameterMetadata {
  name: string
  /** What it means, with its unit and range. */
  summary: string
  /** As written in code: `number`, `string`, `Packet`. */
  type?: string
  /** What unset means. */
  default?: string
  /** The only values that are taken, or those that are usual. */
  choices?: readonly string[]
  /** What Tab offers inside of its quotes. */
  values?: ValueKind
}

/** What an example needs beyond netshell itself: the rights of root, a network with others in it, another program. */
export type ExampleNeed = 'root' | 'network' | 'program'

/** One example, as it is typed. */
export interface Example {
  code: string
  /** Unset: it runs as it stands, by anybody, anywhere. */
  needs?: ExampleNeed
}

/** What is known of a name: of a function, a method, a layer, an operator. */
export interface Metadata {
  /** One sentence: what it does and gives. */
  summary: string
  /** As it is called: `sniff({filter, count, timeout})`. */
  usage?: string
  /** What stands in the parentheses, in order; options (the object at the end) are in `parameters`. */
  positionals?: readonly ParameterMetadata[]
  /** The options. */
  parameters?: readonly ParameterMetadata[]
  /** What it gives, where the summary does not say: shape and units. */
  returns?: string
  /** What it throws, and when. */
  errors?: readonly string[]
  /** A line that works when typed, by anybody, anywhere. */
  example?: string
  /** More lines that work when typed; those that need rights or a network say so. */
  examples?: readonly (string | Example)[]
  /** Where it is defined: `RFC 768`. */
  source?: string
  /** Other names worth a look. */
  see?: readonly string[]
  /** Heading under which `help` lists it. */
  group?: string
  /** Part of a large group: of layers `link`, `network` … */
  section?: string | undefined
}

/** Made when it is first asked for: the prompt starts without. */
export type Described = Metadata | (() => Metadata)
type Members = Readonly<Record<string, Metadata>>

const registry = new Map<string, Described>()
const members = new Map<string, Map<string, Metadata>>()
let pending: (() => void)[] = []

/**
 * Describes a name that the user can type. A second description replaces the first.
 * @param group what `group` is where the metadata has none
 */
export function describe(name: string, metadata: Described, group?: string): void {
  registry.set(name, group === undefined ? metadata : () => ({ group, ...resolved(metadata) }))
}

/** Whether a name has a description. */
export function isDescribed(name: string): boolean {
  return registry.has(name)
}

/**
 * Describes the members of a class, by the class's name: what `help('Packet.show')` and Tab behind a dot say. Members of the
 * classes that it extends need no second description.
 */
export function describeMembers(className: string, all: Members): void {
  const known = members.get(className) ?? new Map<string, Metadata>()
  for (const [name, metadata] of Object.entries(all)) known.set(name, metadata)
  members.set(className, known)
}

/**
 * Registers descriptions to come: `work` is called once, when something is first asked for. V8 compiles a function when it is first
 * called, so the texts in it cost the start of the prompt nothing.
 */
export function describeLater(work: () => void): void {
  pending.push(work)
}

/** Makes all descriptions that are still to come. All that reads them does so by itself; a second call does nothing. */
export function loadDescriptions(): void {
  while (pending.length > 0) {
    const works = pending
    pending = []
    for (const work of works) work()
  }
}

/** What is known of a name, or of a member as in `Packet.show`; undefined where nothing is. */
export function metadataOf(name: string): Metadata | undefined {
  loadDescriptions()
  const known = registry.get(name) ?? (loadLayers() ? registry.get(name) : undefined)
  if (known !== undefined) return made(name, known)
  const [, className, member] = /^(.+)\.([^.]+)$/.exec(name) ?? []
  return className === undefined ? undefined : members.get(className)?.get(member!)
}

/** What is known of the members of a class. */
export function membersDescribed(className: string): ReadonlyMap<string, Metadata> {
  loadDescriptions()
  return members.get(className) ?? new Map()
}

/** The names of all classes of which members are described. */
export function classesDescribed(): readonly string[] {
  loadDescriptions()
  return [...members.keys()]
}

/** All described names with what is known of them, in the order of their description. */
export function allMetadata(): ReadonlyMap<string, Metadata> {
  loadLayers()
  loadDescriptions()
  for (const [name, known] of registry) made(name, known)
  return registry as Map<string, Metadata>
}

/** All examples of a description. */
export function examplesOf({ example, examples = [] }: Metadata): Example[] {
  return [...(example === undefined ? [] : [example]), ...examples].map((each) =>
    typeof each === 'string' ? { code: each } : each,
  )
}

function made(name: string, known: Described): Metadata {
  const metadata = resolved(known)
  if (metadata !== known) registry.set(name, metadata)
  return metadata
}

function resolved(known: Described): Metadata {
  return typeof known === 'function' ? known() : known
}

/**
 * Members that are only read: a summary for each.
 * @param name of the object in the examples
 * @param around what makes it, or puts an example between making it and closing it
 */
export function readMembers(
  name: string,
  around: string | ((example: string) => string),
  fields: Readonly<Record<string, string>>,
): Record<string, Metadata> {
  const whole = typeof around === 'string' ? (example: string) => `${around}; ${example}` : around
  return Object.fromEntries(
    Object.entries(fields).map(([field, summary]) => [field, { summary, example: whole(`${name}.${field}`) }]),
  )
}
