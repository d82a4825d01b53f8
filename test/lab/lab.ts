/**
 * A practice network for tests: two network namespaces, `here` and `there`, joined by a veth pair, with the kernel as
 * peer. Everything in it is gone after `close()`, also when a test failed, and what a killed run left behind is
 * removed by the next `openLab()`. Needs root; see lab.test.ts for what it promises.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { LabCapture } from './capture.js'
import { netshellCommand } from './netshell-program.js'
import {
  makeOpenVpnFiles,
  type OpenVpnFiles,
  type OpenVpnOptions,
  type OpenVpnServer,
  openVpnCommand,
  openVpnReady,
} from './openvpn.js'
import { type Child, must, type RunOptions, type RunResult, run, start } from './process.js'
import { labName, processesIn, removeNamespace, removeStaleLabs } from './stale.js'

export type Side = 'here' | 'there'

/** One end of the lab. */
export interface LabHost {
  side: Side
  /** Name for `ip netns exec`. */
  namespace: string
  /** Name of the Ethernet interface; the other is 'lo'. */
  interfaceName: string
  ipv4: string
  ipv6: string
  mac: string
}

/** A listener of the kernel's own stack in `there`, which sends every byte back. */
export interface LabListener {
  protocol: 'tcp' | 'udp'
  port: number
  child: Child
  stop(): Promise<void>
}

export interface LabOptions {
  /** Whether the kernel may hold back ICMP errors (it does, from the seventh in a second on); default false. */
  limitIcmpErrors?: boolean
  /** Largest packet of the link in bytes; default 1500. */
  mtu?: number
}

const ECHO = fileURLToPath(new URL('../../scripts/lab/echo.mjs', import.meta.url))
const NETSHELL_TIMEOUT = 30_000

const open = new Set<Lab>()
let counter = 0

/**
 * Makes a lab. Takes about 0.2 s.
 * @throws Error without root, or when `ip` is missing or refuses.
 */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  if (process.getuid?.() !== 0)
    throw new Error(
      'the lab makes network namespaces, which needs root: run the tests with sudo, or in a container as root',
    )
  if (counter === 0) {
    removeStaleLabs()
    process.once('exit', removeOpenLabs)
    // A test runner ends its workers so; handled once, the signal then does what it does.
    process.once('SIGTERM', () => {
      removeOpenLabs()
      process.kill(process.pid, 'SIGTERM')
    })
  }
  const lab = new Lab(await freeName())
  open.add(lab)
  try {
    await lab.build(options)
    return lab
  } catch (error) {
    await lab.close()
    throw error
  }
}

function removeOpenLabs(): void {
  for (const lab of open) lab.remove()
}

/** Threads of one process share its id, so the name may be taken: the first namespace is the claim to it. */
async function freeName(): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const name = labName(++counter)
    const result = await run(['ip', 'netns', 'add', `${name}-here`])
    if (result.status === 0) return name
    if (!result.stderr.includes('File exists'))
      throw new Error(`no network namespace could be made: ${result.stderr.trim()}`)
  }
  throw new Error('no free name for a lab in 100 attempts')
}

export class Lab {
  readonly here: LabHost
  readonly there: LabHost
  /** Addresses behind `there`, to which `here` has a route. */
  readonly beyond: {
    /** `there` answers: host unreachable. */
    unreachable: string
    /** `there` drops it: no answer at all. */
    silent: string
    /** `there` forwards it when its TTL allows, else answers: time exceeded. */
    distant: string
  }
  /** A temporary folder of this lab; captures go there. Removed by `close()`. */
  readonly folder: string
  private readonly children = new Set<Child>()
  private captures = 0
  private openVpnFiles: Promise<OpenVpnFiles> | undefined

  constructor(name: string) {
    this.folder = join(tmpdir(), name)
    const network = counter % 250
    const hex = network.toString(16).padStart(2, '0')
    const host = (side: Side, last: number): LabHost => ({
      side,
      namespace: `${name}-${side}`,
      interfaceName: `veth-${side}`,
      ipv4: `10.86.${network}.${last}`,
      ipv6: `fd00:86:${network}::${last}`,
      mac: `02:00:0a:56:${hex}:0${last}`,
    })
    this.here = host('here', 1)
    this.there = host('there', 2)
    const behind = `10.87.${network}.`
    this.beyond = { unreachable: `${behind}1`, silent: `${behind}2`, distant: `${behind}3` }
  }

