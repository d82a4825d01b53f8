/**
 * Ctrl-C while code runs. A thread sees SIGINT even when the main one is busy: it raises the flag that loops look at, and
 * sends a message for when nothing is busy. Until the thread is up, an ordinary handler does the same between turns.
 */
import type { Worker } from 'node:worker_threads'

/** Parked inside of two nested scripts that SIGINT breaks, so that no moment is left without a handler. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const vm = require('node:vm')
const never = new Int32Array(new SharedArrayBuffer(4))
const parked = (name) => new vm.Script(name + '()')
globalThis.park = () => Atomics.wait(never, 0, 0)
globalThis.watch = () => { for (;;) untilPressed(inner) }
const inner = parked('park')
const outer = parked('watch')
function untilPressed(script) {
  try {
    script.runInThisContext({ breakOnSigint: true })
  } catch {
    Atomics.store(workerData, 0, 1)
    parentPort.postMessage('pressed')
  }
}
parentPort.postMessage('ready')
for (;;) untilPressed(outer)
`

/** Watches SIGINT for one shell. */
export class SigintWatch {
  readonly #flags: Int32Array
  readonly #onPress: () => void
  #handler = false
  #thread: Worker | null = null
  /** Whether the thread is up. */
  watching = false

  /**
   * @param flags `[0]` is set to 1 at a press; who acts on it sets it back
   * @param onPress called for each press that nobody has acted on
   */
  constructor(flags: Int32Array, onPress: () => void) {
    this.#flags = flags
    this.#onPress = onPress
  }

  /** Takes SIGINT from now on: it does not end the process any more. */
  take(): void {
    if (this.#handler) return
    this.#handler = true
    // Never taken off again: that would reset what the thread installs after it (the last one that touches SIGINT wins).
    process.on('SIGINT', () => this.#onPress())
  }

  /** Starts the thread, in addition to {@link take}. Costs some milliseconds; the thread never keeps the process alive. */
  startThread(): void {
    this.take()
    if (this.#thread) return
    // Loaded now and not at the start of the program: it takes some of the milliseconds that a prompt may take.
    const threads = process.getBuiltinModule('node:worker_threads')
    this.#thread = new threads.Worker(THREAD, { eval: true, workerData: this.#flags, execArgv: [] })
    this.#thread.on('message', (message) => {
      if (message === 'ready') this.watching = true
      else if (this.#flags[0] === 1) this.#onPress()
    })
    // Without the thread, the handler still works whenever nothing is busy.
    this.#thread.on('error', () => {
      this.watching = false
    })
    this.#thread.unref()
  }
}
