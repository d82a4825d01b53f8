/** Which way the probes of a tool go. */
import { chosenInterface, type PathOptions } from '../exchange/index.js'
import { findInterface, type Link, route } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import type { Target } from './targets.js'

/**
 * The path options among all options of a tool; where no interface is named, the zone of an address names it.
 * @throws PacketError when zones differ
 */
export function pathTo(name: string, { iface, link, netns }: PathOptions, targets: readonly Target[]): PathOptions {
  return { iface: iface ?? zoneOf(name, targets), link, netns }
}

function zoneOf(name: string, targets: readonly Target[]): string | undefined {
  const zones = new Set(targets.map(({ zone }) => zone).filter((zone) => zone !== undefined))
  if (zones.size > 1)
    throw new PacketError(
      `${name}: the addresses are on different links (${[...zones].join(', ')}): take one link at a time`,
    )
  return [...zones][0]
}

/** Why nothing can be sent to a host; undefined when there is a route. */
export function whyNoRoute({ address }: Target, { iface, link, netns }: PathOptions): string | undefined {
  if (link !== undefined) return undefined
  const typeBy = (interfaceName: string | undefined): string =>
    route(address, {
      ...(interfaceName === undefined ? {} : { interfaceName }),
      ...(netns === undefined ? {} : { netns }),
    }).type
  const own = chosenInterface({ iface, netns })
  const first = typeBy(iface)
  const type = iface === undefined && own !== undefined && first === 'unreachable' ? typeBy(own) : first
  return type === 'unreachable' || type === 'prohibit' || type === 'blackhole' ? `no route (${type})` : undefined
}

/** @throws PacketError when nothing can be sent to any of these */
export function checkReachable(name: string, hosts: readonly { target: Target; problem: string | undefined }[]): void {
  if (hosts.some(({ problem }) => problem === undefined)) return
  const problems = hosts.map(({ target, problem }) => `${target.name}: ${problem}`).join('; ')
  throw new PacketError(`${name}: ${problems}; ip route shows the routes`)
}

/** Largest packet in bytes, IP header included, that a link takes. */
export function linkMtu(link: Link): number {
  const mtu = link.addresses?.mtu ?? findInterface(link.name)?.mtu ?? 1500
  return Math.min(mtu, 65535)
}
