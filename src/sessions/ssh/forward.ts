/** Ports here whose connections come out at another machine: to one place, or wherever a SOCKS5 client wants to go. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { OptionError } from '../../exchange/index.js'
import { checkTable, type OptionTable, wholeNumber } from '../../tools/option-kinds.js'
import { LISTEN_HOST, listenHost, listening } from '../face/listening.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { sessionError } from '../face/session-error.js'
import { hostPort } from '../stream/place.js'
import { join, type TrafficCounter } from './join.js'
import { accept, askedPlace, refuse } from './socks.js'
import type { SshSession } from './ssh-session.js'
import { parseTarget } from './target.js'

/** Options of `forward`, `reverse` and `socks`. */
export interface ForwardOptions {
  /** Address that is listened on; '*': all. Default 127.0.0.1: only programs of that machine reach it. */
  host?: string
  /** Connections at a time. Default 1000. */
  clients?: number
}

const FORWARD_OPTIONS: OptionTable<ForwardOptions> = {
  host: LISTEN_HOST,
  clients: wholeNumber(1, 100_000),
}
const CLIENTS = 1000

export type ForwardEvents = CommonEvents & {
  /** Somebody has connected: from where, and where it goes. */
  connection: [from: string, to: string]
}

/** `host:port`. @throws OptionError when it is none */
export function placeOf(name: string, target: unknown): { host: string; port: number } {
  const { host, port, user } = parseTarget(typeof target === 'number' ? `localhost:${target}` : target)
  if (port === undefined || user !== undefined)
    throw new OptionError(`${name}: the target is 'host:port', such as '127.0.0.1:80', not ${String(target)}`)
  return { host, port }
}

/** @throws OptionError for what is no port */
export function checkForward(name: string, port: unknown, options: ForwardOptions): void {
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65535)
    throw new OptionError(`${name}: the port is a whole number, 0..65535, not ${String(port)}; 0 takes a free one`)
  checkTable(name, options, FORWARD_OPTIONS)
}

/** Made by `session.forward` and `session.socks`. */
export class Forward extends Session<ForwardEvents> {
  override readonly kind: string
  protected override readonly eventNames = [...COMMON_EVENTS, 'connection']
  /** Address that is listened on. */
  readonly host: string
  /** The port here. */
  port: number
  /** Bytes and connections that went through. */
  readonly counts: TrafficCounter = { connections: 0, open: 0, failed: 0, toTarget: 0, fromTarget: 0 }
  readonly #target: { host: string; port: number } | undefined
  readonly #most: number
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  /** @param target undefined: what a SOCKS5 client asks for */
  constructor(
    private readonly session: SshSession,
    port: number,
    target: string | undefined,
    options: ForwardOptions,
  ) {
    super()
    const name = target === undefined ? 'socks' : 'forward'
    checkForward(name, port, options)
    this.kind = target === undefined ? 'ssh socks' : 'ssh forward'
    this.#target = target === undefined ? undefined : placeOf(name, target)
    this.#most = options.clients ?? CLIENTS
    this.host = listenHost(options.host)
    this.port = port
  }

  override get subject(): string {
    const { host, port, session } = this
    const to = this.#target === undefined ? '' : ` to ${hostPort(this.#target.host, this.#target.port)}`
    return `${hostPort(host, port)}${to} over ${session.subject}`
  }

  override toJSON(): object {
    return { ...super.toJSON(), ...this.counts }
  }

  protected override get figures(): string {
    return trafficText(this.counts)
  }

  protected override async _open(signal: AbortSignal): Promise<void> {
    this.session._client()
    const server = createServer({ allowHalfOpen: true }, (socket) => void this.#take(socket))
    server.maxConnections = this.#most
    this.#server = server
    this.port = await listening(server, { host: this.host, port: this.port }, this.label, signal)
    server.on('error', (error) => void this._emit('error', [sessionError(this.label, error)]))
    this.session._dependents.add(this)
  }

  protected override async _close(): Promise<void> {
    this.session._dependents.delete(this)
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => {
      if (this.#server === undefined) resolve()
      else this.#server.close(() => resolve())
    })
  }

  async #take(socket: Socket): Promise<void> {
    const from = hostPort(socket.remoteAddress ?? '?', socket.remotePort ?? 0)
    this.#sockets.add(socket)
    this.counts.connections++
    this.counts.open++
    socket.once('close', () => {
      this.counts.open--
      this.#sockets.delete(socket)
    })
    socket.on('error', () => undefined)
    let stream: Duplex
    try {
      const target = this.#target ?? (await askedPlace(socket))
      void this._emit('connection', [from, hostPort(target.host, target.port)])
      stream = await this.session._streamTo(target.host, target.port)
    } catch (error) {
      this.counts.failed++
      refuse(socket, this.#target === undefined)
      const told = sessionError(this.label, error)
      void this._emit('error', [told])
      return
    }
    if (this.#target === undefined) accept(socket)
    join(socket, stream, this.counts)
  }
}

/** `3 connections (1 open), 12 kB out, 4 MB in`. */
export function trafficText({ connections, open, failed, toTarget, fromTarget }: TrafficCounter): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`
  return `${connections} connection${connections === 1 ? '' : 's'} (${open} open${failures}), ${byteCount(toTarget)} out, ${byteCount(fromTarget)} in`
}
