/** Sessions in which whole messages come: they wait to be taken with `recv`, or go to the handlers of 'message'. */
import { Task, type TaskControl } from '../../../exchange/index.js'
import { checkTable, type OptionTable, positive } from '../../../tools/option-kinds.js'
import type { ReconnectOptions } from '../../face/backoff.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session, type SessionOptions } from '../../face/session.js'
import { SessionError } from '../../face/session-error.js'

/** Events of a session in which messages come. */
export type MessageEvents<M> = CommonEvents & {
  /** A message came. While there is a handler, `recv` is of no use. */
  message: [message: M]
}

/** Options of `recv`. */
export interface RecvOptions {
  /** Seconds to wait. Unset: until something comes, or Ctrl-C. */
  timeout?: number
}

const RECV: OptionTable<RecvOptions> = { timeout: positive('seconds') }

/** What may wait to be taken before the other end is held back. */
const MOST_MESSAGES = 1000
const MOST_BYTES = 2 ** 20
/** A connection that was there for so long was a good one, even if nothing came, ms. */
const LASTING = 60_000

interface Waiter<M> {
  resolve(message: M | null): void
  reject(error: unknown): void
}

/** A session of messages. Sub-classes call `_arrived` with each, and hold the other end back in `_hold`. */
export abstract class MessageSession<M> extends Session<MessageEvents<M>> implements AsyncIterable<M> {
  /** Bytes that arrived, and that were sent. */
  received = 0
  sent = 0
  protected readonly eventNames: readonly string[] = [...COMMON_EVENTS, 'message']
  #waiting: { message: M; bytes: number }[] = []
  #waitingBytes = 0
  #waiters: Waiter<M>[] = []
  #isPumping = false
  #isHeld = false

  readonly #reconnect: ReconnectOptions | undefined
  /** Attempts to connect again since something came. */
  #attempts = 0

  constructor(options: SessionOptions & { reconnect?: boolean | ReconnectOptions | undefined }) {
    super(options)
    const { reconnect = false } = options
    this.#reconnect = reconnect === true ? {} : reconnect === false ? undefined : reconnect
  }

  /**
   * The next message; waits for it. Null: it was closed, and no more will come.
   * @throws SessionError when nothing comes in time, or the connection is lost
   */
  recv(options: RecvOptions = {}): Task<M | null> {
    checkTable('recv', options, RECV)
    return Task.run<M | null>(
      (control) => {
        const ended = this.#endedWith()
        const isHeard = this._isHeard('message')
        if (isHeard && ended === undefined)
          throw new SessionError(
            `${this.label}: its messages go to the handlers of 'message'; recv() is for sessions without (off('message'))`,
            'BUSY',
          )
        const first = this.#waiters.length === 0 && !isHeard ? this.#take() : undefined
        if (first !== undefined) return first.message
        if (ended instanceof SessionError) throw ended
        return ended === null ? null : this.#wait(options.timeout, control)
      },
      { name: `recv from ${this.subject}` },
    )
  }

  /** Messages as they come: `for (const message of session) …`; ends with the session. */
  [Symbol.asyncIterator](): AsyncIterator<M> {
    return {
      next: () =>
        this.recv().then(
          (value): IteratorResult<M> => (value === null ? { done: true, value: undefined } : { done: false, value }),
        ),
    }
  }

