/** `http.websocket`: opens a WebSocket with what a session of HTTP knows: base, headers, credentials, cookies. */
import { OptionError, partOf, Task } from '../../../exchange/index.js'
import { checkTable, type OptionTable } from '../../../tools/option-kinds.js'
import { checkReconnect } from '../../face/backoff.js'
import type { Session } from '../../face/session.js'
import type { HttpClient } from '../client.js'
import { type HttpOptions, REQUEST_TABLE } from '../http-options.js'
import { WEBSOCKET_TABLE, type WebSocketOptions } from './websocket-options.js'
import { WebSocketSession } from './websocket-session.js'

/** What a WebSocket takes, and of a request what says where it goes and who asks. */
export type OpenWebSocketOptions = WebSocketOptions & Pick<HttpOptions, 'params' | 'auth' | 'cookies' | 'netrc'>

const TABLE: OptionTable<OpenWebSocketOptions> = {
  ...WEBSOCKET_TABLE,
  params: REQUEST_TABLE.params,
  auth: REQUEST_TABLE.auth,
  cookies: REQUEST_TABLE.cookies,
  netrc: REQUEST_TABLE.netrc,
}

/** Header fields that a WebSocket writes itself, or has no use for. */
const NOT_SENT = new Set(['accept', 'accept-encoding', 'connection', 'content-type'])

/**
 * Opens a WebSocket: `ws = http.websocket('wss://host/path')`.
 * @throws SessionError that says why it is not possible; OptionError for options that there are not
 */
export function openWebSocket(
  client: Pick<HttpClient, 'prepared'> & { adopt?(session: Session<never>): void },
  url: string | URL,
  options: OpenWebSocketOptions = {},
): Task<WebSocketSession> {
  checkTable('http.websocket', options, TABLE)
  checkReconnect('http.websocket', options.reconnect)
  const [, scheme = 'ws'] = /^\s*([a-z][a-z\d+.-]*):\/\//i.exec(String(url)) ?? []
  if (!/^(?:ws|http)s?$/i.test(scheme))
    throw new OptionError(`http.websocket: ${scheme}:// is not spoken here, only wss://, and ws:// without TLS`)
  const { params, auth, cookies, netrc, ...own } = options
  const asked: HttpOptions = Object.fromEntries(
    Object.entries({ params, auth, cookies, netrc, headers: own.headers }).filter(([, value]) => value !== undefined),
  )
  return Task.run(
    async ({ signal }) => {
      const place = String(url).replace(/^\s*ws(?=s?:)/i, 'http')
      const first = await client.prepared(place, asked)
      const settings: WebSocketOptions = {
        ...own,
        ...((own.tls ?? first.tls) === undefined ? {} : { tls: own.tls ?? first.tls! }),
        ...((own.proxy ?? first.proxy) === undefined ? {} : { proxy: own.proxy ?? first.proxy! }),
      }
      // Asked again for each connection: a token may have been refreshed, a cookie set.
      const session = new WebSocketSession(first.url, settings, async () => {
        client.adopt?.(session as never)
        const { headers } = await client.prepared(place, asked)
        return Object.fromEntries([...headers].filter(([name]) => !NOT_SENT.has(name.toLowerCase())))
      })
      return await partOf(signal, session.open())
    },
    {
      name: `websocket ${String(url)
        .split('?', 1)[0]!
        .replace(/\/\/[^/]*@/, '//')}`,
    },
  )
}
