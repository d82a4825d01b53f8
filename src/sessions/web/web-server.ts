/** A web server as a session. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { OptionError } from '../../exchange/index.js'
import { listening } from '../face/listening.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { hostPort, isLoopback } from '../stream/place.js'
import { type Answerer, Answering, type Connection } from './answering.js'
import { badRequestOf, refuse } from './bad-request.js'
import { type LoggedRequest, RequestHistory, RequestLog } from './request-log.js'
import { answerText, type Routes, RouteTable } from './routes.js'
import type { WebOptions } from './web-options.js'
import type { WebRequest } from './web-request.js'

/** Events of a web server. */
export type WebServerEvents = CommonEvents & {
  /** A request has come, and its body with it. */
  request: [request: WebRequest]
  /** It was answered. */
  response: [request: LoggedRequest]
}

const CONNECTION: unique symbol = Symbol('connection')

function connectionOf(socket: Socket & { [CONNECTION]?: Connection }): Connection {
  const known = socket[CONNECTION]
  if (known !== undefined) return known
  // Node stops listening to those that it hands over (CONNECT, nonsense); a client may leave before our answer.
  socket.on('error', () => undefined)
  const client = hostPort(socket.remoteAddress ?? 'gone', socket.remotePort ?? 0)
  socket[CONNECTION] = { client, pending: 0, last: undefined, isRefused: false }
  return socket[CONNECTION]
}

/** Clients at the same time. */
const MOST_CONNECTIONS = 10_000
/** Bytes of a request's line and headers. */
const MOST_HEADER_BYTES = 16 * 1024
/** Seconds in which the headers must have come. */
const HEADERS_TIME = 10
/** A client that says nothing for so long after an answer is let go, ms. */
const KEEP_ALIVE = 5000

/** A web server. Made by `web.listen`. */
export class WebServer extends Session<WebServerEvents> {
  readonly kind = 'web'
  protected readonly eventNames = [...COMMON_EVENTS, 'request', 'response']
  override readonly history: RequestHistory
  readonly #routes = new RouteTable()
  readonly #log: RequestLog
  /** Its connections, also those that are not yet as far as HTTP. */
  readonly #sockets = new Set<Socket>()
  #certificate: string | undefined
  #server: Server | undefined
  #port: number
  #count = 0
  #sent = 0
  /** Requests that are being answered. */
  #pending = 0
  readonly #answerer: Answerer
  /** While it closes: called when an answer has left. */
  #closing: (() => void) | undefined

  /** @throws OptionError for a route that is none */
  constructor(
    port: number,
    routes: Routes,
    private readonly options: Required<WebOptions>,
  ) {
    super()
    this.#port = port
    this.#log = new RequestLog(options.history, options.log)
    this.history = new RequestHistory(this.#log)
    for (const [name, answer] of Object.entries(routes)) this.#routes.set(name, answer, { replace: false })
    this.#answerer = {
      routes: this.#routes,
      limit: options.limit,
      ownName: isLoopback(options.host) ? options.host : undefined,
      call: (work) => this.handlers.scope.run(work),
      heard: (request) => void this._emit('request', [request]),
      failed: (route, error) => this._failed(route, error),
      done: (answering) => this.#done(answering),
    }
  }

  get subject(): string {
    return this.url
  }

  /** Where it is: `http://127.0.0.1:8016/`. */
  get url(): string {
    return `http${this.options.tls ? 's' : ''}://${hostPort(this.options.host, this.#port)}/`
  }

  /** With tls: the certificate, PEM, which clients may be told to trust. */
  get certificate(): string | undefined {
    return this.#certificate
  }

  /** The port; before it is open with 0: 0. */
  get port(): number {
    return this.#port
  }

