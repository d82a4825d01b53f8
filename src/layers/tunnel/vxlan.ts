/**
 * VXLAN, Ethernet frames in UDP. RFC 7348 §5; other protocols (GPE): draft-ietf-nvo3-vxlan-gpe; groups:
 * draft-smith-vxlan-group-policy.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |     flags     |                   reserved1                   |
 *   |               |  reserved0 (2 bytes)          | NextProtocol  |  if NextProtocol is among the flags
 *   |               |    gpflags    |             gpid              |  if G is among the flags
 *   +---------------+---------------+---------------+---------------+
 *   |                      vni                      |   reserved2   |
 *   +-----------------------------------------------+---------------+
 */
import { type AnyPacket, behave, bind, flags, layer, u8, u8Enum, u16, u24 } from '../../packet/index.js'
import { Ether } from '../link/ethernet.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { NSH } from './nsh.js'

const PORT = 4789
const GPE_PORT = 4790
/** What Linux had before the number was assigned, and still has unless told. */
const LINUX_PORT = 8472

const INSTANCE = 0x08
const NEXT_PROTOCOL = 0x04
const GROUP = 0x80

/** draft-ietf-nvo3-vxlan-gpe §3.2; 0 is what senders without it have there. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'NotDefined',
  1: 'IPv4',
  2: 'IPv6',
  3: 'Ethernet',
  4: 'NSH',
  5: 'MPLS',
}

const has =
  (flag: number) =>
  (me: AnyPacket): boolean =>
    ((me.raw('flags') as number) & flag) !== 0
const hasProtocol = has(NEXT_PROTOCOL)
const hasGroup = (me: AnyPacket): boolean => has(GROUP)(me) && !hasProtocol(me)

export const VXLAN = layer(
  'VXLAN',
  () => ({
    flags: flags(8, ['OAM', 'R', 'NextProtocol', 'Instance', 'V1', 'V2', 'R2', 'G'], INSTANCE),
    reserved0: u16().when(hasProtocol),
    NextProtocol: u8Enum(0, PROTOCOLS).when(hasProtocol),
    reserved1: u24().when((me) => !hasProtocol(me) && !hasGroup(me)),
    gpflags: flags(8, ['', '', '', 'A', '', '', 'D', '']).when(hasGroup),
    gpid: u16().when(hasGroup).about('Group of the sender.'),
    vni: u24().about('Number of the network, 0..16777215.'),
    reserved2: u8(),
  }),
  'Ethernet frame of a virtual network, in UDP.',
  'RFC 7348 §5; GPE: draft-ietf-nvo3-vxlan-gpe',
)

behave(VXLAN, {
  // Other protocols use these ports too; the flag must be set. RFC 7348 §5.
  refine: (buffer, start, end) => (end - start >= 8 && (buffer[start]! & INSTANCE) === 0 ? Raw : undefined),
  guess: (me) => (hasProtocol(me) ? undefined : Ether),
  summary: (me) => `VXLAN vni ${me.vni}`,
})

for (const port of [LINUX_PORT, GPE_PORT, PORT]) {
  bind(UDP, VXLAN, { sport: port }, { build: false })
  bind(UDP, VXLAN, { dport: port })
}
for (const NextProtocol of [0, 3]) bind(VXLAN, Ether, { NextProtocol }, { build: false })
bind(VXLAN, IP, { flags: INSTANCE | NEXT_PROTOCOL, NextProtocol: 1 })
bind(VXLAN, IPv6, { flags: INSTANCE | NEXT_PROTOCOL, NextProtocol: 2 })
bind(VXLAN, NSH, { flags: INSTANCE | NEXT_PROTOCOL, NextProtocol: 4 })
// Other flags, such as that of OAM, change nothing of what follows.
bind(VXLAN, IP, { NextProtocol: 1 }, { build: false })
bind(VXLAN, IPv6, { NextProtocol: 2 }, { build: false })
bind(VXLAN, NSH, { NextProtocol: 4 }, { build: false })
