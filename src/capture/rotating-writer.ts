import { promises } from 'node:fs'
import type { Packet } from '../packet/index.js'
import { CaptureFileError, fileSystemError } from './capture-error.js'
import { type CaptureOutput, openOutput } from './capture-output.js'
import { recordsOf } from './capture-records.js'
import { formatOf } from './capture-writer.js'
import type { CaptureEncoder, CaptureRecord } from './output-buffer.js'
import type { StorableBatch } from './packet-store.js'
import { PcapEncoder } from './pcap-writer.js'
import { type InterfaceCounts, PcapngEncoder } from './pcapng-writer.js'
import { FileSeries, type RotateOptions } from './rotation.js'

export interface RotatingWriterOptions {
  /** Unset: one file. */
  rotate?: RotateOptions
  /** Unset: `pcapng` for a path that ends in .pcapng or .ntar (.gz may follow), else `pcap`. */
  format?: 'pcap' | 'pcapng'
  /** Where packets come from. pcap: the first one's link type is the file's; pcapng: named even when no packet comes. */
  interfaces?: readonly { linkType: number; interfaceName: string }[]
  /** Told once, of the first thing that goes wrong while writing; what was written is kept. */
  onError: (error: Error) => void
  /** Bytes that may wait for the disk; beyond it packets are dropped, and counted. Default 64 MiB. */
  queue?: number
  /** Ends the wait for somebody who reads a named pipe: then `open` fails. */
  signal?: AbortSignal
}

/** What happens to the files, in order. */
type Step = { bytes: Uint8Array } | { next: string }

const FLUSH = 256 * 1024
const QUEUE = 64 * 1024 * 1024
/** Packets reach the file after at most this many ms: a program that is killed loses no more. */
const FLUSH_AFTER = 1000

/**
 * Packets to a capture file, or to one after the other, while they come: adding never waits. Packets are encoded at once; the disk
 * follows. When it cannot, packets are dropped and counted.
 */
export class RotatingWriter {
  readonly format: 'pcap' | 'pcapng'
  /** Packets taken so far. */
  packets = 0
  /** Bytes made so far, before compression. */
  bytes = 0
  /** Packets that the disk was too slow for, or that came after a failure. */
  dropped = 0
  /** Files written so far that are still there, oldest first. */
  readonly files: string[] = []
  private readonly queueLimit: number
  private encoder: CaptureEncoder
  private output!: CaptureOutput
  private series: FileSeries | null = null
  private filePackets = 0
  private fileBytes = 0
  /** When the first packet of this file was captured, seconds; NaN before it. */
  private fileBegan = Number.NaN
  private readonly queue: Step[] = []
  private queued = 0
  private pumping: Promise<void> | null = null
  private timer: NodeJS.Timeout | undefined
  private failed = false
  /** A packet came that the format cannot hold: what was there before it is still written. */
  private refuses = false
  private closing = false
  /** Bytes of the present file that are written completely. */
  private onDisk = 0
  private readonly record: CaptureRecord = {
    bytes: new Uint8Array(0),
    originalLength: 0,
    seconds: 0,
    nanoseconds: 0,
    linkType: 0,
    interfaceName: '',
    comment: undefined,
  }

  private constructor(
    readonly path: string,
    private readonly options: RotatingWriterOptions,
  ) {
    this.format = options.format ?? formatOf(path)
    this.queueLimit = options.queue ?? QUEUE
    this.encoder = this.newEncoder()
    this.fileBytes = this.encoder.output.length
  }

  /** Opens the (first) file; `-` is standard output. @throws CaptureFileError when it cannot be written */
  static async open(path: string | URL, options: RotatingWriterOptions): Promise<RotatingWriter> {
    const name = path instanceof URL ? path.pathname : path
    const writer = new RotatingWriter(name, options)
    await writer.begin()
    return writer
  }

