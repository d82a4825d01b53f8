import { printable } from '../../exchange/index.js'
import { plain } from '../../exchange/terminal-colours.js'
import { type Column, cutMiddle, table } from '../fitted-table.js'
import type { Connection } from './connection.js'

/** How a column is made of sockets. */
interface SocketColumn extends Omit<Column, 'cells'> {
  cell(connection: Connection): string
}

/** How a column of addresses gives way: the end, its port, says more than its middle. */
const ADDRESS = { cut: cutMiddle, least: 14 }

const COLUMNS: readonly SocketColumn[] = [
  { heading: 'PROTO', cell: ({ protocol, family }) => `${protocol}${family === 6 ? '6' : ''}`, gives: 0 },
  {
    heading: 'RECV-Q',
    cell: ({ receiveQueue }) => String(receiveQueue),
    align: 'right',
    isOptional: true,
  },
  { heading: 'SEND-Q', cell: ({ sendQueue }) => String(sendQueue), align: 'right', isOptional: true },
  { heading: 'LOCAL', cell: ({ local }) => local, ...ADDRESS },
  { heading: 'REMOTE', cell: ({ remote }) => remote, ...ADDRESS },
  { heading: 'STATE', cell: ({ state, type }) => [state ?? '', type ?? ''].join(' ').trim(), gives: 0 },
  { heading: 'USER', cell: ({ uid, user }) => user ?? (uid < 0 ? '' : String(uid)), isOptional: true },
  { heading: 'PROCESS', cell: processCell, cut: cutMiddle, least: 8 },
]

/** Sockets as a table under headings. @param width columns that it may take; unset: as many as it needs */
export function connectionTable(connections: readonly Connection[], width = Number.POSITIVE_INFINITY): string {
  const columns = COLUMNS.map(({ cell, ...column }) => ({ ...column, cells: connections.map((each) => cell(each)) }))
    // One that has nothing in it, or zeros alone, tells nothing.
    .filter(({ cells }) => cells.some((text) => !/^0?$/.test(text)))
    .map((column) => ({ ...column, cells: column.cells.map((text) => printable(text)) }))
  return table(columns, width, plain).lines.join('\n')
}

function processCell({ pid, process, processes }: Connection): string {
  if (pid === undefined) return ''
  const others = processes === undefined ? '' : ` +${processes.length - 1}`
  return `${pid}/${process}${others}`
}
