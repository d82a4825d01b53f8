import { CaptureFileError } from './capture-error.js'
import { maximumPacketLength } from './capture-parser.js'
import { linkTypeText } from './link-type.js'
import { type CaptureEncoder, type CaptureRecord, OutputBuffer } from './output-buffer.js'

export interface PcapEncoderOptions {
  /** LINKTYPE_ number of all packets. */
  linkType: number
  /** Times in nanoseconds; otherwise they are cut off to microseconds. */
  nanoseconds: boolean
  littleEndian?: boolean
  /** Set for a file that has its header already: the snaplen in it, which readers cut longer packets to. */
  appendTo?: { snaplen: number }
}

/** pcap, draft-ietf-opsawg-pcap, version 2.4. */
export class PcapEncoder implements CaptureEncoder {
  readonly output = new OutputBuffer()
  private readonly littleEndian: boolean
  private readonly limit: number

  constructor(private readonly options: PcapEncoderOptions) {
    this.littleEndian = options.littleEndian ?? true
    const { appendTo } = options
    this.limit =
      appendTo !== undefined && appendTo.snaplen > 0 ? appendTo.snaplen : maximumPacketLength(options.linkType)
    if (appendTo === undefined) this.header()
  }

  private header(): void {
    const start = this.output.reserve(24)
    const { view } = this.output
    const { littleEndian } = this
    view.setUint32(start, this.options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian)
    view.setUint16(start + 4, 2, littleEndian)
    view.setUint16(start + 6, 4, littleEndian)
    view.setUint32(start + 8, 0, littleEndian)
    view.setUint32(start + 12, 0, littleEndian)
    view.setUint32(start + 16, this.limit, littleEndian)
    view.setUint32(start + 20, this.options.linkType, littleEndian)
  }

  add(record: CaptureRecord, number: number): void {
    const { bytes, linkType } = record
    if (linkType !== this.options.linkType) {
      throw new CaptureFileError(
        'MIXED_LINK_TYPES',
        `packet ${number} has link type ${linkTypeText(linkType)}, but the file's is ${linkTypeText(this.options.linkType)}: ` +
          "a pcap file holds one link type; write with format: 'pcapng', or only packets of one link type",
      )
    }
    checkLength(bytes.length, this.limit, number)
    const seconds = Number.isNaN(record.seconds) ? 0 : record.seconds
    if (seconds < 0 || seconds > 0xffffffff) {
      throw new CaptureFileError(
        'TOO_LARGE',
        `packet ${number}: its time ${seconds} does not fit a pcap file (0..4294967295 s, until 2106); write with format: 'pcapng'`,
      )
    }
    const start = this.output.reserve(16)
    const { view } = this.output
    const { littleEndian } = this
    const fraction = this.options.nanoseconds ? record.nanoseconds : Math.floor(record.nanoseconds / 1000)
    view.setUint32(start, seconds, littleEndian)
    view.setUint32(start + 4, fraction, littleEndian)
    view.setUint32(start + 8, bytes.length, littleEndian)
    view.setUint32(start + 12, record.originalLength, littleEndian)
    this.output.append(bytes)
  }
}

/** @throws CaptureFileError for a packet that readers would take for damage */
export function checkLength(length: number, limit: number, number: number): void {
  if (length <= limit) return
  throw new CaptureFileError(
    'TOO_LARGE',
    `packet ${number} has ${length} bytes; this capture file holds packets of at most ${limit}`,
  )
}
