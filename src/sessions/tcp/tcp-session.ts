/** TCP connections: `tcp.connect`. RFC 9293. */
import { lookup } from 'node:dns/promises'
import { isIP, type Socket, connect as socketConnect } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { onAbort, Task } from '../../exchange/index.js'
import { tcpSocket } from '../../tools/ask/open-socket.js'
import type { Explainable } from '../explain/explainable.js'
import type { Recorder, RecorderOptions } from '../explain/recorder.js'
import type { ReconnectOptions } from '../face/backoff.js'
import { openInTime } from '../face/open-in-time.js'
import type { SessionError } from '../face/session-error.js'
import { hostPort, type Place, placeFrom, placeText, plainAddress } from '../stream/place.js'
import { type StreamOptions, StreamSession } from '../stream/stream-session.js'
import { clientTls, type TlsClientOptions } from '../tls/tls-options.js'
import { checkConnectOptions } from './tcp-options.js'

/** Options of `tcp.connect`. */
export interface TcpOptions extends StreamOptions {
  /** TLS, verified; `{ca}` names a certificate to trust, `{insecure: true}` trusts anybody. Default: none. */
  tls?: boolean | TlsClientOptions
  /** Seconds until the connection (with TLS) must stand. Default 10. */
  timeout?: number
  /** Connect again when it is lost. Default false. */
  reconnect?: boolean | ReconnectOptions
  /** Address and port of this end; unset: chosen by the system. */
  localAddress?: string
  localPort?: number
  /** Send small messages at once instead of waiting for more (Nagle). Default true. */
  noDelay?: boolean
  /** Seconds of silence after which the system asks whether the other end is still there. Default: never. */
  keepAlive?: number
  /** Network namespace, as ip netns names it. */
  netns?: string
  /** Its packets are recorded, for `explain(session)`; needs the right to capture. Default false. */
  explain?: boolean
}

/** Connects to a server: `s = tcp.connect('127.0.0.1', 8808)`. @throws SessionError that says why it is not possible */
export function connect(host: string | number, port?: number | TcpOptions, options?: TcpOptions): Task<TcpSession> {
  const [second, given] = typeof port === 'object' ? [undefined, port] : [port, options ?? {}]
  checkConnectOptions(given)
  const place = placeFrom('tcp.connect', host, second)
  return new TcpSession(place, given).open() as Task<TcpSession>
}

/** A TCP connection. */
export class TcpSession extends StreamSession implements Explainable {
  readonly kind: string = 'tcp'
  /** The other end's address and port; of a unix socket its path and 0. */
  remoteAddress = ''
  remotePort = 0
  /** Ours. */
  localAddress = ''
  localPort = 0
  readonly #place: Place
  readonly #placeText: string
  readonly #options: TcpOptions
  #recorder: Recorder | undefined
  /** Of the connection that stands: each message in the history has it. */
  #peer: string | undefined

  constructor(place: Place, options: TcpOptions = {}) {
    super('tcp.connect', options)
    this.#place = place
    this.#placeText = placeText(place)
    this.#options = options
  }

  get subject(): string {
    return this.#placeText
  }

  /** The other end as `127.0.0.1:8808`. */
  get peer(): string {
    return this.#peer ?? this.#peerText()
  }

  /** This end as `127.0.0.1:40000`. */
  get local(): string {
    return this.localPort === 0 ? this.localAddress : hostPort(this.localAddress, this.localPort)
  }

  /** What TLS has agreed on: protocol, cipher, the other end's certificate; undefined without TLS. */
  get tls():
    | {
        protocol: string
        cipher: string
        authorized: boolean
        peer?: string
        issuer?: string
        validTo?: string
        fingerprint?: string
      }
    | undefined {
    const socket = this._stream as TLSSocket | undefined
    if (socket?.getCipher === undefined || socket.destroyed) return undefined
    const { subject, issuer, valid_to, fingerprint256 } = socket.getPeerCertificate() ?? {}
    return {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher()?.name ?? '',
      authorized: socket.authorized,
      ...(fingerprint256 === undefined
        ? {}
        : { peer: nameOf(subject), issuer: nameOf(issuer), validTo: valid_to, fingerprint: fingerprint256 }),
    }
  }

