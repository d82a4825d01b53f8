import { afterEach, describe, expect, test, vi } from 'vitest'
import { Delivery } from '../../src/tools/practice-network/delivery.js'
import { RandomSeries } from '../../src/tools/practice-network/random-series.js'

afterEach(() => vi.restoreAllMocks())

/** Frames that are under way, with a clock and timers that the test moves. */
function onTheWay(onFrame = (_: Delivery) => {}) {
  let now = 0
  const timers: (() => void)[] = []
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((call: () => void) => {
    timers.push(call)
    return { unref: () => timers.length }
  }) as never)
  const sent: number[] = []
  const delivery: Delivery = new Delivery((frame) => {
    sent.push(frame[0]!)
    onFrame(delivery)
  }, new RandomSeries(1))
  const deliver = (number: number, delay: number) =>
    delivery.deliver(Uint8Array.of(number), { delay, jitter: 0, loss: 0, duplicates: 0 })
  return { deliver, sent, timers, at: (time: number) => (now = time) }
}

describe('frames that are late', () => {
  test('keep their order when an earlier timer waits again', () => {
    const { deliver, sent, timers, at } = onTheWay()
    deliver(1, 0.005)
    deliver(2, 0.006)
    // A timer may be early by a part of a millisecond.
    at(4.5)
    timers[0]!()
    expect(sent).toEqual([])
    at(6.1)
    timers[1]!()
    expect(sent).toEqual([1, 2])
  })

  test('are forgotten when the receiver of the first closes', () => {
    const { deliver, sent, timers, at } = onTheWay((delivery) => delivery.close())
    deliver(1, 0.005)
    deliver(2, 0.006)
    at(7)
    timers[1]!()
    expect(sent).toEqual([1])
  })
})
