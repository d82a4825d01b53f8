import type { Entry } from './entry.js'

export const WEB_ENTRIES: readonly Entry[] = []
