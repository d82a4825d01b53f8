"""Link layers laid out by hand."""

from book import laid, part
from frames import octets

LLDP = octets('0180c200000e 020000000001 88cc', '0207 04 020000000001', '0403 05 6531', '0602 0078')
END = octets('0000')


def tlv(layer, name, after, data, fields, shows, reader='tcpdump'):
    """One element of LLDP behind those that must be there."""
    laid('link', layer, name, after, LLDP + octets(data) + END, fields, shows, reader)


def organization(layer, name, after, oui, subtype, data, fields, shows, reader='tcpdump'):
    code = {'0080c2': 0x80C2, '00120f': 0x120F}[oui]
    length = 4 + len(octets(data))
    tlv(
        layer,
        name,
        after,
        f'fe{length:02x} {oui} {subtype:02x} {data}',
        {'type': 127, 'length': length, 'org_code': code, 'subtype': subtype, **fields},
        shows,
        reader,
    )


Q = 'IEEE 802.1Q annex D'
A3 = 'IEEE 802.3 §79.3'
tlv(
    'LLDPDU',
    'an element that nobody knows',
    'IEEE 802.1AB §8.4',
    '14 04 78797a21',
    {'type': 10, 'length': 4, 'data': '78797a21'},
    ['Unknown TLV (10), length 4'],
)
organization(
    'LLDPDUPowerViaMDI',
    'power via MDI',
    A3,
    '00120f',
    2,
    '07 01 04',
    {'power_support': 'source+supported+enabled', 'power_pair': 1, 'power_class': 4},
    ['PSE, supported, enabled', 'power pair', 'power class class3'],
)
organization(
    'LLDPDUMaximumFrameSize',
    'maximum frame size',
    A3,
    '00120f',
    4,
    '2400',
    {'maximum_frame_size': 9216},
    ['MTU size 9216'],
)

laid(
    'link',
    'LoopbackBE',
    'IPv4 of OpenBSD',
    'pcap-linktype, LINKTYPE_LOOP',
    octets('00000002 45000014 00010000 403b', '66ac 0a000001 0a000002'),
    {'type': 2},
    ['AF IPv4 (2)', '10.0.0.1 > 10.0.0.2'],
    'tcpdump',
    'LoopbackBE',
)
PPP = 'ff03'
laid(
    'link',
    'PPP_LCP_Identification',
    'Identification',
    'RFC 1570 §2.1',
    octets(PPP, 'c021 0c 07 000d 12345678', b'v1.2!', '0000000000000000'),
    {'code': 12, 'id': 7, 'len': 13, 'magic_number': 0x12345678, 'message': 'v1.2!'},
    ['Ident (0x0c), id 7', 'Magic-Num 0x12345678', 'v1.2!'],
    'tcpdump',
    'HDLC',
)
laid(
    'link',
    'PPP_MPLSCP',
    'Configure-Request',
    'RFC 3032 §4.3',
    octets(PPP, '8281 01 05 0004'),
    {'code': 1, 'id': 5, 'len': 4, 'options': []},
    ['MPLSCP', 'Conf-Request'],
    'tcpdump',
    'HDLC',
)

# The elements of data center bridging: read by tshark, as tcpdump's own captures have them too.
organization(
    'LLDPDUETSConfiguration',
    'bandwidth',
    Q,
    '0080c2',
    9,
    'c3 01234567 0a14 1e28 0000 0000 00020200 00ff0102',
    {
        'willing': 1,
        'cbs': 1,
        'reserved': 0,
        'max_tcs': 3,
        'priority_assignment': 0x01234567,
        'bandwidth': [10, 20, 30, 40, 0, 0, 0, 0],
        'algorithms': [0, 2, 2, 0, 0, 255, 1, 2],
    },
    [
        'Willing: Yes',
        'Credit-Based Shaper: Supported',
        'Maximum Number of Traffic Classes: 3',
        'PGID for Prio 7: 7',
        'Bandwidth for PGID 3: 40',
        'TSA for Traffic Class 5: Vendor Specific Algorithm (255)',
    ],
    'tshark',
)
organization(
    'LLDPDUETSRecommendation',
    'bandwidth',
    Q,
    '0080c2',
    10,
    '00 76543210 2814 1e0a 0000 0000 02000202 00ff0102',
    {
        'reserved': 0,
        'priority_assignment': 0x76543210,
        'bandwidth': [40, 20, 30, 10, 0, 0, 0, 0],
        'algorithms': [2, 0, 2, 2, 0, 255, 1, 2],
    },
    [
        'PGID for Prio 0: 7',
        'Bandwidth for PGID 0: 40',
        'Bandwidth for PGID 3: 10',
        'TSA for Traffic Class 6: Credit-Based Shaper (1)',
    ],
    'tshark',
)
organization(
    'LLDPDUPriorityFlowControl',
    'three priorities',
    Q,
    '0080c2',
    11,
    'c5 8a',
    {'willing': 1, 'mbc': 1, 'reserved': 0, 'max_tcs': 5, 'pfc_enabled': 0x8A},
    [
        'Willing: Yes',
        'MACsec Bypass Capability: Capable',
        'Max PFC Enabled Traffic Classes: 5',
        'PFC for Priority 1: Enabled',
        'PFC for Priority 7: Enabled',
    ],
    'tshark',
)
organization(
    'LLDPDUApplicationPriority',
    'two applications',
    Q,
    '0080c2',
    12,
    '00 61 8906 84 0cbc',
    {
        'reserved': 0,
        'applications': [
            part('LLDPDUApplication', priority=3, reserved=0, selector=1, protocol=0x8906),
            part('LLDPDUApplication', priority=4, reserved=0, selector=4, protocol=3260),
        ],
    },
    [
        'Application Priority: 3',
        'Application Protocol Id: 0x8906',
        'Application Priority: 4',
        'Port over TCP/SCTP/UDP/DCCP (4)',
        'Application Protocol Id: 0x0cbc',
    ],
    'tshark',
)
MST = (
    '0180c2000000 020000000001',
    '0079',
    '424203',
    '0000 03 02 7c',
    '8001 020000000011',
    '00000007',
    '9003 020000000022',
    '8005',
    '0100 1400 0200 0f00',
    '00',
    '0050',
    '00',
    b'region-1'.ljust(32, b'\0'),
    '0007',
    '00112233445566778899aabbccddeeff',
    '00004e20',
    '7003 020000000033',
    '13',
    '7c 6001 020000000044 000003e8 70 90 12',
)
laid(
    'link',
    'MSTP',
    'a region with one tree',
    'IEEE 802.1Q §14.4',
    octets(*MST),
    {
        'version3len': 80,
        'formatselector': 0,
        'configname': 'region-1',
        'revision': 7,
        'digest': '00112233445566778899aabbccddeeff',
        'intpathcost': 20000,
        'cistid': 0x7003,
        'cistmac': '02:00:00:00:00:33',
        'hops': 19,
        'mstis': [
            part(
                'MSTI',
                mstiflags='role1+role2+learning+forwarding+agreement',
                rootid=0x6001,
                rootmac='02:00:00:00:00:44',
                pathcost=1000,
                bridgepriority=0x70,
                portpriority=0x90,
                hops=18,
            )
        ],
    },
    [
        'MST Config name: region-1',
        'MST Config revision: 7',
        'CIST Internal Root Path Cost: 20000',
        'CIST Remaining hops: 19',
        'MSTID 1, Regional Root Identifier 24576',
        'Internal root path cost: 1000',
        'Port identifier priority: 9',
        'Remaining hops: 18',
    ],
)
