/** Captures with a schedule, and how well a copy of one keeps to it. */

import { SeededRandom } from './traffic/random.js'

const NANOSECOND_MAGIC = 0xa1b23c4d
const FILE_HEADER = 24
const RECORD_HEADER = 16
const ETHERNET = 1
const MOST_LENGTH = 262_144
const START_SECONDS = 1_700_000_000

/** How far the gaps between frames are from even: half of the average to one and a half. */
const UNEVEN = 0.5

/**
 * A capture (pcap, nanoseconds) of the same frame over and over, at `rate` frames per second on average, with uneven gaps made
 * from a seed.
 */
export function scheduledCapture(frame: Uint8Array, count: number, rate: number): Uint8Array {
  const record = RECORD_HEADER + frame.length
  const file = new Uint8Array(FILE_HEADER + count * record)
  const view = new DataView(file.buffer)
  view.setUint32(0, NANOSECOND_MAGIC, true)
  view.setUint16(4, 2, true)
  view.setUint16(6, 4, true)
  view.setUint32(16, MOST_LENGTH, true)
  view.setUint32(20, ETHERNET, true)
  const random = new SeededRandom(1)
  const gap = 1e9 / rate
  const [shortest, longest] = [Math.round(gap * (1 - UNEVEN)), Math.round(gap * (1 + UNEVEN))]
  for (let i = 0, at = 0; i < count; i++) {
    const offset = FILE_HEADER + i * record
    view.setUint32(offset, START_SECONDS + Math.floor(at / 1e9), true)
    view.setUint32(offset + 4, at % 1e9, true)
    view.setUint32(offset + 8, frame.length, true)
    view.setUint32(offset + 12, frame.length, true)
    file.set(frame, offset + RECORD_HEADER)
    at += random.between(shortest, longest)
  }
  return file
}

/** Milliseconds from the first frame of a pcap file with nanoseconds, for each frame. @throws Error for another file */
export function captureTimes(file: Uint8Array): Float64Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  if (file.length < FILE_HEADER || view.getUint32(0, true) !== NANOSECOND_MAGIC)
    throw new Error('no pcap file with nanoseconds')
  const times: number[] = []
  for (let offset = FILE_HEADER; offset + RECORD_HEADER <= file.length; ) {
    times.push(
      (view.getUint32(offset, true) - view.getUint32(FILE_HEADER, true)) * 1e3 + view.getUint32(offset + 4, true) / 1e6,
    )
    offset += RECORD_HEADER + view.getUint32(offset + 8, true)
  }
  const first = times[0] ?? 0
  return Float64Array.from(times, (time) => time - first)
}

/** Deviations from a schedule, ms. */
export interface Deviations {
  /** 99 of 100 frames are nearer to their time than this. */
  most99: number
  most: number
}

/**
 * How far frames were from their schedule. Both begin when they begin: the median of all differences is taken as the start
 * that they share. @throws Error unless there is a time for each scheduled one
 */
export function deviations(schedule: Float64Array, times: Float64Array): Deviations {
  if (schedule.length !== times.length || times.length === 0)
    throw new Error(`${schedule.length} frames were scheduled, ${times.length} came`)
  const differences = times.map((time, index) => time - schedule[index]!).sort()
  const start = differences[differences.length >> 1]!
  const sizes = differences.map((difference) => Math.abs(difference - start)).sort()
  return { most99: sizes[Math.ceil(sizes.length * 0.99) - 1]!, most: sizes.at(-1)! }
}
