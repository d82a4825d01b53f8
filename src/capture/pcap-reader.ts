/**
 * pcap files, draft-ietf-opsawg-pcap. A 24-byte header, then a 16-byte header before each packet:
 *
 *   magic  version  (reserved)  (reserved)  snaplen  link type
 *   seconds  fraction  captured length  original length  bytes …
 *
 * The magic tells byte order and unit of the fraction. Alexey Kuznetzov's variant (Red Hat 6.1) has 8 more bytes a packet.
 */

import type { BatchBuilder } from './capture-batch.js'
import type { CaptureFault } from './capture-error.js'
import {
  bytesLeft,
  type CaptureInformation,
  type CaptureParser,
  hexNumber,
  maximumPacketLength,
  type ParseWindow,
} from './capture-parser.js'

const MAGIC_MICROSECONDS = 0xa1b2c3d4
const MAGIC_NANOSECONDS = 0xa1b23c4d
const MAGIC_KUZNETZOV = 0xa1b2cd34

const FILE_HEADER = 24

/** Whether these first bytes are those of a pcap file of any kind. */
export function looksLikePcap(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && magicOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0) !== null
}

function magicOf(view: DataView, offset: number): { magic: number; littleEndian: boolean } | null {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(offset, littleEndian)
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_KUZNETZOV)
      return { magic, littleEndian }
  }
  return null
}

/** Parser for the bytes of one pcap file, from its first on. */
export class PcapParser implements CaptureParser {
  readonly format = 'pcap'
  readonly information: CaptureInformation = {
    format: 'pcap',
    byteOrder: 'little',
    compressed: false,
    nanoseconds: false,
    interfaces: [],
    sections: [],
    names: new Map(),
  }
  packetCount = 0
  needed = FILE_HEADER
  skip = 0
  fault: CaptureFault | null = null
  passedOver: CaptureFault | null = null
  passedOverCount = 0

  private started = false
  private littleEndian = true
  private recordHeader = 16
  private fractionsPerSecond = 1_000_000
  private minorVersion = 4
  private limit = 0

  parse(window: ParseWindow, batch: BatchBuilder): boolean {
    if (!this.started && !this.parseFileHeader(window)) return false
    const { view, end } = window
    const { littleEndian, recordHeader, fractionsPerSecond, minorVersion, limit } = this
    const nanosecondsPerFraction = 1_000_000_000 / fractionsPerSecond
    let position = window.start
    this.needed = recordHeader
    while (end - position >= recordHeader) {
      if (batch.full) {
        window.start = position
        return true
      }
      let seconds = view.getUint32(position, littleEndian)
      let fraction = view.getUint32(position + 4, littleEndian)
      let length = view.getUint32(position + 8, littleEndian)
      let originalLength = view.getUint32(position + 12, littleEndian)
      if (minorVersion < 3 || (minorVersion === 3 && length > originalLength)) {
        // The lengths were swapped before version 2.3, and either way in it.
        const swapped = length
        length = originalLength
        originalLength = swapped
      }
      if (length > limit) {
        window.start = position
        this.fault = this.faultAt(
          window,
          `a captured length of at most ${limit} bytes`,
          `${length} (${hexNumber(length)})`,
        )
        return false
      }
      if (length > end - position - recordHeader) {
        this.needed = recordHeader + length
        if (window.base + position + this.needed > window.total) {
          window.start = position
          this.fault = this.incomplete(window)
          return false
        }
        break
      }
      if (fraction >= fractionsPerSecond) {
        const carry = Math.floor(fraction / fractionsPerSecond)
        seconds += carry
        fraction -= carry * fractionsPerSecond
      }
      batch.add(position + recordHeader, length, originalLength, seconds, fraction * nanosecondsPerFraction, 0)
      this.packetCount++
      position += recordHeader + length
    }
    window.start = position
    return false
  }

  incomplete(window: ParseWindow): CaptureFault {
    const available = bytesLeft(window)
    const what = !this.started
      ? `a file header of ${FILE_HEADER} bytes`
      : this.needed === this.recordHeader
        ? `a packet header of ${this.recordHeader} bytes`
        : `${this.needed} bytes of packet header and packet`
    return this.faultAt(window, what, `the end of the file after ${available}`)
  }

  private parseFileHeader(window: ParseWindow): boolean {
    const { view, start, end } = window
    if (end - start < FILE_HEADER) return false
    const { magic, littleEndian } = magicOf(view, start)!
    const major = view.getUint16(start + 4, littleEndian)
    this.minorVersion = view.getUint16(start + 6, littleEndian)
    if (major !== 2) {
      this.fault = this.faultAt(window, 'pcap version 2.x', `version ${major}.${this.minorVersion}`)
      return false
    }
    const snaplen = view.getUint32(start + 16, littleEndian)
    const linkWord = view.getUint32(start + 20, littleEndian)
    // Upper bits: FCS length in 16-bit words, valid with bit 26 (draft-ietf-opsawg-pcap §4).
    const linkType = linkWord & 0x03ffffff
    const fcsLength = (linkWord & 0x04000000) === 0 ? undefined : (linkWord >>> 28) * 2
    this.littleEndian = littleEndian
    this.recordHeader = magic === MAGIC_KUZNETZOV ? 24 : 16
    this.fractionsPerSecond = magic === MAGIC_NANOSECONDS ? 1_000_000_000 : 1_000_000
    this.limit = maximumPacketLength(linkType, snaplen)
    this.information.byteOrder = littleEndian ? 'little' : 'big'
    if (magic === MAGIC_KUZNETZOV) this.information.variant = 'Kuznetzov'
    else if (this.minorVersion !== 4) this.information.variant = `version 2.${this.minorVersion}`
    this.information.nanoseconds = magic === MAGIC_NANOSECONDS
    this.information.interfaces.push({
      index: 0,
      linkType,
      snaplen,
      name: '',
      ...(fcsLength === undefined ? {} : { fcsLength }),
    })
    window.start = start + FILE_HEADER
    this.started = true
    return true
  }

  private faultAt(window: ParseWindow, expected: string, found: string): CaptureFault {
    return { offset: window.base + window.start, packetNumber: this.packetCount + 1, expected, found }
  }
}
