"""BGP, HSRP and PIM laid out by hand."""

import struct

from book import laid, part
from frames import E, octets, tcp
from scapy.all import IP, UDP, Raw, checksum

# BGP.


def bgp(type_, *body):
    data = octets(*body)
    return tcp(40000, 179, octets('ff' * 16, struct.pack('!HB', 19 + len(data), type_), data))


def capability(name, after, data, value, shows, reader):
    whole = octets(data)
    laid(
        'routing',
        'BGPOpen',
        name,
        after,
        bgp(1, '04 fdf2 005a 0a000001', bytes([len(whole) + 2, 2, len(whole)]), whole),
        {
            'my_as': 65010,
            'hold_time': 90,
            'bgp_id': '10.0.0.1',
            'opt_params': [part('BGPOptParam', param_type=2, param_length=len(whole), param_value=[value])],
        },
        shows,
        reader,
    )


capability(
    'a customer',
    'RFC 9234 §4.1',
    '09 01 03',
    part('BGPCapRole', code=9, length=1, role=3),
    ['Type: BGP Role (9)', 'Unknown: 03'],
    'tshark',
)
capability(
    'next hops of IPv6',
    'RFC 8950 §4',
    '05 0c 0001 0001 0002 0001 0080 0002',
    part(
        'BGPCapExtendedNextHop',
        code=5,
        length=12,
        entries=[
            part('BGPExtendedNextHopEntry', afi=1, safi=1, nexthop_afi=2),
            part('BGPExtendedNextHopEntry', afi=1, safi=128, nexthop_afi=2),
        ],
    ),
    [
        'Extended Next Hop Encoding (5)',
        'SAFI: Unicast (1)',
        'SAFI: Labeled VPN Unicast (128)',
        'Next hop AFI: IPv6 (2)',
    ],
    'tshark',
)
laid(
    'routing',
    'BGPUpdate',
    'an attribute that nobody knows',
    'RFC 4271 §4.3',
    bgp(2, '0000 0007 c0 fe 04 01020304'),
    {
        'path_attr': [
            part(
                'BGPPathAttr',
                type_flags='Transitive+Optional',
                type_code=254,
                attr_len=4,
                attribute=[part('BGPPAGeneric', value='01020304')],
            )
        ]
    },
    ['Flags: 0xc0, Optional, Transitive, Complete', 'Type Code: Unknown (254)', 'Length: 4'],
)

# HSRP, version 0: who wants to be heard of an interface.
laid(
    'routing',
    'HSRPAdvertise',
    'one active, two passive groups',
    "Cisco's Hot Standby Router Protocol, ICMP redirects",
    E
    / IP(src='10.0.0.1', dst='224.0.0.2', ttl=1)
    / UDP(sport=1985, dport=1985)
    / Raw(octets('00 03 0001 000a 02 00 0001 0002 00000007')),
    {
        'version': 0,
        'opcode': 3,
        'type': 1,
        'len': 10,
        'state': 2,
        'reserved': 0,
        'activegroups': 1,
        'passivegroups': 2,
        'reserved2': 7,
    },
    [
        'Op Code: Advertise (3)',
        'Adv length: 10',
        'Adv state: Passive (2)',
        'Adv active groups: 1',
        'Adv passive groups: 2',
        'Adv reserved2: 7',
    ],
)

# PIM.


def pim(layer, name, after, type_, body, fields, shows, reader='tshark'):
    data = octets(f'2{type_:x} 00 0000', body)
    data = data[:2] + struct.pack('!H', checksum(data)) + data[4:]
    laid(
        'routing',
        layer,
        name,
        after,
        E / IP(src='10.0.0.1', dst='224.0.0.13', ttl=1, proto=103) / Raw(data),
        fields,
        shows,
        reader,
    )


