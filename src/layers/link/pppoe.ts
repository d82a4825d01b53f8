/**
 * PPP over Ethernet: finding a concentrator (PPPoED with its tags), and the session. RFC 2516 §4; PPP-Max-Payload: RFC 4638.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+-------------------------------+
 *   |version| type  |     code      |           sessionid           |
 *   +-------+-------+---------------+-------------------------------+
 *   |              len              |  tags, or a PPP frame …
 *   +-------------------------------+-------------------------------+
 *   |           tag_type            |            tag_len            |
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  layer,
  layers,
  type Packet,
  u8Enum,
  u16,
  u16Enum,
} from '../../packet/index.js'
import { bindEtherType } from './ether-type.js'
import { PPP } from './ppp.js'
import { textOrBytesField } from './text-or-bytes.js'

/** RFC 2516 §5; PADG, PADC and PADQ: RFC 5578; PADM and PADN: draft-carrel-info-pppoe-ext. */
const CODES: Readonly<Record<number, string>> = {
  0x00: 'session',
  0x07: 'PADO',
  0x09: 'PADI',
  0x0a: 'PADG',
  0x0b: 'PADC',
  0x0c: 'PADQ',
  0x19: 'PADR',
  0x65: 'PADS',
  0xa7: 'PADT',
  0xd3: 'PADM',
  0xd4: 'PADN',
}
const PADI = 0x09
const PADO = 0x07
const PADR = 0x19
const PADS = 0x65

/** IANA, "PPPoE TAG Values". */
const TAGS: Readonly<Record<number, string>> = {
  0x0000: 'End-Of-List',
  0x0101: 'Service-Name',
  0x0102: 'AC-Name',
  0x0103: 'Host-Uniq',
  0x0104: 'AC-Cookie',
  0x0105: 'Vendor-Specific',
  0x0106: 'Credits',
  0x0107: 'Metrics',
  0x0108: 'Sequence-Number',
  0x0109: 'Credit-Scale-Factor',
  0x0110: 'Relay-Session-Id',
  0x0111: 'HURL',
  0x0112: 'MOTM',
  0x0120: 'PPP-Max-Payload',
  0x0121: 'IP-Route-Add',
  0x0201: 'Service-Name-Error',
  0x0202: 'AC-System-Error',
  0x0203: 'Generic-Error',
}
const HOST_UNIQ = 0x0103

const header = (code: number) => ({
  version: bits(4, 1),
  type: bits(4, 1),
  code: u8Enum(code, CODES),
  sessionid: u16().hex(),
  len: u16().auto((c) => c.payloadLength),
})

export const PPPoE = layer(
  'PPPoE',
  () => header(0),
  'PPP frame in an Ethernet frame. sessionid: as PADS gave it.',
  'RFC 2516 §4',
)

export const PPPoED = layer(
  'PPPoED',
  () => header(PADI),
  'Looks for a concentrator of PPPoE, and starts or ends a session.',
  'RFC 2516 §5',
)

export const PPPoETag = layer(
  'PPPoETag',
  () => ({
    tag_type: u16Enum(0x0101, TAGS),
    tag_len: u16().lengthOf('tag_value'),
    tag_value: textOrBytesField('tag_len'),
  }),
  'One value in a message of PPPoE discovery: text where it is printable, else bytes.',
  'RFC 2516 §4; RFC 2516 appendix A',
)

export const PPPoED_Tags = layer(
  'PPPoED_Tags',
  () => ({ tag_list: layers(PPPoETag) }),
  'The values in a message of PPPoE discovery.',
  'RFC 2516 §4',
)

for (const each of [PPPoE, PPPoED]) {
  behave(each, {
    payloadLength: (me) => me.len,
    payloadLengthField: 'len',
    summary: (me) => `${me.layerName}${each === PPPoED ? ` ${me.text('code')}` : ''} session ${me.text('sessionid')}`,
  })
}

/** The tag by which a host knows the answers to its own question. RFC 2516 appendix A. */
function hostUniq(me: { payload: Packet | null }): string {
  const tags = (me.payload as { tag_list?: readonly { tag_type: number; tag_value: unknown }[] } | null)?.tag_list
  const tag = tags?.find(({ tag_type }) => tag_type === HOST_UNIQ)
  return tag === undefined ? '' : String(tag.tag_value)
}

const REQUEST_OF: Readonly<Record<number, number>> = { [PADO]: PADI, [PADS]: PADR }

behave(PPPoED, {
  answers: (me, request) => request.code === REQUEST_OF[me.code] && hostUniq(me) === hostUniq(request),
  hash: (me) => `PPPoED ${REQUEST_OF[me.code] ?? me.code} ${hostUniq(me)}`,
})
/** Which message of discovery it is that the values belong to; nothing where they stand alone. */
const messageOf = (me: AnyPacket): string => (me.under?.layerName === 'PPPoED' ? ` ${me.under.text('code')}` : '')

behave(PPPoED_Tags, {
  summary: (me) => {
    const tags = ((me.tag_list ?? []) as Packet[]).map((tag) => ` ${tag.text('tag_type')}=${tag.text('tag_value')}`)
    return `PPPoED_Tags${messageOf(me as AnyPacket)}${tags.join('')}`
  },
})

bind(PPPoE, PPP, { code: 0 })
bind(PPPoED, PPPoED_Tags)
bindEtherType(0x8863, PPPoED)
bindEtherType(0x8864, PPPoE)
