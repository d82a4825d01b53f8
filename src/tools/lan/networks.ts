import { defaultInterface, linkOf, type PathOptions, report } from '../../exchange/index.js'
import { LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { networkAddresses } from '../target-list.js'
import type { Target } from '../targets.js'
import type { Question } from './ask-link.js'

/** The link that `lan` means: the one given, else that of the interface named, else that of the default route. @throws LinkError, PacketError */
export function lanLink(tool: string, { link, iface, netns }: PathOptions): Link {
  const chosen = link ?? linkOf(iface ?? defaultInterface(netns), netns)
  if (chosen.linkType !== LINKTYPE_ETHERNET || chosen.name === 'lo')
    throw new PacketError(
      `${tool}: ${chosen.name} has no link layer on which stations could be asked for; name another one with iface`,
    )
  return chosen
}

/** Every address of the IPv4 networks that the interface is in, but its own and those that are no station's. @throws PacketError */
export function lanQuestions(tool: string, link: Link, quiet: boolean): Question[] {
  const questions: Question[] = []
  const own = new Set((link.addresses?.ipv4 ?? []).map(({ address }) => address))
  for (const { address, prefix } of link.addresses?.ipv4 ?? []) {
    if (prefix < 16) {
      if (!quiet)
        report(
          `${tool}: ${address}/${prefix} is too large to ask all of it: give a part of it, such as ${address}/24`,
          'warning',
        )
      continue
    }
    const all = networkAddresses(address, prefix, `${address}/${prefix}`, tool)
    // RFC 3021: networks of two have neither a network address nor a broadcast address.
    const stations = prefix < 31 ? all.slice(1, -1) : all
    for (const station of stations)
      if (!own.has(station.address)) questions.push({ address: station.address, source: address })
  }
  if (questions.length === 0)
    throw new PacketError(
      `${tool}: ${link.name} is in no IPv4 network that could be asked; give the addresses, such as 10.0.0.0/24`,
    )
  return questions
}

/** The address of ours that asks for this one: one of its network, else the first. */
export function sourceFor(link: Link, { address, family }: Target): string | undefined {
  const own = family === 4 ? link.addresses?.ipv4 : link.addresses?.ipv6
  const isLinkLocal = /^fe[89ab]/i.test(address)
  return (own?.find((each) => /^fe[89ab]/i.test(each.address) === isLinkLocal) ?? own?.[0])?.address
}
