import { findInterface } from './interfaces.js'
import { inNamespace, type NamespaceOptions, namespaceKey } from './namespace.js'
import { checkOptionNames } from './option-names.js'
import type { RouteEntry } from './route-entry.js'
import {
  addOverride,
  hasOverrides,
  type OverrideOptions,
  overriddenRoute,
  removeOverride,
  resetOverrides,
} from './route-overrides.js'
import { askRoute, type Route } from './route-question.js'

export type { OverrideOptions } from './route-overrides.js'
export type { Route, RouteType } from './route-question.js'

export interface RouteOptions extends NamespaceOptions {
  /** Only by this interface. */
  interfaceName?: string | undefined
  /** The same under the name that it has in all that sends. */
  iface?: string | undefined
  /**
   * As for a packet from this address: policy rules may look at it. From an address that is not this machine's nothing
   * is reachable.
   */
  source?: string | undefined
}

/** `route(…)` asks; `route.add` and the others change what this session answers. */
export interface RouteFunction {
  (destination: string, options?: RouteOptions): Route
  /**
   * A route of this session: what netshell sends to this network goes so, whatever the kernel's tables say; the longest
   * prefix wins among those of the session. The kernel itself, and so other programs and ordinary sockets, do not know of
   * it. Addresses of this machine, broadcasts and the networks on its links stay what they are, unless the route is for a
   * part of such a network. A second one for the same network replaces the first.
   * @param network `'10.9.0.0/16'`, an address, or `'default'`
   * @throws LinkError for what can not be: no network, no such interface, a gateway that is on no link of this machine
   */
  add(network: string, options: OverrideOptions): RouteEntry
  /** Takes back what `add` said about this network. @throws LinkError when there is none */
  remove(network: string, options?: NamespaceOptions): void
  /** Takes back all of them, in all namespaces. */
  reset(): void
}

/**
 * How long an answer is used again, ms. The kernel is asked in some 30 µs; a scan asks for many addresses, and the same
 * one often.
 */
const LIFETIME = 1000
const CACHE_SIZE = 1024
const cache = new Map<string, { route: Route; until: number }>()
const OPTIONS = ['iface', 'interfaceName', 'source', 'netns']

/**
 * The way to an IPv4 or IPv6 address: that of this session (`route.add`), else the kernel's, policy rules and preferred
 * sources included. Works without root. No route is a result of type `unreachable`, not an error. Throws a LinkError when
 * the text is no address or the interface or namespace does not exist. An answer may be up to a second old;
 * `forgetRoutes()` makes the next one fresh.
 */
export const route: RouteFunction = Object.assign(
  function route(destination: string, options: RouteOptions = {}): Route {
    checkOptionNames('route', options, OPTIONS)
    const { netns, source } = options
    const interfaceName = options.interfaceName ?? options.iface
    const key = `${namespaceKey(netns)}|${destination}|${interfaceName ?? ''}|${source ?? ''}`
    const now = performance.now()
    const known = cache.get(key)
    if (known !== undefined && known.until > now) return { ...known.route }
    const question = { interfaceName, source }
    const found = inNamespace(
      netns,
      () =>
        (hasOverrides() ? overriddenRoute(destination, question, netns) : undefined) ?? askRoute(destination, question),
    )
    if (cache.size >= CACHE_SIZE) cache.clear()
    cache.set(key, { route: found, until: now + LIFETIME })
    return { ...found }
  },
  {
    add(network: string, options: OverrideOptions): RouteEntry {
      forgetRoutes()
      return addOverride(network, options ?? {})
    },
    remove(network: string, options: NamespaceOptions = {}): void {
      forgetRoutes()
      removeOverride(network, options)
    },
    reset(): void {
      forgetRoutes()
      resetOverrides()
    },
  },
)

/**
 * Most bytes that a packet to an address may have, from the IP header on: what the route sets (or learnt on the way), else the
 * interface's MTU; undefined when there is no route. Throws as `route` does.
 */
export function mtuTo(destination: string, options: RouteOptions = {}): number | undefined {
  const { interfaceName, mtu } = route(destination, options)
  const { netns } = options
  return mtu ?? (interfaceName === '' ? undefined : findInterface(interfaceName, { netns })?.mtu)
}

/** Forgets answers that were kept: for who changed addresses or routes just now. */
export function forgetRoutes(): void {
  cache.clear()
}
