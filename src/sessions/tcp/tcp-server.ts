/** TCP servers: `tcp.listen`. A handler for each connection, or for each message; thousands of clients at once. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { OptionError, Task } from '../../exchange/index.js'
import type { Explainable } from '../explain/explainable.js'
import type { Recorder, RecorderOptions } from '../explain/recorder.js'
import { listenHost, listening } from '../face/listening.js'
import { COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { reasonOf, SessionError, sessionError } from '../face/session-error.js'
import { SessionLog } from '../face/session-log.js'
import { type FramingOption, framingOf } from '../stream/framing.js'
import { type Place, placeFrom, placeText } from '../stream/place.js'
import type { Encoding } from '../stream/text.js'
import { serverTls, type TlsServerOptions } from '../tls/tls-options.js'
import { ClientList } from './client-list.js'
import { TcpClient } from './tcp-client.js'
import { checkListenOptions } from './tcp-options.js'

/** Options of `tcp.listen`. */
export interface TcpListenOptions {
  /** Address of this machine; '*': all of them. Default 127.0.0.1. */
  host?: string
  /** TLS; true makes a certificate on the spot, which `server.certificate` has. Default: none. */
  tls?: boolean | TlsServerOptions
  /** How messages are told apart. Default 'none'. */
  framing?: FramingOption
  /** What bytes become. Default 'utf8'. */
  encoding?: Encoding
  /** Bytes of one message at most; a client that sends more is disconnected. Default 1 MiB. */
  limit?: number
  /** Clients at once at most; others are turned away. Default 20 000. */
  clients?: number
  /** Seconds of silence after which a client is disconnected. Default: never. */
  idle?: number
  /** Seconds of silence after which the system asks whether a client is still there: one that was switched off says no goodbye. Default: never. */
  keepAlive?: number
  /** Connections that may wait to be accepted. Default 511. */
  backlog?: number
  /** Say who comes and goes. Default true. */
  log?: boolean
  /** Messages that `history` keeps, of all clients together. Default 1000. */
  history?: number
  /** Its packets are recorded, for `explain(server)`; needs the right to capture. Default false. */
  explain?: boolean
}

/** Events of a server. */
export type TcpServerEvents = CommonEvents & {
  /** Somebody connected; what the handler gives is sent, and when it has ended the connection is closed, unless messages have a handler. */
  connection: [connection: TcpClient]
  /** A message came, as `framing` has them; what the handler gives is sent. */
  message: [message: never, connection: TcpClient]
  /** Somebody is gone; with an error when the connection broke. */
  disconnect: [connection: TcpClient, error: SessionError | undefined]
}

/** A handler of connections, or handlers by event. */
export type TcpHandler =
  | ((connection: TcpClient) => unknown)
  | {
      connection?: (connection: TcpClient) => unknown
      message?: (message: never, connection: TcpClient) => unknown
      disconnect?: (connection: TcpClient, error: SessionError | undefined) => unknown
    }

const MOST_CLIENTS = 20_000
const EVENTS = ['connection', 'message', 'disconnect'] as const

/**
 * Listens: `server = tcp.listen(8808, connection => …)`. The handler is called for each client, all at once; what it gives is sent, and when it has ended,
 * the connection is closed. `{message: (message, connection) => reply}` is called for each message instead. Without any, `server.accept()` gives the next one.
 * @param port 0: a free one, see `server.port`; a path: a unix socket
 * @throws SessionError when the port is in use, or not allowed
 */
export function listen(
  port: number | string,
  handler?: TcpHandler | TcpListenOptions,
  options?: TcpListenOptions,
): Task<TcpServer> {
  if (handler !== undefined && typeof handler !== 'function' && (typeof handler !== 'object' || handler === null))
    throw new OptionError(
      `tcp.listen: the handler is a function of a connection, or {message: (message, connection) => reply}, not ${String(handler)}`,
    )
  const isHandler = typeof handler === 'function' || (handler !== undefined && EVENTS.some((event) => event in handler))
  const given = (isHandler ? options : (options ?? handler)) ?? {}
  checkListenOptions(given as TcpListenOptions)
  const server = new TcpServer(port, given as TcpListenOptions)
  if (typeof handler === 'function') server.on('connection', handler)
  else if (isHandler)
    for (const [event, each] of Object.entries(handler as Record<string, never>)) server.on(event as 'connection', each)
  return server.open() as Task<TcpServer>
}

/** A listening socket with its clients. */
export class TcpServer extends Session<TcpServerEvents> implements Explainable {
  readonly kind = 'tcp server'
  /** Clients so far. */
  accepted = 0
  /** The certificate that it shows, PEM: with TLS. */
  certificate: string | undefined
  /** What records its packets. */
  _recorder: Recorder | undefined
  protected readonly eventNames = [...COMMON_EVENTS, ...EVENTS]
  readonly #options: TcpListenOptions
  readonly #place: Place
  readonly #log: SessionLog
  readonly #clients = new Set<TcpClient>()
  #server: Server | undefined
  #port = 0
  #waiting: TcpClient[] = []
  #acceptors: ((connection: TcpClient) => void)[] = []

  constructor(port: number | string, options: TcpListenOptions = {}) {
    super(options)
    this.#options = options
    this.#place = placeFrom('tcp.listen', port, undefined, { lowest: 0, host: listenHost(options.host) })
    // A mistake in it is told now, and not to the first client.
    framingOf(options.framing, 'tcp.listen')
    this.#log = new SessionLog(() => this.label, options.log ?? true)
    this.#port = 'port' in this.#place ? this.#place.port : 0
  }

