/** TCP sessions. */
import { later } from '../face/later.js'
import { listen } from './tcp-server.js'
import { connect } from './tcp-session.js'

/** TCP: `tcp.connect(host, port)` and `tcp.listen(port, handler)`. What they need is loaded when they are first called. */
export const tcp = { connect: later(() => connect), listen: later(() => listen) }

export { ClientList } from './client-list.js'
export { TcpClient } from './tcp-client.js'
export { type TcpHandler, type TcpListenOptions, TcpServer, type TcpServerEvents } from './tcp-server.js'
export { type TcpOptions, TcpSession } from './tcp-session.js'
