import type { NamespaceOptions } from '../../link/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import { checkTable, FLAG, type OptionTable, text, wholeNumber } from '../option-kinds.js'
import type { Connection, SocketProtocol } from './connection.js'

/** Options of `connections`. */
export interface ConnectionsOptions extends NamespaceOptions, FamilyOptions {
  /** TCP. Of tcp, udp, raw, packet and unix those that are true are listed; none given: TCP, UDP and raw. */
  tcp?: boolean
  udp?: boolean
  raw?: boolean
  /** Sockets that see whole frames, as those of tcpdump. */
  packet?: boolean
  unix?: boolean
  /** Only those that wait for others (true), or only the others (false). */
  listening?: boolean
  /** Only those with a peer (true), or only the others (false). */
  established?: boolean
  /** Only with this port, on either side. */
  port?: number
  /** Only of this process. */
  pid?: number
  /** Only of processes with this in their name. */
  process?: string
}

const OPTIONS: OptionTable<ConnectionsOptions> = {
  ...FAMILY_OPTIONS,
  tcp: FLAG,
  udp: FLAG,
  raw: FLAG,
  packet: FLAG,
  unix: FLAG,
  listening: FLAG,
  established: FLAG,
  port: wholeNumber(0, 65535),
  pid: wholeNumber(1),
  process: text("a process's name, or part of it"),
  netns: text('the name of a network namespace; ip netns lists them'),
}

/** Which of the options chooses a protocol. */
const CHOICES: Readonly<Record<SocketProtocol, 'tcp' | 'udp' | 'raw' | 'packet' | 'unix'>> = {
  tcp: 'tcp',
  udp: 'udp',
  udplite: 'udp',
  icmp: 'raw',
  raw: 'raw',
  packet: 'packet',
  unix: 'unix',
}

/** What to look for. */
export interface ConnectionsSettings {
  netns: string | undefined
  wants(protocol: SocketProtocol, family?: 4 | 6): boolean
  /** By all but the process, which costs more to know. */
  matches(connection: Connection): boolean
  /** By the process; undefined: any. */
  ofProcess: ((connection: Connection) => boolean) | undefined
}

/** @throws OptionError, PacketError that say what is wrong */
export function connectionsSettings(options: ConnectionsOptions): ConnectionsSettings {
  checkTable('connections', options, OPTIONS)
  const { listening, established, port, pid, process: name, netns } = options
  const asked = familyAsked('connections', options)
  const chosen = new Set(Object.values(CHOICES).filter((choice) => options[choice] === true))
  if (chosen.size === 0)
    for (const choice of ['tcp', 'udp', 'raw'] as const) if (options[choice] !== false) chosen.add(choice)
  return {
    netns,
    wants: (protocol, family) => chosen.has(CHOICES[protocol]) && (asked === undefined || family === asked),
    matches: (connection) =>
      (listening === undefined || connection.listening === listening) &&
      (established === undefined ||
        (connection.state === 'ESTABLISHED' || connection.state === 'CONNECTED') === established) &&
      (port === undefined || hasPort(connection, port)),
    ofProcess:
      pid === undefined && name === undefined
        ? undefined
        : ({ pid: first, process: called, processes }) =>
            (processes ?? (first === undefined ? [] : [{ pid: first, name: called ?? '' }])).some(
              (each) => (pid === undefined || each.pid === pid) && (name === undefined || each.name.includes(name)),
            ),
  }
}

/** What a raw socket has in its place is no port. */
function hasPort({ protocol, localPort, remotePort }: Connection, port: number): boolean {
  return protocol !== 'raw' && (localPort === port || remotePort === port)
}
