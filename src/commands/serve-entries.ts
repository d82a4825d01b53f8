import { serve } from '../sessions/serve/index.js'
import type { Entry } from './entry.js'
import { serveCommand } from './tools/serve.js'

/** The file server. */
export const SERVE_ENTRIES: readonly Entry[] = [['serve', serve, () => serveCommand]]
