/** Routes of this session: what `route.add` says beats the kernel's tables, for what netshell itself sends. */
import { type ParsedAddress, parseAddress } from './address-bytes.js'
import { interfaces, requireInterface } from './interfaces.js'
import { LinkError } from './link.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { checkOptionNames, checkText, shown } from './option-names.js'
import { RouteEntry } from './route-entry.js'
import { isMulticast, type Network, parseNetwork, sameBits } from './route-network.js'
import { askRoute, type Route, type RouteQuestion } from './route-question.js'
import { AF_INET6 } from './socket-numbers.js'

/** How this session reaches a network. What is not given stays as the kernel has it. */
export interface OverrideOptions extends NamespaceOptions {
  /** Next hop, an address on a link of this machine. An IPv6 one may serve IPv4 (RFC 5549). */
  gateway?: string
  /** Interface to leave by; without a gateway the destinations are on its link. Unset: the one that reaches the gateway. */
  iface?: string
  /** Source address of packets that have none. It need not be this machine's. */
  source?: string
  /** Bytes, 68..65535; 1280..65535 for IPv6. */
  mtu?: number
}

interface Override extends OverrideOptions {
  readonly net: Network
}

const OPTIONS = ['gateway', 'iface', 'source', 'mtu', 'netns']
/** RFC 791 §3.2; RFC 8200 §5. */
const LEAST_MTU = { 4: 68, 6: 1280 }
const MOST_MTU = 65535

let overrides: readonly Override[] = []

/** See `route.add`. */
export function addOverride(network: string, options: OverrideOptions): RouteEntry {
  const override = checked(network, options)
  overrides = [...overrides.filter((each) => !isSame(each, override.net, override.netns)), override]
  return entryOf(override)
}

/** See `route.remove`. */
export function removeOverride(network: string, { netns }: NamespaceOptions): void {
  let left = overrides.filter((each) => !isSame(each, parseNetwork(network), netns))
  if (left.length === overrides.length && network === 'default')
    left = overrides.filter((each) => !isSame(each, parseNetwork(network, AF_INET6), netns))
  if (left.length === overrides.length) {
    const names = overrides.map((each) => each.net.text)
    const there = names.length === 0 ? 'it has none' : `there are: ${names.join(', ')}`
    throw new LinkError(
      'BAD_ADDRESS',
      `this session has no route to ${network} of its own (${there}); the kernel's are removed with 'ip route del'`,
    )
  }
  overrides = left
}

/** See `route.reset`. */
export function resetOverrides(): void {
  overrides = []
}

/** Those of one namespace (unset: ours) as entries, in the order of adding. */
export function overrideEntries(netns: string | undefined): RouteEntry[] {
  return overrides.filter((each) => each.netns === netns).map(entryOf)
}

/** Whether there is any: without, nothing needs to be looked up. */
export function hasOverrides(): boolean {
  return overrides.length > 0
}

/**
 * The way of this session, or undefined when the kernel's counts: no override covers the destination, or it is an address
 * or a broadcast address of this machine, or in a network on one of its links that is smaller than the override's, or
 * another interface is asked for. This thread is in the namespace.
 */
export function overriddenRoute(
  destination: string,
  question: RouteQuestion,
  netns: string | undefined,
): Route | undefined {
  const address = parseAddress(destination)
  const override = longestMatch(address, netns)
  if (override === undefined) return undefined
  const { gateway, iface, source, mtu } = override
  const kernel = quietly(() => askRoute(destination, {}))
  if (kernel?.type === 'local' || kernel?.type === 'broadcast') return undefined
  if (kernel !== undefined && override.net.prefix < linkPrefix(address, kernel)) return undefined
  const leads = gateway !== undefined || iface !== undefined
  const way = gateway === undefined ? kernel : quietly(() => askRoute(gateway, {}))
  const interfaceName = iface ?? way?.interfaceName ?? ''
  const only = question.interfaceName ?? address.zone
  if (only !== undefined && only !== interfaceName) return undefined
  if (interfaceName === '')
    return { destination, type: kernel?.type ?? 'unreachable', interfaceName: '', interfaceIndex: 0, ofSession: true }
  const found = requireInterface(interfaceName)
  const from = question.source ?? source ?? sourceFor(address, destination, gateway, found.name)
  const next = leads ? gateway : kernel?.gateway
  const most = mtu ?? (leads ? undefined : kernel?.mtu)
  return {
    destination,
    type: isMulticast(address) ? 'multicast' : 'unicast',
    interfaceName: found.name,
    interfaceIndex: found.index,
    ...(from === undefined ? {} : { source: from }),
    ...(next === undefined ? {} : { gateway: next }),
    ...(most === undefined ? {} : { mtu: most }),
    ofSession: true,
  }
}

function longestMatch(address: ParsedAddress, netns: string | undefined): Override | undefined {
  let best: Override | undefined
  for (const each of overrides) {
    const { net } = each
    if (each.netns !== netns || net.family !== address.family || !sameBits(net.bytes, address.bytes, net.prefix))
      continue
    // Groups are on the link: a default route does not send them to a gateway, as the kernel's does not.
    if (isMulticast(address) && net.prefix < (address.family === AF_INET6 ? 8 : 4)) continue
    if (best === undefined || net.prefix > best.net.prefix) best = each
  }
  return best
}

