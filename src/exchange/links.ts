import { interfaces, type Link, LinkError, namespaceKey, openLink, removeStaleTables, route } from '../link/index.js'
import { setting } from './settings.js'

/**
 * Links of this session, one an interface, opened when first used. Opening takes milliseconds, so they stay open;
 * none keeps the program alive by itself.
 */
const opened = new Map<string, { link: Link; namespace: string }>()

/**
 * How answers are captured: each frame at once, into a ring of 8 MiB (nearly 4000 frames): one of 32 MiB takes the kernel 20 ms to
 * set up, this one 8. The same for all, so that a ring that rests fits the next one.
 */
export const ANSWER_CAPTURE = { immediate: true, bufferSize: 8 << 20 } as const

/** The open link of an interface, in a network namespace. @throws LinkError as `openLink` */
export function linkOf(interfaceName: string, netns?: string): Link {
  const key = netns === undefined ? interfaceName : `${netns}/${interfaceName}`
  // A namespace that was made again under its old name is another one.
  const namespace = namespaceKey(netns)
  const known = opened.get(key)
  if (known !== undefined && known.link.closed !== true && known.namespace === namespace) return known.link
  known?.link.close()
  if (opened.size === 0) removeStaleTables()
  const link = openLink(interfaceName, netns === undefined ? {} : { netns })
  opened.set(key, { link, namespace })
  return link
}

/** Closes all links of this session; they open again when they are used. */
export function closeLinks(): void {
  for (const { link } of opened.values()) link.close()
  opened.clear()
}

/** The interface when none is named: the one of the setting `iface`, that of the default route, else the first one that is up, else loopback. */
export function defaultInterface(netns?: string): string {
  const chosen = chosenInterface({ netns })
  if (chosen !== undefined) return chosen
  const place = netns === undefined ? {} : { netns }
  for (const destination of ['192.0.2.1', '2001:db8::1']) {
    const found = route(destination, place)
    if (found.type === 'unicast' && found.interfaceName !== '') return found.interfaceName
  }
  const list = interfaces(place).filter((each) => each.flags.includes('up'))
  const best = list.find((each) => !each.flags.includes('loopback')) ?? list[0]
  if (best === undefined)
    throw new LinkError(
      'NO_SUCH_INTERFACE',
      'no network interface is up; ip link shows them, sudo ip link set NAME up raises one',
    )
  return best.name
}

/**
 * The interface that packets leave by whatever the route says: the one that a call names, else the setting `iface`. That is one of netshell's
 * own network namespace, and nothing where a call names a link or a namespace. Undefined: the route decides.
 */
export function chosenInterface({ iface, link, netns }: PlaceOptions): string | undefined {
  return iface ?? (link === undefined && netns === undefined ? setting('iface') : undefined)
}

interface PlaceOptions {
  iface?: string | undefined
  link?: Link | undefined
  netns?: string | undefined
}
