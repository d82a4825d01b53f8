import { describe, expect, test } from 'vitest'
import {
  DHCP6_Advertise,
  DHCP6_InfoRequest,
  DHCP6_RelayForward,
  DHCP6_RelayReply,
  DHCP6_Release,
  DHCP6_Reply,
  DHCP6_Request,
  DHCP6_Solicit,
  DHCP6OptAFTRName,
  DHCP6OptBootFileUrl,
  DHCP6OptClientFQDN,
  DHCP6OptClientId,
  DHCP6OptDNSDomains,
  DHCP6OptDNSServers,
  DHCP6OptElapsedTime,
  DHCP6OptIA_NA,
  DHCP6OptIA_PD,
  DHCP6OptIA_TA,
  DHCP6OptIAAddress,
  DHCP6OptIfaceId,
  DHCP6OptInfoRefreshTime,
  DHCP6OptNISDomain,
  DHCP6OptNISPServers,
  DHCP6OptNISServers,
  DHCP6OptNTPServer,
  DHCP6OptOptReq,
  DHCP6OptPref,
  DHCP6OptRelayMsg,
  DHCP6OptServerId,
  DHCP6OptSIPDomains,
  DHCP6OptSIPServers,
  DHCP6OptSNTPServers,
  DHCP6OptStatusCode,
  DHCP6OptVendorClass,
  DUID_LL,
  IPv6,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dhcp6', [
  DHCP6OptAFTRName,
  DHCP6OptBootFileUrl,
  DHCP6OptClientFQDN,
  DHCP6OptClientId,
  DHCP6OptDNSDomains,
  DHCP6OptDNSServers,
  DHCP6OptElapsedTime,
  DHCP6OptIA_NA,
  DHCP6OptIA_PD,
  DHCP6OptIA_TA,
  DHCP6OptIfaceId,
  DHCP6OptInfoRefreshTime,
  DHCP6OptNISDomain,
  DHCP6OptNISPServers,
  DHCP6OptNISServers,
  DHCP6OptNTPServer,
  DHCP6OptOptReq,
  DHCP6OptPref,
  DHCP6OptRelayMsg,
  DHCP6OptSIPDomains,
  DHCP6OptSIPServers,
  DHCP6OptSNTPServers,
  DHCP6OptServerId,
  DHCP6OptStatusCode,
  DHCP6OptVendorClass,
  DHCP6_Advertise,
  DHCP6_InfoRequest,
  DHCP6_RelayForward,
  DHCP6_Release,
  DHCP6_Reply,
  DHCP6_Request,
  DHCP6_Solicit,
])

describe('DHCPv6, beyond the suite', () => {
  test('messages take their ports, options their lengths', () => {
    const packet = stack(
      IPv6(),
      UDP(),
      DHCP6_Solicit({ trid: 0x123456 }),
      DHCP6OptClientId({ duid: [DUID_LL({ lladdr: '02:00:00:00:00:01' })] }),
      DHCP6OptIA_NA({ iaid: 1, ianaopts: [DHCP6OptIAAddress({ addr: 'fd00::5' })] }),
      DHCP6OptOptReq({ reqopts: ['DNS_SERVERS', 24] }),
    )
    expect([packet.sport, packet.dport]).toEqual([546, 547])
    expect(packet.get(DHCP6_Solicit)!.hex()).toBe(
      '01123456' +
        '0001000a00030001020000000001' +
        '00030028000000010000000000000000' +
        '00050018fd0000000000000000000000000000050000000000000000' +
        '0006000400170018',
    )
    expect(packet.summary()).toContain('DHCPv6 solicit 0x123456 fd00::5')
  })

  test('an answer has the number of what it answers, also through a relay', () => {
    const solicit = DHCP6_Solicit({ trid: 5 })
    expect(answers(DHCP6_Advertise({ trid: 5 }), solicit)).toBe(true)
    expect(answers(DHCP6_Reply({ trid: 5 }), solicit)).toBe(true)
    expect(answers(DHCP6_Reply({ trid: 6 }), solicit)).toBe(false)
    const forward = stack(DHCP6_RelayForward({ peeraddr: 'fe80::1' }), DHCP6OptRelayMsg({ message: solicit }))
    const back = (trid: number) =>
      stack(DHCP6_RelayReply({ peeraddr: 'fe80::1' }), DHCP6OptRelayMsg({ message: DHCP6_Advertise({ trid }) }))
    expect(answers(back(5), forward)).toBe(true)
    expect(answers(back(6), forward)).toBe(false)
  })

  test('a relayed message keeps its options, and what follows it is not its own', () => {
    const inner = stack(DHCP6_Solicit({ trid: 9 }), DHCP6OptElapsedTime({ elapsedtime: 7 }))
    const packet = stack(DHCP6_RelayForward(), DHCP6OptRelayMsg({ message: inner }), DHCP6OptIfaceId({ ifaceid: 'x' }))
    const read = dissect(DHCP6_RelayForward, packet.bytes())
    expect(read.layers().map((each) => each.layerName)).toEqual([
      'DHCP6_RelayForward',
      'DHCP6OptRelayMsg',
      'DHCP6OptIfaceId',
    ])
    const message = read.get(DHCP6OptRelayMsg)!.message[0]!
    expect(message.layers().map((each) => each.layerName)).toEqual(['DHCP6_Solicit', 'DHCP6OptElapsedTime'])
  })

  test('relays inside relays without end are cut off', () => {
    let bytes = DHCP6_Solicit().bytes() as Uint8Array
    for (let i = 0; i < 200; i++)
      bytes = stack(DHCP6_RelayForward(), DHCP6OptRelayMsg({ message: [dissect(DHCP6_RelayForward, bytes)] })).bytes()
    expect(() => dissect(DHCP6_RelayForward, bytes).show({ dump: true })).not.toThrow()
  })

  test('data of a wrong size is bytes; a length beyond the end is said', () => {
    expect(dissect(DHCP6_Reply, fromHex('0700000100070002aabb')).payload!.layerName).toBe('DHCP6OptUnknown')
    expect(String(dissect(DHCP6_Reply, fromHex('07000001000700ff')).issues()[0])).toContain('optlen')
    expect(() => DHCP6OptPref({ prefval: 300 })).toThrow('DHCP6OptPref.prefval: ')
  })
})
