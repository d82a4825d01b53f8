import type { Entry } from './entry.js'

export const NMAP_ENTRIES: readonly Entry[] = []
