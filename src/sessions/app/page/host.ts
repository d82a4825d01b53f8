/** Serves an interface as a web page, and carries calls of its handlers to who answers them. */
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { printable } from '../../../exchange/printable.js'
import { listenHost, listening } from '../../face/listening.js'
import { SessionError } from '../../face/session-error.js'
import { hostPort } from '../../stream/place.js'
import { isForUs } from '../../web/for-us.js'
import { isFromOurPage, isToken, jsonBody, Refusal, TOKEN_LENGTH } from './guard.js'
import { readInterface } from './interface.js'
import { withDescendants } from './label-text.js'
import { OpenPages } from './open-pages.js'
import { pageScript, workerScript } from './scripts.js'
import { frameDocument, framePolicy, PAGE_POLICY, pageDocument } from './shell.js'
import { STYLE } from './style.js'

/** What a handler asked for with `app.call(command, message)`. */
export interface AppCall {
  command: string
  message: unknown
}

/** A window: what is drawn, and the functions that its signals call. */
export interface AppWindow {
  /** GtkBuilder XML, 1 MiB at most. */
  interface: string
  /** JavaScript source, 1 MiB at most: functions named as the handlers. It is run in a sandbox in the browser, never here. */
  handlers: string
  /** What the browser shows as the title; the title of the window in the XML if unset. */
  title?: string
}

export interface AppHostOptions extends AppWindow {
  /** '127.0.0.1' if unset. */
  host?: string
  /** 0, a free one, if unset. */
  port?: number
  /** Answers `app.call`: what it gives is the result there (anything that JSON can say), what it throws is thrown there as an Error. */
  call(request: AppCall): Promise<unknown>
  /** What each page is pushed when it opens: events with their values. */
  pushed?(): Iterable<readonly [event: string, value: unknown]>
  /** The user has closed the window in the last page that was open (× of the window, or `app.quit()`). Not when only the tab goes. */
  onClose?(): void
  /** Told one line of text, safe to print: errors of handlers, pages that come and go, requests refused. */
  log?(line: string): void
  /** A handler that keeps the sandbox busy for longer is ended, ms; 5000 if unset. */
  handlerTimeout?: number
  /** So long a call may take, ms; 60 000 if unset. */
  callTimeout?: number
}

/** Characters of handlers and of what is pushed and called; bytes of a request; calls at a time; characters of a line of the log. */
const MOST = { source: 1 << 20, value: 1 << 20, body: 1 << 20, calls: 256, line: 1000, lines: 20, connections: 512 }
const HANDLER_TIMEOUT = 5000
const CALL_TIMEOUT = 60_000

const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-dns-prefetch-control': 'off',
}

/**
 * The page is at an address that nobody can guess, and all requests of the page go below that address. The token stays in the path: a
 * cookie would be sent to every other server on this machine too, since cookies do not know ports.
 */
export class AppHost {
  readonly #options: AppHostOptions
  readonly #token = randomBytes(TOKEN_LENGTH / 2).toString('hex')
  #onceToken: string | undefined
  /** The frame has another, so that what runs in it does not know that of the page. */
  readonly #frameToken = randomBytes(TOKEN_LENGTH / 2).toString('hex')
  readonly #pages = new OpenPages((count) => this.#log(`${count} ${count === 1 ? 'page' : 'pages'} open`))
  readonly #server: http.Server
  readonly #files: ReadonlyMap<string, { type: string; content: string; policy?: string }>
  /** JSON of the event `window`. */
  #window = ''
  #version = 0
  /** JSON of the event `notice`. */
  #notice = '""'
  #calls = 0
  #isClosed = false
  #second = 0
  #lines = 0

