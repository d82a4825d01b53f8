/** Lists side by side: which port is open from where. */
import { inspect } from 'node:util'
import { OptionError } from '../../exchange/index.js'
import { portsText } from '../../tools/scan/ports.js'
import { type ComparedEntry, type ComparedList, comparedList, hostKey, portKey } from './compared-list.js'
import { comparisonText } from './comparison-text.js'
import { oneLine } from './nmap-text.js'

/** One port (or a thing with a name), and what each list says of it. */
export interface ComparedRow {
  /** Address; unset where the lists tell none. */
  host?: string
  /** Unset of a group of ports, and of what is no port. */
  port?: number
  protocol?: string
  /** Name of the service, or of the thing. */
  name: string
  /** Of a group of ports that are the same in each list: which ones, with ranges. */
  ports?: string
  /** How many ports the row stands for. */
  count: number
  /** By place: `'open'`, `'closed'`, `'filtered'`, …; null: not scanned from there, or not in that list. */
  states: Record<string, string | null>
  /** The lists say different things of it. */
  different: boolean
}

/** Lists that are compared at once. */
const MOST_LISTS = 100
/** All that there are: 0 to 65535. */
const PORTS = 65536
/** Keys of lists that have no names: first, second, … */
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** What `compare` gives; it prints as a table, what differs first. */
export class Comparison {
  /** The names of the lists, in their order. */
  readonly places: readonly string[]
  /** What differs first, then by host and port. */
  readonly rows: readonly ComparedRow[]

  constructor(places: readonly string[], rows: readonly ComparedRow[]) {
    this.places = places
    this.rows = rows
  }

  /** Rows of which all lists say the same, as far as they know it. */
  get same(): ComparedRow[] {
    return this.rows.filter(({ different }) => !different)
  }

  /** Rows of which they do not. */
  get different(): ComparedRow[] {
    return this.rows.filter(({ different }) => different)
  }

  /** What is open (or there) from this place and from no other. @throws OptionError when there is no such place */
  onlyFrom(place: string): ComparedRow[] {
    if (!this.places.includes(place))
      throw new OptionError(`compare: there is no list '${place}'; there are ${this.places.join(', ')}`)
    return this.rows.filter(({ states }) =>
      this.places.every((each) => isThere(states[each] ?? null) === (each === place)),
    )
  }

  [Symbol.iterator](): IterableIterator<ComparedRow> {
    return this.rows[Symbol.iterator]()
  }

  /** A table as wide as the terminal; elsewhere as wide as it needs. */
  toString(): string {
    return comparisonText(this, process.stdout.isTTY ? process.stdout.columns : undefined)
  }

  [inspect.custom](
    depth: number,
    { depth: whole, breakLength = 78 }: { depth?: number; breakLength?: number },
  ): string {
    if (depth !== whole) return oneLine(`<Comparison of ${this.places.join(', ')}: ${this.different.length} differ>`)
    return comparisonText(this, Number.isFinite(breakLength) ? breakLength + 2 : undefined)
  }

  /** `places` and `rows`. */
  toJSON(): unknown {
    return { places: this.places, rows: this.rows }
  }
}

/** The work of `compare`. @throws OptionError for what is no list */
export function compareLists(named: readonly (readonly [string, unknown])[]): Comparison {
  if (named.length < 2) throw new OptionError('compare: give two lists or more: compare({here: a, there: b})')
  if (named.length > MOST_LISTS) throw new OptionError(`compare: more than ${MOST_LISTS} lists`)
  const lists = withOneHost(named.map(([place, value]) => comparedList(place, value)))
  const rows = [...singleRows(lists), ...groupRows(lists)]
  rows.sort(
    (a, b) =>
      Number(b.different) - Number(a.different) ||
      compareTexts(a.host ?? '', b.host ?? '') ||
      compareTexts(a.protocol ?? '', b.protocol ?? '') ||
      Number(a.port === undefined) - Number(b.port === undefined) ||
      (a.port ?? 0) - (b.port ?? 0) ||
      compareTexts(a.name, b.name),
  )
  return new Comparison(
    lists.map(({ place }) => place),
    rows,
  )
}

/** The names of an array's lists: where nmap ran, else first, second, … */
export function placesOf(values: readonly unknown[]): [string, unknown][] {
  const taken = new Set<string>()
  return values.map((value, index) => {
    const { from } = ((value as { facts?: unknown } | null)?.facts ?? {}) as { from?: unknown }
    const name = typeof from === 'string' && !taken.has(from) ? from : (ORDINALS[index] ?? `list ${index + 1}`)
    taken.add(name)
    return [name, value]
  })
}

/** Whether it is open, or in the list. */
function isThere(state: string | null): boolean {
  return state !== null && state !== 'not there' && !/^(closed|filtered|unfiltered|unknown|.*\|.*)$/.test(state)
}

/** A list of bare ports is about the one host that the others are about. */
function withOneHost(lists: ComparedList[]): ComparedList[] {
  const hosts = new Set<string>()
  for (const { entries, hidden } of lists) {
    for (const { host, port } of entries.values()) if (host !== '' && port !== undefined) hosts.add(host)
    for (const key of hidden.keys()) hosts.add(key.slice(0, key.indexOf(' ')))
  }
  const [only] = hosts
  if (only === undefined || hosts.size > 1) return lists
  return lists.map((list) => {
    const entries = new Map<string, ComparedEntry>()
    for (const [key, entry] of list.entries) {
      const { host, port, protocol } = entry
      if (host === '' && port !== undefined) entries.set(portKey(only, protocol!, port), { ...entry, host: only })
      else entries.set(key, entry)
    }
    return { ...list, entries }
  })
}