UNICAST = {'addr_family': 1, 'encoding_type': 0}
GROUP = {**UNICAST, 'bidirection': 0, 'reserved': 0, 'admin_scope_zone': 0}
pim(
    'PIMv2Hello',
    'an option that nobody knows',
    'RFC 7761 §4.9.2',
    0,
    '0001 0002 0069 07d0 0003 616263',
    {
        'option': [
            part('PIMv2HelloHoldtime', type_=1, length=2, holdtime=105),
            part('PIMv2GenericHello', type_=2000, length=3, value='616263'),
        ]
    },
    ['Holdtime: 105', 'Option 2000: Unknown: 2000', 'Length: 3', 'Unknown: 616263'],
)
GRAFT = '01 00 0a000002 00 01 0000 01 00 00 20 ef010101 0001 0001 01 00 04 20 0a050505 01 00 07 20 0a060606'
GRAFTED = {
    'up_addr_family': 1,
    'up_encoding_type': 0,
    'up_neighbor_ip': '10.0.0.2',
    'reserved': 0,
    'num_group': 1,
    'holdtime': 0,
    'jp_ips': [
        part(
            'PIMv2GroupAddrs',
            **GROUP,
            mask_len=32,
            gaddr='239.1.1.1',
            num_joins=1,
            num_prunes=1,
            join_ips=[
                part('PIMv2JoinAddrs', **UNICAST, rsrvd=0, sparse=1, wildcard=0, rpt=0, mask_len=32, src_ip='10.5.5.5')
            ],
            prune_ips=[
                part('PIMv2PruneAddrs', **UNICAST, rsrvd=0, sparse=1, wildcard=1, rpt=1, mask_len=32, src_ip='10.6.6.6')
            ],
        )
    ],
}
pim(
    'PIMv2Graft',
    'Graft',
    'RFC 3973 §4.7.8',
    6,
    GRAFT,
    GRAFTED,
    ['upstream-neighbor: 10.0.0.2', 'joined source #1: 10.5.5.5(S)', 'pruned source #1: 10.6.6.6(SWR)'],
    'tcpdump',
)
pim(
    'PIMv2Bootstrap',
    'two groups',
    'RFC 5059 §4.1',
    4,
    '0021 1e 2d 01 00 0a000007 01 00 00 08 e1000000 02 02 0000 01 00 0a000005 0076 6b 00 01 00 0a000006 0077 6c 00'
    ' 01 00 01 20 e1000002 01 01 0000 01 00 0a000008 0078 6d 00',
    {
        'fragment_tag': 33,
        'hash_mask_len': 30,
        'bsr_priority': 45,
        'bsr_ip': '10.0.0.7',
        'groups': [
            part(
                'PIMv2BootstrapGroup',
                **GROUP,
                mask_len=8,
                gaddr='225.0.0.0',
                rp_count=2,
                num_rp=2,
                rps=[
                    part('PIMv2BootstrapRP', rp_ip='10.0.0.5', holdtime=118, priority=107),
                    part('PIMv2BootstrapRP', rp_ip='10.0.0.6', holdtime=119, priority=108),
                ],
            ),
            part(
                'PIMv2BootstrapGroup',
                **{**GROUP, 'admin_scope_zone': 1},
                mask_len=32,
                gaddr='225.0.0.2',
                rp_count=1,
                num_rp=1,
                rps=[part('PIMv2BootstrapRP', rp_ip='10.0.0.8', holdtime=120, priority=109)],
            ),
        ],
    },
    [
        'Fragment tag: 0x0021',
        'Hash mask len: 30',
        'BSR priority: 45',
        'BSR: 10.0.0.7',
        'Group 0: 225.0.0.0/8',
        'RP 1: 10.0.0.6',
        'Holdtime: 119',
        'Group 1: 225.0.0.2/32',
        'Admin Scope Zone: Set',
        'Priority: 109',
    ],
)
pim(
    'PIMv2CandidateRP',
    'two prefixes',
    'RFC 5059 §4.2',
    8,
    '02 d5 00c5 01 00 0a000003 01 00 00 08 e1000000 01 00 01 20 e1000002',
    {
        'num_prefix': 2,
        'priority': 213,
        'holdtime': 197,
        'rp_ip': '10.0.0.3',
        'prefixes': [
            part('PIMv2EncodedGroup', **GROUP, mask_len=8, gaddr='225.0.0.0'),
            part('PIMv2EncodedGroup', **{**GROUP, 'admin_scope_zone': 1}, mask_len=32, gaddr='225.0.0.2'),
        ],
    },
    [
        'Prefix-count: 2',
        'Priority: 213',
        'Holdtime: 197',
        'RP: 10.0.0.3',
        'Group 0: 225.0.0.0/8',
        'Group 1: 225.0.0.2/32',
    ],
)
