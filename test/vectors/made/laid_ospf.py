"""OSPF, its advertisements and its signalling laid out by hand."""

import struct

from book import laid, part
from frames import E, octets
from scapy.all import IP, IPv6, Raw, checksum, in6_chksum

# OSPF version 2.


def lsa_checksum(data):
    """Fletcher's checksum of RFC 905 annex B over all but the age, for a field at byte 16."""
    c0 = c1 = 0
    for each in data[2:16] + b'\0\0' + data[18:]:
        c0 = (c0 + each) % 255
        c1 = (c1 + c0) % 255
    x = ((len(data) - 16 - 1) * c0 - c1) % 255
    y = (510 - c0 - x) % 255
    return bytes([x or 255, y or 255])


def lsa(type_, options, id_, *body):
    """An advertisement of 10.9.1.1 with length and checksum; version 2 has its options before a type of one byte."""
    data = octets(
        '0009', options, type_, id_, '0a090101 80000007 0000', struct.pack('!H', 20 + len(octets(*body))), *body
    )
    return data[:16] + lsa_checksum(data) + data[18:]


def ospf(type_, body, behind=b''):
    data = octets(
        f'02 {type_:02x}', struct.pack('!H', 24 + len(body)), '0a090101 00000007 0000 0000 0000000000000000', body
    )
    data = data[:12] + struct.pack('!H', checksum(data[:16] + data[24:])) + data[14:]
    return E / IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89) / Raw(data + behind)


def update(name, after, advertisement, layer, type_, fields, shows, readers=('tshark', 'tcpdump'), id_='172.16.1.0'):
    for index, reader in enumerate(readers):
        laid(
            'routing',
            'OSPF_LSUpd',
            f'{name}, for {reader}' if len(readers) > 1 else name,
            after,
            ospf(4, octets('00000001', advertisement)),
            {
                'lsacount': 1,
                'lsalist': [
                    part(
                        layer,
                        age=9,
                        options='E+DC',
                        type_=type_,
                        id_=id_,
                        adrouter='10.9.1.1',
                        seq=0x80000007,
                        len_=len(advertisement),
                        **fields,
                    )
                ],
            },
            shows[index],
            reader,
        )


