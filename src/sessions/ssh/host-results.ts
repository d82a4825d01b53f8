/** What a command has given on several machines. */
import { inspect } from 'node:util'
import { printable } from '../../exchange/index.js'
import { textTable } from '../../tools/text-table.js'
import type { SshResult } from './ssh-result.js'

/** What became of one machine. */
export interface HostResult {
  /** As it was given: `'web1'`, `'root@10.0.0.7'`. */
  host: string
  /** What the command has given; undefined when it did not run there. */
  result?: SshResult
  /** Why it did not run, or did not end. */
  error?: Error
  /** Whether it ran and ended with status 0. */
  ok: boolean
  /** Exit status; null when there is none. */
  status: number | null
  /** Seconds, connecting included. */
  duration: number
}

const LONGEST_LINE = 100

/** Made by `on`: an entry for each machine, in the order in which they were given. Prints as a table. */
export class HostResults extends Array<HostResult> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  /** Those where it did not run, or failed. */
  get failed(): HostResults {
    return HostResults.of(...this.filter(({ ok }) => !ok)) as HostResults
  }

  /** Those where it went well. */
  get succeeded(): HostResults {
    return HostResults.of(...this.filter(({ ok }) => ok)) as HostResults
  }

  /** Whether it went well on all of them. */
  get ok(): boolean {
    return this.every(({ ok }) => ok)
  }

  /** Results by the name of the machine. */
  get byHost(): Record<string, HostResult> {
    return Object.fromEntries(this.map((each) => [each.host, each]))
  }

  override toString(): string {
    const rows = this.map((each) => [
      printable(each.host),
      stateOf(each),
      `${each.duration.toFixed(2)} s`,
      lineOf(each),
    ])
    const good = this.filter(({ ok }) => ok).length
    const summary = `${this.length} host${this.length === 1 ? '' : 's'}: ${good} ok${good === this.length ? '' : `, ${this.length - good} failed`}`
    if (this.length === 0) return 'no hosts'
    return `${textTable(['HOST', 'STATUS', 'TIME', 'FIRST LINE'], rows, ['left', 'left', 'right'])}\n${summary}`
  }

  toJSON(): object[] {
    return Array.from(this, ({ host, ok, status, duration, result, error }) => ({
      host,
      ok,
      status,
      duration,
      ...(result === undefined ? {} : { stdout: result.stdout, stderr: result.stderr, signal: result.signal }),
      ...(error === undefined ? {} : { error: error.message }),
    }))
  }

  [inspect.custom](depth: number, options: { depth?: number }): string {
    return depth === options.depth ? this.toString() : `<HostResults of ${this.length}>`
  }
}

function stateOf({ ok, status, result, error }: HostResult): string {
  if (ok) return 'ok'
  if (result?.interrupted) return 'interrupted'
  if (result !== undefined && result.timedOut !== null) return 'timeout'
  if (result?.signal) return result.signal
  return status === null ? ((error as { code?: string } | undefined)?.code ?? 'error').toLowerCase() : `exit ${status}`
}

/** The first line that says something: of the output, of what went wrong. */
function lineOf({ ok, result, error }: HostResult): string {
  const texts = ok ? [result?.stdout, result?.stderr] : [error?.message, result?.stderr, result?.stdout]
  const text = texts.find((each) => each !== undefined && each.trim() !== '') ?? ''
  const lines = text.trim().split('\n')
  const first = printable(lines[0]!.trimEnd())
  const cut = first.length > LONGEST_LINE ? `${first.slice(0, LONGEST_LINE)}…` : first
  return lines.length > 1 ? `${cut} (+${lines.length - 1} lines)` : cut
}
