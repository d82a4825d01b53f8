/**
 * Cisco's HDLC on serial lines, with an EtherType, and its keepalives, SLARP. RFC 1547 §4.3.1; tcpdump.org/linktypes: LINKTYPE_C_HDLC.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |    address    |    control    |             proto             |  CHDLC
 *   +---------------+---------------+-------------------------------+
 *   |                             code                              |  SLARP
 *   +---------------------------------------------------------------+
 *   |          sent number, or the address that is told             |
 *   +---------------------------------------------------------------+
 *   |             number seen last, or the netmask                  |
 *   +-------------------------------+-------------------------------+
 *   |          reliability          |
 *   +-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  ipv4,
  layer,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
  u32Enum,
} from '../../packet/index.js'
import { carryEtherTypes } from './ether-type.js'
import { ETHER_TYPES } from './ethernet.js'

/** RFC 1547 §4.3.1. */
const ADDRESSES: Readonly<Record<number, string>> = { 0x0f: 'unicast', 0x8f: 'multicast' }
const CODES: Readonly<Record<number, string>> = { 0: 'address-request', 1: 'address-reply', 2: 'keepalive' }
const KEEPALIVE = 2
const SLARP_TYPE = 0x8035

export const CHDLC = layer(
  'CHDLC',
  () => ({
    address: u8Enum(0x0f, ADDRESSES).hex(),
    control: u8(),
    proto: u16Enum(0x0800, { ...ETHER_TYPES, [SLARP_TYPE]: 'SLARP', 0xfefe: 'OSI' }).hex(),
  }),
  "Cisco's HDLC on serial lines. proto is an EtherType.",
  'RFC 1547 §4.3.1',
)

const isKeepalive = (me: AnyPacket): boolean => me.code === KEEPALIVE

export const SLARP = layer(
  'SLARP',
  () => ({
    code: u32Enum(KEEPALIVE, CODES),
    mysequence: u32().when(isKeepalive).about('Number of this keepalive.'),
    yoursequence: u32().when(isKeepalive).about('Number of the last one from the other side.'),
    ipaddress: ipv4().when((me) => !isKeepalive(me)),
    netmask: ipv4().when((me) => !isKeepalive(me)),
    reliability: u16(0xffff).hex(),
  }),
  "Keepalive, or question for the address, on Cisco's serial lines.",
  'RFC 1547 §4.3.1',
)

behave(CHDLC, {
  guess: (me) => (me.proto === SLARP_TYPE ? SLARP : undefined),
  summary: (me) => `CHDLC ${me.text('address')} (${me.text('proto')})`,
})
behave(SLARP, {
  summary: (me) =>
    isKeepalive(me)
      ? `SLARP keepalive ${me.mysequence}, seen ${me.yoursequence}`
      : `SLARP ${me.text('code')} ${me.ipaddress}`,
})

carryEtherTypes(CHDLC, (proto) => ({ proto }))
bind(CHDLC, SLARP, { proto: SLARP_TYPE })