ID = 'ac100100'
update(
    'a router, with types of service',
    'RFC 2328 §A.4.2',
    lsa(
        '01',
        '22',
        '0a090101',
        '03 00 0002',
        '0a000002 0a000001 02 02 000a 08 00 0014 10 00 001e',
        '0a070000 ffff0000 03 00 0003',
    ),
    'OSPF_Router_LSA',
    1,
    {
        'flags': 'B+E',
        'linkcount': 2,
        'linklist': [
            part(
                'OSPF_Link',
                id_='10.0.0.2',
                data='10.0.0.1',
                type_=2,
                toscount=2,
                metric=10,
                toslist=[
                    part('OSPF_TOS', tos=8, reserved=0, tosmetric=20),
                    part('OSPF_TOS', tos=16, reserved=0, tosmetric=30),
                ],
            ),
            part('OSPF_Link', id_='10.7.0.0', data='255.255.0.0', type_=3, toscount=0, metric=3, toslist=[]),
        ],
    },
    [
        [
            '(E) AS boundary router, (B) Area border router',
            'Link ID: 10.0.0.2 - IP address of Designated Router',
            'Number of Metrics: 2 - TOS',
            'TOS: 16, Metric: 30',
            'Link Type: 3 - Connection to a stub network',
            '0 Metric: 3',
        ],
        [
            'Router LSA Options: [ABR, ASBR]',
            'topology Unknown (8), metric 20',
            'topology Unknown (16), metric 30',
            'Stub Network: 10.7.0.0, Mask: 255.255.0.0',
        ],
    ],
    id_='10.9.1.1',
)
update(
    'a network',
    'RFC 2328 §A.4.3',
    lsa('02', '22', ID, 'ffffff00 0a090101 0a090102'),
    'OSPF_Network_LSA',
    2,
    {'mask': '255.255.255.0', 'routerlist': ['10.9.1.1', '10.9.1.2']},
    [['Netmask: 255.255.255.0', 'Attached Router: 10.9.1.1', 'Attached Router: 10.9.1.2']],
    ['tshark'],
)
update(
    'a network of another area, with types of service',
    'RFC 2328 §A.4.4',
    lsa('03', '22', ID, 'ffffff00 00 00000a 08 000014 10 00001e'),
    'OSPF_SummaryIP_LSA',
    3,
    {
        'mask': '255.255.255.0',
        'metric': 10,
        'toslist': [part('OSPF_SummaryTOS', tos=8, tosmetric=20), part('OSPF_SummaryTOS', tos=16, tosmetric=30)],
    },
    [
        ['Netmask: 255.255.255.0', 'TOS: 8\n            Metric: 20', 'TOS: 16\n            Metric: 30'],
        ['topology Unknown (8) metric 20', 'topology Unknown (16) metric 30'],
    ],
)
update(
    'a border router',
    'RFC 2328 §A.4.4',
    lsa('04', '22', ID, '00000000 00 010203'),
    'OSPF_SummaryASBR_LSA',
    4,
    {'mask': '0.0.0.0', 'metric': 0x10203, 'toslist': []},
    [['Summary-LSA (ASBR) (4)', 'Netmask: 0.0.0.0', 'Metric: 66051']],
    ['tshark'],
)
update(
    'an external network, with a type of service',
    'RFC 2328 §A.4.5',
    lsa('05', '22', ID, 'ffff0000 80 000014 0a020001 abcdef01 88 00001e 0a020002 00000005'),
    'OSPF_External_LSA',
    5,
    {
        'mask': '255.255.0.0',
        'ebit': 1,
        'metric': 20,
        'fwdaddr': '10.2.0.1',
        'tag': 0xABCDEF01,
        'toslist': [part('OSPF_ExternalTOS', ebit=1, reserved=8, metric=30, fwdaddr='10.2.0.2', tag=5)],
    },
    [
        [
            'Forwarding Address: 10.2.0.1',
            'External Route Tag: 2882400001',
            '.000 1000 = TOS: 8',
            'Metric: 30',
            'Forwarding Address: 10.2.0.2',
            'External Route Tag: 5',
        ],
        [
            'type 2, metric 20, forward 10.2.0.1, tag 171.205.239.1',
            'topology Unknown (8), type 2, metric 30, forward 10.2.0.2, tag 0.0.0.5',
        ],
    ],
)
update(
    'a network of a stubby area',
    'RFC 3101 §A',
    lsa('07', '22', ID, 'ffff0000 00 000014 0a020001 00000009'),
    'OSPF_NSSA_External_LSA',
    7,
    {'mask': '255.255.0.0', 'ebit': 0, 'metric': 20, 'fwdaddr': '10.2.0.1', 'tag': 9, 'toslist': []},
    [
        [
            'NSSA AS-External-LSA (7)',
            'External Type: Type 1',
            'Metric: 20',
            'Forwarding Address: 10.2.0.1',
            'External Route Tag: 9',
        ]
    ],
    ['tshark'],
)
for type_, scope in ((9, 'Link'), (10, 'Area'), (11, 'AS')):
    update(
        f'opaque, {scope}',
        'RFC 5250 §A.2',
        lsa(f'{type_:02x}', '22', 'c8000007', b'12345678'),
        f'OSPF_{scope}_Scope_Opaque_LSA',
        type_,
        {'data': b'12345678'.hex()},
        [
            [
                f'{"Link" if scope == "Link" else scope}-local scope ({type_})',
                'Opaque Type: Unknown (200)',
                'Opaque ID: 7',
                'Length: 28',
            ]
        ],
        ['tshark'],
        id_='200.0.0.7',
    )
update(
    'members of a group',
    'RFC 1584 §A.3',
    lsa('06', '22', 'ef010203', '00000001 0a090101'),
    'OSPF_BaseLSA',
    6,
    {'data': '000000010a090101'},
    [
        ['Group Membership LSA (6)', 'Link State ID: 239.1.2.3', 'Length: 28'],
        ['Multicast Group LSA (6), LSA-ID: 239.1.2.3', 'Router Router-ID 10.9.1.1'],
    ],
    id_='239.1.2.3',
)
HELLO = octets('ffffff00 000a 12 01 00000028 0a000001 00000000')


