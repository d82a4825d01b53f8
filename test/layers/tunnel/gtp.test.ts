import { describe, expect, test } from 'vitest'
import {
  GTP_PDCP_PDU_ExtensionHeader,
  GTP_U_Header,
  GTP_UDPPort_ExtensionHeader,
  GTPExtensionHeader,
  GTPHeader,
  GTPHeaderV2,
  GTPPDUSessionContainer,
  IP,
  UDP,
} from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('gtp', [
  GTPExtensionHeader,
  GTPHeader,
  GTPHeaderV2,
  GTPPDUSessionContainer,
  GTP_PDCP_PDU_ExtensionHeader,
  GTP_UDPPort_ExtensionHeader,
  GTP_U_Header,
])

describe('GTP, beyond the suite', () => {
  test('extension headers are announced', () => {
    const packet = stack(IP(), UDP(), GTP_U_Header({ teid: 5 }), GTPPDUSessionContainer({ QFI: 9 }), IP()).rebuilt()
    expect(packet.get(GTP_U_Header)).toMatchObject({ E: 1, next_ex: 0x85, length: 28 })
    expect(packet.layers().map((each) => each.layerName)).toEqual([
      'IP',
      'UDP',
      'GTP_U_Header',
      'GTPPDUSessionContainer',
      'IP',
    ])
  })

  test('a response has the number of its request', () => {
    const request = GTPHeaderV2({ gtp_type: 'create_session_req', seq: 4 })
    expect(answers(GTPHeaderV2({ gtp_type: 'create_session_res', seq: 4 }), request)).toBe(true)
    expect(answers(GTPHeaderV2({ gtp_type: 'create_session_res', seq: 5 }), request)).toBe(false)
  })
})
