import { printable } from '../../exchange/index.js'
import { byteCount } from '../face/session.js'

/** What `get` and `put` give: how much was copied. */
export class TransferResult {
  /** Files that were copied. */
  files = 0
  /** Their bytes. */
  bytes = 0
  /** Seconds that it took. */
  duration = 0
  /** What was left out, and why: links, sockets, names that lead elsewhere. */
  readonly skipped: { path: string; why: string }[] = []

  /**
   * @param from where it came from
   * @param to where it is now
   */
  constructor(
    readonly from: string,
    readonly to: string,
  ) {}

  toString(): string {
    const rate = this.duration > 0 ? `, ${byteCount(Math.round(this.bytes / this.duration))}/s` : ''
    const many = this.files === 1 ? '' : `${this.files} files, `
    const skipped = this.skipped.map(({ path, why }) => `\nleft out: ${path}: ${why}`).join('')
    return printable(
      `${this.from} → ${this.to}: ${many}${byteCount(this.bytes)} in ${this.duration.toFixed(1)} s${rate}${skipped}`,
    )
  }

  toJSON(): object {
    const { from, to, files, bytes, duration, skipped } = this
    return { from, to, files, bytes, duration, skipped }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
