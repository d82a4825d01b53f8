import { type PathOptions, type Probe, ProbeSession, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { type Link, LinkError } from '../../link/index.js'
import { type AnyPacket, PacketError } from '../../packet/index.js'
import { icmpErrorOf, isPortUnreachable } from '../icmp-error.js'
import { type MtuOptions, type MtuSettings, mtuSettings } from './mtu-options.js'
import { type MtuLimit, type MtuProbe, MtuResult } from './mtu-result.js'
import { checkReachable, linkMtu, pathTo, whyNoRoute } from '../paths.js'
import { answerFilter, networkHeaderBytes, probePacket, randomNumber, sourcePort } from '../probe-packets.js'
import { resolveTarget, type Target } from '../targets.js'

export type { MtuOptions } from './mtu-options.js'
export { type MtuLimit, type MtuProbe, MtuResult } from './mtu-result.js'

/**
 * Finds the size of the largest packet that reaches a host in one piece (path MTU: RFC 1191, RFC 8201; where routers are
 * silent about it, by trying sizes: RFC 4821). Interrupted, it gives what is known.
 */
export function mtu(host: string, options: MtuOptions = {}): Task<MtuResult> {
  return Task.run((control) => runMtu(control, host, options), { name: 'mtu' })
}

/** The work of `mtu`. @throws PacketError for options that make no sense, LinkError when nothing can be sent */
export async function runMtu(
  control: TaskControl<MtuResult>,
  host: string,
  options: MtuOptions = {},
): Promise<MtuResult> {
  const settings = mtuSettings(options)
  if (typeof host !== 'string') throw new PacketError("mtu: one host at a time, as in mtu('127.0.0.1')")
  const stop = stopSignal(control)
  const target = await resolveTarget(host, settings.family)
  const path = pathTo('mtu', settings, [target])
  checkReachable('mtu', [{ target, problem: whyNoRoute(target, path) }])
  const search = new Search(target, settings, path, stop, control)
  try {
    return await search.run()
  } finally {
    search.close()
  }
}

/** Every link must take packets of this size: RFC 791 §3.2 (IPv4), RFC 8200 §5. What is smaller is not searched for. */
const SMALLEST = { 4: 68, 6: 1280 } as const
/** Routers whose word is taken one after the other: one that lies could name a byte less each time. */
const MOST_ROUTERS = 32
/** Sizes that links have: they are tried first among those in between. */
const USUAL = [
  65535, 9000, 8166, 4352, 2002, 1500, 1492, 1480, 1476, 1472, 1468, 1460, 1454, 1450, 1442, 1438, 1420, 1412, 1400,
  1380, 1360, 1300, 1280, 1006, 576, 508, 296, 68,
]
/** Sizes that are tried side by side while routers are silent. */
const SIDE_BY_SIDE = 16
/** Answers are waited for this many times the longest round trip, at least so many seconds, once one is known. */
const PATIENCE = 5
const LEAST_PATIENCE = 0.3

class Search {
  private readonly session: ProbeSession
  private readonly probes: MtuProbe[] = []
  private readonly owners = new Map<Probe, MtuProbe>()
  private readonly began = performance.now()
  private readonly id = randomNumber(1, 0xffff)
  private number = 0
  /** Largest size that arrived, and smallest one that did not. */
  private arrived = 0
  private failed = Number.POSITIVE_INFINITY
  private limit: MtuLimit | null = null
  private longest = 0
  private interfaceMtu = 0
  private link: Link | undefined

  constructor(
    private readonly target: Target,
    private readonly settings: MtuSettings,
    path: PathOptions,
    private readonly stop: AbortSignal,
    private readonly control: TaskControl<MtuResult>,
  ) {
    const { rate, udp } = settings
    const options = { ...path, rate, multi: true, filter: answerFilter(path, 'udp', udp) }
    this.session = new ProbeSession('mtu', 'network', options, stop)
    this.session.onAnswer = (wire, packet, rtt) => this.heard(wire, packet, rtt)
  }

  async run(): Promise<MtuResult> {
    const smallest = SMALLEST[this.target.family]
    const top = await this.openAt(smallest)
    if (top >= smallest && !this.stop.aborted) await this.search(smallest, top)
    // Some may have arrived after their time.
    const largest = Math.max(0, ...this.probes.filter(({ outcome }) => outcome === 'arrived').map(({ size }) => size))
    const found = largest === 0 ? null : largest
    const seconds = (performance.now() - this.began) / 1000
    return new MtuResult(
      ...([this.target, found, found === null ? null : this.limit, this.probes] as const),
      ...([this.interfaceMtu, seconds, !this.stop.aborted] as const),
    )
  }

  close(): void {
    this.session.close()
  }

  /** Finds the interface, without sending anything yet. Gives the largest size to try. */
  private async openAt(smallest: number): Promise<number> {
    const [wire] = await this.session.prepare([this.packet(smallest)])
    if (wire === undefined) return 0
    this.session.forget(wire)
    this.link = wire.link
    this.interfaceMtu = linkMtu(wire.link)
    if (wire.frame === null)
      throw new PacketError(
        `mtu: nobody answers for ${this.target.address}, or for the gateway to it, on ${wire.link.name}: nothing was sent`,
      )
    const { max } = this.settings
    if (max !== undefined && max < smallest)
      throw new PacketError(
        `mtu: option max must be ${smallest} or more: each link takes that (IPv${this.target.family})`,
      )
    if (max === undefined || max >= this.interfaceMtu) {
      this.limit = { by: 'interface', name: wire.link.name }
      return this.interfaceMtu
    }
    this.limit = { by: 'option' }
    return max
  }

  private async search(smallest: number, top: number): Promise<void> {
    // A small one goes with the first, and tells whether the host answers at all, and after how long.
    let [probe] = await this.attemptAll(top === smallest ? [top] : [top, smallest])
    // Each router on the way may name a smaller size.
    for (let routers = 0; probe!.outcome === 'too big' && routers < MOST_ROUTERS && !this.stop.aborted; routers++) {
      const { mtu: size = 0, from = '' } = probe!
      this.limit = { by: 'router', address: from }
      if (size < smallest || size >= probe!.size) break
      probe = await this.attempt(size)
    }
    if (probe!.outcome !== 'arrived' && this.arrived > 0) await this.narrow()
  }

  /** Tries sizes between those that arrived and those that did not, many side by side. */
  private async narrow(): Promise<void> {
    while (!this.stop.aborted && this.failed - this.arrived > 1)
      await this.attemptAll(between(this.arrived, this.failed))
    const nearest = this.probes.find(({ size }) => size === this.failed)
    if (nearest?.outcome === 'too big') this.limit = { by: 'router', address: nearest.from! }
    else if (nearest?.outcome === 'too long') this.limit = { by: 'interface', name: this.link!.name }
    else this.limit = { by: 'silence' }
  }

  private async attempt(size: number): Promise<MtuProbe> {
    return (await this.attemptAll([size]))[0]!
  }

  /** Sends packets of these sizes, those without an answer again, and notes what became of them. */
  private async attemptAll(sizes: readonly number[]): Promise<MtuProbe[]> {
    const probes = sizes.map((size): MtuProbe => ({ size, outcome: 'silent', sent: 0 }))
    this.probes.push(...probes)
    const isOpen = ({ outcome }: MtuProbe): boolean => outcome === 'silent'
    for (let round = 0; round <= this.settings.retry && probes.some(isOpen) && !this.stop.aborted; round++) {
      const going = probes.filter(isOpen)
      await this.send(going)
      this.control.progress({ done: this.session.sent, text: `${this.arrived} bytes arrived` })
      await this.session.wait(this.patience(), () => !going.some(isOpen))
    }
    for (const { size, outcome } of probes) if (outcome === 'arrived') this.arrived = Math.max(this.arrived, size)
    // Interrupted, silence means nothing.
    const failures = this.stop.aborted ? [] : probes.filter(({ outcome }) => outcome !== 'arrived')
    // A lost packet of a size below one that arrived was lost for another reason.
    for (const { size } of failures) if (size > this.arrived) this.failed = Math.min(this.failed, size)
    return probes
  }

  private async send(probes: readonly MtuProbe[]): Promise<void> {
    const wires = await this.session.prepare(probes.map(({ size }) => this.packet(size)))
    for (const [i, wire] of wires.entries()) {
      const probe = probes[i]!
      this.owners.set(wire, probe)
      try {
        probe.sent += await this.session.send([wire])
      } catch (error) {
        // The driver takes less than the interface says.
        if (!(error instanceof LinkError) || error.code !== 'FRAME_TOO_LONG') throw error
        probe.outcome = 'too long'
      }
    }
  }

  private patience(): number {
    const { timeout } = this.settings
    return this.longest === 0 ? timeout : Math.min(timeout, Math.max(LEAST_PATIENCE, PATIENCE * this.longest))
  }

  private packet(size: number): AnyPacket {
    const { target } = this
    const { udp, source } = this.settings
    const number = ++this.number
    const data = new Uint8Array(size - networkHeaderBytes(target.family) - 8)
    const fields = { df: true, id: 1 + (number % 0xffff), source }
    if (udp === undefined)
      return probePacket(target, fields, { protocol: 'icmp', id: this.id, seq: number & 0xffff, data })
    return probePacket(target, fields, { protocol: 'udp', sport: sourcePort(this.id + number), dport: udp, data })
  }

  private heard(wire: Probe, packet: AnyPacket, rtt: number): void {
    const probe = this.owners.get(wire)
    const error = icmpErrorOf(packet)
    if (probe === undefined || probe.outcome === 'arrived' || error?.kind === 'redirect') return
    probe.from = packet.src as string
    probe.rtt = rtt
    this.longest = Math.max(this.longest, rtt)
    if (error === undefined || (this.settings.udp !== undefined && isPortUnreachable(error))) {
      probe.outcome = 'arrived'
      delete probe.mtu
      delete probe.words
    } else if (error.kind === 'too big') {
      probe.outcome = 'too big'
      probe.mtu = error.mtu ?? 0
    } else {
      probe.outcome = 'refused'
      probe.words = error.words
    }
  }
}

/** Sizes between the two, both left out: those that links have first, the rest spread evenly; the largest first. */
function between(low: number, high: number): number[] {
  if (high - low - 1 <= SIDE_BY_SIDE) return Array.from({ length: high - low - 1 }, (_, i) => high - 1 - i)
  const sizes = new Set(USUAL.filter((size) => size > low && size < high).slice(0, SIDE_BY_SIDE))
  const step = (high - low) / (SIDE_BY_SIDE - sizes.size + 1)
  for (let i = 1; sizes.size < SIDE_BY_SIDE; i++)
    sizes.add(Math.min(high - 1, Math.max(low + 1, Math.round(low + step * i))))
  return [...sizes].sort((a, b) => b - a)
}
