import { describe, expect, test } from 'vitest'
import {
  AS4PathSegment,
  BGPCapFourBytesASN,
  BGPCapMultiprotocol,
  BGPHeader,
  BGPKeepAlive,
  BGPNotification,
  BGPOpen,
  BGPOptParam,
  BGPPAAS4BytesPath,
  BGPPACommunity,
  BGPPANextHop,
  BGPPAOrigin,
  BGPPathAttr,
  BGPRouteRefresh,
  BGPUpdate,
  IP,
  TCP,
} from '../../../src/layers/index.js'
import { type AnyPacket, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('bgp', [BGPHeader, BGPKeepAlive, BGPNotification, BGPOpen, BGPRouteRefresh, BGPUpdate])

const connection = () => stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 40000 }))

describe('BGP, beyond the suite', () => {
  test('an OPEN has its lengths, type and port', () => {
    const param_value = [BGPCapMultiprotocol({ afi: 'IPv6' }), BGPCapFourBytesASN({ asn: 70000 })]
    const packet = connection()
      .stack(BGPHeader())
      .stack(BGPOpen({ my_as: 23456, opt_params: [BGPOptParam({ param_value })] }))
      .rebuilt()
    expect([packet.dport, packet.get(BGPHeader)!.type, packet.get(BGPHeader)!.len, packet.opt_param_len]).toEqual([
      179, 1, 43, 14,
    ])
    expect(packet.summary()).toContain(
      'BGPOpen 10.0.0.1 > 10.0.0.2 AS 23456 0.0.0.0 multiprotocol IPv6 unicast, four-octet-as 70000',
    )
  })

  test('attributes have the code and flags of what they hold', () => {
    const segments = [AS4PathSegment({ segment_value: [70000, 65001] })]
    const values = [
      BGPPAOrigin(),
      BGPPAAS4BytesPath({ segments }),
      BGPPANextHop({ next_hop: '10.0.0.1' }),
      BGPPACommunity({ community: ['65001:5', 'no-export'] }),
    ]
    const path_attr = values.map((attribute) => BGPPathAttr({ attribute }))
    const packet = connection()
      .stack(BGPHeader())
      .stack(BGPUpdate({ path_attr, nlri: ['10.20.0.0/14'] }))
      .rebuilt()
    const read = packet.path_attr as AnyPacket[]
    expect(read.map((each) => [each.text('type_code'), each.type_flags, each.attr_len])).toEqual([
      ['ORIGIN', 'Transitive', 1],
      ['AS_PATH', 'Transitive', 10],
      ['NEXT_HOP', 'Transitive', 4],
      ['COMMUNITIES', 'Transitive+Optional', 8],
    ])
    expect(packet.nlri).toEqual(['10.20.0.0/14'])
    expect(packet.summary()).toContain('BGPUpdate 10.0.0.1 > 10.0.0.2 10.20.0.0/14 path 70000 65001 by 10.0.0.1')
  })

  test('several messages in one segment have their own lengths', () => {
    const packet = connection()
      .stack(BGPHeader())
      .stack(BGPUpdate({ withdrawn_routes: ['10.0.0.0/8'] }))
      .stack(BGPKeepAlive())
      .stack(BGPHeader())
      .stack(BGPNotification({ error_code: 'cease', error_subcode: 2 }))
      .rebuilt()
    const names = packet.layers().map((each) => each.layerName)
    expect(names.slice(2)).toEqual(['BGPHeader', 'BGPUpdate', 'BGPKeepAlive', 'BGPHeader', 'BGPNotification'])
    expect(
      packet
        .layers()
        .filter((each) => each.layerName === 'BGPHeader')
        .map((each) => each.raw('len')),
    ).toEqual([25, 21])
  })

  test('a message that goes on in the next segment is no error, its continuation is Raw', () => {
    const whole = stack(BGPHeader(), BGPUpdate({ nlri: ['10.0.0.0/8', '10.1.0.0/16'] })).bytes()
    const first = connection().stack(whole.subarray(0, 24)).unset('dport')
    first.dport = 179
    const read = first.rebuilt()
    expect(read.layers().map((each) => each.layerName)).toEqual(['IP', 'TCP', 'BGPHeader', 'Raw'])
    expect(read.issues()).toEqual([])
    const second = connection().stack(whole.subarray(24))
    second.dport = 179
    expect(second.rebuilt().last.layerName).toBe('Raw')
  })

  test('path identifiers are told from the bytes', () => {
    const nlri = ['10.0.0.0/24 path 1', '10.0.1.0/24 path 2']
    expect((stack(BGPHeader(), BGPUpdate({ nlri })).rebuilt() as AnyPacket).nlri).toEqual(nlri)
  })

  test('what is no route is refused with an example', () => {
    expect(() => BGPUpdate({ nlri: ['10.0.0.0/33'] })).toThrow(
      "BGPUpdate.nlri: '10.0.0.0/33' is no route such as '10.0.0.0/8'",
    )
    expect(() => BGPPACommunity({ community: ['70000:1'] })).toThrow("'70000:1' is no community such as '65001:100'")
  })
})
