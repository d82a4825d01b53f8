import { realpathSync } from 'node:fs'
import { lastErrno } from './foreign.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'
import { AF_PACKET, SOCK_CLOEXEC, SOCK_RAW } from './socket-numbers.js'

/**
 * Opens an AF_PACKET socket that receives nothing yet. Throws a LinkError that says what to do; the caller closes the
 * descriptor.
 */
export function openPacketSocket(interfaceName: string): number {
  const descriptor = cLibrary().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)
  if (descriptor >= 0) return descriptor
  const errno = lastErrno()
  if (errno === 'EPERM' || errno === 'EACCES') throw notPermitted(interfaceName)
  throw new LinkError('SYSTEM', `the system gives no packet socket for ${interfaceName}: ${errno}`, { errno })
}

/**
 * Whether this process may capture and send raw frames, found out by opening a raw socket; where that can not be tried
 * (no koffi, not Linux) the user's id decides. Never throws.
 */
export function mayCapture(): boolean {
  if (process.platform === 'linux') {
    try {
      cLibrary().closeAsync(openPacketSocket('any'), () => undefined)
      return true
    } catch (error) {
      if (error instanceof LinkError && error.code === 'NOT_PERMITTED') return false
    }
  }
  return process.geteuid?.() === 0
}

/** Throws a LinkError that says what to do unless this process may capture. */
export function requireCapture(interfaceName: string): void {
  if (!mayCapture()) throw notPermitted(interfaceName)
}

/** The error for a raw socket that the system refused. */
export function notPermitted(interfaceName: string): LinkError {
  const where = interfaceName === 'any' ? 'the interfaces' : interfaceName
  return new LinkError(
    'NOT_PERMITTED',
    `capturing and sending on ${where} needs rights that this process lacks.\n${permissionAdvice()}\n` +
      'or practise without: the option link: practiceNetwork().link needs none.',
    {
      errno: 'EPERM',
    },
  )
}

/** What to do without the right to open raw sockets. The setcap line names the real path of this node. */
export function permissionAdvice(): string {
  const sudo = `Run it with sudo: sudo netshell`
  if (process.platform !== 'linux') return sudo
  return (
    `${sudo}\nor give Node the right for good (every script it runs then has it):\n` +
    `  sudo setcap cap_net_raw,cap_net_admin+eip ${shellQuote(nodePath())}`
  )
}

function nodePath(): string {
  try {
    return realpathSync(process.execPath)
  } catch {
    return process.execPath
  }
}

function shellQuote(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll(`'`, `'\\''`)}'`
}
