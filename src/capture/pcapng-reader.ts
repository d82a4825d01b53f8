/**
 * pcapng files, draft-ietf-opsawg-pcapng. A sequence of blocks:
 *
 *   type  total length  body …  total length
 *
 * A section header block starts a section, with a byte order and a table of interfaces of its own. The interfaces of all sections
 * are put into one table here.
 */

import type { BatchBuilder } from './capture-batch.js'
import type { CaptureFault } from './capture-error.js'
import {
  bytesLeft,
  type CaptureInformation,
  type CaptureParser,
  hexNumber,
  MAXIMUM_BLOCK,
  maximumPacketLength,
  type ParseWindow,
} from './capture-parser.js'
import { type ExactTime, type TimeUnit, ticksToTime } from './capture-time.js'
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_NAME_RESOLUTION,
  BLOCK_NAMES,
  BLOCK_PACKET,
  BLOCK_SECTION_HEADER,
  BLOCK_SIMPLE_PACKET,
  BYTE_ORDER_MAGIC,
  padded,
} from './pcapng-blocks.js'
import { parseInterface, parseNames, parseSection, parseStatistics } from './pcapng-interface.js'
import { commentsOf } from './pcapng-options.js'

const BLOCK_HEADER = 8
const SMALLEST_BLOCK = 12
const SMALLEST_SECTION_HEADER = 28
const MAXIMUM_INTERFACES = 65536
const MAXIMUM_SECTIONS = 1000
/** Bytes of sections, interfaces and names that are kept; more is an attack, or no capture. */
const MAXIMUM_DESCRIPTIONS = 64 * 1024 * 1024

/** Whether these first bytes are those of a pcapng file. */
export function looksLikePcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a
}

/** Parser for the bytes of one pcapng file, from its first on. */
export class PcapngParser implements CaptureParser {
  readonly format = 'pcapng'
  readonly information: CaptureInformation = {
    format: 'pcapng',
    byteOrder: 'little',
    compressed: false,
    nanoseconds: true,
    interfaces: [],
    sections: [],
    names: new Map(),
  }
  packetCount = 0
  needed = SMALLEST_BLOCK
  skip = 0
  fault: CaptureFault | null = null
  passedOver: CaptureFault | null = null
  passedOverCount = 0

  private littleEndian = true
  /** Index of the section's first interface in the table of the file. */
  private firstInterface = 0
  private readonly timeUnits: TimeUnit[] = []
  /** Bytes of the blocks whose texts are kept. */
  private descriptionBytes = 0
  /** Link type of the packets in the batch being filled. */
  private batchLinkType = -1
  private readonly time: ExactTime = { seconds: 0, nanoseconds: 0 }

  parse(window: ParseWindow, batch: BatchBuilder): boolean {
    const { view, end } = window
    for (;;) {
      const start = window.start
      this.needed = SMALLEST_BLOCK
      if (end - start < SMALLEST_BLOCK) return false
      const type = view.getUint32(start, this.littleEndian)
      if (type === BLOCK_SECTION_HEADER && !this.readByteOrder(window)) return false
      const length = view.getUint32(start + 4, this.littleEndian)
      const total = padded(length)
      if (
        length < (type === BLOCK_SECTION_HEADER ? SMALLEST_SECTION_HEADER : SMALLEST_BLOCK) ||
        length > MAXIMUM_BLOCK
      ) {
        const range = `a block length between ${SMALLEST_BLOCK} and ${MAXIMUM_BLOCK}`
        this.fault = this.faultAt(
          window,
          range,
          `${length} (${hexNumber(length)}) in a block of type ${hexNumber(type)}`,
        )
        return false
      }
      this.needed = total
      if (total > end - start) {
        if (window.base + start + total > window.total) this.fault = this.incomplete(window)
        // A block that is not used is not held in memory either.
        else if (!(type in BLOCK_NAMES) && total > 65536) this.skip = total
        return false
      }
      const endLength = view.getUint32(start + total - 4, this.littleEndian)
      if (endLength !== length && endLength !== total) {
        const expected = `the length ${length} again at the end of the ${BLOCK_NAMES[type] ?? hexNumber(type)} block`
        this.fault = this.faultAt(window, expected, `${endLength} (${hexNumber(endLength)})`)
        return false
      }
      if (type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET || type === BLOCK_SIMPLE_PACKET) {
        if (batch.full) return true
        if (!this.packet(window, type, start + total - 4, batch)) return true
      } else {
        this.description(window, type, start + total - 4)
        if (this.fault !== null) return false
      }
      window.start = start + total
    }
  }

  incomplete(window: ParseWindow): CaptureFault {
    const what = this.needed === SMALLEST_BLOCK ? 'a block of at least 12 bytes' : `a block of ${this.needed} bytes`
    return this.faultAt(window, what, `the end of the file after ${bytesLeft(window)}`)
  }

  private readByteOrder(window: ParseWindow): boolean {
    const { view, start } = window
    if (view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) this.littleEndian = true
    else if (view.getUint32(start + 8, false) === BYTE_ORDER_MAGIC) this.littleEndian = false
    else {
      const found = hexNumber(view.getUint32(start + 8, false))
      this.fault = this.faultAt(
        window,
        `the byte-order magic ${hexNumber(BYTE_ORDER_MAGIC)} in a section header`,
        found,
      )
      return false
    }
    return true
  }

