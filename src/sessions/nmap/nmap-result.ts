/** What nmap has found. */
import { inspect } from 'node:util'
import { resultText } from './nmap-text.js'

/** nmap's words for the state of a port. */
export type NmapPortState =
  | 'open'
  | 'closed'
  | 'filtered'
  | 'unfiltered'
  | 'open|filtered'
  | 'closed|filtered'
  | 'unknown'

/** What a script of nmap's has said. */
export interface NmapScript {
  id: string
  output: string
}

/** One port of a host. What is not known is left out. */
export interface NmapPort {
  /** Of its host. */
  address: string
  port: number
  /** `'tcp'`, `'udp'`, `'sctp'`; `'ip'` when protocols were scanned. */
  protocol: string
  state: NmapPortState
  /** Why: `'syn-ack'`, `'reset'`, `'conn-refused'`, `'no-response'`, … */
  reason: string
  /** Time to live of the answer. */
  ttl?: number
  /** Name of the service; `probed` says whether it was asked, or is only usual on that port. */
  service?: string
  product?: string
  version?: string
  extraInfo?: string
  /** `'ssl'`: the service is inside of TLS. */
  tunnel?: string
  probed?: boolean
  cpe?: string[]
  scripts?: NmapScript[]
}

/** Ports of one state that are too many to list. */
export interface NmapHiddenPorts {
  protocol: string
  state: NmapPortState
  count: number
  /** How many for which reason. */
  reasons: Record<string, number>
  /** Which ones, with ranges: `'1-21,23-79'`; empty where nmap does not tell. */
  ports: string
}

/** A guess of the system. */
export interface NmapSystem {
  name: string
  /** Per cent. */
  accuracy: number
}

/** A router on the way. */
export interface NmapHop {
  ttl: number
  address: string
  name?: string
  /** Seconds. */
  rtt?: number
}

/** One host. What is not known is left out. */
export interface NmapHost {
  /** IPv4 or IPv6; the first one. */
  address: string
  addresses: string[]
  /** The first of its names. */
  name?: string
  names: string[]
  mac?: string
  /** Who made the network card. */
  vendor?: string
  state: 'up' | 'down' | 'unknown'
  reason: string
  /** Seconds. */
  rtt?: number
  /** Those that are listed. */
  ports: NmapPort[]
  /** The others. */
  notShown: NmapHiddenPorts[]
  /** The best guess first. */
  os: NmapSystem[]
  trace: NmapHop[]
  scripts: NmapScript[]
  /** Routers that are between. */
  distance?: number
  /** Seconds since it was started. */
  uptime?: number
}

/** What the scan was, as a whole. */
export interface NmapFacts {
  /** `'nmap'`, or `'netshell scan'`. */
  scanner: string
  version: string
  /** The command line. */
  args: string
  /** Where it ran, when it was not here. */
  from?: string
  /** Seconds since 1970. */
  startedAt?: number
  /** Seconds. */
  duration?: number
  /** Ports that were asked, by protocol, with ranges. */
  asked: Record<string, string>
  /** Hosts: how many are up, down, and how many there are in all. */
  counts?: { up: number; down: number; total: number }
  /** Ctrl-C, or the option timeout: what is there is true, the rest was not asked. */
  interrupted: boolean
  /** Why it is not complete. */
  problem?: string
  /** What nmap has said besides. */
  warnings: string[]
}

/** What `nmap` gives: hosts and their ports. It prints as tables; a loop over it gives the ports. */
export class NmapResult {
  /** In nmap's order. */
  readonly hosts: readonly NmapHost[]
  readonly facts: NmapFacts
  readonly #xml: string

  constructor(hosts: readonly NmapHost[], facts: NmapFacts, xml: string) {
    this.hosts = hosts
    this.facts = facts
    this.#xml = xml
  }

  /** All listed ports of all hosts, each with the address of its host. */
  get ports(): NmapPort[] {
    return this.hosts.flatMap(({ ports }) => ports)
  }

  /** The open ones; those that may be (`open|filtered`) are not among them. */
  get open(): NmapPort[] {
    return this.ports.filter(({ state }) => state === 'open')
  }

  /** Hosts that are up. */
  get up(): NmapHost[] {
    return this.hosts.filter(({ state }) => state === 'up')
  }

  /** Ctrl-C or the option timeout ended it. */
  get interrupted(): boolean {
    return this.facts.interrupted
  }

  /** nmap's XML, as it came. */
  xml(): string {
    return this.#xml
  }

  /** Writes the XML to a file: `nmap.read(file)`, ndiff and others read it. Gives the result again. */
  save(file: string): this {
    process.getBuiltinModule('node:fs').writeFileSync(file, this.#xml)
    return this
  }

  [Symbol.iterator](): IterableIterator<NmapPort> {
    return this.ports[Symbol.iterator]()
  }

  /** A table of ports for each host; as wide as the terminal, elsewhere as wide as it needs. */
  toString(): string {
    return resultText(this, process.stdout.isTTY ? process.stdout.columns : undefined)
  }

  [inspect.custom](
    depth: number,
    { depth: whole, breakLength = 78 }: { depth?: number; breakLength?: number },
  ): string {
    if (depth !== whole) return `<NmapResult ${this.up.length} up, ${this.open.length} open>`
    return resultText(this, Number.isFinite(breakLength) ? breakLength + 2 : undefined)
  }

  /** The facts (scanner, version, args, …) and the hosts. */
  toJSON(): unknown {
    return { ...this.facts, hosts: this.hosts }
  }
}
