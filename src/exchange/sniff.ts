import {
  type CaptureInput,
  type CaptureWarning,
  type PacketList,
  RotatingWriter,
  readCapture,
  type StorableBatch,
} from '../capture/index.js'
import { type Capture, type CaptureBatch, type Link, LinkError } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import { fileFilter } from './file-filter.js'
import { copyBatch } from './frame-copy.js'
import { defaultInterface, linkOf } from './links.js'
import { pause, turn } from './pause.js'
import { packetCount, report } from './report.js'
import { setting } from './settings.js'
import { SniffKeeper } from './sniff-keeper.js'
import { checkSniff, type SniffOptions } from './sniff-options.js'
import { lostText, SniffProgress } from './sniff-progress.js'
import { SniffTaker } from './sniff-taker.js'
import { Task, type TaskControl } from './task.js'
import { TimeMerge } from './time-merge.js'

export type { SniffOptions }

/**
 * How late a packet may come out of the kernel, ms: it hands over blocks after 10 ms. So long a sniff that ends still listens, and
 * packets of several interfaces wait for each other.
 */
const LATENESS = 25
const LATENESS_AT_ONCE = 4
/** Packets that come before the file to write is open (a named pipe waits for its reader) take at most so much memory. */
const MOST_EARLY = 64 << 20
/** How long a file is read before others get their turn, ms. */
const TURN = 20

/** Captures packets until the count, the time or a Ctrl-C ends it, and gives them as a list. */
export function sniff(options: SniffOptions = {}): Task<PacketList> {
  return Task.run((control) => runSniff(control, options), { name: 'sniff' })
}

/** The work of `sniff`. */
export async function runSniff(control: TaskControl<PacketList>, options: SniffOptions): Promise<PacketList> {
  return new Sniffer(options, control).run()
}

class Sniffer {
  private readonly keeper: SniffKeeper
  private readonly progress = new SniffProgress()
  private readonly taker: SniffTaker
  private readonly captures: Capture[] = []
  private names: string[] = []
  private running = 0
  private merge: TimeMerge | null = null
  /** Batches that came before the file to write was open. */
  private early: { batch: StorableBatch; source: number }[] | null = null
  private earlyBytes = 0
  private earlyLost = 0
  /** Aborted when it should end; what is on its way still counts. */
  private readonly ending = new AbortController()
  /** Aborted when nothing more is taken. */
  private readonly ended = new AbortController()
  private failure: unknown
  /** Damage of the file that is read, and what it says of itself. */
  private readonly warnings: CaptureWarning[] = []
  private information: PacketList['information'] = null

  constructor(
    private readonly options: SniffOptions,
    private readonly control: TaskControl<PacketList>,
  ) {
    checkSniff(options)
    const { count = 0 } = options
    if (count > 0) this.progress.total = count
    this.keeper = new SniffKeeper(options)
    this.taker = new SniffTaker(options, this.keeper, this.progress, this.ended.signal, {
      end: () => this.ended.abort(),
      fail: (error) => this.fail(error),
      taken: () => control.progress(this.progress),
      interrupted: () => control.interrupted,
    })
  }

  async run(): Promise<PacketList> {
    const { control, ending, ended, keeper } = this
    control.onInterrupt(() => ending.abort())
    control.signal.addEventListener('abort', () => ended.abort(), { once: true })
    ended.signal.addEventListener('abort', () => ending.abort(), { once: true })
    control.partial(() => keeper.partial())
    if (this.options.offline !== undefined) await this.read()
    else await this.listen()
    await this.taker.finish()
    if (this.failure !== undefined) throw this.failure
    const list = keeper.finish()
    list.warnings.push(...this.warnings)
    list.information = this.information
    list.statistics = { packets: this.progress.packets, bytes: this.progress.bytes, lost: this.progress.lost }
    return list
  }

  // The wire

