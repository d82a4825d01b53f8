/** An agent: watches a folder, and sends each change to a collector. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { pause } from '../../exchange/pause.js'
import { printable } from '../../exchange/printable.js'
import { grouped } from '../../exchange/progress-text.js'
import { partOf } from '../../exchange/stop-signal.js'
import { checkTable, type OptionTable, text, wholeNumber } from '../../tools/option-kinds.js'
import { Backoff } from '../face/backoff.js'
import { COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { reasonOf, type SessionError, sessionError } from '../face/session-error.js'
import { forget } from '../face/session-list.js'
import { SessionLog } from '../face/session-log.js'
import { type Place, placeFrom, placeText } from '../stream/place.js'
import { checkConnectOptions } from '../tcp/tcp-options.js'
import { TcpSession } from '../tcp/tcp-session.js'
import { TLS, type TlsClientOptions } from '../tls/tls-options.js'
import { type Change, changeCount } from './change.js'
import { OutQueue } from './out-queue.js'
import { WATCH_TABLE, type WatchOptions } from './watch-options.js'
import { Watcher } from './watcher.js'
import { type Ack, type Hello, lineOf } from './wire.js'

/** Options of an agent: those of watching, and how it sends. */
export interface AgentOptions extends WatchOptions {
  /** What it calls itself. Default: the name of this machine. */
  name?: string
  /** TLS to the collector: `true`, `{ca}`, `{insecure: true}`. Default: none. */
  tls?: boolean | TlsClientOptions
  /** File in which changes are until they are acknowledged: there they outlive the agent, and are as many as the disk takes. */
  spool?: string
  /** Changes kept in memory while the collector is away. Without a file the oldest are dropped when there are more. Default 100 000. */
  queue?: number
}

/** Events of an agent. */
export type AgentEvents = CommonEvents & {
  /** Something changed: as the watched folder tells it, before it is sent. */
  change: [change: Change]
  /** It is connected to the collector. */
  connect: []
  /** It is not any more. */
  disconnect: [error: SessionError | undefined]
}

const TABLE: OptionTable<AgentOptions> = {
  ...WATCH_TABLE,
  name: text('a name'),
  tls: TLS,
  spool: text('the name of a file'),
  queue: wholeNumber(10),
}

/** Changes kept in memory. */
const MOST_QUEUED = 100_000
/** Seconds without an answer after which the connection counts as dead. */
const PATIENCE = 30
/** How long opening waits for the first connection, ms. */
const FIRST_WAIT = 2000

/** Made by `watch.agent(folder, 'host:port')`. */
export class WatchAgent extends Session<AgentEvents> {
  readonly kind = 'watch agent'
  readonly folder: string
  readonly name: string
  /** Tells the collector one run of an agent from another. */
  readonly session = randomUUID()
  /** Whether the collector is there. */
  connected = false
  /** Changes so far, and how many of them the collector has. */
  count = 0
  delivered = 0
  protected readonly eventNames = [...COMMON_EVENTS, 'change', 'connect', 'disconnect'] as const
  readonly #place: Place
  readonly #options: AgentOptions
  readonly #watchOptions: WatchOptions
  readonly #log = new SessionLog(() => this.label, true)
  readonly #backoff = new Backoff({})
  #queue: OutQueue | undefined
  #watcher: Watcher | undefined
  #connection: TcpSession | undefined
  #stop = new AbortController()
  #wake: (() => void) | undefined
  #silence: NodeJS.Timeout | undefined
  #isTold = false

  /** @param folder its whole path @param where 'host:port' @throws OptionError */
  constructor(folder: string, where: string | number, options: AgentOptions = {}) {
    checkTable('watch.agent', options, TABLE)
    checkConnectOptions({ tls: options.tls })
    super({ history: 0 })
    this.folder = folder
    this.#place = placeFrom('watch.agent', where)
    this.name = options.name ?? hostname()
    this.#options = options
    const { name: _name, tls: _tls, spool: _spool, queue: _queue, ...rest } = options
    this.#watchOptions = rest
    // A mistake in it is told now.
    void new Watcher(folder, rest)
  }

  get subject(): string {
    return `${printable(this.folder)} → ${placeText(this.#place)}`
  }

  /** Changes that the collector does not have yet, as far as they are in memory. */
  get waiting(): number {
    return this.#queue?.length ?? 0
  }

  /** Changes that were dropped, since too many waited. */
  get dropped(): number {
    return this.#queue?.dropped ?? 0
  }

  protected override get figures(): string {
    const parts = [this.connected ? 'connected' : 'the collector is away', changeCount(this.count)]
    if (this.waiting > 0) parts.push(`${grouped(this.waiting)} waiting`)
    if (this.dropped > 0) parts.push(`${grouped(this.dropped)} dropped`)
    return parts.join(', ')
  }

