/**
 * IEEE 802.3 frames, whose length stands where Ethernet II has the type, and what is in them: logical link control
 * (IEEE 802.2 §3) and the header that has an EtherType again, SNAP (IEEE 802 §9.4, RFC 1042).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |     dsap      |     ssap      |     ctrl      |    nr     |pf|  LLC; nr and pf only in numbered frames
 *   +---------------+---------------+---------------+---------------+
 *   |                      OUI                      |     code …      SNAP
 *   +-----------------------------------------------+---------------+
 */
import { type AnyPacket, behave, bind, bits, layer, mac, u8, u8Enum, u16, u16Enum, u24 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { Dot1AD, Dot1Q } from './dot1q.js'
import { ETHER_TYPES, Ether, lengthInType } from './ethernet.js'

/** Link service access points. IEEE, "LLC Address Assignments". */
const SAPS: Readonly<Record<number, string>> = {
  0x00: 'null',
  0x02: 'sublayer-management',
  0x04: 'SNA',
  0x06: 'IP',
  0x0e: 'PROWAY-management',
  0x42: 'STP',
  0x4e: 'RS511',
  0x7e: 'X25',
  0x80: 'XNS',
  0x8e: 'PROWAY-stations',
  0x98: 'ARP',
  0xaa: 'SNAP',
  0xbc: 'VINES',
  0xe0: 'IPX',
  0xf0: 'NetBIOS',
  0xf4: 'LAN-manager',
  0xf8: 'remote-program-load',
  0xfa: 'Ungermann-Bass',
  0xfe: 'ISO',
  0xff: 'global',
}

/** Who numbers the types of SNAP. IEEE, "OUI". */
const ORGANIZATIONS: Readonly<Record<number, string>> = {
  0x000000: 'EtherType',
  0x00000c: 'Cisco',
  0x00000f: 'Nortel',
  0x00004c: 'NEC',
  0x0000f8: 'Cisco-90',
  0x00095b: 'Netgear',
  0x00805f: 'HP',
  0x0080c2: 'IEEE-802.1',
  0x004096: 'Aironet',
  0x00e02b: 'Extreme',
  0x00e052: 'Foundry',
  0x080007: 'Apple',
}

const UNNUMBERED = 3
/** Bridged frames and protocols of 802.1 behind SNAP. RFC 2684 §5.2. */
const BRIDGED = 0x0080c2

/** Whether the control field has its second byte: numbered and supervisory frames. */
const isNumbered = (me: AnyPacket): boolean => (me.ctrl & UNNUMBERED) !== UNNUMBERED

export const Dot3 = layer(
  'Dot3',
  () => ({
    dst: mac('ff:ff:ff:ff:ff:ff'),
    src: mac(),
    len: u16().auto((c) => c.payloadLength),
  }),
  'IEEE 802.3 frame: a length instead of the type. Captured ones are Ether, whose type is then the length.',
  'IEEE 802.3 §3',
)

export const LLC = layer(
  'LLC',
  () => ({
    dsap: u8Enum(0, SAPS).hex().about('Who is to get it. The lowest bit stands for a group.'),
    ssap: u8Enum(0, SAPS).hex().about('Who sent it. The lowest bit stands for a response.'),
    ctrl: u8().hex().about('3: information without a number (UI); even: numbered, 4 times its number.'),
    nr: bits(7).when(isNumbered).about('Number of the frame that is awaited next.'),
    pf: bits(1).when(isNumbered).about('Poll in a command, final in a response.'),
  }),
  'Logical link control: which protocol an IEEE 802.3 frame holds.',
  'IEEE 802.2 §3',
)

export const SNAP = layer(
  'SNAP',
  () => ({
    OUI: u24().names(ORGANIZATIONS).hex(),
    code: u16Enum(0, ETHER_TYPES).hex().about('An EtherType when OUI is 0, else a number of that organization.'),
  }),
  'EtherType, or number of another organization, behind LLC.',
  'IEEE 802 §9.4; RFC 1042',
)

behave(Dot3, {
  payloadLength: (me) => me.len,
  payloadLengthField: 'len',
  guess: () => LLC,
  summary: (me) => `Dot3 ${me.src} > ${me.dst}`,
})

/** Novell's frames have no LLC: an IPX header with its unused checksum of ones stands there. */
behave(LLC, {
  refine: (buffer, start, end) =>
    end - start >= 2 && buffer[start] === 0xff && buffer[start + 1] === 0xff ? Raw : undefined,
  summary: (me) => `LLC ${me.text('dsap')}${me.dsap === me.ssap ? '' : ` from ${me.text('ssap')}`}`,
})

behave(SNAP, { summary: (me) => `SNAP ${me.OUI === 0 ? '' : `${me.text('OUI')} `}${me.text('code')}` })

bind(LLC, SNAP, { dsap: 0xaa, ssap: 0xab, ctrl: UNNUMBERED }, { build: false })
bind(LLC, SNAP, { dsap: 0xaa, ssap: 0xaa, ctrl: UNNUMBERED })
bind(Dot3, LLC)
// With and without the frame's own checksum behind it, which then is padding.
for (const code of [1, 7]) bind(SNAP, Ether, { OUI: BRIDGED, code }, { build: code === 7 })

/** What an Ethernet frame holds whose type is a length. */
for (const each of [Ether, Dot1Q, Dot1AD])
  behave(each, { guess: (me) => (lengthInType(me) === undefined ? undefined : LLC) })
