import type { CaptureStatistics } from '../capture/index.js'
import type { Capture, LinkStats } from '../link/index.js'
import { grouped } from './job.js'
import type { TaskProgress } from './task.js'

/** Packets that were lost, by who lost them. */
export type LostPackets = CaptureStatistics['lost']

/** Live counters of a sniff: they change while it runs. */
export class SniffProgress implements TaskProgress {
  /** Packets taken, after all filters. */
  packets = 0
  /** Their bytes on the wire. */
  bytes = 0
  /** `on eth0`, `of traffic.pcap` */
  subject?: string
  declare total?: number
  private readonly captures: Capture[] = []
  /** Packets that we dropped ourselves. */
  private ours: () => number = () => 0
  private input: { done: number; total: number } | null = null

  /** Packets; of a file that is read its bytes. */
  get done(): number {
    return this.input === null ? this.packets : this.input.done
  }

  /** Packets lost so far, as the captures tell now. */
  get lost(): LostPackets {
    const lost = { kernel: 0, interface: 0, netshell: this.ours() }
    for (const capture of this.captures) {
      const stats = capture.stats()
      lost.kernel += stats.dropped
      lost.interface += stats.interfaceDropped
    }
    return lost
  }

  /** `1 204 packets, 0 lost` */
  get text(): string {
    const packets = `${grouped(this.packets)} packet${this.packets === 1 ? '' : 's'}`
    return this.captures.length === 0 && this.ours() === 0 ? packets : `${packets}, ${this.lostCountText} lost`
  }

  private get lostCountText(): string {
    const known = grouped(lostCount(this.lost))
    return this.captures.some((capture) => capture.stats().dropsUnknown === true) ? `${known} or more` : known
  }

  /** Counters of each capture. */
  get interfaces(): LinkStats[] {
    return this.captures.map((capture) => capture.stats())
  }

  watch(capture: Capture): void {
    this.captures.push(capture)
  }

  watchDropped(ours: () => number): void {
    this.ours = ours
  }

  /** How far the file is read. */
  read(done: number, total: number): void {
    this.input = { done, total }
    if (Number.isFinite(total)) this.total = total
  }

  toJSON(): object {
    const { packets, bytes, lost, done, total, text, subject } = this
    return { packets, bytes, lost, done, total, text, subject }
  }

  /** As the prompt shows it. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    const { packets, bytes, lost } = this
    return { packets, bytes, lost }
  }
}

export function lostCount(lost: LostPackets): number {
  return lost.kernel + lost.interface + lost.netshell
}

/** `12 packets lost (10 by the kernel, 2 by the interface): …`; undefined when none was. */
export function lostText(lost: LostPackets): string | undefined {
  const all = lostCount(lost)
  if (all === 0) return undefined
  const parts: string[] = []
  const remedies: string[] = []
  if (lost.kernel > 0) {
    parts.push(`${grouped(lost.kernel)} by the kernel`)
    remedies.push('a narrower filter or a larger bufferSize helps')
  }
  if (lost.interface > 0) {
    parts.push(`${grouped(lost.interface)} by the interface`)
    remedies.push('ethtool -S shows why the interface drops')
  }
  if (lost.netshell > 0) {
    parts.push(`${grouped(lost.netshell)} since the disk is too slow`)
    remedies.push('a narrower filter, a smaller snaplen or a faster disk helps')
  }
  return `${grouped(all)} packet${all === 1 ? '' : 's'} lost (${parts.join(', ')}): ${remedies.join('; ')}`
}
