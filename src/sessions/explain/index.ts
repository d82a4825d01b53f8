/** Packets of a session as a ladder. */
import { later } from '../face/later.js'
import { explain as explainNow } from './explain.js'

/** What `explain` in explain.ts says; loaded when it is first called. */
export const explain: typeof explainNow = later(() => explainNow)

export type { ExplainOptions } from './explain.js'
export type { Explainable } from './explainable.js'
export { Ladder } from './ladder.js'
