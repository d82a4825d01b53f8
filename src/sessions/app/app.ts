/** Applications in a network: a server with commands, a client that draws its window as a page, and an interface alone. */
import { OptionError, type Task } from '../../exchange/index.js'
import { checkTable, type OptionTable } from '../../tools/option-kinds.js'
import { checkReconnect } from '../face/backoff.js'
import { placeFrom } from '../stream/place.js'
import {
  type AppPageOptions,
  AppSession,
  type AppSessionOptions,
  CLIENT_OPTIONS,
  PAGE_OPTIONS,
  remoteSession,
} from './client.js'
import { LocalApp, type LocalCalls } from './local-app.js'
import { type AppCommand, AppServer, type AppServerOptions, SERVER_OPTIONS } from './server.js'
import { handlersText, interfaceText } from './sources.js'

/** Options of `app.show`. */
export interface AppShowOptions extends AppPageOptions {
  /** What `app.call(name, message)` of the handlers calls. */
  calls?: LocalCalls
}

const SHOW_OPTIONS: OptionTable<AppShowOptions> = {
  ...PAGE_OPTIONS,
  calls: { takes: 'an object of functions', accepts: (value) => typeof value === 'object' && value !== null },
}
/** Where a server is, unless it is said. */
const PORT = 8808
/** Bytes of an interface, or of handlers. */
const LIMIT = 1 << 20

/**
 * Serves an application: each request is answered by one of the commands.
 * @param port 0: a free one
 * @param commands functions by name: `(message, server, peer) => answer`, plain or async; a function alone is `hello`. Unset: hello and bye, in French
 * @throws SessionError when it cannot listen there
 */
export function listen(
  port = PORT,
  commands?: Record<string, AppCommand> | AppCommand,
  options: AppServerOptions = {},
): Task<AppServer> {
  checkTable('app.listen', options, SERVER_OPTIONS)
  const place = placeFrom('app.listen', port, undefined, { lowest: 0 })
  if ('path' in place) throw new OptionError('app.listen: give a port; it has no unix sockets')
  return new AppServer(place.port, commands, options).open()
}

/**
 * Connects to the server of an application, and serves its interface as a page to the browser of this machine.
 * @param host also `'host:port'`, or a port alone for this machine
 * @param port 8808 where none is given
 * @throws SessionError when there is no server, or its interface cannot be read
 */
export function connect(
  host: string | number = '127.0.0.1',
  port?: number | AppSessionOptions,
  options?: AppSessionOptions,
): Task<AppSession> {
  const [second, given] = typeof port === 'object' ? [undefined, port] : [port, options ?? {}]
  checkTable('app.connect', given, CLIENT_OPTIONS)
  checkReconnect('app.connect', given.reconnect)
  const place = placeFrom('app.connect', host, second, { port: PORT })
  if ('path' in place) throw new OptionError('app.connect: give a host and a port')
  return remoteSession(place, given).open()
}

/**
 * Serves an interface as a page, without a server behind it.
 * @param window a Glade file, or XML
 * @param handlers what its signals call: a file, or JavaScript
 */
export function show(window: string, handlers = '', options: AppShowOptions = {}): Task<AppSession> {
  checkTable('app.show', options, SHOW_OPTIONS)
  for (const [name, given] of Object.entries({ window, handlers }))
    if (typeof given !== 'string') throw new OptionError(`app.show: ${name} must be a text or the name of a file`)
  const source = async () => ({
    interface: await interfaceText(window, LIMIT),
    handlers: await handlersText(handlers, LIMIT),
  })
  return new AppSession(new LocalApp(options.calls ?? {}), source, options).open()
}
