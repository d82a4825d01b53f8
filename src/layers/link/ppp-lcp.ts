/**
 * LCP, which sets up a PPP link. RFC 1661 §5, §6; identification: RFC 1570 §2.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     code      |      id       |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |          magic_number (echo, discard, identification)         |
 *   +---------------------------------------------------------------+
 *   |  options or data …
 *   +---------------------------------------------------------------+
 */
import {
  behave,
  bind,
  bytes,
  type LayerReference,
  layer,
  type OptionKind,
  options,
  u8,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { PPP } from './ppp.js'
import { controlBehaviour, controlHeader } from './ppp-control.js'
import { PPP_PROTOCOLS } from './ppp-numbers.js'
import { textOrBytesField } from './text-or-bytes.js'

const LCP = 0xc021

/** IANA, "PPP LCP Configuration Option Types". The third value of auth-protocol is the algorithm of CHAP: 5 MD5, 129 and 130 MS. */
const lcpOptions = (): Readonly<Record<number, OptionKind>> => ({
  1: { name: 'max-receive-unit', fields: [u16()] },
  2: { name: 'async-control-character-map', fields: [u32()] },
  3: { name: 'auth-protocol', fields: [u16Enum(0, PPP_PROTOCOLS), u8()], repeats: true },
  4: { name: 'quality-protocol', fields: [u16Enum(0, PPP_PROTOCOLS), u8()], repeats: true },
  5: { name: 'magic-number', fields: [u32()] },
  7: { name: 'protocol-field-compression' },
  8: { name: 'address-and-control-field-compression' },
  9: { name: 'fcs-alternatives', fields: [u8()] },
  10: { name: 'self-describing-padding', fields: [u8()] },
  11: { name: 'numbered-mode' },
  13: { name: 'callback' },
  15: { name: 'compound-frames' },
  17: { name: 'multilink-mrru', fields: [u16()] },
  18: { name: 'multilink-short-sequence' },
  19: { name: 'multilink-endpoint' },
  21: { name: 'dce-identifier', fields: [u8()] },
  23: { name: 'link-discriminator', fields: [u16()] },
  24: { name: 'authentication' },
  26: { name: 'prefix-elision' },
  27: { name: 'multilink-header-format' },
  28: { name: 'internationalization' },
  30: { name: 'mpp-pids' },
})

export const PPP_LCP = layer(
  'PPP_LCP',
  () => ({ ...controlHeader(5), data: bytes() }),
  'Message of LCP that has no layer of its own.',
  'RFC 1661 §5',
)

export const PPP_LCP_Configure = layer(
  'PPP_LCP_Configure',
  () => ({ ...controlHeader(1), options: options({ kinds: lcpOptions() }) }),
  "Asks for options of a PPP link, or answers: [['max-receive-unit', 1492], ['auth-protocol', [0xc223, 5]]].",
  'RFC 1661 §5.1, §6',
)

export const PPP_LCP_Terminate = layer(
  'PPP_LCP_Terminate',
  () => ({ ...controlHeader(5), data: textOrBytesField() }),
  'Ends a PPP link. data may say why.',
  'RFC 1661 §5.5',
)

export const PPP_LCP_Code_Reject = layer(
  'PPP_LCP_Code_Reject',
  () => ({ ...controlHeader(7), rejected_packet: bytes() }),
  'Says that the code of a message is not known.',
  'RFC 1661 §5.6',
)

export const PPP_LCP_Protocol_Reject = layer(
  'PPP_LCP_Protocol_Reject',
  () => ({ ...controlHeader(8), rejected_protocol: u16Enum(0, PPP_PROTOCOLS).hex(), rejected_information: bytes() }),
  'Says that a protocol is not spoken on this link.',
  'RFC 1661 §5.7',
)

export const PPP_LCP_Echo = layer(
  'PPP_LCP_Echo',
  () => ({ ...controlHeader(9), magic_number: u32().hex(), data: bytes() }),
  'Asks whether the link still works, or answers. magic_number: of the sender.',
  'RFC 1661 §5.8',
)

export const PPP_LCP_Discard_Request = layer(
  'PPP_LCP_Discard_Request',
  () => ({ ...controlHeader(11), magic_number: u32().hex(), data: bytes() }),
  'To be thrown away: for tests of the link in one direction.',
  'RFC 1661 §5.9',
)

export const PPP_LCP_Identification = layer(
  'PPP_LCP_Identification',
  () => ({ ...controlHeader(12), magic_number: u32().hex(), message: textOrBytesField() }),
  'Says who the sender is, for people.',
  'RFC 1570 §2.1',
)

const BY_CODE: Readonly<Record<number, LayerReference>> = {
  1: PPP_LCP_Configure,
  2: PPP_LCP_Configure,
  3: PPP_LCP_Configure,
  4: PPP_LCP_Configure,
  5: PPP_LCP_Terminate,
  6: PPP_LCP_Terminate,
  7: PPP_LCP_Code_Reject,
  8: PPP_LCP_Protocol_Reject,
  9: PPP_LCP_Echo,
  10: PPP_LCP_Echo,
  11: PPP_LCP_Discard_Request,
  12: PPP_LCP_Identification,
}
/** Shortest messages of the layers with a field behind the header. */
const SHORTEST: Readonly<Record<number, number>> = { 8: 6, 9: 8, 10: 8, 11: 8, 12: 8 }

const family = new Set([PPP_LCP, ...Object.values(BY_CODE)])
for (const each of family) {
  behave(each, {
    ...controlBehaviour,
    refine: (buffer, start, end) => {
      if (end - start < 4) return PPP_LCP
      const code = buffer[start]!
      const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
      return length < (SHORTEST[code] ?? 4) ? PPP_LCP : (BY_CODE[code] ?? PPP_LCP)
    },
  })
  bind(PPP, each, { proto: LCP })
}
