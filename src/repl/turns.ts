/** Turns: pieces of the user's code between two waits. Each may be ended from outside, by the thread that sees SIGINT (sigint-thread.ts). */
import { Interrupted } from '../exchange/task.js'
import { SHARED } from './sigint-thread.js'

/** The turns of one shell. */
export class Turns {
  readonly #flags: Int32Array
  #turn = 0
  /** What happens when the turn that runs now is ended from outside. */
  #cut: (() => void) | null = null
  /** Turns do not begin before this. */
  #held: Promise<void> | null = null

  /** @param flags shared with that thread */
  constructor(flags: Int32Array) {
    this.#flags = flags
  }

  /**
   * Runs a piece of the user's code between two waits. Not from a microtask: when it is ended from outside, the microtasks that
   * wait behind it would be lost.
   */
  run(work: () => void, fail: (reason: unknown) => void): void {
    if (this.#held) {
      void this.#held.then(() => this.run(work, fail))
      return
    }
    process.nextTick(() => {
      const flags = this.#flags
      this.#turn = (this.#turn % 0x3fffffff) + 1
      const turn = this.#turn
      this.#cut = () => fail(new Interrupted())
      Atomics.store(flags, SHARED.turn, turn)
      try {
        work()
      } finally {
        // Claimed: it is ended here, and nowhere behind.
        if (Atomics.compareExchange(flags, SHARED.turn, turn, 0) !== turn) {
          Atomics.wait(flags, SHARED.never, 0, 1000)
          Atomics.store(flags, SHARED.turn, 0)
        }
      }
    })
  }

  /** The user's code that follows waits this promise out. */
  holdBack(until: Promise<void>): void {
    this.#held = until
    void until.then(() => {
      if (this.#held === until) this.#held = null
    })
  }

  /** What ran has been ended in this turn (0: in none). */
  ended(turn: number): void {
    const flags = this.#flags
    flags[SHARED.mayEnd] = 0
    for (const stream of [process.stdout, process.stderr]) goOnWriting(stream)
    if (turn === 0 || flags[SHARED.turn] !== -turn) return
    flags[SHARED.turn] = 0
    this.#cut?.()
  }
}

/** A stream whose write was cut off between the system call and its own notes would wait for ever. */
function goOnWriting(stream: NodeJS.WriteStream): void {
  const { _writableState: state, _handle: handle } = stream as unknown as {
    _writableState?: { writing?: boolean; length?: number; onwrite?: (error: null) => void }
    _handle?: { writeQueueSize?: number }
  }
  let before = -1
  const look = (): void => {
    if (state?.writing !== true) return
    const idle = !handle?.writeQueueSize
    if (idle && state.length === before) {
      state.onwrite?.(null)
      return
    }
    before = idle ? state.length! : -1
    setTimeout(look, 5)
  }
  look()
}
