"""QUIC laid out by hand."""

from book import laid, part
from frames import octets, udp
from quic_initial import initial

HERE, THERE = bytes.fromhex('0102030405060708'), bytes.fromhex('a1a2a3a4a5')
LONG = {
    'HeaderForm': 1,
    'FixedBit': 1,
    'DstConnIDLen': 8,
    'DstConnID': HERE.hex(),
    'SrcConnIDLen': 5,
    'SrcConnID': THERE.hex(),
}
IDS = octets('08', HERE, '05', THERE)


def frames(name, after, data, fields, shows, padding):
    used = octets(data)
    laid(
        'web',
        'QUIC_Initial',
        name,
        after,
        udp(4000, 443, initial(HERE, THERE, 0x123, used)),
        {
            **LONG,
            'LongPacketType': 0,
            'Version': 1,
            'PacketNumberLen': 2,
            'PacketNumber': 0x123,
            'frames': [*fields, part('QUIC_PADDING', zeros=1162 - len(used))][: None if padding else -1],
        },
        shows,
    )


frames(
    'PING and ACK',
    'RFC 9000 §19.2 and §19.3',
    '01 03 4200 19 02 05 01 02 03 04 07 08 09',
    [
        part('QUIC_PING', Type=1),
        part(
            'QUIC_ACK',
            Type=3,
            LargestAcknowledged=0x200,
            AckDelay=25,
            AckRangeCount=2,
            FirstAckRange=5,
            Ranges=[1, 2, 3, 4],
            ECT0Count=7,
            ECT1Count=8,
            ECNCECount=9,
        ),
    ],
    [
        'Packet Number: 291',
        'Frame Type: PING',
        'Largest Acknowledged: 512',
        'ACK Delay: 25',
        'ACK Range Count: 2',
        'First ACK Range: 5',
        'Gap: 1',
        'ACK Range: 4',
        'ECT(0) Count: 7',
        'ECT(1) Count: 8',
        'ECN-CE Count: 9',
        'Padding Length: 1148',
    ],
    True,
)
frames(
    'CONNECTION_CLOSE',
    'RFC 9000 §19.19',
    octets('1c 4128 06 07', b'no more'),
    [
        part(
            'QUIC_CONNECTION_CLOSE',
            Type=0x1C,
            ErrorCode=0x128,
            FrameType=6,
            ReasonPhraseLength=7,
            ReasonPhrase='no more',
        )
    ],
    [
        'CRYPTO_ERROR (296)',
        'Frame Type: 6',
        'Reason phrase Length: 7',
        'Reason phrase: no more',
        'Padding Length: 1150',
    ],
    True,
)
frames(
    'a frame that may not be there',
    'RFC 9000 §19.9',
    '10 4200',
    [part('QUIC_Frame', Type=0x10, Data=('4200' + '00' * 1159))],
    ['MAX_DATA (0x0000000000000010)', 'Maximum Data: 512'],
    False,
)
laid(
    'web',
    'QUIC_0RTT',
    '0-RTT',
    'RFC 9000 §17.2.3',
    udp(4000, 443, octets('d3 00000001', IDS, '20', bytes(range(32)))),
    {**LONG, 'LongPacketType': 1, 'ProtectedBits': 3, 'Version': 1, 'Length': 32, 'load': bytes(range(32)).hex()},
    [
        'Packet Type: 0-RTT (1)',
        f'Destination Connection ID: {HERE.hex()}',
        f'Source Connection ID: {THERE.hex()}',
        'Length: 32',
        f'Payload: {bytes(range(32)).hex()}',
    ],
)
laid(
    'web',
    'QUIC_Version',
    'two versions',
    'RFC 9000 §17.2.1',
    udp(443, 4000, octets('ca 00000000', IDS, '00000001 6b3343cf')),
    {
        **{key: LONG[key] for key in LONG if key != 'FixedBit'},
        'Version': 0,
        'Unused': 0x4A,
        'SupportedVersions': [1, 0x6B3343CF],
    },
    ['Unused: 0x4a', 'Version Negotiation', 'Supported Version: 1 (0x00000001)', 'Supported Version: 2 (0x6b3343cf)'],
    options=('-d', 'udp.port==4000,quic'),
)
laid(
    'web',
    'QUIC_LongHeader',
    'a Retry of an old draft',
    'draft-ietf-quic-transport-23 §17.2.5',
    udp(4000, 443, octets('f5 ff000017', IDS, '08 1112131415161718', b'a longer token')),
    {
        **{key: LONG[key] for key in LONG if key != 'FixedBit'},
        'TypeSpecific': 0x75,
        'Version': 0xFF000017,
        'load': '081112131415161718' + b'a longer token'.hex(),
    },
    [
        'Version: draft-23 (0xff000017)',
        'Packet Type: Retry (3)',
        f'Destination Connection ID: {HERE.hex()}',
        f'Source Connection ID: {THERE.hex()}',
        'Original Destination Connection ID: 1112131415161718',
        f'Retry Token: {b"a longer token".hex()}',
    ],
    options=('-d', 'udp.port==4000,quic'),
)
