import { printable } from '../../exchange/index.js'
import { type Alignment, textTable } from '../text-table.js'
import type { Connection } from './connection.js'

/** A column of the table. */
interface Column {
  heading: string
  cell(connection: Connection): string
  alignment?: Alignment
  /** Left out where the table is too wide, the highest first; 0: never. */
  dispensable: number
  /** How narrow it may become; unset: it keeps its width. */
  narrowest?: number
}

const COLUMNS: readonly Column[] = [
  { heading: 'PROTO', cell: ({ protocol, family }) => `${protocol}${family === 6 ? '6' : ''}`, dispensable: 0 },
  {
    heading: 'RECV-Q',
    cell: ({ receiveQueue }) => String(receiveQueue),
    alignment: 'right',
    dispensable: 3,
  },
  { heading: 'SEND-Q', cell: ({ sendQueue }) => String(sendQueue), alignment: 'right', dispensable: 3 },
  { heading: 'LOCAL', cell: ({ local }) => local, dispensable: 0, narrowest: 14 },
  { heading: 'REMOTE', cell: ({ remote }) => remote, dispensable: 0, narrowest: 14 },
  { heading: 'STATE', cell: ({ state, type }) => [state ?? '', type ?? ''].join(' ').trim(), dispensable: 0 },
  { heading: 'USER', cell: ({ uid, user }) => user ?? (uid < 0 ? '' : String(uid)), dispensable: 4 },
  { heading: 'PROCESS', cell: processCell, dispensable: 0, narrowest: 8 },
]

/** Sockets as a table under headings. @param width columns that it may take; unset: as many as it needs */
export function connectionTable(connections: readonly Connection[], width = Number.POSITIVE_INFINITY): string {
  let columns = COLUMNS.filter(({ cell }) => connections.some((connection) => !/^0?$/.test(cell(connection))))
  const cells = new Map(columns.map(({ heading, cell }) => [heading, connections.map((each) => printable(cell(each)))]))
  const wide = (column: Column): number =>
    cells.get(column.heading)!.reduce((widest, text) => Math.max(widest, text.length), column.heading.length)
  const total = (): number => columns.reduce((sum, column) => sum + wide(column) + 2, -2)
  for (let rank = 4; rank > 0 && total() > width; rank--)
    columns = columns.filter(({ dispensable }) => dispensable !== rank)
  // The widest column gives way first.
  for (let excess = total() - width; excess > 0; excess = total() - width) {
    const widest = columns
      .filter((column) => wide(column) > (column.narrowest ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => wide(b) - wide(a))[0]
    if (widest === undefined) break
    const next = Math.max(widest.narrowest!, wide(widest) - Math.max(1, Math.ceil(excess / 2)))
    cells.set(
      widest.heading,
      cells.get(widest.heading)!.map((text) => cutInside(text, next)),
    )
  }
  return textTable(
    columns.map(({ heading }) => heading),
    connections.map((_, row) => columns.map(({ heading }) => cells.get(heading)![row]!)),
    columns.map(({ alignment }) => alignment ?? 'left'),
  )
}

function processCell({ pid, process, processes }: Connection): string {
  if (pid === undefined) return ''
  const others = processes === undefined ? '' : ` +${processes.length - 1}`
  return `${pid}/${process}${others}`
}

/** The end of an address, its port, says more than its middle. */
function cutInside(text: string, width: number): string {
  if (text.length <= width) return text
  const end = Math.min(text.length, Math.ceil((width - 1) / 2))
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`
}
