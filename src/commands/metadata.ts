/** What is known of each name a user can type: one registry for help, completion, `--help` and the docs. */

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
  /** A line that works when typed. */
  example?: string
  /** More lines that work when typed. */
  examples?: readonly string[]
  /** Where it is defined: `RFC 768`. */
  source?: string
  /** Other names worth a look. */
  see?: readonly string[]
  /** Heading under which `help` lists it. */
  group?: string
}

const registry = new Map<string, Metadata>()
const members = new Map<string, Map<string, Metadata>>()

/** Describes a name that the user can type. A second description replaces the first. */
export function describe(name: string, metadata: Metadata): void {
  registry.set(name, metadata)
}

/**
 * Describes the members of a class, by the class's name: what `help('Packet.show')` and Tab behind a dot say. Members of the
 * classes that it extends need no second description.
 */
export function describeMembers(className: string, all: Readonly<Record<string, Metadata>>): void {
  const known = members.get(className) ?? new Map<string, Metadata>()
  for (const [name, metadata] of Object.entries(all)) known.set(name, metadata)
  members.set(className, known)
}

/** What is known of a name, or of a member as in `Packet.show`; undefined where nothing is. */
export function metadataOf(name: string): Metadata | undefined {
  const known = registry.get(name)
  if (known !== undefined) return known
  const [, className, member] = /^(.+)\.([^.]+)$/.exec(name) ?? []
  return className === undefined ? undefined : members.get(className)?.get(member!)
}

/** What is known of the members of a class. */
export function membersDescribed(className: string): ReadonlyMap<string, Metadata> {
  return members.get(className) ?? new Map()
}

/** The names of all classes of which members are described. */
export function classesDescribed(): readonly string[] {
  return [...members.keys()]
}

/** All described names with what is known of them, in the order of their description. */
export function allMetadata(): ReadonlyMap<string, Metadata> {
  return registry
}