  /** The routes in the order in which they are looked at: {method, path, answer}. */
  get routes(): { method: string; path: string; answer: string }[] {
    return this.#routes.all().map((route) => ({
      method: route.method === '' ? 'any' : route.method,
      path: route.path,
      answer: answerText(route),
    }))
  }

  /** The latest requests: {time, client, method, target, received, status, bytes, ms}. */
  get requests(): LoggedRequest[] {
    return this.#log.latest()
  }

  /**
   * Adds a route, or puts another answer in the place of one; from the next request on.
   * @throws OptionError for a route that is none, and for no answer
   */
  route(name: string, answer: unknown): this {
    if (typeof name !== 'string') throw new OptionError("route: give a method and a path, such as 'GET /notes'")
    this.#routes.set(name, answer)
    return this
  }

  protected override get figures(): string {
    const requests = `${this.#count} request${this.#count === 1 ? '' : 's'}`
    const routes = this.routes.length
    return `${routes} route${routes === 1 ? '' : 's'}, ${requests}, ${byteCount(this.#sent)} out`
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { host } = this.options
    const server = await this.#created()
    signal.throwIfAborted()
    server.maxConnections = MOST_CONNECTIONS
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('request', (incoming, response) => this.#take(incoming, response, false))
    server.on('checkContinue', (incoming, response) => this.#take(incoming, response, true))
    server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket))
    // Without this Node would just hang up on who takes us for a proxy.
    server.on('connect', (_incoming, socket) => this.#refuse(NO_PROXY, socket as Socket))
    this.#port = await listening(server, { host, port: this.#port }, `web ${hostPort(host, this.#port)}`, signal)
    server.on('error', (error) => void this._emit('error', [sessionError(this.label, error)]))
    this.#server = server
  }

  async #created(): Promise<Server> {
    const { host, timeout, tls } = this.options
    const limits = {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_TIME, timeout) * 1000,
      requestTimeout: timeout * 1000,
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: Math.min(1000, timeout * 250),
      insecureHTTPParser: false,
      requireHostHeader: true,
    }
    if (!tls) return createServer(limits)
    const [https, { serverTls }] = await Promise.all([import('node:https'), import('../tls/tls-options.js')])
    const secure = await serverTls('web.listen', tls, [host])
    this.#certificate = secure.cert
    return https.createServer({ ...limits, ...secure, handshakeTimeout: limits.headersTimeout })
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    await new Promise<void>((resolve) => {
      const end = (): void => {
        for (const socket of this.#sockets) socket.destroy()
      }
      server.close(() => resolve())
      this.#closing = (): void => (this.#pending === 0 ? end() : server.closeIdleConnections())
      this.#closing()
      signal.addEventListener('abort', end, { once: true })
    })
    this.#closing = undefined
    this.#log.end()
  }

  #take(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const connection = connectionOf(incoming.socket)
    const answering = new Answering(this.#answerer, incoming, response, connection)
    connection.pending++
    connection.last = answering
    this.#pending++
    answering.begin(expectsContinue)
  }

  #done({ logged, connection }: Answering): void {
    connection.pending--
    this.#pending--
    this.#count++
    this.#sent += logged.bytes
    this.#log.add(logged)
    void this._emit('response', [logged])
    if (this.#closing !== undefined) setImmediate(this.#closing)
  }

  /** What is no HTTP, or does not come in time. */
  #refuse(error: Error & { code?: string }, socket: Socket): void {
    const connection = connectionOf(socket)
    // Each further piece of the same nonsense is told, too; a client that just left is nothing to tell of.
    if (connection.isRefused) return
    connection.isRefused = true
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
      socket.destroy()
      return
    }
    const { client, last, pending } = connection
    const { status, reason } = badRequestOf(error)
    const current = pending > 0 && last?.response.writableEnded === false ? last : undefined
    let bytes = 0
    // It stands behind a request that is being answered: that answer still goes out.
    if (pending === 1 && current?.isComplete) current.closeBehind()
    else bytes = refuse(socket, status, pending === 0 || (pending === 1 && current?.response.headersSent !== true))
    if (current?.isComplete === false) Object.assign(current.logged, { status, bytes })
    else
      this.#log.add({ time: new Date(), client, method: '-', target: `(${reason})`, received: 0, status, bytes, ms: 0 })
    void this._emit('error', [new SessionError(`${this.label}: ${client}: ${reason}`, error.code ?? 'BAD_REQUEST')])
  }
}

const NO_PROXY = Object.assign(new Error('CONNECT is for proxies'), { code: 'CONNECT' })
