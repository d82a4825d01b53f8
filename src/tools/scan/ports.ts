import { OptionError } from '../../exchange/index.js'
import { suggestion } from '../../packet/index.js'
import { type PortProtocol, serviceNames, servicePort, topPorts } from './services.js'

/**
 * Which ports: a number, a text (`'22,80,8000-8010'`, `'http,ssh'`, `'top'`, `'-'` for 1–65535, `'8000-'` for all from
 * there), or a list of these in which a pair of numbers is a range: `[22, [8000, 8010]]`.
 */
export type PortsGiven = number | string | readonly (number | string | readonly [number, number])[]

const HIGHEST = 65535

/**
 * The ports that are meant, in rising order, each once. A text may have parts for one protocol only, as nmap's:
 * `'T:80,443,U:53'`; those for the other one are left out.
 * @throws OptionError that names the part that is no port
 */
export function parsePorts(given: PortsGiven, protocol: PortProtocol = 'tcp'): number[] {
  const chosen = new Uint8Array(HIGHEST + 1)
  const members = typeof given === 'number' || typeof given === 'string' ? [given] : given
  if (!Array.isArray(members))
    throw new OptionError(
      `ports: give a number, a text such as '22,80,8000-8010', or a list such as [22, [8000, 8010]], not ${String(given)}`,
    )
  for (const member of members as readonly unknown[]) {
    if (typeof member === 'string') chooseText(chosen, member, protocol)
    else if (Array.isArray(member)) chooseRange(chosen, member, `[${member.join(', ')}]`)
    else chooseRange(chosen, [member, member], String(member))
  }
  const ports: number[] = []
  for (let port = 0; port <= HIGHEST; port++) if (chosen[port] === 1) ports.push(port)
  if (ports.length === 0) throw new OptionError(`ports: '${String(given)}' stands for no ${protocol} port at all`)
  return ports
}

/** The protocols that texts have parts for, as `'T:80,U:53'` has for both; none where no part is for one alone. */
export function protocolsNamed(given: PortsGiven): PortProtocol[] {
  const texts = (Array.isArray(given) ? given : [given]).filter((each) => typeof each === 'string')
  const prefixes = texts.flatMap((text) =>
    [...text.matchAll(/(?:^|,)\s*([TU]):/gi)].map(([, letter]) => letter!.toUpperCase()),
  )
  if (prefixes.length === 0) return []
  // What stands before the first prefix is for both.
  const forTcp = prefixes.includes('T') || texts.some((text) => !/^\s*[TU]:/i.test(text))
  return [...(forTcp ? (['tcp'] as const) : []), ...(prefixes.includes('U') ? (['udp'] as const) : [])]
}

function chooseText(chosen: Uint8Array, text: string, protocol: PortProtocol): void {
  let meant = true
  for (const written of text.split(',')) {
    let part = written.trim()
    const prefix = /^([TU]):\s*/i.exec(part)
    if (prefix !== null) {
      meant = (prefix[1]!.toUpperCase() === 'T') === (protocol === 'tcp')
      part = part.slice(prefix[0].length)
    }
    if (!meant) continue
    const range = /^(\d*)\s*-\s*(\d*)$/.exec(part)
    if (part === 'top') for (const port of topPorts(protocol)) chosen[port] = 1
    else if (/^\d+$/.test(part)) chooseRange(chosen, [Number(part), Number(part)], part)
    else if (range !== null) {
      const [, first, last] = range
      chooseRange(chosen, [first === '' ? 1 : Number(first), last === '' ? HIGHEST : Number(last)], part)
    } else chosen[portNamed(part, text, protocol)] = 1
  }
}

function portNamed(name: string, text: string, protocol: PortProtocol): number {
  if (name === '') throw new OptionError(`ports: nothing between two commas in '${text}'`)
  if (/^-\d+$/.test(name)) throw new OptionError(`ports: ${name} is not 0..65535`)
  const port = servicePort(name, protocol)
  if (port !== undefined) return port
  const near = suggestion(name, serviceNames(protocol))
  throw new OptionError(
    `ports: '${name}' is no ${protocol} port: numbers (80), ranges (8000-8010) and names of services (http) are${near}`,
  )
}

function chooseRange(chosen: Uint8Array, range: readonly unknown[], written: string): void {
  const [first, last] = range as readonly number[]
  if (range.length !== 2)
    throw new OptionError(`ports: a list inside the list is a range of two, [first, last], not ${written}`)
  for (const port of [first, last]) {
    if (typeof port !== 'number' || !Number.isInteger(port))
      throw new OptionError(`ports: ${String(port)} is no port: whole numbers from 0 to 65535 are`)
    if (port < 0 || port > HIGHEST)
      throw new OptionError(`ports: ${port} is not 0..65535${String(port) === written ? '' : ` (in ${written})`}`)
  }
  if (first! > last!) throw new OptionError(`ports: ${written} goes backwards; the smaller port comes first`)
  chosen.fill(1, first!, last! + 1)
}

/** Ports as text, runs as ranges: `'22,80,8000-8010'`. */
export function portsText(ports: Iterable<number>): string {
  const parts: string[] = []
  let first = -2
  let last = -2
  const end = (): void => {
    if (first >= 0) parts.push(first === last ? `${first}` : `${first}-${last}`)
  }
  for (const port of ports) {
    if (port !== last + 1) {
      end()
      first = port
    }
    last = port
  }
  end()
  return parts.join(',')
}
