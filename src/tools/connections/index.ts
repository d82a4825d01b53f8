import { closeSync, openSync, readSync } from 'node:fs'
import { stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { inNamespace, interfaces } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import type { Connection, SocketProtocol } from './connection.js'
import { ConnectionList } from './connection-list.js'
import { type ConnectionsOptions, type ConnectionsSettings, connectionsSettings } from './connections-options.js'
import { socketOwners, userNames } from './owners.js'
import { internetSockets, type LineParser, packetSockets, unixSockets } from './proc-net.js'

export type { Connection, SocketProcess, SocketProtocol, SocketState, SocketTimer } from './connection.js'
export { ConnectionList } from './connection-list.js'
export type { ConnectionsOptions } from './connections-options.js'
export { type NetstatRow, NetstatView } from './netstat-view.js'

/** Sockets that a list takes. */
const MOST = 200_000
/** Bytes that are read at a time. */
const CHUNK = 1 << 18
/** That of this thread, which may be in another namespace than the process. */
const FOLDER = '/proc/thread-self/net'

/**
 * The sockets of this machine, as `netstat -an` has them: `connections()`, `connections({listening: true})`, `connections({port: 443})`.
 * Those that listen come first. Whose they are is told as far as this user may know.
 */
export function connections(options: ConnectionsOptions = {}): Task<ConnectionList> {
  return Task.run((control) => runConnections(control, options), { name: 'connections' })
}

/** The work of `connections`. @throws OptionError, PacketError or LinkError that says what is wrong */
export async function runConnections(
  control: TaskControl<ConnectionList>,
  options: ConnectionsOptions = {},
): Promise<ConnectionList> {
  const settings = connectionsSettings(options)
  if (process.platform !== 'linux')
    throw new PacketError('connections reads /proc, which only Linux has; here: sh`netstat -an`')
  const signal = stopSignal(control)
  const list = new ConnectionList()
  const nameOf = settings.wants('packet') ? interfaceNames(settings.netns) : () => undefined
  inNamespace(settings.netns, () => readSockets(settings, list, nameOf))
  const inodes = new Set(list.map(({ inode }) => inode))
  inodes.delete(0)
  const owners = await socketOwners(inodes, signal)
  const users = userNames()
  let hidden = 0
  for (const connection of list) {
    const found = owners.byInode.get(connection.inode)
    const user = users.get(connection.uid)
    if (user !== undefined) connection.user = user
    if (found === undefined) {
      if (connection.inode !== 0 && owners.unseen > 0) hidden++
      continue
    }
    connection.pid = found[0]!.pid
    connection.process = found[0]!.name
    if (found.length > 1) connection.processes = found
  }
  const { ofProcess } = settings
  const kept = ofProcess === undefined ? list : (list.filter(ofProcess) as ConnectionList)
  return sorted(kept._lacks({ hidden, more: list.more }))
}

function readSockets(
  settings: ConnectionsSettings,
  list: ConnectionList,
  nameOf: (index: number) => string | undefined,
): void {
  const take = (file: string, parse: LineParser): void =>
    eachLine(`${FOLDER}/${file}`, (line) => {
      const connection = parse(line)
      if (connection === null || !settings.matches(connection)) return
      if (list.length < MOST) list.push(connection)
      else list._lacks({ more: list.more + 1 })
    })
  for (const protocol of ['tcp', 'udp', 'udplite', 'icmp', 'raw'] as const satisfies readonly SocketProtocol[]) {
    if (settings.wants(protocol, 4)) take(protocol, internetSockets(protocol, 4))
    if (settings.wants(protocol, 6)) take(`${protocol}6`, internetSockets(protocol, 6))
  }
  if (settings.wants('packet')) take('packet', packetSockets(nameOf))
  if (settings.wants('unix')) take('unix', unixSockets)
}

/** Reads a file of /proc line by line: it may be large, and has no size before it is read. */
function eachLine(file: string, take: (line: string) => void): void {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    // A kernel without this protocol.
    return
  }
  try {
    const chunk = Buffer.alloc(CHUNK)
    let rest = ''
    for (;;) {
      const length = readSync(descriptor, chunk, 0, CHUNK, null)
      if (length === 0) break
      const lines = (rest + chunk.toString('latin1', 0, length)).split('\n')
      rest = lines.pop()!
      for (const line of lines) take(line)
    }
    if (rest !== '') take(rest)
  } finally {
    closeSync(descriptor)
  }
}

/** Names of interfaces by number. */
function interfaceNames(netns: string | undefined): (index: number) => string | undefined {
  const names = new Map(interfaces(netns === undefined ? {} : { netns }).map(({ index, name }) => [index, name]))
  return (index) => names.get(index)
}

const ORDER: readonly SocketProtocol[] = ['tcp', 'udp', 'udplite', 'icmp', 'raw', 'packet', 'unix']

/** Those that listen first, then by protocol and port. */
function sorted(list: ConnectionList): ConnectionList {
  const rank = ({ listening, protocol, family, state }: Connection): number =>
    (listening ? 0 : 1000) + ORDER.indexOf(protocol) * 10 + (family === 6 ? 5 : 0) + (state === 'TIME_WAIT' ? 1 : 0)
  list.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.localPort ?? 0) - (b.localPort ?? 0) ||
      (a.local < b.local ? -1 : a.local > b.local ? 1 : 0) ||
      (a.remotePort ?? 0) - (b.remotePort ?? 0) ||
      a.inode - b.inode,
  )
  return list
}
