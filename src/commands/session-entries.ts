import type { Entry } from './entry.js'

export const SESSION_ENTRIES: readonly Entry[] = []
