/** The connections of a server, and what comes over them that is no request. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { plainAddress } from '../stream/place.js'
import { badRequestOf, refuse } from '../web/bad-request.js'

/** Clients at the same time. */
const MOST_CONNECTIONS = 10_000
/** Bytes of a request's line and headers. */
const MOST_HEADER_BYTES = 16 * 1024
/** In this time the headers must have come, ms. */
const HEADERS_TIME = 10_000
/** A client that says nothing for so long after an answer is let go, ms. */
const KEEP_ALIVE = 5000
/** A connection on which nothing goes in any direction for so long is given up, ms. */
const IDLE = 60_000
/** A connection that is closed in order and is still there, ms. */
const LINGER = 500

/** For node's createServer. */
export const HTTP_LIMITS = {
  maxHeaderSize: MOST_HEADER_BYTES,
  headersTimeout: HEADERS_TIME,
  // How long all of a request takes depends on what is uploaded; what stands still is given up.
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE,
  connectionsCheckingInterval: 1000,
  insecureHTTPParser: false,
  requireHostHeader: true,
  // As long as one writes, the other one reads: a large file leaves no small packets waiting.
  noDelay: true,
} as const

/** A request that was none. */
export interface Nonsense {
  client: string
  status: number
  reason: string
  code: string
  bytes: number
}

/** Requests that may come ahead of their turn on one connection; whoever sends more wants our memory. */
const MOST_AHEAD = 256

export interface Connection {
  /** Requests that are being answered. */
  pending: number
  /** Resolves when the answer to the request that came last is over. */
  last: Promise<void>
  isRefused: boolean
  /** Told when it is gone. */
  readonly gone: Set<() => void>
}

export class Connections {
  /** Also those that are not yet as far as HTTP. */
  readonly #all = new Map<Socket, Connection>()

  /** @param refused is told of what is no HTTP, or did not come in time */
  constructor(
    server: Server,
    private readonly refused: (nonsense: Nonsense) => void,
  ) {
    server.maxConnections = MOST_CONNECTIONS
    server.setTimeout(IDLE, (socket) => this.#idle(socket))
    server.on('connection', (socket: Socket) => this.of(socket))
    server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket))
    // Without these Node would just hang up, or wait for ever.
    server.on('connect', (_incoming, socket) => this.#refuse(NO_PROXY, socket as Socket))
  }

  get count(): number {
    return this.#all.size
  }

  of(socket: Socket): Connection {
    const known = this.#all.get(socket)
    if (known !== undefined) return known
    const connection: Connection = { pending: 0, last: Promise.resolve(), isRefused: false, gone: new Set() }
    // Node stops listening to those that it hands over; a client may leave before our answer.
    socket.on('error', () => undefined)
    this.#all.set(socket, connection)
    socket.on('close', () => {
      this.#all.delete(socket)
      for (const tell of connection.gone) tell()
    })
    return connection
  }

  /** Resolves when an answer has left, or its client: of one that waits for its turn behind others Node says nothing then. */
  over(response: ServerResponse): Promise<void> {
    const { gone } = this.of(response.req.socket)
    return new Promise((resolve) => {
      const end = (): void => {
        gone.delete(end)
        resolve()
      }
      gone.add(end)
      response.once('close', end)
    })
  }

  /**
   * Waits until the requests before this one are answered: answers leave in this order anyway, and what they need, such as open files, is not taken before.
   * @param over of this one
   * @returns whether anybody waits for it
   */
  async turn(response: ServerResponse, over: Promise<void>): Promise<boolean> {
    const { socket } = response.req
    const connection = this.of(socket)
    const before = connection.last
    connection.last = over
    if (connection.pending > MOST_AHEAD) socket.destroy()
    if (connection.pending > 1) await before
    return !socket.destroyed
  }

  /** Ends those on which nothing is being answered: what has left still arrives. */
  endIdle(): void {
    for (const [socket, { pending }] of this.#all) {
      if (pending > 0) continue
      socket.end()
      setTimeout(() => socket.destroy(), LINGER).unref()
    }
  }

  destroy(): void {
    for (const socket of this.#all.keys()) socket.destroy()
  }

  /** Nothing went in any direction. Where we have nothing to give yet, it is not for the client to do something. */
  #idle(socket: Socket): void {
    const { pending } = this.of(socket)
    if (pending === 0 || socket.writableLength > 0) socket.destroy()
  }

  #refuse(error: Error & { code?: string }, socket: Socket): void {
    const connection = this.of(socket)
    // Each further piece of the same nonsense is told, too; a client that just left is nothing to tell of.
    if (connection.isRefused) return
    connection.isRefused = true
    const { code = 'BAD_REQUEST' } = error
    if (code === 'ECONNRESET' || code === 'EPIPE') {
      socket.destroy()
      return
    }
    const { status, reason } = badRequestOf(error)
    const client = plainAddress(socket.remoteAddress ?? 'gone')
    // Behind an answer that is on its way there is no place for another.
    const bytes = refuse(socket, status, connection.pending === 0)
    this.refused({ client, status, reason, code, bytes })
  }
}

const NO_PROXY = Object.assign(new Error('CONNECT is for proxies'), { code: 'CONNECT' })
