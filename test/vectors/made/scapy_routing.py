"""BGP attributes, OSPF's advertisements and signalling, and PIM as Scapy builds them."""

import scapy.contrib.bgp
import scapy.contrib.ospf
import scapy.contrib.pim
from book import built, part
from frames import E, I4, I6
from scapy.all import IP, TCP, IPv6

names = {
    **vars(scapy.contrib.bgp),
    **vars(scapy.contrib.ospf),
    **vars(scapy.contrib.pim),
    'E': E,
    'I4': I4,
    'I6': I6,
    'IP': IP,
    'IPv6': IPv6,
    'TCP': TCP,
}

# BGP: the attributes of an UPDATE.


def attribute(name, flags, code, expression, *values):
    letters = {0x40: 'Transitive', 0x80: 'Optional', 0xC0: 'Transitive+Optional'}[flags]
    built(
        'routing',
        'BGPUpdate',
        name,
        f"I4 / TCP(sport=40000, dport=179, flags='PA') / BGPHeader(type=2) / BGPUpdate(path_attr=["
        f'BGPPathAttr(type_flags={flags:#x}, type_code={code}, attribute={expression})])',
        {
            'withdrawn_routes_len': 0,
            'path_attr': [part('BGPPathAttr', type_flags=letters, type_code=code, attribute=list(values))],
        },
        names,
    )


attribute('ATOMIC_AGGREGATE', 0x40, 6, 'BGPPAAtomicAggregate()', part('BGPPAAtomicAggregate'))
attribute(
    'AGGREGATOR',
    0xC0,
    7,
    "BGPPAAggregator(aggregator_asn=65002, speaker_address='10.0.0.7')",
    part('BGPPAAggregator', aggregator_asn=65002, speaker_address='10.0.0.7'),
)
attribute(
    'ORIGINATOR_ID',
    0x80,
    9,
    "BGPPAOriginatorID(originator_id='10.0.0.9')",
    part('BGPPAOriginatorID', originator_id='10.0.0.9'),
)
attribute(
    'CLUSTER_LIST',
    0x80,
    10,
    "BGPPAClusterList(cluster_list=[0x0a000008, 0x0a000007])",
    part('BGPPAClusterList', cluster_list=['10.0.0.8', '10.0.0.7']),
)
built(
    'routing',
    'BGPOpen',
    'graceful restart of two families',
    "I4 / TCP(sport=40000, dport=179, flags='PA') / BGPHeader(type=1) / BGPOpen(my_as=65010, hold_time=90, bgp_id='10.0.0.1', opt_params=["
    'BGPOptParam(param_type=2, param_value=BGPCapGracefulRestart(restart_flags=8, restart_time=120, entries=['
    'BGPCapGracefulRestart.GRTuple(afi=1, safi=1, flags=0x80), BGPCapGracefulRestart.GRTuple(afi=2, safi=128, flags=0)]))])',
    {
        'my_as': 65010,
        'hold_time': 90,
        'bgp_id': '10.0.0.1',
        'opt_params': [
            part(
                'BGPOptParam',
                param_type=2,
                param_length=12,
                param_value=[
                    part(
                        'BGPCapGracefulRestart',
                        code=64,
                        length=10,
                        restart_flags='R',
                        restart_time=120,
                        entries=[
                            part('GracefulRestartEntry', afi=1, safi=1, flags='F'),
                            part('GracefulRestartEntry', afi=2, safi=128, flags=''),
                        ],
                    )
                ],
            )
        ],
    },
    names,
)

# OSPF version 2.
HEADER = "age=9, options='E+DC', id='{id}', adrouter='10.9.1.1', seq=0x80000007"


def lsa(layer, type_, id_, more, fields, called=None):
    expression = f"{layer}({HEADER.format(id=id_)}, type={type_}, {more})"
    built(
        'routing',
        'OSPF_LSUpd',
        called or layer,
        f"E / IP(src='10.0.0.1', dst='224.0.0.5', ttl=1) / OSPF_Hdr(src='10.9.1.1', area='0.0.0.7') / OSPF_LSUpd(lsalist=[{expression}])",
        {
            'lsacount': 1,
            'lsalist': [
                part(layer, age=9, options='E+DC', type_=type_, id_=id_, adrouter='10.9.1.1', seq=0x80000007, **fields)
            ],
        },
        names,
    )


