import { type ByteSource, type CaptureInput, openByteSource, PrefixedSource } from './byte-source.js'
import { BatchBuilder, type CaptureFileBatch } from './capture-batch.js'
import { type CaptureFault, CaptureFileError, CaptureWarning } from './capture-error.js'
import type { CaptureInformation, CaptureParser, ParseWindow } from './capture-parser.js'
import { notACapture } from './foreign-formats.js'
import { GunzipSource } from './gunzip-source.js'
import { looksLikePcap, PcapParser } from './pcap-reader.js'
import { looksLikePcapng, PcapngParser } from './pcapng-reader.js'

/** Bytes of the file in memory at once, as long as no packet is larger. */
const WINDOW = 1024 * 1024
/** With less room than this after the bytes read, a new window is begun. */
const SMALLEST_READ = 64 * 1024

export interface ReadCaptureOptions {
  /** Called once when the file turns out to be damaged. Unset: a Node warning (process.emitWarning). */
  onWarning?: (warning: CaptureWarning) => void
  /** Aborting it ends the reading after the present batch, without an error. */
  signal?: AbortSignal
}

/** A capture file being read: iterate it once. */
export class CaptureReading implements AsyncIterable<CaptureFileBatch> {
  /** Damage met so far; at most one entry. */
  readonly warnings: CaptureWarning[] = []
  /** What the file says of itself; null until the first batch is there. */
  information: CaptureInformation | null = null
  /** Bytes of (uncompressed) data parsed so far. */
  bytesRead = 0
  /** Bytes of the file; Infinity where that is not known or the file is compressed. */
  bytesTotal = Number.POSITIVE_INFINITY

  constructor(
    readonly input: CaptureInput,
    private readonly options: ReadCaptureOptions,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<CaptureFileBatch, void, undefined> {
    const raw = await openByteSource(this.input, this.options.signal)
    let source = raw
    try {
      const opened = await detect(raw).catch((error) => {
        // Nothing had come yet when nobody wanted it any more.
        if (this.options.signal?.aborted === true) return null
        throw error
      })
      if (opened === null) return
      source = opened.source
      this.information = opened.parser.information
      this.bytesTotal = opened.source.total
      yield* this.batches(opened)
    } finally {
      await source.close()
    }
  }

  private async *batches(opened: OpenedCapture): AsyncGenerator<CaptureFileBatch, void, undefined> {
    const { parser, source } = opened
    const builder = new BatchBuilder()
    const { interfaces } = parser.information
    const window: ParseWindow = { ...emptyWindow(WINDOW), start: 0, end: 0, base: 0, total: source.total }
    const { signal } = this.options
    let ended = false
    while (signal?.aborted !== true) {
      const more = parser.parse(window, builder)
      this.bytesRead = window.base + window.start
      if (builder.count > 0) yield builder.finish(window.buffer, interfaces)
      if (parser.fault !== null) break
      if (more) continue
      if (ended) {
        if (window.end > window.start || parser.information.interfaces.length === 0)
          parser.fault = parser.incomplete(window)
        break
      }
      if (parser.skip > 0) ended = await passOver(parser, window, source)
      else ended = !(await fill(window, parser.needed, source))
    }
    this.warn(opened)
  }

  private warn({ parser, source, gunzip }: OpenedCapture): void {
    const damage = gunzip?.damage ?? null
    let fault: CaptureFault | null = parser.passedOver ?? parser.fault
    if (damage !== null) {
      fault ??= {
        offset: this.bytesRead,
        packetNumber: parser.packetCount + 1,
        expected: 'more data or a proper end',
        found: damage,
      }
      if (fault === parser.fault) fault = { ...fault, found: damage }
    }
    if (fault === null) return
    const more = parser.passedOverCount + (parser.passedOver !== null && parser.fault !== null ? 1 : 0)
    const warning = new CaptureWarning(source.name, fault, more, gunzip !== null)
    this.warnings.push(warning)
    if (this.options.onWarning !== undefined) this.options.onWarning(warning)
    else process.emitWarning(warning.message, 'CaptureWarning')
  }
}

/**
 * Reads a pcap or pcapng file, gzipped or not, batch by batch; memory stays bounded whatever the size.
 * A damaged file gives what comes before the damage, and one warning. Iterating throws CaptureFileError when the input cannot be
 * opened or is no capture.
 */
export function readCapture(input: CaptureInput, options: ReadCaptureOptions = {}): CaptureReading {
  return new CaptureReading(input, options)
}

interface OpenedCapture {
  parser: CaptureParser
  source: ByteSource
  gunzip: GunzipSource | null
}

async function detect(raw: ByteSource): Promise<OpenedCapture> {
  let { source, magic } = await peek(raw)
  let gunzip: GunzipSource | null = null
  try {
    if (magic[0] === 0x1f && magic[1] === 0x8b) {
      gunzip = new GunzipSource(source)
      ;({ source, magic } = await peek(gunzip))
      if (magic.length < 4 && gunzip.damage !== null) {
        throw new CaptureFileError(
          'DAMAGED',
          `${raw.name}: starts like a gzip file, but ${gunzip.damage} before any packet`,
        )
      }
    }
    const parser = looksLikePcapng(magic) ? new PcapngParser() : looksLikePcap(magic) ? new PcapParser() : null
    if (parser === null) throw notACapture(raw.name, magic, gunzip !== null)
    parser.information.compressed = gunzip !== null
    return { parser, source, gunzip }
  } catch (error) {
    await gunzip?.close()
    throw error
  }
}

/** The first bytes (16, or fewer when there are no more), and a source that still has them. */
async function peek(source: ByteSource): Promise<{ source: ByteSource; magic: Uint8Array }> {
  const start = new Uint8Array(16)
  let length = 0
  while (length < start.length) {
    const read = await source.read(start, length)
    if (read === 0) break
    length += read
  }
  const magic = start.subarray(0, length)
  return { source: new PrefixedSource(magic, source), magic }
}

function emptyWindow(size: number): { buffer: Uint8Array; view: DataView } {
  // Not from the pool, not zeroed: it is filled from the file, and only what was filled is looked at.
  const buffer = Buffer.allocUnsafeSlow(size)
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) }
}

