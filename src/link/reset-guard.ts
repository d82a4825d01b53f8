/**
 * Keeps the kernel from resetting crafted TCP: the answer to a SYN of ours finds no socket in the kernel, which then sends
 * RST before we can go on. Two ways, both gone with the process:
 * a listening socket on the source port whose filter drops everything (the kernel stays silent; captures still see the answer),
 * and, where the port can not be had, a set of source ports in a firewall table of our own.
 */
import { foreignInterface, lastErrno } from './foreign.js'
import { cLibrary } from './libc.js'
import { inNamespace } from './namespace.js'
import { ResetTable } from './reset-table.js'
import {
  AF_INET,
  AF_INET6,
  IPPROTO_IPV6,
  SO_ATTACH_FILTER,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
} from './socket-numbers.js'

// linux/in6.h
const IPV6_V6ONLY = 26

/** How resets from a port are kept back: by a socket of ours, or by a firewall rule. */
export type ResetGuardMethod = 'socket' | 'nft'

/** Keeps back the kernel's resets from one source port, until it is closed. */
export interface ResetGuard {
  readonly port: number
  readonly netns: string | undefined
  readonly method: ResetGuardMethod
  /** Lets the kernel reset again. A second call does nothing. Never throws. */
  close(): void
}

/**
 * Keeps the kernel from resetting TCP from this source port.
 * @throws LinkError when neither way works here, with both reasons
 */
export function guardPort(port: number, netns?: string): ResetGuard {
  const sockets = openSockets(port, netns)
  if (typeof sockets !== 'string') {
    return {
      port,
      netns,
      method: 'socket',
      close: () => {
        for (const descriptor of sockets.splice(0)) cLibrary().close(descriptor)
      },
    }
  }
  const table = ResetTable.of(netns)
  table.add(port, sockets)
  return { port, netns, method: 'nft', close: () => table.remove(port) }
}

/** Descriptors of the silent listeners, IPv4 and IPv6; or the name of the error for which there are none. */
function openSockets(port: number, netns: string | undefined): number[] | string {
  return inNamespace(netns, () => {
    const open: number[] = []
    for (const family of [AF_INET, AF_INET6]) {
      const result = openSilent(family, port)
      if (typeof result === 'number') open.push(result)
      // A machine without IPv6 has nothing to reset there.
      else if (family === AF_INET || result !== 'EAFNOSUPPORT') {
        for (const descriptor of open) cLibrary().close(descriptor)
        return result
      }
    }
    return open
  })
}

/** A socket that listens on all addresses and takes nothing: its descriptor, or the name of an error. */
function openSilent(family: number, port: number): number | string {
  const libc = cLibrary()
  const descriptor = libc.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)
  if (descriptor < 0) return lastErrno()
  const on = Uint8Array.of(1, 0, 0, 0)
  const address = new Uint8Array(family === AF_INET ? 16 : 28)
  address[0] = family
  address[2] = port >>> 8
  address[3] = port & 255
  const steps = [
    () => libc.setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, on, 4),
    () => (family === AF_INET6 ? libc.setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, on, 4) : 0),
    () => attachSilence(descriptor),
    () => libc.bind(descriptor, address, address.length),
    () => libc.listen(descriptor, 1),
  ]
  for (const step of steps) {
    if (step() >= 0) continue
    const errno = lastErrno()
    libc.close(descriptor)
    return errno
  }
  return descriptor
}

/** A socket filter (struct sock_fprog) of one instruction: keep 0 bytes, that is, drop. */
function attachSilence(descriptor: number): number {
  // An ArrayBuffer of its own does not move while the kernel reads it.
  const instruction = new Uint8Array(new ArrayBuffer(8))
  instruction[0] = 0x06 // BPF_RET | BPF_K, 0
  const program = new Uint8Array(16)
  const view = new DataView(program.buffer)
  view.setUint16(0, 1, true)
  view.setBigUint64(8, foreignInterface().address(instruction), true)
  return cLibrary().setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length)
}
