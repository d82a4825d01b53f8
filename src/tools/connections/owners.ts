/** Whose sockets are: processes by /proc/PID/fd, users by /etc/passwd. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { turn } from '../../exchange/index.js'
import type { SocketProcess } from './connection.js'

/** Processes of one socket that are kept: a server may have thousands of workers. */
const MOST = 64
/** How long to look before others have their turn, ms. */
const TURN = 20

/** Which processes have which sockets open. */
export interface SocketOwners {
  /** By the sockets' inodes. */
  byInode: Map<number, SocketProcess[]>
  /** Processes into which this one may not look. */
  unseen: number
}

/** Looks through the open files of all processes for these sockets. */
export async function socketOwners(inodes: ReadonlySet<number>, signal: AbortSignal): Promise<SocketOwners> {
  const owners: SocketOwners = { byInode: new Map(), unseen: 0 }
  let began = performance.now()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    if (performance.now() - began > TURN) {
      await turn()
      if (signal.aborted) break
      began = performance.now()
    }
    lookInto(name, inodes, owners)
  }
  return owners
}

function lookInto(pid: string, inodes: ReadonlySet<number>, owners: SocketOwners): void {
  let files: string[]
  try {
    files = readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') owners.unseen++
    return
  }
  let owner: SocketProcess | undefined
  const seen = new Set<number>()
  for (const file of files) {
    const inode = inodeOf(`/proc/${pid}/fd/${file}`)
    if (inode === undefined || !inodes.has(inode) || seen.has(inode)) continue
    seen.add(inode)
    owner ??= { pid: Number(pid), name: nameOf(pid) }
    const known = owners.byInode.get(inode)
    if (known === undefined) owners.byInode.set(inode, [owner])
    else if (known.length < MOST) known.push(owner)
  }
}

function inodeOf(file: string): number | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(file))?.[1]
    return inode === undefined ? undefined : Number(inode)
  } catch {
    // Closed meanwhile.
    return undefined
  }
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '')
  } catch {
    return '?'
  }
}

/** Names of users by their numbers; empty where there is no such file. */
export function userNames(): Map<number, string> {
  const names = new Map<number, string>()
  let text: string
  try {
    text = readFileSync('/etc/passwd', 'utf8')
  } catch {
    return names
  }
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':')
    if (name && uid && !names.has(Number(uid))) names.set(Number(uid), name)
  }
  return names
}
