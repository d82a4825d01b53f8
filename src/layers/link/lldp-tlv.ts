/** What all parts of an LLDP frame have in common: type and length, and for those of organizations their number. IEEE 802.1AB §8.4, §8.6. */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  type LayerReference,
  layer,
  u8Enum,
  u24,
} from '../../packet/index.js'

/** IEEE 802.1AB table 8-1. */
const TYPES: Readonly<Record<number, string>> = {
  0: 'end',
  1: 'chassis-id',
  2: 'port-id',
  3: 'ttl',
  4: 'port-description',
  5: 'system-name',
  6: 'system-description',
  7: 'system-capabilities',
  8: 'management-address',
  127: 'organization',
}
export const ORGANIZATION = 127

/** Organizations with TLVs of their own, by their OUI. */
export const ORGANIZATIONS: Readonly<Record<number, string>> = {
  0x00000c: 'Cisco',
  0x000ecf: 'PROFIBUS',
  0x000fac: 'IEEE-802.11',
  0x00120f: 'IEEE-802.3',
  0x0012bb: 'TIA-MED',
  0x0080c2: 'IEEE-802.1',
  0x00006c: 'Hytec',
  0x30b216: 'Hytec-Geraetebau',
}

/** Seven bits of type, and nine that count the bytes behind them. */
export const tlvHeader = (type: number) => ({
  type: bits(7, type).names(TYPES),
  length: bits(9).auto((c) => c.headerLength - 2),
})

/** The same of a TLV of an organization. */
export const organizationHeader = (
  organization: number,
  subtype: number,
  subtypes: Readonly<Record<number, string>> = {},
) => ({
  ...tlvHeader(ORGANIZATION),
  org_code: u24(organization).names(ORGANIZATIONS).hex(),
  subtype: u8Enum(subtype, subtypes),
})

export const LLDPDU = layer(
  'LLDPDU',
  () => ({ ...tlvHeader(9), data: bytes() }),
  'Part of an LLDP frame of a type that has no layer of its own.',
  'IEEE 802.1AB §8.4',
)

export const LLDPDUGenericOrganisationSpecific = layer(
  'LLDPDUGenericOrganisationSpecific',
  () => ({ ...organizationHeader(0, 0), data: bytes() }),
  'Part of an LLDP frame that an organization has defined.',
  'IEEE 802.1AB §8.6',
)

type Fits = (length: number) => boolean

const byType = new Map<number, readonly [LayerReference, Fits]>()
const byOrganization = new Map<number, (readonly [LayerReference, Fits])[]>()

/** Which layer a TLV has; one whose length is not one that its layer can have is read as the general one. */
export function refineTlv(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (end - start < 2) return LLDPDU
  const type = buffer[start]! >> 1
  const length = ((buffer[start]! & 1) << 8) | buffer[start + 1]!
  if (type !== ORGANIZATION) {
    const known = byType.get(type)
    return known?.[1](length) === true ? known[0] : LLDPDU
  }
  if (length < 4 || end - start < 6) return LLDPDU
  const key =
    buffer[start + 2]! * 0x1000000 + ((buffer[start + 3]! << 16) | (buffer[start + 4]! << 8) | buffer[start + 5]!)
  const known = byOrganization.get(key)?.find(([, fits]) => fits(length - 4))
  return known?.[0] ?? LLDPDUGenericOrganisationSpecific
}

const summary = (me: AnyPacket): string => `LLDP ${me.text('type')}`

function behaveAsTlv(each: LayerReference): void {
  behave(each, { headerLength: (me) => 2 + me.length, headerLengthField: 'length', summary })
  bind(each, LLDPDU)
}

/** Makes a layer the one for TLVs of a type. `fits` tells of the length behind the first two bytes whether it can be its. */
export function tlv(type: number, each: LayerReference, fits: Fits): void {
  byType.set(type, [each, fits])
  behaveAsTlv(each)
}

/** The same for a TLV of an organization; `fits` is asked for the bytes behind the subtype. */
export function organizationTlv(organization: number, subtype: number, each: LayerReference, fits: Fits): void {
  const key = organization * 256 + subtype
  const known = byOrganization.get(key)
  if (known === undefined) byOrganization.set(key, [[each, fits]])
  else known.push([each, fits])
  behaveAsTlv(each)
}

behaveAsTlv(LLDPDU)
behaveAsTlv(LLDPDUGenericOrganisationSpecific)
behave(LLDPDU, { refine: refineTlv })
behave(LLDPDUGenericOrganisationSpecific, {
  summary: (me) => `LLDP ${me.text('org_code')} subtype ${me.subtype}`,
})
