/** What the options of TCP sessions may be. */
import {
  ADDRESS,
  ANYTHING,
  checkTable,
  FLAG,
  type OptionTable,
  oneOf,
  PORT,
  positive,
  SECONDS,
  text,
  wholeNumber,
} from '../../tools/option-kinds.js'
import { checkReconnect, RECONNECT } from '../face/backoff.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import { ENCODINGS } from '../stream/text.js'
import { clientTls, TLS } from '../tls/tls-options.js'
import type { TcpListenOptions } from './tcp-server.js'
import type { TcpOptions } from './tcp-session.js'

/** Bytes of a message at most. */
const LIMIT = wholeNumber(1, 2 ** 30)

/** Seconds; TCP_KEEPIDLE has so many at most (tcp(7)). */
const KEEP_ALIVE = wholeNumber(1, 32767)

const CONNECT: OptionTable<TcpOptions> = {
  tls: TLS,
  timeout: positive('seconds'),
  reconnect: RECONNECT,
  localAddress: ADDRESS,
  localPort: PORT,
  noDelay: FLAG,
  keepAlive: KEEP_ALIVE,
  netns: text('the name of a network namespace'),
  framing: ANYTHING,
  encoding: oneOf(...ENCODINGS),
  limit: LIMIT,
  history: HISTORY,
  explain: FLAG,
}
const LISTEN: OptionTable<TcpListenOptions> = {
  host: LISTEN_HOST,
  tls: TLS,
  framing: ANYTHING,
  encoding: oneOf(...ENCODINGS),
  limit: LIMIT,
  clients: wholeNumber(1),
  idle: SECONDS,
  keepAlive: KEEP_ALIVE,
  backlog: wholeNumber(1, 65535),
  log: FLAG,
  history: HISTORY,
  explain: FLAG,
}

/** @throws OptionError for what is not right */
export function checkConnectOptions(options: TcpOptions): void {
  checkTable('tcp.connect', options, CONNECT)
  // Files that cannot be read are told now, and not when the other end is there.
  if (options.tls) clientTls('tcp.connect', options.tls, '')
  checkReconnect('tcp.connect', options.reconnect)
}

/** @throws OptionError for what is not right */
export function checkListenOptions(options: TcpListenOptions): void {
  checkTable('tcp.listen', options, LISTEN)
}
