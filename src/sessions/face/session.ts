/** The common face of sessions: who knows one knows all. */
import { OptionError, Task } from '../../exchange/index.js'
import { pause } from '../../exchange/pause.js'
import { grouped } from '../../exchange/progress-text.js'
import { Interrupted, InterruptScope } from '../../exchange/task.js'
import { suggestion } from '../../packet/index.js'
import { Backoff, type ReconnectOptions } from './backoff.js'
import { EventStream } from './event-stream.js'
import { tellFailure } from './failures.js'
import { type Handler, type HandlerOptions, Handlers } from './handlers.js'
import { History } from './history.js'
import { reasonOf, SessionError, sessionError } from './session-error.js'
import { forget, keep } from './session-list.js'

/** Where a session is in its life. `reconnecting`: it was lost, and tries to come back. */
export type SessionState = 'new' | 'opening' | 'open' | 'reconnecting' | 'closing' | 'closed' | 'failed'

/** Events by name, each with what its handlers get. All sessions have those of {@link CommonEvents}. */
export type EventMap = { readonly [event: string]: readonly unknown[] }

/** Events that all sessions have. */
export type CommonEvents = {
  /** It can be used; after a reconnect again. */
  open: []
  /** It is over; with an error when it was lost. */
  close: [error: SessionError | undefined]
  /** Something went wrong that does not end it. */
  error: [error: SessionError]
  /** It was lost and is opened again after so many seconds; attempts count from 1. */
  reconnect: [attempt: number, seconds: number]
}

/** Options that all sessions have. */
export interface SessionOptions {
  /** Messages that `history` keeps. Default 1000; 0: none. */
  history?: number
}

let lastNumber = 0

/**
 * A session: something that is opened, used for a while, and closed. Sub-classes open and close what they stand for in `_open` and
 * `_close`, tell events with `_emit`, and call `_lost` when the other end is gone.
 */
export abstract class Session<Events extends EventMap = CommonEvents> {
  /** Counted from 1, over all sessions. */
  readonly number = ++lastNumber
  /** What it is: `tcp`, `ssh`. */
  abstract readonly kind: string
  /** With whom, or where: `127.0.0.1:8808`. */
  abstract readonly subject: string
  /** What was exchanged, the latest at the end. */
  readonly history: History
  /** Why it failed, or was lost. */
  error: SessionError | undefined
  /** When it was opened. */
  opened: Date | undefined
  protected readonly handlers: Handlers
  #state: SessionState = 'new'
  #ends: (() => void)[] = []
  readonly #streams = new Set<EventStream>()
  #closing: Promise<void> | undefined
  #opening: Promise<void> | undefined
  /** Ends opening. */
  #leave: AbortController | undefined
  /** Ends opening again. */
  #retry: AbortController | undefined

  constructor(options: SessionOptions = {}) {
    this.history = new History(options.history)
    this.handlers = new Handlers((event, error) => this._failed(event, error))
  }

  /** Names of the events that this session has. */
  protected abstract readonly eventNames: readonly string[]
  /** Opens what it stands for. @param signal aborted when nobody wants it any more */
  protected abstract _open(signal: AbortSignal): Promise<void> | void
  /** Closes it, politely where the protocol has a way. Called once. @param signal aborted when that takes too long */
  protected abstract _close(signal: AbortSignal): Promise<void> | void
  /** Figures behind the state, as `3 clients, 12 kB in`. */
  protected get figures(): string {
    return ''
  }

  /** 'new', 'opening', 'open', 'reconnecting', 'closing', 'closed' or 'failed'. */
  get state(): SessionState {
    return this.#state
  }

