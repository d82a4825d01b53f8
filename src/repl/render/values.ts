/** Values of any kind as text, whatever they do when somebody looks at them. */
import { type InspectOptions, inspect, types } from 'node:util'
import { grouped } from '../../exchange/job.js'
import { printable } from '../../exchange/printable.js'
import { codesForInspect, plain } from '../../exchange/terminal-colours.js'
import { hexdumpOf, toHex } from '../../packet/index.js'
import { type Context, counted } from './context.js'

/** Bytes that are shown as a plain row of hexadecimal digits; more get a dump. */
const SHORT_BYTES = 32
/** Bytes of a dump. */
const DUMPED = 512
/** Characters of a text within quotes, and of one of several lines. */
const QUOTED = 2000
const MOST_TEXT = 200_000
/** Elements of an array. */
const ELEMENTS = 100

/** `inspect` that always gives a text: inspection of the user's own may fail. Getters are not called. */
export function inspected(value: unknown, options: InspectOptions = {}): string {
  try {
    return inspect(value, {
      depth: 4,
      maxArrayLength: ELEMENTS,
      maxStringLength: QUOTED,
      numericSeparator: false,
      compact: 3,
      ...options,
    })
  } catch (error) {
    return `[${kindOf(value)} that cannot be shown: ${messageOf(error)}]`
  }
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? (Array.isArray(value) ? 'array' : 'object') : typeof value
}

function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'its inspection fails'
  }
}

/** Anything that has no look of its own here. */
export function valueText(value: unknown, context: Context): string {
  const { paint, width, label = '' } = context
  const colors = paint !== plain
  if (colors) codesForInspect()
  const text = printable(inspected(value, { colors, breakLength: Math.max(width - 2, 40) }), colors)
  if (!types.isProxy(value) && Array.isArray(value) && value.length > ELEMENTS && text.includes(' more item'))
    return `${text}\n${paint('gray', `${grouped(ELEMENTS)} of ${grouped(value.length)} · ${label}.slice(${ELEMENTS}) shows the next, ${label}[n] one`)}`
  return text
}

/** Text in quotes; of several lines as it is. */
export function stringText(value: string, { paint, label }: Context): string {
  const hasLines = value.includes('\n')
  const most = hasLines ? MOST_TEXT : QUOTED
  const shown = value.length > most ? value.slice(0, most) : value
  const text = hasLines ? printable(shown) : paint('green', printable(inspect(shown, { maxStringLength: null })))
  if (shown === value) return text
  const all = label === undefined ? '' : ` · console.log(${label}) prints all`
  return `${text}\n${paint('gray', `${grouped(shown.length)} of ${counted(value.length, 'character')}${all}`)}`
}

/** Bytes in hexadecimal; many as a dump. */
export function bytesText(bytes: Uint8Array, { paint, label }: Context): string {
  const count = `${bytes.length} byte${bytes.length === 1 ? '' : 's'}`
  if (bytes.length <= SHORT_BYTES) {
    return bytes.length === 0 ? paint('gray', count) : `${paint('yellow', toHex(bytes))} ${paint('gray', `(${count})`)}`
  }
  const all = label === undefined ? '' : ` · hexdump(${label}) prints all`
  const rest = bytes.length > DUMPED ? `, the first ${DUMPED} shown${all}` : ''
  return `${hexdumpOf(bytes.subarray(0, DUMPED)).trimEnd()}\n${paint('gray', count + rest)}`
}

/** An error as a value: its message, its cause, and fields of its own; the stack is the shell's affair. */
export function errorText(error: Error, context: Context): string {
  const { paint } = context
  const own = (key: string): unknown => Object.getOwnPropertyDescriptor(error, key)?.value
  const name = typeof own('name') === 'string' ? (own('name') as string) : nameOf(error)
  const message = own('message')
  const lines = [paint('red', printable(typeof message === 'string' && message !== '' ? `${name}: ${message}` : name))]
  const cause = own('cause')
  if (cause !== undefined)
    lines.push(
      `  ${paint('gray', 'cause:')} ${types.isNativeError(cause) ? errorText(cause, context).replaceAll('\n', '\n  ') : valueText(cause, context)}`,
    )
  for (const key of Object.keys(error)) {
    const { get, value } = Object.getOwnPropertyDescriptor(error, key)!
    if (key === 'name' || get !== undefined || value === undefined) continue
    lines.push(`  ${paint('gray', `${printable(key)}:`)} ${valueText(value, context).replaceAll('\n', '\n  ')}`)
  }
  return lines.join('\n')
}

/** What setTimeout and setInterval give; undefined for anything else. Its many fields are nobody's business. */
export function timerText(value: object, { paint, label = 'timer' }: Context): string | undefined {
  const own = (key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value
  const after = own('_idleTimeout')
  if (typeof after !== 'number' || !Object.hasOwn(value, '_onTimeout') || nameOf(value) !== 'Timeout') return undefined
  if (own('_destroyed') === true || after < 0) return paint('gray', 'timer that is over')
  const [when, stop] = own('_repeat') === null ? ['once after', 'clearTimeout'] : ['every', 'clearInterval']
  return `timer: ${when} ${paint('cyan', `${after} ms`)}${paint('gray', `; ${stop}(${label}) stops it`)}`
}

/** The name of an object's class, without asking the object itself. */
function nameOf(object: object): string {
  const prototype = Object.getPrototypeOf(object) as object
  for (const key of ['name', 'constructor']) {
    const value: unknown = Object.getOwnPropertyDescriptor(prototype, key)?.value
    if (typeof value === 'string') return value
    if (typeof value === 'function') return value.name
  }
  return 'Error'
}
