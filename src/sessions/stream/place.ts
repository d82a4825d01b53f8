/** Where a session goes to: a host and a port, or the path of a unix socket. */
import { isIPv6 } from 'node:net'
import { OptionError } from '../../exchange/index.js'
import { atHome } from '../../exchange/invoking-user.js'

/** The other end, or our own. */
export type Place = { host: string; port: number } | { path: string }

/**
 * Reads `('host', 80)`, `('host:80')`, `('[::1]:80')`, `(80)` for this machine, `('/run/a.sock')` or `('unix:a.sock')`.
 * @param name of the call, for errors
 * @param options.lowest 0 where a server may take any free port
 * @param options.port where none is given; unset: that is an error
 * @throws OptionError for what is none of these
 */
export function placeFrom(
  name: string,
  first: unknown,
  second?: unknown,
  { lowest = 1, host = '127.0.0.1', port: usual }: { lowest?: number; host?: string; port?: number } = {},
): Place {
  if (typeof first === 'number') return { host, port: checkedPort(name, first, lowest) }
  if (typeof first !== 'string' || first === '')
    throw new OptionError(`${name}: give a host and a port, such as ${name}('192.168.0.10', 8808)`)
  if (second !== undefined) return { host: withoutBrackets(first), port: checkedPort(name, second, lowest) }
  if (first.startsWith('unix:')) return { path: first.slice(5) }
  if (/^[./~]|\.sock$/.test(first)) return { path: atHome(first) }
  if (/^\d+$/.test(first)) return { host, port: checkedPort(name, Number(first), lowest) }
  const [, literal, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(first) ?? []
  const alone = withoutBrackets(first)
  if (port === undefined && usual !== undefined && (isIPv6(alone) || !alone.includes(':')))
    return { host: alone, port: usual }
  if (port === undefined)
    throw new OptionError(
      `${name}: the port is missing: ${name}('${first}', 8808) or ${name}('${isIPv6(first) ? `[${first}]` : first}:8808')`,
    )
  return { host: (literal ?? plain)!, port: checkedPort(name, Number(port), lowest) }
}

/** `127.0.0.1:80`, `[::1]:80`, or a path. */
export function placeText(place: Place): string {
  return 'path' in place ? place.path : hostPort(place.host, place.port)
}

/** `127.0.0.1:80`, `[::1]:80`; IPv4 that a socket of both versions has seen is shown as IPv4. */
export function hostPort(host: string, port: number): string {
  const plain = plainAddress(host)
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** Whether a host is this machine alone. */
export function isLoopback(host: string): boolean {
  // Not every name that begins so: 127.example.org is somebody's.
  return /^127(\.\d+){1,3}$/.test(host) || host === '::1' || host === 'localhost'
}

/** `::ffff:127.0.0.1`, as sockets of both versions write IPv4 (RFC 4291 §2.5.5.2), without what is before it. */
export function plainAddress(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address
}

/** A port, also as digits. @param lowest 0 where any free one will do @throws OptionError */
export function checkedPort(name: string, port: unknown, lowest: number): number {
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port
  if (typeof number !== 'number' || !Number.isInteger(number) || number < lowest || number > 65535)
    throw new OptionError(`${name}: the port must be a whole number, ${lowest}..65535, not ${String(port)}`)
  return number
}

function withoutBrackets(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1) : host
}
