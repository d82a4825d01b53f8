/** What the doctor finds out, one thing at a time. */

/** `note`: nothing that works or does not, but worth knowing. */
export type CheckState = 'ok' | 'limited' | 'missing' | 'note'

/** One thing that was looked at. */
export interface Check {
  /** `'libpcap'` */
  name: string
  state: CheckState
  /** What was found, or why it does not work. */
  found: string
  /** How it was found out, where that is more than looking. */
  tried?: string
  /** What to do about it: commands to type, or a sentence. */
  fix?: readonly string[]
  /** netshell is of little use without. */
  essential?: true
}

/** Checks that belong together. */
export interface CheckGroup {
  title: string
  checks: readonly Check[]
}

/** What went wrong, in one line. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}
