/** A session with a server: a base, and what its requests have in common. */
import { OptionError, Task } from '../../exchange/index.js'
import { type Exchanged, History } from '../face/history.js'
import { COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError } from '../face/session-error.js'
import type { HttpAuth } from './auth/http-auth.js'
import { HttpClient } from './client.js'
import type { Cookies } from './cookies.js'
import type { EventsSession } from './events/events-session.js'
import { type OpenEventsOptions, openEvents } from './events/open-events.js'
import { type GraphqlOptions, graphql } from './graphql.js'
import { type Har, type HarOptions, har } from './har/har.js'
import { checkSessionOptions, type HttpOptions, type HttpSessionOptions } from './http-options.js'
import { type Pages, type PagesOptions, paginate } from './paging/pages.js'
import type { HttpResponse } from './response.js'
import { withoutSecretParts } from './secret-headers.js'
import { type Downloaded, type DownloadOptions, download } from './transfer/download.js'
import { type HttpStream, type StreamOptions, stream } from './transfer/http-stream.js'
import { type OpenWebSocketOptions, openWebSocket } from './websocket/open-websocket.js'
import type { WebSocketSession } from './websocket/websocket-session.js'

/** Events of a session. */
export type HttpSessionEvents = CommonEvents & {
  /** An answer came. */
  response: [response: HttpResponse]
}

/** Answers that are kept, and bytes of them. */
const KEPT = 100
const KEPT_BYTES = 32 * 1024 * 1024

/** Requests with a base, credentials, headers and cookies in common. Made by `http.session`. */
export class HttpSession extends Session<HttpSessionEvents> {
  readonly kind = 'http'
  protected readonly eventNames = [...COMMON_EVENTS, 'response']
  override readonly history: ResponseHistory
  readonly _client: HttpClient
  readonly #subject: string
  /** Sessions that were opened through it, and end with it. */
  readonly #children = new Set<Session<never>>()
  #count = 0

  /** @throws OptionError for options that are wrong */
  constructor(options: HttpSessionOptions = {}) {
    super()
    checkSessionOptions('http.session', options)
    this.history = new ResponseHistory(options.history ?? KEPT)
    this._client = new HttpClient(options, true)
    this.#subject = this._client.base === undefined ? 'any host' : withoutSecretParts(this._client.base)
  }

  get subject(): string {
    return this.#subject
  }

  /** What relative URLs are relative to. */
  get base(): string | undefined {
    return this._client.base?.href
  }

  /** Who asks; printed without secrets. */
  get auth(): HttpAuth | undefined {
    return this._client.auth
  }

  /** Its cookies: `list()`, `clear()`. */
  get cookies(): Cookies {
    return this._client.cookies!
  }

  /** The latest answers. */
  get responses(): HttpResponse[] {
    return this.history.responses
  }

  get(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('GET', url, options)
  }

  head(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('HEAD', url, options)
  }

  options(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('OPTIONS', url, options)
  }

  post(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('POST', url, options)
  }

  put(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('PUT', url, options)
  }

  patch(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('PATCH', url, options)
  }

  delete(url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return this.request('DELETE', url, options)
  }

  /** A request of any method, such as PURGE. */
  request(method: string, url: string | URL = '', options?: HttpOptions): Task<HttpResponse> {
    return Task.run(
      async (control) => {
        return this.#calls.send(method, url, options, control)
      },
      { name: `http.${String(method).toLowerCase()}` },
    )
  }

