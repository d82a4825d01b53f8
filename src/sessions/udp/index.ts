/** UDP sessions. */
import { bind, connect, listen } from './udp-session.js'

/** UDP: `udp.bind(port)`, `udp.connect(host, port)` and `udp.listen(port, handler)`. What they need is loaded when they are first called. */
export const udp: { readonly bind: typeof bind; readonly connect: typeof connect; readonly listen: typeof listen } = {
  bind: (port, options) => bind(port, options),
  connect: (host, port, options) => connect(host, port, options),
  listen: (port, handler, options) => listen(port, handler, options),
}

export { UdpDatagram } from './udp-datagram.js'
export { type UdpEvents, type UdpOptions, UdpSession, type UdpTarget } from './udp-session.js'
