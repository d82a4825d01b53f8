import { type AddressArea, parseNetwork } from './address-area.js'
import type { NetworkPlan, PracticeArea } from './plan.js'
import { Station } from './station.js'
import { LINK } from './usual-network.js'

/** Addresses that nobody has, the router that they are behind, and what it answers. */
export interface Wasteland {
  readonly area: AddressArea
  readonly router: Station
  readonly answer: PracticeArea['answer']
}

/** Who is where. */
export class Topology {
  readonly stations: readonly Station[]
  /** Addresses that nobody has, as they were planned. */
  readonly areas: readonly PracticeArea[]
  /** Those on the user's link. */
  readonly onLink: readonly Station[]
  private readonly byAddress = new Map<string, Station>()
  private readonly byMac = new Map<string, Station>()
  /** The narrowest first. */
  private readonly wastelands: readonly Wasteland[]

  constructor(plan: NetworkPlan) {
    const byName = new Map<string, Station>()
    for (const each of plan.stations) {
      const parent = each.behind === undefined ? undefined : byName.get(each.behind)
      byName.set(each.name, new Station(each, parent, LINK.mtu))
    }
    this.stations = [...byName.values()]
    this.onLink = this.stations.filter(({ parent }) => parent === undefined)
    for (const station of this.stations) {
      for (const address of [station.plan.ipv4, station.plan.ipv6])
        if (address !== undefined) this.byAddress.set(address, station)
      if (station.parent === undefined) {
        this.byAddress.set(station.linkLocal, station)
        this.byMac.set(station.mac, station)
      }
    }
    this.areas = plan.areas
    const given = plan.areas.map(({ network, behind, answer }) => ({
      area: parseNetwork(network)!,
      router: byName.get(behind)!,
      answer,
    }))
    // The other addresses of a host's own network have a router, and nobody who answers it.
    const implied = this.stations.flatMap((station) =>
      station.parent === undefined ? [] : neighbourhoods(station, station.parent),
    )
    this.wastelands = [...given, ...implied].sort((a, b) => b.area.prefix - a.area.prefix)
  }

  find(address: string): Station | undefined {
    return this.byAddress.get(address)
  }

  findMac(mac: string): Station | undefined {
    return this.byMac.get(mac)
  }

  wastelandOf(address: string): Wasteland | undefined {
    return this.wastelands.find(({ area }) => area.has(address))
  }
}

function neighbourhoods(station: Station, router: Station): Wasteland[] {
  const { ipv4, ipv6 } = station.plan
  return [ipv4 === undefined ? '' : `${ipv4}/24`, ipv6 === undefined ? '' : `${ipv6}/64`].flatMap((text) => {
    const area = parseNetwork(text)
    return area === undefined ? [] : [{ area, router, answer: 'host-unreachable' as const }]
  })
}
