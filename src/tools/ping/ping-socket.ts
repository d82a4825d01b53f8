import { errnoName, foreignInterface, hasForeignInterface, lastErrno } from '../../link/foreign.js'
import { findInterface } from '../../link/index.js'
import { cLibrary } from '../../link/libc.js'
import {
  AF_INET,
  AF_INET6,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  MSG_ERRQUEUE,
  SO_BINDTODEVICE,
  SO_ERROR,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from '../../link/socket-numbers.js'
import { PacketError, parseIpv4, parseIpv6 } from '../../packet/index.js'
import { systemErrorWords } from '../system-errors.js'
import type { PingSettings } from './ping-options.js'
import { PacedPing } from './ping-paced.js'
import type { PingHost } from './ping-result.js'
import type { PingNews, PingProbe } from './ping-transport.js'

// linux/in.h, linux/in6.h, linux/icmp.h
const IP_OPTIONS = { tos: 1, ttl: 2, discover: 10, errors: 11 } as const
const IPV6_OPTIONS = { tos: 67, ttl: 16, discover: 23, errors: 25 } as const
/** Set the DF bit, and tell when a packet is too big instead of cutting it up. */
const DISCOVER_DO = 2
/** Messages that are read at a time. */
const MOST_PER_TURN = 256
const ECHO_REQUEST = { 4: 8, 6: 128 } as const

/** Of an ICMP socket these mean more than of others (net/ipv4/icmp.c, icmp_err_convert). */
const ICMP_WORDS: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'host unreachable, or time to live exceeded',
  ECONNREFUSED: 'port or protocol unreachable',
  EACCES: 'prohibited by a filter',
}

function errorWords(code: string): string {
  return ICMP_WORDS[code] ?? systemErrorWords(code)
}

/**
 * Whether this process may open ICMP sockets without rights (icmp(7), net.ipv4.ping_group_range): so by default on many systems.
 * Never throws.
 */
export function mayOpenEchoSockets(family: 4 | 6): boolean {
  if (process.platform !== 'linux' || !hasForeignInterface()) return false
  const descriptor = openSocket(family)
  if (descriptor >= 0) cLibrary().close(descriptor)
  return descriptor >= 0
}

function openSocket(family: 4 | 6): number {
  const [domain, protocol] = family === 4 ? [AF_INET, IPPROTO_ICMP] : [AF_INET6, IPPROTO_ICMPV6]
  return cLibrary().socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)
}

/** The socket of one host. */
interface EchoSocket {
  readonly descriptor: number
  poll: { close(): void } | undefined
  /** Probes by the sequence number on the wire, with when they left. */
  readonly probes: Map<number, { probe: PingProbe; at: number }>
}

/** Ping through the kernel's ICMP sockets, which need no rights. Times are ours, not the kernel's; times to live are not seen. */
export class SocketPing extends PacedPing {
  private readonly libc = cLibrary()
  private readonly sockets = new Map<PingHost, EchoSocket>()
  private readonly buffer = new Uint8Array(65_536)

  constructor(
    settings: PingSettings,
    private readonly iface: string | undefined,
    stop: AbortSignal,
  ) {
    super(settings, stop)
  }

  forget({ host, seq }: PingProbe): void {
    this.sockets.get(host)?.probes.delete(seq & 0xffff)
  }

  close(): void {
    for (const { descriptor, poll } of this.sockets.values()) {
      poll?.close()
      this.libc.close(descriptor)
    }
    this.sockets.clear()
  }

  protected sendOne(probe: PingProbe): void {
    const { host, seq } = probe
    const socket = this.socketOf(host)
    const { family } = host.target
    const { data } = this.settings
    // Checksum and identifier are the kernel's.
    const message = new Uint8Array(8 + data.length)
    message[0] = ECHO_REQUEST[family]
    message[6] = (seq >>> 8) & 255
    message[7] = seq & 255
    message.set(data, 8)
    const address = socketAddress(host.address, this.iface)
    socket.probes.set(seq & 0xffff, { probe, at: performance.now() })
    const send = (): boolean =>
      this.libc.sendto(socket.descriptor, message, message.length, 0, address, address.length) >= 0
    if (send()) return
    const errno = lastErrno()
    // An error about an earlier probe is told at the next call, which then does nothing.
    if (this.drainErrors(host, socket) && send()) return
    this.heard(probe, { kind: 'error', from: 'this machine', words: errorWords(errno) })
  }

