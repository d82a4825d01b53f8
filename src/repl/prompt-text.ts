/** What stands before the line: which interface is in use, what runs, and whether this is root. Asked for before each line, so it is cheap. */
import { closeSync, openSync, readSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { jobs } from '../exchange/job.js'
import { isUtf8 } from '../exchange/locale.js'
import { printable } from '../exchange/printable.js'
import { setting } from '../exchange/settings.js'
import type { Paint } from '../exchange/terminal-colours.js'
import { shownPath } from '../exchange/user-files.js'
import { namespaceName } from '../link/namespace.js'

/**
 * The prompt: `netshell eth0> `, `netshell eth0@blue · 2 jobs# `, or what the setting `prompt` makes of it. One line; without
 * colours it is what `paint` is given.
 */
export function promptText(paint: Paint): string {
  const own = setting('prompt')
  if (own !== undefined) return paint('cyan', filledIn(own))
  const running = runningJobs()
  const busy = running === 0 ? '' : `${isUtf8() ? ' · ' : ', '}${running} job${running === 1 ? '' : 's'}`
  const where = place()
  const root = isRoot()
  return `${paint('cyan', `netshell${where === '' ? '' : ` ${where}`}`)}${busy === '' ? '' : paint('yellow', busy)}${paint(root ? 'red' : 'cyan', root ? '#' : '>')} `
}

/** The interface in use, and the network namespace behind `@` when it has a name; empty where there is neither. */
function place(): string {
  const netns = ownNamespace()
  return `${printable(interfaceInUse())}${netns === '' ? '' : `@${printable(netns)}`}`
}

/** A prompt of the user's with its placeholders filled in. See PLACEHOLDERS of src/commands/setting-rules.ts. */
function filledIn(text: string): string {
  const values: Readonly<Record<string, () => string>> = {
    iface: interfaceInUse,
    netns: ownNamespace,
    jobs: () => String(runningJobs()),
    user: userName,
    host: () => hostname().split('.')[0]!,
    cwd: currentFolder,
    mark: () => (isRoot() ? '#' : '>'),
  }
  return text.replace(/\{(\w+)\}/g, (all, name: string) => {
    if (!Object.hasOwn(values, name)) return all
    return printable(values[name]!()).replaceAll('\n', '\\n')
  })
}

function runningJobs(): number {
  return jobs().filter(({ state }) => state === 'running').length
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.geteuid?.() ?? '')
  }
}

function currentFolder(): string {
  try {
    return shownPath(process.cwd())
  } catch {
    // It was removed.
    return '?'
  }
}

/** The interface of the setting, else that of the default route; empty without either. */
function interfaceInUse(): string {
  return setting('iface') ?? defaultRoute4() ?? defaultRoute6() ?? ''
}

/** Bytes of the routing tables that are looked at: a default route stands at the start, and the tables of some routers are long. */
const ENOUGH = 16_384

/** The interface of the default route with the lowest metric. Columns: interface, destination, gateway, flags, references, uses, metric, mask. */
function defaultRoute4(): string | undefined {
  let best: string | undefined
  let bestMetric = Number.POSITIVE_INFINITY
  for (const line of start('/proc/net/route').split('\n')) {
    const [name, destination, , flags, , , metric, mask] = line.split('\t')
    if (destination !== '00000000' || mask !== '00000000' || (Number.parseInt(flags!, 16) & 1) === 0) continue
    if (Number(metric) >= bestMetric) continue
    bestMetric = Number(metric)
    best = name!.trim()
  }
  return best
}

/** The same of IPv6: destination, prefix, source, prefix, next hop, metric, references, uses, flags, name. */
function defaultRoute6(): string | undefined {
  let best: string | undefined
  let bestMetric = 0xffffffff
  for (const line of start('/proc/net/ipv6_route').split('\n')) {
    const [destination, prefix, , , , metric, , , flags, name] = line.trim().split(/\s+/)
    if (name === undefined || prefix !== '00' || !/^0+$/.test(destination!) || name === 'lo') continue
    const isUp = (Number.parseInt(flags!, 16) & 1) !== 0
    if (!isUp || Number.parseInt(metric!, 16) >= bestMetric) continue
    bestMetric = Number.parseInt(metric!, 16)
    best = name
  }
  return best
}

function start(file: string): string {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const bytes = Buffer.allocUnsafe(ENOUGH)
      return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, ENOUGH, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // Not Linux, or no such protocol here.
    return ''
  }
}

let namespace: string | undefined

/** Name of the network namespace that netshell was started in, as `ip netns` has it; empty for the usual one. */
function ownNamespace(): string {
  namespace ??= findNamespace()
  return namespace
}

function findNamespace(): string {
  try {
    return namespaceName() ?? ''
  } catch {
    // Not Linux.
    return ''
  }
}
