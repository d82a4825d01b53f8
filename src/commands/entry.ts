import type { Metadata } from './metadata.js'

/** One preloaded name: its value and what `help` says of it. */
export type Entry = [name: string, value: unknown, metadata: Metadata]
