import { describe, expect, test } from 'vitest'
import { Dot3, LLC, MSTP, STP, STP_PVID } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('stp', [MSTP, STP, STP_PVID])

describe('spanning tree, beyond the suite', () => {
  test('times are seconds in steps of 1/256', () => {
    expect(STP({ age: 1.5 }).hex().slice(54, 58)).toBe('0180')
    expect(() => STP({ maxage: 300 })).toThrow('STP.maxage: 300 is no number of seconds (0..255.99609375)')
  })

  test('a change of topology has four bytes', () => {
    expect(STP({ bpdutype: 'topology-change' }).hex()).toBe('00000080')
  })

  test('MSTP sets version and type in front of it', () => {
    const frame = stack(Dot3(), LLC(), STP(), MSTP({ configname: 'lab', mstis: [{ hops: 3 }, {}] })).rebuilt()
    expect(frame.get(STP)).toMatchObject({ version: 3, bpdutype: 2 })
    expect(frame.get(MSTP)!.version3len).toBe(64 + 32)
  })
})
