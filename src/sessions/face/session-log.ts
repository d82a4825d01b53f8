/** Lines about what happens in a session, above the prompt. When very many come, most of them are only counted. */
import { printable } from '../../exchange/printable.js'
import { report } from '../../exchange/report.js'
import { setting } from '../../exchange/settings.js'

/** More lines in a second than this nobody can read. */
const MOST = 20
const SECOND = 1000

/** The log of one session. */
export class SessionLog {
  #lines = 0
  #timer: NodeJS.Timeout | undefined

  /**
   * @param label what stands before each line; '': nothing
   * @param isOn whether it tells anything at all
   */
  constructor(
    private readonly label: () => string,
    readonly isOn: boolean,
  ) {}

  /** Tells one line. Texts from outside may be in it. */
  tell(text: string): void {
    if (!this.isOn || setting('quiet')) return
    this.#timer ??= setTimeout(() => this.end(), SECOND).unref()
    if (++this.#lines <= MOST) this.#report(printable(text))
  }

  /** Says how many lines were left out; the next second begins. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines > MOST) this.#report(`… and ${this.#lines - MOST} more, too many to print`)
    this.#lines = 0
  }

  #report(text: string): void {
    const label = this.label()
    report(label === '' ? text : `${label}: ${text}`)
  }
}
