import { type CaptureInput, type CaptureWarning, PacketList, pcapReader, rdpcap } from '../capture/index.js'
import { dissectLink } from '../layers/index.js'
import type { Capture, CaptureBatch, Link } from '../link/index.js'
import { type AnyPacket, PacketError, print } from '../packet/index.js'
import { fileFilter } from './file-filter.js'
import { copyFrame, metaOf } from './frame-copy.js'
import { defaultInterface, linkOf } from './links.js'
import { checkNumber, checkOptions, checkPath } from './options.js'
import { pause } from './pause.js'
import { printable } from './printable.js'
import { packetCount, report } from './report.js'
import { Interrupted, Task, type TaskControl } from './task.js'

/** Options of `sniff`. */
export interface SniffOptions {
  /** Interface name, `'any'` for all, or several; unset: the one of the default route. */
  iface?: string | readonly string[]
  /** BPF expression such as `'tcp port 80'`, run in the kernel. */
  filter?: string
  /** Ends after this many packets; 0 or unset: no limit. */
  count?: number
  /** Ends after this many seconds. */
  timeout?: number
  /** Called for each packet; what it returns is printed, with control characters escaped. It may wait: others come in meanwhile. */
  prn?: (packet: AnyPacket) => unknown
  /** Keeps only packets for which this returns something true (after the BPF filter). */
  lfilter?: (packet: AnyPacket) => unknown
  /** Ends behind the first packet for which this returns something true. */
  stop?: (packet: AnyPacket) => unknown
  /** Whether packets are kept for the result. Default true. */
  store?: boolean
  /** Also packets for other stations. Default true, as capturing people expect. */
  promiscuous?: boolean
  /** Bytes kept of each packet. */
  snaplen?: number
  /** A capture file to read instead of the wire. */
  offline?: CaptureInput
  /** A link of your own, for lessons and tests in memory. */
  link?: Link
  /** Called once listening has begun. */
  started?: () => void
  /** No message when done. */
  quiet?: boolean
}

const SNIFF_OPTIONS = [
  'iface',
  'filter',
  'count',
  'timeout',
  'prn',
  'lfilter',
  'stop',
  'store',
  'promiscuous',
  'snaplen',
  'offline',
  'link',
  'started',
  'quiet',
]

/** Captures packets until the count, the time or a Ctrl-C ends it, and gives them as a list. */
export function sniff(options: SniffOptions = {}): Task<PacketList> {
  return Task.run((control) => new Sniffer(options, control).run(), { name: 'sniff' })
}

class Sniffer {
  private list = new PacketList()
  private readonly captures: Capture[] = []
  private seen = 0
  /** Aborted when it is over. */
  private readonly ending = new AbortController()
  /** Calls of `prn` that still wait. */
  private readonly pending = new Set<Promise<void>>()
  private failure: unknown

  constructor(
    private readonly options: SniffOptions,
    private readonly control: TaskControl<PacketList>,
  ) {
    checkOptions('sniff', options, SNIFF_OPTIONS)
    checkPath('sniff', options, true)
    checkNumber('sniff', 'count', options.count ?? 0, true)
    checkNumber('sniff', 'timeout', options.timeout ?? 0, false)
    for (const name of ['prn', 'lfilter', 'stop', 'started'] as const) {
      if (options[name] !== undefined && typeof options[name] !== 'function')
        throw new PacketError(`sniff: option ${name} must be a function of a packet`)
    }
  }

  async run(): Promise<PacketList> {
    this.control.onInterrupt(() => this.end())
    this.control.signal.addEventListener('abort', () => this.end(), { once: true })
    if (this.options.offline !== undefined) await this.read(this.options.offline)
    else await this.listen()
    await Promise.all(this.pending)
    if (this.failure !== undefined) throw this.failure
    this.list._finish()
    return this.list
  }

  private get over(): boolean {
    return this.ending.signal.aborted
  }

  private async listen(): Promise<void> {
    try {
      for (const link of this.links()) this.captures.push(this.start(link))
      this.options.started?.()
      await this.wait()
    } finally {
      for (const capture of this.captures) capture.stop()
      this.tellDrops()
    }
  }

  /** Until it is over, or the time is. */
  private async wait(): Promise<void> {
    await pause((this.options.timeout ?? Number.POSITIVE_INFINITY) * 1000, this.ending.signal)
    this.end()
  }

  private links(): Link[] {
    const { link, iface } = this.options
    if (link !== undefined) return [link]
    const names = iface === undefined ? [defaultInterface()] : typeof iface === 'string' ? [iface] : iface
    return names.map((name) => linkOf(name))
  }

