/** What this process may do, tried. */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { stopSignal, type TaskControl } from '../../exchange/index.js'
import { invokingUser } from '../../exchange/invoking-user.js'
import { findProgram } from '../../link/find-program.js'
import { hasForeignInterface } from '../../link/foreign.js'
import { guardPort } from '../../link/index.js'
import { mayOpenEchoSockets } from '../ping/ping-socket.js'
import { type Check, reason } from './check.js'
import { asRoot, installCommand } from './install.js'
import { somePort, wireChecks } from './wire-checks.js'

/** linux/capability.h */
const CAPABILITIES = { 12: 'cap_net_admin', 13: 'cap_net_raw', 21: 'cap_sys_admin' } as const

export async function rightsChecks(control: TaskControl<never>): Promise<Check[]> {
  const [capture, send] = await wireChecks(stopSignal(control))
  const raw = send!.state === 'ok'
  return [who(), capture!, send!, echoSockets(raw), resets(raw), firewall()].filter((check) => check !== undefined)
}

function who(): Check {
  const uid = process.geteuid?.()
  const invoking = invokingUser()
  const name = uid === 0 ? 'root' : nameOf()
  const caller = invoking === null ? '' : ` (sudo by user ${invoking.user}: files are his)`
  const held = capabilities()
  const found = `${name}${caller}${held === undefined ? '' : `; ${held.length === 0 ? 'no capabilities for networks' : held.join(', ')}`}`
  return { name: 'user', state: 'note', found }
}

function nameOf(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.geteuid?.()}`
  }
}

/** Those that matter for networks, as the kernel says; undefined where it has none. */
function capabilities(): string[] | undefined {
  try {
    const [, mask] = /^CapEff:\s*([\da-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (mask === undefined) return undefined
    const bits = BigInt(`0x${mask}`)
    return Object.entries(CAPABILITIES)
      .filter(([bit]) => ((bits >> BigInt(bit)) & 1n) === 1n)
      .map(([, name]) => name)
  } catch {
    return undefined
  }
}

/** Ping by the kernel's own ICMP sockets, which need no rights. @param raw whether packets of our own can be sent, which need none of this */
function echoSockets(raw: boolean): Check | undefined {
  if (process.platform !== 'linux' || !hasForeignInterface()) return undefined
  const may = ([4, 6] as const).filter((family) => mayOpenEchoSockets(family))
  const common = { name: 'ping sockets', tried: 'opened one for each version of IP' }
  if (may.length === 2) return { ...common, state: 'ok', found: 'ping works without further rights' }
  const versions = may.length === 0 ? 'none' : `only for IPv${may[0]}`
  const isRoot = process.geteuid?.() === 0
  if (raw || isRoot || may.length > 0)
    return {
      ...common,
      state: 'note',
      found: `${versions}${raw || isRoot ? '; not needed with the right to send packets' : ''}`,
    }
  return {
    ...common,
    state: 'limited',
    found: 'the kernel lets this user open none: ping needs root here',
    fix: [asRoot("sysctl -w net.ipv4.ping_group_range='0 2147483647'")],
  }
}

/** Keeping the kernel from resetting crafted TCP, where that can be sent at all. */
function resets(raw: boolean): Check | undefined {
  if (process.platform !== 'linux' || !hasForeignInterface() || !raw) return undefined
  const common = { name: 'TCP resets', tried: 'kept the kernel from resetting one port' }
  try {
    const guard = guardPort(somePort())
    guard.close()
    return {
      ...common,
      state: 'ok',
      found: `can be kept back, by ${guard.method === 'socket' ? 'a socket that stays silent' : 'nft'}`,
    }
  } catch (error) {
    return {
      ...common,
      state: 'limited',
      found: `the kernel resets crafted TCP: ${reason(error)}`,
      fix: [installCommand('nft')],
    }
  }
}

/** For source ports that a program of this machine listens on, there is only the firewall. */
function firewall(): Check | undefined {
  if (process.platform !== 'linux') return undefined
  const name = 'nft'
  const purpose = 'keeps back resets from ports that are in use'
  const program = findProgram('nft')
  if (program === undefined)
    return { name, state: 'limited', found: `not installed; it ${purpose}`, fix: [installCommand('nft')] }
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { status, stderr, error } = spawnSync(program, ['list', 'tables'], { encoding: 'utf8', timeout: 5000 })
  const tried = 'listed the tables of the firewall'
  if (status === 0) return { name, state: 'ok', found: `works; it ${purpose}`, tried }
  const why = error?.message ?? stderr.trim().split('\n')[0] ?? ''
  if (process.geteuid?.() !== 0) return { name, state: 'note', found: `installed; it ${purpose}, for root`, tried }
  return { name, state: 'limited', found: `it ${purpose}, but does not work: ${why}`, tried }
}
