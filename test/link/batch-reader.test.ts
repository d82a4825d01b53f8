import { expect, test } from 'vitest'
import { makeBatch, readRecords } from '../../src/link/batch-reader.js'

/** Records as pcap_dump writes them: 16 bytes of header in this machine's byte order, then the frame. */
function records(...list: [seconds: number, fraction: number, original: number, frame: number[]][]): Uint8Array {
  return Buffer.concat(
    list.flatMap(([seconds, fraction, original, frame]) => [
      Buffer.from(Uint32Array.of(seconds, fraction, frame.length, original).buffer),
      Buffer.from(frame),
    ]),
  )
}

function read(bytes: Uint8Array, count: number, fraction: 1 | 1000 = 1) {
  const buffer = Uint8Array.from(bytes)
  const batch = makeBatch(8, buffer, 1, 'eth0')
  readRecords(batch, new DataView(buffer.buffer), count, fraction)
  return batch
}

test('records become the arrays of a batch', () => {
  const batch = read(records([100, 5, 1500, [1, 2, 3]], [0xffffffff, 999_999_999, 0, []], [102, 7, 1, [9]]), 3)
  expect(batch.count).toBe(3)
  expect([...batch.seconds.slice(0, 3)]).toEqual([100, 0xffffffff, 102])
  expect([...batch.nanoseconds.slice(0, 3)]).toEqual([5, 999_999_999, 7])
  expect([...batch.lengths.slice(0, 3)]).toEqual([3, 0, 1])
  expect([...batch.originalLengths.slice(0, 3)]).toEqual([1500, 0, 1])
  expect(batch.buffer[batch.offsets[2]!]).toBe(9)
})

test('microseconds become nanoseconds', () => {
  expect(read(records([1, 999_999, 1, [1]]), 1, 1000).nanoseconds[0]).toBe(999_999_000)
})

test('a length that leads out of the memory ends the batch', () => {
  const bytes = records([1, 1, 4, [1, 2, 3, 4]], [2, 2, 4, [1, 2, 3, 4]])
  expect(read(bytes.subarray(0, bytes.length - 1), 2).count).toBe(1)
  expect(read(bytes.subarray(0, 20 + 15), 2).count).toBe(1)
  expect(read(bytes, 5).count).toBe(2)
})
