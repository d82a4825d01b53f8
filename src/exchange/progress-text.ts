/** How far a task is, as people read it: share, count, rate, and the time that is left. */
import type { TaskProgress } from './task.js'

/** Digits in groups of three: `1 204`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** How fast it has gone lately, per second. */
export interface Pace {
  /** Of what `done` counts. */
  done?: number
  /** Of packets, where `done` counts something else. */
  packets?: number
}

/** What is known of a task that runs, in parts; the share apart, for who draws it. */
export interface ProgressParts {
  /** What runs, and on what: `rdpcap big.pcap`. */
  subject: string
  /** Part that is done, 0 to 1, where that is known. */
  share: number | undefined
  /** `38 %`, `1 204 000 packets`, `310 000/s`, `6 s left`. */
  parts: string[]
}

/** Of a beginning nothing can be concluded: share from which the rest is estimated. */
const LEAST_SHARE = 0.02

/** @returns undefined when the task has told nothing yet */
export function progressParts(name: string, state: TaskProgress, pace: Pace = {}): ProgressParts | undefined {
  const { done, total, text, subject, packets } = state
  if (done === undefined && text === undefined && packets === undefined) return undefined
  const hasShare = done !== undefined && total !== undefined && total > 0 && Number.isFinite(total)
  const share = hasShare ? Math.min(1, done / total) : undefined
  const parts: string[] = []
  if (share !== undefined) parts.push(`${Math.floor(share * 100)} %`)
  if (text !== undefined) parts.push(text)
  else if (packets !== undefined) parts.push(countText(packets, 'packets'))
  else if (hasShare) parts.push(`${grouped(done)} of ${countText(total, state.unit)}`)
  else if (done !== undefined) parts.push(countText(done, state.unit))
  // What a text of the task's own counts is not known.
  const countsDone = text === undefined || state.unit !== undefined
  const rate = packets !== undefined ? pace.packets : countsDone ? pace.done : undefined
  if (rate !== undefined && rate >= 1) parts.push(`${grouped(rounded(rate))}/s`)
  if (share !== undefined && share > LEAST_SHARE && share < 1 && (pace.done ?? 0) > 0)
    parts.push(`${durationText((total! - done!) / pace.done!)} left`)
  return { subject: subject === undefined ? name : `${name} ${subject}`, share, parts }
}

function countText(count: number, unit: string | undefined): string {
  if (unit === undefined) return grouped(count)
  return `${grouped(count)} ${count === 1 ? unit.replace(/s$/, '') : unit}`
}

/** Three digits that count: a rate changes too quickly for more. */
function rounded(rate: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 2)
  return Math.round(rate / unit) * unit
}

/** Whole seconds as people read them: `4 s`, `2 min 5 s`, `1 h 10 min`. */
function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A look at a task's counters. */
interface Sample {
  at: number
  done: number | undefined
  packets: number | undefined
}

/** The pace is that of the last seconds: what was slow at first is forgotten. */
const WINDOW = 5000
/** Less time than this tells nothing of the pace, ms. */
const LEAST_TIME = 500

/** Watches one task: its pace is found from looks at it, one with each call. */
export class ProgressMeter {
  readonly #samples: Sample[] = []

  /** @param began when it began, as `performance.now()` */
  constructor(began = performance.now()) {
    this.#samples.push({ at: began, done: 0, packets: 0 })
  }

  /** Looks at the task. @param now as `performance.now()` */
  parts(name: string, state: TaskProgress, now = performance.now()): ProgressParts | undefined {
    const samples = this.#samples
    const latest: Sample = { at: now, done: state.done, packets: state.packets }
    while (samples.length > 1 && now - samples[1]!.at > WINDOW) samples.shift()
    const first = samples[0]!
    samples.push(latest)
    return progressParts(name, state, {
      done: rateOf(first.at, first.done, now, latest.done),
      packets: rateOf(first.at, first.packets, now, latest.packets),
    })
  }
}

function rateOf(from: number, before: number | undefined, to: number, now: number | undefined): number | undefined {
  if (before === undefined || now === undefined || to - from < LEAST_TIME || now < before) return undefined
  return ((now - before) * 1000) / (to - from)
}