def signalling(name, after, elements, values, shows, reader):
    data = octets('0000', struct.pack('!H', 1 + len(octets(elements)) // 4), elements)
    laid(
        'routing',
        'OSPF_LLS_Hdr',
        name,
        after,
        ospf(1, HELLO, struct.pack('!H', checksum(data)) + data[2:]),
        {'len': len(data) // 4, 'llstlv': values},
        shows,
        reader,
    )


signalling(
    'an element that nobody knows',
    'RFC 5613 §2',
    '012c 0004 61626364',
    [part('LLS_Generic_TLV', type_=300, len_=4, val='61626364')],
    ['Unknown TLV (300), length: 4'],
    'tcpdump',
)
signalling(
    'with authentication',
    'RFC 5613 §2.5',
    '0001 0004 00000001 0002 0014 00000009 00112233445566778899aabbccddeeff',
    [
        part('LLS_Extended_Options', type_=1, len_=4, options=1),
        part('LLS_Crypto_Auth', type_=2, len_=20, sequence=9, authdata='00112233445566778899aabbccddeeff'),
    ],
    [
        'Extended Options (1), length: 4',
        '[LSDB resync]',
        'MD5 Authentication (2), length: 20',
        'Sequence number: 0x00000009',
    ],
    'tcpdump',
)

# OSPF version 3.


def ospf3(body):
    data = octets('03 04', struct.pack('!H', 16 + 4 + len(body)), '0a090101 00000007 0000 00 00 00000001', body)
    frame = E / IPv6(src='fe80::1', dst='ff02::5', hlim=1, nh=89)
    data = data[:12] + struct.pack('!H', in6_chksum(89, frame[IPv6], data)) + data[14:]
    return frame / Raw(data)


def update3(name, after, type_, body, layer, fields, shows, readers=('tshark',)):
    for index, reader in enumerate(readers):
        laid(
            'routing',
            'OSPFv3_LSUpd',
            f'{name}, for {reader}' if len(readers) > 1 else name,
            after,
            ospf3(lsa(type_, '', '00000005', body)),
            {
                'lsacount': 1,
                'lsalist': [
                    part(
                        layer, age=9, type_=int(type_, 16), id_='0.0.0.5', adrouter='10.9.1.1', seq=0x80000007, **fields
                    )
                ],
            },
            shows[index],
            reader,
        )


update3(
    'a border router',
    'RFC 5340 §A.4.6',
    '2004',
    '00 000013 00 010203 0a090109',
    'OSPFv3_Inter_Area_Router_LSA',
    {'len_': 32, 'options': 'V6+E+R', 'metric': 0x10203, 'router': '10.9.1.9'},
    [['Inter-Area-Router-LSA (4)', 'Options: 0x000013, R, E, V6', 'Metric: 66051', 'Destination Router ID: 10.9.1.9']],
)
update3(
    'a network of a stubby area',
    'RFC 5340 §A.4.8',
    '2007',
    '07 010203 30 08 2001 20010db8 00010000 20010db8000000000000000000000009 abcdef01 0a090108',
    'OSPFv3_Type_7_LSA',
    {
        'flags': 'T+F+E',
        'metric': 0x10203,
        'prefixlen': 48,
        'prefixoptions': 'P',
        'reflstype': 0x2001,
        'prefix': '2001:db8:1::',
        'fwaddr': '2001:db8::9',
        'tag': 0xABCDEF01,
        'reflsid': '10.9.1.8',
    },
    [
        [
            'NSSA-LSA (7)',
            'Flags: 0x07',
            'PrefixLength: 48',
            'PrefixOptions: 0x08, (P) Propagate',
            'Address Prefix: 2001:db8:1::',
            'Forwarding Address: 2001:db8::9',
            'External Route Tag: 2882400001',
            'Referenced Link State ID: 10.9.1.8',
        ]
    ],
)
update3(
    'members of a group',
    'RFC 5340 §A.4.2.1',
    '2006',
    '0000000100000002',
    'OSPFv3_BaseLSA',
    {'len_': 28, 'data': '0000000100000002'},
    [
        ['Group-Membership-LSA (6)', 'Link State ID: 0.0.0.5', 'Length: 28'],
        ['Deprecated LSA (6), Area Local Scope, LSA-ID 0.0.0.5', '0000 0001 0000 0002'],
    ],
    ['tshark', 'tcpdump'],
)
