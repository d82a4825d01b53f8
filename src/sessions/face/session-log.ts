/** Lines about what happens in a session, above the prompt. When very many come, most of them are only counted. */
import { printable } from '../../exchange/printable.js'
import { report } from '../../exchange/report.js'
import { setting } from '../../exchange/settings.js'

/** Lines of a second that are shown. */
const MOST = 10
const SECOND = 1000

/** The log of one session. */
export class SessionLog {
  #since = 0
  #lines = 0
  #timer: NodeJS.Timeout | undefined

  /** @param isOn whether it tells anything at all */
  constructor(
    private readonly label: () => string,
    private readonly isOn: boolean,
  ) {}

  /** Tells one line. Texts from outside may be in it. */
  tell(text: string): void {
    if (!this.isOn || setting('quiet')) return
    const now = performance.now()
    if (now - this.#since > SECOND) this.#begin(now)
    if (++this.#lines <= MOST) report(`${this.label()}: ${printable(text)}`)
    else this.#timer ??= setTimeout(() => this.#begin(performance.now()), SECOND).unref()
  }

  #begin(now: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines > MOST) report(`${this.label()}: … and ${this.#lines - MOST} more`)
    this.#since = now
    this.#lines = 0
  }
}
