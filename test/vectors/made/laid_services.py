"""DNS records, options of DHCPv6, SNMP, IPFIX and SMB2 laid out by hand."""

import struct

import dns.message
import dns.rrset
import dns.version
from book import add, laid, part
from frames import E, octets, tcp, udp
from scapy.all import UDP, IPv6, Raw, raw


def record(layer, name, after, type_, data, fields, shows):
    """An answer with one record; no name stands twice, so that nothing is compressed."""
    whole = octets(*data) if isinstance(data, tuple) else octets(data)
    message = octets(
        '0007 8400 0000 0001 0000 0000', '0161 036f7267 00', struct.pack('!HHIH', type_, 1, 300, len(whole)), whole
    )
    laid(
        'services',
        'DNS',
        name,
        after,
        udp(53, 4000, message),
        {
            'id': 7,
            'qr': 1,
            'aa': 1,
            'ancount': 1,
            'an': [part(layer, rrname='a.org.', type_=type_, rclass=1, ttl=300, rdlen=len(whole), **fields)],
        },
        shows,
    )


record(
    'DNSRRHINFO',
    'HINFO',
    'RFC 1035 §3.3.2',
    13,
    ('06', b'RISC-V', '05', b'Linux'),
    {'cpu': 'RISC-V', 'os': 'Linux'},
    ['CPU: RISC-V', 'OS: Linux'],
)
record(
    'DNSRRNAPTR',
    'NAPTR',
    'RFC 3403 §4.1',
    35,
    ('0064 000a 01', b'S', '08', b'SIPS+D2T', '00', '04', b'_sip', '03', b'net', '00'),
    {'order': 100, 'preference': 10, 'flags': 'S', 'services': 'SIPS+D2T', 'regexp': '', 'replacement': '_sip.net.'},
    ['Order: 100', 'Preference: 10', 'Flags: S', 'Service: SIPS+D2T', 'Replacement: _sip.net'],
)
record(
    'DNSRRSSHFP',
    'SSHFP',
    'RFC 4255 §3.1',
    44,
    ('04 02', bytes(range(32))),
    {'algorithm': 4, 'fptype': 2, 'fingerprint': bytes(range(32)).hex()},
    ['Ed25519 (4)', 'SHA256 (2)', f'Fingerprint: {bytes(range(32)).hex()}'],
)
record(
    'DNSRRTLSA',
    'TLSA',
    'RFC 6698 §2.1',
    52,
    ('02 00 01', bytes(range(32))),
    {'usage': 2, 'selector': 0, 'matchingtype': 1, 'data': bytes(range(32)).hex()},
    ['(DANE-TA) (2)', '(Cert) (0)', '(SHA2-256) (1)', f'Data: {bytes(range(32)).hex()}'],
)
for layer, type_ in (('DNSRRSVCB', 64), ('DNSRRHTTPS', 65)):
    record(
        layer,
        layer[5:],
        'RFC 9460 §2.2',
        type_,
        (
            '0001',
            '03',
            b'net',
            '00',
            '0000 0004 0001 0003',
            '0001 0006 02',
            b'h2',
            '02',
            b'h3',
            '0003 0002 20fb',
            '0004 0008 c0000201 c0000202',
        ),
        {
            'svc_priority': 1,
            'target_name': 'net.',
            'svc_params': [
                ['mandatory', ['alpn', 'port']],
                ['alpn', ['h2', 'h3']],
                ['port', 8443],
                ['ipv4hint', ['192.0.2.1', '192.0.2.2']],
            ],
        },
        [
            'SvcPriority: 1',
            'TargetName: net',
            'mandatory=alpn,port',
            'alpn=h2,h3',
            'port=8443',
            'ipv4hint=192.0.2.1,192.0.2.2',
        ],
    )
record(
    'DNSRRCAA',
    'CAA',
    'RFC 8659 §4.1',
    257,
    ('80 05', b'issue', b'ca.example'),
    {'flags': 'critical', 'tag': 'issue', 'value': 'ca.example'},
    ['Issuer Critical: Critical', 'Tag: issue', 'Value: ca.example'],
)

