import { formatAddress, formatHardwareAddress, type ParsedAddress, parseAddress } from './address-bytes.js'
import { interfaces, requireIndex } from './interfaces.js'
import { ipJson } from './ip-command.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { attribute, attributes, type NetlinkMessage, netlinkRequest, netlinkWorks } from './netlink.js'
import { checkOptionNames } from './option-names.js'

/** An entry of the kernel's neighbour table (ARP for IPv4, neighbour discovery for IPv6). */
export interface Neighbour {
  address: string
  /** Unset while it is not resolved. */
  mac?: string
  interfaceName: string
  interfaceIndex: number
  /** `stale` is usable: the kernel will verify it when it next sends. */
  state: NeighbourState
}

export type NeighbourState =
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent'
  | 'none'

// linux/rtnetlink.h, linux/neighbour.h
const RTM_GETNEIGH = 30
const NDA_DST = 1
const NDA_LLADDR = 2
const STATES: Record<number, NeighbourState> = {
  0x01: 'incomplete',
  0x02: 'reachable',
  0x04: 'stale',
  0x08: 'delay',
  0x10: 'probe',
  0x20: 'failed',
  0x40: 'noarp',
  0x80: 'permanent',
}
const USABLE = new Set<NeighbourState>(['reachable', 'stale', 'delay', 'probe', 'permanent'])

/**
 * MAC of a neighbour as the kernel knows it (`'02:00:00:00:00:01'`), or undefined when it knows none: asking by ARP or
 * neighbour discovery is the caller's. Works without root, but not in another network namespace. Throws a LinkError when
 * the text is no address or the interface or namespace does not exist.
 */
export function neighbour(address: string, interfaceName: string, netns?: string): string | undefined {
  const wanted = parseAddress(address)
  const index = requireIndex(interfaceName, { netns })
  const entry = inNamespace(netns, () => (netlinkWorks() ? askKernel(wanted, index) : findEntry(wanted, index)))
  return entry !== undefined && USABLE.has(entry.state) ? entry.mac : undefined
}

/**
 * The whole table, unresolved entries too, here or in another network namespace. Works without root here. Throws a
 * LinkError when the system does not tell.
 */
export function neighbours(options: NamespaceOptions = {}): Neighbour[] {
  checkOptionNames('neighbours', options, ['netns'])
  const { netns } = options
  return inNamespace(netns, () => (netlinkWorks() ? fromNetlink() : fromIpCommand()))
}

/** One entry. Kernels before 5.0 can only give the whole table. */
function askKernel(wanted: ParsedAddress, index: number): Neighbour | undefined {
  const header = new Uint8Array(12) // struct ndmsg
  header[0] = wanted.family
  new DataView(header.buffer).setInt32(4, index, true)
  const { messages, errno } = netlinkRequest(RTM_GETNEIGH, Buffer.concat([header, attribute(NDA_DST, wanted.bytes)]))
  if (errno === 'EOPNOTSUPP') return findEntry(wanted, index)
  return messages[0] === undefined ? undefined : readEntry(messages[0], new Map())
}

function findEntry(wanted: ParsedAddress, index: number): Neighbour | undefined {
  const text = formatAddress(wanted.bytes)
  return neighbours().find((each) => each.address === text && each.interfaceIndex === index)
}

function fromNetlink(): Neighbour[] {
  const names = new Map(interfaces().map((entry) => [entry.index, entry.name]))
  const result: Neighbour[] = []
  for (const message of netlinkRequest(RTM_GETNEIGH, new Uint8Array(12), true).messages) {
    const entry = readEntry(message, names)
    if (entry !== undefined) result.push(entry)
  }
  return result
}

/** struct ndmsg and its attributes; undefined for entries that are not of IPv4 or IPv6. */
function readEntry(message: NetlinkMessage, names: Map<number, string>): Neighbour | undefined {
  const values = attributes(message, 12)
  const address = formatAddress(values.get(NDA_DST))
  if (address === undefined) return undefined
  const interfaceIndex = message.view.getInt32(4, true)
  const mac = formatHardwareAddress(values.get(NDA_LLADDR))
  return {
    address,
    ...(mac === undefined ? {} : { mac }),
    interfaceName: names.get(interfaceIndex) ?? '',
    interfaceIndex,
    state: STATES[message.view.getUint16(8, true)] ?? 'none',
  }
}

/** What `ip -j neigh` prints for an entry. */
interface IpNeighbourEntry {
  dst: string
  dev: string
  lladdr?: string
  state?: string[]
}

function fromIpCommand(): Neighbour[] {
  const indexes = new Map(interfaces().map((entry) => [entry.name, entry.index]))
  return (ipJson<IpNeighbourEntry>(['neigh', 'show', 'nud', 'all']) ?? []).map((entry) => ({
    address: entry.dst,
    ...(entry.lladdr === undefined ? {} : { mac: entry.lladdr }),
    interfaceName: entry.dev,
    interfaceIndex: indexes.get(entry.dev) ?? 0,
    state: (entry.state?.[0]?.toLowerCase() ?? 'none') as NeighbourState,
  }))
}
