"""What the packets of these vectors stand in: the same addresses and ports everywhere."""

from scapy.all import IP, TCP, UDP, Ether, IPv6, Raw

E = Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
I4 = E / IP(src='10.0.0.1', dst='10.0.0.2')
I6 = E / IPv6(src='fe80::1', dst='fe80::2')


def udp(sport, dport, data):
    return I4 / UDP(sport=sport, dport=dport) / Raw(data)


def tcp(sport, dport, data):
    return I4 / TCP(sport=sport, dport=dport, flags='PA') / Raw(data)


def octets(*pieces):
    """Bytes of the pieces of a figure: hex texts with spaces, or bytes."""
    return b''.join(each if isinstance(each, bytes) else bytes.fromhex(each) for each in pieces)
