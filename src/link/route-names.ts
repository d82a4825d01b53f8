/** Names of tables, protocols and scopes of routes, which the kernel knows by number. */
import { readdirSync, readFileSync } from 'node:fs'
import { suggestion } from '../packet/errors.js'
import { LinkError } from './link.js'
import { shown } from './option-names.js'

// linux/rtnetlink.h
const TABLES: Record<number, string> = { 253: 'default', 254: 'main', 255: 'local' }
const PROTOCOLS: Record<number, string> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  10: 'mrt',
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  15: 'ntk',
  16: 'dhcp',
  17: 'mrouted',
  18: 'keepalived',
  42: 'babel',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
}
const SCOPES: Record<number, string> = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' }

/** Where iproute2 keeps the names that this machine gave to tables; later ones win. */
const FOLDERS = ['/usr/lib/iproute2', '/usr/share/iproute2', '/etc/iproute2']
/** Longest file that is read, in characters. */
const LONGEST_FILE = 65536

/** `'dhcp'`; the number as text when it has no name. */
export const protocolName = (value: number): string => PROTOCOLS[value] ?? String(value)

/** `'link'`; the number as text when it has no name. */
export const scopeName = (value: number): string => SCOPES[value] ?? String(value)

/** The names of tables on this machine by number; read from files, so ask once for a whole listing. */
export function tableNames(): Map<number, string> {
  const names = new Map<number, string>()
  for (const folder of FOLDERS) {
    for (const file of [`${folder}/rt_tables`, ...filesIn(`${folder}/rt_tables.d`)]) {
      for (const line of textIn(file).split('\n')) {
        const [, value, name] = /^\s*(\d+|0x[\da-f]+)\s+([^\s#]+)/i.exec(line) ?? []
        if (value !== undefined && Number(value) > 0) names.set(Number(value), name!)
      }
    }
  }
  for (const [value, name] of Object.entries(TABLES)) names.set(Number(value), name)
  return names
}

/**
 * The number of a table given by name or number; undefined for `'all'`.
 * @throws LinkError (`BAD_OPTION`) with the names that there are
 */
export function tableNumber(table: unknown, names: Map<number, string>): number | undefined {
  if (table === 'all') return undefined
  const value = typeof table === 'string' && /^(\d+|0x[\da-f]+)$/i.test(table) ? Number(table) : table
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value > 0 && value <= 0xffffffff) return value
  } else if (typeof value === 'string') {
    for (const [number, name] of names) if (name === value) return number
  }
  const known = ['all', 'session', ...names.values()]
  throw new LinkError(
    'BAD_OPTION',
    `there is no routing table ${shown(table)}${suggestion(String(table), known)} ` +
      `(by name: ${known.join(', ')}; the others by number, 1 to ${0xffffffff})`,
  )
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, LONGEST_FILE)
  } catch {
    return ''
  }
}