  /** Runs a program in a namespace to its end. @throws Error when it is missing or takes longer than `timeout` ms. */
  exec(side: Side, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(this.inside(side, argv), options)
  }

  /** Starts a program in a namespace; `close()` ends it. */
  spawn(side: Side, argv: readonly string[], options: Omit<RunOptions, 'input' | 'timeout'> = {}): Child {
    const child = start(this.inside(side, argv), options)
    this.children.add(child)
    const forget = () => this.children.delete(child)
    child.exited.then(forget, forget)
    return child
  }

  /**
   * Runs netshell as a user would, after building it when needed, with the lab's folder as home.
   * Default time-out 30 s, the build not counted.
   */
  async netshell(side: Side, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const command = await netshellCommand()
    return this.exec(side, [...command, ...argv], {
      timeout: NETSHELL_TIMEOUT,
      ...options,
      environment: { HOME: this.folder, ...options.environment },
    })
  }

  /** Starts netshell at a terminal (a pty made by `script`): write lines, wait for output. The terminal echoes input. */
  async spawnNetshell(side: Side, argv: readonly string[] = []): Promise<Child> {
    const quoted = [...(await netshellCommand()), ...argv].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    return this.spawn(side, ['script', '--quiet', '--flush', '--return', '--command', quoted, '/dev/null'], {
      environment: { TERM: 'xterm', HOME: this.folder, NO_COLOR: '1' },
    })
  }

  /**
   * Captures with tcpdump into a pcap file; resolves when tcpdump really listens.
   * @param filter in tcpdump's language; without it, everything.
   * @param options.interfaceName default: the Ethernet interface; 'any' gives link type Linux cooked 2.
   * @param options.arguments further arguments of tcpdump, such as `['--time-stamp-precision=nano']`.
   */
  async capture(
    side: Side,
    filter = '',
    options: { interfaceName?: string; arguments?: readonly string[] } = {},
  ): Promise<LabCapture> {
    const file = join(this.folder, `capture-${++this.captures}.pcap`)
    const interfaceName = options.interfaceName ?? this[side].interfaceName
    // -Z root: else tcpdump drops its rights before it opens the file, which is in a folder of root.
    const fixed = ['tcpdump', '-i', interfaceName, '-n', '-U', '--immediate-mode', '-Z', 'root', '-w', file]
    const child = this.spawn(side, [...fixed, ...(options.arguments ?? []), ...(filter ? [filter] : [])])
    return new LabCapture(child, file).listening()
  }

  /** A TCP echo server in `there`, on IPv4 and IPv6; port 0 takes a free one. */
  tcpListener(port = 0): Promise<LabListener> {
    return this.listener('tcp', port)
  }

  /** A UDP echo server in `there`, on IPv4 and IPv6; port 0 takes a free one. */
  udpListener(port = 0): Promise<LabListener> {
    return this.listener('udp', port)
  }

  /**
   * Makes a port of `there` filtered: 'drop' gives no answer, 'reject' an ICMP "administratively prohibited".
   * @throws Error when nft is missing.
   */
  async filterPort(protocol: 'tcp' | 'udp', port: number, how: 'drop' | 'reject' = 'drop'): Promise<void> {
    const verdict = how === 'drop' ? 'drop' : 'reject with icmpx type admin-prohibited'
    const rules = [
      'add table inet lab',
      'add chain inet lab input { type filter hook input priority 0; }',
      `add rule inet lab input ${protocol} dport ${port} ${verdict}`,
    ]
    await must(this.inside('there', ['nft', '-f', '-']), { input: `${rules.join('\n')}\n` })
  }

  /** A real OpenVPN server in `there`; resolves when it answers. */
  async openvpn(options: OpenVpnOptions = {}): Promise<OpenVpnServer> {
    const { protocol = 'udp', port = 1194, mode = 'plain' } = options
    this.openVpnFiles ??= makeOpenVpnFiles(join(this.folder, 'openvpn'))
    const { folder, staticKey } = await this.openVpnFiles
    const child = this.spawn('there', openVpnCommand(folder, { protocol, port, mode }))
    await child.waitFor(openVpnReady())
    return { protocol, port, mode, child, staticKey, stop: () => child.stop() }
  }

