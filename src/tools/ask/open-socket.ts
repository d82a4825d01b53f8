/** Ordinary sockets of the system, which need no root, also inside another network namespace. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { Socket as TcpSocket } from 'node:net'
import { hasForeignInterface, lastErrno } from '../../link/foreign.js'
import { inNamespace } from '../../link/index.js'
import { cLibrary } from '../../link/libc.js'
import { LinkError } from '../../link/link.js'
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM } from '../../link/socket-numbers.js'
import { addressWithZone, type Target } from '../targets.js'

/** The other end of a socket, and where ours is. */
export interface SocketPlace {
  address: string
  family: 4 | 6
  port: number
  /** Network namespace that the socket is opened in; unset: the one that netshell runs in. */
  netns?: string | undefined
}

// Level and option of IP_RECVERR and IPV6_RECVERR
const RECEIVE_ERRORS = { 4: [0, 11], 6: [41, 25] } as const

/** The port of a target as a socket takes it. */
export function placeOf(target: Target, { port, netns }: { port: number; netns?: string }): SocketPlace {
  return { address: addressWithZone(target), family: target.family, port, netns }
}

/** A UDP socket that is connected: only the other end's datagrams arrive, and its ICMP errors. The caller closes it. */
export async function openUdp({ address, family, port, netns }: SocketPlace): Promise<UdpSocket> {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6')
  try {
    if (netns !== undefined || (process.platform === 'linux' && hasForeignInterface()))
      socket.bind({ fd: udpDescriptor(netns, family) })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', resolve)
      socket.connect(port, address)
    })
    socket.removeAllListeners('error')
    return socket
  } catch (error) {
    socket.on('error', () => undefined)
    socket.close()
    throw error
  }
}

/** A TCP socket that is connecting: `connect`, `error` and `close` tell how it goes. The caller destroys it. */
export function openTcp({ address, family, port, netns }: SocketPlace): TcpSocket {
  return tcpSocket(family, netns).connect({ host: address, port, family })
}

/**
 * A TCP socket that is not connected yet. In another network namespace it is made there: a socket stays where it was made,
 * and Node makes its own only when it connects.
 * @throws LinkError when the namespace can not be entered
 */
export function tcpSocket(family: 4 | 6, netns: string | undefined): TcpSocket {
  if (netns === undefined) return new TcpSocket()
  // With manualStart Node does not read before there is a connection. It takes this, though its types do not say so.
  const options = { fd: descriptorIn(netns, family, SOCK_STREAM), manualStart: true }
  return new TcpSocket(options)
}

/** With it all ICMP errors are told, "host unreachable" too; Linux else tells a UDP socket only of closed ports (ip(7)). */
function udpDescriptor(netns: string | undefined, family: 4 | 6): number {
  const descriptor = descriptorIn(netns, family, SOCK_DGRAM)
  const [level, option] = RECEIVE_ERRORS[family]
  cLibrary().setsockopt(descriptor, level, option, Uint8Array.of(1, 0, 0, 0), 4)
  return descriptor
}

/** Node opens its sockets late and would do so outside of the namespace: so it is given one that is open. */
function descriptorIn(netns: string | undefined, family: 4 | 6, type: number): number {
  return inNamespace(netns, () => {
    const descriptor = cLibrary().socket(family === 4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    if (descriptor < 0) throw new LinkError('SYSTEM', `no socket could be opened: ${lastErrno()}`)
    return descriptor
  })
}