lsa(
    'OSPF_SummaryIP_LSA',
    3,
    '172.16.1.0',
    "mask='255.255.255.128', metric=0x10203",
    {'len_': 28, 'mask': '255.255.255.128', 'metric': 0x10203},
)
lsa(
    'OSPF_SummaryASBR_LSA',
    4,
    '10.9.3.1',
    "mask='0.0.0.0', metric=21",
    {'len_': 28, 'mask': '0.0.0.0', 'metric': 21, 'toslist': []},
)
lsa(
    'OSPF_External_LSA',
    5,
    '172.16.0.0',
    "mask='255.255.0.0', ebit='E', metric=10000, fwdaddr='10.2.0.1', tag=0xabcdef01",
    {
        'len_': 36,
        'mask': '255.255.0.0',
        'ebit': 1,
        'metric': 10000,
        'fwdaddr': '10.2.0.1',
        'tag': 0xABCDEF01,
        'toslist': [],
    },
)
for type_, scope in ((9, 'Link'), (10, 'Area'), (11, 'AS')):
    lsa(
        f'OSPF_{scope}_Scope_Opaque_LSA',
        type_,
        '200.0.0.7',
        "data=b'12345678'",
        {'len_': 28, 'data': b'12345678'.hex()},
    )
built(
    'routing',
    'OSPF_LLS_Hdr',
    'an unknown element, and extended options',
    "E / IP(src='10.0.0.1', dst='224.0.0.5', ttl=1) / OSPF_Hdr(src='10.9.1.1') / OSPF_Hello(options='E+L', router='10.0.0.1')"
    " / OSPF_LLS_Hdr(llstlv=[LLS_Generic_TLV(type=300, val=b'12345678'), LLS_Extended_Options(options=b'\\0\\0\\0\\3')])",
    {
        'len': 6,
        'llstlv': [
            part('LLS_Generic_TLV', type_=300, len_=8, val=b'12345678'.hex()),
            part('LLS_Extended_Options', type_=1, len_=4, options=3),
        ],
    },
    names,
    wrong='Scapy counts the signalling in the checksum of OSPF (RFC 5613 §2 does not)',
)

# OSPF version 3.


def lsa3(layer, type_, more, fields):
    header = "age=9, id='0.0.0.5', adrouter='10.9.1.1', seq=0x80000007"
    built(
        'routing',
        'OSPFv3_LSUpd',
        layer,
        f"E / IPv6(src='fe80::1', dst='ff02::5', hlim=1) / OSPFv3_Hdr(src='10.9.1.1', area='0.0.0.7', instance=2)"
        f' / OSPFv3_LSUpd(lsalist=[{layer}({header}, type={type_:#x}, {more})])',
        {
            'lsacount': 1,
            'lsalist': [part(layer, age=9, type_=type_, id_='0.0.0.5', adrouter='10.9.1.1', seq=0x80000007, **fields)],
        },
        names,
    )


lsa3(
    'OSPFv3_Router_LSA',
    0x2001,
    "flags='B+E', options='V6+E+R', linklist=[OSPFv3_Link(type=2, metric=300, intid=5, neighintid=6, neighbor='10.9.1.2'),"
    " OSPFv3_Link(type=4, metric=2, intid=7, neighintid=8, neighbor='10.9.1.3')]",
    {
        'len_': 56,
        'flags': 'B+E',
        'options': 'V6+E+R',
        'linklist': [
            part('OSPFv3_Link', type_=2, metric=300, intid=5, neighintid=6, neighbor='10.9.1.2'),
            part('OSPFv3_Link', type_=4, metric=2, intid=7, neighintid=8, neighbor='10.9.1.3'),
        ],
    },
)
lsa3(
    'OSPFv3_Network_LSA',
    0x2002,
    "options='V6+R+DC', routerlist=['10.9.1.1', '10.9.1.2']",
    {'len_': 32, 'options': 'V6+R+DC', 'routerlist': ['10.9.1.1', '10.9.1.2']},
)
lsa3(
    'OSPFv3_Inter_Area_Router_LSA',
    0x2004,
    "options='V6+E', metric=0x10203, router='10.9.1.9'",
    {'len_': 32, 'options': 'V6+E', 'metric': 0x10203, 'router': '10.9.1.9'},
)
EXTERNAL = "flags=0x07, metric=0x10203, prefixoptions='P', prefix='2001:db8:1::/48', reflstype=0x2001, fwaddr='2001:db8::9', tag=0xabcdef01, reflsid='10.9.1.8'"
for layer, type_ in (('OSPFv3_AS_External_LSA', 0x4005), ('OSPFv3_Type_7_LSA', 0x2007)):
    lsa3(
        layer,
        type_,
        EXTERNAL,
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
    )

# PIM.
built(
    'routing',
    'PIMv2Hello',
    'state refresh',
    "E / IP(src='10.0.0.1', dst='224.0.0.13', ttl=1) / PIMv2Hdr(type=0) / PIMv2Hello(option=["
    "PIMv2HelloHoldtime(holdtime=105), PIMv2HelloStateRefresh(value=[PIMv2HelloStateRefreshValue(version=1, interval=60)])])",
    {
        'option': [
            part('PIMv2HelloHoldtime', type_=1, length=2, holdtime=105),
            part('PIMv2HelloStateRefresh', type_=21, length=4, version=1, interval=60, reserved=0),
        ]
    },
    names,
)
