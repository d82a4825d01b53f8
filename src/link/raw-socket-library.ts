import { LinkError } from './link.js'
import { requirePackage } from './optional-package.js'
import { IPPROTO_IP, IPPROTO_IPV6, SO_BINDTODEVICE, SO_RCVBUF, SOL_SOCKET } from './socket-numbers.js'

/** A Socket of raw-socket 1.8, as far as it is used. */
export interface RawSocket {
  on(event: 'message', listener: (message: Uint8Array, source: string) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  setOption(level: number, option: number, value: number): void
  setOption(level: number, option: number, value: Uint8Array, length: number): void
  pauseRecv(): void
  close(): void
  /** The native half. Its `send` is a plain call, where that of the Socket takes a turn of the event loop for each packet. */
  wrap: {
    send(data: Uint8Array, offset: number, length: number, address: string, sent: (bytes: number) => void): void
  }
}

interface RawSocketLibrary {
  createSocket(options: { protocol: number; addressFamily: number; bufferSize: number }): RawSocket
}

export const FAMILY_IPV4 = 1
export const FAMILY_IPV6 = 2

/** The longest IP packet, and what the kernel puts together from segments, fits: a smaller buffer would cut them. */
const LONGEST = 65536 + 256

// linux/in.h, linux/in6.h
const IP_HDRINCL = 3
const IPV6_HDRINCL = 36

/** raw-socket. Throws a LinkError when it is not installed, does not load, or this is a worker, where it can not. */
export function rawSocketLibrary(): RawSocketLibrary {
  if (!process.getBuiltinModule('node:worker_threads').isMainThread)
    throw new LinkError('SYSTEM', 'raw-socket works on the main thread only, not in a worker')
  if (process.platform !== 'linux')
    throw new LinkError('LIBRARY_MISSING', `the backend raw-socket is for Linux only, not for ${process.platform}`)
  return requirePackage('raw-socket') as RawSocketLibrary
}

/**
 * A socket of one interface that gives received IPv4 packets of a protocol. The caller closes it. Throws an Error with the
 * system's words.
 */
export function receivingSocket(interfaceName: string, protocol: number, bufferSize: number): RawSocket {
  const socket = open(interfaceName, FAMILY_IPV4, protocol)
  // The system's limit (net.core.rmem_max) holds without a word.
  socket.setOption(SOL_SOCKET, SO_RCVBUF, bufferSize)
  return socket
}

/** A socket of one interface that sends whole packets, header included. As `receivingSocket`. */
export function sendingSocket(interfaceName: string, family: number): RawSocket {
  const IPPROTO_RAW = 255
  const socket = open(interfaceName, family, IPPROTO_RAW)
  if (family === FAMILY_IPV4) socket.setOption(IPPROTO_IP, IP_HDRINCL, 1)
  else socket.setOption(IPPROTO_IPV6, IPV6_HDRINCL, 1)
  // It receives nothing, and must not keep the program alive.
  socket.pauseRecv()
  return socket
}

function open(interfaceName: string, family: number, protocol: number): RawSocket {
  const socket = rawSocketLibrary().createSocket({ protocol, addressFamily: family, bufferSize: LONGEST })
  if (typeof socket.wrap?.send !== 'function') {
    socket.close()
    throw new LinkError(
      'LIBRARY_MISSING',
      `this raw-socket is not version 1.8: run 'npm install --no-save raw-socket@1.8'`,
    )
  }
  if (interfaceName !== 'any') {
    const name = Buffer.from(`${interfaceName}\0`)
    socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, name, name.length)
  }
  return socket
}
