/** An entry of a routing table, as `routes()` lists it. */
import type { RouteType } from './route-question.js'

/** One of the ways of an entry that has several. */
export interface NextHop {
  gateway?: string
  interfaceName: string
  /** Its share of the traffic, 1..256. */
  weight: number
}

type Unset<T> = { [Key in keyof T]?: T[Key] | undefined }
type RouteEntryFields = Pick<RouteEntry, 'network' | 'type' | 'protocol' | 'scope' | 'table'> &
  Unset<Omit<RouteEntry, 'toString' | 'prefix' | 'family' | 'ofSession'>>

const SESSION = 'session'

/** An entry of a routing table. At the prompt it is written as `ip route` does. */
export class RouteEntry {
  /** The destinations: `'10.9.0.0/16'`; `'0.0.0.0/0'` and `'::/0'` are the default routes. */
  readonly network: string
  /** `throw`: not here, look in the next table. */
  readonly type: RouteType | 'throw'
  /** Only for packets from this network (IPv6 source routing). */
  declare readonly from?: string
  /** Next hop; unset when the destinations are on the link, or the entry has several ways. */
  declare readonly gateway?: string
  /** Unset when the entry leads nowhere or has several ways. */
  declare readonly interfaceName?: string
  /** Source address for who has none yet. */
  declare readonly source?: string
  /** The lowest wins among entries for one network. */
  declare readonly metric?: number
  /** Bytes; only when the entry sets one. */
  declare readonly mtu?: number
  /** All ways of an entry that has several. */
  declare readonly nextHops?: readonly NextHop[]
  /** Who made it: `'kernel'`, `'boot'`, `'static'`, `'dhcp'`, `'bgp'`, …; `'session'`: `route.add` did. */
  readonly protocol: string
  /** How far the destinations are: `'host'`, `'link'`, `'global'`, … */
  readonly scope: string
  /** `'main'`, `'local'`, or the number as text; `'session'` for those of `route.add`. */
  readonly table: string
  /** `'dead'`: its interface is off; `'linkdown'`: without carrier. Unset when neither. */
  declare readonly state?: 'dead' | 'linkdown'
  /** Network namespace of an entry of this session that is for another one. */
  declare readonly netns?: string

  constructor(fields: RouteEntryFields) {
    this.network = fields.network
    this.type = fields.type
    this.protocol = fields.protocol
    this.scope = fields.scope
    this.table = fields.table
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) Object.assign(this, { [name]: value })
  }

  /** Leading bits of the network, 0..32 or 0..128. */
  get prefix(): number {
    return Number(this.network.slice(this.network.indexOf('/') + 1))
  }

  /** 4 or 6. */
  get family(): 4 | 6 {
    return this.network.includes(':') ? 6 : 4
  }

  /** Whether it is an override of this session. */
  get ofSession(): boolean {
    return this.protocol === SESSION
  }

  toString(): string {
    const words = [
      this.type === 'unicast' ? '' : this.type,
      this.prefix === 0 ? 'default' : withoutFullPrefix(this.network),
    ]
    const say = (word: string, value: unknown) => value !== undefined && words.push(`${word} ${String(value)}`)
    say('from', this.from)
    say('via', this.gateway)
    say('dev', this.interfaceName)
    say('src', this.source)
    say('metric', this.metric)
    say('mtu', this.mtu)
    if (this.protocol !== 'boot' && !this.ofSession) say('proto', this.protocol)
    if (this.scope !== 'global' && this.type === 'unicast') say('scope', this.scope)
    if (this.table !== 'main' && !this.ofSession) say('table', this.table)
    say('netns', this.netns)
    if (this.state !== undefined) words.push(this.state)
    if (this.ofSession) words.push('(this session)')
    for (const { gateway, interfaceName, weight } of this.nextHops ?? [])
      words.push(`nexthop${gateway === undefined ? '' : ` via ${gateway}`} dev ${interfaceName} weight ${weight}`)
    return words.filter((word) => word !== '').join(' ')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** `'10.0.0.1'` for `'10.0.0.1/32'`. */
export function withoutFullPrefix(network: string): string {
  return network.replace(network.includes(':') ? /\/128$/ : /\/32$/, '')
}
