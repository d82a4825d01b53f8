import { expect, test } from 'vitest'
import { Dot11, Dot11Deauth, Dot11FCS, dissectLink, linkTypeOf, RadioTap } from '../../../src/layers/index.js'
import { fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('radiotap', [RadioTap])

test('the present word and the length come from the fields that are set, each on its boundary', () => {
  const packet = RadioTap({ Rate: 5.5, ChannelFrequency: 2437, dBm_AntSignal: -40, A_MPDU_ref: 7 })
  expect(packet.hex()).toBe('000018002c001000' + '0b00' + '8509' + '0000' + 'd8' + '00' + '07000000' + '00000000')
  const read = packet.rebuilt()
  expect(read.present).toBe('Rate+Channel+dBm_AntSignal+A_MPDU')
  expect(read.len).toBe(24)
  expect([read.Rate, read.ChannelFrequency, read.dBm_AntSignal, read.A_MPDU_ref]).toEqual([5.5, 2437, -40, 7])
  expect(read.issues()).toEqual([])
})

test('a header without fields is 8 bytes long', () => {
  expect(RadioTap().hex()).toBe('0000080000000000')
})

test('fields of further present words are read and built antenna by antenna', () => {
  const extras = [
    ['dBm_AntSignal', -50],
    ['Antenna', 0],
    ['dBm_AntSignal', -60],
    ['Antenna', 1],
  ] as const
  const packet = RadioTap({
    present: 'dBm_AntSignal+RadiotapNS+Ext',
    Ext: ['dBm_AntSignal+Antenna+RadiotapNS+Ext', 'dBm_AntSignal+Antenna'],
    dBm_AntSignal: -49,
    extras,
  })
  const read = packet.rebuilt()
  expect(read.Ext).toEqual(['dBm_AntSignal+Antenna+RadiotapNS+Ext', 'dBm_AntSignal+Antenna'])
  expect(read.dBm_AntSignal).toBe(-49)
  expect(read.extras).toEqual(extras)
})

test("a vendor's fields stay bytes", () => {
  const read = RadioTap(fromHex('00001400000000c00000000000000c430102aabb'.padEnd(40, '0')))
  expect(read.issues()).toEqual([])
  expect((read.notdecoded as Uint8Array).length).toBeGreaterThan(0)
})

test('values that do not fit are refused', () => {
  expect(() => RadioTap({ dBm_AntSignal: 200 })).toThrow('RadioTap.dBm_AntSignal: 200 does not fit 8 bits with a sign')
  expect(() => RadioTap({ Rate: 0.3 })).toThrow('RadioTap.Rate: 0.3 is no rate in steps of 0.5 Mb/s (0..127.5)')
  expect(() => RadioTap({ extras: [['Antena', 1]] })).toThrow("did you mean 'Antenna'?")
  expect(() => RadioTap({ extras: [['Antenna', 700]] })).toThrow('700 is no number of 1 bytes')
})

test('frames of a capture by their link type', () => {
  const frame = stack(RadioTap({ Flags: 'FCS' }), Dot11({ addr1: 'ff:ff:ff:ff:ff:ff' }), Dot11Deauth(), Dot11FCS())
  expect(linkTypeOf(frame)).toBe(127)
  expect(
    dissectLink(127, frame.bytes())
      .layers()
      .map((each) => each.layerName),
  ).toEqual(['RadioTap', 'Dot11', 'Dot11Deauth', 'Dot11FCS'])
  expect(linkTypeOf(Dot11())).toBe(105)
})
