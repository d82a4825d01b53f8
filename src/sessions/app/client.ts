/** The client of an application in a network: a page in the browser, and what stands behind it. */
import { OptionError, report, Task } from '../../exchange/index.js'
import { FLAG, type OptionTable, oneOf, positive, text, wholeNumber } from '../../tools/option-kinds.js'
import { RECONNECT, type ReconnectOptions } from '../face/backoff.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import { COMMON_EVENTS, type CommonEvents, Session, type SessionOptions } from '../face/session.js'
import { SessionError } from '../face/session-error.js'
import { openInBrowser } from './browser.js'
import { PacedPush } from './paced-push.js'
import type { AppCall, AppHost } from './page/host.js'
import type { AppVersion } from './protocol.js'
import { type AppPeer, type AppSource, RemoteApp } from './remote-app.js'
import { handlersText, interfaceText } from './sources.js'

/** Options of the page: those of `app.show`. */
export interface AppPageOptions extends SessionOptions {
  /** Title of the page. Default: that of the window. */
  title?: string
  /** Start a browser. Default false: the address is shown. */
  open?: boolean
  /** Address on which the page is served; '*': all of this machine's. Default '127.0.0.1': for browsers of this machine. */
  pageHost?: string
  /** Port of the page. Default 0: a free one. */
  pagePort?: number
}

/** Options of `app.connect`. */
export interface AppSessionOptions extends AppPageOptions {
  /** Version of the protocol. Default 3. */
  version?: AppVersion
  /** The window: a Glade file, or XML. In version 4 its name on the server. Default: no page, only `call`. */
  interface?: string
  /** What its signals call: a file, or JavaScript. In version 4 its name on the server, that of the interface if unset. */
  handlers?: string
  /** Seconds for a call. Default 10. */
  timeout?: number
  /** Bytes of an answer, an interface, or handlers, unpacked. Default 1 MiB. */
  limit?: number
  /** Be told what changes on the server. Default: in versions 3 and 4. */
  subscribe?: boolean
  /** When a server that is gone is tried again, in versions 3 and 4; false: never. Default true. */
  reconnect?: boolean | ReconnectOptions
}

const PAGE_TABLE = {
  title: text('a text'),
  open: FLAG,
  pageHost: LISTEN_HOST,
  pagePort: wholeNumber(0, 65535),
  history: HISTORY,
}

/** For the checks of options. */
export const PAGE_OPTIONS: OptionTable<AppPageOptions> = PAGE_TABLE
export const CLIENT_OPTIONS: OptionTable<AppSessionOptions> = {
  ...PAGE_TABLE,
  version: oneOf(1, 2, 3, 4),
  interface: text('a file or XML, in version 4 a name on the server'),
  handlers: text('a file or JavaScript, in version 4 a name on the server'),
  timeout: positive('seconds'),
  limit: wholeNumber(64),
  subscribe: FLAG,
  reconnect: RECONNECT,
}

/** Names of values that all share, as a server has them at most. */
const MOST_SHARED = 100

/** Events of an application. */
export type AppSessionEvents = CommonEvents & {
  /** A handler of the page, or the prompt, has called a command. Without an answer it went wrong. */
  call: [call: AppCall & { answer?: unknown; error?: string }]
  /** The server tells that a value of what all share is new. */
  change: [name: string, value: unknown]
}

/** Made by `app.connect` and `app.show`. */
export class AppSession extends Session<AppSessionEvents> {
  readonly kind = 'app'
  /** What all users of the server share, as far as it tells. */
  readonly shared: Record<string, unknown> = {}
  /** Calls that were made. */
  calls = 0
  protected readonly eventNames = [...COMMON_EVENTS, 'call', 'change']
  #host: AppHost | undefined
  #life = new AbortController()
  readonly #pace = new PacedPush((name, value) => this.#toPages(name, value))

  constructor(
    private readonly peer: AppPeer,
    private readonly source: (signal: AbortSignal) => Promise<AppSource | undefined>,
    private readonly options: AppPageOptions,
  ) {
    super(options)
  }

  /** The other end: '127.0.0.1:8808'. */
  get subject(): string {
    return this.peer.subject
  }

  /** Address of the page, with the token that opens it; undefined without a page. */
  get url(): string | undefined {
    return this.#host?.url
  }

  /** Pages that are open. */
  get pages(): number {
    return this.#host?.pages ?? 0
  }

