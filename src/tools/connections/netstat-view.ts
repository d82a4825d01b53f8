/** Sockets as `netstat -an` of net-tools prints them, so that what a book says of its columns holds. */
import { inspect } from 'node:util'
import type { Connection } from './connection.js'

/** One line. The words are those of netstat's heading. */
export interface NetstatRow {
  proto: string
  recvQ: number
  sendQ: number
  /** `'127.0.0.1:80'`, `':::22'`: IPv6 without brackets. */
  local: string
  foreign: string
  /** Empty of UDP without a peer; of raw sockets the kernel's number. */
  state: string
}

/** In the order of netstat; others it does not list. */
const PROTOCOLS = ['tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6']
const HEADING = [
  'Active Internet connections (servers and established)',
  'Proto Recv-Q Send-Q Local Address           Foreign Address         State',
]
/** What the kernel calls a raw socket without and with a peer: include/net/tcp_states.h */
const RAW_STATES = { alone: '7', connected: '1' }
const MAPPED = /^::ffff:(?=\d+\.)/

/** What `connections().netstat()` gives: TCP, UDP and raw sockets of the list. */
export class NetstatView {
  readonly rows: readonly NetstatRow[]

  constructor(connections: readonly Connection[]) {
    const known = connections
      .map((connection) => ({ connection, proto: protoOf(connection) }))
      .filter(({ proto }) => PROTOCOLS.includes(proto))
    this.rows = known
      .sort((a, b) => PROTOCOLS.indexOf(a.proto) - PROTOCOLS.indexOf(b.proto))
      .map(({ connection, proto }) => rowOf(connection, proto))
  }

  [Symbol.iterator](): IterableIterator<NetstatRow> {
    return this.rows[Symbol.iterator]()
  }

  /** The lines, heading included. Long addresses are whole, as with `netstat -anW`. */
  toString(): string {
    const lines = this.rows.map(({ proto, recvQ, sendQ, local, foreign, state }) =>
      [
        proto.padEnd(5),
        String(recvQ).padStart(6),
        String(sendQ).padStart(6),
        local.padEnd(23),
        foreign.padEnd(23),
        state,
      ]
        .join(' ')
        .trimEnd(),
    )
    return [...HEADING, ...lines].join('\n')
  }

  [inspect.custom](): string {
    return this.toString()
  }

  /** The rows. */
  toJSON(): readonly NetstatRow[] {
    return this.rows
  }
}

function protoOf({ protocol, family }: Connection): string {
  return `${protocol}${family === 6 ? '6' : ''}`
}

function rowOf(connection: Connection, proto: string): NetstatRow {
  const { protocol, state, receiveQueue, sendQueue } = connection
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = connection
  const rawState = state === null ? RAW_STATES.alone : RAW_STATES.connected
  return {
    proto: proto.replace('udplite', 'udpl'),
    recvQ: receiveQueue,
    sendQ: sendQueue,
    local: withPort(localAddress, localPort),
    foreign: withPort(remoteAddress, remotePort),
    state: protocol === 'raw' ? rawState : (state ?? ''),
  }
}

function withPort(address: string, port: number): string {
  return `${address.replace(MAPPED, '')}:${port === 0 ? '*' : port}`
}
