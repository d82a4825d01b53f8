import { Socket } from 'node:net'
import { lastErrno } from '../../link/foreign.js'
import { inNamespace, LinkError } from '../../link/index.js'
import { cLibrary } from '../../link/libc.js'

// Numbers of Linux: linux/socket.h, linux/net.h.
const AF_INET = 2
const AF_INET6 = 10
const SOCK_STREAM = 1
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000

/**
 * A TCP socket that is not connected yet. In another network namespace it is made there: a socket stays where it was made,
 * and Node makes its own only when it connects.
 * @throws LinkError when the namespace can not be entered
 */
export function openConnectSocket(family: 4 | 6, netns: string | undefined): Socket {
  if (netns === undefined) return new Socket()
  const descriptor = inNamespace(netns, () =>
    cLibrary().socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
  )
  if (descriptor < 0) {
    const errno = lastErrno()
    throw new LinkError('SYSTEM', `no socket in the network namespace '${netns}': ${errno}`, { errno })
  }
  return new Socket({ fd: descriptor, readable: false, writable: true })
}
