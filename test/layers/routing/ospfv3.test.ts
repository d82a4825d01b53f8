import { describe, expect, test } from 'vitest'
import {
  IP,
  IPv6,
  OSPFv3_AS_External_LSA,
  OSPFv3_Auth,
  OSPFv3_DBDesc,
  OSPFv3_Hdr,
  OSPFv3_Hello,
  OSPFv3_LSAck,
  OSPFv3_LSReq,
  OSPFv3_LSUpd,
} from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ospfv3', [OSPFv3_Auth, OSPFv3_DBDesc, OSPFv3_Hdr, OSPFv3_Hello, OSPFv3_LSAck, OSPFv3_LSReq, OSPFv3_LSUpd])

describe('OSPF version 3, beyond the suite', () => {
  test('prefixes have as many words as their length needs, and parts are there by flags', () => {
    const external = OSPFv3_AS_External_LSA({ prefix: '2001:db8:1::', prefixlen: 48, flags: 'E+T', tag: 7 })
    const packet = stack(IPv6(), OSPFv3_Hdr(), OSPFv3_LSUpd({ lsalist: [external] })).rebuilt()
    const [one] = packet.lsalist as { len: number; prefix: string; tag: number; fwaddr?: string }[]
    expect([one!.len, one!.prefix, one!.tag, one!.fwaddr]).toEqual([40, '2001:db8:1::', 7, undefined])
  })

  test('a trailer with a digest makes the checksum zero', () => {
    const packet = stack(
      IPv6(),
      OSPFv3_Hdr(),
      OSPFv3_Hello(),
      OSPFv3_Auth({ said: 1, authdata: new Uint8Array(32) }),
    ).rebuilt()
    expect([packet.get(OSPFv3_Hdr)!.len, packet.get(OSPFv3_Hdr)!.chksum, packet.authlen]).toEqual([36, 0, 48])
  })

  test('it is read over IPv4 too', () => {
    expect(stack(IP({ proto: 89 }), OSPFv3_Hdr(), OSPFv3_Hello()).rebuilt().last.layerName).toBe('OSPFv3_Hello')
  })
})
