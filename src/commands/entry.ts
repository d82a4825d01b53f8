import type { Metadata, ParameterMetadata } from './metadata.js'

/** One preloaded name: its value and what `help` says of it. */
export type Entry = [name: string, value: unknown, metadata: Metadata]

/** The option that all of the wire has. */
export const NETNS: ParameterMetadata = {
  name: 'netns',
  type: 'string',
  summary: 'network namespace, as ip netns names it',
  default: 'that of netshell',
}
