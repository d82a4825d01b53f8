/** What is known of each name a user can type: one registry for help, completion, `--help` and the docs. */

/** One parameter or option. */
export interface ParameterMetadata {
  name: string
  /** What it means, with its unit and range. */
  summary: string
  /** As written in code: `number`, `string`, `Packet`. */
  type?: string
  /** What unset means. */
  default?: string
}

/** What is known of a name. */
export interface Metadata {
  /** One sentence: what it does and gives. */
  summary: string
  /** As it is called: `sniff({filter, count, timeout})`. */
  usage?: string
  parameters?: readonly ParameterMetadata[]
  /** A line that works when typed. */
  example?: string
  /** Heading under which `help` lists it. */
  group?: string
}

const registry = new Map<string, Metadata>()

/** Describes a name that the user can type. A second description replaces the first. */
export function describe(name: string, metadata: Metadata): void {
  registry.set(name, metadata)
}

/** What is known of a name, or undefined. */
export function metadataOf(name: string): Metadata | undefined {
  return registry.get(name)
}

/** All described names with what is known of them, in the order of their description. */
export function allMetadata(): ReadonlyMap<string, Metadata> {
  return registry
}