  /** Breaks the connection off: what was not sent is lost, the other end sees a reset (RFC 9293 §3.10.7). */
  reset(): Task<void> {
    return Task.run<void>(
      async () => {
        const { socket } = this
        // Over TLS the reset is one of the connection below.
        socket?.resetAndDestroy()
        await this.close()
      },
      { name: 'reset' },
    )
  }

  /** What records its packets. */
  get _recorder(): Recorder | undefined {
    return this.#recorder
  }

  set _recorder(recorder: Recorder | undefined) {
    this.#recorder = recorder
  }

  /** What is to be recorded of it. */
  _recording(): RecorderOptions | undefined {
    if ('path' in this.#place) return undefined
    const { host, port } = this.#place
    return { protocol: 'tcp', role: 'client', address: host, port, netns: this.#options.netns }
  }

  protected get socket(): Socket | undefined {
    return this._stream as Socket | undefined
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { timeout = 10, explain = false } = this.#options
    if (explain) this._recorder = await (await import('../explain/explain.js')).recorderFor(this)
    const open = async (limit: AbortSignal): Promise<void> => this._take(await this.#connected(limit))
    const late = `no connection within ${timeout} s: a firewall may drop what is sent`
    await openInTime(this.label, timeout, signal, open, late)
  }

  protected override _ended(): void {
    this.#recorder?.stop()
  }

  /** One that comes back does not wait for what a server that is gone may still be sent. */
  protected override get _endsWithPeer(): boolean {
    return super._endsWithPeer || (this.#options.reconnect ?? false) !== false
  }

  protected override _streamLost(error: SessionError | undefined): void {
    const { reconnect = false } = this.#options
    if (reconnect === false || !(this.isOpen || this.state === 'reconnecting')) this._lost(error)
    else void this._comeBack(reconnect === true ? {} : reconnect, error)
  }

  /** Takes a connected socket. */
  protected _take(socket: Socket): void {
    const { noDelay = true, keepAlive } = this.#options
    socket.setNoDelay(noDelay)
    if (keepAlive !== undefined) socket.setKeepAlive(true, keepAlive * 1000)
    const { remoteAddress, remotePort = 0, localAddress, localPort = 0 } = socket
    this.remoteAddress = plainAddress(remoteAddress ?? this.subject)
    this.remotePort = remotePort
    this.localAddress = plainAddress(localAddress ?? '')
    this.localPort = localPort
    this.#peer = this.#peerText()
    this._attach(socket)
  }

  #peerText(): string {
    return this.remotePort === 0 ? this.remoteAddress : hostPort(this.remoteAddress, this.remotePort)
  }

  async #connected(signal: AbortSignal): Promise<Socket> {
    const socket = await this.#socket()
    const noMore = onAbort(signal, () => void socket.destroy())
    try {
      await happens(socket, 'connect')
      if (!this.#options.tls) return socket
      const secure = tlsConnect({
        ...clientTls('tcp.connect', this.#options.tls, 'host' in this.#place ? this.#place.host : 'localhost'),
        socket,
        ALPNProtocols: [],
      } as never)
      try {
        await happens(secure, 'secureConnect')
      } catch (error) {
        secure.destroy()
        throw error
      }
      return secure
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      noMore()
    }
  }

  async #socket(): Promise<Socket> {
    const { localAddress, localPort, netns } = this.#options
    const common = {
      allowHalfOpen: true,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
    }
    const place = this.#place
    if ('path' in place) return socketConnect({ path: place.path, allowHalfOpen: true })
    if (netns === undefined) return socketConnect({ ...place, ...common })
    const { address, family } =
      isIP(place.host) === 0 ? await lookup(place.host) : { address: place.host, family: isIP(place.host) }
    const socket = tcpSocket(family as 4 | 6, netns)
    socket.allowHalfOpen = true
    return socket.connect({ ...common, host: address, port: place.port })
  }
}

function nameOf(subject: { CN?: string | string[]; O?: string | string[] } | undefined): string {
  return String(subject?.CN ?? subject?.O ?? '')
}

/** Waits for the event of a socket, or for what keeps it from happening. */
function happens(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      socket.off(event, done)
      socket.off('error', failed)
      socket.off('close', closed)
    }
    const done = (): void => {
      over()
      resolve()
    }
    const failed = (error: Error): void => {
      over()
      // Another one may follow, which nobody would hear.
      socket.on('error', () => undefined)
      reject(error)
    }
    const closed = (): void => failed(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }))
    socket.once(event, done)
    socket.once('error', failed)
    socket.once('close', closed)
  })
}
