"""DNS, DHCPv6, SNMP, NetFlow and SMB2 as Scapy builds them."""

from book import built, part
from frames import E, I4, I6  # noqa: F401  (names of the expressions)
from scapy.all import *  # noqa: F403  (names of the expressions)
from scapy.layers.dhcp6 import *  # noqa: F403
from scapy.layers.smb2 import *  # noqa: F403

names = {**globals()}

# DNS. Names stand only once, so that nothing is compressed.


def record(layer, type_, expression, fields):
    built(
        'services',
        'DNS',
        layer,
        f"I4 / UDP(sport=53, dport=4000) / DNS(id=7, qr=1, aa=1, qd=None, an={layer}(rrname='a.org', ttl=300, {expression}))",
        {
            'id': 7,
            'qr': 1,
            'aa': 1,
            'qdcount': 0,
            'ancount': 1,
            'an': [part(layer, rrname='a.org.', type_=type_, rclass=1, ttl=300, **fields)],
        },
        names,
    )


record(
    'DNSRRSOA',
    6,
    "mname='ns.example', rname='admin.test', serial=2024010101, refresh=7200, retry=3600, expire=1209600, minimum=60",
    {
        'mname': 'ns.example.',
        'rname': 'admin.test.',
        'serial': 2024010101,
        'refresh': 7200,
        'retry': 3600,
        'expire': 1209600,
        'minimum': 60,
    },
)
record(
    'DNSRRMX', 15, "type=15, preference=20, exchange='mail.example'", {'preference': 20, 'exchange': 'mail.example.'}
)
record(
    'DNSRRDS',
    43,
    "keytag=60485, algorithm=13, digesttype=2, digest=bytes(range(32))",
    {'rdlen': 36, 'keytag': 60485, 'algorithm': 13, 'digesttype': 2, 'digest': bytes(range(32)).hex()},
)
record(
    'DNSRRRSIG',
    46,
    "typecovered=28, algorithm=8, labels=2, originalttl=600, expiration=1700000000, inception=1690000000, keytag=12345,"
    " signersname='b.example', signature=bytes(range(64))",
    {
        'typecovered': 28,
        'algorithm': 8,
        'labels': 2,
        'originalttl': 600,
        'expiration': 1700000000,
        'inception': 1690000000,
        'keytag': 12345,
        'signersname': 'b.example.',
        'signature': bytes(range(64)).hex(),
    },
)
record(
    'DNSRRNSEC',
    47,
    "nextname='c.example', typebitmaps=[1, 15, 28, 46, 257]",
    {'nextname': 'c.example.', 'typebitmaps': ['A', 'MX', 'AAAA', 'RRSIG', 'CAA']},
)
record(
    'DNSRRDNSKEY',
    48,
    "flags=0x101, protocol=3, algorithm=15, publickey=bytes(range(32))",
    {'rdlen': 36, 'flags': 'SZ', 'protocol': 3, 'algorithm': 15, 'publickey': bytes(range(32)).hex()},
)
record(
    'DNSRRNSEC3',
    50,
    "hashalg=1, flags=1, iterations=12, saltlength=4, salt=bytes.fromhex('aabbccdd'), hashlength=20,"
    " nexthashedownername=bytes(range(20)), typebitmaps=[2, 6, 46, 48, 51]",
    {
        'hashalg': 1,
        'flags': 'O',
        'iterations': 12,
        'saltlength': 4,
        'salt': 'aabbccdd',
        'hashlength': 20,
        'nexthashedownername': bytes(range(20)).hex(),
        'typebitmaps': ['NS', 'SOA', 'RRSIG', 'DNSKEY', 'NSEC3PARAM'],
    },
)
record(
    'DNSRRNSEC3PARAM',
    51,
    "hashalg=1, flags=0, iterations=12, saltlength=4, salt=bytes.fromhex('aabbccdd')",
    {'hashalg': 1, 'iterations': 12, 'saltlength': 4, 'salt': 'aabbccdd'},
)
built(
    'services',
    'LLMNRResponse',
    'a name has two addresses',
    "I4 / UDP(sport=5355, dport=4000) / LLMNRResponse(id=7, c=1, rcode=0, qd=DNSQR(qname='host'), an=DNSRR(rrname='a', ttl=30, rdata='10.0.0.9')"
    " / DNSRR(rrname='b', type='AAAA', ttl=31, rdata='fd00::9'))",
    {
        'id': 7,
        'qr': 1,
        'c': 1,
        'tc': 0,
        'qdcount': 1,
        'ancount': 2,
        'nscount': 0,
        'arcount': 0,
        'qd': [part('DNSQR', qname='host.', qtype=1, qclass=1)],
        'an': [
            part('DNSRR', rrname='a.', type_=1, ttl=30, rdata='10.0.0.9'),
            part('DNSRR', rrname='b.', type_=28, ttl=31, rdata='fd00::9'),
        ],
    },
    names,
)

