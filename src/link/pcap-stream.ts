import { BatchBuilder, type CaptureFileBatch } from '../capture/capture-batch.js'
import type { ParseWindow } from '../capture/capture-parser.js'
import { looksLikePcap, PcapParser } from '../capture/pcap-reader.js'
import { LinkError } from './link.js'

/** Memory for what has arrived; it grows for a packet that is larger. */
const STAGING = 256 << 10
const FILE_HEADER = 24

/**
 * Reads a pcap file while a program writes it: takes bytes as they come and gives the frames that are complete, many at
 * once. The memory of a batch is used again for the next one.
 */
export class PcapStream {
  private readonly parser = new PcapParser()
  private readonly builder = new BatchBuilder()
  private readonly window: ParseWindow = {
    ...staging(STAGING),
    start: 0,
    end: 0,
    base: 0,
    total: Number.POSITIVE_INFINITY,
  }
  private recognised = false

  /** `onBatch` returns false to hear of no more frames. */
  constructor(private readonly onBatch: (batch: CaptureFileBatch) => boolean) {}

  /** Takes the next bytes. Throws a LinkError when they are no pcap. */
  take(bytes: Uint8Array): void {
    const { window, parser, builder } = this
    this.append(bytes)
    if (!this.recognised) {
      if (window.end < FILE_HEADER) return
      if (!looksLikePcap(window.buffer.subarray(0, window.end))) {
        throw new LinkError('SYSTEM', 'what was to be a capture does not start like one')
      }
      this.recognised = true
    }
    for (;;) {
      const more = parser.parse(window, builder)
      if (builder.count > 0 && !this.onBatch(builder.finish(window.buffer, parser.information.interfaces))) return
      if (parser.fault !== null) {
        const { expected, found } = parser.fault
        throw new LinkError('SYSTEM', `the stream of captured frames is damaged: expected ${expected}, found ${found}`)
      }
      if (!more) return
    }
  }

  /** Puts bytes behind those that are not parsed yet. */
  private append(bytes: Uint8Array): void {
    const { window } = this
    const left = window.end - window.start
    if (window.end + bytes.length > window.buffer.length) {
      const from = window.buffer
      if (left + bytes.length > from.length) Object.assign(window, staging((left + bytes.length) * 2))
      window.buffer.set(from.subarray(window.start, window.end))
      window.base += window.start
      window.start = 0
      window.end = left
    }
    window.buffer.set(bytes, window.end)
    window.end += bytes.length
  }
}

function staging(size: number): { buffer: Uint8Array; view: DataView } {
  const buffer = new Uint8Array(size)
  return { buffer, view: new DataView(buffer.buffer) }
}
