/** WebSockets: messages both ways over one connection that begins as a request of HTTP. RFC 6455. */
import type { WebSocket } from 'ws'
import { OptionError, Task } from '../../../exchange/index.js'
import { checkTable, type OptionTable, positive } from '../../../tools/option-kinds.js'
import { SessionError, sessionError } from '../../face/session-error.js'
import { encoded } from '../../stream/text.js'
import { MessageSession } from '../messages/message-session.js'
import { withoutPassword, withoutSecretParts } from '../secret-headers.js'
import { endText, isGoodEnd, type WebSocketEnd } from './close-codes.js'
import { connectWebSocket } from './connect-websocket.js'
import { checkWebSocketOptions, type WebSocketOptions, webSocketUrl } from './websocket-options.js'

/** Gives header fields for the request, such as those of a session: asked anew for each connection. */
export type MoreHeaders = (url: URL) => Promise<Record<string, string>> | Record<string, string>

const PING: OptionTable<{ timeout?: number }> = { timeout: positive('seconds') }
/** Bytes that wait to be sent to one who does not read, before the session is given up. */
const MOST_UNSENT = 64 * 2 ** 20

/** A WebSocket: texts, bytes or values of JSON come and go. */
export class WebSocketSession extends MessageSession<unknown> {
  readonly kind = 'websocket'
  /** Where it is: `wss://host/path`. */
  readonly url: string
  /** The subprotocol that the server took; '': none. */
  protocol = ''
  /** What the other end said when it closed it; undefined before. */
  ended: WebSocketEnd | undefined
  readonly #url: URL
  readonly #options: WebSocketOptions
  readonly #moreHeaders: MoreHeaders
  #socket: WebSocket | undefined
  #failure: SessionError | undefined
  #ownEnd: WebSocketEnd = { code: 1000, reason: '' }
  #heartbeat: NodeJS.Timeout | undefined
  #lastSign = 0

