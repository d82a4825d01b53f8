import type { PacketList } from '../../capture/index.js'
import { printable } from '../../exchange/index.js'

/** One thing that a machine did. */
export interface MachineStep {
  /** Seconds since the start. */
  readonly seconds: number
  readonly state: string
  readonly what: string
}

/** Steps that are shown when a result is printed. */
const SHOWN = 40

/** What a state machine did, and what it gave. */
export class MachineResult {
  constructor(
    /** What `machine.end(value)` was given; undefined where it did not end by itself. */
    readonly value: unknown,
    /** The last state. */
    readonly state: string,
    readonly steps: readonly MachineStep[],
    /** Packets that came. */
    readonly received: PacketList,
  ) {}

  /** The steps, a line each. */
  toString(): string {
    const shown = this.steps.slice(0, SHOWN)
    const width = Math.max(0, ...shown.map(({ state }) => state.length))
    const lines = shown.map(
      ({ seconds, state, what }) => `${seconds.toFixed(3).padStart(8)}  ${state.padEnd(width)}  ${printable(what)}`,
    )
    if (this.steps.length > shown.length) lines.push(`… ${this.steps.length - shown.length} more in .steps`)
    return lines.join('\n')
  }

  toJSON(): unknown {
    return { value: this.value, state: this.state, steps: this.steps, received: this.received.length }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
