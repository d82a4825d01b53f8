/** The server's end of an application, as its client sees it: calls, interfaces, and what it tells. */
import type { ReconnectOptions } from '../face/backoff.js'
import { SessionError } from '../face/session-error.js'
import { hostPort } from '../stream/place.js'
import type { AppCall } from './page/host.js'
import { type AppForm, type AppVersion, callLine, readAnswer, unpackedCode, WRONG } from './protocol.js'
import { type AppPlace, ask, connectedTo, labelOf } from './socket-lines.js'
import { Subscription, type SubscriptionListener } from './subscription.js'

/** An interface and its handlers. */
export interface AppSource {
  interface: string
  handlers: string
}

/** What stands behind a page: a server, or functions of the prompt. */
export interface AppPeer {
  /** `127.0.0.1:8808`. */
  readonly subject: string
  /** Looks whether it is there. @throws SessionError */
  open(listener: SubscriptionListener, signal: AbortSignal): Promise<void>
  /** Does what the user wants. @throws SessionError, or what a function throws */
  call(request: AppCall, signal: AbortSignal): Promise<unknown>
  close(): void
}

/** How to talk to a server. */
export interface RemoteOptions {
  version: AppVersion
  timeout: number
  limit: number
  /** Whether to be told of changes; unset: where the protocol has it. */
  subscribe: boolean | undefined
  reconnect: ReconnectOptions
}

/** A server. */
export class RemoteApp implements AppPeer {
  readonly subject: string
  readonly #label: string
  #form: AppForm
  #subscription: Subscription | undefined

  constructor(
    private readonly place: AppPlace,
    private readonly options: RemoteOptions,
  ) {
    this.subject = hostPort(place.host, place.port)
    this.#label = labelOf(place)
    this.#form = options.version === 1 ? 'plain' : options.version === 3 ? 'json' : 'prefix'
  }

  async open(listener: SubscriptionListener, signal: AbortSignal): Promise<void> {
    const { version, timeout, subscribe = version >= 3, reconnect } = this.options
    if (!subscribe) return void (await connectedTo(this.place, timeout, signal)).destroy()
    const subscription = new Subscription(this.place, timeout, reconnect, listener)
    const close = (): void => subscription.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      if (!(await subscription.open())) return
    } finally {
      signal.removeEventListener('abort', close)
    }
    this.#subscription = subscription
    // A server that tells changes knows JSON, which says more: any value, and what was wrong.
    if (version === 4) this.#form = 'json'
  }

  async call(request: AppCall, signal: AbortSignal): Promise<unknown> {
    const form = this.#form
    const { timeout, limit } = this.options
    // Only version 2 ends its answers with the connection alone.
    const answer = await ask(this.place, callLine(form, request), { timeout, limit, line: form !== 'prefix', signal })
    return readAnswer(form, answer, request, this.#label)
  }

  /** Loads an interface and its handlers, as version 4 has them. @throws SessionError */
  async load(interfaceName: string, handlersName: string, signal: AbortSignal): Promise<AppSource> {
    const file = await this.#load('load_file', interfaceName, signal)
    const code = await this.#load('load_code', handlersName, signal)
    return { interface: file.toString(), handlers: await unpackedCode(code, this.options.limit, this.#label) }
  }

  close(): void {
    this.#subscription?.close()
    this.#subscription = undefined
  }

  async #load(what: 'load_file' | 'load_code', name: string, signal: AbortSignal): Promise<Buffer> {
    const { timeout, limit } = this.options
    const bytes = await ask(this.place, `${what}:${name}\n`, { timeout, limit, line: false, signal })
    const isNone = bytes.length === 0 || (bytes.length < 20 && bytes.toString().trim() === WRONG)
    if (!isNone) return bytes
    const kind = what === 'load_file' ? 'interface' : 'handlers'
    throw new SessionError(
      `${this.#label}: the server has no ${kind} '${name}', or does not speak version 4`,
      'REFUSED',
    )
  }
}
