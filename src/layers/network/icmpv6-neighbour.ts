/**
 * Neighbour discovery. RFC 4861 §4; router preference: RFC 4191; home agent flag: RFC 6275. The options that follow a
 * message are layers of their own (icmpv6-neighbour-options.ts).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |     code      |             cksum             |
 *   +---------------+-+-+-+---+-+---+-------------------------------+
 *   |     chlim     |M|O|H|prf|P|res|        routerlifetime         |  advertisement of a router
 *   |R|S|O|                         res                             |  of a neighbour; solicitations: res
 *   +-+-+-+---------------------------------------------------------+
 *   |            tgt (16 bytes), dst (16 bytes, redirect)           |
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, behave, bind, bits, bitsEnum, ipv6, layer, u8, u16, u32 } from '../../packet/index.js'
import { addressesOf, bindMessage, messageHeader, PROTOCOL } from './icmpv6-message.js'
import { ICMPv6NDOptUnknown, PREFERENCES } from './icmpv6-neighbour-options.js'
import { IPv6 } from './ipv6.js'

export const ICMPv6ND_RS = layer(
  'ICMPv6ND_RS',
  () => ({ ...messageHeader(133), res: u32() }),
  'Router solicitation: asks routers to advertise themselves.',
  'RFC 4861 §4.1',
)

export const ICMPv6ND_RA = layer(
  'ICMPv6ND_RA',
  () => ({
    ...messageHeader(134),
    chlim: u8(),
    M: bits(1),
    O: bits(1),
    H: bits(1),
    prf: bitsEnum(2, 1, PREFERENCES),
    P: bits(1),
    res: bits(2),
    routerlifetime: u16(1800),
    reachabletime: u32(),
    retranstimer: u32(),
  }),
  'Router advertisement. routerlifetime in s (0: no default router), the others in ms (0: not said).',
  'RFC 4861 §4.2; router preference: RFC 4191; home agent: RFC 6275',
)

export const ICMPv6ND_NS = layer(
  'ICMPv6ND_NS',
  () => ({ ...messageHeader(135), res: u32(), tgt: ipv6() }),
  'Neighbour solicitation: asks for the link address of tgt.',
  'RFC 4861 §4.3',
)

export const ICMPv6ND_NA = layer(
  'ICMPv6ND_NA',
  () => ({ ...messageHeader(136), R: bits(1, 1), S: bits(1), O: bits(1, 1), res: bits(29), tgt: ipv6() }),
  'Neighbour advertisement. R: from a router, S: as answer to a solicitation, O: overrides what was known.',
  'RFC 4861 §4.4',
)

export const ICMPv6ND_Redirect = layer(
  'ICMPv6ND_Redirect',
  () => ({ ...messageHeader(137), res: u32(), tgt: ipv6(), dst: ipv6() }),
  'Redirect: tgt is a better first hop to dst.',
  'RFC 4861 §4.5',
)

const MESSAGES = [ICMPv6ND_RS, ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect] as const

for (const each of MESSAGES) bind(each, ICMPv6NDOptUnknown)

for (const each of [ICMPv6ND_RS, ICMPv6ND_RA]) {
  behave(each, { summary: (me) => `${me.layerName}${addressesOf(me)}`, hash: () => 'router' })
}
for (const each of [ICMPv6ND_NS, ICMPv6ND_NA]) {
  behave(each, {
    summary: (me) => `${me.layerName}${addressesOf(me)} tgt ${me.tgt}`,
    hash: (me) => `neighbour ${me.tgt}`,
  })
}

behave(ICMPv6ND_RS, { answers: () => false })
behave(ICMPv6ND_NS, { answers: () => false })
behave(ICMPv6ND_RA, { answers: (_me, request) => request.layerName === 'ICMPv6ND_RS' })
behave(ICMPv6ND_NA, { answers: (me, request) => request.layerName === 'ICMPv6ND_NS' && me.tgt === request.tgt })
behave(ICMPv6ND_Redirect, { summary: (me: AnyPacket) => `ICMPv6ND_Redirect${addressesOf(me)} ${me.dst} via ${me.tgt}` })

bindMessage(133, ICMPv6ND_RS)
bindMessage(134, ICMPv6ND_RA)
bindMessage(135, ICMPv6ND_NS)
bindMessage(136, ICMPv6ND_NA)
bindMessage(137, ICMPv6ND_Redirect)

// A full hop limit is the proof that a message comes from the link itself; without it, nobody takes one. Unset, the destination is
// all routers or all hosts. RFC 4861 §4, §6.1, §7.1, §8.1.
const ALL_HOSTS = 'ff02::1'
bind(IPv6, ICMPv6ND_RS, { nh: PROTOCOL, hlim: 255, dst: 'ff02::2' })
for (const each of [ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA])
  bind(IPv6, each, { nh: PROTOCOL, hlim: 255, dst: ALL_HOSTS })
bind(IPv6, ICMPv6ND_Redirect, { nh: PROTOCOL, hlim: 255 })
