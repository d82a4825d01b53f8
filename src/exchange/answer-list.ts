import { CrossTable, PacketList, type TablePlace } from '../capture/index.js'
import type { AnyPacket, Packet } from '../packet/index.js'

/** A packet that was sent and one that answered it. `const [query, answer] = pair` works too. */
export class AnswerPair {
  constructor(
    readonly query: AnyPacket,
    readonly answer: AnyPacket,
    /** Round-trip time in seconds, by the kernel's clock where it saw both. */
    readonly rtt: number,
  ) {}

  *[Symbol.iterator](): Generator<AnyPacket> {
    yield this.query
    yield this.answer
  }

  summary(): string {
    return `${this.query.summary()} ==> ${this.answer.summary()}  (${formatDuration(this.rtt)})`
  }

  toString(): string {
    return this.summary()
  }

  toJSON(): unknown {
    return { query: this.query, answer: this.answer, rtt: this.rtt }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.summary()
  }
}

/** Seconds as people read them: `1.25 ms`. */
export function formatDuration(seconds: number): string {
  if (Number.isNaN(seconds)) return 'no time'
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  return seconds >= 0.001 ? `${(seconds * 1e3).toFixed(2)} ms` : `${Math.max(0, seconds * 1e6).toFixed(0)} µs`
}

/** Pairs that are shown when a list is the result of a line. */
const SHOWN = 20

/** Pairs of query and answer, in the order the queries were given. An array with a `summary()`. */
export class AnswerList extends Array<AnswerPair> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  /** One line a pair. */
  summary(): string {
    return this.map((pair) => pair.summary()).join('\n')
  }

  /** A table of two keys: `place` gives for each pair the column, the row, and the text there. */
  makeTable(place: (pair: AnswerPair, index: number) => TablePlace): CrossTable {
    return new CrossTable(this.map(place))
  }

  override toString(): string {
    return `<${this.length} answered>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const lines = this.slice(0, SHOWN).map((pair, index) => `${String(index).padStart(4, '0')} ${pair.summary()}`)
    if (this.length > SHOWN) lines.push(`… ${this.length - SHOWN} more; summary() has them all`)
    return lines.length === 0 ? '<no answers>' : lines.join('\n')
  }

  /** The answers alone. */
  get answers(): PacketList {
    return new PacketList(this.map((pair) => pair.answer as Packet))
  }
}

/** What `sr` and `srp` give: `const [answered, unanswered] = sr(…)`, or by name. */
export class ExchangeResult {
  constructor(
    readonly answered: AnswerList,
    readonly unanswered: PacketList,
    /** Packets that were sent (retries count), and that arrived while waiting. */
    readonly sent: number,
    readonly received: number,
  ) {}

  *[Symbol.iterator](): Generator<AnswerList | PacketList> {
    yield this.answered
    yield this.unanswered
  }

  summary(): string {
    const lines = this.answered.length === 0 ? [] : [this.answered.summary()]
    for (const packet of this.unanswered) lines.push(`${packet.summary()} ==> no answer`)
    return lines.join('\n')
  }

  toString(): string {
    return `<answered ${this.answered.length}, unanswered ${this.unanswered.length}>`
  }

  toJSON(): unknown {
    return { answered: this.answered, unanswered: this.unanswered, sent: this.sent, received: this.received }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const lines = this.summary().split('\n')
    const shown = lines.slice(0, SHOWN)
    if (lines.length > SHOWN) shown.push(`… ${lines.length - SHOWN} more; summary() has them all`)
    return [this.toString(), ...shown].join('\n')
  }
}
