/** Sessions over a stream of bytes: sending, receiving in all the ways that one wants to, handlers of messages, and limits of what waits. */
import type { Duplex } from 'node:stream'
import { checkNumber, OptionError, Task, type TaskControl } from '../../exchange/index.js'
import { checkTable, type OptionTable, oneOf, positive, wholeNumber } from '../../tools/option-kinds.js'
import type { History } from '../face/history.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session, type SessionOptions } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import {
  delimiterOf,
  type Framing,
  type FramingContext,
  type FramingOption,
  framingOf,
  takeLine,
  takeUntil,
} from './framing.js'
import { ReceiveBuffer } from './receive-buffer.js'
import { decoded, ENCODINGS, type Encoding, wholeCharacters } from './text.js'

/** Events of a stream. */
export type StreamEvents = CommonEvents & {
  /** A message came, as `framing` has them. What a handler gives is sent. While there is a handler, `recv` and its like are of no use. */
  message: [message: never]
  /** The other end sends no more; what we send still reaches it. */
  end: []
}

/** Options of all sessions over streams. */
export interface StreamOptions extends SessionOptions {
  /** How messages are told apart. Default 'none'. */
  framing?: FramingOption
  /** What bytes become: text of this encoding, or 'bytes'. Default 'utf8'. */
  encoding?: Encoding
  /** Bytes of one message at most; more is an error, and ends the session. Default 1 MiB. */
  limit?: number
}

/** Options of one call that receives. */
export interface ReceiveOptions {
  /** Seconds to wait. Unset: until something comes, or Ctrl-C. */
  timeout?: number
  /** Bytes at most. Default: the session's `limit`; of `recvAll` 64 MiB. */
  limit?: number
  /** Default: the session's. */
  encoding?: Encoding
}

const RECEIVE: OptionTable<ReceiveOptions> = {
  timeout: positive('seconds'),
  limit: wholeNumber(1),
  encoding: oneOf(...ENCODINGS),
}

/** No options of a call that receives. */
const NOTHING: ReceiveOptions = {}

const MEBIBYTE = 2 ** 20
export const DEFAULT_LIMIT = MEBIBYTE
const ALL_LIMIT = 64 * MEBIBYTE
/** Bytes that wait to be taken before the other end is held back. */
const HELD_BACK = MEBIBYTE
/** Bytes that wait to be sent to one who does not read, before the session is given up. Only for what is sent without waiting. */
const MOST_UNSENT = 16 * MEBIBYTE

/** How long the end of the other side is waited for once we have said ours, ms: a close from our side alone would be a reset, had it sent more. */
const FAREWELL = 250

/** Who waits for something to arrive. */
interface Waiter {
  /** Takes it, if it is there: undefined where it is not. */
  readonly attempt: () => unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** A session over a stream. Sub-classes make the stream, and hand it to `_attach`. */
export abstract class StreamSession extends Session<StreamEvents> implements AsyncIterable<unknown> {
  /** Bytes that arrived, and that were sent. */
  received = 0
  sent = 0
  /** Whether the other end has said that it sends no more. */
  ended = false
  protected readonly eventNames: readonly string[] = [...COMMON_EVENTS, 'message', 'end']
  protected _stream: Duplex | undefined
  readonly #buffer = new ReceiveBuffer()
  readonly #framing: Framing
  readonly #encoding: Encoding
  readonly #limit: number
  readonly #context: FramingContext
  #waiters: Waiter[] = []
  #isPumping = false
  #isPaused = false
  #failure: SessionError | undefined

  /** @param name of the call, for errors about its options */
  constructor(name: string, options: StreamOptions) {
    super(options)
    this.#framing = framingOf(options.framing, name)
    this.#encoding = options.encoding ?? 'utf8'
    this.#limit = options.limit ?? DEFAULT_LIMIT
    this.#context = this.#contextOf(this.#encoding, this.#limit)
  }

  /**
   * Sends text, bytes or a packet; with framing one message, with framing 'json' any value. Waits while the other end does not read as fast.
   * Gives how many bytes that was. @throws SessionError when the session is not open
   */
  send(data: unknown): Task<number> {
    return Task.run(
      (control) => {
        this.#mustBeOpen('send')
        const bytes = this.#framing.encode(data, this.#context)
        return this._write(bytes) ? bytes.length : this.#drained(control).then(() => bytes.length)
      },
      { name: `send to ${this.subject}` },
    )
  }

