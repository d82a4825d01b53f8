/** What the attributes of L2TP hold, by their type. RFC 2661 §4.4; IANA, "Layer Two Tunneling Protocol (L2TP) Parameters". */
import type { AnyPacket } from '../../packet/index.js'
import { BYTES_FORM, U16_FORM, U32_FORM, type ValueForm } from '../link/text-or-bytes.js'

/** Names of attributes. */
export const ATTRIBUTES: Readonly<Record<number, string>> = {
  0: 'message-type',
  1: 'result-code',
  2: 'protocol-version',
  3: 'framing-capabilities',
  4: 'bearer-capabilities',
  5: 'tie-breaker',
  6: 'firmware-revision',
  7: 'host-name',
  8: 'vendor-name',
  9: 'assigned-tunnel-id',
  10: 'receive-window-size',
  11: 'challenge',
  12: 'q931-cause-code',
  13: 'challenge-response',
  14: 'assigned-session-id',
  15: 'call-serial-number',
  16: 'minimum-bps',
  17: 'maximum-bps',
  18: 'bearer-type',
  19: 'framing-type',
  21: 'called-number',
  22: 'calling-number',
  23: 'sub-address',
  24: 'tx-connect-speed',
  25: 'physical-channel-id',
  26: 'initial-lcp-confreq',
  27: 'last-sent-lcp-confreq',
  28: 'last-received-lcp-confreq',
  29: 'proxy-authen-type',
  30: 'proxy-authen-name',
  31: 'proxy-authen-challenge',
  32: 'proxy-authen-id',
  33: 'proxy-authen-response',
  34: 'call-errors',
  35: 'accm',
  36: 'random-vector',
  37: 'private-group-id',
  38: 'rx-connect-speed',
  39: 'sequencing-required',
}

/** Control messages. RFC 2661 §3.2. */
export const MESSAGES: Readonly<Record<number, string>> = {
  1: 'SCCRQ',
  2: 'SCCRP',
  3: 'SCCCN',
  4: 'StopCCN',
  6: 'HELLO',
  7: 'OCRQ',
  8: 'OCRP',
  9: 'OCCN',
  10: 'ICRQ',
  11: 'ICRP',
  12: 'ICCN',
  14: 'CDN',
  15: 'WEN',
  16: 'SLI',
}

const NUMBERS_16 = new Set([0, 2, 6, 9, 10, 14, 29, 32])
const NUMBERS_32 = new Set([3, 4, 15, 16, 17, 18, 19, 24, 25, 38])
const TEXTS = new Set([7, 8, 21, 22, 23, 30, 37])

/** The name of a message may be given for its number. */
const MESSAGE_FORM: ValueForm<string | number> = {
  read: (bytes) => U16_FORM.read(bytes),
  write: (value) => {
    const number = typeof value === 'string' ? Object.entries(MESSAGES).find(([, name]) => name === value)?.[0] : value
    return number === undefined ? undefined : U16_FORM.write(Number(number))
  },
}

/** The form of an attribute's value; hidden ones are bytes, other vendors' text or bytes. */
export function attributeForm(me: AnyPacket): ValueForm<string | number> | undefined {
  if (me.hidden === 1) return BYTES_FORM
  if (me.vendor_id !== 0) return undefined
  const type = me.attribute_type as number
  if (type === 0) return MESSAGE_FORM
  if (NUMBERS_16.has(type)) return U16_FORM
  if (NUMBERS_32.has(type)) return U32_FORM
  return TEXTS.has(type) || !(type in ATTRIBUTES) ? undefined : BYTES_FORM
}
