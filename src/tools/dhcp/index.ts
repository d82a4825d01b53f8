/** dhcpDiscover: which DHCP servers answer on a link, and what they offer. Nothing is leased. */
import { defaultInterface, linkOf, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { findInterface, LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { formatMac, PacketError, parseMac } from '../../packet/index.js'
import { type DhcpDiscoverOptions, dhcpSettings } from './dhcp-options.js'
import { DhcpResult } from './dhcp-result.js'
import { Discovery } from './discovery.js'

export type { DhcpDiscoverOptions } from './dhcp-options.js'
export { DhcpOffer, DhcpResult } from './dhcp-result.js'

/**
 * Broadcasts a DHCP discover and collects the offers of all servers until the time is over: several rows may be a rogue
 * server. Nothing is leased. Needs root (raw frames). Interrupted, it gives the offers so far.
 */
export function dhcpDiscover(options: DhcpDiscoverOptions = {}): Task<DhcpResult> {
  return Task.run((control) => runDhcpDiscover(control, options), { name: 'dhcpDiscover' })
}

/** The work of `dhcpDiscover`. */
export async function runDhcpDiscover(
  control: TaskControl<DhcpResult>,
  options: DhcpDiscoverOptions = {},
): Promise<DhcpResult> {
  const settings = dhcpSettings(options)
  const { timeout, retry, iface, netns, link = linkOf(iface ?? defaultInterface(netns), netns) } = settings
  if (link.linkType !== LINKTYPE_ETHERNET)
    throw new PacketError(`dhcpDiscover: ${link.name} has no Ethernet frames; DHCP is asked for on Ethernet and Wi-Fi`)
  const mac = formatMac(parseMac(settings.mac ?? ownMac(link, netns)))
  const discovery = new Discovery(link, mac, settings, stopSignal(control))
  try {
    await discovery.listen()
    const rounds = retry + 1
    for (let round = 0; round < rounds && !discovery.isOver; round++) {
      await discovery.ask()
      control.progress({ done: round, total: rounds, text: `${discovery.offers.length} offers` })
      await discovery.wait(timeout / rounds)
    }
  } finally {
    discovery.close()
  }
  const result = new DhcpResult(discovery.offers, link.name, mac, discovery.sent, discovery.duration)
  result.interrupted = control.interrupted
  return result
}

function ownMac(link: Link, netns: string | undefined): string {
  const mac = link.addresses?.mac ?? findInterface(link.name, { netns })?.mac
  if (mac !== undefined && parseMac(mac) > 0) return mac
  throw new PacketError(`dhcpDiscover: ${link.name} has no hardware address; give one: {mac: '02:00:00:00:00:01'}`)
}
