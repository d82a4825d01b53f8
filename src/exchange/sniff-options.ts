import { type CaptureInput, checkRing, checkRotate, type RingLimits, type RotateOptions } from '../capture/index.js'
import type { Link } from '../link/index.js'
import { type AnyPacket, PacketError } from '../packet/index.js'
import { checkNumber, checkOptions, checkPath } from './options.js'

/** Options of `sniff`. */
export interface SniffOptions {
  /** Interface name, `'any'` for all, or several; unset: that of the setting `iface`, else of the default route. Packets of several come in the order of time. */
  iface?: string | readonly string[]
  /** BPF expression such as `'tcp port 80'`, run in the kernel. */
  filter?: string
  /** Ends after this many packets; 0 or unset: no limit. */
  count?: number
  /** Ends after this many seconds. */
  timeout?: number
  /** Called for each packet; what it returns is printed, with control characters escaped. It may wait: others come in meanwhile. */
  prn?: (packet: AnyPacket) => unknown
  /**
   * Keeps only packets for which this returns something true (after the BPF filter). It may keep the packet for itself: that stays
   * valid, and keeps up to 64 KiB of memory.
   */
  lfilter?: (packet: AnyPacket) => unknown
  /** Ends behind the first packet for which this returns something true. */
  stop?: (packet: AnyPacket) => unknown
  /** Whether packets are kept for the result. Default true; false with `write` and without `ring`. */
  store?: boolean
  /** Only the newest are kept for the result. */
  ring?: RingLimits
  /** A capture file that packets are written to as they come: pcapng or pcap by its name, `-` for standard output. */
  write?: string
  /** With `write`: goes on to the next file, `name-00001.pcapng`, when one is full. */
  rotate?: RotateOptions
  /** Puts fragments of IP and IPv6 together; what is not complete is left out. */
  defragment?: boolean
  /** Also packets for other stations. Default true, as capturing people expect. */
  promiscuous?: boolean
  /** Bytes kept of each packet. */
  snaplen?: number
  /** Bytes of the kernel's buffer, 64 KiB..1 GiB: a larger one survives longer bursts. Default 16 MiB. */
  bufferSize?: number
  /** A capture file to read instead of the wire, a stream of one, or `-` for standard input. Packets come as they are read. */
  offline?: CaptureInput
  /** A link of your own, for lessons and tests in memory, or several. */
  link?: Link | readonly Link[]
  /** Name of a network namespace (ip netns) to capture in. */
  netns?: string
  /** Called once listening has begun. */
  started?: () => void
  /** No message when done. */
  quiet?: boolean
}

const SNIFF_OPTIONS: readonly (keyof SniffOptions)[] = [
  'iface',
  'filter',
  'count',
  'timeout',
  'prn',
  'lfilter',
  'stop',
  'store',
  'ring',
  'write',
  'rotate',
  'defragment',
  'promiscuous',
  'snaplen',
  'bufferSize',
  'offline',
  'link',
  'netns',
  'started',
  'quiet',
]

/** @throws PacketError for options that make no sense */
export function checkSniff(options: SniffOptions): void {
  checkOptions('sniff', options, SNIFF_OPTIONS)
  const links = Array.isArray(options.link) ? (options.link as Link[]) : [options.link]
  if (links.length === 0) throw new PacketError('sniff: option link must be a link, or a list with at least one')
  for (const link of links) checkPath('sniff', { ...options, link }, true)
  checkNumber('sniff', 'count', options.count ?? 0, true)
  checkNumber('sniff', 'timeout', options.timeout ?? 0, false)
  for (const name of ['prn', 'lfilter', 'stop', 'started'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new PacketError(`sniff: option ${name} must be a function of a packet`)
  }
  const { ring, write, rotate, store } = options
  if (ring !== undefined) {
    checkRing('sniff: option ring', ring)
    if (store === false)
      throw new PacketError('sniff: option ring is about what is kept, and store: false keeps nothing')
  }
  if (write !== undefined && (typeof write !== 'string' || write === ''))
    throw new PacketError("sniff: option write must be the name of a file, such as 'traffic.pcapng'")
  if (rotate !== undefined) {
    if (write === undefined || write === '-')
      throw new PacketError("sniff: option rotate needs a file to write: write: 'traffic.pcapng'")
    checkRotate('sniff: option rotate', rotate)
  }
  if (options.offline === '-' && process.stdin.isTTY)
    throw new PacketError(
      'sniff: standard input is a terminal here; pipe a capture into it: tcpdump -U -w - | netshell sniff -r -',
    )
}
