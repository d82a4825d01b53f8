"""Link layers as Scapy builds them."""

from book import built
from frames import E, I4  # noqa: F401  (names of the expressions)
from scapy.all import *  # noqa: F403  (names of the expressions)

names = {**globals()}
PPP = 'HDLC() / PPP(proto=0xc021) / '
built(
    'link',
    'CookedLinuxV2',
    'outgoing',
    "CookedLinuxV2(proto=0x800, reserved=0, ifindex=7, lladdrtype=1, pkttype=4, lladdrlen=6,"
    " src=b'\\x02\\0\\0\\0\\0\\x01\\0\\0') / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=4000, dport=4001) / b'hello'",
    {
        'proto': 0x800,
        'reserved': 0,
        'ifindex': 7,
        'lladdrtype': 1,
        'pkttype': 4,
        'lladdrlen': 6,
        'src': '0200000000010000',
    },
    names,
    'CookedLinuxV2',
)
built(
    'link',
    'PPP_LCP',
    'a code that nobody knows',
    f"{PPP}PPP_LCP(code=200, id=8, data=b'abcdef')",
    {'code': 200, 'id': 8, 'len': 10, 'data': b'abcdef'.hex()},
    names,
    'HDLC',
)
built(
    'link',
    'PPP_LCP_Code_Reject',
    'Code-Reject',
    f"{PPP}PPP_LCP_Code_Reject(id=5, rejected_packet=PPP_LCP_Discard_Request(id=4, magic_number=0x12345678))",
    {'code': 7, 'id': 5, 'len': 12, 'rejected_packet': '0b04000812345678'},
    names,
    'HDLC',
)
built(
    'link',
    'PPP_LCP_Discard_Request',
    'Discard-Request',
    f"{PPP}PPP_LCP_Discard_Request(id=6, magic_number=0x87654321, data=b'nothing')",
    {'code': 11, 'id': 6, 'len': 15, 'magic_number': 0x87654321, 'data': b'nothing'.hex()},
    names,
    'HDLC',
)
built(
    'link',
    'PPP_PAP',
    'a code that nobody knows',
    "HDLC() / PPP(proto=0xc023) / PPP_PAP(code=9, id=3, data=b'xyz')",
    {'code': 9, 'id': 3, 'len': 7, 'data': b'xyz'.hex()},
    names,
    'HDLC',
)
