import type { Described, ParameterMetadata } from './metadata.js'

/** One preloaded name: its value and what `help` says of it. Long texts are given as a function, which help calls when it needs them. */
export type Entry = [name: string, value: unknown, metadata: Described]

/** The option that all of the wire has. */
export const NETNS: ParameterMetadata = {
  name: 'netns',
  type: 'string',
  summary: 'network namespace, as ip netns names it',
  default: 'that of netshell',
  values: 'namespace',
}
