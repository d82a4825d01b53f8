import { inspect } from 'node:util'
import { printable } from '../../exchange/index.js'
import type { Connection } from './connection.js'
import { connectionTable } from './connection-table.js'
import { NetstatView } from './netstat-view.js'

/** Rows that the prompt shows; String(list) has all. */
const MOST_ROWS = 1000

/** Sockets, an array of plain records that prints as a table. What `filter` and `slice` give is one too. */
export class ConnectionList extends Array<Connection> {
  // Private, so that what map() gives looks like an array and nothing else.
  #hidden = 0
  #more = 0

  /** Sockets of which the process may be seen by root only. */
  get hidden(): number {
    return this.#hidden
  }

  /** Sockets that there are besides, more than a list takes. */
  get more(): number {
    return this.#more
  }

  /** Notes what the list has not. */
  _lacks({ hidden = this.#hidden, more = this.#more }: { hidden?: number; more?: number }): this {
    this.#hidden = hidden
    this.#more = more
    return this
  }

  /** The same in the format of `netstat -an`, without unix and packet sockets. */
  netstat(): NetstatView {
    return new NetstatView(this)
  }

  /** A table as wide as the terminal; elsewhere as wide as it needs. */
  override toString(): string {
    return this.#text(process.stdout.isTTY ? process.stdout.columns : undefined)
  }

  /** The records. */
  toJSON(): Connection[] {
    return Array.from(this)
  }

  [inspect.custom](depth: number, options: { breakLength?: number; depth?: number }, show: typeof inspect): string {
    // What map() gives is an array like any other.
    if (!this.every(isConnection)) return show(Array.from(this), options as object)
    if (depth !== options.depth) return `<ConnectionList of ${this.length}>`
    const { breakLength = 78 } = options
    return this.#text(Number.isFinite(breakLength) ? breakLength + 2 : undefined, MOST_ROWS)
  }

  #text(width: number | undefined, most = Number.POSITIVE_INFINITY): string {
    if (!this.every(isConnection)) return Array.from(this).join(',')
    const lines = this.length === 0 ? [] : [connectionTable(this.slice(0, most), width)]
    lines.push(printable(this.#summary(most)))
    return lines.join('\n')
  }

  #summary(most: number): string {
    const count = (is: (connection: Connection) => boolean): number => this.filter(is).length
    const parts = [
      [count(({ listening }) => listening), 'listening'],
      [count(({ state }) => state === 'ESTABLISHED' || state === 'CONNECTED'), 'connected'],
    ].filter(([found]) => found !== 0)
    const total = `${this.length === 0 ? 'no' : this.length} socket${this.length === 1 ? '' : 's'}`
    const notes = [parts.length === 0 ? total : `${total}: ${parts.map((part) => part.join(' ')).join(', ')}`]
    if (this.length > most) notes.push(`${this.length - most} more: .slice(${most}) shows the next`)
    if (this.more > 0) notes.push(`${this.more} more were left out`)
    if (this.hidden > 0)
      notes.push(
        `of ${this.hidden} the process is another user's: sudo netshell shows ${this.hidden === 1 ? 'it' : 'them'}`,
      )
    return notes.join('; ')
  }
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'protocol' in value && 'inode' in value
}
