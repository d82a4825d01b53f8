import { CaptureFileError } from './capture-error.js'
import { maximumPacketLength } from './capture-parser.js'
import { nanosecondTicks } from './capture-time.js'
import { type CaptureEncoder, type CaptureRecord, OutputBuffer } from './output-buffer.js'
import { checkLength } from './pcap-writer.js'
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_SECTION_HEADER,
  BYTE_ORDER_MAGIC,
  INTERFACE_NAME,
  INTERFACE_TIME_RESOLUTION,
  OPTION_COMMENT,
  SECTION_APPLICATION,
  STATISTICS_DROPPED_BY_INTERFACE,
  STATISTICS_DROPPED_BY_SYSTEM,
  STATISTICS_RECEIVED,
} from './pcapng-blocks.js'

/** What an interface has counted since the capture began. */
export interface InterfaceCounts {
  received: number
  /** Lost by the operating system. */
  dropped: number
  /** Lost by the interface. */
  interfaceDropped: number
}

/** pcapng, draft-ietf-opsawg-pcapng: one little-endian section, an interface for each link type and name, times in nanoseconds. */
export class PcapngEncoder implements CaptureEncoder {
  readonly output = new OutputBuffer()
  private readonly interfaces = new Map<string, number>()

  /** `comment` is of the whole section. */
  constructor(options: { comment?: string } = {}) {
    const start = this.beginBlock(BLOCK_SECTION_HEADER, 16)
    const { view } = this.output
    view.setUint32(start, BYTE_ORDER_MAGIC, true)
    // Version 1.0.
    view.setUint32(start + 4, 1, true)
    // Section length −1: not told.
    view.setUint32(start + 8, 0xffffffff, true)
    view.setUint32(start + 12, 0xffffffff, true)
    this.textOption(OPTION_COMMENT, options.comment)
    this.textOption(SECTION_APPLICATION, 'netshell')
    this.endOptions()
    this.endBlock(start)
  }

  add(record: CaptureRecord, number: number): void {
    const { bytes, linkType } = record
    checkLength(bytes.length, maximumPacketLength(linkType), number)
    const seconds = Number.isNaN(record.seconds) ? 0 : record.seconds
    // 2³⁴ s of nanoseconds still fit 64 bits.
    if (seconds < 0 || seconds >= 17179869184) {
      throw new CaptureFileError(
        'TOO_LARGE',
        `packet ${number}: its time ${seconds} does not fit a capture file (0..17179869183 s)`,
      )
    }
    const index = this.interfaceIndex(linkType, record.interfaceName)
    const start = this.beginBlock(BLOCK_ENHANCED_PACKET, 20)
    const { view } = this.output
    const [high, low] = nanosecondTicks(seconds, record.nanoseconds)
    view.setUint32(start, index, true)
    view.setUint32(start + 4, high, true)
    view.setUint32(start + 8, low, true)
    view.setUint32(start + 12, bytes.length, true)
    view.setUint32(start + 16, record.originalLength, true)
    this.output.append(bytes, 4)
    if (record.comment !== undefined) {
      this.textOption(OPTION_COMMENT, record.comment)
      this.endOptions()
    }
    this.endBlock(start)
  }

  /** Names an interface before a packet of it comes; others are named when their first packet does. */
  declare(linkType: number, name: string): void {
    this.interfaceIndex(linkType, name)
  }

  /** Says how many packets an interface had, as a block of its own. `seconds` and `nanoseconds`: when they were counted. */
  addStatistics(linkType: number, name: string, counts: InterfaceCounts, seconds: number, nanoseconds: number): void {
    const index = this.interfaceIndex(linkType, name)
    const start = this.beginBlock(BLOCK_INTERFACE_STATISTICS, 12)
    const [high, low] = nanosecondTicks(seconds, nanoseconds)
    this.output.view.setUint32(start, index, true)
    this.output.view.setUint32(start + 4, high, true)
    this.output.view.setUint32(start + 8, low, true)
    this.numberOption(STATISTICS_RECEIVED, counts.received)
    this.numberOption(STATISTICS_DROPPED_BY_INTERFACE, counts.interfaceDropped)
    this.numberOption(STATISTICS_DROPPED_BY_SYSTEM, counts.dropped)
    this.endOptions()
    this.endBlock(start)
  }

  private numberOption(code: number, value: number): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
    this.option(code, bytes)
  }

  private interfaceIndex(linkType: number, name: string): number {
    const key = `${linkType} ${name}`
    let index = this.interfaces.get(key)
    if (index === undefined) {
      index = this.interfaces.size
      this.interfaces.set(key, index)
      const start = this.beginBlock(BLOCK_INTERFACE, 8)
      this.output.view.setUint32(start, linkType, true)
      this.output.view.setUint32(start + 4, maximumPacketLength(linkType), true)
      if (name !== '') this.textOption(INTERFACE_NAME, name)
      this.option(INTERFACE_TIME_RESOLUTION, Uint8Array.of(9))
      this.endOptions()
      this.endBlock(start)
    }
    return index
  }

  /** Starts a block whose body has `fixed` bytes before its options; gives the position of the body. */
  private beginBlock(type: number, fixed: number): number {
    const start = this.output.reserve(8 + fixed)
    this.output.view.setUint32(start, type, true)
    return start + 8
  }

  private endBlock(body: number): void {
    const end = this.output.reserve(4)
    const length = end + 4 - (body - 8)
    this.output.view.setUint32(body - 4, length, true)
    this.output.view.setUint32(end, length, true)
  }

  private textOption(code: number, text: string | undefined): void {
    if (text === undefined) return
    const bytes = Buffer.from(text)
    // Lengths of options have 16 bits; a cut must not fall into a character.
    let length = Math.min(bytes.length, 65535)
    if (length < bytes.length) while ((bytes[length]! & 0xc0) === 0x80) length--
    this.option(code, bytes.subarray(0, length))
  }

  private option(code: number, value: Uint8Array): void {
    const start = this.output.reserve(4)
    this.output.view.setUint16(start, code, true)
    this.output.view.setUint16(start + 2, value.length, true)
    this.output.append(value, 4)
  }

  private endOptions(): void {
    const start = this.output.reserve(4)
    this.output.view.setUint32(start, 0, true)
  }
}
