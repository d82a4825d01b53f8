/** Applications in a network. */
import { connect, listen, show } from './app.js'

/** Applications in a network: `app.listen(port, commands)`, `app.connect(host, port)`, `app.show(window, handlers)`. What they need is loaded when they are first called. */
export const app: { readonly listen: typeof listen; readonly connect: typeof connect; readonly show: typeof show } = {
  listen: (port, commands, options) => listen(port, commands, options),
  connect: (host, port, options) => connect(host, port, options),
  show: (window, handlers, options) => show(window, handlers, options),
}

export type { AppShowOptions } from './app.js'
export { type AppPageOptions, AppSession, type AppSessionEvents, type AppSessionOptions } from './client.js'
export type { LocalCalls } from './local-app.js'
export type { AppVersion } from './protocol.js'
export { type AppCommand, type AppServed, AppServer, type AppServerEvents, type AppServerOptions } from './server.js'
export type { SharedState } from './shared-state.js'
