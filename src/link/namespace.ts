/**
 * Network namespaces (network_namespaces(7)). A thread is in one of them; sockets stay in the one that they were opened
 * in. So work that opens sockets or asks the kernel is done with this thread inside, and the thread comes back before
 * anything else runs.
 */
import { closeSync, constants, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { suggestion } from '../packet/errors.js'
import { hasForeignInterface, lastErrno } from './foreign.js'
import { cLibrary } from './libc.js'
import { LinkError } from './link.js'

/** Where a question to the system or a link is to be at home. */
export interface NamespaceOptions {
  /**
   * Network namespace: a name as in `ip netns list`, a path (`/run/netns/blue`, `/proc/4711/ns/net`), or the number of a
   * process as text (`'4711'`). Unset: the one that netshell runs in. Entering another one needs root (CAP_SYS_ADMIN).
   */
  netns?: string | undefined
}

/** iproute2's folder, and where it is on systems whose /var/run is not /run. */
const FOLDERS = ['/run/netns', '/var/run/netns']
/** That of the calling thread: /proc/self would be the main thread's. */
const OWN = '/proc/thread-self/ns/net'
// linux/sched.h
const CLONE_NEWNET = 0x40000000
/** sysexits.h: internal error. */
const EX_SOFTWARE = 70

/**
 * Runs `work` with this thread inside a network namespace and gives its result; undefined just runs it. The thread is
 * back when this returns or throws. `work` must be synchronous: what goes on later (promises, callbacks) and what runs on
 * other threads (koffi's async calls, Node's file and DNS functions) is not inside. Descriptors opened inside stay in
 * the namespace, child processes started inside too.
 * @throws LinkError when there is no such namespace (with the names of those there are), when rights or koffi are missing
 */
export function inNamespace<T>(netns: string | undefined, work: () => T): T {
  if (netns === undefined) return work()
  const target = openNamespace(netns)
  let home: number
  try {
    home = openSync(OWN, 'r')
  } catch (cause) {
    closeSync(target)
    throw new LinkError('SYSTEM', `no network namespace can be entered: ${OWN} can not be opened`, { cause })
  }
  try {
    enter(target, netns)
    let result: T
    try {
      result = work()
    } finally {
      comeBack(home, netns)
    }
    if (result instanceof Promise)
      throw new TypeError(`the work in namespace ${netns} is asynchronous: only its beginning was inside`)
    return result
  } finally {
    closeQuietly(target)
    closeQuietly(home)
  }
}

/** The names that `ip netns list` shows, in order of the alphabet. Works without root. */
export function namespaces(): string[] {
  const names = new Set<string>()
  for (const folder of FOLDERS) {
    try {
      for (const name of readdirSync(folder)) names.add(name)
    } catch {
      // No namespace was named yet.
    }
  }
  return [...names].sort()
}

/** The first name of the namespace that this thread is in, or of the one with this number; undefined: it has none. */
export function namespaceName(number = ownNamespace()): string | undefined {
  return namespaces().find((name) => {
    const { ino } = statSync(pathOf(name), { throwIfNoEntry: false }) ?? {}
    return ino === number
  })
}

/** Number of the network namespace that this thread is in. */
export function ownNamespace(): number {
  return statSync(OWN).ino
}

/**
 * A text that stands for this very namespace, for keys of caches: one that was deleted and made again under the same name
 * has another. `''` for undefined.
 * @throws LinkError when there is no such namespace
 */
export function namespaceKey(netns: string | undefined): string {
  if (netns === undefined) return ''
  try {
    const path = pathOf(netns)
    const { dev, ino, ctimeNs } = statSync(path, { bigint: true })
    // Numbers are given again. A name pins its file, so that the time stands; that of a process is made when looked at.
    return path.startsWith('/proc/') ? `${dev}:${ino}` : `${dev}:${ino}:${ctimeNs}`
  } catch (cause) {
    throw notOpened(netns, cause)
  }
}

/** Where the file of a namespace is. @throws LinkError when the name can not be one */
function pathOf(netns: string): string {
  if (process.platform !== 'linux')
    throw new LinkError('BAD_OPTION', `netns: network namespaces are Linux's; there are none on ${process.platform}`)
  if (typeof netns !== 'string' || netns === '' || netns === '.' || netns === '..' || netns.includes('\0'))
    throw new LinkError(
      'BAD_OPTION',
      `netns: a network namespace is given by its name as in 'ip netns list', a path or the number of a process as text, ` +
        `not ${typeof netns === 'string' ? JSON.stringify(netns) : String(netns)}`,
    )
  if (netns.includes('/')) return netns
  for (const folder of FOLDERS) {
    const path = `${folder}/${netns}`
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return path
  }
  return /^[1-9]\d{0,9}$/.test(netns) ? `/proc/${netns}/ns/net` : `${FOLDERS[0]}/${netns}`
}

function openNamespace(netns: string): number {
  const path = pathOf(netns)
  if (!hasForeignInterface())
    throw new LinkError(
      'LIBRARY_MISSING',
      `the network namespace '${netns}' can not be entered without koffi: run 'npm install koffi' in netshell's folder, ` +
        `or start netshell inside: sudo ip netns exec ${netns} netshell`,
    )
  try {
    // Not to wait: the path may be a pipe's.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw notOpened(netns, cause)
  }
}

function notOpened(netns: string, cause: unknown): LinkError {
  if (cause instanceof LinkError) return cause
  const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown'
  if (errno === 'EACCES' || errno === 'EPERM') return notAllowed(netns, errno)
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR' && errno !== 'ESRCH')
    return new LinkError('SYSTEM', `the network namespace '${netns}' can not be opened: ${errno}`, { errno })
  const names = namespaces()
  const there = names.length === 0 ? 'there is none with a name' : `there are: ${names.join(', ')}`
  const what = /^\d+$/.test(netns)
    ? `no network namespace '${netns}', and no process of this number`
    : `no network namespace '${netns}'${suggestion(netns, names)}`
  return new LinkError('NO_SUCH_NAMESPACE', `there is ${what} (${there}; ip netns list shows them)`, { errno })
}

function notAllowed(netns: string, errno: string): LinkError {
  return new LinkError(
    'NOT_PERMITTED',
    `working in the network namespace '${netns}' needs rights that this process lacks (CAP_SYS_ADMIN).\n` +
      'Run it with sudo: sudo netshell',
    { errno },
  )
}

function enter(target: number, netns: string): void {
  if (cLibrary().setns(target, CLONE_NEWNET) >= 0) return
  const errno = lastErrno()
  if (errno === 'EPERM') throw notAllowed(netns, errno)
  if (errno !== 'EINVAL')
    throw new LinkError('SYSTEM', `the network namespace '${netns}' can not be entered: ${errno}`, { errno })
  const leftOver = netns.includes('/') ? '' : `; when it was left behind by a restart, sudo ip netns delete ${netns}`
  throw new LinkError('NO_SUCH_NAMESPACE', `'${netns}' is no network namespace, but another file${leftOver}`, { errno })
}

/** Ends the process when it fails: all that follows would happen in a network where nobody expects it. */
function comeBack(home: number, netns: string): void {
  if (cLibrary().setns(home, CLONE_NEWNET) >= 0) return
  const text = `netshell: no way back from the network namespace '${netns}' (${lastErrno()}): ending here, to do no harm in it\n`
  writeSync(2, text)
  process.exit(EX_SOFTWARE)
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // Whoever closed it before: what matters is that it is not open.
  }
}
