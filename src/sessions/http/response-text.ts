/** How an answer looks. */
import { inspect } from 'node:util'
import { printable } from '../../exchange/index.js'
import { byteCount } from '../face/session.js'
import type { HttpResponse } from './response.js'

type Stylize = (text: string, style: string) => string
/** What the inspection of a value gets. */
interface Look {
  stylize?: Stylize
  breakLength?: number
  colors?: boolean
}

/** Lines of a body that are shown, and characters of each. */
const SHOWN_LINES = 20
const WIDEST_LINE = 400

/** `200 OK, application/json, 431 bytes, 12 ms`. */
export function responseLine(response: HttpResponse, stylize: Stylize = (text) => text): string {
  const { status, statusText, type, length, timing, history, source } = response
  const parts = [
    stylize(`${status}${statusText === '' ? '' : ` ${printable(statusText)}`}`, statusStyle(status)),
    ...(type === '' ? [] : [printable(type)]),
    byteCount(length),
    `${timing.total < 10 ? timing.total.toFixed(1) : Math.round(timing.total)} ms`,
    ...(source === 'cache'
      ? ['from the cache']
      : source === 'revalidated'
        ? ['from the cache, which still holds']
        : []),
    ...(history.length === 0 ? [] : [behind(response)]),
  ]
  return parts.join(', ')
}

/** `behind 301, 302`. */
function behind({ history }: HttpResponse): string {
  const shown = history.slice(0, 5).map(({ status }) => status)
  return `behind ${shown.join(', ')}${history.length > shown.length ? ' …' : ''}`
}

/** Colours as people know them: green for what went well, red for the server's fault. */
function statusStyle(status: number): string {
  if (status < 300) return 'string'
  if (status < 400) return 'special'
  return status < 500 ? 'number' : 'regexp'
}

/** The line, and below it the body: JSON laid out, long ones cut. */
export function responsePage(response: HttpResponse, { stylize, breakLength = 78, colors = false }: Look): string {
  const line = responseLine(response, stylize)
  if (response.length === 0) return line
  return `${line}\n${bodyText(response, { stylize, breakLength, colors })}`
}

function bodyText(response: HttpResponse, look: Look): string {
  if (/[/+]json$/.test(response.type)) {
    try {
      return jsonText(response.json(), look)
    } catch {
      // Shown as the text that it is.
    }
  }
  if (!response.isText) return gray(look, `(no text: res.bytes has it, res.save('name') writes it to a file)`)
  return cut(printable(response.text().trimEnd()), look, 'res.text()')
}

function jsonText(value: unknown, look: Look): string {
  const { colors, breakLength } = look
  const text = inspect(value, { colors, breakLength, depth: 6, maxArrayLength: 20, maxStringLength: 300 })
  return cut(printable(text, colors), look, 'res.json()')
}

function cut(text: string, look: Look, whole: string): string {
  const lines = text.split('\n')
  const shown = lines
    .slice(0, SHOWN_LINES)
    .map((line) => (line.length > WIDEST_LINE && look.colors !== true ? `${line.slice(0, WIDEST_LINE)}…` : line))
  const left = lines.length - shown.length
  return left === 0
    ? shown.join('\n')
    : `${shown.join('\n')}\n${gray(look, `… ${left} more line${left === 1 ? '' : 's'}: ${whole} has all`)}`
}

function gray({ stylize }: Look, text: string): string {
  return stylize === undefined ? text : stylize(text, 'undefined')
}

/** Whether a body only says the status again: `Not Found`, `404 Not Found`. */
export function repeatsStatus(text: string, status: number, statusText: string): boolean {
  const said = text.trim().toLowerCase()
  return [`${status} ${statusText}`, statusText, String(status)].some((line) => line.trim().toLowerCase() === said)
}
