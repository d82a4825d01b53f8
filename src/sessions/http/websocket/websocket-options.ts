/** Options of `http.websocket`. */
import { OptionError } from '../../../exchange/index.js'
import {
  checkTable,
  FLAG,
  type OptionKind,
  type OptionTable,
  positive,
  SECONDS,
  text,
  wholeNumber,
} from '../../../tools/option-kinds.js'
import { checkReconnect, RECONNECT, type ReconnectOptions } from '../../face/backoff.js'
import { HISTORY } from '../../face/history.js'
import type { SessionOptions } from '../../face/session.js'
import { TLS, type TlsClientOptions } from '../../tls/tls-options.js'
import type { HeadersInit } from '../headers.js'
import type { ProxyChoice } from '../proxy.js'

/** How a WebSocket is opened, and what goes through it. */
export interface WebSocketOptions extends SessionOptions {
  /** Subprotocols that are offered, the best first; the server takes one: `session.protocol`. */
  protocols?: string | readonly string[]
  /** Further header fields of the request. */
  headers?: HeadersInit
  /** TLS: `{ca}` names a certificate to trust, `{insecure: true}` trusts anybody. */
  tls?: TlsClientOptions
  /** A proxy's URL; false: none. Unset: what the environment says. */
  proxy?: ProxyChoice
  /** Seconds until it must be open. Default 10. */
  timeout?: number
  /** Bytes of one message at most. Default 16 MiB. */
  limit?: number
  /** Seconds between two signs of life that are asked for; who does not answer one before the next is lost. 0: none. Default 30. */
  ping?: number
  /** Messages are JSON: they are read, and what is sent is written. Default false. */
  json?: boolean
  /** Offer to compress messages (RFC 7692). Default true. */
  compress?: boolean
  /** Connect again when it is lost. Default false. */
  reconnect?: boolean | ReconnectOptions
}

/** RFC 6455 §4.1: a subprotocol is a token of RFC 9110. */
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

const PROTOCOLS: OptionKind = {
  takes: 'the name of a subprotocol, or a list of names',
  accepts: (value) => {
    const list = Array.isArray(value) ? value : [value]
    return list.length > 0 && new Set(list).size === list.length && list.every((name) => TOKEN.test(String(name)))
  },
}
const HEADERS: OptionKind = {
  takes: 'an object of names and values',
  accepts: (value) => typeof value === 'object' && value !== null,
}
export const PROXY: OptionKind = {
  takes: 'the URL of a proxy, or false',
  accepts: (value) => value === false || text('').accepts(value),
}

export const WEBSOCKET_TABLE: OptionTable<WebSocketOptions> = {
  protocols: PROTOCOLS,
  headers: HEADERS,
  tls: TLS,
  proxy: PROXY,
  timeout: positive('seconds'),
  limit: wholeNumber(1, 2 ** 30),
  ping: SECONDS,
  json: FLAG,
  compress: FLAG,
  reconnect: RECONNECT,
  history: HISTORY,
}

/** @throws OptionError for an option that there is not, or a value that makes no sense */
export function checkWebSocketOptions(call: string, options: WebSocketOptions): void {
  checkTable(call, options, WEBSOCKET_TABLE)
  checkReconnect(call, options.reconnect)
}

/** `ws://…` or `wss://…`; http and https mean the same. @throws OptionError for what is neither */
export function webSocketUrl(call: string, given: string | URL): URL {
  let url: URL | undefined
  try {
    url = new URL(given)
  } catch {
    // Told below.
  }
  if (url !== undefined) url.protocol = url.protocol.replace(/^http/, 'ws')
  if (url === undefined || !/^wss?:$/.test(url.protocol))
    throw new OptionError(`${call}: '${String(given)}' is no URL of a WebSocket: wss://host/path, or ws:// without TLS`)
  // RFC 6455 §3: there is none.
  url.hash = ''
  return url
}
