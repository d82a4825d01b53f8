import { type ForeignInterface, foreignInterface, type Pointer } from './foreign.js'

/** What is used of the C library. Byte arrays are passed as they are: the call may write into them. */
export interface CLibrary {
  socket(family: number, type: number, protocol: number): number
  bind(descriptor: number, address: Uint8Array, length: number): number
  send(descriptor: number, data: Uint8Array, length: number, flags: number): number
  sendto(
    descriptor: number,
    data: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number
  recv(descriptor: number, data: Uint8Array, length: number, flags: number): number
  /** Linux only. */
  sendmmsg(descriptor: number, messages: Uint8Array, count: number, flags: number): number
  /** The same on a thread; `messages` and what they point at must stay as they are until it is done. */
  sendmmsgAsync(
    descriptor: number,
    messages: Uint8Array,
    count: number,
    flags: number,
    done: (error: unknown, sent: number) => void,
  ): void
  setsockopt(descriptor: number, level: number, option: number, value: Uint8Array, length: number): number
  getsockopt(descriptor: number, level: number, option: number, value: Uint8Array, length: Uint8Array): number
  poll(descriptors: Uint8Array, count: number, timeoutMilliseconds: number): number
  close(descriptor: number): number
  /** The same on a thread: closing a packet socket takes the kernel 7 to 20 ms. */
  closeAsync(descriptor: number, done: (error: unknown) => void): void
  listen(descriptor: number, backlog: number): number
  /** The index, or 0 when there is no such interface. */
  if_nametoindex(name: string): number
  /** Writes the name into a buffer of 16 bytes; NULL when there is no such interface. */
  if_indextoname(index: number, name: Uint8Array): Pointer
  setCloseOnExec(descriptor: number): void
  /** Moves this thread into the namespace of a descriptor. Linux only. */
  setns(descriptor: number, kind: number): number
  fmemopen(memory: Pointer, size: number, mode: string): Pointer
  setvbuf(file: Pointer, memory: Pointer, mode: number, size: number): number
  fseek(file: Pointer, offset: number, origin: number): number
  fclose(file: Pointer): number
}

const F_SETFD = 2
const FD_CLOEXEC = 1
const CANDIDATES =
  process.platform === 'darwin'
    ? ['libSystem.B.dylib']
    : ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`, 'libc.so']

let library: CLibrary | undefined

/** The C library. Throws a LinkError when koffi is missing. */
export function cLibrary(): CLibrary {
  library ??= load(foreignInterface())
  return library
}

function load(koffi: ForeignInterface): CLibrary {
  const handle = firstLibrary(koffi, CANDIDATES)
  if (handle === undefined) throw new Error(`no C library found (${CANDIDATES.join(', ')})`)
  const fcntl = handle.func('fcntl', 'int', ['int', 'int', '...'])
  const close = handle.func('close', 'int', ['int'])
  const linux = process.platform === 'linux'
  const sendmmsg = linux ? handle.func('sendmmsg', 'int', ['int', 'void *', 'uint32_t', 'int']) : undefined
  return {
    socket: handle.func('socket', 'int', ['int', 'int', 'int']),
    bind: handle.func('bind', 'int', ['int', 'void *', 'uint32_t']),
    listen: handle.func('listen', 'int', ['int', 'int']),
    send: handle.func('send', 'intptr_t', ['int', 'void *', 'size_t', 'int']),
    sendto: handle.func('sendto', 'intptr_t', ['int', 'void *', 'size_t', 'int', 'void *', 'uint32_t']),
    recv: handle.func('recv', 'intptr_t', ['int', 'void *', 'size_t', 'int']),
    sendmmsg: sendmmsg ?? (() => -1),
    sendmmsgAsync: sendmmsg?.async ?? ((_descriptor, _messages, _count, _flags, done) => done(null, -1)),
    setsockopt: handle.func('setsockopt', 'int', ['int', 'int', 'int', 'void *', 'uint32_t']),
    getsockopt: handle.func('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *']),
    poll: handle.func('poll', 'int', ['void *', 'ulong', 'int']),
    close,
    closeAsync: close.async,
    if_nametoindex: handle.func('if_nametoindex', 'uint32_t', ['str']),
    if_indextoname: handle.func('if_indextoname', 'void *', ['uint32_t', 'void *']),
    setCloseOnExec: (descriptor) => void fcntl(descriptor, F_SETFD, 'int', FD_CLOEXEC),
    setns: linux ? handle.func('setns', 'int', ['int', 'int']) : () => -1,
    fmemopen: handle.func('fmemopen', 'void *', ['void *', 'size_t', 'str']),
    setvbuf: handle.func('setvbuf', 'int', ['void *', 'void *', 'int', 'size_t']),
    fseek: handle.func('fseek', 'int', ['void *', 'long', 'int']),
    fclose: handle.func('fclose', 'int', ['void *']),
  }
}

/** The first of these shared libraries that loads, or undefined. */
export function firstLibrary(koffi: ForeignInterface, names: readonly string[]) {
  for (const name of names) {
    try {
      return koffi.load(name)
    } catch {
      // The next name may be there.
    }
  }
  return undefined
}
