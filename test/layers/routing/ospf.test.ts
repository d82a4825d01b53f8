import { describe, expect, test } from 'vitest'
import {
  IP,
  LLS_Extended_Options,
  OSPF_DBDesc,
  OSPF_Digest,
  OSPF_Hdr,
  OSPF_Hello,
  OSPF_Link,
  OSPF_LLS_Hdr,
  OSPF_LSA_Hdr,
  OSPF_LSAck,
  OSPF_LSReq,
  OSPF_LSReq_Item,
  OSPF_LSUpd,
  OSPF_Router_LSA,
} from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ospf', [OSPF_DBDesc, OSPF_Digest, OSPF_Hdr, OSPF_Hello, OSPF_LLS_Hdr, OSPF_LSAck, OSPF_LSReq, OSPF_LSUpd])

const lsa = () => OSPF_Router_LSA({ linklist: [OSPF_Link({ id: '10.0.0.0', data: '255.255.255.0' })] })

describe('OSPF, beyond the suite', () => {
  test('an advertisement has its length, its count and the checksum of Fletcher', () => {
    const update = stack(IP(), OSPF_Hdr(), OSPF_LSUpd({ lsalist: [lsa()] })).rebuilt()
    expect([update.proto, update.get(OSPF_Hdr)!.len, update.lsacount]).toEqual([89, 24 + 4 + 36, 1])
    const [one] = update.lsalist as { len: number; chksum: number; linkcount: number }[]
    expect([one!.len, one!.linkcount]).toEqual([36, 1])
    // Both sums over all but the age are zero. RFC 905 annex B.
    const bytes = update
      .get(OSPF_LSUpd)!
      .bytes()
      .subarray(4 + 2)
    let c0 = 0
    let c1 = 0
    for (const byte of bytes) {
      c0 = (c0 + byte) % 255
      c1 = (c1 + c0) % 255
    }
    expect([c0, c1]).toEqual([0, 0])
  })

  test('digest and signalling stand behind the length of OSPF and inside of that of IP', () => {
    const packet = stack(
      IP(),
      OSPF_Hdr({ authtype: 'cryptographic', seq: 7 }),
      OSPF_Hello({ options: 'E+L' }),
      OSPF_Digest({ digest: new Uint8Array(16).fill(9) }),
      OSPF_LLS_Hdr({ llstlv: [LLS_Extended_Options({ options: 1 })] }),
    ).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual([
      'IP',
      'OSPF_Hdr',
      'OSPF_Hello',
      'OSPF_Digest',
      'OSPF_LLS_Hdr',
    ])
    expect([packet.get(OSPF_Hdr)!.len, packet.get(OSPF_Hdr)!.chksum, packet.get(IP)!.len]).toEqual([
      44,
      0,
      20 + 44 + 16 + 12,
    ])
    expect(packet.get(OSPF_LLS_Hdr)!.chksum).toBe(0)
  })

  test('an update answers the request for what it carries, an acknowledgement the update', () => {
    const ask = (id: string) => stack(OSPF_LSReq({ requests: [OSPF_LSReq_Item({ id })] })).rebuilt()
    const update = stack(OSPF_LSUpd({ lsalist: [lsa()] })).rebuilt()
    expect([answers(update, ask('1.1.1.1')), answers(update, ask('9.9.9.9'))]).toEqual([true, false])
    const acknowledge = OSPF_LSAck({ lsaheaders: [OSPF_LSA_Hdr({ id: '1.1.1.1' })] })
    expect(answers(acknowledge, update)).toBe(true)
  })

  test('a password is text of 8 characters', () => {
    const packet = stack(IP(), OSPF_Hdr({ authtype: 'simple', authdata: 'secret' }), OSPF_Hello()).rebuilt()
    expect(packet.authdata).toBe('secret')
    expect(() => OSPF_Hdr({ authdata: 'much too long' })).toThrow(
      'OSPF_Hdr.authdata: takes at most 8 bytes, 13 were given',
    )
  })
})
