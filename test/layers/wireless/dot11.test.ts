import { expect, test } from 'vitest'
import {
  Dot11,
  Dot11CCMP,
  Dot11Deauth,
  Dot11Elt,
  Dot11FCS,
  Dot11ProbeReq,
  Dot11ProbeResp,
  Dot11QoS,
  Dot11TKIP,
  Dot11WEP,
  IP,
  LLC,
  RadioTap,
  SNAP,
  UDP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dot11', [Dot11, Dot11QoS, Dot11FCS, Dot11WEP, Dot11TKIP, Dot11CCMP])

const STATION = '02:00:00:00:00:02'
const POINT = '02:00:00:00:00:01'

test('the check sequence is the CRC-32 of the frame from Dot11 on', () => {
  const frame = stack(RadioTap({ Flags: 'FCS' }), Dot11({ type: 1, subtype: 13, addr1: POINT }), Dot11FCS())
  const bytes = frame.bytes()
  const again = RadioTap(bytes) as AnyPacket
  expect(again.hex()).toBe(frame.hex())
  again.addr1 = STATION
  again.unset('fcs')
  expect(again.hex().slice(-8)).not.toBe(frame.hex().slice(-8))
  expect(RadioTap(again.bytes()).issues()).toEqual([])
})

test('lengths inside do not count the check sequence', () => {
  const frame = stack(
    RadioTap({ Flags: 'FCS' }),
    Dot11({ FCfield: 'to-DS', addr1: POINT, addr2: STATION, addr3: POINT }),
    Dot11QoS({ TID: 5 }),
    LLC(),
    SNAP(),
    IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
    UDP({ sport: 1, dport: 2 }),
    'x',
    Dot11FCS(),
  ).rebuilt()
  expect(frame.get('IP')!.len).toBe(29)
  expect([frame.type, frame.subtype]).toEqual([2, 8])
  expect(frame.layers().map((each) => each.layerName)).toEqual([
    'RadioTap',
    'Dot11',
    'Dot11QoS',
    'LLC',
    'SNAP',
    'IP',
    'UDP',
    'Raw',
    'Dot11FCS',
  ])
})

test('padding of a header that radiotap tells of is no data', () => {
  const frame = RadioTap(
    fromHex(
      `000009000200000020 ${'88010000020000000001020000000002020000000001100005 00 0000'.replaceAll(' ', '')}aaaa030000000800`,
    ),
  )
  expect(frame.layers().map((each) => each.layerName)).toEqual(['RadioTap', 'Dot11', 'Dot11QoS', 'LLC', 'SNAP'])
  expect(frame.hex()).toBe(frame.copy().hex())
})

test('answers: acknowledgements, clearances, probe responses', () => {
  const probe = stack(
    Dot11({ addr1: 'ff:ff:ff:ff:ff:ff', addr2: STATION }),
    Dot11ProbeReq(),
    Dot11Elt({ ID: 'SSID', info: 'x' }),
  )
  const response = stack(Dot11({ addr1: STATION, addr2: POINT }), Dot11ProbeResp(), Dot11Elt({ ID: 'SSID', info: 'x' }))
  expect(answers(response.rebuilt(), probe.rebuilt())).toBe(true)
  expect(hashKey(response)).toBe(hashKey(probe))
  expect(answers(probe.rebuilt(), response.rebuilt())).toBe(false)
  const other = stack(Dot11({ addr1: POINT, addr2: POINT }), Dot11ProbeResp(), Dot11Elt())
  expect(answers(other.rebuilt(), probe.rebuilt())).toBe(false)
  const request = Dot11({ type: 1, subtype: 11, addr1: POINT, addr2: STATION })
  expect(answers(Dot11({ type: 1, subtype: 12, addr1: STATION }), request)).toBe(true)
  expect(answers(Dot11({ type: 1, subtype: 12, addr1: POINT }), request)).toBe(false)
  const deauth = stack(Dot11({ addr1: POINT, addr2: STATION }), Dot11Deauth())
  expect(answers(Dot11({ type: 1, subtype: 13, addr1: STATION }), deauth.rebuilt())).toBe(true)
})

test('which protection a frame has its key octet tells', () => {
  const encrypted = (hex: string) =>
    Dot11(fromHex(`08410000${'020000000001'.repeat(3)}0000${hex}`)).layers()[1]!.layerName
  expect(encrypted('0102030000000000000000')).toBe('Dot11WEP')
  expect(encrypted('0121070020000000aa'.replace('0121070020', '01210720'))).toBe('Dot11TKIP')
  expect(encrypted('010000200000000000')).toBe('Dot11CCMP')
  expect(encrypted('0100')).toBe('Raw')
})

test('only the first fragment has the header of its protocol', () => {
  const frame = (sequence: string) => Dot11(fromHex(`08000000${'020000000001'.repeat(3)}${sequence}aaaa030000000800`))
  expect(frame('1000').layers()[1]!.layerName).toBe('LLC')
  expect(frame('1100').layers()[1]!.layerName).toBe('Raw')
})

test('names of subtypes and flags', () => {
  expect(Dot11({ type: 'Control', subtype: 'RTS' }).hex().slice(0, 2)).toBe('b4')
  expect(() => Dot11({ FCfield: 'toDS' })).toThrow("Dot11.FCfield: no flag 'toDS'; the flags are to-DS from-DS")
})