  private async listen(): Promise<void> {
    const links = this.links()
    this.names = links.map(({ name }) => name)
    this.progress.subject = `on ${this.names.join(', ')}`
    const window = this.atOnce ? LATENESS_AT_ONCE : LATENESS
    try {
      if (this.options.write !== undefined) this.early = []
      links.forEach((link, source) => {
        const capture = this.start(link, source)
        this.captures.push(capture)
        this.progress.watch(capture)
      })
      this.running = links.length
      const sources = this.captures.map(({ linkType }, source) => ({ linkType, interfaceName: this.names[source]! }))
      if (links.length > 1)
        this.merge = new TimeMerge(sources, window, (batch, rows) => this.taker.take(batch, true, rows))
      this.control.progress(this.progress)
      await this.openFile(sources)
      await this.untilReady()
      if (!this.ending.signal.aborted) this.options.started?.()
      await pause((this.options.timeout ?? Number.POSITIVE_INFINITY) * 1000, this.ending.signal)
      // What the kernel has by now belongs to it.
      if (!this.ended.signal.aborted && this.running > 0) await this.linger(links, window)
      this.merge?.flush()
    } finally {
      this.ended.abort()
      this.merge?.stop()
      for (const capture of this.captures) capture.stop()
      await this.closeFile()
      this.tellLost()
    }
  }

  private async linger(links: readonly Link[], window: number): Promise<void> {
    if (links.some(({ backend }) => backend !== 'memory')) await pause(window, this.ended.signal)
    await turn()
    await turn()
  }

  private links(): readonly Link[] {
    const { link, iface, netns } = this.options
    if (link !== undefined) return Array.isArray(link) ? (link as Link[]) : [link as Link]
    const names = iface === undefined ? [defaultInterface(netns)] : typeof iface === 'string' ? [iface] : iface
    return [...new Set(names)].map((name) => linkOf(name, netns))
  }

  /** Someone who waits for a few packets wants to see them at once; a long capture wants blocks. */
  private get atOnce(): boolean {
    const { count = 0, prn, stop } = this.options
    return (count > 0 && count < 100) || prn !== undefined || stop !== undefined
  }

  private start(link: Link, source: number): Capture {
    const { filter, snaplen, bufferSize, promiscuous = true } = this.options
    return link.capture(
      {
        promiscuous,
        immediate: this.atOnce,
        ...(filter === undefined ? {} : { filter }),
        ...(snaplen === undefined ? {} : { snaplen }),
        ...(bufferSize === undefined ? {} : { bufferSize }),
        onWarning: (warning) => report(warning.message, 'warning'),
      },
      (batch) => this.onBatch(batch, source),
      (error) => this.onCaptureError(error),
    )
  }

  private onBatch(batch: CaptureBatch, source: number): void {
    if (this.ended.signal.aborted) return
    if (this.early !== null) this.keepEarly(this.early, batch, source)
    else if (this.merge !== null) this.merge.add(source, batch)
    else this.taker.take(batch, false)
  }

  private keepEarly(early: { batch: StorableBatch; source: number }[], batch: CaptureBatch, source: number): void {
    if (this.earlyBytes > MOST_EARLY) {
      this.earlyLost += batch.count
      return
    }
    const copy = copyBatch(batch)
    // Behind the bytes, the columns.
    this.earlyBytes += copy.buffer.length + 32 * copy.count
    early.push({ batch: copy, source })
  }

  /** One of several interfaces that goes does not end the others; the last one ends it, and what was seen is kept. */
  private onCaptureError(error: Error): void {
    this.running--
    const keepsGoing = this.running > 0 || this.progress.packets > 0
    if (!(error instanceof LinkError) || !keepsGoing) this.failure ??= error
    else report(`sniff: ${error.message}`, 'warning')
    if (this.running === 0 || this.failure !== undefined) this.ending.abort()
  }

  /** Until all backends listen. */
  private async untilReady(): Promise<void> {
    const late = this.captures.flatMap(({ ready }) => (ready === undefined ? [] : [ready]))
    if (late.length === 0) return
    // One that ends before it was ready tells why by its error.
    const all = Promise.all(late.map((ready) => ready.catch(() => undefined)))
    await Promise.race([all, pause(Number.POSITIVE_INFINITY, this.ending.signal)])
  }

  private tellLost(): void {
    const text = lostText(this.progress.lost)
    if (text !== undefined && this.options.quiet !== true) report(text, 'warning')
  }

  // The file that is written

