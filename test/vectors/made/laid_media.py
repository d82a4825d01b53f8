"""RTP and RTCP laid out by hand."""

from book import laid
from frames import octets, udp

RTP, RTCP = ('-d', 'udp.port==5004,rtp'), ('-d', 'udp.port==5005,rtcp')


def rtcp(layer, name, after, data, fields, shows):
    laid(
        'media',
        layer,
        name,
        after,
        udp(5005, 5005, octets(data)),
        {'version': 2, 'padding': 0, **fields},
        shows,
        options=RTCP,
    )


laid(
    'media',
    'RTPPadding',
    'three bytes',
    'RFC 3550 §5.1',
    udp(5004, 5004, octets('a0 08 0102 00000010 00000007', b'sound', '0000 03')),
    {'fill': '0000', 'size': 3},
    ['Payload: 736f756e64', 'Padding data: 0000', 'Padding count: 3'],
    options=RTP,
)
rtcp(
    'RTCP',
    'a type that has no layer of its own',
    'RFC 6284 §5.2',
    '81 d2 0004 0000000a 0000000b 0102030405060708',
    {'count_': 1, 'packet_type': 210, 'length': 4, 'rest': '0000000a0000000b0102030405060708'},
    ['Port Mapping (210)', 'Subtype: 1', 'Length: 4 (20 bytes)', 'Identifier: 0x0000000a', 'length check: OK'],
)
rtcp(
    'RTCP_APP',
    'of an application',
    'RFC 3550 §6.7',
    ('85 cc 0003 0000000a 74657374 01020304'),
    {'subtype': 5, 'packet_type': 204, 'length': 3, 'sourcesync': 10, 'app_name': 'test', 'rest': '01020304'},
    [
        'Subtype: 5',
        'Length: 3 (16 bytes)',
        'Identifier: 0x0000000a (10)',
        'Name (ASCII): test',
        'data: 01020304',
        'length check: OK',
    ],
)
rtcp(
    'RTCP_RTPFB',
    'two packets are missing',
    'RFC 4585 §6.2.1',
    '81 cd 0003 0000000a 0000000b 0100 0001',
    {'fmt': 1, 'packet_type': 205, 'length': 3, 'sourcesync': 10, 'media_source': 11, 'fci': '01000001'},
    ['Sender SSRC: 0x0000000a', 'Media source SSRC: 0x0000000b', 'NACK PID: 256', 'BLP: 0x0001', 'length check: OK'],
)
rtcp(
    'RTCP_PSFB',
    'a whole picture is wanted',
    'RFC 5104 §4.3.1',
    '84 ce 0004 0000000a 00000000 0000000b 09000000',
    {'fmt': 4, 'packet_type': 206, 'length': 4, 'sourcesync': 10, 'media_source': 0, 'fci': '0000000b09000000'},
    [
        '(FIR) Command (4)',
        'Sender SSRC: 0x0000000a',
        'SSRC: 0x0000000b',
        'Command Sequence Number: 9',
        'length check: OK',
    ],
)
rtcp(
    'RTCP_XR',
    "a receiver's time",
    'RFC 3611 §4.4',
    '80 cf 0004 0000000a 04000002 e1000000 40000000',
    {'packet_type': 207, 'length': 4, 'sourcesync': 10, 'blocks': '04000002e100000040000000'},
    [
        'Sender SSRC: 0x0000000a',
        'Receiver Reference Time Report Block (4)',
        'Timestamp: Aug 15, 2019 16:00:00.250000000 UTC',
        'length check: OK',
    ],
)
