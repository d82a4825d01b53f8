/** What a session has exchanged: the latest messages, bounded in number and in size. */

import { printable } from '../../exchange/printable.js'
import { wholeNumber } from '../../tools/option-kinds.js'

/** One message. */
export interface Exchanged {
  time: Date
  /** 'out': sent by us; 'in': received. */
  direction: 'out' | 'in'
  /** Bytes on the wire. */
  length: number
  /** The message, or the beginning of a long one. */
  data: string | Uint8Array
  /** With whom, where that is not always the same. */
  peer?: string
}

/** Bytes of a message that are kept. */
const KEPT_BYTES = 1024

/** The option `history` of all sessions: messages that are kept. */
export const HISTORY = wholeNumber(0, 1_000_000)

/** Messages, the latest at the end; prints a line for each. */
export class History implements Iterable<Exchanged> {
  readonly #most: number
  #messages: Exchanged[] = []
  /** Messages that were forgotten. */
  dropped = 0

  constructor(most = 1000) {
    this.#most = most
  }

  /** How many are kept. */
  get length(): number {
    return Math.min(this.#messages.length, this.#most)
  }

  /** Whether messages are kept at all. */
  get isKept(): boolean {
    return this.#most > 0
  }

  [Symbol.iterator](): IterableIterator<Exchanged> {
    return this.toArray()[Symbol.iterator]()
  }

  /** One message; -1 is the latest. */
  at(index: number): Exchanged | undefined {
    return this.toArray().at(index)
  }

  toArray(): Exchanged[] {
    return this.#messages.slice(-this.#most || undefined)
  }

  _add(direction: 'out' | 'in', data: string | Uint8Array, length: number, peer?: string): void {
    if (this.#most === 0) return
    // Copied: the buffer that it came in is large, or is used again.
    const kept = typeof data === 'string' ? data.slice(0, KEPT_BYTES) : Uint8Array.from(data.subarray(0, KEPT_BYTES))
    this.#messages.push({ time: new Date(), direction, length, data: kept, ...(peer === undefined ? {} : { peer }) })
    // Twice as many for a moment: taking away the first of a long array each time would cost more.
    if (this.#messages.length >= this.#most * 2) {
      this.dropped += this.#messages.length - this.#most
      this.#messages = this.#messages.slice(-this.#most)
    }
  }

  toString(): string {
    const lines = this.toArray().map(lineOf)
    return lines.length === 0 ? 'nothing was exchanged' : lines.join('\n')
  }

  toJSON(): object[] {
    return this.toArray()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const SHOWN = 60

function lineOf({ time, direction, length, data, peer }: Exchanged): string {
  const text =
    typeof data === 'string' ? printable(JSON.stringify(data)) : Buffer.from(data.subarray(0, SHOWN)).toString('hex')
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
  const who = peer === undefined ? '' : ` ${peer}`
  return `${clock(time)} ${direction === 'out' ? '→' : '←'}${who} ${length} B ${cut}`
}

function clock(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
}
