import { inspect } from 'node:util'
import { PacketList } from '../../capture/index.js'
import { colouredPainter } from '../../exchange/terminal-colours.js'
import { wrapped } from '../../exchange/text-width.js'
import { type Packet, type Painter, unpainted } from '../../packet/index.js'
import { closingLines, countsOf, type LadderCounts } from './counts.js'
import { drawTalk } from './drawing.js'
import { endText } from './flows.js'
import { preview } from './preview.js'
import type { Step, Talk } from './step.js'
import { summaryTable } from './summary-table.js'
import { type ReadTalk, talksOf } from './talks.js'

/** How a ladder is printed. */
export interface LadderTextOptions {
  /** Columns; unset: those of the terminal, else 80. */
  width?: number
  /** Shows each packet, and each conversation. */
  all?: boolean
  /** Gives texts their look; unset: none. */
  paint?: Painter
}

/** Besides the packets. */
export interface LadderDetails {
  /** How it is printed, where that is not asked for. */
  all?: boolean
  width?: number
  /** Port of the server, where no handshake tells. */
  serverPort?: number | undefined
  /** What else is to be said, at the end. */
  remarks?: readonly string[]
}

/** So many conversations are drawn; of more there is a table. */
const DRAWN = 3
const DEFAULT_WIDTH = 80

/** Conversations as ladders: who sent what when, and what it was for. It prints as such. */
export class Ladder {
  /** The packets that it is made of. */
  readonly packets: PacketList
  /** The conversations, each with its steps and phases. */
  readonly conversations: readonly Talk[]
  /** Packets and bytes of all of them. */
  readonly counts: LadderCounts
  readonly #remarks: readonly string[]
  readonly #looks: { all: boolean; width: number | undefined }

  constructor(packets: PacketList, { serverPort, remarks = [], all = false, width }: LadderDetails = {}) {
    this.#looks = { all, width }
    const talks: readonly ReadTalk[] = talksOf(packets, serverPort)
    this.packets = packets
    this.conversations = talks
    this.counts = countsOf(talks)
    const twice = talks.reduce((sum, talk) => sum + talk.twice, 0)
    this.#remarks = [
      ...(twice === 0
        ? []
        : [
            twice === 1
              ? '1 more was captured twice, and is shown once.'
              : `${twice} more were captured twice, and are shown once.`,
          ]),
      ...remarks,
    ]
  }

  /** The ladder as text. */
  text({ width = this.#width, all = this.#looks.all, paint = unpainted }: LadderTextOptions = {}): string {
    const talks = this.conversations
    const remarks = this.#remarks.map((remark) => wrapped(remark, 0, width))
    if (talks.length === 0) return remarks.length === 0 ? 'No packets of TCP or UDP.' : remarks.join('\n')
    const lines: string[] = []
    if (all || talks.length <= DRAWN)
      for (const talk of talks) {
        if (lines.length > 0) lines.push('')
        lines.push(...drawTalk(talk, { width, all, paint, preview: (step) => this.#preview(step) }))
        if (talks.length > 1) lines.push(...this.#closing(countsOf([talk]), [talk], width))
      }
    if (talks.length > 1) {
      if (lines.length > 0) lines.push('')
      lines.push(...summaryTable(talks, width, paint))
    }
    return [...lines, ...this.#closing(this.counts, talks, width), ...remarks].join('\n')
  }

  /** One line for each conversation, and what all of them cost. */
  get summary(): string {
    const width = this.#width
    return [
      ...summaryTable(this.conversations, width, unpainted),
      ...this.#closing(this.counts, this.conversations, width),
    ].join('\n')
  }

  /** The ladder without colours. */
  toString(): string {
    return this.text()
  }

  toJSON(): object {
    const { counts } = this
    return {
      counts,
      conversations: this.conversations.map(({ protocol, client, server, isTls, steps, phases }) => ({
        protocol,
        client: endText(client),
        server: endText(server),
        tls: isTls,
        phases: phases.map(({ kind, title, first, last }) => ({
          kind,
          title,
          packets: steps.slice(first, last + 1).map((step) => ({
            ...step,
            notes: step.notes.map(({ text }) => text),
          })),
        })),
      })),
      remarks: this.#remarks,
    }
  }

  [inspect.custom](_depth: number, { colors }: { colors?: boolean }): string {
    return this.text({ paint: colors === true ? colouredPainter() : unpainted })
  }

  get #width(): number {
    return this.#looks.width ?? (process.stdout.columns || DEFAULT_WIDTH)
  }

  #closing(counts: LadderCounts, talks: readonly Talk[], width: number): string[] {
    return closingLines(counts, talks).map((line) => wrapped(line, 0, width))
  }

  #preview(step: Step): string {
    return preview(step, this.packets.at(step.index))
  }
}

/** The ladder of packets: of a list, or of any that can be gone through. */
export function ladder(packets: Iterable<Packet>, details: LadderDetails = {}): Ladder {
  return new Ladder(packets instanceof PacketList ? packets : new PacketList(packets), details)
}

// A bundler gives a class that names itself in its own body another name; people read this one.
Object.defineProperty(Ladder, 'name', { value: 'Ladder' })