  /** Takes a batch, or the packets at `positions` in it; their bytes are copied before it returns. */
  add(batch: StorableBatch, positions?: ArrayLike<number>): void {
    const count = positions === undefined ? batch.count : positions.length
    const { record } = this
    const indexes = batch.interfaceIndexes ?? null
    for (let n = 0; n < count; n++) {
      const i = positions === undefined ? n : positions[n]!
      const start = batch.offsets[i]!
      const origin = indexes === null ? undefined : batch.interfaces![indexes[i]!]!
      record.bytes = batch.buffer.subarray(start, start + batch.lengths[i]!)
      record.originalLength = batch.originalLengths[i]!
      record.seconds = batch.seconds[i]!
      record.nanoseconds = batch.nanoseconds[i]!
      record.linkType = origin === undefined ? batch.linkType : origin.linkType
      record.interfaceName = origin === undefined ? batch.interfaceName : origin.name
      record.comment = batch.comments?.get(i)
      this.write(record)
    }
  }

  /** Takes one packet. */
  addPacket(packet: Packet): void {
    for (const record of recordsOf(packet, undefined, Date.now() * 1000)) this.write(record)
  }

  /** Hands everything to the operating system. */
  async flush(): Promise<void> {
    this.hand(1)
    await this.pumping
  }

  /**
   * Finishes the file. Never fails: what goes wrong now is told to `onError` as before. Closing twice does no harm.
   * @param statistics of the interfaces, for the end of a pcapng file
   */
  async close(
    statistics: readonly { linkType: number; interfaceName: string; counts: InterfaceCounts }[] = [],
  ): Promise<void> {
    if (this.closing) {
      await this.pumping
      return
    }
    this.closing = true
    clearTimeout(this.timer)
    if (this.encoder instanceof PcapngEncoder) {
      const now = Date.now()
      for (const { linkType, interfaceName, counts } of statistics)
        this.encoder.addStatistics(linkType, interfaceName, counts, Math.floor(now / 1000), (now % 1000) * 1e6)
    }
    this.hand(1)
    await this.pumping
    if (this.failed) return
    try {
      await this.output.close()
    } catch (error) {
      await this.fail(error as Error)
    }
  }

  private async begin(): Promise<void> {
    const { rotate } = this.options
    if (rotate !== undefined && this.path !== '-') {
      this.series = new FileSeries(this.path)
      await this.series.look()
      this.files.push(...this.series.existing)
    }
    await this.openFile(this.series === null ? this.path : this.series.next())
    this.armTimer()
  }

  private write(record: CaptureRecord): void {
    if (this.failed || this.refuses || this.closing || this.queued > this.queueLimit) {
      this.dropped++
      return
    }
    if (this.series !== null && this.filePackets > 0 && this.isFull(record)) this.rotate(this.series)
    const { output } = this.encoder
    const before = output.length
    try {
      this.encoder.add(record, this.packets + 1)
    } catch (error) {
      this.refuses = true
      this.dropped++
      this.options.onError(error as Error)
      return
    }
    const added = output.length - before
    this.packets++
    this.filePackets++
    this.bytes += added
    this.fileBytes += added
    if (Number.isNaN(this.fileBegan)) this.fileBegan = record.seconds + record.nanoseconds / 1e9
    if (output.length >= FLUSH) this.hand(FLUSH)
    else this.armTimer()
  }

  /** Whether the packet belongs into the next file. */
  private isFull(record: CaptureRecord): boolean {
    const { packets, bytes, seconds } = this.options.rotate!
    if (packets !== undefined && this.filePackets >= packets) return true
    // 32 bytes: block header and trailer of pcapng, the larger of the two.
    if (bytes !== undefined && this.fileBytes + record.bytes.length + 35 > bytes) return true
    return seconds !== undefined && record.seconds + record.nanoseconds / 1e9 - this.fileBegan >= seconds
  }

  private rotate(series: FileSeries): void {
    this.hand(1)
    this.encoder = this.newEncoder()
    this.filePackets = 0
    this.fileBytes = this.encoder.output.length
    this.fileBegan = Number.NaN
    this.step({ next: series.next() })
  }

