/** What a server tells to those who subscribed: the shared state first, then each change; when the server is gone it is tried again. */
import type { Socket } from 'node:net'
import { pause } from '../../exchange/index.js'
import { Backoff, type ReconnectOptions } from '../face/backoff.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { type AppPlace, connectedTo, labelOf, linesOf, within } from './socket-lines.js'

/** How it is told. */
export interface SubscriptionListener {
  /** A value of the shared state, as it is now. */
  change(name: string, value: unknown): void
  /** The server is gone; it is tried again after so many seconds. */
  lost(attempt: number, seconds: number, error: SessionError): void
  /** It is back. */
  back(): void
  /** It does not come back: nothing is tried any more. */
  over(error: SessionError): void
}

/** Bytes of a line. */
const LIMIT = 8 << 20
/** Values at a time, as a server has them at most. */
const MOST = 100

/** A connection that stays open. */
export class Subscription {
  readonly #controller = new AbortController()
  readonly #label: string

  constructor(
    private readonly place: AppPlace,
    private readonly timeout: number,
    private readonly reconnect: ReconnectOptions,
    private readonly listener: SubscriptionListener,
  ) {
    this.#label = labelOf(place)
  }

  /** Subscribes. Gives whether the server knows of such a thing. @throws SessionError when it cannot be reached */
  async open(): Promise<boolean> {
    const changes = await this.#subscribed()
    if (changes === undefined) return false
    void this.#follow(changes)
    return true
  }

  close(): void {
    this.#controller.abort()
  }

  /** The lines behind the first one, which was its yes; undefined: it says no. */
  async #subscribed(): Promise<AsyncGenerator<string> | undefined> {
    const { signal } = this.#controller
    const socket = await connectedTo(this.place, this.timeout, signal)
    socket.setKeepAlive(true, 30_000)
    try {
      socket.write('{"command": "subscribe"}\n')
      const lines = linesOf(socket, LIMIT, this.#label)
      const { value: first } = await within(
        this.timeout,
        `${this.#label}: no answer within ${this.timeout} s`,
        lines.next(),
      )
      const { status, shared } = objectOf(first)
      if (status === 'ok' && typeof shared === 'object' && shared !== null) {
        for (const [name, value] of Object.entries(shared).slice(0, MOST)) this.#tell(name, value)
        return linesToTheEnd(lines, socket)
      }
      socket.destroy()
      return undefined
    } catch (error) {
      socket.destroy()
      throw sessionError(this.#label, error)
    }
  }

  /** Tells changes, and comes back when it was lost, until it is closed. */
  async #follow(changes: AsyncGenerator<string>): Promise<void> {
    const backoff = new Backoff(this.reconnect)
    for (;;) {
      let error = new SessionError(`${this.#label}: the server has closed the connection`, 'CLOSED')
      try {
        for await (const line of changes) {
          const { event, value } = objectOf(line)
          if (typeof event === 'string') this.#tell(event, value)
        }
      } catch (thrown) {
        error = sessionError(this.#label, thrown)
      }
      const again = await this.#again(backoff, error)
      if (again === undefined) return
      changes = again
      backoff.reset()
      this.listener.back()
    }
  }

  async #again(backoff: Backoff, error: SessionError): Promise<AsyncGenerator<string> | undefined> {
    const { signal } = this.#controller
    while (!signal.aborted) {
      const seconds = backoff.next()
      if (seconds === undefined) break
      this.listener.lost(backoff.attempt, seconds, error)
      try {
        await pause(seconds * 1000, signal)
        const changes = await this.#subscribed()
        if (changes !== undefined) return changes
        error = new SessionError(`${this.#label}: the server tells no changes any more`, 'CLOSED')
      } catch (thrown) {
        error = sessionError(this.#label, thrown)
      }
    }
    if (!signal.aborted) this.listener.over(error)
    return undefined
  }

  #tell(name: string, value: unknown): void {
    // It becomes part of a handler's name.
    if (/^[A-Za-z]\w{0,63}$/.test(name)) this.listener.change(name, value)
  }
}

/** When they are over, for a line that is too long too, the connection is. */
async function* linesToTheEnd(lines: AsyncGenerator<string>, socket: Socket): AsyncGenerator<string> {
  try {
    yield* lines
  } finally {
    socket.destroy()
  }
}

function objectOf(line: string | undefined): Record<string, unknown> {
  try {
    const value = JSON.parse(line ?? '') as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
