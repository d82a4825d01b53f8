import { useFilter } from './filter.js'
import { type Pointer, textOf } from './foreign.js'
import { interfaces, noSuchInterface } from './interfaces.js'
import { cLibrary } from './libc.js'
import { type CaptureOptions, LinkError } from './link.js'
import { LINKTYPE_LINUX_SLL2, linkTypeOfDataLink } from './link-types.js'
import {
  PCAP_ERRBUF_SIZE,
  PCAP_ERROR_IFACE_NOT_UP,
  PCAP_ERROR_NO_SUCH_DEVICE,
  PCAP_ERROR_PERM_DENIED,
  PCAP_ERROR_PROMISC_PERM_DENIED,
  PCAP_TSTAMP_PRECISION_NANO,
  type PcapLibrary,
  pcapLibrary,
} from './pcap-library.js'
import { notPermitted } from './permissions.js'

/** Options with the defaults filled in. */
export interface HandleOptions {
  filter: string
  promiscuous: boolean
  snaplen: number
  immediate: boolean
  bufferSize: number
}

/** An activated libpcap handle; who opened it closes it with `pcap.close(handle)`. */
export interface PcapHandle {
  handle: Pointer
  /** LINKTYPE number. */
  linkType: number
  descriptor: number
  /** Nanoseconds in one unit of its fractions of a second. */
  fraction: 1 | 1000
}

const MAXIMUM_SNAPLEN = 262144
const IMMEDIATE_SNAPLEN = 2048
/** Bytes that link headers and VLAN tags may take before the payload. */
const LINK_HEADERS = 64
const MEBIBYTE = 1 << 20
/** How long the kernel collects frames before it wakes us in block mode, ms. */
const BLOCK_TIMEOUT = 10

/**
 * Checks the options and fills in the defaults; `mtu` is the interface's, if known. Throws a LinkError (`BAD_OPTION`).
 */
export function handleOptions(options: CaptureOptions, mtu = 65535 - LINK_HEADERS): HandleOptions {
  const immediate = options.immediate ?? false
  const longest = Math.min(65535, Math.max(IMMEDIATE_SNAPLEN, mtu + LINK_HEADERS))
  const snaplen = wholeNumber('snaplen', options.snaplen ?? (immediate ? longest : 65535), 1, MAXIMUM_SNAPLEN, 'bytes')
  const size = options.bufferSize ?? (immediate ? 32 : 16) * MEBIBYTE
  const bufferSize = wholeNumber('bufferSize', size, 65536, 1024 * MEBIBYTE, 'bytes')
  const filter = options.filter ?? ''
  if (typeof filter !== 'string')
    throw new LinkError('BAD_OPTION', `filter: must be text in tcpdump's language, such as 'tcp port 80'`)
  return { filter, promiscuous: options.promiscuous ?? false, snaplen, immediate, bufferSize }
}

function wholeNumber(name: string, value: number, least: number, most: number, unit: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new LinkError(
    'BAD_OPTION',
    `${name}: ${String(value)} is not a whole number of ${unit} from ${least} to ${most}`,
  )
}

/**
 * Opens, sets up and activates a handle, filter in the kernel, not blocking. Throws a LinkError; nothing stays open
 * then.
 */
export function openPcapHandle(interfaceName: string, options: HandleOptions): PcapHandle {
  const pcap = pcapLibrary()
  const error = new Uint8Array(PCAP_ERRBUF_SIZE)
  if (interfaceName === '' || /[\0/]/.test(interfaceName)) throw noSuchInterface(interfaceName, interfaces())
  const handle = pcap.create(interfaceName, error)
  if (!handle) throw new LinkError('SYSTEM', `no capture on ${interfaceName}: ${textOf(error)}`)
  try {
    pcap.setSnaplen(handle, options.snaplen)
    pcap.setPromisc(handle, options.promiscuous ? 1 : 0)
    pcap.setTimeout(handle, BLOCK_TIMEOUT)
    pcap.setImmediateMode(handle, options.immediate ? 1 : 0)
    pcap.setBufferSize(handle, options.bufferSize)
    pcap.setTstampPrecision(handle, PCAP_TSTAMP_PRECISION_NANO)
    const status = pcap.activate(handle)
    if (status < 0) throw activationError(pcap, handle, interfaceName, status)
    // SLL2 says which interface a frame came by; libpcap before 1.10 has only SLL.
    if (interfaceName === 'any') pcap.setDatalink(handle, LINKTYPE_LINUX_SLL2)
    const dataLink = pcap.datalink(handle)
    if (options.filter.trim() !== '') setFilter(pcap, handle, interfaceName, options.filter)
    if (pcap.setNonblock(handle, 1, error) < 0)
      throw new LinkError('SYSTEM', `no capture on ${interfaceName}: ${textOf(error)}`)
    const descriptor = pcap.getSelectableFd(handle)
    if (descriptor < 0)
      throw new LinkError('SYSTEM', `no capture on ${interfaceName}: libpcap can not wait for its frames here`)
    cLibrary().setCloseOnExec(descriptor)
    return {
      handle,
      linkType: linkTypeOfDataLink(dataLink),
      descriptor,
      fraction: pcap.getTstampPrecision(handle) === PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000,
    }
  } catch (cause) {
    pcap.close(handle)
    throw cause
  }
}

/**
 * Closes a handle on a thread of its own: the kernel takes 15 to 30 ms (it waits until no processor works on the socket
 * any more), and the event loop must not stand still for that. The descriptor is gone a moment later.
 */
export function closePcapHandle(handle: Pointer): void {
  pcapLibrary().closeAsync(handle, () => undefined)
}

function setFilter(pcap: PcapLibrary, handle: Pointer, interfaceName: string, filter: string): void {
  useFilter(pcap, handle, filter, (program) => {
    if (pcap.setFilter(handle, program) < 0) {
      throw new LinkError(
        'BAD_FILTER',
        `the filter '${filter}' can not be set on ${interfaceName}: ${pcap.getErr(handle)}`,
      )
    }
  })
}

function activationError(pcap: PcapLibrary, handle: Pointer, interfaceName: string, status: number): LinkError {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return notPermitted(interfaceName)
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return noSuchInterface(interfaceName, interfaces())
    case PCAP_ERROR_IFACE_NOT_UP:
      return new LinkError('INTERFACE_DOWN', `${interfaceName} is down: sudo ip link set ${interfaceName} up`)
    default:
      return new LinkError(
        'SYSTEM',
        `no capture on ${interfaceName}: ${pcap.getErr(handle) || `libpcap says ${status}`}`,
      )
  }
}

/**
 * LINKTYPE number of an interface's frames, found by opening it: for those whose kind does not tell. Throws as
 * `openPcapHandle` does.
 */
export function probeLinkType(interfaceName: string): number {
  if (interfaceName === 'any') return LINKTYPE_LINUX_SLL2
  const options = handleOptions({ snaplen: 256, bufferSize: 65536, filter: 'less 0' })
  const { handle, linkType } = openPcapHandle(interfaceName, options)
  pcapLibrary().close(handle)
  return linkType
}
