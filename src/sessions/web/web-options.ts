/** Options of `web.listen`. */

import { FLAG, type OptionTable, positive, wholeNumber } from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import { TLS, type TlsServerOptions } from '../tls/tls-options.js'

export interface WebOptions {
  /** Address to listen on; '*': all of this machine's. Default '127.0.0.1': this machine only. */
  host?: string
  /** HTTPS: true makes a certificate on the spot, signed by itself; `{cert, key}` are PEM, or names of files. Default false. */
  tls?: boolean | TlsServerOptions
  /** Print a line for each request. Default true. */
  log?: boolean
  /** Bytes of a request's body. Default 1 MiB. */
  limit?: number
  /** Seconds in which a request must have come, all of it. Default 30. */
  timeout?: number
  /** Requests that `requests` and `history` keep. Default 1000. */
  history?: number
}

export const WEB_OPTIONS: OptionTable<WebOptions> = {
  host: LISTEN_HOST,
  tls: TLS,
  log: FLAG,
  limit: wholeNumber(0),
  timeout: positive('seconds'),
  history: HISTORY,
}

export const WEB_DEFAULTS: Required<WebOptions> = {
  host: '127.0.0.1',
  tls: false,
  log: true,
  limit: 1 << 20,
  timeout: 30,
  history: 1000,
}
