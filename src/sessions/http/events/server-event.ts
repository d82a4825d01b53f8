/** One event that a server sent. WHATWG HTML §9.2, server-sent events. */
import { printable } from '../../../exchange/printable.js'

/** An event as it came: `event.data`, `event.event`, `event.id`. */
export class ServerEvent {
  /** When it came. */
  readonly time = new Date()

  /**
   * @param event its name; 'message' where the server gave none
   * @param data its lines, with line ends between
   * @param id what a new connection begins behind; '': none
   */
  constructor(
    readonly event: string,
    readonly data: string,
    readonly id: string,
  ) {}

  /** Its data read as JSON. @throws SyntaxError where it is none */
  json(): unknown {
    return JSON.parse(this.data)
  }

  /** `message: the data`, one line. */
  toString(): string {
    return `${printable(this.event)}: ${printable(this.data).replaceAll('\n', '⏎')}`
  }

  toJSON(): object {
    const { event, data, id, time } = this
    return { event, data, ...(id === '' ? {} : { id }), time: time.toISOString() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
