import type { Entry } from './entry.js'

export const SSH_ENTRIES: readonly Entry[] = []
