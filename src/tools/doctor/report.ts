import { inspect } from 'node:util'
import { isUtf8 } from '../../exchange/locale.js'
import { printable } from '../../exchange/printable.js'
import { wrapped } from '../../exchange/text-width.js'
import { type Painter, unpainted } from '../../packet/paint.js'
import type { Check, CheckGroup, CheckState } from './check.js'

const MARKS: Readonly<Record<CheckState, readonly [utf8: string, ascii: string]>> = {
  ok: ['✔', '+'],
  limited: ['!', '!'],
  missing: ['✘', 'X'],
  note: ['·', '-'],
}
const ROLES = { ok: 'after', limited: 'mark', missing: 'problem', note: 'aside' } as const
const COLUMNS = 80
const NAME_WIDTH = 14

/** What works on this machine. */
export class DoctorReport {
  constructor(readonly groups: readonly CheckGroup[]) {}

  /** All that was looked at. */
  get checks(): Check[] {
    return this.groups.flatMap(({ checks }) => checks)
  }

  /** Whether all that is essential works: Node, capturing, sending, an interface. */
  get ok(): boolean {
    return this.checks.every(({ essential, state }) => essential !== true || state !== 'missing')
  }

  /** The list as text, 80 columns wide. */
  toString(): string {
    return this.text(unpainted)
  }

  /** The list with the looks of a painter. */
  text(paint: Painter): string {
    const utf8 = isUtf8() ? 0 : 1
    const lines: string[] = []
    for (const { title, checks } of this.groups) {
      if (checks.length === 0) continue
      if (lines.length > 0) lines.push('')
      lines.push(paint('title', title))
      for (const check of checks) lines.push(...checkLines(check, MARKS[check.state][utf8]!, paint))
    }
    return [...lines, '', this.#summary()].join('\n')
  }

  #summary(): string {
    const { checks } = this
    const broken = checks.filter(({ essential, state }) => essential && state === 'missing').map(({ name }) => name)
    const rest = checks.filter(
      ({ state, name }) => (state === 'limited' || state === 'missing') && !broken.includes(name),
    )
    const others = rest.length === 0 ? '' : `${rest.length} ${rest.length === 1 ? 'thing is' : 'things are'} limited`
    const remedy = checks.some(({ fix = [] }) => fix.length > 0) ? '; lines that begin with $ say what to do' : ''
    if (broken.length > 0)
      return wrapped(`Does not work: ${broken.join(', ')}${others === '' ? '' : `; ${others}`}${remedy}.`, 0, COLUMNS)
    if (others === '') return 'Everything works.'
    return wrapped(`All that is essential works; ${others}${remedy}.`, 0, COLUMNS)
  }

  toJSON(): object {
    return { ok: this.ok, groups: this.groups }
  }

  [inspect.custom](_depth: number, { stylize }: { stylize: (text: string, style: string) => string }): string {
    const styles = { after: 'string', mark: 'special', problem: 'regexp', aside: 'undefined', title: 'name' } as Record<
      string,
      string
    >
    return this.text((role, text) => stylize(text, styles[role] ?? ''))
  }
}

function checkLines({ name, state, found, fix = [] }: Check, mark: string, paint: Painter): string[] {
  const indent = NAME_WIDTH + 6
  const text = wrapped(printable(found).replaceAll('\n', ' '), indent, COLUMNS)
  return [
    `  ${paint(ROLES[state], mark)} ${printable(name).padEnd(NAME_WIDTH)}  ${text}`,
    // Commands stay whole: they are copied.
    ...(state === 'ok' || state === 'note' ? [] : fix).map(
      (line) => `${' '.repeat(indent)}${paint('mark', `$ ${printable(line)}`)}`,
    ),
  ]
}
