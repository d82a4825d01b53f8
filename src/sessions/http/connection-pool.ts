/** Connections to one server, kept for further requests. */
import type { Socket } from 'node:net'
import type { buildConnector, Client, Dispatcher } from 'undici'
import { SessionError } from '../face/session-error.js'
import { hostPort } from '../stream/place.js'
import type { TimingMarks } from './timing.js'
import type { WireExchange } from './wire.js'

/** What a connection is known by. */
export interface ConnectionFacts {
  remote: string | undefined
  /** Of HTTP. */
  version: string
  /** When its parts were over; taken by the first request that went over it. */
  marks: Partial<TimingMarks> | undefined
}

/** Connections to one server at a time; further requests wait for one. */
export const MOST_CONNECTIONS = 128
/** Makes the client that has the connections of a lane, one after the other. */
export type ClientMaker = (connect: (connector: Connector) => buildConnector.connector) => Client
/** What undici's `buildConnector` gives: it does give the socket. */
export type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket

/**
 * Gives each request a connection of its own: that which was free last, so that others fall idle and are closed, or a new one. undici's
 * own pool takes a connection for busy until the turn of the event loop behind its answer: who asks one thing after the other would
 * have two of them, or lose a turn for each request. Over HTTP/2, too, one request at a time: where undici has several under way over
 * one connection that ends, it sends them again by itself.
 */
export class ConnectionPool {
  /** Those without a request, the latest at the end. */
  readonly #free: Lane[] = []
  readonly #all = new Set<Lane>()
  readonly #waiting: { options: Dispatcher.DispatchOptions; exchange: WireExchange }[] = []

  /** @param onEmpty called when the last connection is closed and nobody needs another one */
  constructor(
    private readonly makeClient: ClientMaker,
    private readonly onEmpty: () => void,
  ) {}

  dispatch(options: Dispatcher.DispatchOptions, exchange: WireExchange): void {
    const lane = this.#free.pop() ?? this.#newLane()
    if (lane === undefined) this.#waiting.push({ options, exchange })
    else this.#send(lane, options, exchange)
  }

  /** Ends them all; requests that are under way fail. */
  async destroy(): Promise<void> {
    for (const { exchange } of this.#waiting.splice(0))
      exchange.giveUp(new SessionError('the session was closed before it was sent', 'CLOSED'))
    await Promise.all([...this.#all].map((lane) => lane.client.destroy()))
  }

  /** A request over this connection has ended. Behind it undici is still at work: nothing else may happen here at once. */
  _ended(lane: Lane): void {
    lane.isBusy = false
    this.#free.push(lane)
    if (lane.isClosed) queueMicrotask(() => this._closed(lane))
    if (this.#waiting.length > 0) queueMicrotask(() => this.#sendWaiting())
  }

  /** A connection was closed, or could not be made. */
  _closed(lane: Lane): void {
    if (lane.isBusy || !this.#all.delete(lane)) return
    const place = this.#free.indexOf(lane)
    if (place >= 0) this.#free.splice(place, 1)
    void lane.client.destroy()
    if (this.#all.size === 0 && this.#waiting.length === 0) this.onEmpty()
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0) {
      // Nobody waits any more for what was given up meanwhile.
      const isOver = this.#waiting[0]!.exchange.isOver
      const lane = isOver ? undefined : (this.#free.pop() ?? this.#newLane())
      if (lane === undefined && !isOver) return
      const { options, exchange } = this.#waiting.shift()!
      if (lane !== undefined) this.#send(lane, options, exchange)
    }
  }

  #newLane(): Lane | undefined {
    if (this.#all.size >= MOST_CONNECTIONS) return undefined
    const lane = new Lane(this, this.makeClient)
    this.#all.add(lane)
    return lane
  }

  #send(lane: Lane, options: Dispatcher.DispatchOptions, exchange: WireExchange): void {
    lane.isBusy = true
    exchange.lane = lane
    lane.client.dispatch(options, exchange)
  }
}

/** Place for one connection, and for the next one when that is closed. */
export class Lane {
  /** Whether a request is under way. */
  isBusy = false
  /** Whether its connection was closed, and there is no other one yet. */
  isClosed = false
  /** Of the latest connection. */
  facts: ConnectionFacts | undefined
  readonly client: Client

  constructor(
    readonly pool: ConnectionPool,
    makeClient: ClientMaker,
  ) {
    this.client = makeClient((connector) => (options, callback) => this.#connect(connector, options, callback))
    const closed = (): void => {
      this.isClosed = true
      pool._closed(this)
    }
    this.client.on('disconnect', closed).on('connectionError', closed)
  }

  /** A request over it has ended: undici is done with it. */
  ended(): void {
    this.pool._ended(this)
  }

  /** Makes a connection, and notes when its parts are over. */
  #connect(connect: Connector, options: buildConnector.Options, callback: buildConnector.Callback): Socket {
    const marks: Partial<TimingMarks> = { connectStart: performance.now() }
    // undici takes what this gives for the socket.
    const socket = connect(options, (...[error, made]: Parameters<buildConnector.Callback>) => {
      if (made !== null && made !== undefined) {
        const { remoteAddress, remotePort, alpnProtocol } = made as Socket & { alpnProtocol?: string }
        const remote = remoteAddress === undefined ? undefined : hostPort(remoteAddress, remotePort ?? 0)
        this.isClosed = false
        this.facts = { remote, version: alpnProtocol === 'h2' ? '2' : '1.1', marks }
      }
      ;(callback as (error: Error | null, socket: Socket | null) => void)(error as Error | null, made as Socket | null)
    })
    socket.once('lookup', () => (marks.dns = performance.now()))
    socket.once('connect', () => (marks.tcp = performance.now()))
    if (options.protocol === 'https:') socket.once('secureConnect', () => (marks.tls = performance.now()))
    return socket
  }
}