  /** Reads a block that is no packet. */
  private description(window: ParseWindow, type: number, end: number): void {
    const { view, start } = window
    const { interfaces, sections, names } = this.information
    const body = start + BLOCK_HEADER
    if (
      type === BLOCK_INTERFACE ||
      type === BLOCK_NAME_RESOLUTION ||
      (type === BLOCK_SECTION_HEADER && sections.length < MAXIMUM_SECTIONS)
    ) {
      this.descriptionBytes += end - start
      if (this.descriptionBytes > MAXIMUM_DESCRIPTIONS) {
        this.fault = this.faultAt(
          window,
          `at most ${MAXIMUM_DESCRIPTIONS} bytes of descriptions and names`,
          `${this.descriptionBytes}`,
        )
        return
      }
    }
    if (type === BLOCK_SECTION_HEADER) {
      const major = view.getUint16(body + 4, this.littleEndian)
      if (major !== 1) {
        this.fault = this.faultAt(
          window,
          'pcapng version 1.x',
          `version ${major}.${view.getUint16(body + 6, this.littleEndian)}`,
        )
        return
      }
      this.firstInterface = interfaces.length
      if (sections.length === 0) this.information.byteOrder = this.littleEndian ? 'little' : 'big'
      if (sections.length < MAXIMUM_SECTIONS) sections.push(parseSection(view, body + 16, end, this.littleEndian))
    } else if (type === BLOCK_INTERFACE) {
      if (end - body < 8) {
        this.fault = this.faultAt(window, 'an interface description block of at least 20 bytes', `${end + 4 - start}`)
      } else if (interfaces.length === MAXIMUM_INTERFACES) {
        this.fault = this.faultAt(window, `at most ${MAXIMUM_INTERFACES} interfaces`, 'one more')
      } else {
        const { description, time } = parseInterface(view, body, end, this.littleEndian, interfaces.length)
        interfaces.push(description)
        this.timeUnits.push(time)
      }
    } else if (type === BLOCK_NAME_RESOLUTION) {
      parseNames(view, body, end, this.littleEndian, names)
    } else if (type === BLOCK_INTERFACE_STATISTICS && end - body >= 12) {
      const description = interfaces[this.firstInterface + view.getUint32(body, this.littleEndian)]
      if (description !== undefined) parseStatistics(view, body + 12, end, this.littleEndian, description)
    }
  }

  /** Adds the packet of a block whose frame is sound; false when it must go into the next batch. */
  private packet(window: ParseWindow, type: number, end: number, batch: BatchBuilder): boolean {
    const { view, start } = window
    const { littleEndian, time } = this
    const body = start + BLOCK_HEADER
    const header = type === BLOCK_SIMPLE_PACKET ? 4 : 20
    if (end - body < header) {
      this.passOver(window, `a ${BLOCK_NAMES[type]} block of at least ${header + 12} bytes`, `${end + 4 - start}`)
      return true
    }
    let section = 0
    if (type === BLOCK_ENHANCED_PACKET) section = view.getUint32(body, littleEndian)
    else if (type === BLOCK_PACKET) section = view.getUint16(body, littleEndian)
    const index = this.firstInterface + section
    const description = this.information.interfaces[index]
    if (description === undefined) {
      const count = this.information.interfaces.length - this.firstInterface
      this.passOver(window, `a packet of one of the ${count} interfaces of the section`, `one of interface ${section}`)
      return true
    }
    if (batch.count === 0) this.batchLinkType = description.linkType
    else if (this.batchLinkType !== description.linkType) return false

    let length: number
    let originalLength: number
    const data = body + header
    if (type === BLOCK_SIMPLE_PACKET) {
      originalLength = view.getUint32(body, littleEndian)
      const kept = description.snaplen === 0 ? originalLength : Math.min(originalLength, description.snaplen)
      length = Math.min(kept, end - data)
      if (kept > end - data) {
        this.passOver(window, `${kept} bytes of packet`, `${end - data} in the block`)
        return true
      }
      time.seconds = Number.NaN
      time.nanoseconds = 0
    } else {
      length = view.getUint32(body + 12, littleEndian)
      originalLength = view.getUint32(body + 16, littleEndian)
      ticksToTime(
        view.getUint32(body + 4, littleEndian),
        view.getUint32(body + 8, littleEndian),
        this.timeUnits[index]!,
        time,
      )
    }
    const limit = Math.min(end - data, maximumPacketLength(description.linkType, description.snaplen))
    if (length > limit) {
      this.passOver(window, `a captured length of at most ${limit} bytes`, `${length} (${hexNumber(length)})`)
      return true
    }
    batch.add(data, length, originalLength, time.seconds, time.nanoseconds, index)
    this.packetCount++
    const options = data + padded(length)
    if (type !== BLOCK_SIMPLE_PACKET && end - options >= 4) {
      const comment = commentsOf(view, options, end, littleEndian)
      if (comment !== undefined) batch.comment(comment)
    }
    return true
  }

  private passOver(window: ParseWindow, expected: string, found: string): void {
    if (this.passedOver === null) this.passedOver = this.faultAt(window, expected, found)
    else this.passedOverCount++
  }

  private faultAt(window: ParseWindow, expected: string, found: string): CaptureFault {
    return { offset: window.base + window.start, packetNumber: this.packetCount + 1, expected, found }
  }
}
