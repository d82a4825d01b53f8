/** `udp` of the prompt. */
import { OptionError, type Task } from '../../exchange/index.js'
import { checkTable } from '../../tools/option-kinds.js'
import { placeFrom } from '../stream/place.js'
import type { UdpDatagram } from './udp-datagram.js'
import { UDP_OPTIONS, type UdpOptions } from './udp-options.js'
import { UdpSession } from './udp-session.js'

/** Binds a UDP socket: `u = udp.bind(5000)`. @param port 0: a free one; `u.port` tells it */
export function bind(port = 0, options: UdpOptions = {}): Task<UdpSession> {
  checkTable('udp.bind', options, UDP_OPTIONS)
  return new UdpSession(placeOf('udp.bind', port, options), undefined, options).open() as Task<UdpSession>
}

/** A UDP socket for one other end: only its datagrams arrive, and `send` needs no address. Nothing is sent by this. */
export function connect(host: string | number, port?: number | UdpOptions, options?: UdpOptions): Task<UdpSession> {
  const [second, given] = typeof port === 'object' ? [undefined, port] : [port, options ?? {}]
  checkTable('udp.connect', given, UDP_OPTIONS)
  const remote = placeFrom('udp.connect', host, second)
  if ('path' in remote) throw new OptionError('udp.connect: give a host and a port')
  const { host: ownHost = '*', localPort = 0 } = given
  const own = ownHost === '*' ? undefined : { host: ownHost, port: localPort }
  return new UdpSession(own, remote, given).open() as Task<UdpSession>
}

/** Calls a function for each datagram; what it gives is sent back: `udp.listen(5000, d => `Bonjour ${d.data}.`)`. */
export function listen(
  port: number,
  handler?: ((datagram: UdpDatagram, session: UdpSession) => unknown) | UdpOptions,
  options?: UdpOptions,
): Task<UdpSession> {
  const given = (typeof handler === 'function' ? options : (options ?? handler)) ?? {}
  checkTable('udp.listen', given, UDP_OPTIONS)
  const session = new UdpSession(placeOf('udp.listen', port, given), undefined, given)
  if (typeof handler === 'function') session.on('message', (datagram) => handler(datagram, session))
  return session.open() as Task<UdpSession>
}

/** Without a port of its own it is there to send: to any address. */
function placeOf(name: string, port: unknown, options: UdpOptions): { host: string; port: number } {
  const { host = port === 0 ? '*' : '127.0.0.1' } = options
  const place = placeFrom(name, port, undefined, { lowest: 0, host: host === '*' ? '0.0.0.0' : host })
  if ('path' in place) throw new OptionError(`${name}: give a port; UDP has no unix sockets here`)
  return place
}