# tshark 4.0 knows no URI: dnspython writes one.
TEXT = '10 2 "https://lab.test/"'
message = dns.message.Message(7)
message.flags = 0x8400
message.answer.append(dns.rrset.from_text('a.org.', 300, 'IN', 'URI', TEXT))
add(
    'laid',
    'services',
    'DNS',
    'URI',
    f'dnspython {dns.version.version}: a.org. 300 IN URI {TEXT}',
    'dnspython',
    'Ether',
    raw(udp(53, 4000, message.to_wire())),
    {
        'id': 7,
        'ancount': 1,
        'an': [
            part(
                'DNSRRURI',
                rrname='a.org.',
                type_=256,
                rclass=1,
                ttl=300,
                priority=10,
                weight=2,
                target='https://lab.test/',
            )
        ],
    },
    {},
)

# DHCPv6.


def option(layer, name, after, code, data, fields, shows, reader='tshark'):
    whole = octets(*data) if isinstance(data, tuple) else octets(data)
    frame = (
        E
        / IPv6(src='fe80::1', dst='fe80::2')
        / UDP(sport=547, dport=546)
        / Raw(octets('07 000009', struct.pack('!HH', code, len(whole)), whole))
    )
    laid('services', layer, name, after, frame, {'optcode': code, 'optlen': len(whole), **fields}, shows, reader)


option(
    'DHCP6OptClientId',
    'an identifier of a kind that nobody knows',
    'RFC 8415 §11.1',
    1,
    ('00c8', b'unlike'),
    {'duid': [part('DUID_Unknown', type_=200, data=b'unlike'.hex())]},
    ['DUID Type: Unknown (200)', 'Length: 8'],
)
SERVERS = (
    '0001 0010 fd000000000000000000000000000001',
    '0002 0010 ff050000000000000000000000000101',
    '0003 000a 03',
    b'ntp',
    '04',
    b'test',
    '00',
)
option(
    'DHCP6OptNTPServer',
    'three kinds of servers',
    'RFC 5908 §4',
    56,
    SERVERS,
    {
        'ntpservers': [
            part('DHCP6NTPSuboption', optcode=1, optlen=16, addr='fd00::1'),
            part('DHCP6NTPSuboption', optcode=2, optlen=16, addr='ff05::101'),
            part('DHCP6NTPSuboption', optcode=3, optlen=10, fqdn='ntp.test.'),
        ]
    },
    ['NTP Server Address: fd00::1', 'NTP Multicast Address: ff05::101', 'NTP Server FQDN: ntp.test.'],
)
option(
    'DHCP6OptAFTRName',
    'name of a tunnel',
    'RFC 6334 §3',
    64,
    ('04', b'aftr', '04', b'test', '00'),
    {'aftrname': 'aftr.test.'},
    ['AFTR Name: aftr.test.'],
)
# SNMP version 3, without encryption.


def ber(tag, *pieces):
    data = octets(*pieces)
    return bytes([tag, len(data)]) + data


