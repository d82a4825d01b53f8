/** Server-sent events: a request whose answer goes on for ever, taken up again where it was lost. WHATWG HTML §9.2. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { checkTable, type OptionTable, text, wholeNumber } from '../../../tools/option-kinds.js'
import { checkReconnect, RECONNECT, type ReconnectOptions } from '../../face/backoff.js'
import { HISTORY } from '../../face/history.js'
import type { SessionOptions } from '../../face/session.js'
import { SessionError, sessionError } from '../../face/session-error.js'
import { MessageSession } from '../messages/message-session.js'
import { ServerEvent } from './server-event.js'

/** Options of `http.events` that are not those of the request. */
export interface EventsOptions extends SessionOptions {
  /** Begin behind the event with this id. */
  lastEventId?: string
  /** Ask again when the answer ends or is lost. Default true. */
  reconnect?: boolean | ReconnectOptions
  /** Characters of one event at most. Default 1 MiB. */
  eventLimit?: number
}

/** The answer to the request: its body goes on. */
export interface EventAnswer {
  readonly status: number
  readonly statusText: string
  /** Media type: `text/event-stream`. */
  readonly type: string
  readonly body: Readable
}

/** Asks for events. `headers` are put into the request. */
export type AskForEvents = (headers: Record<string, string>, signal: AbortSignal) => Promise<EventAnswer>

export const EVENTS_TABLE: OptionTable<EventsOptions> = {
  lastEventId: text('the id of an event'),
  reconnect: RECONNECT,
  eventLimit: wholeNumber(1, 2 ** 28),
  history: HISTORY,
}
const MEBIBYTE = 2 ** 20
/** What a server may ask us to wait before we ask again, s. */
const LONGEST_RETRY = 3600
/** And what we wait in any case, s: one that ends each answer at once must not have us ask without a pause. */
const SHORTEST_RETRY = 0.1

/** Events that a server sends. */
export class EventsSession extends MessageSession<ServerEvent> {
  readonly kind = 'events'
  /** The id of the last event that came and had one, also where nobody has taken it yet: a new request begins behind it. */
  lastEventId: string
  readonly #url: string
  readonly #ask: AskForEvents
  readonly #limit: number
  #body: Readable | undefined
  /** What the server asked to wait before the next request, s. */
  #retry: number | undefined

  /** @param url for messages, with nothing secret in it */
  constructor(url: string, ask: AskForEvents, options: EventsOptions = {}) {
    checkTable('http.events', options, EVENTS_TABLE)
    checkReconnect('http.events', options.reconnect)
    super({ ...options, reconnect: options.reconnect ?? true })
    this.#url = url
    this.#ask = ask
    this.lastEventId = options.lastEventId ?? ''
    this.#limit = options.eventLimit ?? MEBIBYTE
  }

  get subject(): string {
    return this.#url
  }

  override toJSON(): object {
    return { ...super.toJSON(), lastEventId: this.lastEventId }
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream', 'Cache-Control': 'no-store' }
    // A header takes bytes: what is beyond ASCII goes as UTF-8.
    if (this.lastEventId !== '') headers['Last-Event-ID'] = Buffer.from(this.lastEventId).toString('latin1')
    let answer: EventAnswer
    try {
      answer = await this.#ask(headers, signal)
    } catch (error) {
      if (signal.aborted) throw error
      throw sessionError(this.label, error)
    }
    const refused = this.#refusal(answer)
    if (refused !== undefined) {
      answer.body.on('error', () => undefined).destroy()
      throw refused
    }
    await this.#read(answer.body)
  }

  protected override async _close(_signal: AbortSignal): Promise<void> {
    this.#body?.destroy()
    this.#body = undefined
  }

  protected _hold(isHeld: boolean): void {
    if (isHeld) this.#body?.pause()
    else this.#body?.resume()
  }

  /** The server says that there are no events for us; asking again would bring the same. */
  protected override _isFinal(error: SessionError): boolean {
    return super._isFinal(error) || error.code === 'REFUSED' || error.code === 'AUTH'
  }

  #refusal({ status, statusText, type }: EventAnswer): SessionError | undefined {
    if (status === 204) return new SessionError(`${this.label}: the server has no more events (204)`, 'REFUSED')
    if (status !== 200) {
      const isBusy = status === 429 || status >= 500
      const code = isBusy ? `HTTP_${status}` : status === 401 || status === 403 ? 'AUTH' : 'REFUSED'
      return new SessionError(`${this.label}: ${status} ${statusText}`.trim(), code)
    }
    if (type === 'text/event-stream') return undefined
    return new SessionError(
      `${this.label}: these are no events: the answer is ${type === '' ? 'of no type' : type}, not text/event-stream`,
      'REFUSED',
    )
  }

  async #read(body: Readable): Promise<void> {
    const { createParser } = await import('eventsource-parser')
    const decoder = new StringDecoder('utf8')
    let bytes = 0
    const parser = createParser({
      maxBufferSize: this.#limit,
      onEvent: ({ event = 'message', data, id }) => {
        // What no header can hold could not be sent back.
        if (id !== undefined && !/[\x00-\x08\x0a-\x1f\x7f]/.test(id)) this.lastEventId = id
        this._arrived(new ServerEvent(event, data, id ?? ''), data, bytes)
        bytes = 0
      },
      onRetry: (ms) => {
        this.#retry = Math.min(Math.max(ms / 1000, SHORTEST_RETRY), LONGEST_RETRY)
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded')
          body.destroy(
            new SessionError(
              `${this.label}: an event is longer than ${this.#limit} characters; eventLimit: … takes more`,
              'LIMIT',
            ),
          )
      },
    })
    this.#body = body
    let isFirst = true
    body.on('data', (piece: Buffer) => {
      if (body.destroyed) return
      bytes += piece.length
      const text = decoder.write(piece)
      if (text === '') return
      // A mark at the beginning says that it is UTF-8, which it is anyway.
      parser.feed(isFirst && text.startsWith('\ufeff') ? text.slice(1) : text)
      isFirst = false
    })
    let failure: SessionError | undefined
    body.on('error', (error) => {
      failure = sessionError(this.label, error)
    })
    body.on('close', () => {
      if (this.#body !== body) return
      this.#body = undefined
      const isFinal = failure?.code === 'LIMIT'
      this._connectionLost(failure, { isFinal, ...(this.#retry === undefined ? {} : { first: this.#retry }) })
    })
  }
}
