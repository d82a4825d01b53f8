/** Downloads and uploads as a table. */
import { formatDuration } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { textTable } from '../../tools/text-table.js'
import { byteCount } from '../face/session.js'
import type { TransferOutcome } from './request-parts.js'
import type { Transfer } from './resource.js'

const SHOWN = 20

/** An array of transfers that prints as a table; the latest is the last. */
export class TransferList extends Array<Transfer> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    if (this.length === 0) return 'no transfers'
    const now = Date.now()
    const rows = this.slice(-SHOWN).map(({ client, direction, name, done, total, began, ended, outcome }) => [
      client,
      direction,
      printable(name).replace(/\s+/g, ' '),
      byteCount(done),
      total === undefined ? '?' : total === 0 ? '100 %' : `${Math.floor((done / total) * 100)} %`,
      formatDuration(((ended?.getTime() ?? now) - began.getTime()) / 1000),
      outcome ?? 'running',
    ])
    const table = textTable(['CLIENT', 'WAY', 'NAME', 'DONE', 'OF ALL', 'TIME', 'STATE'], rows, [
      'left',
      'left',
      'left',
      'right',
      'right',
      'right',
    ])
    return this.length > SHOWN ? `${this.length - SHOWN} earlier ones\n${table}` : table
  }

  toJSON(): object[] {
    return Array.from(this, (transfer) => ({ ...transfer }))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** The transfers of a server: those that run, and the latest behind them. */
export class Transfers {
  readonly #running = new Set<Transfer>()
  #ended: Transfer[] = []

  /** @param most transfers that are over and are kept */
  constructor(private readonly most: number) {}

  get running(): number {
    return this.#running.size
  }

  begin(direction: Transfer['direction'], client: string, name: string): Transfer {
    const transfer: Transfer = {
      direction,
      client,
      name,
      total: undefined,
      done: 0,
      began: new Date(),
      ended: undefined,
      outcome: undefined,
    }
    this.#running.add(transfer)
    return transfer
  }

  /** It is over. Of what was none nothing is kept. */
  end(transfer: Transfer, outcome: TransferOutcome): void {
    this.#running.delete(transfer)
    transfer.ended ??= new Date()
    transfer.outcome ??= outcome === 'broken' ? 'broken' : 'complete'
    if (outcome === 'none') return
    this.#ended.push(transfer)
    // Twice as many for a moment: taking away the first of a long list each time would cost more.
    if (this.#ended.length > this.most * 2) this.#ended = this.#latest()
  }

  all(): TransferList {
    return TransferList.from([...this.#latest(), ...this.#running]) as TransferList
  }

  #latest(): Transfer[] {
    return this.most === 0 ? [] : this.#ended.slice(-this.most)
  }
}