  private start(link: Link): Capture {
    const { filter, snaplen, promiscuous = true, count = 0 } = this.options
    return link.capture(
      {
        promiscuous,
        // Someone who waits for a few packets wants to see them at once; a long capture wants blocks.
        immediate: (count > 0 && count < 100) || this.options.prn !== undefined || this.options.stop !== undefined,
        ...(filter === undefined ? {} : { filter }),
        ...(snaplen === undefined ? {} : { snaplen }),
      },
      (batch) => this.onBatch(batch),
      (error) => {
        this.fail(error)
      },
    )
  }

  /** Takes a batch: whole where nobody looks at single packets, else one by one. */
  private onBatch(batch: CaptureBatch): void {
    if (this.over) return
    const { prn, lfilter, stop, store = true, count = 0 } = this.options
    if (prn === undefined && lfilter === undefined && stop === undefined) {
      const take = count > 0 ? Math.min(batch.count, count - this.seen) : batch.count
      if (store)
        this.list.appendBatch(batch, take < batch.count ? Array.from({ length: take }, (_, i) => i) : undefined)
      this.seen += take
    } else for (let i = 0; i < batch.count && !this.over; i++) this.takeOne(batch, i)
    this.control.progress({ done: this.seen, ...(count > 0 ? { total: count } : {}) })
    if (count > 0 && this.seen >= count) this.end()
  }

  private takeOne(batch: CaptureBatch, index: number): void {
    const frame = copyFrame(batch, index)
    const packet = dissectLink(batch.linkType, frame)
    packet._meta = metaOf(batch, index)
    this.take(packet as AnyPacket)
  }

  private take(packet: AnyPacket): void {
    const { prn, lfilter, stop, store = true, count = 0 } = this.options
    try {
      if (lfilter !== undefined && !atOnce('lfilter', lfilter(packet))) return
      this.seen++
      if (store) this.list.push(packet)
      const shown = prn?.(packet)
      if (isThenable(shown)) this.showLater(shown)
      else show(shown)
      if (stop !== undefined && atOnce('stop', stop(packet))) this.end()
    } catch (error) {
      this.fail(error)
    }
    if (count > 0 && this.seen >= count) this.end()
  }

  private showLater(shown: PromiseLike<unknown>): void {
    const done = Promise.resolve(shown)
      .then(show, (error) => {
        // After Ctrl-C the result is what was seen so far, as ever.
        if (!(error instanceof Interrupted && this.control.interrupted)) throw error
      })
      .catch((error) => this.fail(error))
      .finally(() => this.pending.delete(done))
    this.pending.add(done)
  }

  private fail(error: unknown): void {
    this.failure ??= error
    this.end()
  }

  private async read(input: CaptureInput): Promise<void> {
    const { filter, count = 0, prn, lfilter, stop, store = true } = this.options
    const { signal } = this.ending
    const reading = {
      signal,
      onWarning: (warning: CaptureWarning) => report(warning.message, 'warning'),
      ...(filter === undefined ? {} : { filter: fileFilter(filter) }),
    }
    void this.wait()
    try {
      this.options.started?.()
      if (prn === undefined && lfilter === undefined && stop === undefined && store) {
        this.list = await rdpcap(input, {
          ...reading,
          ...(count > 0 ? { count } : {}),
          onProgress: (packets, done, total) => this.control.progress({ done, total, text: packetCount(packets) }),
        })
        return
      }
      const packets = pcapReader(input, reading)
      for await (const packet of packets) {
        if (this.over) break
        this.take(packet as AnyPacket)
      }
      this.list.warnings.push(...packets.warnings)
    } finally {
      this.end()
    }
  }

  private tellDrops(): void {
    let dropped = 0
    for (const capture of this.captures) {
      const stats = capture.stats()
      dropped += stats.dropped + stats.interfaceDropped
    }
    if (dropped > 0 && this.options.quiet !== true)
      report(`${packetCount(dropped)} lost: a narrower filter or a larger buffer helps`, 'warning')
  }

  private end(): void {
    this.ending.abort()
  }
}

function show(value: unknown): void {
  if (value !== undefined && value !== null) print(printable(String(value)))
}

/** @throws PacketError for an answer that comes later: a promise would always count as true */
function atOnce(name: string, answer: unknown): unknown {
  if (!isThenable(answer)) return answer
  answer.then(undefined, () => undefined)
  throw new PacketError(`sniff: ${name} has to wait, and cannot: it must answer at once; prn may wait`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
