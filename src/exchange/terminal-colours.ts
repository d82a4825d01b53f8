/** Colours, where they are wanted: not into files and pipes, not with NO_COLOR; `conf.color` decides before both. */
import { inspect } from 'node:util'
import { type Painter, type Role, unpainted } from '../packet/index.js'
import { printable } from './printable.js'
import { setting } from './settings.js'

/** A text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string
export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'magenta' | 'gray' | 'bold' | 'dim'

/** No colours. */
export const plain: Paint = (_style, text) => text

interface Theme {
  styles: Readonly<Record<Style, string>>
  paint: Paint
  painter: Painter
}

/** The sixteen colours that every terminal has, in the shades that its user has chosen. */
const SIXTEEN = themeOf({
  red: '31',
  yellow: '33',
  green: '32',
  cyan: '36',
  blue: '34',
  magenta: '35',
  gray: '90',
  bold: '1',
  dim: '2',
})

/** Where there are 256: shades of medium brightness, which can be read on black and on white (contrast of 3 or more). */
const MEDIUM = themeOf({
  red: '38;5;160',
  yellow: '38;5;136',
  green: '38;5;28',
  cyan: '38;5;31',
  blue: '38;5;33',
  magenta: '38;5;133',
  gray: '38;5;244',
  bold: '1',
  dim: '2',
})

/** Layers one inside the other, and what is compared or marked, take these in turn. */
const IN_TURN: readonly Style[] = ['cyan', 'green', 'yellow', 'magenta', 'blue']

const ROLES: Readonly<Record<Exclude<Role, 'layer' | 'title' | 'mark'>, Style | undefined>> = {
  field: undefined,
  number: 'cyan',
  address: 'green',
  name: 'yellow',
  flags: 'magenta',
  bytes: 'blue',
  list: undefined,
  open: 'gray',
  problem: 'red',
  before: 'red',
  after: 'green',
  aside: 'gray',
}

function themeOf(styles: Readonly<Record<Style, string>>): Theme {
  const wrapped = (code: string, text: string): string => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`)
  const paint: Paint = (style, text) => wrapped(styles[style], text)
  return {
    styles,
    paint,
    painter(role, given, layer = 0) {
      const text = printable(given)
      const own = styles[IN_TURN[layer % IN_TURN.length]!]
      if (role === 'layer') return wrapped(own, text)
      if (role === 'title') return wrapped(`1;${own}`, text)
      if (role === 'mark') return wrapped(`1;7;${own}`, text)
      const style = ROLES[role]
      return style === undefined ? text : wrapped(styles[style], text)
    },
  }
}

/** What of a stream decides about colours. */
interface Destination {
  isTTY?: boolean
}

/**
 * The paint for a stream as things are now. The setting `color` decides; where it is 'auto', NO_COLOR (any value) turns colours
 * off, FORCE_COLOR (not 0) on; else a terminal has them.
 */
export function paintFor(stream: Destination, environment: NodeJS.ProcessEnv = process.env): Paint {
  return themeFor(stream, environment)?.paint ?? plain
}

/** The same for what the engine prints. */
export function painterOf(stream: Destination, environment: NodeJS.ProcessEnv = process.env): Painter {
  return themeFor(stream, environment)?.painter ?? unpainted
}

/** For whoever asks for colours, wherever they go. */
export function colouredPainter(environment: NodeJS.ProcessEnv = process.env): Painter {
  return themeOn(environment).painter
}

function themeFor(stream: Destination, environment: NodeJS.ProcessEnv): Theme | undefined {
  const color = setting('color')
  if (color !== 'auto') return color === 'always' ? themeOn(environment) : undefined
  if (environment.NO_COLOR) return undefined
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR === '0' ? undefined : themeOn(environment)
  return stream.isTTY && environment.TERM !== 'dumb' ? themeOn(environment) : undefined
}

function themeOn({ TERM = '', COLORTERM = '', FORCE_COLOR = '' }: NodeJS.ProcessEnv): Theme {
  const hasMany = /256|kitty|alacritty|ghostty|foot|wezterm|direct/.test(TERM) || COLORTERM !== '' || FORCE_COLOR >= '2'
  return hasMany ? MEDIUM : SIXTEEN
}

let isInspectSet = false

/** Gives node's `inspect`, and with it `console.log`, the same shades. */
export function codesForInspect(environment: NodeJS.ProcessEnv = process.env): void {
  if (isInspectSet || themeOn(environment) !== MEDIUM) return
  isInspectSet = true
  const codes = inspect.colors as Record<string, unknown[]>
  for (const name of ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta', 'gray', 'grey'])
    codes[name] = [MEDIUM.styles[name === 'grey' ? 'gray' : (name as Style)], 39]
}
