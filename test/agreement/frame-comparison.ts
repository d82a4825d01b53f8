/** Frames as netshell and tshark read them, field by field of some protocols. */
import type { OurPacket, Row } from './row.js'
import type { TsharkPacket } from './tshark.js'

/** What is compared of one protocol or a family of them. */
export interface ProtocolRows {
  /** tshark's names of protocols (as in `frame.protocols`), and which of our layers are the same. */
  protocols: Readonly<Record<string, RegExp>>
  rows: readonly Row[]
}

export interface FrameDifference {
  /** Which frame it is. */
  frame: string
  field: string
  tshark: string
  ours: string
}

const PROTOCOLS_FIELD = 'frame.protocols'

/** Collects what differs between frames as tshark and as netshell read them, and what was the same. */
export class FrameComparison {
  readonly differences: FrameDifference[] = []
  /** How many values were the same, by field of tshark's. */
  readonly seen = new Map<string, number>()
  /** The fields that tshark must give. */
  readonly fields: readonly string[]

  constructor(private readonly agreements: readonly ProtocolRows[]) {
    this.fields = [PROTOCOLS_FIELD, ...new Set(agreements.flatMap(({ rows }) => rows.map(({ tshark }) => tshark)))]
  }

  frame(frame: string, theirs: TsharkPacket, ours: OurPacket): void {
    const differs = (field: string, tshark: string, our: string) =>
      this.differences.push({ frame, field, tshark: tshark || 'nothing', ours: our || 'nothing' })
    const names = (theirs.get(PROTOCOLS_FIELD)?.[0] ?? '').split(':')
    for (const { protocols, rows } of this.agreements) {
      for (const [protocol, match] of Object.entries(protocols)) {
        const isThere = ours.layers.some(({ name }) => match.test(name))
        if (names.includes(protocol) !== isThere)
          differs(protocol, names.join(':'), ours.layers.map(({ name }) => name).join(' / '))
      }
      for (const row of rows) {
        const values = (theirs.get(row.tshark) ?? []).map(row.normalise).filter(Boolean)
        const our = row.ours(ours)
        if (values.join('\n') === our.join('\n'))
          this.seen.set(row.tshark, (this.seen.get(row.tshark) ?? 0) + values.length)
        else differs(row.tshark, values.join(' '), our.join(' '))
      }
    }
  }
}
