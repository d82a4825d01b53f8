import { endianness } from 'node:os'
import { errnoName, foreignInterface, lastErrno } from './foreign.js'
import { type FrameSender, type SendTarget, sendError } from './frame-sender.js'
import { cLibrary } from './libc.js'
import { openPacketSocket } from './permissions.js'
import { AF_PACKET, MSG_DONTWAIT, SO_SNDBUF, SO_SNDBUFFORCE, SOL_SOCKET } from './socket-numbers.js'

// poll.h
const POLLOUT = 4

/** Bytes of frames waiting in the kernel. */
const SEND_BUFFER = 4 << 20
/** Frames in one system call. */
const BATCH = 256
/** Bytes staged for one system call; a longer frame goes alone, from memory of its size. */
const STAGING = 512 << 10
/** How long `send` waits for room in a full queue, ms. It blocks the program, so it is short. */
const FULL_WAIT = 20

// struct mmsghdr and struct iovec of 64-bit Linux.
const MESSAGE_SIZE = 64
const MESSAGE_IOVEC = 16
const MESSAGE_IOVEC_COUNT = 24
const VECTOR_SIZE = 16

const SIXTY_FOUR_BITS = new Set(['x64', 'arm64', 'riscv64', 'loong64', 'ppc64'])

/** Whether this machine's structures are those that this file writes. */
export function packetSocketsWork(): boolean {
  return process.platform === 'linux' && SIXTY_FOUR_BITS.has(process.arch) && endianness() === 'LE'
}

/** Frames next to each other in memory, with the structures that `sendmmsg` takes. */
class Staging {
  readonly messages = new Uint8Array(BATCH * MESSAGE_SIZE)
  private readonly vectors = new Uint32Array((BATCH * VECTOR_SIZE) / 4)
  private bytes = new Uint8Array(0)
  private address = 0

  constructor() {
    this.reserve(STAGING)
    const view = new DataView(this.messages.buffer)
    const vectors = foreignInterface().address(this.vectors)
    for (let i = 0; i < BATCH; i++) {
      view.setBigUint64(i * MESSAGE_SIZE + MESSAGE_IOVEC, vectors + BigInt(i * VECTOR_SIZE), true)
      view.setBigUint64(i * MESSAGE_SIZE + MESSAGE_IOVEC_COUNT, 1n, true)
    }
  }

  /** Copies as many frames as fit; returns their number, at least 1. */
  fill(frames: readonly Uint8Array[], from: number): number {
    const first = frames[from]!
    if (first.length > this.bytes.length) this.reserve(first.length)
    const { bytes, vectors } = this
    const end = Math.min(frames.length, from + BATCH)
    let position = 0
    let count = 0
    for (let i = from; i < end; i++) {
      const frame = frames[i]!
      const length = frame.length
      if (position + length > bytes.length) break
      bytes.set(frame, position)
      const address = this.address + position
      const word = count * 4
      vectors[word] = address >>> 0
      vectors[word + 1] = Math.floor(address / 0x100000000)
      vectors[word + 2] = length
      position += length
      count++
    }
    return count
  }

  /**
   * Memory for frames. The backing store of an ArrayBuffer of this size does not move, and lives as long as this
   * object.
   */
  private reserve(size: number): void {
    this.bytes = new Uint8Array(new ArrayBuffer(size))
    this.address = Number(foreignInterface().address(this.bytes))
  }
}

/**
 * Sends through `sendmmsg` on an AF_PACKET socket: frames are copied next to each other, one system call takes up to
 * 256.
 */
export class PacketSocketSender implements FrameSender {
  private descriptor: number
  private readonly target: SendTarget
  private readonly libc = cLibrary()
  private readonly staging = new Staging()
  /** For frames that leave on a thread; made when first needed. */
  private aside: Staging | undefined
  private isAsideBusy = false

  constructor(target: SendTarget) {
    this.target = target
    this.descriptor = openPacketSocket(target.interfaceName)
    try {
      this.bind()
    } catch (error) {
      this.close()
      throw error
    }
  }

