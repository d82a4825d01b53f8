"""Hears or sends one datagram: groups.py hear broadcast|link|GROUP IFACE, groups.py send TARGET PORT IFACE. What hears answers whoever sent."""
import fcntl
import ipaddress
import socket
import struct
import sys


def address_of(interface):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return fcntl.ioctl(s.fileno(), 0x8915, struct.pack("256s", interface.encode()))[20:24]


what, address = sys.argv[1:3]
interface = sys.argv[-1]
is_six = address == "link" or ":" in address
s = socket.socket(socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(30)
index = socket.if_nametoindex(interface)
if what == "hear":
    s.bind(("", 0))
    if address not in ("broadcast", "link"):
        group = ipaddress.ip_address(address).packed
        if is_six:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group + struct.pack("@I", index))
        else:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + address_of(interface))
    print("port", s.getsockname()[1], flush=True)
    data, sender = s.recvfrom(1000)
    print("heard", data.decode(), flush=True)
    s.sendto(b"heard " + data, sender)
else:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if is_six:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    else:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, address_of(interface))
    s.sendto(b"Bonjour", (address, int(sys.argv[3])))
    print("answer", s.recvfrom(1000)[0].decode())
