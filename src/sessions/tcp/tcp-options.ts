/** What the options of TCP sessions may be. */
import { OptionError } from '../../exchange/index.js'
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
import type { ReconnectOptions } from '../face/backoff.js'
import { ENCODINGS } from '../stream/text.js'
import { clientTls } from '../tls/tls-options.js'
import type { TcpListenOptions } from './tcp-server.js'
import type { TcpOptions } from './tcp-session.js'

/** Bytes of a message at most. */
const LIMIT = wholeNumber(1, 2 ** 30)
/** Messages of the history. */
const HISTORY = wholeNumber(0, 1_000_000)

/** Seconds; TCP_KEEPIDLE has so many at most (tcp(7)). */
const KEEP_ALIVE = wholeNumber(1, 32767)

const CONNECT: OptionTable<TcpOptions> = {
  tls: ANYTHING,
  timeout: positive('seconds'),
  reconnect: ANYTHING,
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
const RECONNECT: OptionTable<ReconnectOptions> = {
  first: positive('seconds'),
  longest: positive('seconds'),
  tries: wholeNumber(1),
}
const LISTEN: OptionTable<TcpListenOptions> = {
  host: text('an address of this machine, or * for all'),
  tls: ANYTHING,
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
  checkTls('tcp.connect', options.tls)
  // Files that can not be read are told now, and not when the other end is there.
  if (options.tls) clientTls('tcp.connect', options.tls, '')
  if (typeof options.reconnect === 'object') checkTable('tcp.connect: reconnect', options.reconnect, RECONNECT)
}

/** @throws OptionError for what is not right */
export function checkListenOptions(options: TcpListenOptions): void {
  checkTable('tcp.listen', options, LISTEN)
  checkTls('tcp.listen', options.tls)
}

function checkTls(name: string, tls: unknown): void {
  if (tls === undefined || typeof tls === 'boolean' || (typeof tls === 'object' && tls !== null)) return
  throw new OptionError(`${name}: option tls must be true, false or an object of options, not ${String(tls)}`)
}
