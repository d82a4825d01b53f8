/**
 * The capture that everything is measured on: a mixed Ethernet capture that looks like a link in use, made from a
 * seed, so that it is the same on every machine. A smaller count gives the first packets of the larger capture.
 */

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addressQuestion,
  logLine,
  media,
  nameLookup,
  neighbourQuestion,
  ping,
  routerAlert,
  unreachable,
} from './traffic/datagram-flows.js'
import type { Host, Path } from './traffic/frames.js'
import { SeededRandom } from './traffic/random.js'
import { type Conversation, plainWeb, refused, secureWeb, terminal, upload } from './traffic/tcp-flows.js'

export interface TrafficOptions {
  /** Packets in the capture; 100 000 when not given. */
  count?: number
  /** Seed of everything random; 1 when not given. */
  seed?: number
}

/** One captured frame. */
export interface Frame {
  /** The frame from the destination MAC on, without frame check sequence. */
  bytes: Uint8Array
  /** Whole seconds since 1970. */
  seconds: number
  /** 0..999999. */
  microseconds: number
}

/** Changes whenever the generator's output changes: cached captures of another version are not used. */
const GENERATOR_VERSION = 1
const CONCURRENT = 24
const START_SECONDS = 1_700_000_000

/** How often a conversation of each kind starts, relative to the others. */
const WEIGHTS = {
  secureWeb: 28,
  plainWeb: 10,
  terminal: 7,
  upload: 5,
  refused: 30,
  nameLookup: 140,
  media: 11,
  logLine: 30,
  ping: 20,
  unreachable: 15,
  addressQuestion: 40,
  neighbourQuestion: 15,
  routerAlert: 2,
}

const CONVERSATIONS: Record<keyof typeof WEIGHTS, (random: SeededRandom, path: Path) => Conversation> = {
  secureWeb,
  plainWeb,
  terminal,
  upload,
  refused,
  nameLookup,
  media,
  logLine,
  ping,
  unreachable,
  addressQuestion,
  neighbourQuestion,
  routerAlert,
}

const ONLY_VERSION: Partial<Record<keyof typeof WEIGHTS, 4 | 6>> = {
  unreachable: 4,
  addressQuestion: 4,
  neighbourQuestion: 6,
  routerAlert: 4,
}

/** The frames of the capture, in the order of their times. */
export function* trafficFrames(options: TrafficOptions = {}): Generator<Frame, void, void> {
  const count = options.count ?? 100_000
  const random = new SeededRandom(options.seed ?? 1)
  const network = new Network(random)
  const active: Conversation[] = []
  let microseconds = 0
  let current = 0
  for (let made = 0; made < count; ) {
    while (active.length < CONCURRENT) active.push(start(random, network))
    if (current >= active.length || random.chance(0.4)) current = random.below(active.length)
    const next = active[current]!.next()
    if (next.done) {
      active[current] = active[active.length - 1]!
      active.pop()
      continue
    }
    microseconds += random.chance(0.7) ? random.between(2, 40) : random.between(40, 900)
    yield {
      bytes: next.value,
      seconds: START_SECONDS + Math.floor(microseconds / 1_000_000),
      microseconds: microseconds % 1_000_000,
    }
    made++
  }
}

function start(random: SeededRandom, network: Network): Conversation {
  const kind = random.weighted(WEIGHTS)
  const version = ONLY_VERSION[kind] ?? (random.chance(0.2) ? 6 : 4)
  return CONVERSATIONS[kind](random, network.path(version))
}

/** The machines of the capture. */
class Network {
  private readonly local: Host[]
  private readonly remote: Host[]

  constructor(private readonly random: SeededRandom) {
    this.local = Array.from({ length: 14 }, (_, index) => this.localHost(index))
    this.remote = Array.from({ length: 2000 }, () => this.remoteHost())
  }

  /** A path from a machine of the local network to a remote one. */
  path(version: 4 | 6): Path {
    const { random } = this
    const vlan = random.chance(0.08) ? random.pick([10, 20, 0x2000 | 30]) : 0
    const trafficClass = random.chance(0.9) ? 0 : random.pick([0x02, 0x10, 0x48, 0x28])
    // A few machines have most of the traffic, and many are seen once or twice.
    const to = this.remote[Math.floor(this.remote.length * (random.next() / 0x100000000) ** 3)]!
    return { from: random.pick(this.local), to, version, vlan, trafficClass }
  }

  private localHost(index: number): Host {
    const interfaceId = [0x5a, 0x10, 0xff, 0xfe, 0, index + 16]
    return {
      mac: Uint8Array.of(0x58, 0x10, 0x8c, 0x4d, 0, index + 16),
      ipv4: Uint8Array.of(192, 168, 10, 10 + index * 13),
      ipv6: Uint8Array.from([0x20, 1, 0x0d, 0xb8, 0, 0x10, 0, 0, 0x5a, 0x10, ...interfaceId]),
      hops: 64,
      identification: this.random.below(0x10000),
      padded: false,
    }
  }

  private remoteHost(): Host {
    const { random } = this
    const network = random.pick([
      [198, 18],
      [198, 19],
      [10, 0],
      [172, 16],
    ])
    const rest = random.chance(0.5) ? [0, 0, 0, 0, 0, 0, 0, random.between(1, 255)] : [...random.bytes(8)]
    return {
      mac: Uint8Array.of(0x00, 0x1b, 0x21, 0x0a, 0xbc, 1),
      ipv4: Uint8Array.of(network[0]!, network[1]!, random.below(256), random.between(1, 254)),
      ipv6: Uint8Array.from([0x20, 1, 0x0d, 0xb8, random.below(256), random.below(256), 0, 0, ...rest]),
      hops: random.between(44, 60),
      identification: random.below(0x10000),
      padded: true,
    }
  }
}

/** The capture as a classic pcap file: little-endian, microseconds, Ethernet. */
export function trafficCapture(options: TrafficOptions = {}): Uint8Array {
  let capture = new Uint8Array(1 << 20)
  let view = new DataView(capture.buffer)
  view.setUint32(0, 0xa1b2c3d4, true)
  view.setUint16(4, 2, true)
  view.setUint16(6, 4, true)
  view.setUint32(16, 262144, true)
  view.setUint32(20, 1, true)
  let end = 24
  for (const frame of trafficFrames(options)) {
    if (end + 16 + frame.bytes.length > capture.length) {
      const larger = new Uint8Array(capture.length * 2)
      larger.set(capture)
      capture = larger
      view = new DataView(capture.buffer)
    }
    view.setUint32(end, frame.seconds, true)
    view.setUint32(end + 4, frame.microseconds, true)
    view.setUint32(end + 8, frame.bytes.length, true)
    view.setUint32(end + 12, frame.bytes.length, true)
    capture.set(frame.bytes, end + 16)
    end += 16 + frame.bytes.length
  }
  return capture.subarray(0, end)
}

/** The path of the capture in `folder`, written first when it is not there. */
export function trafficFile(folder: string, options: TrafficOptions = {}): string {
  const path = join(folder, `traffic-v${GENERATOR_VERSION}-${options.count ?? 100_000}-${options.seed ?? 1}.pcap`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  // Renamed when complete, so that an interrupted run leaves no half capture behind.
  writeFileSync(`${path}.${process.pid}`, trafficCapture(options))
  renameSync(`${path}.${process.pid}`, path)
  return path
}
