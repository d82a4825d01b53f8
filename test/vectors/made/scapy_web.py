"""Frames of HTTP/2 and messages of TLS as Scapy builds them."""

import struct

from book import built
from frames import I4  # noqa: F401  (names of the expressions)
from scapy.all import *  # noqa: F403  (names of the expressions)
from scapy.contrib.http2 import *  # noqa: F403
from scapy.layers.tls.all import *  # noqa: F403


def record(message):
    """A record of one handshake message; Scapy's own record would want keys for some of them."""
    data = raw(message)
    return Raw(struct.pack('!BHH', 22, 0x303, len(data)) + data)


names = {**globals()}


def frame(layer, name, type_, header, expression, fields):
    """A frame behind a SETTINGS frame, by which the protocol is told."""
    built(
        'web',
        layer,
        name,
        "I4 / TCP(sport=40000, dport=80, flags='PA') / H2Seq(frames=["
        "H2Frame(flags=0) / H2SettingsFrame(settings=[H2Setting(id=3, value=100), H2Setting(id=4, value=65536)]), "
        f'H2Frame({header}) / {expression}])',
        {'type': type_, 'reserved': 0, **fields},
        names,
    )


frame(
    'H2PriorityFrame',
    'PRIORITY',
    2,
    'flags=0, stream_id=7',
    'H2PriorityFrame(exclusive=1, stream_dependency=5, weight=99)',
    {'len': 5, 'stream_id': 7, 'exclusive': 1, 'stream_dependency': 5, 'weight': 99},
)
frame(
    'H2ResetFrame',
    'RST_STREAM',
    3,
    'flags=0, stream_id=7',
    'H2ResetFrame(error=7)',
    {'len': 4, 'stream_id': 7, 'error': 7},
)
HEADERS = 'hdrs=[HPackIndexedHdr(index=2), HPackIndexedHdr(index=7)]'
frame(
    'H2PushPromiseFrame',
    'PUSH_PROMISE',
    5,
    "flags={'EH'}, stream_id=7",
    f'H2PushPromiseFrame(stream_id=8, {HEADERS})',
    {
        'len': 6,
        'flags': 'END_HEADERS',
        'stream_id': 7,
        'reserved2': 0,
        'promised_stream_id': 8,
        'hdrs': '8287',
        'padding': '',
    },
)
frame(
    'H2PingFrame',
    'PING',
    6,
    "flags={'A'}, stream_id=0",
    'H2PingFrame(b"12345678")',
    {'len': 8, 'flags': 'ACK', 'stream_id': 0, 'opaque': str(int.from_bytes(b'12345678', 'big'))},
)
frame(
    'H2ContinuationFrame',
    'CONTINUATION',
    9,
    "flags={'EH'}, stream_id=7",
    f'H2ContinuationFrame({HEADERS})',
    {'len': 2, 'flags': 'END_HEADERS', 'stream_id': 7, 'hdrs': '8287'},
)
frame(
    'H2Frame',
    'a frame that nobody knows',
    12,
    'type=12, flags=0, stream_id=7',
    "b'unknown'",
    {'len': 7, 'stream_id': 7, 'data': b'unknown'.hex()},
)


def handshake(layer, name, expression, fields):
    built('web', layer, name, f"I4 / TCP(sport=443, dport=40000, flags='PA') / record({expression})", fields, names)


handshake('TLSHelloRequest', 'HelloRequest', 'TLSHelloRequest()', {'msgtype': 0, 'msglen': 0})
handshake(
    'TLS13NewSessionTicket',
    'NewSessionTicket',
    "TLS13NewSessionTicket(ticket_lifetime=7200, ticket_age_add=0x11223344, ticket_nonce=b'abc',"
    " ticket=b'0123456789', ext=[TLS_Ext_EarlyDataIndicationTicket(max_early_data_size=16384)])",
    {
        'msgtype': 4,
        'msglen': 34,
        'ticket_lifetime': 7200,
        'ticket_age_add': 0x11223344,
        'noncelen': 3,
        'ticket_nonce': b'abc'.hex(),
        'ticketlen': 10,
        'ticket': b'0123456789'.hex(),
        'extlen': 8,
        'ext': [['early_data', 16384]],
    },
)
handshake(
    'TLSEncryptedExtensions',
    'EncryptedExtensions',
    "TLSEncryptedExtensions(ext=[TLS_Ext_ALPN(protocols=[ProtocolName(protocol=b'h2')]), TLS_Ext_ServerName(servernames=[])])",
    {'msgtype': 8, 'ext': [['application_layer_protocol_negotiation', ['h2']], ['server_name']]},
)
handshake(
    'TLSFinished',
    'Finished',
    'TLSFinished(vdata=bytes(range(12)))',
    {'msgtype': 20, 'msglen': 12, 'vdata': bytes(range(12)).hex()},
)
handshake(
    'TLSCertificateStatus',
    'CertificateStatus',
    "TLSCertificateStatus(status_type=1, response=Raw(bytes.fromhex('30030a0106')))",
    {'msgtype': 22, 'msglen': 9, 'status_type': 1, 'responselen': 5, 'response': '30030a0106'},
)
