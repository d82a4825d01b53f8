import { describe, expect, test } from 'vitest'
import {
  Ether,
  LLDPDU,
  LLDPDUChassisID,
  LLDPDUEndOfLLDPDU,
  LLDPDUGenericOrganisationSpecific,
  LLDPDUManagementAddress,
  LLDPDUPortDescription,
  LLDPDUPortID,
  LLDPDUSystemCapabilities,
  LLDPDUSystemDescription,
  LLDPDUSystemName,
  LLDPDUTimeToLive,
} from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('lldp', [
  LLDPDU,
  LLDPDUChassisID,
  LLDPDUEndOfLLDPDU,
  LLDPDUGenericOrganisationSpecific,
  LLDPDUManagementAddress,
  LLDPDUPortDescription,
  LLDPDUPortID,
  LLDPDUSystemCapabilities,
  LLDPDUSystemDescription,
  LLDPDUSystemName,
  LLDPDUTimeToLive,
])

describe('LLDP, beyond the suite', () => {
  test('a frame from its parts', () => {
    const frame = stack(
      Ether({ dst: '01:80:c2:00:00:0e' }),
      LLDPDUChassisID({ id: '02:00:00:00:00:01' }),
      LLDPDUPortID({ subtype: 'interface-name', id: 'eth0' }),
      LLDPDUTimeToLive(),
      LLDPDUEndOfLLDPDU(),
    )
    expect(frame.hex().slice(24)).toBe('88cc0207040200000000010405056574683006020078' + '0000')
    expect(frame.summary()).toBe(
      "Ether / LLDPDUChassisID / LLDPDUPortID / LLDPDUTimeToLive / LLDP chassis '02:00:00:00:00:01' port 'eth0'",
    )
  })

  test('identifiers are what their subtype says', () => {
    expect(LLDPDUChassisID({ subtype: 'network-address', id: '10.0.0.1' }).hex()).toBe('020605010a000001')
    const id = LLDPDUPortID({ subtype: 'local', id: Uint8Array.of(0, 1) }).rebuilt().id
    expect([...(id as Uint8Array)]).toEqual([0, 1])
  })
})
