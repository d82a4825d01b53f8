/**
 * A chain of network namespaces: a – r1 – r2 – b, each joined to the next one by a veth pair, with IPv4 and IPv6 addresses
 * and routes; the inner ones forward. For what goes over several hops. Needs root; `close()` removes all of it.
 */
import process from 'node:process'
import { type Child, must, type RunOptions, type RunResult, run, start } from './process.js'
import { labName, processesIn, removeNamespace, removeStaleLabs } from './stale.js'

/** One host of a chain. */
export interface ChainHost {
  /** 'a', 'r1', 'r2', …, 'b'. */
  name: string
  /** Name for `ip netns exec`. */
  namespace: string
  /** Interface towards the start and towards the end; the ends have one of them. */
  left?: ChainInterface
  right?: ChainInterface
}

export interface ChainInterface {
  name: string
  ipv4: string
  ipv6: string
}

export interface ChainOptions {
  /** Routers between the ends; default 2. */
  routers?: number
  /** Largest packet of each link in bytes, from the start; unset: 1500. */
  mtu?: readonly (number | undefined)[]
}

/** Far from the numbers of the labs of one process, whose namespaces share the pattern by which stale ones are found. */
let counter = 500_000
const open = new Set<Chain>()

/** Makes a chain. Takes about half a second. @throws Error without root, or when `ip` refuses */
export async function openChain(options: ChainOptions = {}): Promise<Chain> {
  if (counter === 500_000) {
    removeStaleLabs()
    process.once('exit', () => {
      for (const chain of open) chain.remove()
    })
  }
  const chain = new Chain(options.routers ?? 2)
  open.add(chain)
  try {
    await chain.build(options.mtu ?? [])
    return chain
  } catch (error) {
    await chain.close()
    throw error
  }
}

export class Chain {
  readonly hosts: readonly ChainHost[]
  private readonly children = new Set<Child>()

  constructor(routers: number) {
    const last = routers + 1
    this.hosts = Array.from({ length: routers + 2 }, (_, i) => ({
      name: i === 0 ? 'a' : i === last ? 'b' : `r${i}`,
      namespace: labName(++counter),
      ...(i === 0 ? {} : { left: { name: 'left', ipv4: `10.88.${i - 1}.2`, ipv6: `fd00:88:${i - 1}::2` } }),
      ...(i === last ? {} : { right: { name: 'right', ipv4: `10.88.${i}.1`, ipv6: `fd00:88:${i}::1` } }),
    }))
  }

  /** A host by its name. */
  host(name: string): ChainHost {
    const found = this.hosts.find((host) => host.name === name)
    if (found === undefined) throw new Error(`the chain has no host '${name}'`)
    return found
  }

  /** The end of the chain: the address of its only interface. */
  get end(): ChainInterface {
    return this.hosts.at(-1)!.left!
  }

  /** Runs a program in a namespace to its end. */
  exec(name: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(['ip', 'netns', 'exec', this.host(name).namespace, ...argv], options)
  }

  /** The same, and a status other than 0 is an error. Gives standard output. */
  must(name: string, argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return must(['ip', 'netns', 'exec', this.host(name).namespace, ...argv], options)
  }

  /** Starts a program in a namespace; `close()` ends it. */
  spawn(name: string, argv: readonly string[]): Child {
    const child = start(['ip', 'netns', 'exec', this.host(name).namespace, ...argv])
    this.children.add(child)
    return child
  }

  /** Loads rules of nft into a host: lines of a chain `input`, `output` or `forward` of the table `inet filters`. */
  async filter(name: string, chain: 'input' | 'output' | 'forward', rules: readonly string[]): Promise<void> {
    const lines = [
      'add table inet filters',
      `add chain inet filters ${chain} { type filter hook ${chain} priority 0; }`,
      ...rules.map((rule) => `add rule inet filters ${chain} ${rule}`),
    ]
    await this.must(name, ['nft', '-f', '-'], { input: `${lines.join('\n')}\n` })
  }

