import { formatDuration, packetCount, printable } from '../../exchange/index.js'

/** What a replay is made of while it runs. */
export interface ReplayCounts {
  sent: number
  bytes: number
  /** Frames of the capture that were looked at and let through by the filter. */
  seen: number
  filtered: number
  /** Why frames were not sent, and how many. */
  skipped: Map<string, number>
  /** Sent as short as the capture has them. */
  shortened: number
  /** Without a time of capture. */
  untimed: number
  latenessSum: number
  largestLateness: number
  passes: number
}

/** A hostile capture may have a new reason in each frame. */
const MOST_REASONS = 20

/** Counts a frame that is not sent. */
export function countSkipped({ skipped }: ReplayCounts, reason: string): void {
  const key = skipped.has(reason) || skipped.size < MOST_REASONS ? reason : 'other reasons'
  skipped.set(key, (skipped.get(key) ?? 0) + 1)
}

/** What a replay sent, and how well it kept the time. */
export class ReplayResult {
  /** Frames that the kernel took, and their bytes, link headers included. */
  readonly sent: number
  readonly bytes: number
  /** Frames of the capture that the filter let out. */
  readonly filtered: number
  /** Frames that were not sent, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Frames that the capture holds only in part (snaplen); they were sent as they are. */
  readonly shortened: number
  /** Frames without a time of capture; they were sent right behind the one before. */
  readonly untimed: number
  /** Whole passes through the capture. */
  readonly passes: number
  /** Most and average seconds that a frame left behind its time; undefined at top speed. */
  readonly largestLateness: number | undefined
  readonly averageLateness: number | undefined

  constructor(
    counts: ReplayCounts,
    /** Name of the capture, and of the interface. */
    readonly source: string,
    readonly interfaceName: string,
    /** Seconds from the first frame to the last one. */
    readonly duration: number,
    isTimed: boolean,
    /** Whether Ctrl-C ended it. */
    readonly interrupted: boolean,
    /** What was wrong with the file. */
    readonly warnings: readonly string[],
  ) {
    this.sent = counts.sent
    this.bytes = counts.bytes
    this.filtered = counts.filtered
    this.skipped = Object.fromEntries(counts.skipped)
    this.shortened = counts.shortened
    this.untimed = counts.untimed
    this.passes = counts.passes
    this.largestLateness = isTimed ? counts.largestLateness / 1000 : undefined
    this.averageLateness = isTimed && counts.sent > 0 ? counts.latenessSum / counts.sent / 1000 : undefined
  }

  /** Packets per second; 0 for a single one. */
  get rate(): number {
    return this.duration > 0 ? this.sent / this.duration : 0
  }

  /** Bits per second, link headers included. */
  get bitRate(): number {
    return this.duration > 0 ? (this.bytes * 8) / this.duration : 0
  }

  toString(): string {
    const { sent, bytes, duration, passes, largestLateness, averageLateness } = this
    // What the kernel took in one go has no rate.
    const speed =
      duration > 0 ? ` in ${formatDuration(duration)}: ${grouped(this.rate)} packets/s, ${bitText(this.bitRate)}` : ''
    const lines = [
      `${grouped(sent)} packet${sent === 1 ? '' : 's'} of ${this.source} sent on ${this.interfaceName}, ${grouped(bytes)} bytes${speed}`,
    ]
    if (largestLateness !== undefined && averageLateness !== undefined)
      lines.push(
        `behind the time by at most ${formatDuration(largestLateness)}, ${formatDuration(averageLateness)} on average`,
      )
    if (passes > 1) lines.push(`${passes} times through the capture`)
    for (const [reason, count] of Object.entries(this.skipped)) lines.push(`${packetCount(count)} not sent: ${reason}`)
    if (this.filtered > 0) lines.push(`${packetCount(this.filtered)} let out by the filter`)
    if (this.shortened > 0)
      lines.push(
        `${packetCount(this.shortened)} sent shorter than they were: the capture has only their beginnings (snaplen)`,
      )
    if (this.untimed > 0) lines.push(`${packetCount(this.untimed)} without a time, sent right behind the one before`)
    if (this.interrupted) lines.push('interrupted')
    return printable([...lines, ...this.warnings].join('\n'))
  }

  toJSON(): unknown {
    return { ...this, rate: this.rate, bitRate: this.bitRate }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** `12 345`, with a thin gap every three digits. */
function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ')
}

function bitText(bits: number): string {
  for (const [unit, size] of [
    ['Gbit/s', 1e9],
    ['Mbit/s', 1e6],
    ['kbit/s', 1e3],
  ] as const) {
    if (bits >= size) return `${(bits / size).toFixed(2)} ${unit}`
  }
  return `${bits.toFixed(0)} bit/s`
}
