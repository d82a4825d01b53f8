/** The terminal's modes while a line is typed and while it is not. */

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'
const NOTHING = Buffer.alloc(0)
/** The buffer of a terminal is of that size, in bytes. */
const MOST_UNTAKEN = 4096

/** Input and output of one terminal. */
export class Tty {
  readonly #input: NodeJS.ReadStream
  readonly #output: NodeJS.WriteStream
  #taken = false

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#input = input
    this.#output = output
  }

  get columns(): number {
    return Math.max(2, this.#output.columns || 80)
  }

  get rows(): number {
    return Math.max(1, this.#output.rows || 24)
  }

  write(text: string): void {
    if (text !== '') this.#output.write(text)
  }

  /** Keys come one by one and pastes in brackets. @param shown what is to be shown with it, in one go */
  take(shown: () => string): void {
    if (!this.#taken) process.on('exit', this.#atExit)
    this.#taken = true
    this.#input.setRawMode?.(true)
    this.write(PASTE_ON + shown())
  }

  /** Whatever had the terminal may have left it in another mode than node:tty knows of. */
  renew(shown: () => string): void {
    this.#input.setRawMode?.(false)
    this.take(shown)
  }

  /** Ctrl-C has to become a signal while code runs, and what runs may read the terminal itself. */
  leave(shown = ''): void {
    if (this.#taken) process.removeListener('exit', this.#atExit)
    this.#taken = false
    this.write(shown + PASTE_OFF)
    this.#input.setRawMode?.(false)
  }

  /**
   * What was typed while keys still came one by one, and nobody has taken: a Ctrl-C among it is no signal, and becomes none behind
   * {@link leave}.
   */
  untaken(): Buffer {
    const fs = process.getBuiltinModule('node:fs')
    const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = fs.constants
    const room = Buffer.alloc(MOST_UNTAKEN)
    let copy: number | undefined
    try {
      if (!this.#input.isTTY) return NOTHING
      // Opened anew: reading does not wait then, whatever mode others have it in.
      copy = fs.openSync(`/proc/self/fd/${(this.#input as { fd?: number }).fd}`, O_RDONLY | O_NONBLOCK | O_NOCTTY)
      return room.subarray(0, fs.readSync(copy, room))
    } catch {
      // There is nothing, or the system is another one.
      return NOTHING
    } finally {
      if (copy !== undefined) fs.closeSync(copy)
    }
  }

  readonly #atExit = (): void => this.leave()
}
