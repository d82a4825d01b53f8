/** What is compared: lists of ports, results of scans, or of anything that has a name → what each list says of each. */
import { OptionError } from '../../exchange/index.js'
import { allPortsOf } from './not-shown.js'

/** What one list says of its things, by their keys. */
export interface ComparedList {
  readonly place: string
  /** A scan knows what it has not asked; of a plain list what is not in it is not there. */
  readonly isScan: boolean
  readonly entries: Map<string, ComparedEntry>
  /** Ports of a scan that are only counted there, by host and protocol (`hostKey`). */
  readonly hidden: Map<string, HiddenState[]>
}

/** One thing of a list. */
export interface ComparedEntry {
  /** Address; `''` where the list tells none. */
  readonly host: string
  /** Undefined of what is no port. */
  readonly port?: number
  readonly protocol?: string
  readonly name: string
  readonly state: string
}

/** Ports of one state that a scan only counts. */
export interface HiddenState {
  readonly state: string
  readonly ports: readonly number[]
}

/** Things that a list may have. */
const MOST = 1_000_000

export function portKey(host: string, protocol: string, port: number): string {
  return `${host} ${protocol} ${port}`
}

export function hostKey(host: string, protocol: string): string {
  return `${host} ${protocol}`
}

/** @throws OptionError for what is no list */
export function comparedList(place: string, value: unknown): ComparedList {
  if (isScan(value)) return scanList(place, value)
  const iterable = typeof value === 'object' && value !== null && Symbol.iterator in value
  if (!iterable)
    throw new OptionError(`compare: ${place} is no list: results of nmap and scan, and arrays of ports or names are`)
  const list: ComparedList = { place, isScan: false, entries: new Map(), hidden: new Map() }
  for (const each of value as Iterable<unknown>) {
    if (list.entries.size >= MOST) throw new OptionError(`compare: ${place} has more than ${MOST} things`)
    add(list, entryOf(place, each))
  }
  return list
}

/** What nmap and scan give, as far as it is looked at. */
interface ScanLike {
  hosts: readonly {
    address: string
    ports: readonly { port: number; protocol: string; state: string; service?: string }[]
    notShown?: readonly { protocol: string; state: string; ports: string }[]
  }[]
}

function isScan(value: unknown): value is ScanLike {
  const { hosts } = (value ?? {}) as { hosts?: unknown }
  return Array.isArray(hosts) && hosts.every((host) => Array.isArray((host as { ports?: unknown } | null)?.ports))
}

function scanList(place: string, { hosts }: ScanLike): ComparedList {
  const list: ComparedList = { place, isScan: true, entries: new Map(), hidden: new Map() }
  for (const { address, ports, notShown = [] } of hosts) {
    for (const { port, protocol, state, service } of ports)
      add(list, { host: address, port, protocol, name: service ?? '', state })
    for (const { protocol, state, ports: text } of notShown) {
      const key = hostKey(address, protocol)
      const before = list.hidden.get(key) ?? []
      list.hidden.set(key, [...before, { state, ports: allPortsOf(text) }])
    }
  }
  return list
}

function add({ entries }: ComparedList, entry: ComparedEntry): void {
  const { host, port, protocol, name } = entry
  entries.set(port === undefined ? `${host} ${name}` : portKey(host, protocol!, port), entry)
}

/** A port, a name, or an object that has one. */
function entryOf(place: string, value: unknown): ComparedEntry {
  if (typeof value === 'number' && Number.isInteger(value)) return portEntry({ port: value })
  if (typeof value === 'string') {
    const [, port, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp|ip))?$/.exec(value) ?? []
    return port === undefined ? { host: '', name: value, state: 'there' } : portEntry({ port: Number(port), protocol })
  }
  const record = (value ?? {}) as Record<string, unknown>
  if (typeof record.port === 'number') return portEntry(record as Partial<Record<string, unknown>> & { port: number })
  const name = [record.name, record.address, record.local, record.id].find((each) => typeof each === 'string')
  if (name === undefined)
    throw new OptionError(`compare: ${place}: ${describe(value)} has neither a port nor a name to compare it by`)
  return { host: '', name: name as string, state: typeof record.state === 'string' ? record.state : 'there' }
}

function portEntry({ port, protocol, address, host, state, service }: Record<string, unknown>): ComparedEntry {
  const text = (value: unknown, usual: string): string => (typeof value === 'string' ? value : usual)
  return {
    host: text(address, text(host, '')),
    port: port as number,
    protocol: text(protocol, 'tcp'),
    name: text(service, ''),
    state: text(state, 'open'),
  }
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value)
  return `{${Object.keys(value).slice(0, 5).join(', ')}}`
}
