import { givenName, type Target } from '../targets.js'
import type { HostReport } from './host-report.js'
import { portsText } from './ports.js'
import { hostText, scanText } from './scan-text.js'
import { scanXml } from './scan-xml.js'
import { type PortProtocol, serviceName } from './services.js'
import { outcomeOf, type PortState, type ScanType } from './states.js'

/** One port of a host. */
export interface ScannedPort {
  port: number
  protocol: PortProtocol
  state: PortState
  /** Why: `'syn-ack'`, `'reset'`, `'conn-refused'`, `'udp-response'`, `'port-unreach'`, …, `'no-response'`; nmap's words. */
  reason: string
  /** Name of the service that usually has this port; unset when none is known. */
  service?: string
  /** Time to live (hop limit) of the answer. */
  ttl?: number
}

/** Ports of one state that are too many to list. */
export interface HiddenPorts {
  protocol: PortProtocol
  state: PortState
  count: number
  /** How many for which reason. */
  reasons: Record<string, number>
  /** Which ones, with ranges: `'1-21,23-79'`. */
  ports: string
}

/** `unknown`: nobody asked whether it is there, and no port answered. */
export type HostState = 'up' | 'down' | 'unknown'

/** More ports of a state than this are counted, not listed, unless they are open: as nmap does. */
const MOST_LISTED = 25

/** What was found out of one host. */
export class ScannedHost {
  state: HostState = 'unknown'
  /** Why it is thought to be up or down: `'arp-response'`, `'echo-reply'`, `'syn-ack'`, `'no-response'`, `'no route …'`. */
  reason = 'no-response'
  /** MAC address, when it is on the link and frames were sent to it. */
  mac?: string
  /** Shortest round trip, seconds. */
  rtt?: number
  /** All open ports, and those of other states that are few, in rising order; TCP first. */
  readonly ports: ScannedPort[] = []
  /** The others. */
  readonly notShown: HiddenPorts[] = []
  /** Ports that were not finished since the scan was interrupted. */
  unfinished = 0

  constructor(
    /** Its address. */
    readonly address: string,
    /** Its name, when it was given by one. */
    readonly name?: string,
  ) {}

  /** The ports that are open; those that may be (`open|filtered`) are not among them. */
  get open(): ScannedPort[] {
    return this.ports.filter(({ state }) => state === 'open')
  }