  /**
   * What has arrived: at most `count` bytes, and at least one; waits for it. Characters are not cut in two. Null: the other end sends no more.
   * @throws SessionError when nothing comes in time, or the connection breaks
   */
  recv(count = 65536, options: ReceiveOptions = NOTHING): Task<string | Uint8Array | null> {
    checkNumber('recv', 'count', count, true)
    if (count < 1) throw new OptionError('recv: the number of bytes must be 1 or more')
    return this.#receive('recv', options, ({ encoding }) => {
      const buffer = this.#buffer
      if (buffer.length === 0) return undefined
      // One character may have more bytes than were asked for, or be cut by the end.
      let whole = this.ended ? Math.min(count, buffer.length) : wholeCharacters(buffer.peek(), count, encoding)
      if (this.ended && count < buffer.length) whole = wholeCharacters(buffer.peek(), count, encoding) || count
      return whole === 0 ? undefined : decoded(buffer.take(whole), encoding)
    })
  }

  /** The next line, without its end (LF or CR LF); at the end of the stream what is left. Null: there is no more. */
  recvLine(options: ReceiveOptions = NOTHING): Task<string | Uint8Array | null> {
    return this.#receive('recvLine', options, (context) => {
      const line = takeLine(this.#buffer, this.ended, context)
      return line === undefined ? undefined : decoded(line, context.encoding)
    })
  }

  /** What comes before a text or bytes, which are taken as well; at the end of the stream what is left. Null: there is no more. */
  recvUntil(delimiter: string | Uint8Array, options: ReceiveOptions = NOTHING): Task<string | Uint8Array | null> {
    const bytes = delimiterOf(delimiter, 'recvUntil')
    return this.#receive('recvUntil', options, (context) => {
      const taken = takeUntil(this.#buffer, bytes, this.ended, context)
      return taken === undefined ? undefined : decoded(taken, context.encoding)
    })
  }

  /** Exactly so many bytes; null at the end. @throws SessionError when the stream ends before, and leaves what came */
  recvExactly(count: number, options: ReceiveOptions = NOTHING): Task<string | Uint8Array | null> {
    checkNumber('recvExactly', 'count', count, true)
    return this.#receive('recvExactly', options, ({ encoding, label }) => {
      const buffer = this.#buffer
      if (buffer.length >= count) return decoded(buffer.take(count), encoding)
      if (this.ended && buffer.length > 0)
        throw new SessionError(
          `${label}: the other end sent ${buffer.length} of ${count} bytes and then no more; recvAll() gives them`,
          'CLOSED',
        )
      return undefined
    })
  }

  /** All that comes until the other end sends no more; '' when that is nothing. */
  recvAll(options: ReceiveOptions = NOTHING): Task<string | Uint8Array> {
    const wanted = { ...options, limit: options.limit ?? ALL_LIMIT }
    const all = this.#receive('recvAll', wanted, ({ encoding, limit, label }) => {
      if (this.#buffer.length > limit)
        throw new SessionError(`${label}: more than ${limit} bytes came; limit: … allows more`, 'LIMIT')
      return this.ended ? decoded(this.#buffer.take(), encoding) : undefined
    })
    return all as Task<string | Uint8Array>
  }

  /** The next message, as `framing` has them; null: there is no more. */
  recvMessage(options: { timeout?: number } = NOTHING): Task<unknown> {
    return this.#receive('recvMessage', options, (context) => this.#framing.take(this.#buffer, this.ended, context))
  }

  /** Says that we send no more (half-close); the other end may go on sending. */
  end(): Task<void> {
    return Task.run<void>(
      () =>
        new Promise((resolve) => {
          this.#mustBeOpen('end')
          this._stream!.end(() => resolve())
        }),
      { name: 'end' },
    )
  }

  /** Messages as they come: `for (const line of session) …`; ends with the stream. */
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: () =>
        this.recvMessage().then((value) =>
          value === null ? { done: true, value: undefined } : { done: false, value },
        ),
    }
  }

  protected override get figures(): string {
    const parts = [`${byteCount(this.sent)} out`, `${byteCount(this.received)} in`]
    if (this.#buffer.length > 0) parts.push(`${byteCount(this.#buffer.length)} not taken yet`)
    if (this.ended && this.isOpen) parts.push('the other end sends no more')
    return parts.join(', ')
  }

  /** Takes a stream that is connected. */
  protected _attach(stream: Duplex): void {
    this._stream = stream
    this.ended = false
    this.#failure = undefined
    this.#isPaused = false
    this.#buffer.clear()
    stream.on('data', (chunk: Buffer) => this.#arrived(chunk))
    stream.on('end', () => this.#peerEnded())
    stream.on('drain', () => this.#serve())
    stream.on('error', (error) => {
      this.#failure ??= sessionError(this.label, error)
      // TLS tells what the other end complains of, and leaves the stream as it is.
      stream.destroy()
    })
    stream.on('close', () => {
      if (this._stream === stream) this.#gone()
    })
  }

  /** Writes without waiting. Whether there is room for more; one who does not read at all loses the session. */
  protected _write(bytes: Uint8Array): boolean {
    const stream = this._stream!
    this.sent += bytes.length
    this._note('out', bytes)
    const hasRoom = stream.write(bytes)
    if (!hasRoom && stream.writableLength > MOST_UNSENT + bytes.length)
      this._break(
        new SessionError(
          `${this.label}: the other end does not read: ${byteCount(stream.writableLength)} wait`,
          'LIMIT',
        ),
      )
    return hasRoom
  }

  /** Sends a message without waiting for room. @throws SessionError for what is none */
  protected _post(message: unknown): void {
    if (this._stream === undefined || !this._stream.writable) return
    this._write(this.#framing.encode(message, this.#context))
  }

  /** What one message does: it is told, and what handlers give is sent. Gives a promise when one waits. */
  protected _deliver(message: unknown, reply: (value: unknown) => void): Promise<void> | undefined {
    return this._emit('message', [message as never], reply)
  }

  /** Whether messages go to handlers. */
  protected get _isPushed(): boolean {
    return this._isHeard('message')
  }

  /** Writes into the history. */
  protected _note(direction: 'in' | 'out', bytes: Uint8Array): void {
    if (this.history.isKept) this._noteIn(this.history, direction, bytes)
  }

  protected _noteIn(history: History, direction: 'in' | 'out', bytes: Uint8Array, peer?: string): void {
    history._add(direction, textOr(bytes, this.#encoding), bytes.length, peer)
  }

  /** Ends it because of an error: the other end has done what it must not. */
  protected _break(error: SessionError): void {
    this.#failure ??= error
    this._stream?.destroy()
  }

  /** The stream is gone; sub-classes may try to get another one. */
  protected _streamLost(error: SessionError | undefined): void {
    this._lost(error)
  }

  protected override _handlersChanged(): void {
    if (this._stream !== undefined) this.#serve()
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    const stream = this._stream
    if (stream === undefined || stream.destroyed) return
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const end = (): void => {
        clearTimeout(timer)
        stream.destroy()
        resolve()
      }
      stream.once('close', resolve)
      if (signal.aborted) return end()
      signal.addEventListener('abort', end, { once: true })
      // What nobody takes any more must not keep the end of the other side from arriving.
      this.#isPaused = false
      stream.removeAllListeners('data')
      stream.resume()
      // All has left by then; the other end may take its time to say the same, and has no need to.
      stream.end(() => {
        if (stream.readableEnded || this.ended) end()
        else timer = setTimeout(end, FAREWELL)
      })
      stream.once('end', end)
    })
  }

  /** The label is for errors, and made when there is one. */
  #contextOf(encoding: Encoding, limit: number): FramingContext {
    const session = this
    return {
      encoding,
      limit,
      get label() {
        return session.label
      },
    }
  }

  #arrived(chunk: Buffer): void {
    this.received += chunk.length
    this._note('in', chunk)
    this.#buffer.append(chunk)
    this.#serve()
  }

  #peerEnded(): void {
    this.ended = true
    this.#serve()
    void this._emit('end', [])
    this.#endPushed()
  }

  /** Whether the end of the other side is ours as well: with handlers of messages nobody would ask any more, and close it. */
  protected get _endsWithPeer(): boolean {
    return this._isPushed
  }

  #endPushed(): void {
    if (this.ended && !this.#isPumping && this._endsWithPeer) this._stream?.end()
  }

  #gone(): void {
    const failure = this.#failure
    this.ended = true
    this.#serve()
    this.#failWaiters()
    this._streamLost(failure)
  }

  /** Hands on what is there: to handlers, or to whoever waits. */
  #serve(): void {
    if (this._isPushed) this.#pump()
    else this.#serveWaiters()
    this.#hold()
  }

  #pump(): void {
    if (this.#isPumping) return
    const context = this.#context
    const stream = this._stream
    let isCorked = false
    while (stream?.writableNeedDrain !== true) {
      let message: unknown
      try {
        message = this.#framing.take(this.#buffer, this.ended, context)
      } catch (error) {
        if (!this.#survives(error)) break
        continue
      }
      if (message === undefined) break
      // Answers to what came together leave together.
      if (!isCorked && this.#buffer.length > 0) {
        stream?.cork()
        isCorked = true
      }
      const waiting = this._deliver(message, (reply) => this.#reply(reply))
      if (waiting !== undefined) {
        this.#isPumping = true
        void waiting.then(() => {
          this.#isPumping = false
          this.#serve()
          this.#endPushed()
        })
        break
      }
    }
    if (isCorked) stream?.uncork()
  }

  /** Whether a message that is none leaves the others readable. */
  #survives(error: unknown): boolean {
    if (!(error instanceof SessionError)) throw error
    void this._emit('error', [error])
    if (error.code === 'FRAMING') return true
    this._break(error)
    return false
  }

  #reply(value: unknown): void {
    try {
      this._post(value)
    } catch (error) {
      this._failed('message', error)
    }
  }

  #serveWaiters(): void {
    while (this.#waiters.length > 0) {
      const [waiter] = this.#waiters
      try {
        const value = this.#attempt(waiter!.attempt)
        if (value === undefined) return
        this.#waiters.shift()
        waiter!.resolve(value)
      } catch (error) {
        this.#waiters.shift()
        waiter!.reject(error)
      }
    }
  }

  /** Takes what is there. One message that is too long leaves no way to find the next one. */
  #attempt<T>(attempt: () => T): T {
    try {
      return attempt()
    } catch (error) {
      if (error instanceof SessionError && error.code === 'LIMIT') this._break(error)
      throw error
    }
  }

  #failWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) {
      if (this.#failure === undefined) waiter.resolve(null)
      else waiter.reject(this.#failure)
    }
  }

  /** Back-pressure: where nobody takes what comes, the other end is held back. */
  #hold(): void {
    const stream = this._stream
    if (stream === undefined || stream.destroyed) return
    const isEnough =
      this.#isPumping || stream.writableNeedDrain
        ? this.#buffer.length > HELD_BACK
        : this.#waiters.length === 0 && this.#buffer.length > HELD_BACK
    if (isEnough === this.#isPaused) return
    this.#isPaused = isEnough
    if (isEnough) stream.pause()
    else stream.resume()
  }

  #receive<T>(name: string, options: ReceiveOptions, take: (context: FramingContext) => T | undefined): Task<T | null> {
    if (options !== NOTHING) checkTable(name, options, RECEIVE)
    const { timeout, limit = this.#limit, encoding = this.#encoding } = options
    return Task.run<T | null>(
      (control) => {
        if (this._isPushed)
          throw new SessionError(
            `${this.label}: its messages go to the handlers of 'message'; ${name}() is for sessions without (off('message'))`,
            'BUSY',
          )
        const context = options === NOTHING ? this.#context : this.#contextOf(encoding, limit)
        const attempt = (): T | null | undefined => {
          const value = take(context)
          if (value !== undefined) return value
          if (this.ended) {
            if (this.#failure !== undefined) throw this.#failure
            return null
          }
          if (this._stream === undefined) throw new SessionError(`${this.label}: it is not open`, 'CLOSED')
          return undefined
        }
        // What is there already is not waited for; those who wait come first.
        const value = this.#waiters.length === 0 ? this.#attempt(attempt) : undefined
        if (value === undefined) return this.#wait(attempt, control, timeout, name)
        this.#hold()
        return value
      },
      { name: `${name} from ${this.subject}` },
    )
  }

  #wait<T>(
    attempt: () => T | null | undefined,
    control: TaskControl<T | null>,
    timeout: number | undefined,
    name: string,
  ): Promise<T | null> {
    return new Promise<T | null>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const over = (): void => clearTimeout(timer)
      const waiter: Waiter = {
        attempt,
        resolve: (value) => {
          over()
          resolve(value as T | null)
        },
        reject: (error) => {
          over()
          reject(error)
        },
      }
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        over()
        this.#hold()
      }
      control.onAbort(leave)
      if (timeout !== undefined)
        timer = setTimeout(() => {
          leave()
          reject(new SessionError(`${this.label}: ${name}: nothing came within ${timeout} s`, 'TIMEOUT'))
        }, timeout * 1000)
      this.#waiters.push(waiter)
      this.#serve()
    })
  }

  #drained(control: TaskControl<number>): Promise<void> {
    const stream = this._stream!
    return new Promise((resolve, reject) => {
      const over = (): void => {
        stream.off('drain', done)
        stream.off('close', closed)
      }
      const done = (): void => {
        over()
        resolve()
      }
      const closed = (): void => {
        over()
        reject(this.#failure ?? new SessionError(`${this.label}: it was closed before all was sent`, 'CLOSED'))
      }
      stream.once('drain', done)
      stream.once('close', closed)
      control.onAbort(over)
    })
  }

  #mustBeOpen(name: string): void {
    if (this.isOpen && this._stream?.writable) return
    if (this.isOpen) throw new SessionError(`${this.label}: ${name}: end() was said before`, 'CLOSED')
    const why = this.error === undefined ? '' : `: ${this.error.message}`
    const again = this.state === 'reconnecting' ? '; it is being connected again' : '; open() connects again'
    throw new SessionError(`${this.label}: ${name}: it is ${this.state}${why}${again}`, 'CLOSED')
  }
}

/** Text for the history, where that is what it is. */
function textOr(bytes: Uint8Array, encoding: Encoding): string | Uint8Array {
  if (encoding === 'bytes') return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString(encoding)
}
