/** Connections to servers: kept for the next request, over TLS, through proxies, with HTTP/2 where that is asked for. */
import type { buildConnector, Client, Dispatcher, ProxyAgent } from 'undici'
import { clientTls, type TlsClientOptions } from '../tls/tls-options.js'
import { type ClientMaker, ConnectionPool, type Connector, MOST_CONNECTIONS } from './connection-pool.js'
import { type ProxyChoice, proxyFor } from './proxy.js'
import { clientParts, proxyPart } from './undici-parts.js'
import type { WireExchange } from './wire.js'

/** What decides over which connection a request can go. */
export interface ConnectionSettings {
  tls?: TlsClientOptions
  http2?: boolean
  proxy?: ProxyChoice
}

/** A way to a server. */
export interface Route {
  dispatch(options: Dispatcher.DispatchOptions, exchange: WireExchange): void
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
/** Connections with the same settings. */
export class Connections {
  readonly #settings: ConnectionSettings
  #makeClient: ((origin: string) => ClientMaker) | undefined
  #opening: Promise<void> | undefined
  /** By origin. */
  readonly #pools = new Map<string, ConnectionPool>()
  readonly #direct: Route = {
    dispatch: (options, exchange) => this.#pool(String(options.origin)).dispatch(options, exchange),
  }
  readonly #proxies = new Map<string, URL | undefined>()
  #proxiesUntil = 0
  readonly #proxied = new Map<string, Promise<ProxyAgent>>()

  constructor(settings: ConnectionSettings = {}) {
    this.#settings = settings
    // Checked now, not at the first request.
    if (settings.tls !== undefined) clientTls('http', settings.tls, 'localhost')
  }

  /** The way to this URL; a promise while it is being made. */
  for(url: URL): Route | Promise<Route> {
    const proxy = this.#proxyFor(url)
    // A plain request goes to the proxy with the whole URL, as all proxies take it (RFC 9112 §3.2.2); what is secret, through a tunnel.
    if (proxy !== undefined && (url.protocol === 'https:' || proxy.protocol.startsWith('socks')))
      return this.#through(proxy)
    const way = proxy === undefined ? this.#direct : { ...this.#direct, proxy }
    if (this.#makeClient !== undefined) return way
    this.#opening ??= this.#open()
    return this.#opening.then(() => way)
  }

  #pool(origin: string): ConnectionPool {
    const known = this.#pools.get(origin)
    if (known !== undefined) return known
    const pool = new ConnectionPool(this.#makeClient!(origin), () => {
      if (this.#pools.get(origin) === pool) this.#pools.delete(origin)
    })
    this.#pools.set(origin, pool)
    return pool
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
    const pools = [...this.#pools.values()]
    const proxied = [...this.#proxied.values()]
    this.#pools.clear()
    this.#proxied.clear()
    await Promise.all([
      ...pools.map((pool) => pool.destroy()),
      ...proxied.map(async (dispatcher) => (await dispatcher).destroy()),
    ])
  }

  async #open(): Promise<void> {
    const { Client: ClientOf, buildConnector: connectorOf } = await clientParts()
    const { http2 = false } = this.#settings
    const connector = connectorOf({ ...this.#tls(), allowH2: http2, timeout: CONNECT_TIME }) as Connector
    this.#makeClient = (origin) => (connect) =>
      new ClientOf(origin, { ...LIMITS, allowH2: http2, connect: connect(connector) } as Client.Options)
  }

  /** A tunnel of the proxy's. */
  async #through(proxy: URL): Promise<Route> {
    let made = this.#proxied.get(proxy.href)
    if (made === undefined) {
      made = this.#proxyAgent(proxy)
      this.#proxied.set(proxy.href, made)
    }
    const agent = await made
    return { dispatch: (options, exchange) => agent.dispatch(options, exchange) }
  }

  async #proxyAgent(proxy: URL): Promise<ProxyAgent> {
    const ProxyAgentOf = await proxyPart()
    const { http2 = false } = this.#settings
    const { ca } = this.#settings.tls ?? {}
    const { host, ...proxyTls } = clientTls('http', ca === undefined ? true : { ca }, '')
    return new ProxyAgentOf({
      ...LIMITS,
      connections: MOST_CONNECTIONS,
      uri: proxy.href,
      allowH2: http2,
      requestTls: { ...this.#tls(), timeout: CONNECT_TIME } as buildConnector.BuildOptions,
      // The proxy is somebody else: it sees no certificate of ours, and is not trusted blindly because the server is.
      proxyTls: { ...proxyTls, timeout: CONNECT_TIME } as buildConnector.BuildOptions,
    })
  }

  /** What Node's tls.connect takes. */
  #tls(): object {
    const { tls } = this.#settings
    // The host is put in by undici.
    const { host, servername, ...rest } = clientTls('http', tls ?? true, '')
    return tls?.servername === undefined ? rest : { ...rest, servername }
  }
}

const LIMITS = {
  keepAliveTimeout: KEEP_ALIVE,
  maxHeaderSize: MOST_HEADER_BYTES,
  headersTimeout: 0,
  bodyTimeout: 0,
}
