import type { Entry } from './entry.js'

export const WATCH_ENTRIES: readonly Entry[] = []
