import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { LinkError } from './link.js'
import { inNamespace, namespaceKey, namespaceName, ownNamespace } from './namespace.js'

/** How long a port stays in the set by itself, seconds: what a killed process leaves is without effect after that. */
const LIFETIME = 60
/** Where a process notes the tables that it made, for the next one to remove when it was killed. */
const NOTES = '/run/netshell'

/**
 * A firewall table of ours (nft), in which the kernel's RST segments from a set of source ports are dropped. Frames that we send
 * ourselves do not pass it. Its elements expire unless they are renewed; the table is removed with its last port, and that of a
 * process that was killed by the next one (`removeStaleTables`).
 */
export class ResetTable {
  private static readonly tables = new Map<string, ResetTable>()
  private readonly ports = new Set<number>()
  private readonly name = `netshell_${process.pid}_${startTime(process.pid) ?? 0}`
  private renewal: NodeJS.Timeout | undefined

  private constructor(private readonly netns: string | undefined) {}

  /** The table of this process in a network namespace. @throws LinkError when there is no such namespace */
  static of(netns: string | undefined): ResetTable {
    // One that was made again under its old name is another one, without our table.
    const key = namespaceKey(netns)
    let table = ResetTable.tables.get(key)
    if (table === undefined) {
      table = new ResetTable(netns)
      ResetTable.tables.set(key, table)
    }
    return table
  }

  /**
   * Drops resets from this port from now on.
   * @param obstacle why the port could not be had by a socket, for the error
   */
  add(port: number, obstacle: string): void {
    if (this.ports.size === 0) this.create(port, obstacle)
    this.ports.add(port)
    const failure = this.renew([port])
    if (failure === undefined) return
    this.ports.delete(port)
    if (this.ports.size === 0) this.drop()
    throw notKept(port, obstacle, failure)
  }

  /** Lets the kernel reset from this port again. */
  remove(port: number): void {
    if (!this.ports.delete(port)) return
    if (this.ports.size > 0) nft(`delete element inet ${this.name} ports { ${port} }`, this.netns)
    else this.drop()
  }

  private create(port: number, obstacle: string): void {
    removeStaleTables()
    this.note()
    const failure = nft(
      `table inet ${this.name} {
        set ports { type inet_service; flags timeout; timeout ${LIFETIME}s; }
        chain output { type filter hook output priority 0; tcp flags & rst == rst tcp sport @ports drop; }
      }`,
      this.netns,
    )
    if (failure !== undefined) {
      this.forgetNote()
      throw notKept(port, obstacle, failure)
    }
    this.renewal = setInterval(() => this.renew([...this.ports]), (LIFETIME / 3) * 1000)
    this.renewal.unref()
    process.once('exit', this.drop)
  }

  private note(): void {
    try {
      mkdirSync(NOTES, { recursive: true, mode: 0o755 })
      writeFileSync(`${NOTES}/${this.name}`, this.netns ?? `${OWN}${ownNamespace()}`, { mode: 0o644 })
    } catch {
      // Without a note a killed process leaves an empty table: its elements expire all the same.
    }
  }

  private forgetNote(): void {
    try {
      rmSync(`${NOTES}/${this.name}`, { force: true })
    } catch {
      // The next start looks after it.
    }
  }

  /** Elements keep their old time when they are added again: so they are taken out and put in, in one transaction. */
  private renew(ports: readonly number[]): string | undefined {
    const list = ports.join(', ')
    const element = (verb: string): string => `${verb} element inet ${this.name} ports { ${list} }`
    return nft(`${element('add')}\n${element('delete')}\n${element('add')}`, this.netns)
  }

  private readonly drop = (): void => {
    clearInterval(this.renewal)
    process.removeListener('exit', this.drop)
    this.ports.clear()
    nft(`delete table inet ${this.name}`, this.netns)
    this.forgetNote()
  }
}

function notKept(port: number, obstacle: string, failure: string): LinkError {
  return new LinkError(
    'SYSTEM',
    `the kernel's resets from port ${port} can not be kept back: a socket on it is refused (${obstacle}), and so is a rule of nft (${failure})`,
  )
}

/** Removes the tables of processes that are gone. Cheap when there are none; never throws. */
export function removeStaleTables(): void {
  let notes: string[]
  try {
    notes = readdirSync(NOTES)
  } catch {
    return
  }
  for (const name of notes) {
    const [, pid, started] = /^netshell_(\d+)_(\d+)$/.exec(name) ?? []
    if (pid === undefined || startTime(Number(pid)) === Number(started)) continue
    try {
      const netns = placeOf(readFileSync(`${NOTES}/${name}`, 'utf8'))
      if (netns !== null) nft(`delete table inet ${name}`, netns)
      rmSync(`${NOTES}/${name}`, { force: true })
    } catch {
      // This user may not remove it.
    }
  }
}

/** In a note, the number of the namespace that the process itself was in; it had no name for it. */
const OWN = 'net:'

/** Where the table of a note is, as the option `netns` takes it; null: that namespace is gone or has no name, its table empty. */
function placeOf(note: string): string | undefined | null {
  if (!note.startsWith(OWN)) return note === '' ? undefined : note
  const number = Number(note.slice(OWN.length))
  return number === ownNamespace() ? undefined : (namespaceName(number) ?? null)
}

/** Runs nft on these lines. Gives what it complains of, or undefined. Never throws: timers and the end of the program call it. */
function nft(lines: string, netns: string | undefined): string | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  try {
    const result = inNamespace(netns, () =>
      spawnSync('nft', ['-f', '-'], {
        input: `${lines}\n`,
        encoding: 'utf8',
        timeout: 5000,
        env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
      }),
    )
    if (result.error !== undefined) throw result.error
    return result.status === 0 ? undefined : (result.stderr.trim().split('\n')[0] ?? 'refused')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'nft is not installed: sudo apt-get install nftables'
      : (error as Error).message
  }
}

/** When a process began, in clock ticks since the start of the machine (proc_pid_stat(5), field 22); undefined when it is gone. */
function startTime(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}
