/** What was asked and what answered, as tables. */
import { AnswerList, ExchangeResult, formatDuration } from '../../exchange/answer-list.js'
import { grouped } from '../../exchange/job.js'
import type { Packet } from '../../packet/index.js'
import { type Column, cutMiddle, table } from '../../tools/fitted-table.js'
import { type Context, counted, countLine } from './context.js'
import { type Row, rowOf } from './packet-list.js'

/** The text of pairs of query and answer, or of a whole exchange; undefined for anything else. */
export function answersText(value: object, context: Context): string | undefined {
  if (value instanceof AnswerList) {
    if (value.length === 0) return context.paint('gray', 'no answers')
    const shown = Math.min(value.length, context.rows)
    const foot = countLine(shown, value.length, `${grouped(value.length)} answered`, context)
    return [...pairTable(value, [], context), foot].join('\n')
  }
  if (!(value instanceof ExchangeResult)) return undefined
  const { answered, unanswered, sent } = value
  const { label = '', paint, rows } = context
  const shown = Math.min(answered.length, rows)
  const silent = shown === answered.length ? [...unanswered.slice(0, rows - shown)] : []
  const lines = answered.length + silent.length === 0 ? [] : pairTable(answered, silent, context)
  const count = `${counted(sent, 'packet')} sent, ${grouped(answered.length)} answered, ${grouped(unanswered.length)} not`
  const hidden = [
    ...(shown < answered.length ? [`${label}.answered.slice(${shown}) has more answers`] : []),
    ...(silent.length < unanswered.length ? [`${label}.unanswered the rest without`] : []),
  ]
  lines.push(paint('gray', hidden.length === 0 ? count : `${count} · ${hidden.join(', ')}`))
  return lines.join('\n')
}

/** A row for each pair: whom it was sent to and what, who answered and what, and how long that took. */
function pairTable(pairs: AnswerList, silent: readonly Packet[], { paint, width, rows }: Context): string[] {
  const shown = [...Array.prototype.slice.call(pairs, 0, rows)] as AnswerList[number][]
  const queries = [...shown.map(({ query }) => rowOf(query)), ...silent.map(rowOf)]
  const answers: (Row | undefined)[] = [...shown.map(({ answer }) => rowOf(answer)), ...silent.map(() => undefined)]
  const said = (row: Row | undefined): string => (row === undefined ? '' : `${row.protocol} ${row.info}`.trimEnd())
  const columns: Column[] = [
    {
      heading: '#',
      cells: queries.map((_, i) => (i < shown.length ? String(i) : '')),
      align: 'right',
      style: 'gray',
      gives: 0,
    },
    {
      heading: 'Sent to',
      cells: queries.map(({ destination }) => destination),
      cut: cutMiddle,
      least: 15,
      comfortable: 21,
    },
    { heading: 'Query', cells: queries.map(said), gives: 2, least: 8 },
    {
      heading: 'Answered by',
      cells: answers.map((row) => row?.source ?? 'no answer'),
      cut: cutMiddle,
      least: 15,
      comfortable: 21,
      styleOf: (row) => (answers[row] === undefined ? 'gray' : undefined),
    },
    { heading: 'Answer', cells: answers.map(said), gives: 2, least: 12 },
    {
      heading: 'RTT',
      cells: queries.map((_, i) => (i < shown.length ? formatDuration(shown[i]!.rtt) : '')),
      align: 'right',
      gives: 0,
      least: 9,
    },
  ]
  return table(columns, width, paint).lines
}
