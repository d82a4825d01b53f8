/** What handlers threw: told where the user reads it. A server calls a handler for each of thousands of clients, so the same mistake is told once. */
/** Told of each failure that is news. @param where `tcp 127.0.0.1:8808, event 'message'` */
export type FailureListener = (where: string, error: unknown) => void

let listener: FailureListener = (where, error) =>
  process.emitWarning(
    `${where}: a handler failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )

/** Replaces how failures of handlers are told: a shell shows the place in what was typed. Unset: as warnings of the process. */
export function tellFailuresWith(tell: FailureListener): void {
  listener = tell
}

/** For so long the same failure is not told again, ms. */
const QUIET = 10_000
const MOST_KNOWN = 1000
const known = new Map<string, { until: number; more: number }>()

/** Tells what a handler threw. */
export function tellFailure(label: string, event: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const key = `${event} ${message}`
  const before = known.get(key)
  const now = performance.now()
  if (before !== undefined && now < before.until) {
    before.more++
    return
  }
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, { until: now + QUIET, more: 0 })
  const again = before === undefined || before.more === 0 ? '' : ` (and ${before.more} times since it was told last)`
  listener(`${label}, event '${event}'${again}`, error)
}
