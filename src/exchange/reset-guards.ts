import { guardPort, LinkError, namespaceKey, type ResetGuard } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import { checkOptions } from './options.js'
import { report } from './report.js'

/** How long the kernel's resets from a port are kept back after the last packet that we sent from it, ms. */
const AFTERGLOW = 600_000
/** Source ports that are guarded by themselves. A scan has more, and is better off with the kernel's resets. */
const MOST_AUTOMATIC = 64
/** Source ports that can be guarded when asked for. */
const MOST = 1024

interface Held {
  readonly guard: ResetGuard
  /** Guarded until the user lets go. */
  asked: boolean
  timer: NodeJS.Timeout | undefined
}

const held = new Map<string, Held>()
/** Ports that could not be guarded: it is not tried for each packet. */
const refused = new Set<string>()

/** Source ports whose resets are kept back; `close()` lets the kernel reset again. */
export class GuardedPorts {
  private readonly namespace: string

  constructor(
    readonly ports: readonly number[],
    netns: string | undefined,
  ) {
    this.namespace = namespaceKey(netns)
  }

  /** A second call does nothing. */
  close(): void {
    for (const port of this.ports) release(keyOf(port, this.namespace))
  }

  toString(): string {
    const methods = this.ports.map((port) => {
      const one = held.get(keyOf(port, this.namespace))
      return one === undefined ? `${port} (let go)` : `${port} (${one.guard.method})`
    })
    return `<resets kept back from TCP port${methods.length === 1 ? '' : 's'} ${methods.join(', ')}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * Keeps the kernel from sending RST for TCP connections that we craft from these source ports, until `close()` of what it
 * gives, or the end of the program; nothing is left behind. `sr`, `sr1` and `send` do this by themselves for the ports of the
 * TCP packets that they send (option `suppressReset`).
 * @throws PacketError for what is no port; LinkError when the system allows neither a socket nor a rule
 */
export function suppressReset(ports: number | readonly number[], options: { netns?: string } = {}): GuardedPorts {
  checkOptions('suppressReset', options, ['netns'])
  const list = typeof ports === 'number' ? [ports] : [...ports]
  if (list.length === 0 || list.length > MOST) throw new PacketError(`suppressReset: give 1 to ${MOST} ports`)
  for (const port of list)
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new PacketError(`suppressReset: ${String(port)} is no TCP port (1..65535)`)
  const fresh: string[] = []
  try {
    for (const port of list) if (hold(port, options.netns, true)) fresh.push(keyOf(port, namespaceKey(options.netns)))
  } catch (error) {
    for (const key of fresh) release(key)
    throw error
  }
  return new GuardedPorts(list, options.netns)
}

/** Guards the source ports of a run of crafted packets. One for each run; it knows what it has looked at. */
export class AutomaticGuards {
  private readonly seen = new Set<number>()

  /** @param mode true insists, 'auto' does it where it can */
  constructor(
    private readonly mode: true | 'auto',
    private readonly netns: string | undefined,
  ) {}

  /** Called with the source port of each TCP packet, before it is sent. @throws LinkError when asked for and not possible */
  note(port: number): void {
    if (port === 0 || this.seen.has(port)) return
    if (this.mode === 'auto' && this.seen.size >= MOST_AUTOMATIC) return
    if (this.seen.size >= MOST)
      throw new PacketError(
        `suppressReset: these packets have more than ${MOST} source ports; take fewer, or none of it`,
      )
    this.seen.add(port)
    try {
      hold(port, this.netns, false)
    } catch (error) {
      if (this.mode === true || !(error instanceof LinkError)) throw error
      // Without koffi there was a word about that already.
      const key = keyOf(port, namespaceKey(this.netns))
      if (error.code === 'LIBRARY_MISSING' || refused.has(key)) return
      refused.add(key)
      report(`${error.message}; it will reset what answers there`, 'warning')
    }
  }
}

/** The guards of a run with this option `suppressReset`; null where the kernel is let: then no packet is looked at. */
export function automaticGuards(mode: boolean | 'auto', netns: string | undefined): AutomaticGuards | null {
  return mode === false ? null : new AutomaticGuards(mode, netns)
}

/** Lets the kernel reset from all ports again. */
export function releasePorts(): void {
  for (const key of [...held.keys()]) release(key)
}

/** Gives whether the port was not held before. */
function hold(port: number, netns: string | undefined, asked: boolean): boolean {
  // A namespace that was made again under its old name is another one.
  const key = keyOf(port, namespaceKey(netns))
  let one = held.get(key)
  const isNew = one === undefined
  if (one === undefined) {
    if (!asked && refused.has(key)) return false
    one = { guard: guardPort(port, netns), asked, timer: undefined }
    held.set(key, one)
  }
  one.asked ||= asked
  clearTimeout(one.timer)
  if (one.asked) return isNew
  one.timer = setTimeout(() => release(key), AFTERGLOW)
  one.timer.unref()
  return isNew
}

function release(key: string): void {
  const one = held.get(key)
  if (one === undefined) return
  held.delete(key)
  clearTimeout(one.timer)
  one.guard.close()
}

/** @param namespace as `namespaceKey` gives it */
function keyOf(port: number, namespace: string): string {
  return `${namespace}:${port}`
}
