import { PacketError } from './errors.js'
import { printed } from './literal.js'
import { call, drawn, Kept, RandomValue } from './random-source.js'

/** Values that are found when a packet is built, but are not random: the time, counters, functions. */

const now = (): number => Date.now() / 1000

function clock(name: string, base: number | undefined, diff: number | undefined, isWhole: boolean): RandomValue {
  for (const [what, value] of [
    ['base', base],
    ['diff', diff],
  ] as const)
    if (value !== undefined && !Number.isFinite(value))
      throw new PacketError(`${name}: ${what} is ${printed(value)}; give seconds`)
  const behind = diff ?? (base === undefined ? 0 : now() - base)
  return new RandomValue(
    () => {
      const seconds = now() - behind
      return isWhole ? Math.floor(seconds) : seconds
    },
    call(name, base, diff),
  )
}

/**
 * The time at which the packet is built, in seconds since 1970 with a fraction: of a clock that stands at `base` now, or one that
 * is `diff` seconds behind.
 */
export function AutoTime(base?: number, diff?: number): RandomValue {
  return clock('AutoTime', base, diff, false)
}

/** The time at which the packet is built, in whole seconds since 1970: of a clock that stands at `base` now, or is `diff` behind. */
export function IntAutoTime(base?: number, diff?: number): RandomValue {
  return clock('IntAutoTime', base, diff, true)
}

/**
 * A number that is `step` more in each packet: `start`, `start + step` … ; where it would be `restart`, it is `start` again.
 * `seed()` starts it anew.
 */
export function IncrementalValue(start = 0, step = 1, restart?: number): RandomValue {
  for (const value of [start, step, restart ?? 0])
    if (!Number.isSafeInteger(value))
      throw new PacketError(`IncrementalValue: ${printed(value)} is no whole number; give start, step and restart`)
  const kept = new Kept(() => ({ next: start }))
  return new RandomValue(
    () => {
      const counter = kept.get()
      const value = counter.next
      counter.next = value + step === restart ? start : value + step
      return value
    },
    call(
      'IncrementalValue',
      start === 0 && step === 1 && restart === undefined ? undefined : start,
      step === 1 && restart === undefined ? undefined : step,
      restart,
    ),
  )
}

/** What a function gives each time a packet is built. */
export function DelayedEval(evaluate: () => unknown): RandomValue {
  if (typeof evaluate !== 'function')
    throw new PacketError(`DelayedEval(${printed(evaluate)}): give a function, such as () => process.uptime()`)
  return new RandomValue(() => drawn(evaluate()), `DelayedEval(${evaluate.toString()})`)
}