  /** Downloads to a file. */
  download(url: string | URL, file?: string, options?: DownloadOptions): Task<Downloaded> {
    return download(this.#calls, url, file, options)
  }

  /** Sends a request; gives its answer as soon as the headers are there, to be read as it comes. */
  stream(url: string | URL = '', options?: StreamOptions): Task<HttpStream> {
    return stream(this.#calls, url, options)
  }

  /** A list that comes in pages: `for (const item of session.paginate('items')) …`. */
  paginate(url: string | URL = '', options?: HttpOptions & PagesOptions): Pages {
    return paginate(this.#calls, url, options)
  }

  /** Opens a session of server-sent events. (`events` are those of this session.) */
  serverEvents(url: string | URL = '', options?: OpenEventsOptions): Task<EventsSession> {
    return openEvents(this.#calls, url, options)
  }

  /** Opens a WebSocket with the headers, credentials and cookies of the session. */
  websocket(url: string | URL = '', options?: OpenWebSocketOptions): Task<WebSocketSession> {
    return openWebSocket(this.#calls, url, options)
  }

  /** Asks a query of GraphQL; gives its data. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
  graphql(url: string, query: string, variables?: Record<string, unknown>, options?: GraphqlOptions): Task<any> {
    return graphql(this.#calls, url, query, variables, options)
  }

  /** Its answers as HAR 1.2; with the name of a file it is written there. */
  har(options?: HarOptions): Har
  har(file: string, options?: HarOptions): Task<string>
  har(first?: string | HarOptions, options?: HarOptions): Har | Task<string> {
    return typeof first === 'string' ? har(this, options).save(first) : har(this, first)
  }

  /** What is built on requests goes through it: its answers are seen as those of requests. */
  get #calls(): Pick<HttpClient, 'send' | 'open' | 'prepared' | 'base'> & { adopt(child: Session<never>): void } {
    const client = this._client
    return {
      base: client.base,
      adopt: (child) => {
        for (const other of this.#children)
          if (other.state === 'closed' || other.state === 'failed') this.#children.delete(other)
        this.#children.add(child)
      },
      open: async (...values) => {
        this.#checkOpen()
        return client.open(...values)
      },
      prepared: async (...values) => {
        this.#checkOpen()
        return client.prepared(...values)
      },
      send: async (...values) => {
        this.#checkOpen()
        const response = await client.send(...values)
        this._seen(response)
        return response
      },
    }
  }

  #checkOpen(): void {
    if (!this.isOpen) throw new SessionError(`${this.label}: it is ${this.state}; open() opens it again`, 'CLOSED')
  }

  /** Takes an answer into the history, and tells of it. */
  _seen(response: HttpResponse): void {
    this.#count++
    this.history._put(response)
    if (this._isHeard('response')) void this._emit('response', [response])
  }

  protected override get figures(): string {
    return `${this.#count} answer${this.#count === 1 ? '' : 's'}`
  }

  protected _open(): void {}

  protected async _close(): Promise<void> {
    const children = [...this.#children]
    this.#children.clear()
    await Promise.allSettled(children.map(async (child) => await child.close()))
    await this._client.close()
  }

  /** There is nothing to wait for: connections are made with requests. */
  _begin(): this {
    this._opened()
    return this
  }
}

/** Opens a session; it is there at once. @throws OptionError for options that are wrong */
export function session(options: HttpSessionOptions | string = {}): HttpSession {
  if (typeof options !== 'string' && (typeof options !== 'object' || options === null))
    throw new OptionError("http.session: give options, such as {base: 'https://api.example.com/'}, or the base alone")
  return new HttpSession(typeof options === 'string' ? { base: options } : options)._begin()
}

/** Answers, the latest at the end, bounded in number and size; as lines of what went out and came in they are the history of each session. */
export class ResponseHistory extends History {
  #responses: HttpResponse[] = []
  #bytes = 0

  constructor(private readonly most: number) {
    super(0)
  }

  get responses(): HttpResponse[] {
    return [...this.#responses]
  }

  override get length(): number {
    return this.#responses.length * 2
  }

  override get isKept(): boolean {
    return this.most > 0
  }

  override toArray(): Exchanged[] {
    return this.#responses.flatMap((response) => {
      const { time, request, timing, length } = response
      const sent = new Date(time.getTime() - timing.total)
      const peer = new URL(response.url).host
      const { text = '' } = request
      return [
        {
          time: sent,
          direction: 'out' as const,
          length: text.length,
          data: `${request.method} ${withoutQuery(request.url)}`,
          peer,
        },
        { time, direction: 'in' as const, length, data: response.toString(), peer },
      ]
    })
  }

  _put(response: HttpResponse): void {
    if (this.most === 0) return
    this.#responses.push(response)
    this.#bytes += response.length
    while (this.#responses.length > this.most || (this.#bytes > KEPT_BYTES && this.#responses.length > 1))
      this.#bytes -= this.#responses.shift()!.length
  }
}

/** Tokens may stand in it. */
function withoutQuery(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : `${url.slice(0, mark)}?…`
}