ENGINE = '80001f8804 6c6162'
BINDING = ber(0x30, ber(6, '2b060106030f01010400'), ber(0x41, '09'))
REPORT = ber(0xA8, ber(2, '12345678'), ber(2, '00'), ber(2, '00'), ber(0x30, BINDING))
MESSAGE = ber(
    0x30,
    ber(2, '03'),
    ber(0x30, ber(2, '12345678'), ber(2, '00ffe3'), ber(4, '00'), ber(2, '03')),
    ber(4, ber(0x30, ber(4, ENGINE), ber(2, '05'), ber(2, '0101'), ber(4, b'ann'), ber(4, ''), ber(4, ''))),
    ber(0x30, ber(4, ENGINE), ber(4, b'lab'), REPORT),
)
laid(
    'services',
    'SNMPv3',
    'a report',
    'RFC 3412 §6, RFC 3414 §2.4 and RFC 3416 §3',
    udp(161, 4000, MESSAGE),
    {
        'version': 3,
        'msgID': 0x12345678,
        'msgMaxSize': 65507,
        'msgFlags': '',
        'msgSecurityModel': 3,
        'msgAuthoritativeEngineID': {'hex': '80001f88046c6162'},
        'msgAuthoritativeEngineBoots': 5,
        'msgAuthoritativeEngineTime': 257,
        'msgUserName': 'ann',
        'contextEngineID': {'hex': '80001f88046c6162'},
        'contextName': 'lab',
        'PDU': [
            part(
                'SNMPreport',
                id_=0x12345678,
                error=0,
                error_index=0,
                varbindlist=[part('SNMPvarbind', oid='1.3.6.1.6.3.15.1.1.4.0', type_=65, value=9)],
            )
        ],
    },
    [
        'msgID: 305419896',
        'msgMaxSize: 65507',
        'msgSecurityModel: USM (3)',
        'msgAuthoritativeEngineBoots: 5',
        'msgAuthoritativeEngineTime: 257',
        'msgUserName: ann',
        'contextName: lab',
        'data: report (8)',
        '1.3.6.1.6.3.15.1.1.4.0: 9',
    ],
)

# IPFIX: two templates of options in a set. The second has two scope fields, one of an enterprise, and two others.
SET = octets(
    '0200 0002 0001 008e 0004 0029 0008', '0201 0004 0002', '008e 0004 8001 0002 00007a69', '0052 ffff', '0029 0008'
)
SET = octets('0003', struct.pack('!H', 4 + len(SET)), SET)
laid(
    'services',
    'NetflowOptionsFlowset10',
    'two templates of options',
    'RFC 7011 §3.4.2',
    udp(4000, 4739, octets('000a', struct.pack('!H', 16 + len(SET)), '5f5e1000 00000003 00000007', SET)),
    {
        'flowSetID': 3,
        'length': len(SET),
        'templateID': 512,
        'field_count': 2,
        'scope_field_count': 1,
        'further': [
            part(
                'NetflowOptionsTemplate10',
                templateID=513,
                field_count=4,
                scope_field_count=2,
                scopes=[
                    part('NetflowOptionsFlowsetOptionV9', enterpriseBit=0, optionFieldType=142, optionFieldlength=4),
                    part(
                        'NetflowOptionsFlowsetOptionV9',
                        enterpriseBit=1,
                        optionFieldType=1,
                        optionFieldlength=2,
                        enterpriseNumber=31337,
                    ),
                ],
                options=[
                    part('NetflowOptionsFlowsetOptionV9', enterpriseBit=0, optionFieldType=82, optionFieldlength=65535),
                    part('NetflowOptionsFlowsetOptionV9', enterpriseBit=0, optionFieldType=41, optionFieldlength=8),
                ],
            )
        ],
    },
    [
        'Options Template (Id = 512) (Scope Count = 1; Data Count = 1)',
        'Options Template (Id = 513) (Scope Count = 2; Data Count = 2)',
        'portId (142)',
        'PEN: Union & Comstar (31337)',
        'Length: 65535',
        'TOTAL_PKTS_EXP (41)',
    ],
)

# SMB2: the header of what is encrypted.
SMB = octets(
    'fd534d42', bytes(range(16)), '101112131415161718191a 0000000000', '05000000 0000 0100 8877665544332211', b'#' * 5
)
laid(
    'services',
    'SMB2_Transform_Header',
    'encrypted',
    '[MS-SMB2] §2.2.41',
    tcp(445, 40000, octets('00 000039', SMB)),
    {
        'Start': 'fd534d42',
        'Signature': bytes(range(16)).hex(),
        'Nonce': '101112131415161718191a0000000000',
        'OriginalMessageSize': 5,
        'Reserved': 0,
        'Flags': 1,
        'SessionId': str(0x1122334455667788),
    },
    [
        f'Signature: {bytes(range(16)).hex()}',
        'Nonce: 101112131415161718191a0000000000',
        'Message size: 5',
        'Encrypted: True',
        'Session Id: 0x1122334455667788',
    ],
)
