/** The agents of a collector as a table. */
import { formatDuration } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { grouped } from '../../exchange/progress-text.js'
import { textTable } from '../../tools/text-table.js'
import { shownName } from './wire.js'

/** What a collector knows of one run of an agent. */
export interface AgentRow {
  name: string
  /** Its id: two agents may have one name. */
  session: string
  /** Address and port from which it came last. */
  address: string
  folder: string
  /** When it came first. */
  since: Date
  /** When the last change of it came. */
  last: Date | undefined
  /** Number of its last change. */
  seq: number
  /** Changes that came. */
  count: number
  /** Changes that it dropped. */
  lost: number
  connected: boolean
}

const SHOWN = 50

/** An array of agents that prints as a table. */
export class AgentList extends Array<AgentRow> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    if (this.length === 0) return 'no agents'
    const now = Date.now()
    const ago = (date: Date | undefined): string =>
      date === undefined ? '–' : `${formatDuration(Math.max(0, now - date.getTime()) / 1000)} ago`
    const rows = this.slice(0, SHOWN).map((agent) => [
      one(agent.name),
      agent.session.slice(0, 8),
      agent.address,
      one(agent.folder),
      ago(agent.since),
      ago(agent.last),
      grouped(agent.count),
      agent.connected ? 'connected' : 'away',
      agent.lost > 0 ? `${grouped(agent.lost)} lost` : '',
    ])
    const headings = ['AGENT', 'SESSION', 'ADDRESS', 'FOLDER', 'SINCE', 'LAST CHANGE', 'CHANGES', 'STATE', '']
    const table = textTable(headings, rows, ['left', 'left', 'left', 'left', 'right', 'right', 'right'])
    return this.length > SHOWN ? `${table}\n… and ${this.length - SHOWN} more` : table
  }

  toJSON(): object[] {
    return Array.from(this, (agent) => ({ ...agent }))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function one(text: string): string {
  return printable(shownName(text))
}
