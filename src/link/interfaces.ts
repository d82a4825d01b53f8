import { networkInterfaces } from 'node:os'
import { suggestion } from '../packet/errors.js'
import { formatAddress, formatHardwareAddress } from './address-bytes.js'
import { type LinkBackend, likelyBackend } from './backend-choice.js'
import { textOf } from './foreign.js'
import { ipJson } from './ip-command.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'
import { LINKTYPE_LINUX_SLL2, linkTypeOfHardware } from './link-types.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { attributes, netlinkRequest, netlinkWorks, numberOf } from './netlink.js'
import { checkOptionNames } from './option-names.js'

/** A network interface as it is now. */
export interface Interface {
  name: string
  /** The kernel's number; 0 for `any`. */
  index: number
  /** Unset where there is none (tunnels); the loopback's is all zeros. */
  mac?: string
  ipv4: InterfaceAddress[]
  ipv6: InterfaceAddress[]
  /** Bytes of payload of a frame. */
  mtu: number
  flags: InterfaceFlag[]
  /** LINKTYPE number of its frames; undefined when only opening it tells. */
  linkType?: number
  /** What `openLink` would send and capture with; unset where there is nothing for it. */
  backend?: LinkBackend
}

export interface InterfaceAddress {
  address: string
  /** Leading bits of the network, 0..32 or 0..128. */
  prefix: number
}

/** `up`: switched on; `running`: has a carrier (a cable, a peer). */
export type InterfaceFlag =
  | 'up'
  | 'broadcast'
  | 'loopback'
  | 'pointtopoint'
  | 'running'
  | 'noarp'
  | 'promiscuous'
  | 'multicast'

// linux/if.h
const FLAGS: [number, InterfaceFlag][] = [
  [0x1, 'up'],
  [0x2, 'broadcast'],
  [0x8, 'loopback'],
  [0x10, 'pointtopoint'],
  [0x40, 'running'],
  [0x80, 'noarp'],
  [0x100, 'promiscuous'],
  [0x1000, 'multicast'],
]

// linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h
const RTM_GETLINK = 18
const RTM_GETADDR = 22
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFA_ADDRESS = 1
const IFA_LOCAL = 2

/**
 * All interfaces in the kernel's order, those that are down too, here or in another network namespace. Works without
 * root here. Throws a LinkError when the system does not tell, or there is no such namespace.
 */
export function interfaces(options: NamespaceOptions = {}): Interface[] {
  checkOptionNames('interfaces', options, ['netns'])
  const { netns } = options
  const list = inNamespace(netns, () => (netlinkWorks() ? fromNetlink() : (fromIpCommand() ?? fromNode())))
  const backend = likelyBackend()
  if (backend !== undefined) for (const each of list) each.backend = backend
  return list
}

/** The interface of this name (or its index as text), here or in another network namespace, or undefined. `any` is the one that stands for all. */
export function findInterface(name: string, options: NamespaceOptions = {}): Interface | undefined {
  return pick(name, () => interfaces(options))
}

function pick(name: string, all: () => Interface[]): Interface | undefined {
  if (name === 'any')
    return { name, index: 0, ipv4: [], ipv6: [], mtu: 65535, flags: ['up'], linkType: LINKTYPE_LINUX_SLL2 }
  const list = all()
  return list.find((entry) => entry.name === name) ?? list.find((entry) => String(entry.index) === name)
}

/** The interface of this name. Throws a LinkError that lists those that are there. */
export function requireInterface(name: string, options: NamespaceOptions = {}): Interface {
  const list = interfaces(options)
  const found = pick(name, () => list)
  if (found !== undefined) return found
  throw noSuchInterface(name, list, options)
}

/**
 * The kernel's number of an interface given by name (or by number as text, as in `fe80::1%2`); one system call. Throws
 * a LinkError when there is none. `any` has 0.
 */
export function requireIndex(name: string, { netns }: NamespaceOptions = {}): number {
  if (name === 'any') return 0
  const index = netlinkWorks() ? inNamespace(netns, () => cLibrary().if_nametoindex(name)) : 0
  return index > 0 ? index : requireInterface(name, { netns }).index
}

/** Name of the interface of this number, or undefined. One system call. */
export function interfaceNameOf(index: number, { netns }: NamespaceOptions = {}): string | undefined {
  if (!netlinkWorks()) return interfaces({ netns }).find((entry) => entry.index === index)?.name
  const buffer = new Uint8Array(16)
  return inNamespace(netns, () => (cLibrary().if_indextoname(index, buffer) ? textOf(buffer) : undefined))
}

