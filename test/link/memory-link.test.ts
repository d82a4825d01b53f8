import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import type { Capture, CaptureBatch, CaptureOptions, Link } from '../../src/link/link.js'
import { memoryLinkPair } from '../../src/link/memory-link.js'

const FRAME = Buffer.from(
  'ffffffffffff020000000001080045000028000100004006000a0a0000010a0000020400005000000000000000005002200000000000',
  'hex',
)
const OTHER = Buffer.from('ffffffffffff02000000000188b500000000', 'hex')

function record(link: Link, options: CaptureOptions = {}) {
  const seen: string[] = []
  const batches: CaptureBatch[] = []
  const errors: Error[] = []
  const capture: Capture = link.capture(
    options,
    (batch) => {
      batches.push({
        ...batch,
        seconds: batch.seconds.slice(),
        nanoseconds: batch.nanoseconds.slice(),
        originalLengths: batch.originalLengths.slice(),
      })
      for (let i = 0; i < batch.count; i++) {
        const offset = batch.offsets[i]!
        seen.push(Buffer.from(batch.buffer.subarray(offset, offset + batch.lengths[i]!)).toString('hex'))
      }
    },
    (error) => errors.push(error),
  )
  return { seen, batches, errors, capture }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('memoryLinkPair', () => {
  test('what one sends both see, later and in order, with time', async () => {
    const [left, right] = memoryLinkPair()
    const [mine, peer] = [record(left), record(right)]
    expect(left.send([FRAME, OTHER])).toBe(2)
    expect(peer.seen).toEqual([])
    await turn()
    expect(peer.seen).toEqual([FRAME.toString('hex'), OTHER.toString('hex')])
    expect(mine.seen).toEqual(peer.seen)
    const batch = peer.batches[0]!
    expect(batch).toMatchObject({ count: 2, linkType: 1, interfaceName: 'right' })
    expect(Math.abs(batch.seconds[0]! + batch.nanoseconds[0]! / 1e9 - Date.now() / 1000)).toBeLessThan(5)
    expect(right.stats()).toEqual({ received: 2, dropped: 0, interfaceDropped: 0, sent: 0, backend: 'memory' })
    expect(left.stats()).toMatchObject({ received: 2, sent: 2 })
  })

  test('is one line at the prompt', () => {
    const [left] = memoryLinkPair({ addresses: { ipv4: [{ address: '10.0.0.1', prefix: 24 }] } })
    expect(inspect(left)).toBe('<link left in memory: 02:00:00:00:00:01, 10.0.0.1/24>')
    left.close()
    expect(String(left)).toBe('<link left in memory: 02:00:00:00:00:01, 10.0.0.1/24, closed>')
  })

  test('a simulated host takes frames in the middle of send, and answers at once', async () => {
    const [left, right] = memoryLinkPair()
    const { seen } = record(left)
    right.attend((frame) => void right.send([frame.slice().reverse()]))
    left.send([FRAME])
    await turn()
    expect(seen).toEqual([FRAME.toString('hex'), Buffer.from(FRAME).reverse().toString('hex')])
    right.close()
    left.send([OTHER])
    await turn()
    expect(seen).toHaveLength(3)
  })

  test('the sender may reuse a Buffer, too', async () => {
    const [left, right] = memoryLinkPair()
    const { seen } = record(right)
    const frame = Buffer.from(FRAME)
    left.send([frame])
    frame.fill(0)
    await turn()
    expect(seen).toEqual([FRAME.toString('hex')])
  })

  test('the sender may reuse its bytes at once', async () => {
    const [left, right] = memoryLinkPair()
    const { seen } = record(right)
    const frame = Uint8Array.from(FRAME)
    left.send([frame])
    frame.fill(0)
    await turn()
    expect(seen).toEqual([FRAME.toString('hex')])
  })

  test('filter and snap length', async () => {
    const [left, right] = memoryLinkPair()
    const { seen, batches } = record(right, { filter: 'tcp port 80', snaplen: 20 })
    left.send([OTHER, FRAME])
    await turn()
    expect(seen).toEqual([FRAME.subarray(0, 20).toString('hex')])
    expect(batches[0]!.originalLengths[0]).toBe(FRAME.length)
    expect(() =>
      right.capture(
        { filter: 'tcp adn' },
        () => {},
        () => {},
      ),
    ).toThrow(/column 5/)
  })

  test('more frames than a batch holds', async () => {
    const [left, right] = memoryLinkPair()
    const { seen, batches } = record(right)
    left.send(Array.from({ length: 2500 }, () => OTHER))
    await turn()
    expect(seen).toHaveLength(2500)
    expect(batches.map((batch) => batch.count)).toEqual([1024, 1024, 452])
  })

  test('frames that find no room are counted', async () => {
    const [left, right] = memoryLinkPair()
    const { seen } = record(right, { bufferSize: 65536 })
    left.send(Array.from({ length: 100 }, () => new Uint8Array(1500).fill(1)))
    await turn()
    expect(seen).toHaveLength(43)
    expect(right.stats()).toMatchObject({ received: 43, dropped: 57 })
  })

  test('latency and loss', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] })
    try {
      const passage = vi.fn().mockReturnValueOnce('lost').mockReturnValueOnce(50).mockReturnValue(0)
      const [left, right] = memoryLinkPair({ passage })
      const { seen } = record(right)
      left.send([FRAME, OTHER])
      vi.advanceTimersByTime(49)
      expect(seen).toEqual([])
      vi.advanceTimersByTime(1)
      vi.runAllTimers()
      expect(seen).toEqual([OTHER.toString('hex')])
      left.send([FRAME])
      vi.runAllTimers()
      expect(seen).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  test('addresses are those given, or a MAC of its own', () => {
    const ipv4 = [{ address: '10.0.0.1', prefix: 24 }]
    const [left, right] = memoryLinkPair({ name: 'home', addresses: { ipv4 } })
    expect(left).toMatchObject({
      name: 'home',
      linkType: 1,
      addresses: { mac: '02:00:00:00:00:01', ipv4, ipv6: [], mtu: 1500 },
    })
    expect(right.addresses.mac).toBe('02:00:00:00:00:02')
    expect(memoryLinkPair({ linkType: 101 })[1]).toMatchObject({ linkType: 101, addresses: { ipv4: [] } })
    expect(() => memoryLinkPair({ linkType: 1 }, { linkType: 101 })).toThrow(/same one/)
  })

  test('stop, close and an exception inside of onBatch', async () => {
    const [left, right] = memoryLinkPair()
    const errors: string[] = []
    const capture = right.capture(
      {},
      () => {
        throw new Error('mine')
      },
      (error) => errors.push(error.message),
    )
    left.send([OTHER])
    await turn()
    left.send([OTHER])
    await turn()
    expect(errors).toEqual(['mine'])
    expect(capture.stopped).toBe(true)
    const { seen } = record(right)
    left.send([OTHER])
    right.close()
    right.close()
    await turn()
    expect(seen).toEqual([])
    expect(left.send([OTHER])).toBe(1)
    expect(() => right.send([OTHER])).toThrow(/is closed/)
    expect(() =>
      right.capture(
        {},
        () => {},
        () => {},
      ),
    ).toThrow(/is closed/)
  })

  test('frames that are none', () => {
    const [left] = memoryLinkPair()
    expect(() => left.send([new Uint8Array(0)])).toThrow('frame 0 for left is empty')
    expect(() => left.send([OTHER, new Uint8Array(5)])).toThrow(expect.objectContaining({ code: 'BAD_FRAME', sent: 1 }))
    expect(() => left.send([new Uint8Array(1515)])).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LONG' }))
  })
})
