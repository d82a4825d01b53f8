/** UDP sessions. */
import { later } from '../face/later.js'
import { bind, connect, listen } from './udp.js'

/** UDP: `udp.bind(port)`, `udp.connect(host, port)` and `udp.listen(port, handler)`. What they need is loaded when they are first called. */
export const udp = { bind: later(() => bind), connect: later(() => connect), listen: later(() => listen) }

export { UdpDatagram } from './udp-datagram.js'
export type { UdpOptions } from './udp-options.js'
export { type UdpEvents, UdpSession, type UdpTarget } from './udp-session.js'
