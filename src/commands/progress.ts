import type { TaskProgress } from '../exchange/index.js'

/**
 * How far something is, in one line: `scan of 10.0.0.2: 1200 of 10000 (12 %), 4 s left`.
 * @param seconds since it began, for the estimate
 * @returns undefined when it has told nothing yet
 */
export function progressText(name: string, state: TaskProgress, seconds: number): string | undefined {
  const { done, total, text, subject } = state
  if (done === undefined && text === undefined) return undefined
  const parts: string[] = []
  if (text !== undefined) parts.push(text)
  else if (total === undefined) parts.push(String(done))
  if (done !== undefined && total !== undefined && total > 0) {
    const share = Math.min(1, done / total)
    const percent = `${Math.floor(share * 100)} %`
    parts.push(text === undefined ? `${done} of ${total} (${percent})` : percent)
    // Of a beginning nothing can be concluded.
    if (share > 0.02 && share < 1 && seconds > 1) parts.push(`${durationText((seconds * (1 - share)) / share)} left`)
  }
  return `${subject === undefined ? name : `${name} ${subject}`}: ${parts.join(', ')}`
}

/** Whole seconds as people read them: `4 s`, `2 min 5 s`. */
function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
