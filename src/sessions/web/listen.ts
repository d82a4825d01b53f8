/** `web.listen`: opens a web server. */
import { OptionError, Task } from '../../exchange/index.js'
import { checkTable } from '../../tools/option-kinds.js'
import { listenHost } from '../face/listening.js'
import { checkedPort } from '../stream/place.js'
import { facts } from './facts.js'
import type { Routes, WebHandler } from './routes.js'
import { WEB_DEFAULTS, WEB_OPTIONS, type WebOptions } from './web-options.js'
import type { WebServer } from './web-server.js'

const PORT = 8016

/**
 * Opens a web server that runs beside the prompt until it is closed.
 * @param port 0 takes a free one; unset: 8016
 * @param routes answers by route, or a function that answers everything; unset: a page of what the server knows of each request
 * @throws OptionError for a wrong route or option; SessionError when the port cannot be had
 */
export function listen(
  port?: number | Routes | WebHandler,
  routes?: Routes | WebHandler,
  options?: WebOptions,
): Task<WebServer> {
  return Task.run(
    async () => {
      // The port may be left out.
      const [number, answers = facts, given = {}] =
        typeof port === 'object' || typeof port === 'function'
          ? [PORT, port, routes as WebOptions]
          : [port, routes, options]
      checkTable('web.listen', given, WEB_OPTIONS)
      const table = typeof answers === 'function' ? { '*': answers } : answers
      if (typeof table !== 'object' || table === null)
        throw new OptionError(
          "web.listen: give routes, such as {'GET /': request => 'Hello'}, or a function of the request",
        )
      const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const { WebServer } = await import('./web-server.js')
      const host = listenHost(given.host)
      return await new WebServer(checkedPort('web.listen', number ?? PORT, 0), table, {
        ...WEB_DEFAULTS,
        ...settings,
        host,
      }).open()
    },
    { name: 'web.listen' },
  )
}
