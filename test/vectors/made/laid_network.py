"""ICMP, neighbours' options and routing headers laid out by hand."""

import struct

from book import laid, part
from frames import E, octets
from scapy.all import IP, IPv6, Raw, checksum, in6_chksum


def icmp(data):
    data = data[:2] + struct.pack('!H', checksum(data[:2] + b'\0\0' + data[4:])) + data[4:]
    return E / IP(src='10.0.0.1', dst='224.0.0.1', ttl=1, proto=1) / Raw(data)


def icmp6(*pieces):
    data = octets(*pieces)
    frame = E / IPv6(src='fe80::1', dst='ff02::1', hlim=255, nh=58)
    return frame / Raw(data[:2] + struct.pack('!H', in6_chksum(58, frame[IPv6], data)) + data[4:])


laid(
    'network',
    'ICMP',
    'two routers',
    'RFC 1256 §3',
    icmp(octets('09 00 0000 02 02 0708 0a000001 00000005 0a000002 fffffffb')),
    {
        'type': 9,
        'code': 0,
        'addresses': [
            part('ICMPRouterAddress', addr='10.0.0.1', preference=5),
            part('ICMPRouterAddress', addr='10.0.0.2', preference=-5),
        ],
    },
    [
        'Number of addresses: 2',
        'Router address: 10.0.0.1',
        'Preference level: 5',
        'Router address: 10.0.0.2',
        'Preference level: -5',
    ],
)
RA = '86 00 0000 40 00 0708 00000000 00000000'
laid(
    'network',
    'ICMPv6NDOptCaptivePortal',
    'a portal',
    'RFC 8910 §2.3',
    icmp6(RA, '25 03', b'https://lab.test/api', '0000'),
    {'type': 37, 'len': 3, 'uri': 'https://lab.test/api'},
    ['Captive-Portal (37)', 'Captive Portal: https://lab.test/api'],
)
laid(
    'network',
    'ICMPv6NDOptPREF64',
    'a prefix of 64 bits',
    'RFC 8781 §4',
    icmp6(RA, '26 02 0259 fd0b000100020003 00000000'),
    {'type': 38, 'len': 2, 'scaledlifetime': 75, 'plc': 1, 'prefix': 'fd0b:1:2:3::'},
    ['Scaled Lifetime: 75', '64 bits prefix length (0x1)', 'Prefix: fd0b:1:2:3::'],
)
laid(
    'network',
    'IPv6ExtHdrRPL',
    'two more hops',
    'RFC 6554 §3',
    E / IPv6(src='fd00::1', dst='fd00::2', nh=43) / Raw(octets('3b 01 03 02 ee 400000', '0003 0004 00000000')),
    {
        'nh': 59,
        'len': 1,
        'type': 3,
        'segleft': 2,
        'cmpri': 14,
        'cmpre': 14,
        'pad': 4,
        'reserved': 0,
        'addresses': ['::3', '::4'],
    },
    [
        'RPL Source Route (3)',
        'Segments Left: 2',
        '(CmprI): 14',
        '(CmprE): 14',
        'Padding Bytes: 4',
        'Address[1]: fd00::3',
        'Address[2]: fd00::4',
    ],
)