# DHCPv6.
CLIENT = 'E / IPv6(src="fe80::1", dst="ff02::1:2") / UDP(sport=546, dport=547) / '
for layer, type_ in (('DHCP6_Request', 3), ('DHCP6_Rebind', 6), ('DHCP6_Decline', 9)):
    built(
        'services',
        layer,
        layer,
        f"{CLIENT}{layer}(trid=0x123456) / DHCP6OptElapsedTime(elapsedtime=7)",
        {'msgtype': type_, 'trid': 0x123456},
        names,
    )
built(
    'services',
    'DHCP6',
    'a lease query',
    f"{CLIENT}DHCP6(msgtype=14, trid=0x123456) / DHCP6OptElapsedTime(elapsedtime=7)",
    {'msgtype': 14, 'trid': 0x123456},
    names,
)
built(
    'services',
    'DHCP6_Reconf',
    'reconfigure',
    "I6 / UDP(sport=547, dport=546) / DHCP6_Reconf(trid=0) / DHCP6OptReconfMsg(msgtype=11)",
    {'msgtype': 10, 'trid': 0},
    names,
)


def option(layer, code, expression, fields, start=f"{CLIENT}DHCP6_Solicit(trid=9) / ", called=None):
    built('services', layer, called or layer, f'{start}{layer}({expression})', {'optcode': code, **fields}, names)


option(
    'DHCP6OptReconfMsg',
    19,
    'msgtype=11',
    {'optlen': 1, 'msgtype': 11},
    'I6 / UDP(sport=547, dport=546) / DHCP6_Reconf(trid=0) / ',
)
option('DHCP6OptUnknown', 999, "optcode=999, data=b'unknown'", {'optlen': 7, 'data': b'unknown'.hex()})
option(
    'DHCP6OptERPDomain', 65, "erpdomain=['a.example', 'b.test']", {'optlen': 19, 'erpdomain': ['a.example.', 'b.test.']}
)
option(
    'DHCP6OptRelaySuppliedOpt',
    66,
    "relaysupplied=[DHCP6OptERPDomain(erpdomain=['e.example']), DHCP6OptPref(prefval=9)]",
    {
        'relaysupplied': [
            part('DHCP6OptERPDomain', optcode=65, optlen=11, erpdomain=['e.example.']),
            part('DHCP6OptPref', optcode=7, optlen=1, prefval=9),
        ]
    },
)
option('DHCP6OptVSS', 68, "type=0, data=b'red'", {'optlen': 4, 'type': 0, 'data': b'red'.hex()})
option(
    'DHCP6OptClientLinkLayerAddr',
    79,
    "lltype=1, clladdr='02:00:00:00:00:07'",
    {'optlen': 8, 'lltype': 1, 'clladdr': '02:00:00:00:00:07'},
)
option(
    'DHCP6OptClientId',
    1,
    "duid=Raw(bytes.fromhex('00c8') + b'unlike')",
    {'optlen': 8, 'duid': [part('DUID_Unknown', type_=200, data=b'unlike'.hex())]},
    called='an identifier of a kind that nobody knows',
)

# SNMP.


def snmp(layer, name, version, expression, fields, port=161):
    built(
        'services',
        'SNMP',
        name,
        f"I4 / UDP(sport=4000, dport={port}) / SNMP(version={version}, community='secret', PDU={expression})",
        {'version': version, 'community': 'secret', 'PDU': [part(layer, **fields)]},
        names,
    )


BINDINGS = "varbindlist=[SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.3.0'), value=ASN1_TIME_TICKS(12345)), SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.5.0'), value=ASN1_STRING('router'))]"
BOUND = [
    part('SNMPvarbind', oid='1.3.6.1.2.1.1.3.0', type_=67, value=12345),
    part('SNMPvarbind', oid='1.3.6.1.2.1.1.5.0', type_=4, value='router'),
]
snmp(
    'SNMPnext',
    'what comes next',
    1,
    "SNMPnext(id=0x12345, error=0, error_index=0, varbindlist=[SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1'))])",
    {'id_': 0x12345, 'error': 0, 'error_index': 0, 'varbindlist': [part('SNMPvarbind', oid='1.3.6.1.2.1.1', type_=5)]},
)
for layer in ('SNMPinform', 'SNMPtrapv2'):
    snmp(
        layer,
        layer,
        1,
        f"{layer}(id=0x12345, error=5, error_index=2, {BINDINGS})",
        {'id_': 0x12345, 'error': 5, 'error_index': 2, 'varbindlist': BOUND},
        162,
    )
