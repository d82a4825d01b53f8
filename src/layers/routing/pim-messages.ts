/**
 * The messages of PIM other than the hello. RFC 7761 §4.9; bootstrap: RFC 5059 §4; graft and state refresh: RFC 3973 §4.7.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |         up_neighbor_ip with its family (6 or 18 bytes)        |  join/prune, graft
 *   +---------------+---------------+-------------------------------+
 *   |   reserved    |   num_group   |           holdtime            |
 *   +---------------+---------------+-------------------------------+
 *   |                            jp_ips                             |
 *   +-+-+-----------------------------------------------------------+
 *   |b|n|                        reserved                           |  register: a packet behind it
 *   +-+-+-----------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  type LayerReference,
  layer,
  layers,
  u8,
  u16,
  u32,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { PIMv2Hdr } from './pim.js'
import { addressBy, family, groupHeader, sourceFields } from './pim-address.js'

export const PIMv2JoinAddrs = layer(
  'PIMv2JoinAddrs',
  () => sourceFields(),
  'A source that is joined.',
  'RFC 7761 §4.9.1',
)
export const PIMv2PruneAddrs = layer(
  'PIMv2PruneAddrs',
  () => sourceFields(),
  'A source that is pruned.',
  'RFC 7761 §4.9.1',
)

export const PIMv2GroupAddrs = layer(
  'PIMv2GroupAddrs',
  () => ({
    ...groupHeader(),
    num_joins: u16().countOf('join_ips'),
    num_prunes: u16().countOf('prune_ips'),
    join_ips: layers(PIMv2JoinAddrs, { count: 'num_joins' }),
    prune_ips: layers(PIMv2PruneAddrs, { count: 'num_prunes' }),
  }),
  'One group with the sources that are joined and pruned.',
  'RFC 7761 §4.9.5',
)

const joinPrune = () => ({
  up_addr_family: family('up_neighbor_ip'),
  up_encoding_type: u8(),
  up_neighbor_ip: addressBy('up_addr_family').about('The neighbour that this is for.'),
  reserved: u8(),
  num_group: u8().countOf('jp_ips'),
  holdtime: u16(210).about('Seconds for which to keep the state; 65535: for ever.'),
  jp_ips: layers(PIMv2GroupAddrs, { count: 'num_group' }),
})

export const PIMv2JoinPrune = layer(
  'PIMv2JoinPrune',
  () => joinPrune(),
  'Asks a neighbour for groups, or says that they are no longer wanted.',
  'RFC 7761 §4.9.5',
)
export const PIMv2Graft = layer(
  'PIMv2Graft',
  () => joinPrune(),
  'Dense mode: asks for a group that was pruned before.',
  'RFC 3973 §4.7.8',
)
export const PIMv2GraftAck = layer('PIMv2GraftAck', () => joinPrune(), 'Answers a graft.', 'RFC 3973 §4.7.9')

export const PIMv2Register = layer(
  'PIMv2Register',
  () => ({
    b: bits(1).about('1: the sender is a border router.'),
    n: bits(1).about('1: a null register, which asks whether registers are wanted.'),
    reserved: bits(30),
  }),
  'Carries a multicast packet to the rendezvous point.',
  'RFC 7761 §4.9.3',
)

export const PIMv2RegisterStop = layer(
  'PIMv2RegisterStop',
  () => ({
    ...groupHeader(),
    src_addr_family: family('src_ip'),
    src_encoding_type: u8(),
    src_ip: addressBy('src_addr_family'),
  }),
  'Says that no more registers of a source are wanted.',
  'RFC 7761 §4.9.4',
)

export const PIMv2Assert = layer(
  'PIMv2Assert',
  () => ({
    ...groupHeader(),
    src_addr_family: family('src_ip'),
    src_encoding_type: u8(),
    src_ip: addressBy('src_addr_family'),
    rpt: bits(1).about('1: along the tree of the rendezvous point.'),
    metric_preference: bits(31, 0x7fffffff),
    metric: u32(0xffffffff),
  }),
  'Settles which router forwards a group to a network.',
  'RFC 7761 §4.9.6',
)

export const PIMv2BootstrapRP = layer(
  'PIMv2BootstrapRP',
  () => ({
    rp_addr_family: family('rp_ip'),
    rp_encoding_type: u8(),
    rp_ip: addressBy('rp_addr_family'),
    holdtime: u16(150),
    priority: u8(),
    reserved: u8(),
  }),
  'One rendezvous point of a group.',
  'RFC 5059 §4.1',
)
export const PIMv2BootstrapGroup = layer(
  'PIMv2BootstrapGroup',
  () => ({
    ...groupHeader(),
    rp_count: u8(1).about('Rendezvous points of the group in all fragments together.'),
    num_rp: u8().countOf('rps'),
    reserved2: u16(),
    rps: layers(PIMv2BootstrapRP, { count: 'num_rp' }),
  }),
  'A group and its rendezvous points.',
  'RFC 5059 §4.1',
)
export const PIMv2Bootstrap = layer(
  'PIMv2Bootstrap',
  () => ({
    fragment_tag: u16(),
    hash_mask_len: u8(30),
    bsr_priority: u8(),
    bsr_addr_family: family('bsr_ip'),
    bsr_encoding_type: u8(),
    bsr_ip: addressBy('bsr_addr_family'),
    groups: layers(PIMv2BootstrapGroup),
  }),
  'Tells all routers of a domain the rendezvous points.',
  'RFC 5059 §4.1',
)

export const PIMv2EncodedGroup = layer(
  'PIMv2EncodedGroup',
  () => groupHeader(),
  'A group with the length of its prefix.',
  'RFC 7761 §4.9.1',
)
export const PIMv2CandidateRP = layer(
  'PIMv2CandidateRP',
  () => ({
    num_prefix: u8().countOf('prefixes'),
    priority: u8(),
    holdtime: u16(150),
    rp_addr_family: family('rp_ip'),
    rp_encoding_type: u8(),
    rp_ip: addressBy('rp_addr_family'),
    prefixes: layers(PIMv2EncodedGroup, { count: 'num_prefix' }),
  }),
  'A router offers to be the rendezvous point.',
  'RFC 5059 §4.2',
)

export const PIMv2StateRefresh = layer(
  'PIMv2StateRefresh',
  () => ({
    ...groupHeader(),
    src_addr_family: family('src_ip'),
    src_encoding_type: u8(),
    src_ip: addressBy('src_addr_family'),
    orig_addr_family: family('orig_ip'),
    orig_encoding_type: u8(),
    orig_ip: addressBy('orig_addr_family'),
    rpt: bits(1),
    metric_preference: bits(31),
    metric: u32(),
    src_mask_len: u8(32),
    refresh_ttl: u8(64),
    prune: bits(1).about('1: the interface that this goes out of is pruned.'),
    prune_now: bits(1),
    assert_override: bits(1),
    reserved2: bits(5),
    interval: u8(60).about('Seconds.'),
  }),
  'Dense mode: keeps states from running out.',
  'RFC 3973 §4.7.10',
)

/** The version of IP tells what a register carries; a null register has a header alone, or nothing. */
function registered(me: AnyPacket): LayerReference {
  const version = me._buffer![me._headerStop()]! >>> 4
  return version === 4 ? IP : version === 6 ? IPv6 : Raw
}

