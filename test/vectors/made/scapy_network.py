"""ICMP, its extensions, ICMPv6 and mobility as Scapy builds them."""

from book import built, part
from frames import E, I4, I6  # noqa: F401  (names of the expressions)
from scapy.all import *  # noqa: F403  (names of the expressions)
from scapy.contrib.icmp_extensions import *  # noqa: F403


def extended(*objects):
    """The extension of an ICMP error. Scapy's own checksum leaves out the objects; RFC 4884 §7 counts them."""
    data = b''.join(map(bytes, objects))
    return ICMPExtensionHeader(chksum=checksum(bytes(ICMPExtensionHeader(chksum=0)) + data)) / data


names = {**globals()}
ERROR = "I4 / ICMP(type=3, code=1) / IPerror(src='10.0.0.2', dst='10.0.0.9') / "
built(
    'network',
    'ICMPerror',
    'an echo request that did not arrive',
    f"{ERROR}ICMPerror(type=8, code=0, id=0x1234, seq=7)",
    {'type': 8, 'code': 0, 'id': 0x1234, 'seq': 7},
    names,
)
built(
    'network',
    'TCPerror',
    'a segment that did not arrive',
    f"{ERROR}TCPerror(sport=4000, dport=80, seq=0x01020304, ack=9, flags='PA', window=1000)",
    {'sport': 4000, 'dport': 80, 'seq': 0x01020304, 'ack': 9, 'flags': 'PA', 'window': 1000},
    names,
)
built(
    'network',
    'ICMPv6Unknown',
    'private experiment',
    "I6 / ICMPv6Unknown(type=101, code=3, msgbody=b'experiment')",
    {'type': 101, 'code': 3, 'msgbody': b'experiment'.hex()},
    names,
)
built(
    'network',
    'ICMPv6PacketTooBig',
    'at most 1400 bytes',
    "I6 / ICMPv6PacketTooBig(mtu=1400) / IPerror6(src='fe80::2', dst='fd00::9', nh=59)",
    {'type': 2, 'code': 0, 'mtu': 1400},
    names,
)
built(
    'network',
    'ICMPv6ParamProblem',
    'an unknown option',
    "I6 / ICMPv6ParamProblem(code=2, ptr=42) / IPerror6(src='fe80::2', dst='fd00::9', nh=59)",
    {'type': 4, 'code': 2, 'ptr': 42},
    names,
)
built(
    'network',
    'ICMPv6ND_RS',
    'a solicitation',
    "I6 / ICMPv6ND_RS(res=5) / ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')",
    {'type': 133, 'code': 0, 'res': 5},
    names,
)
built(
    'network',
    'ICMPv6ND_NA',
    'an advertisement',
    "I6 / ICMPv6ND_NA(R=1, S=0, O=1, res=0x155, tgt='fd00::7') / ICMPv6NDOptDstLLAddr(lladdr='02:00:00:00:00:01')",
    {'type': 136, 'code': 0, 'R': 1, 'S': 0, 'O': 1, 'res': 0x155, 'tgt': 'fd00::7'},
    names,
)
built(
    'network',
    'ICMPv6NDOptUnknown',
    'option 77',
    "I6 / ICMPv6ND_RS() / ICMPv6NDOptUnknown(type=77, len=1, data=b'abcdef')",
    {'type': 77, 'len': 1, 'data': b'abcdef'.hex()},
    names,
)
built(
    'network',
    'ICMPv6NDOptRouteInfo',
    'a route',
    "I6 / ICMPv6ND_RA(chlim=64) / ICMPv6NDOptRouteInfo(plen=80, prf=1, rtlifetime=600, prefix='fd00:1:2:3:4::')",
    {'type': 24, 'len': 3, 'plen': 80, 'prf': 1, 'rtlifetime': 600, 'prefix': 'fd00:1:2:3:4::'},
    names,
)
built(
    'network',
    'MIP6MH_Generic',
    'a message that nobody knows',
    "E / IPv6(src='fd00::1', dst='fd00::2', nh=135) / MIP6MH_Generic(nh=59, len=1, mhtype=200, msg=b'0123456789')",
    {'nh': 59, 'len': 1, 'mhtype': 200, 'msg': b'0123456789'.hex()},
    names,
)

QUOTE = "IP(src='10.0.0.9', dst='10.0.0.1') / ICMP(type=11, code=0, length=32) / (bytes(IP(src='10.0.0.1', dst='10.8.0.1', ttl=1) / UDP(sport=4000, dport=33435)).ljust(128, b'\\0'))"
EXTENDED = f'E / {QUOTE} / {{}}'


def extension(layer, name, expression, fields):
    built('network', layer, name, EXTENDED.format(expression), fields, names)


extension(
    'ICMPExtensionHeader',
    'an object of a class that nobody knows',
    "extended(ICMPExtensionObject(len=8, classnum=200, classtype=7) / b'abcd')",
    {'version': 2, 'reserved': 0},
)
extension(
    'ICMPExtensionObject',
    'of a class that nobody knows',
    "extended(ICMPExtensionObject(len=8, classnum=200, classtype=7) / b'abcd')",
    {'len': 8, 'classnum': 200, 'classtype': 7, 'data': b'abcd'.hex()},
)
extension(
    'ICMPExtensionMPLS',
    'two labels',
    'extended(ICMPExtensionMPLS(len=12, classtype=1, stack=['
    'MPLS(label=1001, cos=2, s=0, ttl=3), MPLS(label=24, cos=7, s=1, ttl=200)]))',
    {
        'len': 12,
        'classnum': 1,
        'classtype': 1,
        'labels': [part('MPLS', label=1001, cos=2, s=0, ttl=3), part('MPLS', label=24, cos=7, s=1, ttl=200)],
    },
)
extension(
    'ICMPExtensionInterfaceInformation',
    'of an outgoing interface',
    "extended(ICMPExtensionInterfaceInformation(len=28, interface_role=2,"
    " has_ifindex=1, has_ipaddr=1, has_ifname=1, has_mtu=1, ifindex=9, afi=1, ip4='10.8.0.2', ifname_len=8, ifname=b'ge-0/0\\0', mtu=9000))",
    {
        'len': 28,
        'classnum': 2,
        'interface_role': 2,
        'has_ifindex': 1,
        'has_ipaddr': 1,
        'has_ifname': 1,
        'has_mtu': 1,
        'ifindex': 9,
        'afi': 1,
        'ip4': '10.8.0.2',
        'ifname_len': 8,
        'ifname': b'ge-0/0\0'.hex(),
        'mtu': 9000,
    },
)
