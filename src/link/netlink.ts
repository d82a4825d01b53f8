/**
 * Route netlink (rtnetlink(7)): the kernel's own answers about interfaces, addresses, routes and neighbours, in some
 * 10 µs, without root. A socket lives for one request: a socket that is kept would stay in the network namespace it was made in.
 */
import { errnoName, hasForeignInterface, lastErrno } from './foreign.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'

// linux/netlink.h, linux/rtnetlink.h
const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_RCVTIMEO = 20
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

/** Whether netlink can be asked here. Never throws. */
export function netlinkWorks(): boolean {
  return process.platform === 'linux' && hasForeignInterface()
}

/**
 * One request of this type with this body (the family's structure and attributes, in host byte order); with `dump` all entries of the table.
 * Throws a LinkError when there is no netlink or it breaks off; what the kernel says about the request is in `errno`.
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
      if (attempt === 4) throw new LinkError('SYSTEM', "the kernel's tables change faster than they can be read: try again")
    }
  } finally {
    libc.close(descriptor)
  }
}

/** The answer, or 'interrupted' when the table changed while it was read. */
function exchange(descriptor: number, sequence: number, type: number, body: Uint8Array, dump: boolean): NetlinkAnswer | 'interrupted' {
  const libc = cLibrary()
  const request = new Uint8Array(HEADER + body.length)
  const header = new DataView(request.buffer)
  header.setUint32(0, request.length, true)
  header.setUint16(4, type, true)
  header.setUint16(6, NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0), true)
  header.setUint32(8, sequence, true)
  request.set(body, HEADER)
  if (libc.send(descriptor, request, request.length, 0) < 0) throw failed('send')
  const messages: NetlinkMessage[] = []
  let interrupted = false
  receiveBuffer ??= new Uint8Array(32768)
  const buffer = receiveBuffer
  for (;;) {
    const received = libc.recv(descriptor, buffer, buffer.length, 0)
    if (received < 0) {
      if (lastErrno() === 'EINTR') continue
      throw failed('recv')
    }
    const bytes = buffer.slice(0, received)
    const view = new DataView(bytes.buffer)
    for (let offset = 0; offset + HEADER <= received; ) {
      const length = view.getUint32(offset, true)
      if (length < HEADER || offset + length > received) throw new LinkError('SYSTEM', 'netlink gave a cut message')
      const answerType = view.getUint16(offset + 4, true)
      const ours = view.getUint32(offset + 8, true) === sequence
      if (ours) {
        if ((view.getUint16(offset + 6, true) & NLM_F_DUMP_INTR) !== 0) interrupted = true
        if (answerType === NLMSG_DONE) return interrupted ? 'interrupted' : { messages }
        if (answerType === NLMSG_ERROR) {
          const code = length >= HEADER + 4 ? -view.getInt32(offset + HEADER, true) : 0
          return code === 0 ? { messages } : { messages, errno: errnoName(code) }
        }
        if (answerType !== NLMSG_OVERRUN && answerType > NLMSG_OVERRUN) {
          const content = bytes.subarray(offset + HEADER, offset + length)
          messages.push({ type: answerType, body: content, view: new DataView(content.buffer, content.byteOffset, content.length) })
        }
      }
      offset += (length + 3) & ~3
    }
    if (!dump && messages.length > 0) return { messages }
  }
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
  return new LinkError('SYSTEM', `the kernel does not answer about routes and interfaces (netlink ${call}: ${errno})`, { errno })
}
