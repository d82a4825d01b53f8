/** What was asked and answered: kept for `server.requests`, and told line by line, as long as that can be read. */
import { printable } from '../../exchange/index.js'
import { type Exchanged, History } from '../face/history.js'
import { SessionLog } from '../face/session-log.js'

/** A request and what became of it. */
export interface LoggedRequest {
  /** When it came. */
  time: Date
  client: string
  method: string
  /** As it came. */
  target: string
  /** Bytes of the request's body. */
  received: number
  /** 0: the client left before there was an answer. */
  status: number
  /** Of the answer's body. */
  bytes: number
  /** Milliseconds until the answer was sent. */
  ms: number
}

const LONGEST_TARGET = 200

/** The latest requests of a server. */
export class RequestLog {
  #requests: LoggedRequest[] = []
  readonly #log: SessionLog

  /**
   * @param most requests that are kept
   * @param isTold whether a line is printed for each
   */
  constructor(
    readonly most: number,
    isTold: boolean,
  ) {
    this.#log = new SessionLog(() => '', isTold)
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    // Twice as many for a moment: taking away the first of a long list each time would cost more.
    if (this.#requests.length > this.most * 2) this.#requests = this.latest()
    if (this.#log.isOn) this.#log.tell(requestLine(request))
  }

  latest(): LoggedRequest[] {
    return this.most === 0 ? [] : this.#requests.slice(-this.most)
  }

  /** Tells what was not told yet. */
  end(): void {
    this.#log.end()
  }
}

/** The same as every session has it: what came in, what went out. */
export class RequestHistory extends History {
  constructor(private readonly log: RequestLog) {
    super(0)
  }

  override get length(): number {
    return this.log.latest().length * 2
  }

  override get isKept(): boolean {
    return this.log.most > 0
  }

  override toArray(): Exchanged[] {
    return this.log.latest().flatMap(({ time, client: peer, method, target, received, status, bytes, ms }) => [
      { time, direction: 'in', length: received, data: `${method} ${target}`, peer },
      { time: new Date(time.getTime() + ms), direction: 'out', length: bytes, data: String(status), peer },
    ])
  }
}

/** `127.0.0.1:40000 GET /x 200 12 B 1.3 ms`. */
function requestLine({ client, method, target, status, bytes, ms }: LoggedRequest): string {
  const shown = target.length > LONGEST_TARGET ? `${target.slice(0, LONGEST_TARGET)}…` : target
  return printable(
    `${client} ${method} ${shown} ${status === 0 ? 'no answer' : `${status} ${bytes} B`} ${ms.toFixed(ms < 10 ? 1 : 0)} ms`,
  )
}
