import { formatDuration, printable } from '../../exchange/index.js'
import { textTable } from '../text-table.js'
import type { HiddenPorts, ScannedHost, ScannedPort, ScanResult } from './scan-result.js'

const TYPE_NAMES = { syn: 'SYN', connect: 'connect', udp: 'UDP' } as const

/** A scan as people know it from nmap. */
export function scanText(result: ScanResult): string {
  const { facts, hosts } = result
  const shown = facts.onlyOpen ? hosts.filter((host) => host.ports.some(isOpen)) : hosts
  const blocks =
    facts.types.length === 0 && shown.length > 0
      ? [hostTable(shown)]
      : shown.map((host) => hostText(host, facts.onlyOpen))
  return [...blocks, totals(result)].join('\n\n')
}

/** Who is there, without ports. */
function hostTable(hosts: readonly ScannedHost[]): string {
  const rows = hosts.map(({ address, name, state, mac, rtt, reason }) => [
    printable(name === undefined ? address : `${name} (${address})`),
    state,
    mac ?? '',
    rtt === undefined ? '' : formatDuration(rtt),
    reason,
  ])
  return textTable(['HOST', 'STATE', 'MAC', 'RTT', 'REASON'], rows, ['left', 'left', 'left', 'right'])
}

function isOpen({ state }: ScannedPort): boolean {
  return state === 'open' || state === 'open|filtered'
}

/** Why no port answered: silence, or what routers say. */
function silenceText({ ports, notShown }: ScannedHost): string {
  const reasons = new Set([
    ...ports.map(({ reason }) => reason),
    ...notShown.flatMap((hidden) => Object.keys(hidden.reasons)),
  ])
  return reasons.size === 0 || reasons.has('no-response')
    ? 'no answer from any port'
    : `cannot be reached: ${[...reasons].join(', ')}`
}

/** One host and its ports. */
export function hostText(host: ScannedHost, onlyOpen: boolean): string {
  const title = host.name === undefined ? host.address : `${host.name} (${host.address})`
  const facts = [
    host.state === 'up'
      ? host.rtt === undefined
        ? 'up'
        : `up, ${formatDuration(host.rtt)}`
      : host.state === 'down'
        ? `down: ${host.reason}`
        : silenceText(host),
    ...(host.mac === undefined ? [] : [host.mac]),
  ]
  const lines = [printable(`${title}: ${facts.join(', ')}`)]
  const ports = onlyOpen ? host.ports.filter(isOpen) : host.ports
  const hidden = onlyOpen ? host.notShown.filter(({ state }) => state === 'open|filtered') : host.notShown
  if (hidden.length > 0) lines.push(`Not shown: ${hidden.map(hiddenText).join(', ')}`)
  if (ports.length > 0) {
    const rows = ports.map(({ port, protocol, state, service, reason }) => [
      `${port}/${protocol}`,
      state,
      service ?? 'unknown',
      reason,
    ])
    lines.push(textTable(['PORT', 'STATE', 'SERVICE', 'REASON'], rows))
  }
  if (host.unfinished > 0) lines.push(`${portCount(host.unfinished)} not finished`)
  return lines.join('\n')
}

function hiddenText({ count, state, protocol, reasons }: HiddenPorts): string {
  const why = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  const [only] = why
  const text = why.length === 1 ? only![0] : why.map(([reason, number]) => `${reason} ${number}`).join(', ')
  return `${count} ${state} ${protocol} port${count === 1 ? '' : 's'} (${text})`
}

function portCount(count: number): string {
  return `${count} port${count === 1 ? '' : 's'}`
}

function totals({ facts, up, hosts, duration, interrupted }: ScanResult): string {
  const kinds = facts.types.length === 0 ? '' : `${facts.types.map((type) => TYPE_NAMES[type]).join(' and ')} scan `
  const addresses = facts.addresses === 1 ? '1 address' : `${facts.addresses} addresses`
  const ups = up.length === 1 ? '1 host up' : `${up.length} hosts up`
  const silent = hosts.filter(({ state }) => state === 'unknown').length
  const unknown = silent === 0 ? '' : `, ${silent} silent`
  return `${interrupted ? 'interrupted' : 'done'}: ${addresses}, ${ups}${unknown}, ${kinds}in ${formatDuration(duration)}`
}
