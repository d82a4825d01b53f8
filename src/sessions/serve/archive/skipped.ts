/** What could not be put into an archive: it goes on without, and says so behind its end. */
import { printable } from '../../../exchange/printable.js'
import { report } from '../../../exchange/report.js'

/** So many are named. */
const NAMED = 5

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'not allowed to read it',
  EPERM: 'not allowed to read it',
  ENOENT: 'it is gone',
  ELOOP: 'it has become a link',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  EIO: 'it can not be read',
}

/** What was left out of one archive. */
export class Skipped {
  readonly #named: string[] = []
  #count = 0

  /** @param reason an error of the system, or words */
  add(name: string, reason: unknown): void {
    this.#count++
    if (this.#named.length < NAMED) this.#named.push(`${printable(name)} (${wordsOf(name, reason)})`)
  }

  /** Tells the user, if there is something to tell. */
  report(archive: string): void {
    const more = this.#count - this.#named.length
    if (this.#count === 0) return
    const list = [...this.#named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
    report(`serve: not in ${printable(archive)}: ${list}`, 'warning')
  }
}

function wordsOf(name: string, reason: unknown): string {
  if (typeof reason === 'string') return reason
  const { code, message } = reason as NodeJS.ErrnoException
  // What Node can not decode it can not find again either.
  if (code === 'ENOENT' && name.includes('\ufffd')) return 'its name is no UTF-8'
  return REASONS[code ?? ''] ?? printable(message)
}