  /** Takes all rules of `filter` back. */
  async unfilter(name: string): Promise<void> {
    await this.must(name, ['nft', 'delete', 'table', 'inet', 'filters'])
  }

  /** Ids of the processes that run in the chain. */
  processes(): number[] {
    return this.hosts.flatMap((host) => processesIn(host.namespace))
  }

  /** Ends every process and removes everything. A second call does nothing. */
  async close(): Promise<void> {
    if (!open.has(this)) return
    await Promise.all([...this.children].map((child) => child.stop('SIGTERM', 2000)))
    this.remove()
  }

  /** The synchronous part of closing. */
  remove(): void {
    open.delete(this)
    for (const host of this.hosts) removeNamespace(host.namespace)
  }

  /** Makes it; called once, by `openChain`. */
  async build(mtus: readonly (number | undefined)[]): Promise<void> {
    const { hosts } = this
    for (const { namespace } of hosts) await must(['ip', 'netns', 'add', namespace])
    await Promise.all(hosts.map((host, i) => this.setKernel(host, i > 0 && i < hosts.length - 1)))
    for (const [i, host] of hosts.entries()) {
      const next = hosts[i + 1]
      if (next === undefined) break
      const mtu = mtus[i] ?? 1500
      await batch(host, [`link add right mtu ${mtu} type veth peer name left mtu ${mtu} netns ${next.namespace}`])
    }
    // A veth leaves checksums undone and joins segments: a capture would show them wrong, and frames too long.
    const offloads = ['tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off']
    await Promise.all(
      hosts.flatMap(({ name, left, right }) =>
        [left, right].flatMap((each) =>
          each === undefined ? [] : [this.must(name, ['ethtool', '-K', each.name, ...offloads])],
        ),
      ),
    )
    for (const host of hosts)
      await batch(host, ['link set lo up', ...ends(host).map(({ name }) => `link set ${name} up`)])
    for (const [i, host] of hosts.entries()) {
      const addresses = ends(host).flatMap(({ name, ipv4, ipv6 }) => [
        `address add ${ipv4}/24 dev ${name}`,
        `address add ${ipv6}/64 dev ${name} nodad`,
      ])
      const networks = Array.from({ length: hosts.length - 1 }, (_, network) => network)
      const routes = networks.flatMap((network) => {
        if (network === i || network === i - 1) return []
        const [via4, via6] =
          network > i ? [`10.88.${i}.2`, `fd00:88:${i}::2`] : [`10.88.${i - 1}.1`, `fd00:88:${i - 1}::1`]
        return [`route add 10.88.${network}.0/24 via ${via4}`, `route add fd00:88:${network}::/64 via ${via6}`]
      })
      await batch(host, [...addresses, ...routes])
    }
  }

  private async setKernel(host: ChainHost, forwards: boolean): Promise<void> {
    const settings = [
      'net/ipv6/conf/all/accept_dad=0',
      'net/ipv6/conf/default/accept_dad=0',
      'net/ipv6/conf/default/accept_ra=0',
      'net/ipv6/conf/default/router_solicitations=0',
      // The kernel else holds ICMP errors back, from the seventh in a second on.
      'net/ipv4/icmp_ratelimit=0',
      'net/ipv6/icmp/ratelimit=0',
      ...(forwards ? ['net/ipv4/ip_forward=1', 'net/ipv6/conf/all/forwarding=1'] : []),
    ]
    const write = 'for setting; do echo "${setting#*=}" > "/proc/sys/${setting%%=*}" || exit; done'
    await this.must(host.name, ['sh', '-c', write, 'sh', ...settings])
  }
}

const ends = ({ left, right }: ChainHost): ChainInterface[] => [left, right].filter((each) => each !== undefined)

async function batch({ namespace }: ChainHost, lines: readonly string[]): Promise<void> {
  await must(['ip', '-n', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}