  get subject(): string {
    return placeText('path' in this.#place ? this.#place : { ...this.#place, port: this.#port })
  }

  /** The same; `explain` asks for it. */
  get localPort(): number {
    return this.#port
  }

  /** The port that it listens on; 0 for a unix socket. */
  get port(): number {
    return this.#port
  }

  /** Its clients now, as a table. */
  clients(): ClientList {
    return ClientList.from(this.#clients) as ClientList
  }

  /** Sends a message to all clients, or to all but one. Those who do not read are disconnected when too much waits. Gives to how many. */
  broadcast(message: unknown, { except }: { except?: TcpClient } = {}): number {
    let count = 0
    for (const client of this.#clients) {
      if (client === except || !client.isOpen) continue
      client._postNow(message)
      count++
    }
    return count
  }

  /** The next client; waits for one. For servers without handlers: theirs are taken already. */
  accept(): Task<TcpClient> {
    return Task.run<TcpClient>(
      ({ signal }) => {
        const waiting = this.#waiting.shift()
        if (waiting !== undefined) return waiting
        if (!this.isOpen) throw new SessionError(`${this.label}: it is ${this.state}`, 'CLOSED')
        return new Promise((resolve, reject) => {
          const over = (): void => {
            this.#acceptors = this.#acceptors.filter((other) => other !== take)
            this.off('close', closed)
          }
          const take = (connection: TcpClient): void => {
            over()
            resolve(connection)
          }
          const closed = (): void => {
            over()
            reject(new SessionError(`${this.label}: it was closed`, 'CLOSED'))
          }
          this.#acceptors.push(take)
          this.on('close', closed)
          signal.addEventListener('abort', over, { once: true })
        })
      },
      { name: `accept on ${this.subject}` },
    )
  }

  protected override get figures(): string {
    const { size } = this.#clients
    return `${size} client${size === 1 ? '' : 's'}${this.accepted > size ? ` of ${this.accepted} so far` : ''}`
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { tls, backlog = 511, clients = MOST_CLIENTS } = this.#options
    const place = this.#place
    const listener = (socket: Socket): void => this.#accepted(socket)
    let server: Server
    if (tls) {
      const secure = await serverTls('tcp.listen', tls, 'host' in place ? [place.host] : [])
      this.certificate = secure.cert
      server = createTlsServer(
        { ...secure, allowHalfOpen: true, noDelay: true, handshakeTimeout: 10_000 } as never,
        listener,
      )
      server.on('tlsClientError', (error: Error, socket: Socket) => {
        socket.destroy()
        // Node tells of a certificate that was refused only that the connection is gone.
        const { authorizationError } = socket as TLSSocket
        const failure = authorizationError
          ? new SessionError(
              `${this.label}: the certificate of a client is not trusted: ${authorizationError}`,
              'EPROTO',
            )
          : sessionError(this.label, error)
        this.#log.tell(`TLS with a client failed: ${reasonOf(failure, this.label)}`)
        void this._emit('error', [failure])
      })
    } else server = createServer({ allowHalfOpen: true, noDelay: true }, listener)
    server.maxConnections = clients
    server.on('drop', () => this.#log.tell(`a client was turned away: there are ${clients} already`))
    const where = 'path' in place ? place : { host: place.host, port: this.#port }
    this.#port = await listening(server, { ...where, backlog }, this.label, signal)
    server.on('error', (error) => void this._emit('error', [sessionError(this.label, error)]))
    this.#server = server
    if (this.#options.explain) this._recorder = await (await import('../explain/explain.js')).recorderFor(this)
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    const server = this.#server
    const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
    const clients = [...this.#clients]
    signal.addEventListener('abort', () => {
      for (const client of clients) client._drop()
    })
    await Promise.all(clients.map((client) => client.close()))
    await closed
  }

  /** What is to be recorded of it. */
  _recording(): RecorderOptions | undefined {
    if ('path' in this.#place) return undefined
    return { protocol: 'tcp', role: 'server', address: this.#place.host, port: this.#port }
  }

  protected override _ended(): void {
    this._recorder?.stop()
  }

  /** Hears of each message first; a handler of the server's replies to it. */
  _message(message: unknown, connection: TcpClient, reply: (value: unknown) => void): Promise<void> | undefined {
    return this._emit('message', [message as never, connection], reply)
  }

  /** Whether it handles messages. */
  get _handlesMessages(): boolean {
    return this._isHeard('message')
  }

  _gone(connection: TcpClient, error: SessionError | undefined): void {
    if (!this.#clients.delete(connection)) return
    this.#waiting = this.#waiting.filter((other) => other !== connection)
    this.#log.tell(
      error === undefined ? `${connection.peer} is gone` : `${connection.peer} is gone: ${reasonOf(error)}`,
    )
    void this._emit('disconnect', [connection, error])
  }

  protected override _handlersChanged(): void {
    for (const client of this.#clients) client._serverChanged()
  }

  #accepted(socket: Socket): void {
    const connection = new TcpClient(this, socket, this.#options)
    this.accepted++
    this.#clients.add(connection)
    this.#log.tell(`${connection.peer} connected`)
    connection._begin()
    if (this.handlers.has('connection')) void this.#serve(connection)
    else if (!this._isHeard('connection') && !this._handlesMessages) {
      const acceptor = this.#acceptors.shift()
      if (acceptor === undefined) this.#waiting.push(connection)
      else acceptor(connection)
    } else void this._emit('connection', [connection])
  }

  /** A conversation: it is over when the handlers are. */
  async #serve(connection: TcpClient): Promise<void> {
    await this._emit('connection', [connection], (reply) => connection._postNow(reply))
    if (!connection._isServed) await connection.close()
  }
}
