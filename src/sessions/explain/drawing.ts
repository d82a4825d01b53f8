/** A conversation drawn as a ladder: two rails, the ends; an arrow for each packet. */
import { isUtf8 } from '../../exchange/locale.js'
import { grouped } from '../../exchange/progress-text.js'
import { cutTo, textWidth } from '../../exchange/text-width.js'
import type { Painter } from '../../packet/index.js'
import { byteCount } from '../face/session.js'
import { endText } from './flows.js'
import { type Fold, rungsOf } from './folding.js'
import type { Phase, Side, Step, Talk } from './step.js'

/** How a ladder is drawn. */
export interface DrawingOptions {
  width: number
  paint: Painter
  /** Nothing is folded. */
  all: boolean
  /** What a packet carries, safe to print. */
  preview: (step: Step) => string
}

interface Marks {
  rail: string
  line: string
  right: string
  left: string
  dots: string
  folded: string
  /** Where a phase begins, at the left rail and at the right one. */
  begin: readonly [string, string]
}
const UNICODE: Marks = { rail: '│', line: '─', right: '▶', left: '◀', dots: '┄', folded: '⋮', begin: ['├', '┤'] }
const ASCII: Marks = { rail: '|', line: '-', right: '>', left: '<', dots: '.', folded: ':', begin: ['+', '+'] }

/** Between the rail and what stands on an arrow: its shaft or its head, and a space. */
const LEAD = 3
/** What is beside the ladder wants so many columns; below, arrows are written shorter. */
const COMFORTABLE = 24
/** Below, nothing stands beside it. */
const LEAST_ASIDE = 8
/** Arrows grow into free room by so much. */
const STRETCH = 10
const COLOUR: Readonly<Record<Side, number>> = { client: 0, server: 1 }
const PHASE_COLOUR = 2

/** The lines of one conversation. */
export function drawTalk(talk: Talk, options: DrawingOptions): string[] {
  return new Drawing(talk, options).lines()
}

class Drawing {
  readonly #marks = isUtf8() ? UNICODE : ASCII
  readonly #start: number | undefined
  /** Milliseconds in one unit of the margin. */
  readonly #unit: 'ms' | 's'
  readonly #timeWidth: number
  readonly #fields: readonly number[]
  readonly #isShort: boolean
  /** Columns between the rails, and behind the right one. */
  readonly #between: number
  readonly #aside: number

  constructor(
    private readonly talk: Talk,
    private readonly options: DrawingOptions,
  ) {
    const { steps } = talk
    const { width } = options
    this.#start = steps.find(({ time }) => time !== undefined)?.time
    const last = steps.findLast(({ time }) => time !== undefined)?.time
    this.#unit = this.#start !== undefined && last !== undefined && last - this.#start >= 10 ? 's' : 'ms'
    const shown = this.#shownSteps()
    this.#timeWidth =
      this.#start === undefined ? 0 : Math.max(this.#unit.length, ...shown.map((step) => this.#time(step).length))
    const room = width - this.#marginWidth - 2
    const [wide, short] = [false, true].map((isShort) => widthsOf(shown, isShort)) as [number[], number[]]
    this.#isShort = room - needed(wide) < COMFORTABLE + 1
    this.#fields = this.#isShort ? short : wide
    const least = Math.min(room, Math.max(needed(this.#fields), this.#isShort ? 0 : this.#endsWidth()))
    const free = room - least - 1 - COMFORTABLE
    this.#between = least + Math.max(0, Math.min(STRETCH, Math.floor(free / 3)))
    this.#aside = room - this.#between - 1
  }

  lines(): string[] {
    const { steps, phases } = this.talk
    const lines = this.#heading()
    for (const phase of phases) {
      lines.push(this.#phase(phase))
      for (const rung of rungsOf(steps, phase, this.options.all)) {
        if ('step' in rung) lines.push(...this.#step(rung.step))
        else lines.push(this.#fold(rung.folded))
      }
    }
    return lines.map((line) => cutTo(line.trimEnd(), this.options.width))
  }

  #shownSteps(): Step[] {
    const { steps, phases } = this.talk
    return phases
      .flatMap((phase) => rungsOf(steps, phase, this.options.all))
      .flatMap((rung) => ('step' in rung ? [rung.step] : []))
  }

  // The ends

  #endsWidth(): number {
    const { client, server } = this.talk
    return `client ${endText(client)}  server ${endText(server)}`.length - 2
  }

  #heading(): string[] {
    const { client, server } = this.talk
    const { paint } = this.options
    const name = (side: Side, text: string): string => paint('title', `${side} ${text}`, COLOUR[side])
    const unit = this.#margin(this.#start === undefined ? '' : this.#unit)
    const gap = this.#between + 2 - this.#endsWidth() - 2
    if (gap >= 0)
      return [`${unit}${name('client', endText(client))}${' '.repeat(gap + 2)}${name('server', endText(server))}`]
    // Too long for one line: the server stands below, as far to the right as there is room.
    const text = `server ${endText(server)}`
    const free = Math.min(this.#between + 2, this.options.width - this.#marginWidth) - text.length
    return [
      `${unit}${name('client', endText(client))}`,
      `${this.#margin('')}${' '.repeat(Math.max(0, free))}${name('server', endText(server))}`,
    ]
  }

  #phase({ title }: Phase): string {
    const { paint } = this.options
    const { dots, begin } = this.#marks
    const text = ` ${title} `
    const free = this.#between - textWidth(text)
    if (free < 2) {
      const room = this.options.width - this.#marginWidth - 4
      return `${this.#margin('')}${paint('aside', `${begin[0]}${dots}`)}${paint('title', cutTo(text.trimEnd(), room), PHASE_COLOUR)}`
    }
    const left = Math.floor(free / 2)
    const side = (count: number): string => dots.repeat(count)
    return `${this.#margin('')}${paint('aside', begin[0] + side(left))}${paint('title', text, PHASE_COLOUR)}${paint('aside', side(free - left) + begin[1])}`
  }

  // Packets

  #step(step: Step): string[] {
    const { paint } = this.options
    const rail = paint('aside', this.#marks.rail)
    const [first = '', ...more] = this.#beside(step)
    const line = `${this.#margin(this.#time(step))}${rail}${this.#arrow(step)}${rail}${first}`
    const blank = `${this.#margin('')}${rail}${' '.repeat(this.#between)}${rail}`
    return [line, ...more.map((text) => `${blank}${text}`)]
  }

  #arrow(step: Step): string {
    const { paint } = this.options
    const { line, right, left, dots } = this.#marks
    const toServer = step.from === 'client'
    const shaft = step.flags === 'ICMP' ? dots : line
    const colour = COLOUR[step.from]
    const draw = (text: string): string => paint('layer', text, colour)
    let text = draw(toServer ? shaft.repeat(LEAD - 1) : `${left}${shaft.repeat(LEAD - 2)}`)
    let used = LEAD - 1
    fieldsOf(step, this.#isShort).forEach((field, i) => {
      const space = this.#fields[i]!
      if (space === 0) return
      const fill = space - textWidth(field) + 1
      const shown =
        field === '' ? '' : i === 0 ? paint('title', field, colour) : paint(i === 3 ? 'number' : 'field', field)
      text += field === '' ? draw(shaft.repeat(space + 3)) : ` ${shown} ${draw(shaft.repeat(fill))}`
      used += space + 3
    })
    const rest = this.#between - used
    const tail = toServer ? `${shaft.repeat(Math.max(0, rest - 1))}${right}` : shaft.repeat(Math.max(0, rest))
    return text + draw(tail)
  }

  /** What stands beside an arrow: what is to be said of the packet, then what it carries. */
  #beside(step: Step): string[] {
    const room = this.#aside
    if (room < LEAST_ASIDE) return []
    const { paint, preview } = this.options
    const role = step.notes.some(({ isTrouble }) => isTrouble) ? 'problem' : 'name'
    const lines = noteLines(
      step.notes.map(({ text }) => text),
      room,
    )
    const painted = lines.map((text) => ` ${paint(role, text)}`)
    const carried = preview(step)
    if (carried === '') return painted
    const used = lines.length === 1 ? textWidth(lines[0]!) + 1 : 0
    const shown = (columns: number): string => ` ${paint('bytes', cutTo(carried, columns))}`
    if (painted.length === 0) return [shown(room)]
    if (painted.length === 1 && room - used >= Math.min(LEAST_ASIDE, textWidth(carried)))
      return [`${painted[0]}${shown(room - used)}`]
    return painted
  }