/** Prefix length of the network on a link of this machine that a destination is in; 0 when it is in none. */
function linkPrefix(address: ParsedAddress, { type, gateway, interfaceName }: Route): number {
  if (type !== 'unicast' || gateway !== undefined) return 0
  const own = interfaces().find((each) => each.name === interfaceName)
  const list = (address.family === AF_INET6 ? own?.ipv6 : own?.ipv4) ?? []
  const prefixes = list.map((each) =>
    sameBits(parseAddress(each.address).bytes, address.bytes, each.prefix) ? each.prefix : 0,
  )
  return Math.max(0, ...prefixes)
}

/** The address that the kernel would take towards the next hop, else the first of the interface. */
function sourceFor(
  address: ParsedAddress,
  destination: string,
  gateway: string | undefined,
  interfaceName: string,
): string | undefined {
  const version = address.family === AF_INET6 ? 6 : 4
  const towards = gateway !== undefined && familyOf(gateway) === version ? gateway : destination
  const found = quietly(() => askRoute(towards, { interfaceName }))
  if (found?.source !== undefined && found.interfaceName === interfaceName) return found.source
  const own = interfaces().find((each) => each.name === interfaceName)
  const list = (version === 6 ? own?.ipv6 : own?.ipv4) ?? []
  return (list.find((each) => !each.address.startsWith('fe80:')) ?? list[0])?.address
}

function checked(network: string, options: OverrideOptions): Override {
  const name = 'route.add'
  checkOptionNames(name, options, OPTIONS)
  const { gateway, iface, source, mtu, netns } = options
  checkText(name, 'gateway', gateway, '10.0.0.1')
  checkText(name, 'iface', iface, 'eth0')
  checkText(name, 'source', source, '10.0.0.5')
  const hint = gateway ?? source
  const net = parseNetwork(network, hint === undefined ? undefined : parseAddress(hint).family)
  const version = net.family === AF_INET6 ? 6 : 4
  if (gateway === undefined && iface === undefined && source === undefined && mtu === undefined)
    throw new LinkError('BAD_OPTION', `${name}('${net.text}', …): say what is to change: gateway, iface, source or mtu`)
  if (mtu !== undefined && !(Number.isInteger(mtu) && mtu >= LEAST_MTU[version] && mtu <= MOST_MTU))
    throw new LinkError(
      'BAD_OPTION',
      `${name}: mtu must be a whole number of bytes from ${LEAST_MTU[version]} to ${MOST_MTU}, not ${shown(mtu)}`,
    )
  if (source !== undefined && familyOf(source) !== version)
    throw new LinkError('BAD_ADDRESS', `${name}: the source ${source} is not of the family of ${net.text}`)
  inNamespace(netns, () => {
    const zone = gateway === undefined ? undefined : parseAddress(gateway).zone
    const through = iface ?? zone
    if (through !== undefined) requireInterface(through, { netns })
    if (gateway !== undefined) checkGateway(gateway, version, through)
  })
  return { ...withoutZone(options), net }
}

/** `fe80::1%eth0` names the interface, too. */
function withoutZone(options: OverrideOptions): OverrideOptions {
  const [gateway, zone] = options.gateway?.split('%') ?? []
  return zone === undefined ? options : { ...options, gateway: gateway!, iface: options.iface ?? zone }
}

function checkGateway(gateway: string, version: 4 | 6, through: string | undefined): void {
  // An IPv6 next hop of an IPv4 route is fine (RFC 5549), the other way round is not.
  if (version === 6 && familyOf(gateway) === 4)
    throw new LinkError(
      'BAD_ADDRESS',
      `route.add: the gateway ${gateway} is an IPv4 address, and the network is IPv6's`,
    )
  const { type, gateway: further } = askRoute(gateway, { interfaceName: through })
  const remedy = `name the interface with iface to use it all the same`
  if (type === 'local') throw new LinkError('BAD_ADDRESS', `route.add: the gateway ${gateway} is this machine itself`)
  if (through !== undefined) return
  if (gateway.toLowerCase().startsWith('fe80:'))
    throw new LinkError(
      'BAD_ADDRESS',
      `route.add: the gateway ${gateway} is on every link: name the interface with iface`,
    )
  if (type !== 'unicast')
    throw new LinkError('BAD_ADDRESS', `route.add: there is no way to the gateway ${gateway} (${type}); ${remedy}`)
  if (further !== undefined)
    throw new LinkError(
      'BAD_ADDRESS',
      `route.add: the gateway ${gateway} is not on a link of this machine, but behind ${further}; ${remedy}`,
    )
}

function isSame(override: Override, net: Network, netns: string | undefined): boolean {
  return override.net.text === net.text && override.netns === netns
}

function entryOf({ net, gateway, iface, source, mtu, netns }: Override): RouteEntry {
  return new RouteEntry({
    network: net.text,
    type: 'unicast',
    protocol: 'session',
    scope: gateway === undefined ? 'link' : 'global',
    table: 'session',
    ...(gateway === undefined ? {} : { gateway }),
    ...(iface === undefined ? {} : { interfaceName: iface }),
    ...(source === undefined ? {} : { source }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(netns === undefined ? {} : { netns }),
  })
}

const familyOf = (address: string): 4 | 6 => (parseAddress(address).family === AF_INET6 ? 6 : 4)

function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
