/** Connections to servers: kept for the next request, over TLS, through proxies, with HTTP/2 where that is asked for. */
import diagnostics from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { hostPort } from '../stream/place.js'
import { clientTls, type TlsClientOptions } from '../tls/tls-options.js'
import { type ProxyChoice, proxyFor } from './proxy.js'
import { agentParts, proxyPart } from './undici-parts.js'
import type { ConnectionFacts, WireExchange } from './wire.js'

/** What decides over which connection a request can go. */
export interface ConnectionSettings {
  tls?: TlsClientOptions
  http2?: boolean
  proxy?: ProxyChoice
}

/** A way to a server. */
export interface Route {
  readonly dispatcher: Dispatcher
  readonly knowledge: ConnectionKnowledge
  /** A proxy that gets the request in the server's stead. */
  readonly proxy?: URL
}

/** A connection that stands idle is closed after this, ms. */
const KEEP_ALIVE = 4000
/** How long a connection may take to be made, ms: less than a request may take, so that another address gets its turn. */
const CONNECT_TIME = 10_000
/** Bytes of an answer's headers. */
const MOST_HEADER_BYTES = 64 * 1024
/** ms in which the environment's proxies are not looked at again. */
const PROXIES_HOLD = 1000
/** Connections to one server at a time; further requests wait for one. */
const MOST_CONNECTIONS = 128

/** Connections with the same settings. */
export class Connections {
  readonly #settings: ConnectionSettings
  #direct: Route | undefined
  #opening: Promise<Route> | undefined
  readonly #proxies = new Map<string, URL | undefined>()
  #proxiesUntil = 0
  readonly #proxied = new Map<string, Promise<Route>>()
  readonly knowledge = new ConnectionKnowledge()

  constructor(settings: ConnectionSettings = {}) {
    this.#settings = settings
    // Checked now, not at the first request.
    if (settings.tls !== undefined) clientTls('http', settings.tls, 'localhost')
  }

  /** The way to this URL; a promise while it is being made. */
  for(url: URL): Route | Promise<Route> {
    const proxy = this.#proxyFor(url)
    if (proxy === undefined) return this.#direct ?? this.#open()
    // A plain request goes to the proxy with the whole URL, as all proxies take it (RFC 9112 §3.2.2); what is secret, through a tunnel.
    if (url.protocol === 'https:' || proxy.protocol.startsWith('socks')) return this.#through(proxy)
    const way = (direct: Route): Route => ({ ...direct, proxy })
    return this.#direct === undefined ? this.#open().then(way) : way(this.#direct)
  }

  #open(): Promise<Route> {
    this.#opening ??= this.#agent().then((dispatcher) => {
      this.#direct = { dispatcher, knowledge: this.knowledge }
      return this.#direct
    })
    return this.#opening
  }

  /** Reading the environment costs as much as the rest of a request: what was found holds for a while. */
  #proxyFor(url: URL): URL | undefined {
    const { proxy } = this.#settings
    if (proxy !== undefined) return proxyFor(url, proxy)
    const now = performance.now()
    if (now > this.#proxiesUntil) {
      this.#proxies.clear()
      this.#proxiesUntil = now + PROXIES_HOLD
    }
    const { origin } = url
    if (!this.#proxies.has(origin)) this.#proxies.set(origin, proxyFor(url, undefined))
    return this.#proxies.get(origin)
  }

  /** Ends them all; requests that are under way fail. */
  async close(): Promise<void> {
    const open = [this.#opening, ...this.#proxied.values()]
    this.#direct = undefined
    this.#opening = undefined
    this.#proxied.clear()
    await Promise.all(open.map(async (route) => (await route)?.dispatcher.destroy()))
  }

  async #agent(): Promise<Agent> {
    const { Agent: AgentOf, buildConnector: connectorOf } = await agentParts()
    const { http2 = false } = this.#settings
    const connect = connectorOf({ ...this.#tls(), allowH2: http2, timeout: CONNECT_TIME })
    return new AgentOf({
      ...LIMITS,
      allowH2: http2,
      connect: (options: buildConnector.Options, callback: buildConnector.Callback) =>
        this.knowledge.connecting(connect as Connector, options, callback),
    } as Agent.Options)
  }

  /** A tunnel of the proxy's. */
  #through(proxy: URL): Promise<Route> {
    const known = this.#proxied.get(proxy.href)
    if (known !== undefined) return known
    const made = proxyPart().then((ProxyAgent) => {
      const { http2 = false } = this.#settings
      const tls = this.#tls()
      const { ca } = this.#settings.tls ?? {}
      const { host, ...proxyTls } = clientTls('http', ca === undefined ? true : { ca }, '')
      const dispatcher = new ProxyAgent({
        ...LIMITS,
        uri: proxy.href,
        allowH2: http2,
        requestTls: { ...tls, timeout: CONNECT_TIME } as buildConnector.BuildOptions,
        // The proxy is somebody else: it sees no certificate of ours, and is not trusted blindly because the server is.
        proxyTls: { ...proxyTls, timeout: CONNECT_TIME } as buildConnector.BuildOptions,
      })
      return { dispatcher, knowledge: this.knowledge }
    })
    this.#proxied.set(proxy.href, made)
    return made
  }

  /** What Node's tls.connect takes. */
  #tls(): object {
    const { tls } = this.#settings
    // The host is put in by undici.
    const { host, servername, ...rest } = clientTls('http', tls ?? true, '')
    return tls?.servername === undefined ? rest : { ...rest, servername }
  }
}

