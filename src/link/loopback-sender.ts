import { lastErrno } from './foreign.js'
import { type FrameSender, type SendTarget, sendError } from './frame-sender.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'
import { inNamespace } from './namespace.js'
import { PacketSocketSender } from './packet-socket.js'
import { AF_INET, AF_INET6, IPPROTO_RAW, MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_RAW } from './socket-numbers.js'

const HEADER = 14

/**
 * Sends on loopback through raw IP sockets. The kernel drops frames put on `lo` by a packet socket as martians (they have
 * no route of their own), but takes complete IP packets; it then fills in the total length and the header checksum
 * itself (raw(7)). What is neither IPv4 nor IPv6 goes the ordinary way.
 */
export class LoopbackSender implements FrameSender {
  private readonly libc = cLibrary()
  private readonly sockets = new Map<number, number>()
  private readonly packets: PacketSocketSender

  constructor(private readonly target: SendTarget) {
    this.packets = new PacketSocketSender(target)
  }

  send(frames: readonly Uint8Array[], from: number): number {
    for (let i = from; i < frames.length; i++) {
      if (!this.sendOne(frames[i]!, i)) return i - from
    }
    return frames.length - from
  }

  /** False when the queue is full. */
  private sendOne(frame: Uint8Array, index: number): boolean {
    const address = destinationOf(frame)
    if (address === undefined) return this.packets.send([frame], 0) === 1
    const packet = frame.subarray(HEADER)
    const sent = this.libc.sendto(
      this.socketFor(address[0]!),
      packet,
      packet.length,
      MSG_DONTWAIT,
      address,
      address.length,
    )
    if (sent >= 0) return true
    const errno = lastErrno()
    if (errno === 'EAGAIN' || errno === 'EWOULDBLOCK' || errno === 'ENOBUFS' || errno === 'EINTR') return false
    throw sendError(this.target, errno, frame, index)
  }

  private socketFor(family: number): number {
    const known = this.sockets.get(family)
    if (known !== undefined) return known
    const descriptor = inNamespace(this.target.netns, () =>
      this.libc.socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW),
    )
    if (descriptor < 0) {
      const errno = lastErrno()
      throw new LinkError('SYSTEM', `the system gives no raw socket for ${this.target.interfaceName}: ${errno}`, {
        errno,
      })
    }
    this.sockets.set(family, descriptor)
    return descriptor
  }

  close(): void {
    for (const descriptor of this.sockets.values()) this.libc.close(descriptor)
    this.sockets.clear()
    this.packets.close()
  }
}

/** struct sockaddr_in or sockaddr_in6 of an IP frame's destination; undefined for other frames. */
function destinationOf(frame: Uint8Array): Uint8Array | undefined {
  const type = (frame[12]! << 8) | frame[13]!
  if (type === 0x0800 && frame.length >= HEADER + 20) {
    const address = new Uint8Array(16)
    address[0] = AF_INET
    address.set(frame.subarray(HEADER + 16, HEADER + 20), 4)
    return address
  }
  if (type === 0x86dd && frame.length >= HEADER + 40) {
    const address = new Uint8Array(28)
    address[0] = AF_INET6
    address.set(frame.subarray(HEADER + 24, HEADER + 40), 8)
    return address
  }
  return undefined
}
