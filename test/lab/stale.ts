/** Removes what labs left behind whose process did not live to close them. */
import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** Names of namespaces and of temporary folders of labs: netshell-lab-PID-COUNTER, and a side for namespaces. */
const LAB_NAME = /^netshell-lab-(\d+)-(\d+)(?:-(?:here|there))?$/
const NAMESPACE_FOLDER = '/run/netns'

/** The name that all parts of one lab share. */
export function labName(counter: number): string {
  return `netshell-lab-${process.pid}-${counter}`
}

/** Names of the namespaces of labs on this machine, of this process and of others. */
export function labNamespaces(): string[] {
  return listed(NAMESPACE_FOLDER).filter((name) => LAB_NAME.test(name))
}

/** Removes namespaces, processes in them, and temporary folders of labs whose process is gone. */
export function removeStaleLabs(): void {
  for (const name of labNamespaces()) if (ownerIsGone(name)) removeNamespace(name)
  for (const name of listed(tmpdir()))
    if (LAB_NAME.test(name) && ownerIsGone(name)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
}

/**
 * Kills the processes that still run in a namespace of a lab, by their ids, and removes it. The veth pair goes with it.
 * Synchronous, so that it works in an exit handler. Does nothing when the namespace is gone already.
 */
export function removeNamespace(name: string): void {
  if (!LAB_NAME.test(name)) throw new Error(`'${name}' is no namespace of a lab: it is left alone`)
  for (const pid of processesIn(name)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in between.
    }
  }
  quietly(['netns', 'del', name])
}

/** Ids of the processes in a namespace; none when there is no such namespace. */
export function processesIn(name: string): number[] {
  return quietly(['netns', 'pids', name]).split('\n').filter(Boolean).map(Number)
}

function ownerIsGone(name: string): boolean {
  const pid = Number(LAB_NAME.exec(name)?.[1])
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function quietly(argv: string[]): string {
  try {
    return execFileSync('ip', argv, { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
