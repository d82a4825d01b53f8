import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { LinkError } from './link.js'
import { inNamespace } from './namespace.js'

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

  /** The table of this process in a network namespace. */
  static of(netns: string | undefined): ResetTable {
    let table = ResetTable.tables.get(netns ?? '')
    if (table === undefined) {
      table = new ResetTable(netns)
      ResetTable.tables.set(netns ?? '', table)
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
    this.renew([port])
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
      rmSync(`${NOTES}/${this.name}`, { force: true })
      throw new LinkError(
        'SYSTEM',
        `the kernel's resets from port ${port} can not be kept back: a socket on it is refused (${obstacle}), and so is a rule of nft (${failure})`,
      )
    }
    this.renewal = setInterval(() => this.renew([...this.ports]), (LIFETIME / 3) * 1000)
    this.renewal.unref()
    process.once('exit', this.drop)
  }

  private note(): void {
    try {
      mkdirSync(NOTES, { recursive: true, mode: 0o755 })
      writeFileSync(`${NOTES}/${this.name}`, this.netns ?? '', { mode: 0o644 })
    } catch {
      // Without a note a killed process leaves an empty table: its elements expire all the same.
    }
  }

  /** Elements keep their old time when they are added again: so they are taken out and put in, in one transaction. */
  private renew(ports: readonly number[]): void {
    const list = ports.join(', ')
    const element = (verb: string): string => `${verb} element inet ${this.name} ports { ${list} }`
    nft(`${element('add')}\n${element('delete')}\n${element('add')}`, this.netns)
  }

  private readonly drop = (): void => {
    clearInterval(this.renewal)
    process.removeListener('exit', this.drop)
    this.ports.clear()
    nft(`delete table inet ${this.name}`, this.netns)
    rmSync(`${NOTES}/${this.name}`, { force: true })
  }
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
      const netns = readFileSync(`${NOTES}/${name}`, 'utf8')
      nft(`delete table inet ${name}`, netns === '' ? undefined : netns)
      rmSync(`${NOTES}/${name}`, { force: true })
    } catch {
      // Its namespace is gone, and the table with it; or this user may not remove it.
    }
  }
}

/** Runs nft on these lines. Gives what it complains of, or undefined. */
function nft(lines: string, netns: string | undefined): string | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const result = inNamespace(netns, () =>
    spawnSync('nft', ['-f', '-'], {
      input: `${lines}\n`,
      encoding: 'utf8',
      timeout: 5000,
      env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
    }),
  )
  if (result.error !== undefined) {
    return (result.error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'nft is not installed: sudo apt-get install nftables'
      : result.error.message
  }
  return result.status === 0 ? undefined : (result.stderr.trim().split('\n')[0] ?? 'refused')
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