  #fold({ packets, from, data }: Fold): string {
    const { paint } = this.options
    const { rail, folded, right, left } = this.#marks
    const sides = [
      from.client > 0 ? `${grouped(from.client)} ${right}` : '',
      from.server > 0 ? `${grouped(from.server)} ${left}` : '',
    ]
    const text = `${folded} ${grouped(packets)} packets more, ${byteCount(data)}: ${sides.filter((side) => side !== '').join('  ')}`
    const cut = cutTo(text, this.#between - 4)
    const space = ' '.repeat(Math.max(0, this.#between - 4 - textWidth(cut)))
    const edge = paint('aside', rail)
    return `${this.#margin('')}${edge}    ${paint('aside', cut)}${space}${edge}`
  }

  // The margin

  #time({ time }: Step): string {
    if (time === undefined || this.#start === undefined) return ''
    const seconds = time - this.#start
    return (this.#unit === 'ms' ? seconds * 1000 : seconds).toFixed(3)
  }

  get #marginWidth(): number {
    return this.#timeWidth === 0 ? 0 : this.#timeWidth + 1
  }

  #margin(text: string): string {
    if (this.#timeWidth === 0) return ''
    return `${this.options.paint('aside', text.padStart(this.#timeWidth))} `
  }
}

/** Notes in one line, or where there is no room for that, each in its own. */
function noteLines(notes: readonly string[], room: number): string[] {
  const all = notes.join(', ')
  if (all === '') return []
  if (textWidth(all) <= room) return [all]
  return notes.flatMap((note) => brokenAt(note, room))
}

/** Text broken between words, in lines of at most so many columns. */
function brokenAt(text: string, room: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(cutTo(word, room))
  }
  return lines
}

/** What stands on an arrow: flags, numbers, bytes of data. */
function fieldsOf({ flags, seq, ack, length }: Step, isShort: boolean): readonly [string, string, string, string] {
  const unit = isShort ? 'B' : length === 1 ? 'byte' : 'bytes'
  return [
    flags,
    seq === undefined ? '' : `seq ${seq}`,
    ack === undefined ? '' : `ack ${ack}`,
    length === 0 ? '' : `${length} ${unit}`,
  ]
}

function widthsOf(steps: readonly Step[], isShort: boolean): number[] {
  const widths = [0, 0, 0, 0]
  for (const step of steps)
    fieldsOf(step, isShort).forEach((field, i) => {
      widths[i] = Math.max(widths[i]!, field.length)
    })
  return widths
}

/** Columns that arrows with such fields need. */
function needed(fields: readonly number[]): number {
  return fields.reduce((sum, width) => sum + (width === 0 ? 0 : width + 3), LEAD - 1) + 2
}
