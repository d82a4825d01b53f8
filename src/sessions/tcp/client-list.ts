/** The clients of a server as a table. */
import { formatDuration } from '../../exchange/index.js'
import { textTable } from '../../tools/text-table.js'
import { byteCount } from '../face/session.js'
import type { TcpClient } from './tcp-client.js'

const SHOWN = 20

/** An array of connections that prints as a table. */
export class ClientList extends Array<TcpClient> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    if (this.length === 0) return 'no clients'
    const now = Date.now()
    const rows = this.slice(0, SHOWN).map(({ peer, since, received, sent, state }) => [
      peer,
      formatDuration((now - since.getTime()) / 1000),
      byteCount(received),
      byteCount(sent),
      state,
    ])
    const table = textTable(['CLIENT', 'SINCE', 'IN', 'OUT', 'STATE'], rows, ['left', 'right', 'right', 'right'])
    return this.length > SHOWN ? `${table}\n… and ${this.length - SHOWN} more` : table
  }

  toJSON(): object[] {
    return Array.from(this, ({ peer, since, received, sent, state }) => ({ peer, since, received, sent, state }))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