/** The error for an interface that is not there. */
export function noSuchInterface(name: string, list: Interface[], { netns }: NamespaceOptions = {}): LinkError {
  const names = list.map((entry) => entry.name)
  const where = netns === undefined ? '' : ` in the network namespace '${netns}'`
  return new LinkError(
    'NO_SUCH_INTERFACE',
    `there is no interface '${name}'${where}${suggestion(name, names)} (there are: ${names.join(', ')})`,
  )
}

function fromNetlink(): Interface[] {
  const links = netlinkRequest(RTM_GETLINK, new Uint8Array(16), true)
  const addresses = netlinkRequest(RTM_GETADDR, new Uint8Array(8), true)
  const byIndex = new Map<number, Interface>()
  for (const message of links.messages) {
    const { view } = message
    const values = attributes(message, 16)
    const index = view.getInt32(4, true)
    const linkType = linkTypeOfHardware(view.getUint16(2, true))
    const mac = formatHardwareAddress(values.get(IFLA_ADDRESS))
    byIndex.set(index, {
      name: nameOf(values.get(IFLA_IFNAME)),
      index,
      ...(mac === undefined ? {} : { mac }),
      ipv4: [],
      ipv6: [],
      mtu: numberOf(values.get(IFLA_MTU)) ?? 0,
      flags: flagsOf(view.getUint32(8, true)),
      ...(linkType === undefined ? {} : { linkType }),
    })
  }
  for (const message of addresses.messages) {
    const entry = byIndex.get(message.view.getInt32(4, true))
    const values = attributes(message, 8)
    // On a point-to-point link IFA_ADDRESS is the other end's.
    const bytes = values.get(IFA_LOCAL) ?? values.get(IFA_ADDRESS)
    const address = formatAddress(bytes)
    if (entry === undefined || address === undefined) continue
    const list = bytes!.length === 4 ? entry.ipv4 : entry.ipv6
    list.push({ address, prefix: message.body[1]! })
  }
  return [...byIndex.values()]
}

function flagsOf(bits: number): InterfaceFlag[] {
  return FLAGS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name)
}

function nameOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? [])
    .toString()
    .replace(/\0+$/, '')
}

/** What `ip -j address` prints for an interface, as far as it is used. */
interface IpAddressEntry {
  ifname: string
  ifindex: number
  flags: string[]
  mtu: number
  address?: string
  link_type?: string
  addr_info: { family: string; local: string; prefixlen: number }[]
}

function fromIpCommand(): Interface[] | undefined {
  const list = ipJson<IpAddressEntry>(['address', 'show'])
  return list?.map((entry) => {
    const of = (family: string) =>
      entry.addr_info
        .filter((info) => info.family === family && info.local !== undefined)
        .map((info) => ({ address: info.local, prefix: info.prefixlen }))
    const known = entry.flags.map((flag) =>
      flag === 'LOWER_UP' ? 'running' : flag === 'PROMISC' ? 'promiscuous' : flag.toLowerCase(),
    )
    const ethernet = entry.link_type === 'ether' || entry.link_type === 'loopback'
    return {
      name: entry.ifname,
      index: entry.ifindex,
      ...(ethernet && entry.address !== undefined ? { mac: entry.address } : {}),
      ipv4: of('inet'),
      ipv6: of('inet6'),
      mtu: entry.mtu,
      flags: FLAGS.map(([, name]) => name).filter((name) => known.includes(name)),
      ...(ethernet ? { linkType: 1 } : {}),
    }
  })
}

/** What Node itself knows: only interfaces that are up and have an address. */
function fromNode(): Interface[] {
  return Object.entries(networkInterfaces()).map(([name, list], position) => {
    const of = (family: string) =>
      (list ?? [])
        .filter((info) => info.family === family)
        .map((info) => ({
          address: info.address,
          prefix: Number(info.cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128)),
        }))
    const loopback = list?.[0]?.internal === true
    return {
      name,
      index: position + 1,
      ...(list?.[0] === undefined ? {} : { mac: list[0].mac }),
      ipv4: of('IPv4'),
      ipv6: of('IPv6'),
      mtu: loopback ? 16384 : 1500,
      flags: loopback ? ['up', 'loopback', 'running'] : ['up', 'running'],
    }
  })
}
