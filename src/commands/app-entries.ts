import type { Entry } from './entry.js'

export const APP_ENTRIES: readonly Entry[] = []
