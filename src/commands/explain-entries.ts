import type { Entry } from './entry.js'

export const EXPLAIN_ENTRIES: readonly Entry[] = []
