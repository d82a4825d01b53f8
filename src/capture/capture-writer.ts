import { CaptureFileError } from './capture-error.js'
import { type CaptureOutput, openOutput } from './capture-output.js'
import type { CaptureInformation } from './capture-parser.js'
import { itemsOf, recordsOf, type WritablePackets } from './capture-records.js'
import { readCapture } from './open-capture.js'
import type { CaptureEncoder } from './output-buffer.js'
import { PcapEncoder } from './pcap-writer.js'
import { PcapngEncoder } from './pcapng-writer.js'

export interface WriteCaptureOptions {
  /** Unset: `pcapng` for a path that ends in .pcapng or .ntar (.gz may follow), else `pcap`. */
  format?: 'pcap' | 'pcapng'
  /** Add to the file, if there is one; in its format. pcapng: as a section of its own. */
  append?: boolean
  /** pcap: times in nanoseconds; unset: where a packet needs it (`wrpcap`), always (`CaptureWriter`). pcapng always has them. */
  nanoseconds?: boolean
  /** LINKTYPE_ number of all packets; unset: by their outermost layer, for bytes 1 (Ethernet). */
  linkType?: number
  /** Comment on the whole file; pcapng only. */
  comment?: string
  /** Compress; unset: when the path ends in .gz. */
  gzip?: boolean
}

const FLUSH = 256 * 1024

/**
 * A capture file being written: for packets that come one after the other. Calls of `write` are put in order; the promise resolves when
 * the packets are with the operating system or in a buffer of at most 256 KiB.
 */
export class CaptureWriter {
  /** The format it is written in. */
  get format(): 'pcap' | 'pcapng' {
    return this.options.format
  }

  /** Packets written so far. */
  packets = 0
  /** Bytes made so far, before compression. */
  bytes = 0
  private encoder: CaptureEncoder | null = null
  private last: Promise<void> = Promise.resolve()
  private closed = false

  private constructor(
    readonly path: string,
    private readonly options: WriteCaptureOptions & { format: 'pcap' | 'pcapng' },
    private readonly existing: CaptureInformation | null,
    private readonly output: CaptureOutput,
  ) {}

  /** Opens the file. @throws CaptureFileError when it cannot be written, or cannot be appended to */
  static async open(path: string | URL, options: WriteCaptureOptions = {}): Promise<CaptureWriter> {
    const name = path instanceof URL ? path.pathname : path
    const existing = options.append === true ? await existingCapture(name) : null
    const format = options.format ?? existing?.format ?? formatOf(name)
    if (existing !== null && existing.format !== format) {
      throw new CaptureFileError(
        'UNSUPPORTED',
        `${name}: is a ${existing.format} file, so ${format} cannot be appended; leave format out, or write a new file`,
      )
    }
    if (options.comment !== undefined && format === 'pcap') {
      throw new CaptureFileError(
        'UNSUPPORTED',
        `${name}: a pcap file has no place for a comment; write with format: 'pcapng'`,
      )
    }
    const gzip = options.gzip ?? existing?.compressed ?? /\.gz$/i.test(name)
    if (existing !== null && gzip !== existing.compressed) {
      throw new CaptureFileError(
        'UNSUPPORTED',
        `${name}: is ${existing.compressed ? '' : 'not '}compressed; leave gzip out to append to it`,
      )
    }
    const output = await openOutput(name, { append: existing !== null, gzip })
    return new CaptureWriter(name, { ...options, format }, existing, output)
  }

  /** Writes packets in any form. @throws CaptureFileError, PacketError */
  async write(packets: WritablePackets): Promise<void> {
    if (this.closed)
      throw new CaptureFileError(
        'INPUT_OUTPUT',
        `${this.path}: is closed already; open a new writer, with append to go on`,
      )
    const result = this.last.then(() => this.writeNow(packets))
    this.last = result.catch(() => {})
    await result
  }

  /** Hands everything to the operating system: what was written so far can be read. */
  flush(): Promise<void> {
    const result = this.last.then(() => this.drain(0))
    this.last = result.catch(() => {})
    return result
  }

  /** Finishes the file. A file without packets gets its header still. Closing twice does no harm. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.last
    try {
      this.encoder ??= this.newEncoder(this.options.linkType ?? 1)
      await this.drain(0)
    } finally {
      await this.output.close()
    }
  }

  private async writeNow(packets: WritablePackets): Promise<void> {
    for await (const item of itemsOf(packets)) {
      for (const record of recordsOf(item, this.options.linkType, Date.now() * 1000)) {
        this.encoder ??= this.newEncoder(record.linkType)
        this.encoder.add(record, this.packets + 1)
        this.packets++
        if (this.encoder.output.length >= FLUSH) await this.drain(FLUSH)
      }
    }
  }

  private async drain(least: number): Promise<void> {
    const { encoder } = this
    if (encoder === null || encoder.output.length < Math.max(1, least)) return
    const bytes = encoder.output.take()
    this.bytes += bytes.length
    await this.output.write(bytes)
  }

  private newEncoder(linkType: number): CaptureEncoder {
    const { existing, options } = this
    if (options.format === 'pcapng') return new PcapngEncoder({ comment: options.comment })
    if (existing === null) return new PcapEncoder({ linkType, nanoseconds: options.nanoseconds ?? true })
    const only = existing.interfaces[0]!
    return new PcapEncoder({
      linkType: only.linkType,
      nanoseconds: existing.nanoseconds,
      littleEndian: existing.byteOrder === 'little',
      appendTo: { snaplen: only.snaplen },
    })
  }
}

/** Format that a path asks for. */
export function formatOf(path: string): 'pcap' | 'pcapng' {
  return /\.(?:pcapng|ntar)(?:\.gz)?$/i.test(path) ? 'pcapng' : 'pcap'
}

/** What there is to append to; null for no file or an empty one. Reads all of it: behind damage nothing could be read. */
async function existingCapture(path: string): Promise<CaptureInformation | null> {
  if (path === '-') throw new CaptureFileError('UNSUPPORTED', 'standard output cannot be appended to; leave append out')
  const reading = readCapture(path, { onWarning: () => {} })
  try {
    for await (const _ of reading);
  } catch (error) {
    if (error instanceof CaptureFileError && (error.code === 'NOT_FOUND' || error.code === 'EMPTY')) return null
    throw error
  }
  const warning = reading.warnings[0]
  if (warning !== undefined) {
    throw new CaptureFileError(
      'DAMAGED',
      `${warning.message}. What is appended would be lost: read it with rdpcap and write a new file`,
    )
  }
  const information = reading.information!
  if (information.variant !== undefined) {
    throw new CaptureFileError(
      'UNSUPPORTED',
      `${path}: is a pcap file of an old kind (${information.variant}); write a new file`,
    )
  }
  return information
}
