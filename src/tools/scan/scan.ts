import { writeFile } from 'node:fs/promises'
import { type PathOptions, report, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { mayCapture } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { askLink, LINK_RATE } from '../lan/ask-link.js'
import { lanLink, lanQuestions } from '../lan/networks.js'
import { parseTargets } from '../target-list.js'
import type { Target } from '../targets.js'
import { connectScan } from './connect-scan.js'
import { discover, type Presence } from './discovery.js'
import type { HostReport } from './host-report.js'
import { portsText } from './ports.js'
import { rawScan } from './raw-scan.js'
import { type ScanOptions, type ScanSettings, scanSettings } from './scan-options.js'
import { ScanResult } from './scan-result.js'
import type { ScanType } from './states.js'

/**
 * Which ports of these hosts are open: `scan('10.0.0.2')`, `scan('10.0.0.0/28', {ports: '22,80,1-1000'})`, `scan('host', {type: 'udp'})`.
 * `scan('lan')` shows who is on the link of this machine; with `ports`, their ports too. Interrupted, it gives what is known by then.
 */
export function scan(targets: string | readonly string[], options: ScanOptions = {}): Task<ScanResult> {
  return Task.run((control) => runScan(control, targets, options), { name: 'scan' })
}

/** The work of `scan`. @throws PacketError or LinkError that says what is wrong and what to do */
export async function runScan(
  control: TaskControl<ScanResult>,
  given: string | readonly string[],
  options: ScanOptions = {},
): Promise<ScanResult> {
  const stop = stopSignal(control)
  const isLan = given === 'lan' || (Array.isArray(given) && given.length === 1 && given[0] === 'lan')
  const settings = scanSettings(isLan && options.ports === undefined ? { ...options, ports: 'none' } : options)
  const { iface, link, netns } = options
  if (options.xml !== undefined && options.xml !== '-') await checkWritable(options.xml)
  const work = new Scan(control, stop, options, settings, { iface, link, netns }, isLan ? 'lan' : String(given))
  const result = isLan ? await work.runLan() : await work.run(given)
  if (options.xml !== undefined && options.xml !== '-') await writeXml(options.xml, result)
  return result
}

/** A long scan shall not find out at its end that its file cannot be written. @throws PacketError */
async function checkWritable(file: string): Promise<void> {
  try {
    await writeFile(file, '', { flag: 'a' })
  } catch (error) {
    throw new PacketError(`scan: option xml: ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function writeXml(file: string, result: ScanResult): Promise<void> {
  try {
    await writeFile(file, result.xml())
  } catch (error) {
    // What was found must not be lost with it.
    report(
      `scan: ${file} cannot be written (${(error as NodeJS.ErrnoException).code}); result.xml() has the text`,
      'warning',
    )
  }
}

const DISCOVERY_RETRIES = 2

class Scan {
  private readonly startedAt = performance.now()

  constructor(
    private readonly control: TaskControl<ScanResult>,
    private readonly stop: AbortSignal,
    private readonly options: ScanOptions,
    private readonly settings: ScanSettings,
    private readonly path: PathOptions,
    private readonly targetText: string,
  ) {}

  async run(given: string | readonly string[]): Promise<ScanResult> {
    const { settings } = this
    const { targets, hasNetwork } = await parseTargets('scan', given, settings.family)
    const discovery = settings.discover ?? (hasNetwork || settings.types.length === 0)
    if (!discovery) {
      const result = this.newResult(targets, targets.length, false)
      return this.scanPorts(result, targets)
    }
    const found = await this.whoIsThere(targets)
    return this.afterDiscovery(targets, found, targets.length)
  }

  /** Everybody on the link, and their ports when some were asked for. */
  async runLan(): Promise<ScanResult> {
    const { options, settings, stop, path, control } = this
    if (settings.discover === false)
      throw new PacketError(`scan: 'lan' means those who answer on the link: discover: false does not go with it`)
    const link = lanLink('scan', path)
    const questions = lanQuestions('scan', link, options.quiet === true)
    const found = new Map<string, Presence>()
    await askLink(
      link,
      questions,
      {
        retries: options.retry ?? DISCOVERY_RETRIES,
        patience: settings.patience,
        rate: options.rate ?? LINK_RATE,
        linger: 0,
        onProgress: (done) => control.progress({ done, total: questions.length, text: 'looking who is there' }),
      },
      stop,
      ({ address, mac, rtt }) => {
        if (!found.has(address))
          found.set(address, { reason: 'arp-response', mac, ...(rtt === undefined ? {} : { rtt }) })
      },
    )
    const targets = questions.map(({ address }): Target => ({ name: address, address, family: 4 }))
    return this.afterDiscovery(targets, found, questions.length)
  }

  private async whoIsThere(targets: readonly Target[]): Promise<Map<string, Presence>> {
    const { options, settings, stop, path, control } = this
    const onProgress = (done: number): void =>
      control.progress({ done, total: targets.length, text: 'looking who is there' })
    if (options.link !== undefined || mayCapture())
      return discover(targets, { ...path, rate: options.rate, patience: settings.patience }, stop, onProgress)
    // Without rights: who accepts or refuses a connection is there.
    const found = new Map<string, Presence>()
    const seen = (report: HostReport): void => {
      if (report.unreachable !== undefined) return
      const answered = this.newResult([report.target], 1, true).hosts[0]!
      answered.add(report)
      if (answered.state === 'up')
        found.set(answered.address, {
          reason: answered.reason,
          ...(answered.rtt === undefined ? {} : { rtt: answered.rtt }),
        })
    }
    const ports = [80, 443]
    await connectScan({ ...this.connectPlan(targets), ports, retries: 1 }, stop, seen, (done) =>
      onProgress(Math.floor(done / ports.length)),
    )
    return found
  }

  private async afterDiscovery(
    targets: readonly Target[],
    found: ReadonlyMap<string, Presence>,
    addresses: number,
  ): Promise<ScanResult> {
    const present = targets.filter(({ address }) => found.has(address))
    // One host alone that is not there is shown, so that it is not just missing.
    const shown = present.length === 0 && targets.length === 1 ? targets : present
    const result = this.newResult(shown, addresses, true)
    result.down = addresses - present.length
    for (const host of result.hosts) {
      const presence = found.get(host.address)
      host.state = presence === undefined ? 'down' : 'up'
      if (presence === undefined) continue
      host.reason = presence.reason
      if (presence.mac !== undefined) host.mac = presence.mac
      if (presence.rtt !== undefined) host.rtt = presence.rtt
    }
    return this.scanPorts(result, present)
  }

  private async scanPorts(result: ScanResult, targets: readonly Target[]): Promise<ScanResult> {
    const { settings, stop, control } = this
    const hosts = new Map(result.hosts.map((host) => [host.address, host]))
    const total = settings.types.reduce((sum, type) => sum + this.portsOf(type).length, 0) * targets.length
    let before = 0
    let told = 0
    let openPorts = 0
    const left = new Map(result.hosts.map((host) => [host, 0]))
    for (const { address } of targets) left.set(hosts.get(address)!, total / targets.length)
    const onHost = (report: HostReport): void => {
      const host = hosts.get(report.target.address)!
      host.add(report)
      left.set(host, left.get(host)! - (report.unreachable === undefined ? report.ports.length : left.get(host)!))
      openPorts += host.open.length
    }
    for (const type of settings.types) {
      if (stop.aborted) break
      const ports = this.portsOf(type)
      if (ports.length === 0 || targets.length === 0) continue
      const onProgress = (done: number): void => {
        const now = performance.now()
        if (now - told < 100) return
        told = now
        control.progress({ done: before + done, total, text: `${openPorts} open` })
      }
      if (type === 'connect') await connectScan({ ...this.connectPlan(targets), ports }, stop, onHost, onProgress)
      else
        await rawScan(
          {
            ...this.path,
            type,
            targets,
            ports,
            retries: settings.retriesOf(type),
            retriesNeedLoss: settings.retriesNeedLoss,
            rate: this.options.rate,
            patience: settings.patience,
            quiet: this.options.quiet === true,
          },
          stop,
          onHost,
          onProgress,
        )
      before += ports.length * targets.length
    }
    result.interrupted = stop.aborted
    for (const [host, ports] of left) host.unfinished += ports
    result.duration = (performance.now() - this.startedAt) / 1000
    for (const host of result.hosts) if (host.state === 'down' && !result.facts.discovery) result.down++
    return result
  }

  private connectPlan(targets: readonly Target[]): Parameters<typeof connectScan>[0] {
    const { netns, iface } = this.path
    return {
      targets,
      ports: [],
      retries: this.settings.retriesOf('connect'),
      rate: this.options.rate,
      patience: this.settings.patience,
      netns,
      iface,
    }
  }

  private portsOf(type: ScanType): number[] {
    return type === 'udp' ? this.settings.udpPorts : this.settings.tcpPorts
  }

  private newResult(targets: readonly Target[], addresses: number, discovery: boolean): ScanResult {
    const { types, tcpPorts, udpPorts } = this.settings
    return new ScanResult(
      {
        types,
        tcpPorts: portsText(tcpPorts),
        udpPorts: portsText(udpPorts),
        tcpCount: tcpPorts.length,
        udpCount: udpPorts.length,
        discovery,
        onlyOpen: this.options.open === true,
        targets: this.targetText,
        addresses,
      },
      targets,
    )
  }
}
