import { type Link, memoryLinkPair } from '../../link/index.js'
import { textTable } from '../text-table.js'
import { decidePlan } from './decide-plan.js'
import { drawMap } from './map.js'
import type { PracticeNetworkOptions } from './plan.js'
import { Simulation } from './simulation.js'
import { openPorts, type Station } from './station.js'
import { USER } from './usual-network.js'

/** A host or router, as the table of hosts shows it. */
export interface PracticeHostRow {
  name: string
  /** Address, or null where it has none of that family. */
  ipv4: string | null
  ipv6: string | null
  /** `'02:00:0a:00:00:02'`. */
  mac: string
  /** Hops from your side: 1 on your link, one more for each router on the way. */
  distance: number
  /** Open ports. */
  tcp: number[]
  udp: number[]
  /** Name of the router that it is behind; null on your link. */
  behind: string | null
  isRouter: boolean
}

/** What went over the practice network. */
export interface PracticeStats {
  /** Frames that came from your side. */
  received: number
  /** Of those, frames that nobody could make sense of, or was meant by. */
  ignored: number
  /** Frames that came back. */
  sent: number
  /** Answers that were lost on purpose. */
  lost: number
}

/** The table of hosts: an array that prints as a table. */
export class PracticeHostList extends Array<PracticeHostRow> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    return textTable(
      ['NAME', 'IPv4', 'IPv6', 'HOPS', 'TCP', 'UDP'],
      this.map((row) => [
        row.name,
        row.ipv4 ?? '',
        row.ipv6 ?? '',
        String(row.distance),
        row.tcp.join(' '),
        row.udp.join(' '),
      ]),
      ['left', 'left', 'left', 'right'],
    )
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A network in memory, with hosts that answer. Made by `practiceNetwork()`. */
export class PracticeNetwork {
  /** Your side: the link to give to `ping`, `sr`, `sniff` and all others that take one. */
  readonly link: Link
  readonly hosts: PracticeHostList
  private readonly simulation: Simulation
  private readonly far: Link

  constructor(options: PracticeNetworkOptions = {}) {
    const plan = decidePlan(options)
    const [link, far] = memoryLinkPair(
      {
        name: 'practice',
        addresses: {
          mac: USER.mac,
          ipv4: [{ address: USER.ipv4, prefix: 24 }],
          ipv6: [
            { address: USER.ipv6, prefix: 64 },
            { address: USER.linkLocal, prefix: 64 },
          ],
          gateway4: USER.gateway4,
          gateway6: USER.gateway6,
        },
      },
      { name: 'practice-far-end' },
    )
    this.link = link
    this.far = far
    this.simulation = new Simulation(plan, (frame) => {
      if (!far.closed) far.send([frame])
    })
    far.attend((frame) => this.simulation.receive(frame))
    this.hosts = PracticeHostList.from(this.simulation.topology.stations.map(rowOf)) as PracticeHostList
  }

  /** What went over it so far. */
  get stats(): PracticeStats {
    const { received, ignored, delivery } = this.simulation
    return { received, ignored, sent: this.far.stats?.().sent ?? 0, lost: delivery.lost }
  }

  get closed(): boolean {
    return this.link.closed === true
  }

  /** Ends it: both ends of the link are closed, nothing is answered any more. A second call does nothing. */
  close(): void {
    this.simulation.delivery.close()
    this.far.close()
    this.link.close()
  }

  /** A map of the network, and how to use it. */
  toString(): string {
    return drawMap(this.simulation.topology, this.closed)
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth?: number, options?: { breakLength?: number }): string {
    return drawMap(this.simulation.topology, this.closed, options?.breakLength)
  }

  toJSON(): unknown {
    return { hosts: [...this.hosts], stats: this.stats, closed: this.closed }
  }
}

/**
 * A network in memory with hosts that answer, to try every command without root and without a network: give its `link`
 * as option, `ping('10.0.0.2', {link: practiceNetwork().link})`. Your side is 10.0.0.1 and fd00:10::1.
 * @throws PacketError for options that make no sense
 */
export function practiceNetwork(options: PracticeNetworkOptions = {}): PracticeNetwork {
  return new PracticeNetwork(options)
}

function rowOf({ plan, distance }: Station): PracticeHostRow {
  const { name, ipv4 = null, ipv6 = null, mac, behind = null, isRouter } = plan
  return { name, ipv4, ipv6, mac, distance, tcp: openPorts(plan.tcp), udp: openPorts(plan.udp), behind, isRouter }
}
