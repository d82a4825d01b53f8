/** The kernel's routing tables, whole. */
import { formatAddress } from './address-bytes.js'
import { interfaces } from './interfaces.js'
import { ipJson } from './ip-command.js'
import { LinkError } from './link.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { attributes, type NetlinkMessage, nestedAttributes, netlinkRequest, netlinkWorks, numberOf } from './netlink.js'
import { checkOptionNames, shown } from './option-names.js'
import { type NextHop, RouteEntry } from './route-entry.js'
import { protocolName, scopeName, tableNames, tableNumber } from './route-names.js'
import {
  ROUTE_TYPES,
  RTA_DST,
  RTA_GATEWAY,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_OIF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_SRC,
  RTA_TABLE,
  RTA_VIA,
  RTAX_MTU,
  RTM_GETROUTE,
} from './route-numbers.js'
import { overrideEntries } from './route-overrides.js'
import { AF_INET, AF_INET6 } from './socket-numbers.js'

export interface RoutesOptions extends NamespaceOptions {
  /** Name or number of a table; `'session'`: only those of `route.add`; `'all'`: every table. Default: `'main'`, and the session's. */
  table?: string | number
  /** Only IPv4's (4) or IPv6's (6). Default: both. */
  family?: 4 | 6
}

// linux/rtnetlink.h
const RTM_F_CLONED = 0x200
const RTNH_F_DEAD = 1
const RTNH_F_LINKDOWN = 16
const HEADER = 12
const NEXT_HOP_HEADER = 8

/**
 * The entries of the routing tables: first those of this session, then the kernel's in its order. Works without root here.
 * @throws LinkError for a table that has no such name, and when the system does not tell
 */
export function routes(options: RoutesOptions = {}): RouteEntry[] {
  checkOptionNames('routes', options, ['table', 'family', 'netns'])
  const { netns, family, table } = options
  checkFamily('routes', family)
  const names = tableNames()
  const wanted = table === 'session' ? 0 : tableNumber(table ?? 'main', names)
  const versions = family === undefined ? ([4, 6] as const) : [family]
  const session = table === undefined || table === 'session' || table === 'all' ? overrideEntries(netns) : []
  const own = session.filter((each) => family === undefined || each.family === family)
  if (wanted === 0) return own
  const kernel = inNamespace(netns, () =>
    versions.flatMap((version) =>
      netlinkWorks() ? fromNetlink(version, wanted, names) : fromIpCommand(version, wanted),
    ),
  )
  return [...own, ...kernel]
}

/** @throws LinkError (`BAD_OPTION`) unless it is 4, 6 or unset */
export function checkFamily(name: string, family: unknown): void {
  if (family !== undefined && family !== 4 && family !== 6)
    throw new LinkError('BAD_OPTION', `${name}: option family must be 4 or 6, not ${shown(family)}`)
}

function fromNetlink(version: 4 | 6, wanted: number | undefined, names: Map<number, string>): RouteEntry[] {
  const header = new Uint8Array(HEADER) // struct rtmsg
  header[0] = version === 4 ? AF_INET : AF_INET6
  const devices = new Map(interfaces().map((entry) => [entry.index, entry.name]))
  const result: RouteEntry[] = []
  for (const message of netlinkRequest(RTM_GETROUTE, header, true).messages) {
    // Kernels without IPv6 answer with what they have.
    if (message.body.length < HEADER || message.body[0] !== header[0]) continue
    const values = attributes(message, HEADER)
    const table = numberOf(values.get(RTA_TABLE)) ?? message.body[4]!
    const cached = (message.view.getUint32(8, true) & RTM_F_CLONED) !== 0
    if (cached || (wanted !== undefined && table !== wanted)) continue
    result.push(readEntry(message, values, names.get(table) ?? String(table), devices))
  }
  return result
}