  toString(): string {
    return hostText(this, false)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Takes in what a scan of one protocol told. */
  add(report: HostReport): void {
    if (report.unreachable !== undefined) {
      if (this.state !== 'up') this.state = 'down'
      this.reason = report.unreachable
      return
    }
    const { protocol, ports, outcomes, ttls, rtt, mac } = report
    if (mac !== undefined) this.mac ??= mac
    if (rtt !== undefined) this.rtt = Math.min(this.rtt ?? rtt, rtt)
    const byState = new Map<PortState, number[]>()
    outcomes.forEach((code, place) => {
      if (code === 0) {
        this.unfinished++
        return
      }
      const { state } = outcomeOf(code, protocol)
      const places = byState.get(state)
      if (places === undefined) byState.set(state, [place])
      else places.push(place)
    })
    for (const [state, places] of byState) {
      if (state !== 'open' && places.length > MOST_LISTED) {
        const reasons: Record<string, number> = {}
        for (const place of places) {
          const { reason } = outcomeOf(outcomes[place]!, protocol)
          reasons[reason] = (reasons[reason] ?? 0) + 1
        }
        this.notShown.push({
          protocol,
          state,
          count: places.length,
          reasons,
          ports: portsText(places.map((place) => ports[place]!)),
        })
        this.seeReasons(Object.keys(reasons))
        continue
      }
      for (const place of places) {
        const port = ports[place]!
        const outcome = outcomeOf(outcomes[place]!, protocol)
        const service = serviceName(port, protocol)
        const ttl = ttls?.[place] ?? 0
        this.ports.push({
          port,
          protocol,
          ...outcome,
          ...(service === undefined ? {} : { service }),
          ...(ttl === 0 ? {} : { ttl }),
        })
        this.seeReasons([outcome.reason])
      }
    }
    this.ports.sort((a, b) => (a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1))
  }

  /** Any answer to a port shows that the host is there. */
  private seeReasons(reasons: readonly string[]): void {
    const answer = reasons.find((reason) => OWN_ANSWERS.has(reason))
    if (answer === undefined || this.state === 'up') return
    this.state = 'up'
    this.reason = answer
  }

  /** Plain data; times in seconds. What is not known is left out. */
  toJSON(): unknown {
    return {
      address: this.address,
      ...(this.name === undefined ? {} : { name: this.name }),
      state: this.state,
      reason: this.reason,
      ...(this.mac === undefined ? {} : { mac: this.mac }),
      ...(this.rtt === undefined ? {} : { rtt: this.rtt }),
      ports: this.ports,
      notShown: this.notShown,
      ...(this.unfinished === 0 ? {} : { unfinished: this.unfinished }),
    }
  }
}

/** Answers that come from the host itself, or from one before it on its behalf. */
const OWN_ANSWERS = new Set([
  'syn-ack',
  'reset',
  'conn-refused',
  'udp-response',
  'port-unreach',
  'proto-unreach',
  'host-prohibited',
  'admin-prohibited',
])

/** What a scan was asked for. */
export interface ScanFacts {
  readonly types: readonly ScanType[]
  /** As text, with ranges. */
  readonly tcpPorts: string
  readonly udpPorts: string
  readonly tcpCount: number
  readonly udpCount: number
  /** Whether it was found out first who is there. */
  readonly discovery: boolean
  /** Only open ports are shown. */
  readonly onlyOpen: boolean
  /** The targets as given. */
  readonly targets: string
  /** Addresses that the targets stand for. */
  readonly addresses: number
}

/** What `scan` gives. */
export class ScanResult {
  /** In the order of the targets; where networks were asked for, only those that are there. */
  readonly hosts: ScannedHost[]
  /** Addresses that were found not to be there. */
  down = 0
  /** When it began, seconds since 1970, and how long it took, seconds. */
  readonly startedAt = Date.now() / 1000
  duration = 0
  /** Whether it was stopped before the end: what is there is true, the rest was not asked. */
  interrupted = false

  constructor(
    readonly facts: ScanFacts,
    targets: readonly Target[] = [],
  ) {
    this.hosts = targets.map((target) => new ScannedHost(target.address, givenName(target)))
  }

  /** Hosts that are up. */
  get up(): ScannedHost[] {
    return this.hosts.filter(({ state }) => state === 'up')
  }

  /** All open ports, each with the address of its host. */
  get open(): (ScannedPort & { address: string })[] {
    return this.hosts.flatMap((host) => host.open.map((port) => ({ address: host.address, ...port })))
  }

  /** nmap's XML (nmaprun), for the programs that read it. */
  xml(): string {
    return scanXml(this)
  }

  toString(): string {
    return scanText(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /**
   * `types` (`syn`, `connect`, `udp`), `startedAt` and `duration` (seconds), `interrupted`, `addresses` asked for, `up` and `down`
   * (counts), `hosts`: each with `address`, `name` (when given), `state` (`up`, `down`, `unknown`), `reason`, `mac`, `rtt` (seconds), `ports`
   * ({port, protocol, state, reason, service, ttl}), `notShown` ({protocol, state, count, reasons, ports}) and `unfinished`.
   */
  toJSON(): unknown {
    const { types, addresses } = this.facts
    return {
      types,
      startedAt: this.startedAt,
      duration: this.duration,
      interrupted: this.interrupted,
      addresses,
      up: this.up.length,
      down: this.down,
      hosts: this.hosts,
    }
  }
}
