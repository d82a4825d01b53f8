"""GRE's source routes, ERSPAN and GTP as Scapy builds them."""

import scapy.contrib.gtp_v2
from book import built, part
from frames import E, I4  # noqa: F401  (names of the expressions)
from scapy.all import *  # noqa: F403  (names of the expressions)
from scapy.contrib.erspan import *  # noqa: F403
from scapy.contrib.gtp import *  # noqa: F403

names = {**globals(), 'GTPHeaderV2': scapy.contrib.gtp_v2.GTPHeader}
UDP_GTP = 'I4 / UDP(sport=2152, dport=2152) / '
built(
    'tunnel',
    'GTP_UDPPort_ExtensionHeader',
    'port of the cause',
    f"{UDP_GTP}GTPHeader(S=1, E=1, gtp_type=26, teid=0, seq=5, next_ex=0x40)"
    ' / GTP_UDPPort_ExtensionHeader(udp_port=4500, next_ex=0)',
    {'length': 1, 'udp_port': 4500, 'next_ex': 0},
    names,
)
built(
    'tunnel',
    'GTP_PDCP_PDU_ExtensionHeader',
    'number of a PDU',
    f"{UDP_GTP}GTPHeader(S=1, E=1, gtp_type=255, teid=0xabcd, seq=5, next_ex=0xc0)"
    " / GTP_PDCP_PDU_ExtensionHeader(pdcp_pdu=0x1234, next_ex=0) / IP(src='10.9.0.1', dst='10.9.0.2') / UDP(sport=4000, dport=4001) / b'hello'",
    {'length': 1, 'pdcp_pdu': 0x1234, 'next_ex': 0},
    names,
)
built(
    'tunnel',
    'GTPHeaderV2',
    'echo request',
    "I4 / UDP(sport=2123, dport=2123) / GTPHeaderV2(version=2, P=0, T=0, gtp_type=1, length=9, seq=0x123456) / bytes.fromhex('0300010007')",
    {'version': 2, 'P': 0, 'T': 0, 'MP': 0, 'gtp_type': 1, 'length': 9, 'seq': 0x123456},
    names,
)
built(
    'tunnel',
    'GRE',
    'a route of two addresses',
    "I4 / GRE(routing_present=1, proto=0x800) / GRErouting(address_family=0x800, SRE_offset=0, SRE_len=8,"
    " routing_info=bytes([10, 0, 0, 3, 10, 0, 0, 4])) / GRErouting(address_family=0, SRE_offset=0, SRE_len=0) / IP(src='10.9.0.1', dst='10.9.0.2', proto=59)",
    {
        'routing_present': 1,
        'proto': 0x800,
        'routing': [
            part('GRErouting', address_family=0x800, SRE_offset=0, SRE_len=8, routing_info='0a0000030a000004'),
            part('GRErouting', address_family=0, SRE_offset=0, SRE_len=0, routing_info=''),
        ],
    },
    names,
)
built(
    'tunnel',
    'ERSPAN_III',
    'with a time stamp',
    "I4 / GRE(seqnum_present=1, sequence_number=9, proto=0x22eb) / ERSPAN_III(vlan=101, cos=5, bso=0, t=1, session_id=700,"
    " timestamp=0x12345678, sgt_other=0x4321, p=0, ft=0, hw=3, d=1, gra=2, o=0) / Ether(src='02:00:00:00:00:03', dst='02:00:00:00:00:04') / IP(proto=59)",
    {
        'ver': 2,
        'vlan': 101,
        'cos': 5,
        'bso': 0,
        't': 1,
        'session_id': 700,
        'timestamp': 0x12345678,
        'sgt_other': 0x4321,
        'p': 0,
        'ft': 0,
        'hw': 3,
        'd': 1,
        'gra': 2,
        'o': 0,
    },
    names,
)
