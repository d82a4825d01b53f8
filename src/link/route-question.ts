import { formatAddress, type ParsedAddress, parseAddress } from './address-bytes.js'
import { interfaceNameOf, interfaces, noSuchInterface, requireIndex } from './interfaces.js'
import { runIp } from './ip-command.js'
import { LinkError } from './link.js'
import {
  attribute,
  attributes,
  nestedAttributes,
  netlinkRequest,
  netlinkWorks,
  numberBytes,
  numberOf,
} from './netlink.js'
import {
  ROUTE_TYPES,
  RTA_DST,
  RTA_GATEWAY,
  RTA_METRICS,
  RTA_OIF,
  RTA_PREFSRC,
  RTA_SRC,
  RTA_VIA,
  RTAX_MTU,
  RTM_GETROUTE,
} from './route-numbers.js'
import { AF_INET, AF_INET6 } from './socket-numbers.js'

/** `unreachable`: no route; `prohibit` and `blackhole`: a rule of this machine refuses or swallows it. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'multicast'
  | 'anycast'
  | 'unreachable'
  | 'prohibit'
  | 'blackhole'

/** The way that the kernel would send a packet to `destination`. */
export interface Route {
  destination: string
  type: RouteType
  /** Interface that the packet leaves by; '' when the type is unreachable, prohibit or blackhole. */
  interfaceName: string
  /** 0 when there is none. */
  interfaceIndex: number
  /** Address that the kernel would send from; undefined when it has none. */
  source?: string
  /** Next hop; undefined when the destination is on the link (or is this machine). */
  gateway?: string
  /** Bytes; only when the route itself sets one. */
  mtu?: number
  /** There when `route.add` of this session decided. */
  ofSession?: true
}

/** What is given besides the destination. */
export interface RouteQuestion {
  interfaceName?: string | undefined
  source?: string | undefined
}

// linux/rtnetlink.h
/** How the kernel answers for routes that lead nowhere (net/ipv4/fib_semantics.c, fib_props). */
const NOWHERE: Record<string, RouteType> = {
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EACCES: 'prohibit',
  EINVAL: 'blackhole',
  EAGAIN: 'unreachable',
}

/**
 * Asks the kernel in the namespace that this thread is in, no session override and no earlier answer in between. Throws as
 * `route` does.
 */
export function askRoute(destination: string, options: RouteQuestion): Route {
  return netlinkWorks() ? askKernel(destination, options) : askIpCommand(destination, options)
}