snmp(
    'SNMPtrapv1',
    'a trap of version 1',
    0,
    "SNMPtrapv1(enterprise=ASN1_OID('1.3.6.1.4.1.8072'), agent_addr='10.0.0.1', generic_trap=6, specific_trap=17,"
    f" time_stamp=12345, {BINDINGS})",
    {
        'enterprise': '1.3.6.1.4.1.8072',
        'agent_addr': '10.0.0.1',
        'generic_trap': 6,
        'specific_trap': 17,
        'time_stamp': 12345,
        'varbindlist': BOUND,
    },
    162,
)

# NetFlow.
built(
    'services',
    'NetflowOptionsFlowsetV9',
    'a template of options',
    "I4 / UDP(sport=4000, dport=2055) / NetflowHeader(version=9)"
    " / NetflowHeaderV9(count=1, sysUptime=5000, unixSecs=1600000000, packageSequence=3, SourceID=7)"
    " / NetflowOptionsFlowsetV9(templateID=259, option_scope_length=8, option_field_length=8,"
    " scopes=[NetflowOptionsFlowsetScopeV9(scopeFieldType=1, scopeFieldlength=4), NetflowOptionsFlowsetScopeV9(scopeFieldType=3, scopeFieldlength=2)],"
    " options=[NetflowOptionsFlowsetOptionV9(optionFieldType=34, optionFieldlength=2), NetflowOptionsFlowsetOptionV9(optionFieldType=36, optionFieldlength=4)])",
    {
        'flowSetID': 1,
        'templateID': 259,
        'option_scope_length': 8,
        'option_field_length': 8,
        'scopes': [
            part('NetflowOptionsFlowsetScopeV9', scopeFieldType=1, scopeFieldlength=4),
            part('NetflowOptionsFlowsetScopeV9', scopeFieldType=3, scopeFieldlength=2),
        ],
        'options': [
            part('NetflowOptionsFlowsetOptionV9', optionFieldType=34, optionFieldlength=2),
            part('NetflowOptionsFlowsetOptionV9', optionFieldType=36, optionFieldlength=4),
        ],
    },
    names,
)

# SMB2.
NBT = "I4 / TCP(sport=445, dport=40000, flags='PA') / NBTSession() / "
built(
    'services',
    'SMB2_Negotiate_Protocol_Response',
    'SMB 3.1.1 with a context',
    f"{NBT}SMB2_Header(Flags=1, MID=1, PID=65279)"
    " / SMB2_Negotiate_Protocol_Response(SecurityMode=3, DialectRevision=0x311, GUID='01020304-0506-0708-090a-0b0c0d0e0f10', Capabilities=0x7,"
    " MaxTransactionSize=8388608, MaxReadSize=4194304, MaxWriteSize=2097152, ServerTime=132881327265018850, ServerStartTime=132881327265018000,"
    " NegotiateContextOffset=0x80, NegotiateContexts=[SMB2_Negotiate_Context(ContextType=3, DataLength=10) / bytes.fromhex('01000000000000000200'),"
    " SMB2_Negotiate_Context(ContextType=8, DataLength=4) / bytes.fromhex('01000200')])",
    {
        'StructureSize': 65,
        'SecurityMode': 'SIGNING_ENABLED+SIGNING_REQUIRED',
        'DialectRevision': 0x311,
        'NegotiateCount': 2,
        'GUID': '01020304-0506-0708-090a-0b0c0d0e0f10',
        'MaxTransactionSize': 8388608,
        'MaxReadSize': 4194304,
        'MaxWriteSize': 2097152,
        'ServerTime': '132881327265018850',
        'NegotiateContextOffset': 0x80,
        'NegotiateContexts': [
            part('SMB2_Negotiate_Context', ContextType=3, DataLength=10, Reserved=0, Data='01000000000000000200'),
            part('SMB2_Negotiate_Context', ContextType=8, DataLength=4, Reserved=0, Data='01000200'),
        ],
    },
    names,
)
built(
    'services',
    'SMB2_Compression_Transform_Header',
    'compressed',
    f"{NBT}SMB2_Compression_Transform_Header(OriginalCompressedSegmentSize=4176,"
    " CompressionAlgorithm=2, Flags=0, Offset_or_Length=80) / b'compressed'",
    {
        'Start': 'fc534d42',
        'OriginalCompressedSegmentSize': 4176,
        'CompressionAlgorithm': 2,
        'Flags': 0,
        'Offset_or_Length': 80,
    },
    names,
)
