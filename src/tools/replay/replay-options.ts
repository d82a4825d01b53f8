import type { Readable } from 'node:stream'
import type { CaptureInput } from '../../capture/index.js'
import { checkNumber, checkOptions, checkPath, type PathOptions } from '../../exchange/index.js'
import { type Packet, PacketError, parseMac } from '../../packet/index.js'

/** What can be replayed: a capture file (`-` is standard input), a stream of one, or packets. */
export type ReplayInput = CaptureInput | Iterable<Packet>

/** Options of `replay`. */
export interface ReplayOptions extends PathOptions {
  /** Packets per second, evenly spread, instead of the capture's timing. */
  rate?: number
  /** Factor of the capture's timing, above 0: 2 is twice as fast. Default 1. */
  speed?: number
  /** As fast as the interface takes them. Default false. */
  topspeed?: boolean
  /** How often the capture is sent; 0: until Ctrl-C. Default 1. */
  loop?: number
  /** At most so many packets in all. */
  count?: number
  /** BPF expression: only packets of the capture that it lets through are sent. */
  filter?: string
  /** Where packets without an Ethernet header go when the interface needs one: the MAC address of its neighbour. */
  mac?: string
}

const NAMES = ['rate', 'speed', 'topspeed', 'loop', 'count', 'filter', 'mac', 'iface', 'link', 'netns']

/** When packets leave. */
export type Timing = { kind: 'capture'; speed: number } | { kind: 'rate'; rate: number } | { kind: 'topspeed' }

/** Options with their defaults. */
export interface ReplaySettings extends ReplayOptions {
  timing: Timing
  /** Passes through the capture; Infinity without end. */
  loops: number
  most: number
}

/** @throws PacketError that says what is wrong */
export function replaySettings(input: ReplayInput, options: ReplayOptions): ReplaySettings {
  checkOptions('replay', options, NAMES)
  checkPath('replay', options)
  const { loop = 1, count, mac, filter } = options
  checkNumber('replay', 'loop', loop, true)
  if (count !== undefined) checkNumber('replay', 'count', count, true)
  if (mac !== undefined && !(typeof mac === 'string' && parseMac(mac) >= 0))
    throw new PacketError(`replay: option mac must be a MAC address such as '02:00:00:00:00:01', not ${String(mac)}`)
  if (filter !== undefined && typeof filter !== 'string')
    throw new PacketError(`replay: option filter must be a BPF expression such as 'tcp port 80'`)
  if (options.iface === undefined && options.link === undefined)
    throw new PacketError("replay: say where to: {iface: 'eth0'}; interfaces() lists them")
  if (loop !== 1 && (input === '-' || isStream(input)))
    throw new PacketError('replay: a stream can be read only once: leave out loop, or save it to a file first')
  return {
    ...options,
    timing: timingOf(options),
    loops: loop === 0 ? Number.POSITIVE_INFINITY : loop,
    most: count ?? Number.POSITIVE_INFINITY,
  }
}

function timingOf({ rate, speed, topspeed }: ReplayOptions): Timing {
  const given = [rate !== undefined && 'rate', speed !== undefined && 'speed', topspeed === true && 'topspeed'].filter(
    (name) => name !== false,
  )
  if (given.length > 1)
    throw new PacketError(`replay: give one of ${given.join(' and ')}: each says when packets leave`)
  if (topspeed === true) return { kind: 'topspeed' }
  if (rate !== undefined) return { kind: 'rate', rate: above0('rate', rate, 'packets per second') }
  return { kind: 'capture', speed: above0('speed', speed ?? 1, "factor of the capture's timing") }
}

function above0(option: string, value: unknown, what: string): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
  throw new PacketError(`replay: option ${option} must be a number above 0 (${what}), not ${String(value)}`)
}

function isStream(input: ReplayInput): input is Readable {
  return typeof (input as { pipe?: unknown } | null)?.pipe === 'function'
}