function askKernel(destination: string, options: RouteQuestion): Route {
  const address = parseAddress(destination)
  const interfaceName = options.interfaceName ?? address.zone
  const interfaceIndex = interfaceName === undefined ? 0 : requireIndex(interfaceName)
  const parts = [rtmsg(address, options.source !== undefined), attribute(RTA_DST, address.bytes)]
  if (options.source !== undefined) parts.push(attribute(RTA_SRC, sourceBytes(options.source, address)))
  if (interfaceIndex > 0) parts.push(attribute(RTA_OIF, numberBytes(interfaceIndex)))
  const { messages, errno } = netlinkRequest(RTM_GETROUTE, Buffer.concat(parts))
  const message = messages[0]
  if (message === undefined || errno !== undefined) return nowhere(destination, options, errno ?? 'no answer')
  const values = attributes(message, 12)
  const told = ROUTE_TYPES[message.body[7]!]
  const type = told === undefined || told === 'throw' ? 'unicast' : told
  if (type === 'unreachable' || type === 'prohibit' || type === 'blackhole') return nothing(destination, type)
  const index = numberOf(values.get(RTA_OIF)) ?? 0
  const via = values.get(RTA_VIA) // an IPv6 next hop of an IPv4 route: family, address
  const metrics = values.get(RTA_METRICS)
  const source = formatAddress(values.get(RTA_PREFSRC)) ?? options.source
  const gateway = formatAddress(values.get(RTA_GATEWAY)) ?? formatAddress(via?.subarray(2))
  const mtu = metrics === undefined ? undefined : numberOf(nestedAttributes(metrics).get(RTAX_MTU))
  return {
    destination,
    type,
    interfaceName: interfaceNameOf(index) ?? '',
    interfaceIndex: index,
    ...(source === undefined ? {} : { source }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(mtu === undefined || mtu === 0 ? {} : { mtu }),
  }
}

/** struct rtmsg. The kernel wants full prefix lengths. */
function rtmsg(address: ParsedAddress, withSource: boolean): Uint8Array {
  const bits = address.bytes.length * 8
  const bytes = new Uint8Array(12)
  bytes[0] = address.family
  bytes[1] = bits
  bytes[2] = withSource ? bits : 0
  return bytes
}

function sourceBytes(source: string, destination: ParsedAddress): Uint8Array {
  const address = parseAddress(source)
  if (address.family === destination.family) return address.bytes
  throw new LinkError('BAD_ADDRESS', `the source ${source} and the destination are not of one family (IPv4, IPv6)`)
}

function nowhere(destination: string, options: RouteQuestion, errno: string): Route {
  // A source that is not this machine's gives EINVAL, as a blackhole does.
  if (errno === 'EINVAL' && options.source !== undefined && askKernel(options.source, {}).type !== 'local') {
    throw new LinkError(
      'BAD_ADDRESS',
      `the kernel has no route from ${options.source} to ${destination}: is it an address of this machine?`,
      { errno },
    )
  }
  if (errno === 'ENODEV') {
    const through = options.interfaceName === undefined ? '' : ` through ${options.interfaceName}`
    throw new LinkError('NO_SUCH_INTERFACE', `no route to ${destination}${through}: the interface is gone or down`, {
      errno,
    })
  }
  const type = NOWHERE[errno]
  if (type !== undefined) return nothing(destination, type)
  throw new LinkError('SYSTEM', `the kernel gives no route to ${destination}: ${errno}`, { errno })
}

function nothing(destination: string, type: RouteType): Route {
  return { destination, type, interfaceName: '', interfaceIndex: 0 }
}

/** What `ip -j route get` prints, as far as it is used. */
interface IpRouteEntry {
  type?: RouteType
  gateway?: string
  via?: { host: string }
  dev?: string
  prefsrc?: string
  metrics?: { mtu?: number }[]
}

function askIpCommand(destination: string, options: RouteQuestion): Route {
  const address = parseAddress(destination)
  const interfaceName = options.interfaceName ?? address.zone
  const bare = destination.split('%')[0]!
  const family = address.family === AF_INET6 ? ['-6'] : address.family === AF_INET ? ['-4'] : []
  const from = options.source === undefined ? [] : ['from', options.source]
  const by = interfaceName === undefined ? [] : ['oif', interfaceName]
  const result = runIp([...family, 'route', 'get', bare, ...from, ...by])
  if (result === undefined) {
    throw new LinkError(
      'LIBRARY_MISSING',
      `routes can be asked neither through koffi nor with the 'ip' command: sudo apt-get install iproute2`,
    )
  }
  if (result.status !== 0) {
    if (/unreachable|No route/i.test(result.stderr)) return nothing(destination, 'unreachable')
    if (/Permission denied/i.test(result.stderr)) return nothing(destination, 'prohibit')
    if (/Cannot find device/i.test(result.stderr)) throw noSuchInterface(interfaceName ?? '', interfaces())
    throw new LinkError('SYSTEM', `no route to ${destination}: ${result.stderr.trim()}`)
  }
  const entry = (JSON.parse(result.stdout) as IpRouteEntry[])[0] ?? {}
  const gateway = entry.gateway ?? entry.via?.host
  const mtu = entry.metrics?.[0]?.mtu
  const source = entry.prefsrc ?? options.source
  return {
    destination,
    type: entry.type ?? 'unicast',
    interfaceName: entry.dev ?? '',
    interfaceIndex: interfaces().find((each) => each.name === entry.dev)?.index ?? 0,
    ...(source === undefined ? {} : { source }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(mtu === undefined ? {} : { mtu }),
  }
}
