/** Numbers of route netlink for routes: linux/rtnetlink.h, rtnetlink(7). */
import type { RouteEntry } from './route-entry.js'

export const RTM_GETROUTE = 26
export const RTA_DST = 1
export const RTA_SRC = 2
export const RTA_OIF = 4
export const RTA_GATEWAY = 5
export const RTA_PRIORITY = 6
export const RTA_PREFSRC = 7
export const RTA_METRICS = 8
export const RTA_MULTIPATH = 9
export const RTA_TABLE = 15
export const RTA_VIA = 18
export const RTAX_MTU = 2

/** Types of routes (RTN_…). */
export const ROUTE_TYPES: Readonly<Record<number, RouteEntry['type']>> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
}
