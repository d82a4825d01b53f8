/** TCP sessions. */
import { listen } from './tcp-server.js'
import { connect } from './tcp-session.js'

/** TCP: `tcp.connect(host, port)` and `tcp.listen(port, handler)`. What they need is loaded when they are first called. */
export const tcp: { readonly connect: typeof connect; readonly listen: typeof listen } = {
  connect: (host, port, options) => connect(host, port, options),
  listen: (port, handler, options) => listen(port, handler, options),
}

export { ClientList } from './client-list.js'
export { TcpClient } from './tcp-client.js'
export { type TcpHandler, type TcpListenOptions, TcpServer, type TcpServerEvents } from './tcp-server.js'
export { type TcpOptions, TcpSession } from './tcp-session.js'
