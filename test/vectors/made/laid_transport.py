"""Chunks of SCTP laid out by hand."""

from book import laid
from frames import I4, octets
from scapy.all import Raw
from scapy.layers.sctp import SCTP


def chunk(layer, name, after, data, fields, shows, reader='tshark'):
    laid(
        'transport',
        layer,
        name,
        after,
        I4 / SCTP(sport=4000, dport=4001, tag=9) / Raw(octets(data)),
        fields,
        shows,
        reader,
    )


chunk(
    'SCTPChunkUnknown',
    'a chunk that nobody knows',
    'RFC 9260 §3.2',
    'c8 05 000a 616263646566 0000',
    {'type': 200, 'flags': 5, 'len': 10, 'value': '616263646566'},
    ['Unknown (200)', 'Chunk flags: 0x05', 'Chunk length: 10', 'Chunk value: 616263646566'],
)
chunk(
    'SCTPChunkECNE',
    'ECN echo',
    'RFC 9260 appendix A',
    '0c 00 0008 01020304',
    {'type': 12, 'flags': 0, 'len': 8, 'lowest_tsn': 0x01020304},
    ['ECNE (12)', 'Lowest TSN: 16909060'],
)
chunk(
    'SCTPChunkCWR',
    'congestion window reduced',
    'RFC 9260 appendix A',
    '0d 00 0008 01020305',
    {'type': 13, 'flags': 0, 'len': 8, 'lowest_tsn': 0x01020305},
    ['CWR (13)', 'Lowest TSN: 16909061'],
)
chunk(
    'SCTPChunkIForwardTSN',
    'two streams',
    'RFC 8260 §2.3.1',
    'c2 00 0018 00000063 0001 0000 00000007 0003 0001 00000009',
    {'type': 194, 'flags': 0, 'len': 24, 'new_tsn': 99, 'streams': ['1:7', '3:9u']},
    [
        'New cumulative TSN: 99',
        'Stream identifier: 1',
        'Message identifier: 7',
        'Stream identifier: 3',
        'U-Bit: Unordered messages',
        'Message identifier: 9',
    ],
)
chunk(
    'SCTPChunkIData',
    'the second part of a message',
    'RFC 8260 §2.1',
    '40 04 001a 00000038 0002 0000 00011170 00000001 736f6d65 2121 0000',
    {
        'type': 64,
        'unordered': 1,
        'beginning': 0,
        'ending': 0,
        'len': 26,
        'tsn': 56,
        'stream_id': 2,
        'message_id': 70000,
        'ppid_fsn': 1,
        'data': b'some!!'.hex(),
    },
    [
        'U-Bit: Unordered delivery',
        'B-Bit: Subsequent segment',
        '(absolute): 56',
        'Stream identifier: 0x0002',
        'Message identifier: 70000',
        'Fragment sequence number: 1',
    ],
)
chunk(
    'SCTPChunkPad',
    'eight bytes',
    'RFC 4820 §3',
    '84 00 000c 0000000000000000',
    {'type': 132, 'flags': 0, 'len': 12, 'padding': '00' * 8},
    ['PAD (132)', 'Chunk length: 12'],
)
