import type { Readable } from 'node:stream'
import type { CaptureInput } from '../../capture/index.js'
import type { PathOptions } from '../../exchange/index.js'
import { type Packet, PacketError } from '../../packet/index.js'
import {
  checkTable,
  FLAG,
  MAC_ADDRESS,
  type OptionKind,
  type OptionTable,
  PATH_OPTIONS,
  RATE,
  text,
  wholeNumber,
} from '../option-kinds.js'

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

const SPEED: OptionKind = {
  takes: "a number above 0 (factor of the capture's timing)",
  accepts: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
}

const OPTIONS: OptionTable<ReplayOptions> = {
  ...PATH_OPTIONS,
  rate: RATE,
  speed: SPEED,
  topspeed: FLAG,
  loop: wholeNumber(0),
  count: wholeNumber(0),
  filter: text("a BPF expression such as 'tcp port 80'"),
  mac: MAC_ADDRESS,
}

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
  checkTable('replay', options, OPTIONS)
  const { loop = 1, count } = options
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
  if (rate !== undefined) return { kind: 'rate', rate }
  return { kind: 'capture', speed: speed ?? 1 }
}

function isStream(input: ReplayInput): input is Readable {
  return typeof (input as { pipe?: unknown } | null)?.pipe === 'function'
}