  constructor(options: AppHostOptions) {
    this.#options = options
    this.#files = new Map([
      [`${this.#token}/`, { type: 'text/html', content: pageDocument(`/${this.#frameToken}/`) }],
      [`${this.#token}/page.js`, { type: 'text/javascript', content: pageScript() }],
      [`${this.#token}/page.css`, { type: 'text/css', content: STYLE }],
      [`${this.#frameToken}/`, { type: 'text/html', content: frameDocument(), policy: framePolicy() }],
    ])
    this.#server = http.createServer({ connectionsCheckingInterval: 1000 }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#refuse(request, response, error))
    })
    // The page's own requests are small and come at once.
    Object.assign(this.#server, { headersTimeout: 5000, requestTimeout: 15_000, keepAliveTimeout: 5000 })
    this.#server.maxHeadersCount = 50
    this.#server.maxConnections = MOST.connections
  }

  /** Reads the XML (InterfaceError says the line), and listens. */
  async open(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#window = await this.#read(this.#options)
    signal?.throwIfAborted()
    const { port = 0 } = this.#options
    const host = listenHost(this.#options.host)
    await listening(this.#server, { host, port }, `app page ${hostPort(host, port)}`, signal)
    this.#server.on('error', (error) => this.#log(error.message))
  }

  /** Ends all pages and frees the port. Can be called twice, and before `open`. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#pages.end()
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    // Pages are told first; what does not read is not waited for.
    const timer = setTimeout(() => this.#server.closeAllConnections(), 500)
    this.#server.closeIdleConnections()
    await closed
    clearTimeout(timer)
  }

  /** An address that leads to the page once: for the command line of a browser, which others on this machine may read. A new one ends the one before. */
  onceUrl(): string {
    this.#onceToken = randomBytes(TOKEN_LENGTH / 2).toString('hex')
    return this.url.replace(this.#token, this.#onceToken)
  }

  /** `http://127.0.0.1:PORT/TOKEN/`. @throws SessionError before `open` */
  get url(): string {
    const address = this.#server.address() as AddressInfo | null
    if (address === null) throw new SessionError('app page: not open', 'CLOSED')
    const { address: bound, port } = address
    const host = bound === '0.0.0.0' ? '127.0.0.1' : bound === '::' ? '::1' : bound
    return `http://${hostPort(host, port)}/${this.#token}/`
  }

  /** How many pages are open. */
  get pages(): number {
    return this.#pages.count
  }

  /** Calls `on_server_<event>(ui, app, value)` in all open pages. @throws TypeError if the name is not letters, digits and `_`, or the value no JSON */
  push(event: string, value: unknown): void {
    if (!/^\w{1,64}$/.test(event)) throw new TypeError(`push: '${event}' is not letters, digits and _`)
    this.#pages.send('push', pushText(event, value))
  }

  /** A line above the window, in all pages and those to come; '' takes it away. */
  notice(text: string): void {
    this.#notice = JSON.stringify(text.slice(0, MOST.line))
    this.#pages.send('notice', this.#notice)
  }

  /** Another window in all open pages. What is wrong with it is thrown, and the old one stays. */
  async replace(window: AppWindow): Promise<void> {
    this.#window = await this.#read(window)
    this.#pages.send('window', this.#window)
  }

  async #read({ interface: xml, handlers, title }: AppWindow): Promise<string> {
    if (handlers.length > MOST.source)
      throw new SessionError(`app page: handlers of more than ${MOST.source} characters`, 'LIMIT')
    const model = await readInterface(xml)
    const signals = model.widgets.flatMap(withDescendants).flatMap((widget) => widget.signals)
    return JSON.stringify({
      ...model,
      ...workerScript(handlers, new Set(signals.map(({ handler }) => handler))),
      title: title ?? model.title,
      version: ++this.#version,
      timeout: this.#options.handlerTimeout ?? HANDLER_TIMEOUT,
    })
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    if (!isForUs(request, this.#options.host ?? '')) throw new Refusal(403, 'the Host is not this one')
    const [, token = '', path] = /^\/([^/?]*)\/([^?]*)/.exec(request.url ?? '/') ?? []
    const ofPage = isToken(token, this.#token)
    if (this.#onceToken !== undefined && isToken(token, this.#onceToken)) {
      this.#onceToken = undefined
      response.writeHead(302, { location: `/${this.#token}/` }).end()
      return
    }
    if (!ofPage && !isToken(token, this.#frameToken)) throw new Refusal(403, 'the address of the page is another')
    const file = this.#files.get(`${token}/${path}`)
    if (file !== undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405, 'only GET')
      if (file.policy !== undefined) response.setHeader('content-security-policy', file.policy)
      response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` }).end(file.content)
    } else if (!ofPage) throw new Refusal(404, 'there is nothing here')
    else if (!isFromOurPage(request)) throw new Refusal(403, 'another page asks')
    else if (path === 'events' && request.method === 'GET') this.#openPage(response)
    else if (request.method === 'POST') await this.#post(path!, request, response)
    else throw new Refusal(404, 'there is nothing here')
  }

  #openPage(response: http.ServerResponse): void {
    if (this.#isClosed || this.#pages.isFull) throw new Refusal(503, 'too many pages are open')
    this.#pages.add(response, 'window', this.#window)
    if (this.#notice !== '""') this.#pages.send('notice', this.#notice, response)
    for (const [event, value] of this.#options.pushed?.() ?? [])
      this.#pages.send('push', pushText(event, value), response)
  }

  async #post(path: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (!['call', 'closed', 'log'].includes(path)) throw new Refusal(404, 'there is nothing here')
    const body = ((await jsonBody(request, MOST.body)) ?? {}) as {
      command?: unknown
      message?: unknown
      text?: unknown
    }
    let reply = '{}'
    if (path === 'call') reply = await this.#call(body)
    else if (path === 'log') this.#log(String(body.text))
    response.writeHead(200, { 'content-type': 'application/json' }).end(reply)
    // The page that says so has gone by then.
    if (path === 'closed') response.once('close', () => setTimeout(() => this.#lastClosed(), 100).unref())
  }

  #lastClosed(): void {
    if (this.pages === 0 && !this.#isClosed) this.#options.onClose?.()
  }

  async #call({ command, message }: { command?: unknown; message?: unknown }): Promise<string> {
    if (typeof command !== 'string') throw new Refusal(400, 'a call has a command')
    if (this.#calls >= MOST.calls) return JSON.stringify({ error: 'too many calls' })
    this.#calls++
    const { callTimeout = CALL_TIMEOUT } = this.#options
    let timer: NodeJS.Timeout | undefined
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${callTimeout / 1000} s`)), callTimeout)
      })
      const value = await Promise.race([this.#options.call({ command, message }), late])
      return jsonOf({ value: value ?? null }, `the answer to '${command}'`)
    } catch (error) {
      return JSON.stringify({ error: error instanceof Error ? error.message : String(error) })
    } finally {
      clearTimeout(timer)
      this.#calls--
    }
  }

  #refuse(request: http.IncomingMessage, response: http.ServerResponse, error: unknown): void {
    const status = error instanceof Refusal ? error.status : 500
    const message = error instanceof Error ? error.message : String(error)
    this.#log(`refused ${request.method} from ${request.socket?.remoteAddress}: ${message}`)
    if (response.headersSent || response.destroyed) return void response.destroy()
    // What is left of the request is not read.
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ error: message }), () => request.socket?.destroySoon())
  }

  /** A stranger may cause lines; more than a few a second are left out. */
  #log(text: string): void {
    const now = Math.floor(performance.now() / 1000)
    if (now !== this.#second) [this.#second, this.#lines] = [now, 0]
    if (++this.#lines > MOST.lines) return
    this.#options.log?.(printable(text.slice(0, MOST.line)).replaceAll('\n', ' '))
  }
}

function pushText(event: string, value: unknown): string {
  return jsonOf({ event, value: value ?? null }, `push '${event}'`)
}

function jsonOf(value: unknown, what: string): string {
  const json = JSON.stringify(value)
  if (json.length > MOST.value) throw new TypeError(`${what} has more than ${MOST.value} characters`)
  return json
}
