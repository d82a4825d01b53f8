import { describe, expect, test } from 'vitest'
import {
  ICMPv6MLDMultAddrRec,
  ICMPv6MLDone,
  ICMPv6MLQuery,
  ICMPv6MLQuery2,
  ICMPv6MLReport,
  ICMPv6MLReport2,
  ICMPv6MRD_Advertisement,
  ICMPv6MRD_Solicitation,
  ICMPv6MRD_Termination,
  IPv6,
} from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('icmpv6-mld', [
  ICMPv6MLDone,
  ICMPv6MLQuery,
  ICMPv6MLQuery2,
  ICMPv6MLReport,
  ICMPv6MLReport2,
  ICMPv6MRD_Advertisement,
  ICMPv6MRD_Solicitation,
  ICMPv6MRD_Termination,
])

describe('multicast listeners, beyond the suite', () => {
  test('the length of a query tells its version', () => {
    expect(stack(IPv6(), ICMPv6MLQuery()).rebuilt().payload!.layerName).toBe('ICMPv6MLQuery')
    expect(stack(IPv6(), ICMPv6MLQuery2()).rebuilt().payload!.layerName).toBe('ICMPv6MLQuery2')
  })

  test('a report counts its records and their sources', () => {
    const records = [
      ICMPv6MLDMultAddrRec({ dst: 'ff05::1', sources: ['fd00::1', 'fd00::2'] }),
      ICMPv6MLDMultAddrRec({ dst: 'ff05::2', auxdata: 'aux!' }),
    ]
    const report = stack(IPv6(), ICMPv6MLReport2({ records })).rebuilt()
    expect(report.records_number).toBe(2)
    const read = report.records as { dst: string; sources_number: number; auxdata_len: number; rtype: number }[]
    expect(read.map(({ dst, sources_number, auxdata_len }) => [dst, sources_number, auxdata_len])).toEqual([
      ['ff05::1', 2, 0],
      ['ff05::2', 0, 1],
    ])
    expect(report.summary()).toBe(
      'IPv6 / ICMPv6MLReport2 ::1 > ::1 to-exclude ff05::1 from fd00::1 fd00::2, to-exclude ff05::2',
    )
  })
})
