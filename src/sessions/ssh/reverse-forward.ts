/** A port of another machine whose connections come out here. */
import { connect as connectTcp } from 'node:net'
import type { AcceptConnection, ClientChannel, RejectConnection, TcpConnectionDetails } from 'ssh2'
import { COMMON_EVENTS, Session } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { checkForward, type ForwardEvents, type ForwardOptions, placeOf, trafficText } from './forward.js'
import { join, type TrafficCounter } from './join.js'
import type { SshSession } from './ssh-session.js'

/** Somebody has connected at the other machine. */
export type ReverseConnection = (
  details: TcpConnectionDetails,
  accept: AcceptConnection<ClientChannel>,
  reject: RejectConnection,
) => void

/** Made by `session.reverse`. */
export class ReverseForward extends Session<ForwardEvents> {
  override readonly kind = 'ssh reverse'
  protected override readonly eventNames = [...COMMON_EVENTS, 'connection']
  /** Address of the other machine that is listened on. Servers take another one than loopback only with GatewayPorts. */
  readonly host: string
  /** The port of the other machine. */
  port: number
  /** Bytes and connections that went through. */
  readonly counts: TrafficCounter = { connections: 0, open: 0, failed: 0, toTarget: 0, fromTarget: 0 }
  readonly #target: { host: string; port: number }
  readonly #most: number
  readonly #streams = new Set<ClientChannel>()
  #hasBegun = false
  /** Connections on their way to the target. */
  #connecting = 0
  readonly #again = (): void => {
    if (this.#hasBegun) this.#ask().catch((error) => this._lost(sessionError(this.label, error)))
  }

  constructor(
    private readonly session: SshSession,
    port: number,
    target: string,
    options: ForwardOptions,
  ) {
    super()
    checkForward('reverse', port, options)
    this.#target = placeOf('reverse', target)
    this.#most = options.clients ?? 1000
    this.host = options.host ?? '127.0.0.1'
    this.port = port
  }

  override get subject(): string {
    const { host, port, session } = this
    return `${host}:${port} of ${session.subject} to ${this.#target.host}:${this.#target.port}`
  }

  override toJSON(): object {
    return { ...super.toJSON(), ...this.counts }
  }

  protected override get figures(): string {
    return trafficText(this.counts)
  }

  protected override async _open(): Promise<void> {
    await this.#ask()
    this.#hasBegun = true
    this.session._dependents.add(this)
    // The new connection of a session that came back knows nothing of it.
    this.session.on('open', this.#again)
  }

  protected override async _close(): Promise<void> {
    const { session } = this
    session._dependents.delete(this)
    session.off('open', this.#again)
    session._reverses.delete(this.port)
    for (const stream of this.#streams) stream.destroy()
    if (session.isOpen)
      await new Promise<void>((resolve) => session._client().unforwardIn(this.host, this.port, () => resolve()))
  }

  #ask(): Promise<void> {
    const { session, host, port } = this
    return new Promise((resolve, reject) => {
      session._client().forwardIn(host, port, (error, given) => {
        if (error !== undefined) {
          const why =
            'its server does not open that port: it is in use, or forwarding is forbidden (AllowTcpForwarding, GatewayPorts)'
          reject(new SessionError(`${this.label}: ${why}`, 'FORBIDDEN', { cause: error }))
          return
        }
        this.port = given
        session._reverses.set(given, this.#take)
        resolve()
      })
    })
  }

  readonly #take: ReverseConnection = (details, accept, reject) => {
    const { counts } = this
    counts.connections++
    if (counts.open + this.#connecting >= this.#most) {
      counts.failed++
      reject()
      return
    }
    const { host, port } = this.#target
    void this._emit('connection', [`${details.srcIP}:${details.srcPort}`, `${host}:${port}`])
    const socket = connectTcp({ host, port, allowHalfOpen: true })
    this.#connecting++
    let isConnected = false
    socket.on('error', (error) => {
      if (isConnected) return
      this.#connecting--
      counts.failed++
      reject()
      void this._emit('error', [sessionError(`${this.label}: ${host}:${port}`, error)])
    })
    socket.once('connect', () => {
      isConnected = true
      this.#connecting--
      const stream = accept()
      counts.open++
      this.#streams.add(stream)
      stream.once('close', () => {
        counts.open--
        this.#streams.delete(stream)
      })
      stream.on('error', () => undefined)
      join(stream, socket, counts)
    })
  }
}
