/** Lines of /proc/net/tcp and its like (proc_pid_net(5)) → sockets. */
import { endianness } from 'node:os'
import { formatIpv4, formatIpv6 } from '../../packet/index.js'
import type { Connection, SocketProtocol, SocketState, SocketTimer } from './connection.js'

/** include/net/tcp_states.h */
const STATES: readonly (SocketState | undefined)[] = [
  undefined,
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'SYN_RECV',
]
/** net/ipv4/tcp_ipv4.c, get_tcp4_sock() */
const TIMERS: readonly (SocketTimer['kind'] | undefined)[] = [
  undefined,
  'retransmit',
  'keepalive',
  'time-wait',
  'probe',
]
/** USER_HZ: ticks of a second in what the kernel prints. */
const TICKS = 100
/** linux/net.h, socket_state and flags. */
const UNIX_STATES: readonly (SocketState | undefined)[] = [
  undefined,
  undefined,
  'CONNECTING',
  'CONNECTED',
  'DISCONNECTING',
]
const ACCEPTS = 0x10000
const UNIX_TYPES: Readonly<Record<number, Connection['type']>> = { 1: 'stream', 2: 'dgram', 5: 'seqpacket' }

const LITTLE = endianness() === 'LE'

/** Reads one line; null for what is none, as the heading. */
export type LineParser = (line: string) => Connection | null

const INTERNET =
  /^\s*\d+: ([\dA-F]{8}(?:[\dA-F]{24})?):([\dA-F]{4}) ([\dA-F]{8}(?:[\dA-F]{24})?):([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]+):([\dA-F]+) ([\dA-F]{2}):([\dA-F]+) [\dA-F]+ +(\d+) +\d+ (\d+)/

/** Sockets of the Internet protocols. */
export function internetSockets(protocol: SocketProtocol, family: 4 | 6): LineParser {
  return (line) => {
    const found = INTERNET.exec(line)
    if (found === null) return null
    const [, localText, localHex, remoteText, remoteHex, stateHex, send, receive, timerHex, when, uid, inode] = found
    const localAddress = addressOf(localText!)
    const remoteAddress = addressOf(remoteText!)
    const localPort = Number.parseInt(localHex!, 16)
    const remotePort = Number.parseInt(remoteHex!, 16)
    const code = Number.parseInt(stateHex!, 16)
    // Without a handshake of their own the others have two states: with a peer or without.
    const state = protocol === 'tcp' || code === 1 ? (STATES[code] ?? null) : null
    const kind = protocol === 'tcp' ? TIMERS[Number.parseInt(timerHex!, 16)] : undefined
    return {
      protocol,
      family,
      local: withPort(localAddress, localPort, family),
      remote: withPort(remoteAddress, remotePort, family),
      localAddress,
      localPort,
      remoteAddress,
      remotePort,
      state,
      listening: state === 'LISTEN' || (protocol !== 'tcp' && state === null),
      receiveQueue: Number.parseInt(receive!, 16),
      sendQueue: Number.parseInt(send!, 16),
      uid: Number(uid),
      inode: Number(inode),
      ...(kind === undefined ? {} : { timer: { kind, seconds: Number.parseInt(when!, 16) / TICKS } }),
    }
  }
}

const UNIX = /^[\da-f]+: [\dA-F]+ [\dA-F]+ ([\dA-F]+) ([\dA-F]+) ([\dA-F]+) +(\d+)(?: (.*))?$/

/** Unix sockets; the kernel does not tell whose they are. */
export function unixSockets(line: string): Connection | null {
  const [, flags, type, state, inode, path = ''] = UNIX.exec(line) ?? []
  if (inode === undefined) return null
  const listening = (Number.parseInt(flags!, 16) & ACCEPTS) !== 0
  return {
    protocol: 'unix',
    local: path,
    remote: '',
    state: listening ? 'LISTENING' : (UNIX_STATES[Number.parseInt(state!, 16)] ?? null),
    listening,
    receiveQueue: 0,
    sendQueue: 0,
    uid: -1,
    inode: Number(inode),
    type: UNIX_TYPES[Number.parseInt(type!, 16)],
  }
}

const PACKET = /^[\da-f]+ +\d+ +\d+ +([\da-f]{4}) +(-?\d+) +\d +(\d+) +(\d+) +(\d+)/

/** Sockets that see whole frames, as those of tcpdump. @param nameOf name of an interface by its number */
export function packetSockets(nameOf: (index: number) => string | undefined): LineParser {
  return (line) => {
    const [, type, index, memory, uid, inode] = PACKET.exec(line) ?? []
    if (inode === undefined) return null
    const iface = index === '0' ? '*' : (nameOf(Number(index)) ?? `interface ${index}`)
    return {
      protocol: 'packet',
      local: `${iface}:${type === '0003' ? '*' : `0x${type}`}`,
      remote: '',
      state: null,
      listening: true,
      receiveQueue: Number(memory),
      sendQueue: 0,
      uid: Number(uid),
      inode: Number(inode),
    }
  }
}

/** The kernel prints an address as the numbers that its bytes are in memory. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (LITTLE) bytes.swap32()
  return bytes.length === 4 ? formatIpv4(bytes.readUInt32BE(0)) : formatIpv6(bytes)
}

function withPort(address: string, port: number, family: 4 | 6): string {
  return `${family === 6 ? `[${address}]` : address}:${port === 0 ? '*' : port}`
}