function readEntry(
  { body, view }: NetlinkMessage,
  values: Map<number, Uint8Array>,
  table: string,
  devices: Map<number, string>,
): RouteEntry {
  const nameOf = (index: number) => devices.get(index) ?? String(index)
  const [family, prefix, sourcePrefix] = body as unknown as [number, number, number]
  const metrics = values.get(RTA_METRICS)
  const device = numberOf(values.get(RTA_OIF))
  const several = values.get(RTA_MULTIPATH)
  const metric = numberOf(values.get(RTA_PRIORITY))
  return new RouteEntry({
    network: `${formatAddress(values.get(RTA_DST)) ?? zeroOf(family)}/${prefix}`,
    type: ROUTE_TYPES[body[7]!] ?? 'unicast',
    from: sourcePrefix > 0 ? `${formatAddress(values.get(RTA_SRC)) ?? zeroOf(family)}/${sourcePrefix}` : undefined,
    gateway: gatewayOf(values),
    interfaceName: device === undefined ? undefined : nameOf(device),
    source: formatAddress(values.get(RTA_PREFSRC)),
    metric: metric === 0 ? undefined : metric,
    mtu: metrics === undefined ? undefined : numberOf(nestedAttributes(metrics).get(RTAX_MTU)),
    nextHops: several === undefined ? undefined : nextHopsOf(several, nameOf),
    protocol: protocolName(body[5]!),
    scope: scopeName(body[6]!),
    table,
    state: stateOf(view.getUint32(8, true)),
  })
}

const zeroOf = (family: number): string => (family === AF_INET ? '0.0.0.0' : '::')

/** An IPv6 next hop of an IPv4 route is in RTA_VIA: family, address. */
function gatewayOf(values: Map<number, Uint8Array>): string | undefined {
  return formatAddress(values.get(RTA_GATEWAY)) ?? formatAddress(values.get(RTA_VIA)?.subarray(2))
}

function stateOf(flags: number): 'dead' | 'linkdown' | undefined {
  if ((flags & RTNH_F_DEAD) !== 0) return 'dead'
  return (flags & RTNH_F_LINKDOWN) !== 0 ? 'linkdown' : undefined
}

/** struct rtnexthop, each with attributes of its own. */
function nextHopsOf(bytes: Uint8Array, nameOf: (index: number) => string): NextHop[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const result: NextHop[] = []
  for (let offset = 0; offset + NEXT_HOP_HEADER <= bytes.length; ) {
    const length = view.getUint16(offset, true)
    if (length < NEXT_HOP_HEADER || offset + length > bytes.length) break
    const gateway = gatewayOf(nestedAttributes(bytes.subarray(offset + NEXT_HOP_HEADER, offset + length)))
    result.push({
      ...(gateway === undefined ? {} : { gateway }),
      interfaceName: nameOf(view.getInt32(offset + 4, true)),
      weight: bytes[offset + 3]! + 1,
    })
    offset += (length + 3) & ~3
  }
  return result
}

/** What `ip -j -details route show` prints for an entry. */
interface IpRouteEntry {
  type?: RouteEntry['type']
  dst: string
  from?: string
  gateway?: string
  via?: { host: string }
  dev?: string
  prefsrc?: string
  metric?: number
  metrics?: { mtu?: number }[]
  nexthops?: { gateway?: string; via?: { host: string }; dev: string; weight: number }[]
  protocol?: string
  scope?: string
  table?: string
  flags?: string[]
}

function fromIpCommand(version: 4 | 6, wanted: number | undefined): RouteEntry[] {
  const table = wanted === undefined ? 'all' : String(wanted)
  const list = ipJson<IpRouteEntry>(['-details', `-${version}`, 'route', 'show', 'table', table])
  if (list === undefined)
    throw new LinkError(
      'LIBRARY_MISSING',
      `routes can be asked neither through koffi nor with the 'ip' command: sudo apt-get install iproute2`,
    )
  return list.map((entry) => {
    const state = entry.flags?.find((flag) => flag === 'dead' || flag === 'linkdown') as 'dead' | 'linkdown' | undefined
    return new RouteEntry({
      network: complete(entry.dst, version),
      type: entry.type ?? 'unicast',
      from: entry.from === undefined ? undefined : complete(entry.from, version),
      gateway: entry.gateway ?? entry.via?.host,
      interfaceName: entry.dev,
      source: entry.prefsrc,
      metric: entry.metric === 0 ? undefined : entry.metric,
      mtu: entry.metrics?.[0]?.mtu,
      nextHops: entry.nexthops?.map(({ gateway, via, dev, weight }) => ({
        ...(gateway === undefined && via === undefined ? {} : { gateway: gateway ?? via!.host }),
        interfaceName: dev,
        weight,
      })),
      protocol: entry.protocol ?? 'boot',
      scope: entry.scope ?? 'global',
      table: entry.table ?? table,
      state,
    })
  })
}

function complete(network: string, version: 4 | 6): string {
  if (network === 'default') return version === 4 ? '0.0.0.0/0' : '::/0'
  return network.includes('/') ? network : `${network}/${version === 4 ? 32 : 128}`
}
