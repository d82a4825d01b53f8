/** What this machine has that may be named: interfaces, network namespaces. */
import { readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { namespaces } from '../../link/index.js'
import type { Completion } from './types.js'

const CLASS = '/sys/class/net'

/** The interfaces with state and address; also those that are down, where the system tells. */
export function interfaceNames(): Completion[] {
  const addresses = networkInterfaces()
  let names = Object.keys(addresses)
  try {
    names = [...new Set([...readdirSync(CLASS).filter(isInterface), ...names])]
  } catch {
    // Not Linux.
  }
  return names.map((name) => {
    const own = (addresses[name] ?? []).filter(({ address }) => !address.startsWith('fe80:'))
    const shown = own.slice(0, 2).map(({ cidr, address }) => cidr ?? address)
    return { text: name, kind: 'value', detail: [stateOf(name), ...shown].join(', ') }
  })
}

function isInterface(name: string): boolean {
  return name !== 'bonding_masters'
}

function stateOf(name: string): string {
  try {
    const state = readFileSync(`${CLASS}/${name}/operstate`, 'utf8').trim()
    // Loopback and tunnels have no carrier that could be told.
    return state === 'unknown' ? 'up' : state
  } catch {
    return 'up'
  }
}

/** The network namespaces that have a name. */
export function namespaceNames(): Completion[] {
  return namespaces().map((name) => ({ text: name, kind: 'value', detail: 'network namespace' }))
}