  override toJSON(): object {
    const { name, session, folder, connected, count, delivered, waiting, dropped } = this
    return { ...super.toJSON(), name, session, folder, connected, count, delivered, waiting, dropped }
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    this.#stop = new AbortController()
    const { queue = MOST_QUEUED, spool } = this.#options
    try {
      this.#queue = new OutQueue(queue, spool)
    } catch (error) {
      throw sessionError(`watch agent: spool ${printable(spool!)}`, error)
    }
    this.#watcher = await this.#watch(false)
    signal.throwIfAborted()
    const first = new Promise<void>((resolve) => void this.#run(resolve))
    await Promise.race([first, pause(FIRST_WAIT, signal)])
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    await this.#watcher?.close()
    // What is on its way may still arrive.
    while (this.connected && this.waiting > 0 && !signal.aborted) await pause(10, signal).catch(() => undefined)
    this.#stop.abort()
    this.#wake?.()
    clearTimeout(this.#silence)
    await this.#connection?.close()
    const lost = this.#queue?.close() ?? 0
    if (lost > 0) this.#log.tell(`not delivered: ${changeCount(lost)}; {spool: 'FILE'} would have kept them`)
  }

  async #watch(initial: boolean): Promise<Watcher> {
    const watcher = new Watcher(this.folder, initial ? { ...this.#watchOptions, initial } : this.#watchOptions)
    watcher.on('change', (change) => this.#changed(change))
    watcher.on('close', (error) => this.#folderGone(error))
    await watcher.open()
    forget(watcher)
    return watcher
  }

  #changed(change: Change): Promise<void> | undefined {
    this.count++
    try {
      this.#queue!.push(lineOf(change, this.name, this.session, this.count))
    } catch (error) {
      void this._emit('error', [sessionError(`${this.label}: spool`, error)])
      this.#log.tell(`the change could not be kept: ${(error as Error).message}`)
    }
    this.#wake?.()
    return this._emit('change', [change])
  }

  /** The folder may come back: what is in it then is told as created, as what was in it was told as deleted. */
  #folderGone(error: SessionError | undefined): void {
    if (this.#stop.signal.aborted || this.state === 'closing' || error === undefined) return
    this.#log.tell(`${error.message}; it is watched again when it is back`)
    void this._emit('error', [error])
    void this.#watchAgain()
  }

  async #watchAgain(): Promise<void> {
    const backoff = new Backoff({ longest: 10 })
    while (!this.#stop.signal.aborted && this.state !== 'closing') {
      await pause(backoff.next()! * 1000, this.#stop.signal).catch(() => undefined)
      if (this.#stop.signal.aborted) return
      try {
        this.#watcher = await this.#watch(true)
        if (this.#stop.signal.aborted) await this.#watcher.close()
        return
      } catch {
        // Not yet.
      }
    }
  }

  /** Connects, sends, and connects again. @param tried the first attempt has ended */
  async #run(tried: () => void): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      let error: SessionError | undefined
      try {
        await this.#connect(tried)
      } catch (failure) {
        error = sessionError(this.label, failure)
      }
      tried()
      this.#disconnected(error)
      if (signal.aborted) return
      const seconds = this.#backoff.next()!
      void this._emit('reconnect', [this.#backoff.attempt, seconds])
      await pause(seconds * 1000, signal).catch(() => undefined)
    }
  }

  /** One connection, until it is over. */
  async #connect(tried: () => void): Promise<void> {
    const connection = new TcpSession(this.#place, {
      framing: 'json',
      keepAlive: PATIENCE,
      history: 0,
      ...(this.#options.tls === undefined ? {} : { tls: this.#options.tls }),
    })
    this.#connection = connection
    await partOf(this.#stop.signal, connection.open())
    forget(connection)
    const over = new Promise<void>((resolve) => connection.on('close', () => resolve()))
    void over.then(() => this.#wake?.())
    connection.on('message', (message) => this.#answered(message, tried))
    const { name: agent, session, folder } = this
    await connection.send({ hello: 1, agent, session, folder } satisfies Hello)
    this.#queue!.rewind()
    this.#expect()
    await Promise.race([over, this.#send(connection)])
    await over
    if (connection.error !== undefined) throw connection.error
  }

  async #send(connection: TcpSession): Promise<void> {
    while (connection.isOpen) {
      const line = this.connected ? this.#queue!.next() : undefined
      if (line === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      else {
        this.#expect()
        await connection.send(line)
      }
    }
  }

  #answered(message: unknown, tried: () => void): undefined {
    const { ack, session } = (message ?? {}) as Partial<Ack>
    if (typeof ack !== 'number') return
    clearTimeout(this.#silence)
    this.#silence = undefined
    const before = this.waiting
    this.#queue!.acknowledge(session ?? this.session, ack)
    this.delivered += before - this.waiting
    if (this.waiting > 0) this.#expect()
    // There is room in memory for what is in the file only.
    this.#wake?.()
    if (this.connected) return
    this.connected = true
    this.#backoff.reset()
    if (this.#isTold) this.#log.tell(`the collector is back; it does not have ${changeCount(this.waiting)} yet`)
    this.#isTold = false
    void this._emit('connect', [])
    tried()
  }

  #disconnected(error: SessionError | undefined): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
    const was = this.connected
    this.connected = false
    this.#connection = undefined
    if (this.#stop.signal.aborted) return
    if (!this.#isTold) {
      const why = error === undefined ? 'it closed the connection' : reasonOf(error)
      this.#log.tell(`the collector is away (${why}); changes are kept, and it is tried again`)
    }
    this.#isTold = true
    if (was) void this._emit('disconnect', [error])
  }

  /** What was sent is answered soon, or nobody is there. */
  #expect(): void {
    this.#silence ??= setTimeout(() => void this.#connection?.reset(), PATIENCE * 1000)
  }
}