  private socketOf(host: PingHost): EchoSocket {
    const known = this.sockets.get(host)
    if (known !== undefined) return known
    const { family } = host.target
    const descriptor = openSocket(family)
    if (descriptor < 0) throw new PacketError(`ping: the system gives no ICMP socket for ${host.name}: ${lastErrno()}`)
    const socket: EchoSocket = { descriptor, poll: undefined, probes: new Map() }
    this.sockets.set(host, socket)
    const { ttl, tos, df, source } = this.settings
    const level = family === 4 ? IPPROTO_IP : IPPROTO_IPV6
    const options = family === 4 ? IP_OPTIONS : IPV6_OPTIONS
    const set = (option: number, value: number): number =>
      this.libc.setsockopt(descriptor, level, option, int32(value), 4)
    set(options.ttl, ttl)
    set(options.tos, tos)
    set(options.errors, 1)
    if (df) set(options.discover, DISCOVER_DO)
    if (this.iface !== undefined) this.bindTo(descriptor, this.iface)
    if (source !== undefined) {
      const address = socketAddress(source, this.iface)
      if (this.libc.bind(descriptor, address, address.length) < 0)
        throw new PacketError(`ping: probes cannot come from ${source}: ${errorWords(lastErrno())}`)
    }
    this.startPoll(host, socket)
    return socket
  }

  private bindTo(descriptor: number, iface: string): void {
    const name = Buffer.from(`${iface}\0`)
    if (this.libc.setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, name.length) < 0)
      throw new PacketError(`ping: the system does not bind to ${iface} without rights: ${lastErrno()}`)
  }

  private startPoll(host: PingHost, socket: EchoSocket): void {
    // koffi calls back with (status, events); its type says otherwise.
    const callback = ((status: number) => this.onPoll(host, socket, status)) as unknown as () => void
    socket.poll = foreignInterface().node.poll(socket.descriptor, { readable: true }, callback)
  }

  private onPoll(host: PingHost, socket: EchoSocket, status: number): void {
    if (this.sockets.get(host) !== socket) return
    this.drainErrors(host, socket)
    // What is left is told of in the next turn: Ctrl-C must be heard while somebody floods.
    for (let count = 0; count < MOST_PER_TURN; count++) {
      const length = this.libc.recv(socket.descriptor, this.buffer, this.buffer.length, 0)
      if (length < 0) break
      this.take(socket, length, { kind: 'answer', from: host.address, words: `${length} bytes` })
    }
    if (status >= 0) return
    // An error in the queue ends the polling.
    socket.poll?.close()
    this.startPoll(host, socket)
  }

  /** Tells of ICMP errors; the queue gives back the probe that each is about. Whether there were any. */
  private drainErrors(host: PingHost, socket: EchoSocket): boolean {
    let any = false
    for (let count = 0; ; count++) {
      if (count === MOST_PER_TURN) return any
      // The pending error of the socket says what the first one was.
      const errno = this.pendingError(socket.descriptor)
      const length = this.libc.recv(socket.descriptor, this.buffer, this.buffer.length, MSG_ERRQUEUE)
      if (length < 0) return any
      any = true
      const words = errno === undefined ? 'an ICMP error came' : errorWords(errno)
      this.take(socket, length, { kind: 'error', from: `on the way to ${host.address}`, words })
    }
  }

  private pendingError(descriptor: number): string | undefined {
    const value = new Uint8Array(4)
    const size = int32(4)
    if (this.libc.getsockopt(descriptor, SOL_SOCKET, SO_ERROR, value, size) < 0) return undefined
    const number = new DataView(value.buffer).getInt32(0, true)
    return number === 0 ? undefined : errnoName(number)
  }

  private take(socket: EchoSocket, length: number, news: PingNews): void {
    if (length < 8) return
    const asked = socket.probes.get((this.buffer[6]! << 8) | this.buffer[7]!)
    if (asked === undefined) return
    this.heard(asked.probe, { ...news, rtt: (performance.now() - asked.at) / 1000 })
    this.wake()
  }
}

/** An int as setsockopt(2) takes it. */
function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(text: string, iface: string | undefined): Uint8Array {
  const [address, zone = iface] = text.split('%') as [string, string?]
  const ipv4 = parseIpv4(address)
  if (ipv4 >= 0) {
    const bytes = new Uint8Array(16)
    bytes[0] = AF_INET
    bytes.set([ipv4 >>> 24, (ipv4 >>> 16) & 255, (ipv4 >>> 8) & 255, ipv4 & 255], 4)
    return bytes
  }
  const bytes = new Uint8Array(28)
  bytes[0] = AF_INET6
  bytes.set(parseIpv6(address)!, 8)
  const index = zone === undefined ? 0 : (findInterface(zone)?.index ?? 0)
  bytes.set(int32(index), 24)
  return bytes
}
