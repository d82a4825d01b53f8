/** What happened to a file. */
import { printable } from '../../exchange/printable.js'
import { grouped } from '../../exchange/progress-text.js'
import type { EventStream } from '../face/event-stream.js'
import { byteCount } from '../face/session.js'

/** What can happen. `overflow`: so much at once that the system forgot some; what it forgot is then found by looking, and told. */
export type ChangeEvent = 'create' | 'modify' | 'delete' | 'move' | 'overflow'

export const CHANGE_EVENTS: readonly ChangeEvent[] = ['create', 'modify', 'delete', 'move', 'overflow']

/** A change, as plain data. */
export interface ChangeFields {
  event: ChangeEvent
  /** The whole path; of a move the new one. Bytes that are no UTF-8 are written `\xe9`: `bytes` has them as they are. */
  path: string
  /** The same within the watched folder; empty for that itself. */
  name: string
  /** Where it was before: of a move. */
  from?: string
  /** The same within the watched folder. */
  fromName?: string
  isFolder: boolean
  time: Date
  /** Bytes, where it is a file that is still there. */
  size?: number
  /** A move that took the place of another file. */
  replaced?: boolean
  /** It was there before: told with the option `initial`. */
  initial?: boolean
  /** The path as it is, where it is no UTF-8. */
  bytes?: Uint8Array
}

/** `1 change`, `12 000 changes`. */
export function changeCount(count: number): string {
  return `${grouped(count)} change${count === 1 ? '' : 's'}`
}

/** The changes that a session tells, until it is closed. */
export async function* changesOf<C extends Change>(session: {
  events(name: 'change'): EventStream
}): AsyncGenerator<C, void, undefined> {
  const stream = session.events('change')
  try {
    for await (const { value } of stream) yield value as C
  } finally {
    await stream.return()
  }
}

/** One change; prints as a line. */
export class Change implements ChangeFields {
  readonly event: ChangeEvent
  readonly path: string
  readonly name: string
  readonly from?: string
  readonly fromName?: string
  readonly isFolder: boolean
  readonly time: Date
  readonly size?: number
  readonly replaced?: boolean
  readonly initial?: boolean
  readonly bytes?: Uint8Array

  constructor(fields: ChangeFields) {
    this.event = fields.event
    this.path = fields.path
    this.name = fields.name
    this.isFolder = fields.isFolder
    this.time = fields.time
    // Only what there is: a change prints and travels without the rest.
    for (const key of ['from', 'fromName', 'size', 'replaced', 'initial', 'bytes'] as const)
      if (fields[key] !== undefined) Object.assign(this, { [key]: fields[key] })
  }

  /** `move    a.txt → b.txt (12 bytes)` */
  toString(): string {
    const name = this.name === '' ? this.path : this.name
    const slash = this.isFolder && this.name !== '' ? '/' : ''
    const from = this.fromName === undefined ? '' : `${this.fromName}${slash} → `
    const size = this.size === undefined || this.event === 'delete' ? '' : ` (${byteCount(this.size)})`
    return printable(`${this.event.padEnd(8)}${from}${name}${slash}${size}`).replaceAll('\n', '\\n')
  }

  toJSON(): object {
    const { bytes, ...rest } = this
    return bytes === undefined ? rest : { ...rest, bytes: Buffer.from(bytes).toString('hex') }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