  /** Gives what is encoded to the disk, when it is at least so much. */
  private hand(least: number): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const { output } = this.encoder
    if (this.failed || output.length < least) return
    const bytes = output.take()
    this.queued += bytes.length
    this.step({ bytes })
  }

  private armTimer(): void {
    this.timer ??= setTimeout(() => this.hand(1), this.path === '-' ? 0 : FLUSH_AFTER).unref()
  }

  private step(step: Step): void {
    this.queue.push(step)
    this.pumping ??= this.pump()
  }

  private async pump(): Promise<void> {
    for (let step = this.queue.shift(); step !== undefined && !this.failed; step = this.queue.shift()) {
      try {
        if ('next' in step) await this.nextFile(step.next)
        else {
          await this.output.write(step.bytes)
          this.onDisk += step.bytes.length
          this.queued -= step.bytes.length
        }
      } catch (error) {
        await this.fail(error as Error, 'bytes' in step ? step.bytes : undefined)
      }
    }
    this.pumping = null
  }

  private async nextFile(name: string): Promise<void> {
    await this.output.close()
    await this.openFile(name)
    this.onDisk = 0
  }

  /** Of a series, a file that is not there yet: somebody else may have made one of this number meanwhile, or a link to elsewhere. */
  private async openFile(name: string): Promise<void> {
    const { series } = this
    const { signal } = this.options
    const options = { append: false, gzip: /\.gz$/i.test(name), fresh: series !== null, signal }
    for (let free = name; ; free = series!.next()) {
      try {
        this.output = await openOutput(free, options)
        this.files.push(free)
        break
      } catch (error) {
        const cause = error instanceof CaptureFileError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
        if (series === null || cause?.code !== 'EEXIST') throw error
      }
    }
    await this.removeOldest()
  }

  private async removeOldest(): Promise<void> {
    const most = this.options.rotate?.files ?? Number.POSITIVE_INFINITY
    while (this.files.length > most) {
      const oldest = this.files.shift()!
      await promises.unlink(oldest).catch((error: NodeJS.ErrnoException) => {
        // Someone else has removed it already.
        if (error.code !== 'ENOENT') throw fileSystemError(oldest, error, 'write')
      })
    }
  }

  /** Ends the writing. `bytes` may be in the file in part: what is left of it is cut off behind the last whole packet. */
  private async fail(error: Error, bytes?: Uint8Array): Promise<void> {
    if (this.failed) return
    this.failed = true
    clearTimeout(this.timer)
    this.queue.length = 0
    this.queued = 0
    await this.output.close().catch(() => undefined)
    const name = this.files.at(-1)!
    if (bytes !== undefined && name !== '-' && !/\.gz$/i.test(name)) {
      const size = await promises.stat(name).then(
        (status) => (status.isFile() ? status.size : 0),
        () => 0,
      )
      if (size > this.onDisk) {
        const whole = wholeRecords(this.format, bytes.subarray(0, size - this.onDisk), this.onDisk === 0)
        await promises.truncate(name, this.onDisk + whole).catch(() => undefined)
      }
    }
    this.options.onError(error)
  }

  private newEncoder(): CaptureEncoder {
    const { interfaces = [] } = this.options
    if (this.format === 'pcap') return new PcapEncoder({ linkType: interfaces[0]?.linkType ?? 1, nanoseconds: true })
    const encoder = new PcapngEncoder()
    for (const { linkType, interfaceName } of interfaces) encoder.declare(linkType, interfaceName)
    return encoder
  }
}

/** Bytes of the whole records (blocks) at the start of what was encoded here, little-endian. */
function wholeRecords(format: 'pcap' | 'pcapng', bytes: Uint8Array, fromStart: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = format === 'pcap' && fromStart ? 24 : 0
  if (end > bytes.length) return 0
  for (;;) {
    const header = format === 'pcap' ? 16 : 12
    if (bytes.length - end < header) return end
    const length = format === 'pcap' ? 16 + view.getUint32(end + 8, true) : view.getUint32(end + 4, true)
    if (length > bytes.length - end) return end
    end += length
  }
}