  protected override get figures(): string {
    const parts = [`${byteCount(this.sent)} out`, `${byteCount(this.received)} in`]
    if (this.#waiting.length > 0) parts.push(`${this.#waiting.length} not taken yet`)
    return parts.join(', ')
  }

  /** A message came. @param shown as it stands in the history @param bytes of it on the wire */
  protected _arrived(message: M, shown: string | Uint8Array, bytes: number): void {
    this.received += bytes
    this.#attempts = 0
    if (this.history.isKept) this.history._add('in', shown, bytes)
    const waiter = this.#isPumping || this._isHeard('message') ? undefined : this.#waiters.shift()
    if (waiter !== undefined) {
      waiter.resolve(message)
      return
    }
    this.#waiting.push({ message, bytes })
    this.#waitingBytes += bytes
    this.#serve()
  }

  /** Holds the other end back, or lets it go on. */
  protected abstract _hold(isHeld: boolean): void

  /**
   * The connection is gone: it is made again, where that was asked for.
   * @param first seconds until the first attempt; unset: as the options say
   * @param isFinal the other end does not want it to be
   */
  protected _connectionLost(
    error: SessionError | undefined,
    { first, isFinal = false }: { first?: number; isFinal?: boolean } = {},
  ): void {
    this.#isHeld = false
    if (this.#reconnect === undefined || isFinal || !this.isOpen) this._lost(error)
    else {
      // One that takes connections and drops them at once is as good as away.
      const lasted = Date.now() - (this.opened?.getTime() ?? 0)
      const attempts = lasted > LASTING ? 0 : this.#attempts
      void this._comeBack({ ...this.#reconnect, ...(first === undefined ? {} : { first }) }, error, attempts)
    }
  }

  /** Something that a handler gave, to be sent; sub-classes that cannot send leave it out. */
  protected _reply(_value: unknown): void {}

  protected override _handlersChanged(): void {
    this.#serve()
  }

  /** It is over: sub-classes that override it call it. */
  protected override _ended(): void {
    this.#isHeld = false
    this.#attempts = 0
    for (const waiter of this.#waiters.splice(0)) {
      if (this.error === undefined) waiter.resolve(null)
      else waiter.reject(this.error)
    }
  }

  protected override _reconnecting(attempt: number, seconds: number): void {
    this.#attempts = attempt
    super._reconnecting(attempt, seconds)
  }

  protected override _isFinal(error: SessionError): boolean {
    // What it was opened through is closed.
    return error.code === 'CLOSED'
  }

  /** Undefined: it is not over. */
  #endedWith(): SessionError | null | undefined {
    const { state } = this
    if (state === 'new') return new SessionError(`${this.label}: it is not open`, 'CLOSED')
    if (state === 'failed') return this.error ?? null
    return state === 'closed' || state === 'closing' ? null : undefined
  }

  #take(): { message: M; bytes: number } | undefined {
    const first = this.#waiting.shift()
    if (first === undefined) return undefined
    this.#waitingBytes -= first.bytes
    this.#holdOrNot()
    return first
  }

  /** Hands what waits to the handlers, one after the other: the next message waits for a handler that does. */
  #serve(): void {
    while (!this.#isPumping && this._isHeard('message')) {
      const first = this.#take()
      if (first === undefined) break
      const waits = this._emit('message', [first.message], (value) => this._reply(value))
      if (waits === undefined) continue
      this.#isPumping = true
      void waits.then(() => {
        this.#isPumping = false
        this.#serve()
      })
    }
    this.#holdOrNot()
  }

  #holdOrNot(): void {
    const isFull = this.#waiting.length >= MOST_MESSAGES || this.#waitingBytes >= MOST_BYTES
    if (isFull === this.#isHeld) return
    this.#isHeld = isFull
    this._hold(isFull)
  }

  #wait(timeout: number | undefined, control: TaskControl<M | null>): Promise<M | null> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const over = (): void => {
        clearTimeout(timer)
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
      }
      const waiter: Waiter<M> = {
        resolve: (message) => {
          over()
          resolve(message)
        },
        reject: (error) => {
          over()
          reject(error)
        },
      }
      control.onAbort(over)
      if (timeout !== undefined)
        timer = setTimeout(
          () => waiter.reject(new SessionError(`${this.label}: recv: nothing came within ${timeout} s`, 'TIMEOUT')),
          timeout * 1000,
        )
      this.#waiters.push(waiter)
    })
  }
}