/** Reads more behind what the window holds, until `needed` bytes are there; false at the end of the data. */
async function fill(window: ParseWindow, needed: number, source: ByteSource): Promise<boolean> {
  do {
    const left = window.end - window.start
    if (window.buffer.length - window.end < SMALLEST_READ) {
      // Batches that were handed out keep the old buffer; it is never written again. A large packet gets room as its bytes
      // arrive, not because it claims them.
      const next = emptyWindow(Math.max(WINDOW, Math.min(needed + SMALLEST_READ, 2 * left + WINDOW)))
      next.buffer.set(window.buffer.subarray(window.start, window.end))
      window.buffer = next.buffer
      window.view = next.view
      window.base += window.start
      window.start = 0
      window.end = left
    }
    const read = await source.read(window.buffer, window.end)
    if (read === 0) return false
    window.end += read
    // The file grows while it is read: its size at the start says nothing.
    if (window.base + window.end > window.total) window.total = Number.POSITIVE_INFINITY
  } while (window.end - window.start < needed)
  return true
}

/** Passes over a block that nobody wants to see; true at the end of the data. */
async function passOver(parser: CaptureParser, window: ParseWindow, source: ByteSource): Promise<boolean> {
  const offset = window.base + window.start
  const length = parser.skip
  parser.skip = 0
  let left = length
  for (;;) {
    const here = Math.min(left, window.end - window.start)
    left -= here
    window.start += here
    if (left === 0) return false
    if (!(await fill(window, 1, source))) {
      const found = `the end of the file after ${length - left}`
      parser.fault = { offset, packetNumber: parser.packetCount + 1, expected: `a block of ${length} bytes`, found }
      return true
    }
  }
}
