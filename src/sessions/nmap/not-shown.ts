/** Which ports those are that nmap only counts. */
import { portsText } from '../../tools/scan/ports.js'
import type { NmapHost } from './nmap-result.js'

const HIGHEST_PORT = 65535
/** Of a text that is read; all ports one by one are shorter. */
const LONGEST = 500_000

/** The ports of a text such as `'1-21,23'`, in rising order, each once. What is none is left out: the text comes from outside. */
export function allPortsOf(text: string): number[] {
  const chosen = new Uint8Array(HIGHEST_PORT + 1)
  for (const part of text.slice(0, LONGEST).split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? []
    if (first !== undefined && Number(last) <= HIGHEST_PORT && Number(first) <= Number(last))
      chosen.fill(1, Number(first), Number(last) + 1)
  }
  const ports: number[] = []
  for (let port = 0; port <= HIGHEST_PORT; port++) if (chosen[port] === 1) ports.push(port)
  return ports
}

/**
 * Older versions of nmap say how many ports are closed, and not which. They are those that were asked and are listed nowhere: where only
 * one group has none, they are known.
 */
export function completeHidden(host: NmapHost, asked: ReadonlyMap<string, readonly number[]>): void {
  const [only] = asked.size === 1 ? asked.keys() : []
  for (const part of host.notShown) if (part.protocol === '' && only !== undefined) part.protocol = only
  const unknown = host.notShown.filter(({ ports }) => ports === '')
  for (const part of unknown) {
    const { protocol, count } = part
    const all = asked.get(protocol)
    if (all === undefined || unknown.some((other) => other !== part && other.protocol === protocol)) continue
    const listed = new Set(host.ports.filter((port) => port.protocol === protocol).map(({ port }) => port))
    for (const other of host.notShown)
      if (other.protocol === protocol) for (const port of allPortsOf(other.ports)) listed.add(port)
    const left = all.filter((port) => !listed.has(port))
    if (left.length === count) part.ports = portsText(left)
  }
}