/** A row for each thing that a list names. */
function singleRows(lists: readonly ComparedList[]): ComparedRow[] {
  const first = new Map<string, ComparedEntry>()
  for (const { entries } of lists) for (const [key, entry] of entries) if (!first.get(key)?.name) first.set(key, entry)
  const hidden = lists.map(({ hidden: groups }) => new HiddenPorts(groups))
  return [...first].map(([key, { host, port, protocol, name }]) => {
    const known = lists.map(({ entries }, i) => {
      const state = entries.get(key)?.state
      return state ?? (port === undefined ? null : hidden[i]!.stateOf(host, protocol!, port))
    })
    return {
      ...(host === '' ? {} : { host }),
      ...(port === undefined ? {} : { port, protocol: protocol! }),
      name,
      count: 1,
      states: statesOf(lists, known),
      different: areDifferent(lists, known),
    }
  })
}

/** A row for all ports of a host that no list names and of which each list says one thing: 995 closed here, filtered there. */
function groupRows(lists: readonly ComparedList[]): ComparedRow[] {
  const named = new Map<string, Set<number>>()
  for (const { entries } of lists)
    for (const { host, protocol, port } of entries.values()) {
      if (port === undefined) continue
      const key = hostKey(host, protocol!)
      const ports = named.get(key)
      if (ports === undefined) named.set(key, new Set([port]))
      else ports.add(port)
    }
  const groups = new Set(lists.flatMap(({ hidden }) => [...hidden.keys()]))
  return [...groups].flatMap((group) => {
    const [host, protocol] = group.split(' ') as [string, string]
    return alikePorts(lists, group, named.get(group) ?? new Set()).map(({ known, ports }) => ({
      host,
      protocol,
      name: '',
      ports: portsText(ports),
      count: ports.length,
      states: statesOf(lists, known),
      different: areDifferent(lists, known),
    }))
  })
}

/** Ports of a host for which each list has one state, without those that are named. Numbers, as there may be all of them for many hosts. */
function alikePorts(
  lists: readonly ComparedList[],
  group: string,
  named: ReadonlySet<number>,
): { known: (string | null)[]; ports: number[] }[] {
  let kinds: { known: (string | null)[]; ports: number[] }[] = [{ known: [], ports: [] }]
  let kindOf = new Uint16Array(PORTS)
  for (const { hidden } of lists) {
    const states: (string | null)[] = [null]
    const stateOf = new Uint8Array(PORTS)
    for (const { state, ports } of hidden.get(group) ?? []) {
      if (!states.includes(state)) states.push(state)
      const code = states.indexOf(state)
      for (const port of ports) stateOf[port] = code
    }
    // Each kind of port is split by what this list says.
    const places = new Map<number, number>()
    const split: typeof kinds = []
    const next = new Uint16Array(PORTS)
    for (let port = 0; port < PORTS; port++) {
      const both = kindOf[port]! * 256 + stateOf[port]!
      let place = places.get(both)
      if (place === undefined) {
        place = split.push({ known: [...kinds[kindOf[port]!]!.known, states[stateOf[port]!]!], ports: [] }) - 1
        places.set(both, place)
      }
      next[port] = place
    }
    kinds = split
    kindOf = next
  }
  for (let port = 0; port < PORTS; port++) if (!named.has(port)) kinds[kindOf[port]!]!.ports.push(port)
  return kinds.filter(({ known, ports }) => ports.length > 0 && known.some((state) => state !== null))
}

/** Looks up what a scan says of a port that it only counts. */
class HiddenPorts {
  readonly #groups: ComparedList['hidden']
  readonly #byPort = new Map<string, Map<number, string>>()

  constructor(groups: ComparedList['hidden']) {
    this.#groups = groups
  }

  stateOf(host: string, protocol: string, port: number): string | null {
    const key = hostKey(host, protocol)
    let states = this.#byPort.get(key)
    if (states === undefined) {
      // Of the host before, nothing more is asked.
      this.#byPort.clear()
      states = new Map()
      for (const { state, ports } of this.#groups.get(key) ?? []) for (const each of ports) states.set(each, state)
      this.#byPort.set(key, states)
    }
    return states.get(port) ?? null
  }
}

function statesOf(lists: readonly ComparedList[], known: readonly (string | null)[]): ComparedRow['states'] {
  return Object.fromEntries(lists.map(({ place }, i) => [place, known[i]!]))
}

/** Scans differ by what they know; a plain list says of each thing that it is there, or by its silence that it is not. */
function areDifferent(lists: readonly ComparedList[], known: readonly (string | null)[]): boolean {
  const scanned = new Set(known.filter((state, i) => lists[i]!.isScan && state !== null))
  if (scanned.size > 1) return true
  if (lists.every(({ isScan }) => isScan)) return false
  const said = known.filter((state, i) => state !== null || !lists[i]!.isScan)
  if (new Set(said.map(isThere)).size > 1) return true
  return new Set(known.filter((state, i) => state !== null && !lists[i]!.isScan)).size > 1
}

function compareTexts(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