  private async openFile(sources: readonly { linkType: number; interfaceName: string }[]): Promise<void> {
    const { write, rotate } = this.options
    if (write === undefined) return
    const { signal } = this.ending
    let writer: RotatingWriter
    try {
      writer = await RotatingWriter.open(write, {
        interfaces: sources,
        onError: (error) => this.fail(error),
        signal,
        ...(rotate === undefined ? {} : { rotate }),
      })
    } catch (error) {
      // Ctrl-C while nobody read the named pipe.
      if (!signal.aborted) throw error
      this.ended.abort()
      return
    }
    this.keeper.writer = writer
    this.progress.watchDropped(() => writer.dropped + this.earlyLost)
    const { early } = this
    this.early = null
    for (const { batch, source } of early ?? []) {
      if (this.merge !== null) this.merge.add(source, batch as CaptureBatch)
      else if (!this.ended.signal.aborted) this.taker.take(batch, true)
    }
  }

  private async closeFile(): Promise<void> {
    const { writer } = this.keeper
    if (writer === null) return
    await writer.close(
      this.captures.map((capture, source) => ({
        linkType: capture.linkType,
        interfaceName: this.names[source]!,
        counts: capture.stats(),
      })),
    )
    if ((this.options.quiet ?? setting('quiet')) || this.failure !== undefined || writer.path === '-') return
    const files = writer.files.length === 1 ? writer.files[0] : `${writer.files[0]} … ${writer.files.at(-1)}`
    report(`${packetCount(writer.packets)} written to ${files}`)
  }

  // A file that is read

  private async read(): Promise<void> {
    const { filter, timeout } = this.options
    const input = this.options.offline!
    const { signal } = this.ending
    const matching = filter === undefined ? undefined : fileFilter(filter)
    void pause((timeout ?? Number.POSITIVE_INFINITY) * 1000, signal).then(() => this.ending.abort())
    const reading = readCapture(input, {
      signal,
      onWarning: (warning) => report(warning.message, 'warning'),
    })
    this.progress.subject = `of ${input === '-' ? 'standard input' : typeof input === 'string' ? input : 'a stream'}`
    this.control.progress(this.progress)
    let began = performance.now()
    try {
      this.options.started?.()
      for await (const batch of reading) {
        this.information = reading.information
        await this.openCopy(input)
        this.progress.read(reading.bytesRead, reading.bytesTotal)
        const positions = matching === undefined ? undefined : matchingRows(batch, matching)
        if (this.options.prn === undefined) this.taker.take(batch, true, positions)
        else await this.taker.takeSlowly(batch, signal, positions)
        if (signal.aborted) break
        if (performance.now() - began > TURN) {
          await turn()
          began = performance.now()
        }
      }
      this.information = reading.information
      await this.openCopy(input)
      this.warnings.push(...reading.warnings)
    } finally {
      this.ended.abort()
      await this.closeFile()
    }
  }

  /** Opens the file to write when it is known what the file that is read holds. @throws PacketError when it is the same */
  private async openCopy(input: CaptureInput): Promise<void> {
    const { write } = this.options
    if (write === undefined || this.keeper.writer !== null || this.information === null) return
    if (await isSameFile(input, write))
      throw new PacketError(`sniff: ${write} is the file that is read; write to another one`)
    const [first] = this.information.interfaces
    await this.openFile(first === undefined ? [] : [{ linkType: first.linkType, interfaceName: first.name }])
  }

  private fail(error: unknown): void {
    this.failure ??= error
    this.ended.abort()
  }
}

/** Rows of a batch that a filter lets through. */
function matchingRows(batch: StorableBatch, filter: ReturnType<typeof fileFilter>): number[] {
  const { buffer, offsets, lengths, originalLengths, linkType } = batch
  const rows: number[] = []
  for (let i = 0; i < batch.count; i++) {
    const start = offsets[i]!
    if (filter.matches(buffer.subarray(start, start + lengths[i]!), linkType, originalLengths[i]!)) rows.push(i)
  }
  return rows
}

async function isSameFile(input: CaptureInput, write: string): Promise<boolean> {
  if (typeof input !== 'string' || input === '-' || write === '-') return false
  const { realpath } = process.getBuiltinModule('node:fs').promises
  const [from, to] = await Promise.all([input, write].map((path) => realpath(path).catch(() => null)))
  return from !== null && from === to
}