type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket

const LIMITS = {
  connections: MOST_CONNECTIONS,
  keepAliveTimeout: KEEP_ALIVE,
  maxHeaderSize: MOST_HEADER_BYTES,
  headersTimeout: 0,
  bodyTimeout: 0,
}

/** What is known of connections, and which request goes over which. */
export class ConnectionKnowledge {
  readonly #facts = new WeakMap<object, ConnectionFacts>()
  /** The latest of each origin, for HTTP/2, of which undici does not tell which connection a request takes. */
  readonly #latest = new Map<string, ConnectionFacts>()

  /** Makes a connection, and notes when its parts are over. */
  connecting(connect: Connector, options: buildConnector.Options, callback: buildConnector.Callback): Socket {
    const marks: Partial<ConnectionFacts['marks']> & object = { connectStart: performance.now() }
    const facts: ConnectionFacts = { remote: undefined, version: '1.1', marks }
    // undici takes what this gives for the socket.
    const socket = connect(options, (...[error, made]: Parameters<buildConnector.Callback>) => {
      if (made !== null && made !== undefined) {
        const { remoteAddress, remotePort } = made as Socket
        facts.remote = remoteAddress === undefined ? undefined : hostPort(remoteAddress, remotePort ?? 0)
        if ((made as Socket & { alpnProtocol?: string }).alpnProtocol === 'h2') facts.version = '2'
        this.#facts.set(made, facts)
        this.#latest.set(`${options.protocol}//${options.host ?? options.hostname}`, facts)
        if (this.#latest.size > MOST_ORIGINS) this.#latest.delete(this.#latest.keys().next().value!)
      }
      ;(callback as (error: Error | null, socket: Socket | null) => void)(error as Error | null, made as Socket | null)
    })
    socket.once('lookup', () => (marks.dns = performance.now()))
    socket.once('connect', () => (marks.tcp = performance.now()))
    if (options.protocol === 'https:') socket.once('secureConnect', () => (marks.tls = performance.now()))
    return socket
  }

  /** Dispatches a request: undici tells which of its own requests that becomes, and later over which socket it goes. */
  dispatching(exchange: WireExchange, dispatch: () => void): void {
    listen()
    current = { exchange, knowledge: this }
    try {
      dispatch()
    } finally {
      current = undefined
    }
  }

  /** A request goes over this socket. */
  _taken(exchange: WireExchange, socket: object): void {
    exchange.connection = this.#facts.get(socket)
  }

  /** What is known of the connections to an origin. */
  latest(url: URL): ConnectionFacts | undefined {
    return this.#latest.get(`${url.protocol}//${url.host}`)
  }
}

const MOST_ORIGINS = 1000

interface Dispatching {
  exchange: WireExchange
  knowledge: ConnectionKnowledge
}

let current: Dispatching | undefined
let isListening = false
const OURS: unique symbol = Symbol('netshell')
type UndiciRequest = { [OURS]?: Dispatching }

/** undici's diagnostics channels: the documented way to learn of the socket of a request. */
function listen(): void {
  if (isListening) return
  isListening = true
  diagnostics.subscribe('undici:request:create', (message) => {
    if (current !== undefined) (message as { request: UndiciRequest }).request[OURS] = current
  })
  diagnostics.subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as { request: UndiciRequest; socket: object }
    const of = request[OURS]
    of?.knowledge._taken(of.exchange, socket)
  })
}
