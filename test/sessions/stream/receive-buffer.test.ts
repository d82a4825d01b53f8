/** The buffer of what arrived, against the same in a few lines that copy everything. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReceiveBuffer } from '../../../src/sessions/stream/receive-buffer.js'

class Naive {
  bytes = Buffer.alloc(0)
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array.map((byte) => byte % 4)))
const patterns = [Buffer.from([1]), Buffer.from([1, 2]), Buffer.from([0, 0, 3])]
const given: { taken: Buffer; copy: Buffer }[] = []

class Append implements fc.Command<Naive, ReceiveBuffer> {
  constructor(readonly chunk: Buffer) {}
  check = (): boolean => true
  run(model: Naive, real: ReceiveBuffer): void {
    // As a socket gives it: a part of something larger.
    const larger = Buffer.concat([Buffer.from([9]), this.chunk, Buffer.from([9, 9])])
    real.append(larger.subarray(1, 1 + this.chunk.length))
    model.bytes = Buffer.concat([model.bytes, this.chunk])
    expect(real.length).toBe(model.bytes.length)
  }
  toString = (): string => `append ${this.chunk.toString('hex')}`
}

class Take implements fc.Command<Naive, ReceiveBuffer> {
  constructor(readonly count: number | undefined) {}
  check = (): boolean => true
  run(model: Naive, real: ReceiveBuffer): void {
    const count = this.count ?? model.bytes.length
    const taken = real.take(this.count)
    expect(taken).toEqual(model.bytes.subarray(0, count))
    given.push({ taken, copy: Buffer.from(taken) })
    model.bytes = model.bytes.subarray(count)
    expect(real.length).toBe(model.bytes.length)
  }
  toString = (): string => `take ${this.count}`
}

class Peek implements fc.Command<Naive, ReceiveBuffer> {
  constructor(readonly count: number) {}
  check = (): boolean => true
  run(model: Naive, real: ReceiveBuffer): void {
    expect(Buffer.from(real.peek(this.count))).toEqual(model.bytes.subarray(0, this.count))
    expect(Buffer.from(real.peek())).toEqual(model.bytes)
  }
  toString = (): string => `peek ${this.count}`
}

class Find implements fc.Command<Naive, ReceiveBuffer> {
  constructor(readonly pattern: Buffer) {}
  check = (): boolean => true
  run(model: Naive, real: ReceiveBuffer): void {
    expect(real.indexOf(this.pattern)).toBe(model.bytes.indexOf(this.pattern))
  }
  toString = (): string => `indexOf ${this.pattern.toString('hex')}`
}

class Clear implements fc.Command<Naive, ReceiveBuffer> {
  check = (): boolean => true
  run(model: Naive, real: ReceiveBuffer): void {
    real.clear()
    model.bytes = Buffer.alloc(0)
    expect(real.length).toBe(0)
  }
  toString = (): string => 'clear'
}

describe('ReceiveBuffer', () => {
  test('does what the naive one does, whatever the order', () => {
    const commands = [
      bytes.map((chunk) => new Append(chunk)),
      fc.option(fc.nat({ max: 50 }), { nil: undefined }).map((count) => new Take(count)),
      fc.nat({ max: 50 }).map((count) => new Peek(count)),
      fc.constantFrom(...patterns).map((pattern) => new Find(pattern)),
      fc.constant(new Clear()),
    ]
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 60 }), (all) => {
        given.length = 0
        fc.modelRun(() => ({ model: new Naive(), real: new ReceiveBuffer() }), all)
        // What was given out is never written again.
        for (const { taken, copy } of given) expect(taken).toEqual(copy)
      }),
      { numRuns: 500 },
    )
  })

  test('does not search again what it has searched: many small pieces of one long line take no more than linear time', () => {
    const time = (pieces: number): number => {
      const buffer = new ReceiveBuffer()
      const begun = performance.now()
      for (let i = 0; i < pieces; i++) {
        buffer.append(Buffer.from('abcdefgh'))
        expect(buffer.indexOf(LF)).toBe(-1)
      }
      return performance.now() - begun
    }
    const LF = Buffer.from('\n')
    time(1000)
    const [short, long] = [Math.min(time(5000), time(5000)), Math.min(time(40_000), time(40_000))]
    // Eight times as many; searched from the beginning each time it would be sixty-four times.
    expect(long / short).toBeLessThan(30)
  })
})