function sourcesOf(me: AnyPacket): string {
  return ((me.jp_ips ?? []) as AnyPacket[])
    .map((group) => {
      const joins = (group.join_ips ?? []) as AnyPacket[]
      const prunes = (group.prune_ips ?? []) as AnyPacket[]
      const names = (all: AnyPacket[]): string => all.map((each) => (each.wildcard === 1 ? '*' : each.src_ip)).join(' ')
      const joined = joins.length === 0 ? '' : ` join ${names(joins)}`
      return `${group.gaddr}${joined}${prunes.length === 0 ? '' : ` prune ${names(prunes)}`}`
    })
    .join(', ')
}

for (const each of [PIMv2JoinPrune, PIMv2Graft, PIMv2GraftAck])
  behave(each, { summary: (me) => `${me.layerName}${between(me)} to ${me.up_neighbor_ip} ${sourcesOf(me)}` })
behave(PIMv2GraftAck, { answers: (_me, request) => request.layerName === 'PIMv2Graft' })
for (const each of [PIMv2JoinAddrs, PIMv2PruneAddrs]) behave(each, { summary: (me) => `${me.layerName} ${me.src_ip}` })
behave(PIMv2GroupAddrs, { summary: (me) => `PIMv2GroupAddrs ${me.gaddr}/${me.mask_len}` })
behave(PIMv2EncodedGroup, { summary: (me) => `PIMv2EncodedGroup ${me.gaddr}/${me.mask_len}` })
behave(PIMv2Register, { guess: registered, summary: (me) => `PIMv2Register${between(me)}${me.n === 1 ? ' null' : ''}` })
behave(PIMv2RegisterStop, {
  summary: (me) => `PIMv2RegisterStop${between(me)} ${me.src_ip} to ${me.gaddr}`,
  answers: (_me, request) => request.layerName === 'PIMv2Register',
})
behave(PIMv2Assert, {
  summary: (me) =>
    `PIMv2Assert${between(me)} ${me.src_ip} to ${me.gaddr} preference ${me.metric_preference} metric ${me.metric}`,
})
behave(PIMv2BootstrapRP, { summary: (me) => `PIMv2BootstrapRP ${me.rp_ip} priority ${me.priority}` })
behave(PIMv2BootstrapGroup, { summary: (me) => `PIMv2BootstrapGroup ${me.gaddr}/${me.mask_len}` })
behave(PIMv2Bootstrap, {
  summary: (me) => {
    const groups = ((me.groups ?? []) as AnyPacket[]).map(
      (each) =>
        `${each.gaddr}/${each.mask_len} by ${((each.rps ?? []) as AnyPacket[]).map((rp) => rp.rp_ip).join(' ')}`,
    )
    return `PIMv2Bootstrap${between(me)} ${me.bsr_ip} priority ${me.bsr_priority}${groups.length === 0 ? '' : `: ${groups.join(', ')}`}`
  },
})
behave(PIMv2CandidateRP, { summary: (me) => `PIMv2CandidateRP${between(me)} ${me.rp_ip} priority ${me.priority}` })
behave(PIMv2StateRefresh, {
  summary: (me) => `PIMv2StateRefresh${between(me)} ${me.src_ip} to ${me.gaddr} by ${me.orig_ip}`,
})

bind(PIMv2Hdr, PIMv2Register, { type: 1 })
bind(PIMv2Hdr, PIMv2RegisterStop, { type: 2 })
bind(PIMv2Hdr, PIMv2JoinPrune, { type: 3 })
bind(PIMv2Hdr, PIMv2Bootstrap, { type: 4 })
bind(PIMv2Hdr, PIMv2Assert, { type: 5 })
bind(PIMv2Hdr, PIMv2Graft, { type: 6 })
bind(PIMv2Hdr, PIMv2GraftAck, { type: 7 })
bind(PIMv2Hdr, PIMv2CandidateRP, { type: 8 })
bind(PIMv2Hdr, PIMv2StateRefresh, { type: 9 })
