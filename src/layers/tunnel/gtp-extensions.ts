/**
 * Extension headers of GTP, each with the type of the next one at its end. 3GPP TS 29.060 §6.1, TS 29.281 §5.2; PDU session
 * container: TS 38.415 §5.5.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-------------------------------+---------------+
 *   | length (4 B)  |  content …                    |    next_ex    |
 *   +---------------+-------------------------------+---------------+
 */
import { behave, bits, bitsEnum, bytes, type LayerReference, layer, u8, u8Enum, u16 } from '../../packet/index.js'

/** 3GPP TS 29.281 §5.2.1. */
export const EXTENSION_TYPES: Readonly<Record<number, string>> = {
  0x00: 'none',
  0x01: 'MBMS-support',
  0x02: 'MS-info-change-reporting',
  0x03: 'long-PDCP-PDU-number-obsolete',
  0x20: 'service-class-indicator',
  0x40: 'UDP-port',
  0x81: 'RAN-container',
  0x82: 'long-PDCP-PDU-number',
  0x83: 'Xw-RAN-container',
  0x84: 'NR-RAN-container',
  0x85: 'PDU-session-container',
  0xc0: 'PDCP-PDU-number',
  0xc1: 'suspend-request',
  0xc2: 'suspend-response',
}

/** Units of the length. */
const WORD = 4

export const GTP_UDPPort_ExtensionHeader = layer(
  'GTP_UDPPort_ExtensionHeader',
  () => ({ length: u8(1), udp_port: u16(), next_ex: u8Enum(0, EXTENSION_TYPES).hex() }),
  'Port that the message which an error is about came from.',
  '3GPP TS 29.281 §5.2.2.1',
)

export const GTP_PDCP_PDU_ExtensionHeader = layer(
  'GTP_PDCP_PDU_ExtensionHeader',
  () => ({ length: u8(1), pdcp_pdu: u16(), next_ex: u8Enum(0, EXTENSION_TYPES).hex() }),
  'Number of a packet on the radio side, for handovers.',
  '3GPP TS 29.281 §5.2.2.2',
)

const DIRECTIONS: Readonly<Record<number, string>> = { 0: 'downlink', 1: 'uplink' }

export const GTPPDUSessionContainer = layer(
  'GTPPDUSessionContainer',
  () => ({
    ExtHdrLen: u8().auto((c) => c.headerLength / WORD),
    type: bitsEnum(4, 0, DIRECTIONS),
    QMP: bits(1).about('1: delays are measured.'),
    indications: bits(3).about('Downlink: SNP (4), numbered packets. Uplink: delay down (4), up (2), SNP (1).'),
    PPP_: bits(1).about(
      'Downlink, 1: a paging policy is in the first byte behind it. Uplink: delay between N3 and N9.',
    ),
    RQI: bits(1).about('Downlink, 1: reflective quality of service.'),
    QFI: bits(6).about('Number of the flow, by which its quality of service is known.'),
    content: bytes((me) => (me.ExtHdrLen as number) * WORD - 4).about(
      'Times and numbers that the flags say, filled up with zeros.',
    ),
    NextExtHdr: u8Enum(0, EXTENSION_TYPES).hex(),
  }),
  'Quality of service of a packet in 5G.',
  '3GPP TS 38.415 §5.5.2',
)

export const GTPExtensionHeader = layer(
  'GTPExtensionHeader',
  () => ({
    length: u8().auto((c) => c.headerLength / WORD),
    content: bytes((me) => (me.length as number) * WORD - 2).about('Two bytes, or four more, and so on.'),
    next_ex: u8Enum(0, EXTENSION_TYPES).hex(),
  }),
  'Extension header of GTP that has no layer of its own.',
  '3GPP TS 29.281 §5.2.1',
)

/** Layer of an extension header, whose type the header before it says. */
export function extensionLayer(type: number, buffer: Uint8Array, at: number): LayerReference {
  if (type === 0x85 && buffer[at]! >= 1) return GTPPDUSessionContainer
  const isShort = buffer[at] === 1
  if (type === 0x40 && isShort) return GTP_UDPPort_ExtensionHeader
  if (type === 0xc0 && isShort) return GTP_PDCP_PDU_ExtensionHeader
  return GTPExtensionHeader
}

/** The layers of extension headers, and which field of each names the next. */
export const EXTENSIONS: readonly (readonly [layer: LayerReference, next: string, length: string])[] = [
  [GTP_UDPPort_ExtensionHeader, 'next_ex', 'length'],
  [GTP_PDCP_PDU_ExtensionHeader, 'next_ex', 'length'],
  [GTPPDUSessionContainer, 'NextExtHdr', 'ExtHdrLen'],
  [GTPExtensionHeader, 'next_ex', 'length'],
]

behave(GTPPDUSessionContainer, { summary: (me) => `GTPPDUSessionContainer ${me.text('type')} QFI ${me.QFI}` })
for (const [each, , length] of EXTENSIONS)
  behave(each, { headerLength: (me) => (me.raw(length) as number) * WORD, headerLengthField: length })