  constructor(url: string | URL, options: WebSocketOptions = {}, moreHeaders: MoreHeaders = () => ({})) {
    checkWebSocketOptions('http.websocket', options)
    super(options)
    this.#url = webSocketUrl('http.websocket', url)
    this.url = withoutPassword(this.#url)
    this.#options = options
    this.#moreHeaders = moreHeaders
  }

  get subject(): string {
    return withoutSecretParts(this.#url)
  }

  /**
   * Sends a text, bytes or a packet as one message; with `json` any value. Waits while the other end does not read as fast.
   * Gives how many bytes that was. @throws SessionError when it is not open
   */
  send(data: unknown): Task<number> {
    return Task.run(
      ({ onAbort }) =>
        new Promise((resolve, reject) => {
          const message = this.#encoded(data)
          const socket = this.#mustBeOpen('send')
          onAbort(() => undefined)
          const length = this.#write(socket, message, (error) => {
            if (error) reject(this.#failure ?? sessionError(this.label, error))
            else resolve(length)
          })
        }),
      { name: `send to ${this.subject}` },
    )
  }

  /** Asks for a sign of life; gives how long it took, in ms. @throws SessionError when none comes in time */
  ping(options: { timeout?: number } = {}): Task<number> {
    checkTable('ping', options, PING)
    const { timeout = 10 } = options
    return Task.run<number>(
      ({ onAbort }) =>
        new Promise((resolve, reject) => {
          const socket = this.#mustBeOpen('ping')
          const begun = performance.now()
          const over = (): void => {
            clearTimeout(timer)
            socket.off('pong', answered)
            socket.off('close', closed)
          }
          const answered = (): void => {
            over()
            resolve(Math.round((performance.now() - begun) * 1000) / 1000)
          }
          const closed = (): void => {
            over()
            reject(this.#failure ?? new SessionError(`${this.label}: ping: it was closed`, 'CLOSED'))
          }
          const timer = setTimeout(() => {
            over()
            reject(new SessionError(`${this.label}: ping: no answer within ${timeout} s`, 'TIMEOUT'))
          }, timeout * 1000)
          onAbort(over)
          socket.once('pong', answered)
          socket.once('close', closed)
          socket.ping()
        }),
      { name: `ping ${this.subject}` },
    )
  }

  /**
   * Closes it, and says why.
   * @param code 1000, or one of the application's own: 3000..4999
   * @param reason at most 123 bytes
   * @throws OptionError for a code that must not be sent
   */
  override close(code = 1000, reason = ''): Task<void> {
    if (!(code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999)))
      throw new OptionError(`close: ${String(code)} must not be sent: give 1000, or a code of your own, 3000..4999`)
    if (typeof reason !== 'string' || Buffer.byteLength(reason) > 123)
      throw new OptionError('close: the reason must be a text of at most 123 bytes')
    this.#ownEnd = { code, reason }
    return super.close()
  }

  override toJSON(): object {
    const { url, protocol, ended } = this
    return { ...super.toJSON(), url, protocol, ended }
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const socket = await connectWebSocket(this.#url, this.#options, this.#moreHeaders, this.label, signal)
    this.#socket = socket
    this.#failure = undefined
    this.ended = undefined
    this.#ownEnd = { code: 1000, reason: '' }
    this.protocol = socket.protocol
    socket.on('message', (data: Buffer, isBinary) => this.#message(data, isBinary))
    socket.on('pong', () => this.#sign())
    socket.on('ping', () => this.#sign())
    socket.on('error', (error) => {
      this.#failure ??= errorOf(this.label, error, this.#options)
    })
    socket.on('close', (code, reason) => {
      if (this.#socket === socket) this.#closed({ code, reason: reason.toString('utf8') })
    })
    this.#beginHeartbeat(socket)
    // What came together with the answer to the request is here already.
    socket.resume()
  }

  protected override async _close(signal: AbortSignal): Promise<void> {
    clearInterval(this.#heartbeat)
    const socket = this.#socket
    if (socket === undefined || socket.readyState === socket.CLOSED) return
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      const end = (): void => socket.terminate()
      if (signal.aborted) return end()
      signal.addEventListener('abort', end, { once: true })
      // Its goodbye would wait behind what nobody takes.
      socket.removeAllListeners('message')
      socket.resume()
      socket.close(this.#ownEnd.code, this.#ownEnd.reason)
    })
  }

  protected _hold(isHeld: boolean): void {
    if (isHeld) this.#socket?.pause()
    else this.#socket?.resume()
  }

  protected override _reply(value: unknown): void {
    try {
      const socket = this.#socket
      if (socket?.readyState !== socket?.OPEN || socket === undefined) return
      this.#write(socket, this.#encoded(value), () => undefined)
    } catch (error) {
      this._failed('message', error)
    }
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#sign()
    if (this.#options.json !== true) {
      const message = isBinary ? new Uint8Array(data.buffer, data.byteOffset, data.length) : data.toString('utf8')
      this._arrived(message, message, data.length)
      return
    }
    const text = data.toString('utf8')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const what = `a message is no JSON: ${(error as Error).message}`
      void this._emit('error', [new SessionError(`${this.label}: ${what}`, 'FRAMING')])
      return
    }
    this._arrived(value, text, data.length)
  }

  #encoded(data: unknown): string | Uint8Array {
    if (this.#options.json === true) {
      const text = JSON.stringify(data)
      if (text === undefined) throw new OptionError(`send: ${typeof data} is no value of JSON`)
      return text
    }
    if (typeof data === 'string') return data
    if (typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype)
      throw new OptionError('send: a text, bytes or a packet can be sent; {json: true} when it is opened sends objects')
    return encoded(data, 'utf8', this.label)
  }

  #write(socket: WebSocket, message: string | Uint8Array, done: (error?: Error) => void): number {
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.length
    this.sent += length
    if (this.history.isKept) this.history._add('out', message, length)
    socket.send(message, { binary: typeof message !== 'string' }, done)
    if (socket.bufferedAmount > MOST_UNSENT + length) {
      this.#failure ??= new SessionError(`${this.label}: the other end does not read what is sent`, 'LIMIT')
      socket.terminate()
    }
    return length
  }

  #closed(end: WebSocketEnd): void {
    clearInterval(this.#heartbeat)
    this.ended = end
    const error = this.#failure ?? this.#errorOfEnd(end)
    this._connectionLost(error, { isFinal: end.code === 1000 })
  }

  #errorOfEnd(end: WebSocketEnd): SessionError | undefined {
    if (isGoodEnd(end)) return undefined
    if (end.code === 1006) return sessionError(this.label, { code: 'ECONNRESET' })
    return new SessionError(`${this.label}: the other end closed it: ${endText(end)}`, 'CLOSED')
  }

  /** The other end lives. */
  #sign(): void {
    this.#lastSign = performance.now()
  }

  #beginHeartbeat(socket: WebSocket): void {
    clearInterval(this.#heartbeat)
    const { ping = 30 } = this.#options
    if (ping === 0) return
    let asked = Number.POSITIVE_INFINITY
    this.#sign()
    this.#heartbeat = setInterval(() => {
      // One who is held back cannot be heard.
      if (socket.isPaused) asked = Number.POSITIVE_INFINITY
      else if (this.#lastSign < asked && asked !== Number.POSITIVE_INFINITY) {
        this.#failure ??= new SessionError(`${this.label}: the other end gave no sign of life for ${ping} s`, 'TIMEOUT')
        socket.terminate()
      } else {
        asked = performance.now()
        socket.ping()
      }
    }, ping * 1000).unref()
  }

  #mustBeOpen(name: string): WebSocket {
    const socket = this.#socket
    if (this.isOpen && socket !== undefined && socket.readyState === socket.OPEN) return socket
    const why = this.error === undefined ? '' : `: ${this.error.message}`
    const again = this.state === 'reconnecting' ? '; it is being connected again' : '; open() connects again'
    throw new SessionError(`${this.label}: ${name}: it is ${this.state}${why}${again}`, 'CLOSED')
  }
}

function errorOf(label: string, error: Error & { code?: string }, { limit }: WebSocketOptions): SessionError {
  const { code = '', message } = error
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return new SessionError(
      `${label}: a message is longer than ${limit ?? 'the 16 MiB that are taken'}${limit === undefined ? '' : ' bytes'}; limit: … takes more`,
      'LIMIT',
    )
  if (code.startsWith('WS_ERR_'))
    return new SessionError(
      `${label}: the other end breaks the protocol: ${message.replace('Invalid WebSocket frame: ', '')}`,
      'PROTOCOL',
    )
  return sessionError(label, error)
}