  send(frames: readonly Uint8Array[], from: number): number {
    let taken = from
    let fullSince = 0
    while (taken < frames.length) {
      const staged = this.staging.fill(frames, taken)
      const sent = this.sendStaged(staged, frames, taken)
      taken += sent
      if (sent > 0) {
        fullSince = 0
        continue
      }
      const now = performance.now()
      if (fullSince === 0) fullSince = now
      else if (now - fullSince > FULL_WAIT) break
      this.waitForRoom()
    }
    return taken - from
  }

  sendAside(frames: readonly Uint8Array[]): Promise<number> | undefined {
    if (this.isAsideBusy || this.descriptor < 0) return undefined
    this.aside ??= new Staging()
    const { aside, descriptor } = this
    const count = aside.fill(frames, 0)
    this.isAsideBusy = true
    return new Promise((resolve) => {
      this.libc.sendmmsgAsync(descriptor, aside.messages, count, MSG_DONTWAIT, (error, sent) => {
        this.isAsideBusy = false
        // It was to be closed meanwhile: a number that is given again must not get our frames.
        if (this.descriptor < 0) this.libc.closeAsync(descriptor, () => undefined)
        resolve(error === null ? Math.max(0, sent) : 0)
      })
    })
  }

  close(): void {
    if (this.descriptor >= 0 && !this.isAsideBusy) this.libc.closeAsync(this.descriptor, () => undefined)
    this.descriptor = -1
  }

  private bind(): void {
    const address = new Uint8Array(20) // struct sockaddr_ll
    const view = new DataView(address.buffer)
    view.setUint16(0, AF_PACKET, true)
    view.setInt32(4, this.target.interfaceIndex, true)
    if (this.libc.bind(this.descriptor, address, address.length) < 0) {
      throw sendError(this.target, lastErrno(), address, 0)
    }
    const size = new Uint8Array(new Int32Array([SEND_BUFFER]).buffer)
    if (this.libc.setsockopt(this.descriptor, SOL_SOCKET, SO_SNDBUFFORCE, size, 4) < 0) {
      // Without CAP_NET_ADMIN the system's limit holds.
      this.libc.setsockopt(this.descriptor, SOL_SOCKET, SO_SNDBUF, size, 4)
    }
  }

  /** Sends the staged frames; returns how many went, less than all when the queue is full. */
  private sendStaged(count: number, frames: readonly Uint8Array[], from: number): number {
    const sent = this.libc.sendmmsg(this.descriptor, this.staging.messages, count, MSG_DONTWAIT)
    if (sent >= 0) return sent
    const errno = lastErrno()
    if (errno === 'EAGAIN' || errno === 'EWOULDBLOCK' || errno === 'ENOBUFS' || errno === 'EINTR') return 0
    throw sendError(this.target, errno, frames[from]!, from)
  }

  private waitForRoom(): void {
    const request = new Uint8Array(8) // struct pollfd
    const view = new DataView(request.buffer)
    view.setInt32(0, this.descriptor, true)
    view.setInt16(4, POLLOUT, true)
    // The socket has room while the queue of the interface (ENOBUFS) has none: then poll returns at once, and a
    // millisecond is slept.
    if (this.libc.poll(request, 1, FULL_WAIT) > 0) this.libc.poll(request, 0, 1)
  }
}

/** The error waiting on a socket (`'ENETDOWN'`), which reading clears, or undefined. */
export function pendingError(descriptor: number): string | undefined {
  const SO_ERROR = 4
  const value = new Int32Array(1)
  const length = new Int32Array([4])
  const result = cLibrary().getsockopt(
    descriptor,
    SOL_SOCKET,
    SO_ERROR,
    new Uint8Array(value.buffer),
    new Uint8Array(length.buffer),
  )
  return result < 0 || value[0] === 0 ? undefined : errnoName(value[0]!)
}
