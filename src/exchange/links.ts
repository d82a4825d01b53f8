import { interfaces, type Link, LinkError, openLink, route } from '../link/index.js'

/**
 * Links of this session, one an interface, opened when first used. Opening takes milliseconds, so they stay open;
 * none keeps the program alive by itself.
 */
const opened = new Map<string, Link>()

/** The open link of an interface. @throws LinkError as `openLink` */
export function linkOf(interfaceName: string): Link {
  const known = opened.get(interfaceName)
  if (known !== undefined && known.closed !== true) return known
  const link = openLink(interfaceName)
  opened.set(interfaceName, link)
  return link
}

/** Closes all links of this session; they open again when they are used. */
export function closeLinks(): void {
  for (const link of opened.values()) link.close()
  opened.clear()
}

/** The interface when none is named: that of the default route, else the first one that is up, else loopback. */
export function defaultInterface(): string {
  for (const destination of ['192.0.2.1', '2001:db8::1']) {
    const found = route(destination)
    if (found.type === 'unicast' && found.interfaceName !== '') return found.interfaceName
  }
  const list = interfaces().filter((each) => each.flags.includes('up'))
  const chosen = list.find((each) => !each.flags.includes('loopback')) ?? list[0]
  if (chosen === undefined)
    throw new LinkError(
      'NO_SUCH_INTERFACE',
      'no network interface is up; ip link shows them, sudo ip link set NAME up raises one',
    )
  return chosen.name
}
