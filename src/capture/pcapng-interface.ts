import { formatIpv4, formatIpv6 } from '../packet/addresses.js'
import type { CaptureInterface } from './capture-batch.js'
import type { CaptureSection } from './capture-parser.js'
import { type TimeUnit, timeUnit } from './capture-time.js'
import {
  INTERFACE_DESCRIPTION,
  INTERFACE_FCS_LENGTH,
  INTERFACE_FILTER,
  INTERFACE_HARDWARE,
  INTERFACE_NAME,
  INTERFACE_OPERATING_SYSTEM,
  INTERFACE_SPEED,
  INTERFACE_TIME_OFFSET,
  INTERFACE_TIME_RESOLUTION,
  NAME_IPV4,
  NAME_IPV6,
  OPTION_COMMENT,
  SECTION_APPLICATION,
  SECTION_HARDWARE,
  SECTION_OPERATING_SYSTEM,
  STATISTICS_DROPPED_BY_INTERFACE,
  STATISTICS_DROPPED_BY_SYSTEM,
  STATISTICS_RECEIVED,
} from './pcapng-blocks.js'
import { forEachOption, option64, optionText } from './pcapng-options.js'

/** Reads the options of a section header. */
export function parseSection(view: DataView, start: number, end: number, littleEndian: boolean): CaptureSection {
  const section: CaptureSection = {}
  forEachOption(view, start, end, littleEndian, (code, at, length) => {
    if (code === OPTION_COMMENT) section.comment = joined(section.comment, optionText(view, at, length))
    else if (code === SECTION_HARDWARE) section.hardware = optionText(view, at, length)
    else if (code === SECTION_OPERATING_SYSTEM) section.operatingSystem = optionText(view, at, length)
    else if (code === SECTION_APPLICATION) section.application = optionText(view, at, length)
  })
  return section
}

/** Reads the body of an interface description block, which has at least 8 bytes. */
export function parseInterface(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  index: number,
): { description: CaptureInterface; time: TimeUnit } {
  const description: CaptureInterface = {
    index,
    linkType: view.getUint16(start, littleEndian),
    snaplen: view.getUint32(start + 4, littleEndian),
    name: '',
  }
  let resolution = 6
  let offset = 0
  forEachOption(view, start + 8, end, littleEndian, (code, at, length) => {
    if (code === OPTION_COMMENT) description.comment = joined(description.comment, optionText(view, at, length))
    else if (code === INTERFACE_NAME) description.name = optionText(view, at, length)
    else if (code === INTERFACE_DESCRIPTION) description.description = optionText(view, at, length)
    else if (code === INTERFACE_OPERATING_SYSTEM) description.operatingSystem = optionText(view, at, length)
    else if (code === INTERFACE_HARDWARE) description.hardware = optionText(view, at, length)
    // The first byte of a filter says its kind; 0 is text for libpcap.
    else if (code === INTERFACE_FILTER && length > 1 && view.getUint8(at) === 0)
      description.filter = optionText(view, at + 1, length - 1)
    else if (code === INTERFACE_SPEED && length === 8) description.speed = option64(view, at, littleEndian)
    else if (code === INTERFACE_FCS_LENGTH && length >= 1) description.fcsLength = view.getUint8(at)
    else if (code === INTERFACE_TIME_RESOLUTION && length >= 1) resolution = view.getUint8(at)
    else if (code === INTERFACE_TIME_OFFSET && length === 8) offset = Number(view.getBigInt64(at, littleEndian))
  })
  return { description, time: timeUnit(resolution, offset) }
}

/** Adds what an interface statistics block says to the interface's description. */
export function parseStatistics(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  description: CaptureInterface,
): void {
  forEachOption(view, start, end, littleEndian, (code, at, length) => {
    if (length !== 8) return
    if (code === STATISTICS_RECEIVED) description.received = option64(view, at, littleEndian)
    else if (code === STATISTICS_DROPPED_BY_INTERFACE || code === STATISTICS_DROPPED_BY_SYSTEM)
      description.dropped = (description.dropped ?? 0) + option64(view, at, littleEndian)
  })
}

const MAXIMUM_NAMES = 100_000
const NAMES_PER_ADDRESS = 100

/** Reads a name resolution block: records of an address and the names for it, each ended by a zero byte. */
export function parseNames(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  names: Map<string, string[]>,
): void {
  forEachOption(view, start, end, littleEndian, (code, at, length) => {
    const addressLength = code === NAME_IPV4 ? 4 : code === NAME_IPV6 ? 16 : 0
    if (addressLength === 0 || length <= addressLength || names.size >= MAXIMUM_NAMES) return
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length)
    const address = addressLength === 4 ? formatIpv4(view.getUint32(at)) : formatIpv6(bytes, 0)
    const list = names.get(address) ?? []
    let position = addressLength
    while (position < length && bytes[position] !== 0 && list.length < NAMES_PER_ADDRESS) {
      list.push(optionText(view, at + position, length - position))
      const zero = bytes.indexOf(0, position)
      position = zero === -1 ? length : zero + 1
    }
    names.set(address, list)
  })
}

function joined(before: string | undefined, text: string): string {
  return before === undefined ? text : `${before}\n${text}`
}
