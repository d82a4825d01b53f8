/** Which messages of TLS begin in each segment: the records are followed across segments by their lengths. RFC 8446 §5.1. */
import {
  ALERTS,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  HANDSHAKE_TYPES,
} from '../../layers/web/tls-numbers.js'
import { isRecord, RECORD_HEADER } from '../../layers/web/tls-record.js'
import type { Side, Step } from './step.js'

const CLIENT_HELLO = 1
const ALERT = 21

interface Stream {
  /** Where the next record begins; unset until TLS was seen in this direction. */
  next: number | undefined
  /** Whether it has changed to its keys: messages of the handshake cannot be read from then on. */
  isEncrypted: boolean
}

/** Follows the records of one connection. */
export class TlsRecords {
  /** The steps from the first message to that with which both sides have their keys. */
  handshake: [first: number, last: number] | undefined
  readonly #streams: Readonly<Record<Side, Stream>> = {
    client: { next: undefined, isEncrypted: false },
    server: { next: undefined, isEncrypted: false },
  }
  #isOver = false

  /** Whether TLS was seen. */
  get isSeen(): boolean {
    return this.handshake !== undefined
  }

  /** Names what begins in the data of a step. @param place of the step in its conversation */
  read(step: Step, data: Uint8Array, place: number): void {
    if (step.fresh === 0 || step.seq === undefined) return
    if (!this.isSeen) {
      if (!isHello(data)) return
      this.handshake = [place, place]
    }
    const stream = this.#streams[step.from]
    stream.next ??= step.seq
    const end = step.seq + step.length
    let at = stream.next
    // What stands before was not seen: where records begin is not known any more, unless one begins here.
    if (at < step.seq) at = step.seq
    const start = at
    while (at < end) {
      const offset = at - step.seq
      if (!isRecord(data, offset, data.length)) break
      this.#name(step, stream, data, offset)
      at += RECORD_HEADER + lengthAt(data, offset)
    }
    if (at === start && stream.next >= end) step.records.push('…')
    stream.next = Math.max(at, end)
    if (!this.#isOver) {
      this.handshake![1] = place
      this.#isOver = this.#streams.client.isEncrypted && this.#streams.server.isEncrypted
    }
  }

  #name(step: Step, stream: Stream, data: Uint8Array, offset: number): void {
    const type = data[offset]!
    const length = lengthAt(data, offset)
    const { records } = step
    if (type === CHANGE_CIPHER_SPEC) {
      stream.isEncrypted = true
      records.push('ChangeCipherSpec')
    } else if (type === APPLICATION_DATA) {
      // Without that change, encrypted records tell that there are keys. RFC 8446 appendix D.4.
      stream.isEncrypted = true
      records.push('application data')
    } else if (type === ALERT) {
      const name = length === 2 && !stream.isEncrypted ? ALERTS[data[offset + RECORD_HEADER + 1]!] : undefined
      records.push(name === undefined ? 'alert' : `alert ${name}`)
    } else if (type !== HANDSHAKE) records.push('heartbeat')
    else if (stream.isEncrypted) records.push('handshake, encrypted')
    else records.push(...messages(data, offset + RECORD_HEADER, offset + RECORD_HEADER + length))
  }
}

/** Messages of a handshake record, as far as they are there. */
function messages(data: Uint8Array, start: number, end: number): string[] {
  const names: string[] = []
  for (let at = start; at + 4 <= Math.min(end, data.length); ) {
    const name = HANDSHAKE_TYPES[data[at]!]
    if (name === undefined) break
    names.push(name.replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase()))
    at += 4 + ((data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!)
  }
  return names.length === 0 ? ['handshake'] : names
}

function isHello(data: Uint8Array): boolean {
  return (
    data.length > RECORD_HEADER &&
    isRecord(data, 0, data.length) &&
    data[0] === HANDSHAKE &&
    data[RECORD_HEADER] === CLIENT_HELLO
  )
}

function lengthAt(data: Uint8Array, offset: number): number {
  return (data[offset + 3]! << 8) | data[offset + 4]!
}
