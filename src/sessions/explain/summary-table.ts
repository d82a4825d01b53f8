import { grouped } from '../../exchange/progress-text.js'
import type { Style } from '../../exchange/terminal-colours.js'
import type { Painter, Role } from '../../packet/index.js'
import { type Column, cutMiddle, table } from '../../tools/fitted-table.js'
import { byteCount } from '../face/session.js'
import { countsOf } from './counts.js'
import { endText } from './flows.js'
import type { Talk } from './step.js'

/** More conversations are not listed one by one. */
const MOST = 40

/** Addresses keep both ends of what they say. */
const ENDS = { cut: cutMiddle, comfortable: 18, least: 9 }

/** A line for each conversation: who with whom, what it cost, how it ended. */
export function summaryTable(talks: readonly Talk[], width: number, paint: Painter): string[] {
  const shown = talks.length > MOST ? talks.slice(0, MOST - 1) : talks
  const counts = shown.map((talk) => countsOf([talk]))
  const numbers = (heading: string, cells: number[], isOptional = false): Column => ({
    heading,
    cells: cells.map((cell) => (cell === 0 ? '' : grouped(cell))),
    align: 'right',
    gives: 0,
    isOptional,
  })
  const columns: Column[] = [
    { heading: 'CLIENT', cells: shown.map(({ client }) => endText(client)), ...ENDS },
    { heading: 'SERVER', cells: shown.map(({ server }) => endText(server)), ...ENDS },
    { heading: '', cells: shown.map(({ protocol }) => protocol), gives: 0, isOptional: true },
    numbers(
      'PACKETS',
      counts.map(({ packets }) => packets),
    ),
    numbers(
      'OPEN',
      counts.map(({ handshake }) => handshake),
    ),
    numbers(
      'CLOSE',
      counts.map(({ close }) => close),
    ),
    { heading: 'DATA', cells: counts.map(({ data }) => byteCount(data)), align: 'right', gives: 0 },
    {
      heading: 'HEADERS',
      cells: counts.map(({ headers }) => byteCount(headers)),
      align: 'right',
      gives: 0,
      isOptional: true,
    },
    { heading: 'END', cells: shown.map(endOf), gives: 0 },
  ]
  const roles: Partial<Record<Style, Role>> = { bold: 'title' }
  const { lines } = table(columns, width, (style, text) => paint(roles[style] ?? 'list', text))
  return shown.length === talks.length ? lines : [...lines, `… ${grouped(talks.length - shown.length)} more`]
}

/** How it ended. */
function endOf({ phases, protocol }: Talk): string {
  const last = phases.at(-1)
  if (last === undefined) return ''
  if (last.kind === 'close') return 'closed'
  if (last.kind === 'data' || last.kind === 'handshake' || last.kind === 'TLS handshake') return 'open'
  return protocol === 'udp' && last.kind === 'datagrams' ? last.title : (last.title.split(':')[0] ?? '')
}
