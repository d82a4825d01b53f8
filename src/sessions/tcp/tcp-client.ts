/** A connection that a server has accepted. */
import type { Socket } from 'node:net'
import type { Recorder, RecorderOptions } from '../explain/recorder.js'
import type { History } from '../face/history.js'
import { SessionError } from '../face/session-error.js'
import type { TcpListenOptions, TcpServer } from './tcp-server.js'
import { TcpSession } from './tcp-session.js'

/** What a handler of a server gets: a session like any other, for one client. */
export class TcpClient extends TcpSession {
  override readonly kind = 'tcp client'
  /** The server that it belongs to. */
  readonly server: TcpServer
  /** When it connected. */
  readonly since = new Date()
  /** Yours, to keep what belongs to this client. */
  readonly data: Record<string, unknown> = {}
  readonly #shared: History
  readonly #socket: Socket
  readonly #idle: number

  constructor(server: TcpServer, socket: Socket, { framing, encoding, limit, keepAlive, idle = 0 }: TcpListenOptions) {
    super(
      { host: socket.remoteAddress ?? 'unix', port: socket.remotePort ?? 0 },
      // What it exchanges is in the server's history.
      { history: 0, ...defined({ framing, encoding, limit, keepAlive }) },
    )
    this.server = server
    this.#shared = server.history
    this.#socket = socket
    this.#idle = idle
    const { remoteAddress = 'unix socket', remotePort = 0 } = socket
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  override get subject(): string {
    return this.peer
  }

  override get _recorder(): Recorder | undefined {
    return this.server._recorder
  }

  override set _recorder(recorder: Recorder | undefined) {
    this.server._recorder = recorder
  }

  override _recording(): RecorderOptions | undefined {
    return this.server._recording()
  }

  /** It is open from the start. */
  _begin(): void {
    const socket = this.#socket
    this._adopt()
    this._take(socket)
    if (this.#idle > 0)
      socket.setTimeout(this.#idle * 1000, () =>
        this._break(new SessionError(`${this.label}: it was silent for ${this.#idle} s`, 'TIMEOUT')),
      )
  }

  /** Sends without waiting. */
  _postNow(message: unknown): void {
    try {
      this._post(message)
    } catch (error) {
      this._failed('connection', error)
    }
  }

  /** Ends it at once. */
  _drop(): void {
    this.#socket.destroy()
  }

  /** Handlers of the server came or went. */
  _serverChanged(): void {
    this._handlersChanged()
  }

  /** Whether messages of this connection are handled, by its own handlers or by the server's. */
  get _isServed(): boolean {
    return this._isPushed
  }

  protected override get _isPushed(): boolean {
    return this.server._handlesMessages || this._isHeard('message')
  }

  protected override _deliver(message: unknown, reply: (value: unknown) => void): Promise<void> | undefined {
    const own = super._deliver(message, reply)
    if (!this.server._handlesMessages) return own
    if (own === undefined) return this.server._message(message, this, reply)
    return own.then(() => this.server._message(message, this, reply))
  }

  protected override _note(direction: 'in' | 'out', bytes: Uint8Array): void {
    if (this.#shared.isKept) this._noteIn(this.#shared, direction, bytes, this.peer)
  }

  protected override _ended(): void {
    this.server._gone(this, this.error)
  }
}

function defined<T extends object>(options: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