  /** Ends every process and removes everything. A second call does nothing. */
  async close(): Promise<void> {
    if (!open.has(this)) return
    await Promise.all([...this.children].map((child) => child.stop('SIGTERM', 2000)))
    this.remove()
  }

  /** The synchronous part of closing, also for the end of the process: kills what still runs in the namespaces. */
  remove(): void {
    open.delete(this)
    removeNamespace(this.here.namespace)
    removeNamespace(this.there.namespace)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Ids of all processes that run in the lab. */
  processes(): number[] {
    return [...processesIn(this.here.namespace), ...processesIn(this.there.namespace)]
  }

  /** Makes the second namespace and the network; called once, by `openLab`. */
  async build(options: LabOptions): Promise<void> {
    const { here, there } = this
    const mtu = options.mtu ?? 1500
    mkdirSync(this.folder, { recursive: true })
    await must(['ip', 'netns', 'add', there.namespace])
    await Promise.all([
      this.setKernel('here', options),
      this.setKernel('there', options, ['net/ipv4/ip_forward=1', 'net/ipv6/conf/all/forwarding=1']),
    ])
    await this.batch(here, [
      'link set lo up',
      `link add ${here.interfaceName} mtu ${mtu} address ${here.mac} type veth ` +
        `peer name ${there.interfaceName} mtu ${mtu} address ${there.mac} netns ${there.namespace}`,
    ])
    // A veth leaves checksums undone (the other end needs none): a capture would show them wrong, and frames too long.
    const offloads = ['tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off']
    for (const { side, interfaceName } of [here, there])
      await must(this.inside(side, ['ethtool', '-K', interfaceName, ...offloads]))
    await this.batch(there, ['link set lo up', `link set ${there.interfaceName} up`])
    await this.batch(here, [`link set ${here.interfaceName} up`])
    await this.batch(here, [
      ...addresses(here),
      `route add ${behind(there.ipv4)} via ${there.ipv4}`,
      `route add ${behind6(there.ipv6)} via ${there.ipv6}`,
    ])
    await this.batch(there, [
      ...addresses(there),
      `route add unreachable ${this.beyond.unreachable}`,
      `route add blackhole ${this.beyond.silent}`,
      `route add ${this.beyond.distant} via ${here.ipv4}`,
      `route add unreachable ${behind6(there.ipv6)}`,
    ])
  }

  private inside(side: Side, argv: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this[side].namespace, ...argv]
  }

  private async batch(host: LabHost, lines: readonly string[]): Promise<void> {
    await must(['ip', '-n', host.namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` })
  }

  private async setKernel(side: Side, options: LabOptions, more: readonly string[] = []): Promise<void> {
    const settings = [
      // No wait for duplicate addresses, no solicitation of routers: they only add noise and time.
      'net/ipv6/conf/all/accept_dad=0',
      'net/ipv6/conf/default/accept_dad=0',
      'net/ipv6/conf/default/accept_ra=0',
      'net/ipv6/conf/default/router_solicitations=0',
      'net/ipv4/conf/all/send_redirects=0',
      'net/ipv4/conf/default/send_redirects=0',
      ...(options.limitIcmpErrors ? [] : ['net/ipv4/icmp_ratelimit=0', 'net/ipv6/icmp/ratelimit=0']),
      ...more,
    ]
    // The settings of a namespace are seen only from inside, and sysctl is not everywhere.
    const write = 'for setting; do echo "${setting#*=}" > "/proc/sys/${setting%%=*}" || exit; done'
    await must(this.inside(side, ['sh', '-c', write, 'sh', ...settings]))
  }

  private async listener(protocol: 'tcp' | 'udp', port: number): Promise<LabListener> {
    const child = this.spawn('there', [process.execPath, ECHO, protocol, String(port)])
    const [, chosen] = await child.waitFor(/ready \w+ (\d+)/)
    return { protocol, port: Number(chosen), child, stop: () => child.stop() }
  }
}

function addresses(host: LabHost): string[] {
  return [
    `address add ${host.ipv4}/24 dev ${host.interfaceName}`,
    `address add ${host.ipv6}/64 dev ${host.interfaceName} nodad`,
  ]
}

const behind = (ipv4: string) => ipv4.replace('10.86.', '10.87.').replace(/\d+$/, '0/24')
const behind6 = (ipv6: string) => ipv6.replace('fd00:86:', 'fd00:87:').replace(/::\d+$/, '::/64')
