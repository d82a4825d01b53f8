/**
 * Route netlink (rtnetlink(7)): the kernel's own answers about interfaces, addresses, routes and neighbours, in some
 * 10 µs, without root. A socket lives for one request: a socket that is kept would stay in the network namespace it was
 * made in.
 */
import { endianness } from 'node:os'
import { errnoName, hasForeignInterface, lastErrno } from './foreign.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'
import { AF_NETLINK, SO_RCVTIMEO, SOCK_CLOEXEC, SOCK_RAW, SOL_SOCKET } from './socket-numbers.js'

// linux/netlink.h, linux/rtnetlink.h
const NLM_F_REQUEST = 1
const NLM_F_DUMP = 0x300
const NLM_F_DUMP_INTR = 0x10
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const NLMSG_OVERRUN = 4
const HEADER = 16

/** Large enough for any part of a dump; messages are copied out of it. */
let receiveBuffer: Uint8Array | undefined

/** An answer: the bytes after the netlink header, with a view on them. */
export interface NetlinkMessage {
  type: number
  body: Uint8Array
  view: DataView
}

/** What a request gave: its messages, or the name of the error that the kernel sent (`'ENETUNREACH'`). */
export interface NetlinkAnswer {
  messages: NetlinkMessage[]
  errno?: string
}

/** Whether netlink can be asked here; messages are written for little-endian machines. Never throws. */
export function netlinkWorks(): boolean {
  return process.platform === 'linux' && endianness() === 'LE' && hasForeignInterface()
}

/**
 * One request of this type with this body (the family's structure and attributes); with `dump` all
 * entries of the table. Throws a LinkError when there is no netlink or it breaks off; what the kernel says about the
 * request is in `errno`.
 */
export function netlinkRequest(type: number, body: Uint8Array, dump = false): NetlinkAnswer {
  const libc = cLibrary()
  const descriptor = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)
  if (descriptor < 0) throw failed('socket')
  try {
    // An answer is there when send returns; the limit is for what should never happen.
    const limit = new BigInt64Array([2n, 0n])
    libc.setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, new Uint8Array(limit.buffer), 16)
    for (let attempt = 0; ; attempt++) {
      const answer = exchange(descriptor, attempt + 1, type, body, dump)
      if (answer !== 'interrupted') return answer
      if (attempt === 4)
        throw new LinkError('SYSTEM', "the kernel's tables change faster than they can be read: try again")
    }
  } finally {
    libc.close(descriptor)
  }
}

/** The answer, or 'interrupted' when the table changed while it was read. */
function exchange(
  descriptor: number,
  sequence: number,
  type: number,
  body: Uint8Array,
  dump: boolean,
): NetlinkAnswer | 'interrupted' {
  const request = new Uint8Array(HEADER + body.length)
  const header = new DataView(request.buffer)
  header.setUint32(0, request.length, true)
  header.setUint16(4, type, true)
  header.setUint16(6, NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0), true)
  header.setUint32(8, sequence, true)
  request.set(body, HEADER)
  if (cLibrary().send(descriptor, request, request.length, 0) < 0) throw failed('send')
  const messages: NetlinkMessage[] = []
  let interrupted = false
  for (;;) {
    for (const message of split(receive(descriptor))) {
      if (message.sequence !== sequence) continue
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) interrupted = true
      if (message.type === NLMSG_DONE) return interrupted ? 'interrupted' : { messages }
      if (message.type === NLMSG_ERROR) {
        const code = message.body.length >= 4 ? -message.view.getInt32(0, true) : 0
        return code === 0 ? { messages } : { messages, errno: errnoName(code) }
      }
      if (message.type > NLMSG_OVERRUN) messages.push(message)
    }
    if (!dump && messages.length > 0) return { messages }
  }
}

/** The next datagram, copied. */
function receive(descriptor: number): Uint8Array {
  receiveBuffer ??= new Uint8Array(32768)
  for (;;) {
    const received = cLibrary().recv(descriptor, receiveBuffer, receiveBuffer.length, 0)
    if (received >= 0) return receiveBuffer.slice(0, received)
    if (lastErrno() !== 'EINTR') throw failed('recv')
  }
}

/** The messages of a datagram, with their headers (struct nlmsghdr). */
function split(bytes: Uint8Array): (NetlinkMessage & { flags: number; sequence: number })[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const result = []
  for (let offset = 0; offset + HEADER <= bytes.length; ) {
    const length = view.getUint32(offset, true)
    if (length < HEADER || offset + length > bytes.length) throw new LinkError('SYSTEM', 'netlink gave a cut message')
    const body = bytes.subarray(offset + HEADER, offset + length)
    result.push({
      type: view.getUint16(offset + 4, true),
      flags: view.getUint16(offset + 6, true),
      sequence: view.getUint32(offset + 8, true),
      body,
      view: new DataView(body.buffer, body.byteOffset, body.length),
    })
    offset += (length + 3) & ~3
  }
  return result
}

/** The attributes (struct rtattr) from `offset` on, by number. */
export function attributes(message: NetlinkMessage, offset: number): Map<number, Uint8Array> {
  const result = new Map<number, Uint8Array>()
  const { body, view } = message
  while (offset + 4 <= body.length) {
    const length = view.getUint16(offset, true)
    if (length < 4 || offset + length > body.length) break
    result.set(view.getUint16(offset + 2, true) & 0x3fff, body.subarray(offset + 4, offset + length))
    offset += (length + 3) & ~3
  }
  return result
}

/** The same for attributes inside an attribute. */
export function nestedAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  return attributes({ type: 0, body: bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }, 0)
}

/** One attribute as bytes, padded to four. */
export function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((4 + value.length + 3) & ~3)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 4 + value.length, true)
  view.setUint16(2, type, true)
  bytes.set(value, 4)
  return bytes
}

/** A 32-bit number of an attribute, or undefined when it is not there. */
export function numberOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

/** Four bytes of a number, for an attribute. */
export function numberBytes(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer)
}

function failed(call: string): LinkError {
  const errno = lastErrno()
  return new LinkError('SYSTEM', `the kernel does not answer about routes and interfaces (netlink ${call}: ${errno})`, {
    errno,
  })
}
