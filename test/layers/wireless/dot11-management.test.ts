import { expect, test } from 'vitest'
import {
  Dot11,
  Dot11Action,
  Dot11AssoReq,
  Dot11AssoResp,
  Dot11ATIM,
  Dot11Auth,
  Dot11Beacon,
  Dot11Deauth,
  Dot11Disas,
  Dot11Elt,
  Dot11EltDSSSet,
  Dot11ProbeReq,
  Dot11ProbeResp,
  Dot11ReassoReq,
  Dot11ReassoResp,
} from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dot11-management', [
  Dot11Beacon,
  Dot11ProbeReq,
  Dot11ProbeResp,
  Dot11AssoReq,
  Dot11AssoResp,
  Dot11ReassoReq,
  Dot11ReassoResp,
  Dot11Auth,
  Dot11Deauth,
  Dot11Disas,
  Dot11Action,
])

test('each body gives the frame its subtype', () => {
  const subtypes = [
    [Dot11AssoReq, 0],
    [Dot11AssoResp, 1],
    [Dot11ReassoReq, 2],
    [Dot11ReassoResp, 3],
    [Dot11ProbeReq, 4],
    [Dot11ProbeResp, 5],
    [Dot11Beacon, 8],
    [Dot11ATIM, 9],
    [Dot11Disas, 10],
    [Dot11Auth, 11],
    [Dot11Deauth, 12],
    [Dot11Action, 13],
  ] as const
  for (const [layer, subtype] of subtypes)
    expect(stack(Dot11(), layer() as never).bytes()[0], layer.layerName).toBe(subtype << 4)
})

test('a beacon says its name and its channel', () => {
  const beacon = stack(
    Dot11({ addr1: 'ff:ff:ff:ff:ff:ff', addr2: '02:00:00:00:00:01' }),
    Dot11Beacon(),
    Dot11Elt({ ID: 'SSID', info: 'Café' }),
    Dot11EltDSSSet({ channel: 6 }),
  )
  expect(Dot11(beacon.bytes()).summary()).toBe(
    "Dot11 / Dot11Beacon 'Café' ch 6 02:00:00:00:00:01 / Dot11Elt / Dot11EltDSSSet",
  )
})

test('a hidden name is empty, one that is no text is escaped', () => {
  const named = (info: string) =>
    stack(Dot11(), Dot11ProbeReq(), Dot11Elt({ info: Uint8Array.from(Buffer.from(info, 'latin1')) })).rebuilt()
  expect(named('\0\0\0').summary()).toContain("Dot11ProbeReq '' ")
  expect(named('a\x01').summary()).toContain("Dot11ProbeReq 'a\\x01' ")
})

test('the second message of an authentication answers the first', () => {
  const message = (seqnum: number, to: string, from: string) =>
    stack(Dot11({ addr1: to, addr2: from, addr3: '02:00:00:00:00:01' }), Dot11Auth({ seqnum })).rebuilt()
  const first = message(1, '02:00:00:00:00:01', '02:00:00:00:00:02')
  const second = message(2, '02:00:00:00:00:02', '02:00:00:00:00:01')
  expect(answers(second, first)).toBe(true)
  expect(answers(second.payload, first.payload)).toBe(true)
  expect(answers(first.payload, second.payload)).toBe(false)
})