  /** Whether it can be used. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Opens it; on one that was closed, again. Does nothing when it is open. @throws SessionError that says why it cannot be */
  open(): Task<this> {
    return Task.run(
      async ({ signal }) => {
        if (this.#state === 'open') return this
        if (this.#state !== 'new' && isLiving(this.#state))
          throw new SessionError(`${this.label}: it is ${this.#state} already`, 'BUSY')
        const opening = this.#openNow(signal)
        this.#opening = opening
        await opening
        return this
      },
      { name: `${this.kind} ${this.subject}` },
    )
  }

  /**
   * Closes it, and ends what its handlers wait for. Does nothing when it is over. What was sent is still delivered, for at most two seconds;
   * Ctrl-C meanwhile ends it at once.
   */
  close(): Task<void> {
    return Task.run(async ({ signal }) => await this.#closeInTime(signal), { name: 'close' })
  }

  /** Waits until it is over: for scripts that serve until Ctrl-C, which ends the waiting. */
  wait(): Task<void> {
    return Task.run<void>(
      ({ signal }) =>
        new Promise((resolve) => {
          if (!isLiving(this.#state)) return resolve()
          this.#ends.push(resolve)
          signal.addEventListener('abort', () => this.#forgetEnd(resolve), { once: true })
        }),
      { name: `${this.kind} ${this.subject}` },
    )
  }

  /**
   * Calls a function for each event of a name, the lowest priority first; one that returns `STOP` keeps it from those behind it. It may wait. What it
   * throws is shown and ends nothing.
   * @throws OptionError for an event that this kind of session does not have
   */
  on<E extends keyof Events & string>(
    event: E,
    handler: (...values: [...Events[E]]) => unknown,
    options: HandlerOptions = {},
  ): this {
    this.#checkEvent(event)
    if (typeof handler !== 'function')
      throw new OptionError(`on('${event}', …): give a function that is called for each`)
    this.handlers.add(event, handler as Handler, options)
    this._handlersChanged()
    return this
  }

  /** Takes a handler away, or all of an event. */
  off<E extends keyof Events & string>(event: E, handler?: (...values: [...Events[E]]) => unknown): this {
    this.#checkEvent(event)
    this.handlers.remove(event, handler as Handler | undefined)
    this._handlersChanged()
    return this
  }

  /**
   * Events as they come, to be gone through: `for (const {event, value} of s.events('message')) …`. Ends with the session. What is not
   * taken waits, at most 10 000 events; older ones are then dropped, and counted in `dropped`.
   * @param names only these; unset: all
   */
  events<E extends keyof Events & string>(...names: E[]): EventStream {
    for (const name of names) this.#checkEvent(name)
    const stream = new EventStream(names, () => {
      this.#streams.delete(stream)
      this._handlersChanged()
    })
    this.#streams.add(stream)
    if (!isLiving(this.#state) && this.#state !== 'new') stream._end()
    this._handlersChanged()
    return stream
  }

  /** `tcp 127.0.0.1:8808`: what it is called in messages. */
  get label(): string {
    return `${this.kind} ${this.subject}`
  }

  /** One line: what it is, with whom, how it is, what went through. */
  toString(): string {
    const { error } = this
    const why = error !== undefined && this.#state !== 'open' ? ` (${reasonOf(error, this.label)})` : ''
    const figures = this.figures
    return `${this.label}: ${this.#state}${why}${figures === '' ? '' : `, ${figures}`}`
  }

  toJSON(): object {
    const { number, kind, subject, state, opened } = this
    return { number, kind, subject, state, opened: opened?.toISOString(), error: this.error?.message }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Whether anybody hears of this event. */
  protected _isHeard(event: keyof Events & string): boolean {
    if (this.handlers.has(event)) return true
    for (const stream of this.#streams) if (stream._takes(event)) return true
    return false
  }

  /** Handlers came or went. */
  protected _handlersChanged(): void {}

  /** Tells an event. Gives a promise when a handler waits: the next event of an order of events should wait for it. */
  protected _emit<E extends keyof Events & string>(
    event: E,
    values: readonly [...Events[E]],
    result?: (value: unknown) => void,
  ): Promise<void> | undefined {
    for (const stream of this.#streams) stream._put(event, values)
    return this.handlers.call(event, values, result)
  }

  /** What a handler threw. */
  protected _failed(event: string, error: unknown): void {
    tellFailure(this.label, event, error)
  }

  /** It can be used now. */
  protected _opened(): void {
    this.#state = 'open'
    this.opened = new Date()
    keep(this)
    void this._emit('open' as keyof Events & string, [] as never)
  }

  /** It is open from the start, and belongs to another session, which lists it. */
  protected _adopt(): void {
    this.#state = 'open'
    this.opened = new Date()
  }

  /** It is over, for whatever reason; called once. */
  protected _ended(): void {}

  /** It was lost and will be tried again. */
  protected _reconnecting(attempt: number, seconds: number): void {
    this.#state = 'reconnecting'
    void this._emit('reconnect' as keyof Events & string, [attempt, seconds] as never)
  }

  /**
   * Opens what was lost again and again, with pauses that grow, until it is there, is closed, or is given up.
   * @param attempts that have failed already
   */
  protected async _comeBack(options: ReconnectOptions, lost: SessionError | undefined, attempts = 0): Promise<void> {
    const backoff = new Backoff(options)
    backoff.attempt = attempts
    this.#retry = new AbortController()
    const { signal } = this.#retry
    this.error = lost
    for (;;) {
      const seconds = backoff.next()
      if (seconds === undefined)
        return this._lost(this.error ?? new SessionError(`${this.label}: the other end closed it`, 'CLOSED'))
      this._reconnecting(backoff.attempt, seconds)
      await pause(seconds * 1000, signal)
      if (signal.aborted) return
      try {
        await this._open(signal)
        if (signal.aborted) return
        this.error = undefined
        return this._opened()
      } catch (failure) {
        if (signal.aborted) return
        this.error = sessionError(this.label, failure)
        if (this._isFinal(this.error)) return this._lost(this.error)
      }
    }
  }

  /** Whether an error of opening again means that there is no point in going on. */
  protected _isFinal(_error: SessionError): boolean {
    return false
  }

  /** The other end is gone, or something broke: it is over, without a close of ours. Does nothing while or after closing. */
  protected _lost(error?: SessionError): void {
    if (!isLiving(this.#state) || this.#state === 'closing' || this.#state === 'opening') return
    this.#state = error === undefined ? 'closed' : 'failed'
    this.error = error
    void this.#end()
  }

  async #openNow(signal: AbortSignal): Promise<void> {
    this.#state = 'opening'
    this.#closing = undefined
    this.error = undefined
    this.handlers.scope = new InterruptScope()
    const leave = new AbortController()
    this.#leave = leave
    signal.addEventListener('abort', () => leave.abort(signal.reason), { once: true })
    let isThere = false
    try {
      await this._open(leave.signal)
      isThere = true
      leave.signal.throwIfAborted()
    } catch (error) {
      // Ctrl-C, or close(), came when it was there already.
      if (isThere) await this._close(AbortSignal.abort())
      // close() goes on from here.
      if (this.#state !== 'opening') throw new SessionError(`${this.label}: it was closed before it was open`, 'CLOSED')
      this.#state = 'failed'
      if (error instanceof SessionError) this.error = error
      await this.#end()
      throw error
    }
    this._opened()
  }

  async #closeInTime(signal: AbortSignal): Promise<void> {
    if (!isLiving(this.#state) && this.#closing === undefined) return
    const limit = new AbortController()
    const giveUp = (): void => limit.abort()
    signal.addEventListener('abort', giveUp, { once: true })
    this.#closing ??= this.#closeOnce(limit.signal)
    const timer = setTimeout(giveUp, LINGER)
    try {
      await this.#closing
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #closeOnce(signal: AbortSignal): Promise<void> {
    const isOpening = this.#state === 'opening'
    this.#state = 'closing'
    this.#retry?.abort()
    // What handlers wait for ends; those of 'close' may still do something.
    this.handlers.scope.press()
    this.handlers.scope = new InterruptScope()
    try {
      if (isOpening) await this.#leftOpening(signal)
      else await this._close(signal)
    } finally {
      this.#state = 'closed'
      await this.#end()
    }
  }

  /** Ends opening, which closes what it has made. */
  async #leftOpening(signal: AbortSignal): Promise<void> {
    this.#leave?.abort(new Interrupted())
    const late = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([this.#opening?.catch(() => undefined), late])
  }

  async #end(): Promise<void> {
    forget(this)
    this._ended()
    const told = this._emit('close' as keyof Events & string, [this.error] as never)
    for (const stream of [...this.#streams]) stream._end()
    const ends = this.#ends
    this.#ends = []
    for (const end of ends) end()
    if (told !== undefined) await Promise.race([told, new Promise((resolve) => setTimeout(resolve, LINGER).unref())])
    this.handlers.scope.press()
  }

  #forgetEnd(end: () => void): void {
    this.#ends = this.#ends.filter((other) => other !== end)
  }

  #checkEvent(event: string): void {
    if (this.eventNames.includes(event)) return
    const near = suggestion(String(event), this.eventNames) || '.'
    throw new OptionError(
      `${this.kind} has no event '${String(event)}'${near} Its events: ${this.eventNames.join(' ')}`,
    )
  }
}

/** How long closing may take, ms. */
const LINGER = 2000

/** Events that all sessions have, for lists of names. */
export const COMMON_EVENTS = ['open', 'close', 'error', 'reconnect'] as const

function isLiving(state: SessionState): boolean {
  return state === 'opening' || state === 'open' || state === 'reconnecting' || state === 'closing'
}

/** `12 bytes`, `3.4 kB`. */
export function byteCount(count: number): string {
  if (count < 1000) return `${count} byte${count === 1 ? '' : 's'}`
  const [value, unit] = count < 1e6 ? [count / 1e3, 'kB'] : count < 1e9 ? [count / 1e6, 'MB'] : [count / 1e9, 'GB']
  return `${value < 10 ? value.toFixed(1) : grouped(Math.round(value))} ${unit}`
}