  /** Does what `app.call` does in a handler: asks the server. @throws SessionError when it cannot, or says no */
  call(command: string, message: unknown = ''): Task<unknown> {
    return Task.run(({ signal }) => this.#call({ command, message }, AbortSignal.any([signal, this.#life.signal])), {
      name: `app ${command}`,
    })
  }

  /** Calls `on_server_EVENT(ui, app, value)` in all open pages; of a flood the latest value of each event. @throws OptionError for a name that is none */
  push(event: string, value: unknown): void {
    if (!/^\w{1,64}$/.test(event))
      throw new OptionError(`push: an event has letters, digits and _, as in a handler's name, not '${event}'`)
    this.#pace.push(event, value)
  }

  /** Reads interface and handlers anew, from their files or from the server, and draws them in all open pages. */
  reload(): Task<void> {
    return Task.run(
      async ({ signal }) => {
        const source = await this.source(signal)
        if (source === undefined || this.#host === undefined) throw new OptionError(`${this.label}: it has no page`)
        await this.#host.replace(source)
      },
      { name: 'app reload' },
    )
  }

  protected override get figures(): string {
    const calls = `${this.calls} call${this.calls === 1 ? '' : 's'}`
    return this.url === undefined ? calls : `${calls}, page ${this.url}`
  }

  override toJSON(): object {
    return { ...super.toJSON(), url: this.url }
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    this.#life = new AbortController()
    await this.peer.open(
      {
        change: (name, value) => this.#changed(name, value),
        lost: (attempt, seconds, error) => this.#away(attempt, seconds, error),
        back: () => this.#back(),
        over: (error) => this.#over(error),
      },
      signal,
    )
    try {
      const source = await this.source(signal)
      if (source !== undefined) await this.#page(source, signal)
    } catch (error) {
      await this._close()
      throw error
    }
  }

  protected async _close(): Promise<void> {
    this.#life.abort(new SessionError(`${this.label}: it is closed`, 'CLOSED'))
    this.peer.close()
    this.#pace.end()
    await this.#host?.close()
    this.#host = undefined
  }

  async #page(source: AppSource, signal: AbortSignal): Promise<void> {
    const { AppHost } = await import('./page/host.js')
    const { title, pageHost: host, pagePort: port, open } = this.options
    const page = new AppHost({
      ...source,
      title,
      host,
      port,
      call: (request) => this.#call(request, this.#life.signal),
      pushed: () => Object.entries(this.shared),
      onClose: () => void this.close(),
      log: (line) => report(`${this.label}: ${line}`),
    })
    await page.open(signal)
    this.#host = page
    if (open) openInBrowser(page.onceUrl(), page.url)
  }

  async #call(request: AppCall, signal: AbortSignal): Promise<unknown> {
    const { command, message } = request
    if (!this.isOpen && this.state !== 'reconnecting')
      throw new SessionError(`${this.label}: it is ${this.state}; open() opens it`, 'CLOSED')
    this.calls++
    this.#note('out', { command, message })
    try {
      const answer = await this.handlers.scope.run(() => this.peer.call(request, signal))
      this.#note('in', answer)
      void this._emit('call', [{ command, message, answer }])
      return answer
    } catch (error) {
      void this._emit('call', [{ command, message, error: error instanceof Error ? error.message : String(error) }])
      throw error
    }
  }

  #note(direction: 'in' | 'out', value: unknown): void {
    if (!this.history.isKept) return
    const data = JSON.stringify(value) ?? ''
    this.history._add(direction, data, Buffer.byteLength(data))
  }

  #changed(name: string, value: unknown): void {
    const names = Object.keys(this.shared)
    if (names.length >= MOST_SHARED && !Object.hasOwn(this.shared, name)) {
      // What was deleted makes room; a server that tells more names at a time is not to fill our memory.
      const gone = names.find((each) => this.shared[each] === null)
      if (gone === undefined) return
      delete this.shared[gone]
    }
    this.shared[name] = value
    this.#note('in', { event: name, value })
    this.#pace.push(name, value)
    void this._emit('change', [name, value])
  }

  #toPages(event: string, value: unknown): void {
    try {
      this.#host?.push(event, value)
    } catch (error) {
      this._failed(`push ${event}`, error)
    }
  }

  #away(attempt: number, seconds: number, error: SessionError): void {
    this.error = error
    this.#host?.notice(`${error.message}; trying again …`)
    this._reconnecting(attempt, seconds)
  }

  #back(): void {
    this.error = undefined
    this.#host?.notice('')
    this._opened()
  }

  #over(error: SessionError): void {
    void this._close()
    this._lost(error)
  }
}

/** A client of a server. @param place where it is */
export function remoteSession(place: { host: string; port: number }, options: AppSessionOptions): AppSession {
  const { version = 3, timeout = 10, limit = 1 << 20, subscribe, reconnect = true } = options
  const tries: ReconnectOptions = reconnect === true ? {} : reconnect === false ? { tries: 0 } : reconnect
  const remote = new RemoteApp(place, { version, timeout, limit, subscribe, reconnect: tries })
  const { interface: window, handlers = version === 4 ? window : undefined } = options
  if (window === undefined) return new AppSession(remote, async () => undefined, options)
  if (handlers === undefined)
    throw new OptionError('app.connect: option handlers is missing: a file with what the signals of the interface call')
  const source = async (signal: AbortSignal): Promise<AppSource> =>
    version === 4
      ? await remote.load(window, handlers, signal)
      : { interface: await interfaceText(window, limit), handlers: await handlersText(handlers, limit) }
  return new AppSession(remote, source, options)
}
