/** What nmap has found, as people read it. */
import { formatDuration, printable } from '../../exchange/index.js'
import { plain } from '../../exchange/terminal-colours.js'
import { table } from '../../tools/fitted-table.js'
import type { NmapHiddenPorts, NmapHost, NmapPort, NmapResult, NmapScript } from './nmap-result.js'

/** Hosts that the prompt shows; `result.hosts` has all. */
const MOST_HOSTS = 200
/** Ports of one host, and lines of a script that are shown. */
const MOST_PORTS = 500
const MOST_LINES = 40
/** Guesses of the system. */
const MOST_GUESSES = 3

/** @param width columns that it may take; unset: as many as it needs */
export function resultText(result: NmapResult, width = Number.POSITIVE_INFINITY): string {
  const { hosts, facts } = result
  const blocks = hosts.slice(0, MOST_HOSTS).map((host) => hostText(host, width))
  if (hosts.length > MOST_HOSTS) blocks.push(`${hosts.length - MOST_HOSTS} more hosts: .hosts has all`)
  return [...blocks, [...facts.warnings.map((line) => oneLine(line)), totals(result)].join('\n')].join('\n\n')
}

function hostText(host: NmapHost, width: number): string {
  const { address, name, state, rtt, reason, mac, vendor, os, ports, notShown, trace, distance } = host
  const title = name === undefined ? address : `${name} (${address})`
  const told = state === 'up' && rtt !== undefined ? `up, ${formatDuration(rtt)}` : state
  const card = mac === undefined ? [] : [vendor === undefined ? mac : `${mac} (${vendor})`]
  const lines = [oneLine(`${title}: ${[state === 'down' ? `down: ${reason}` : told, ...card].join(', ')}`)]
  if (notShown.length > 0) lines.push(`Not shown: ${oneLine(notShown.map(hiddenText).join(', '))}`)
  if (ports.length > 0) lines.push(...portTable(ports.slice(0, MOST_PORTS), width))
  if (ports.length > MOST_PORTS) lines.push(`${ports.length - MOST_PORTS} more ports: .ports has all`)
  for (const port of ports.slice(0, MOST_PORTS))
    for (const script of port.scripts ?? []) lines.push(...scriptText(`${port.port}/${port.protocol} `, script))
  for (const script of host.scripts) lines.push(...scriptText('', script))
  if (os.length > 0) {
    const guesses = os.slice(0, MOST_GUESSES).map(({ name: system, accuracy }) => `${system} (${accuracy} %)`)
    const more = os.length > MOST_GUESSES ? ` and ${os.length - MOST_GUESSES} more` : ''
    lines.push(oneLine(`System, guessed: ${guesses.join('; ')}${more}`))
  }
  if (trace.length > 0) lines.push(`Way: ${oneLine(trace.map(({ ttl, address: hop }) => `${ttl} ${hop}`).join(', '))}`)
  else if (distance !== undefined && distance > 0) lines.push(`${distance} hop${distance === 1 ? '' : 's'} away`)
  return lines.join('\n')
}

function portTable(ports: readonly NmapPort[], width: number): string[] {
  const columns = [
    { heading: 'PORT', cells: ports.map(({ port, protocol }) => oneLine(`${port}/${protocol}`)), gives: 0 },
    { heading: 'STATE', cells: ports.map(({ state }) => state), gives: 0 },
    { heading: 'SERVICE', cells: ports.map(serviceCell) },
    { heading: 'VERSION', cells: ports.map(versionCell), gives: 2 },
    { heading: 'REASON', cells: ports.map(({ reason }) => oneLine(reason)), isOptional: true },
  ]
  return table(
    columns.filter(({ cells }) => cells.some((cell) => cell !== '')),
    width,
    plain,
  ).lines
}

function serviceCell({ service, tunnel }: NmapPort): string {
  if (service === undefined) return ''
  return oneLine(`${tunnel === undefined ? '' : `${tunnel}/`}${service}`)
}

function versionCell({ product, version, extraInfo }: NmapPort): string {
  const extra = extraInfo === undefined ? undefined : `(${extraInfo})`
  return oneLine([product, version, extra].filter((part) => part !== undefined).join(' '))
}

function scriptText(where: string, { id, output }: NmapScript): string[] {
  const lines = printable(output)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
  const name = oneLine(`${where}${id}`)
  if (lines.length <= 1) return [`  ${name}: ${(lines[0] ?? '').trim()}`]
  const more = lines.length > MOST_LINES ? [`    … ${lines.length - MOST_LINES} more lines`] : []
  return [`  ${name}:`, ...lines.slice(0, MOST_LINES).map((line) => `    ${line}`), ...more]
}

function hiddenText({ count, state, protocol, reasons }: NmapHiddenPorts): string {
  const why = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  const text = why.map(([reason, number]) => (why.length === 1 ? reason : `${reason} ${number}`)).join(', ')
  return `${count} ${state} ${protocol} port${count === 1 ? '' : 's'}${text === '' ? '' : ` (${text})`}`
}

function totals({ facts, hosts, up }: NmapResult): string {
  const { scanner, version, from, counts, duration, interrupted, problem } = facts
  const total = counts?.total ?? hosts.length
  const who = [scanner, version].filter((part) => part !== '').join(' ')
  const parts = [
    `${total} address${total === 1 ? '' : 'es'}, ${up.length} host${up.length === 1 ? '' : 's'} up`,
    ...(duration === undefined ? [] : [`in ${duration.toFixed(2)} s`]),
  ]
  const state = interrupted ? 'interrupted' : problem === undefined ? 'done' : 'not complete'
  const where = from === undefined ? '' : ` from ${from}`
  return oneLine(`${state}: ${parts.join(' ')} (${who}${where})${problem === undefined ? '' : `: ${problem}`}`)
}

/** Text from outside in one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim()
}
