/** Open vSwitch on both sides of the lab, in user space: it needs no module of the kernel for any of its tunnels. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { type Child, must, run } from '../../lab/process.js'
import { tunDevice } from './tun-device.js'

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema'
/** The bridge that has the interface of the lab as its port. */
export const OUTER = 'br-outer'

export class Switches {
  private readonly children: Child[] = []
  /** Those of the children that switch. */
  private readonly daemons: Child[] = []
  private readonly files: string

  private constructor(private readonly lab: Lab) {
    this.files = mkdtempSync(join(lab.folder, 'ovs-'))
  }

  /** A switch on each side with the lab's interface and the addresses of `addressOf('10.85.0')`; ended whatever comes of it. */
  static async run(lab: Lab, talk: (switches: Switches) => Promise<unknown>): Promise<void> {
    await tunDevice()
    const switches = new Switches(lab)
    try {
      for (const side of ['here', 'there'] as const) await switches.start(side)
      await talk(switches)
    } finally {
      await switches.stop()
    }
  }

  /** What the switch made stays for its next start unless it is told otherwise. */
  private async stop(): Promise<void> {
    for (const side of ['here', 'there'] as const)
      await this.inside(side, 'ovs-appctl', '-t', join(this.files, side, 'vswitchd.ctl'), 'exit', '--cleanup').catch(
        () => {},
      )
    // A signal now would stop it from clearing up.
    const late = new Promise((resolve) => setTimeout(resolve, 5000).unref())
    await Promise.race([Promise.all(this.daemons.map(({ exited }) => exited)), late])
    for (const child of this.children.reverse()) await child.stop()
  }

  /** Changes the configuration of both sides; each line is a command of ovs-vsctl, `OTHER` the outer address of the other side. */
  async both(...lines: string[]): Promise<void> {
    for (const side of ['here', 'there'] as const) {
      const other = addressOf('10.85.0', side === 'here' ? 'there' : 'here')
      const words = lines.flatMap((line) => ['--', ...line.replaceAll('OTHER', other).split(' ')])
      await this.inside(side, 'ovs-vsctl', `--db=unix:${this.socket(side)}`, '--timeout=5', ...words)
    }
  }

  /** Gives an inner bridge of both sides an address of a network such as `10.81.0`. */
  async address(bridge: string, network: string): Promise<void> {
    for (const side of ['here', 'there'] as const) {
      await this.inside(side, 'ip', 'address', 'add', `${addressOf(network, side)}/24`, 'dev', bridge)
      await this.inside(side, 'ip', 'link', 'set', bridge, 'up')
    }
  }

  /** Sets the flows of a bridge on one side; `set` is a version of OpenFlow's. */
  async flows(side: Side, bridge: string, ...flows: string[]): Promise<void> {
    const target = `unix:${join(this.files, side, `${bridge}.mgmt`)}`
    for (const flow of flows)
      await this.inside(side, 'ovs-ofctl', '-O', 'OpenFlow15,OpenFlow13', 'add-flow', target, flow)
  }

  /** Asks the other side through whatever is between. @throws Error when an answer is awaited and none comes. */
  async ping(network: string, isAnswered = true): Promise<void> {
    const [namespace, address] = [this.lab.here.namespace, addressOf(network, 'there')]
    const words = ['ping', '-c', '2', '-i', '0.2', '-W', isAnswered ? '2' : '0.2', address]
    const { status, stdout } = await run(['ip', 'netns', 'exec', namespace, ...words])
    if (isAnswered && status !== 0) throw new Error(`no answer from ${address}: ${stdout}`)
  }

  inside(side: Side, ...argv: string[]): Promise<string> {
    const folder = join(this.files, side)
    const environment = { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder }
    return must(['ip', 'netns', 'exec', this.lab[side].namespace, ...argv], { environment })
  }

  private socket(side: Side): string {
    return join(this.files, side, 'db.sock')
  }

  private async start(side: Side): Promise<void> {
    const folder = join(this.files, side)
    mkdirSync(folder)
    const environment = { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder }
    const database = join(folder, 'conf.db')
    await must(['ovsdb-tool', 'create', database, SCHEMA])
    const control = (name: string) => `--unixctl=${join(folder, `${name}.ctl`)}`
    const server = ['ovsdb-server', database, `--remote=punix:${this.socket(side)}`, control('db'), '-vconsole:info']
    const child = this.lab.spawn(side, server, { environment })
    this.children.push(child)
    await child.waitFor(/ovsdb-server \(Open vSwitch\)/)
    await this.inside(side, 'ovs-vsctl', `--db=unix:${this.socket(side)}`, '--no-wait', 'init')
    const daemon = ['ovs-vswitchd', `unix:${this.socket(side)}`, control('vswitchd'), '-vconsole:info']
    const switching = this.lab.spawn(side, daemon, { environment })
    this.children.push(switching)
    this.daemons.push(switching)
    await switching.waitFor(/ovs-vswitchd \(Open vSwitch\)/)
    const port = this.lab[side].interfaceName
    const make = [`add-br ${OUTER}`, `set bridge ${OUTER} datapath_type=netdev`, `add-port ${OUTER} ${port}`]
    const words = make.flatMap((line) => ['--', ...line.split(' ')])
    await this.inside(side, 'ovs-vsctl', `--db=unix:${this.socket(side)}`, '--timeout=5', ...words)
    await this.inside(side, 'ip', 'address', 'add', `${addressOf('10.85.0', side)}/24`, 'dev', OUTER)
    await this.inside(side, 'ip', 'link', 'set', OUTER, 'up')
  }
}

export const addressOf = (network: string, side: Side): string => `${network}.${side === 'here' ? 1 : 2}`
