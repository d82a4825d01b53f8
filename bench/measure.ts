/** Runs the sides of a measurement in turn, several times, and keeps the best of each. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** One line of the result. */
export interface Row {
  group: string
  name: string
  /** Our figure, in `unit`; null when it could not be measured. */
  ours: number | null
  /** The peer's figure, in `unit`; null when there is none. */
  peer: number | null
  unit: string
  /** What `name` says it is the ratio of; null when there is nothing to compare with. */
  ratio: number | null
  /** Bound on `ratio`, or on `ours` where there is no ratio: `'≥ 250'`. Null: for information. */
  goal: string | null
  /** Whether the goal is met; null where there is none. */
  ok: boolean | null
}

/** What the program of one side prints. */
export interface SideResult {
  side: string
  mode: string
  packets: number
  /** CPU of one packet. */
  nanoseconds: number
  /** CPU of one packet in the very first pass of a fresh process; only we give it. */
  cold?: number
  /** Field values read of one packet; 0 where it is not counted. */
  values: number
  /** Digest of what was read or built: equal on all sides, or they did not do the same work. */
  sink: string
  /** The same over the first packets alone, for peers too slow for all. */
  subsetSink?: string
}

/** A program that does one side's work and prints a `SideResult`. */
export interface Side {
  command: readonly string[]
  /** Compare the subset's sink instead of the whole one. */
  subset?: boolean
}

/** Runs a command and parses the JSON that it prints. @throws Error with what the command wrote to its error stream. */
export async function json<T>(command: readonly string[]): Promise<T> {
  try {
    const { stdout } = await execute(command[0]!, command.slice(1), { maxBuffer: 1 << 26 })
    return JSON.parse(stdout) as T
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(
      `${command.slice(0, 3).join(' ')} failed: ${(stderr || message).trim().split('\n').slice(-6).join('\n')}`,
    )
  }
}

/**
 * Runs all sides one after the other, `rounds` times, so that a noisy neighbour disturbs all alike, and gives the
 * best run of each: noise only ever adds CPU time.
 * @throws Error when two sides did not read or build the same.
 */
export async function duel<K extends string>(sides: Record<K, Side>, rounds: number): Promise<Record<K, SideResult>> {
  const best = {} as Record<K, SideResult>
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(sides) as K[]) {
      const result = await json<SideResult>(sides[name].command)
      if (best[name] === undefined || result.nanoseconds < best[name].nanoseconds) best[name] = result
    }
  }
  const reference = best['ours' as K]
  for (const name of Object.keys(sides) as K[]) {
    const expected = sides[name].subset ? reference.subsetSink : reference.sink
    if (best[name].sink === expected) continue
    throw new Error(
      `${name} read or built something else than we did (${reference.mode}): ${best[name].sink}, we ${expected}`,
    )
  }
  return best
}

/** What `ratio` must be, or `ours` where there is no ratio. */
export type Bound = { least: number } | { most: number } | { exactly: number }

/** A row whose ratio has a bound. */
export function compared(row: Omit<Row, 'ok' | 'goal'>, bound: Bound | null): Row {
  const value = row.ratio ?? row.ours
  if (bound === null || value === null) return { ...row, goal: null, ok: null }
  if ('least' in bound) return { ...row, goal: `≥ ${bound.least}`, ok: value >= bound.least }
  if ('most' in bound) return { ...row, goal: `≤ ${bound.most}`, ok: value <= bound.most }
  return { ...row, goal: `= ${bound.exactly}`, ok: value === bound.exactly }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
