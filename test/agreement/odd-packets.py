"""Writes captures of packets that no program in the lab sends: python3 odd-packets.py FOLDER.

Scapy only builds the bytes here; what they mean is for tshark to say."""
import sys

from scapy.all import *  # noqa: F403

FOLDER = sys.argv[1]
ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
IP4 = IP(src="10.0.0.1", dst="10.0.0.2", id=7)
IP6 = IPv6(src="2001:db8::1", dst="2001:db8::2")
NEAR = IPv6(src="fe80::1", dst="ff02::1", hlim=255)
QUOTED = IP(src="10.0.0.2", dst="10.0.0.1", id=9, ttl=3) / UDP(sport=1000, dport=2000, len=32) / (b"q" * 24)


def arp():
    yield ETHER / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", hwdst="02:00:00:00:00:02", pdst="10.0.0.2")
    yield Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff") / ARP(
        hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.1") / Padding(bytes(18))
    yield Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:00") / LLC() / STP() / Padding(bytes(8))
    yield Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x9999) / Raw(b"unknown ethertype")


def ip():
    yield ETHER / IP4 / UDP(sport=1, dport=2) / Padding(bytes(18))
    yield ETHER / IP(src="10.0.0.1", dst="10.0.0.2", flags="evil", tos=3, ttl=0, proto=253) / Raw(b"experimental")
    yield ETHER / IP(src="10.0.0.1", dst="10.0.0.2", flags="MF", frag=185, id=65535, proto=17) / Raw(b"f" * 16)
    yield ETHER / IP(src="10.0.0.1", dst="10.0.0.2", chksum=0x1234) / TCP(chksum=0x4321)
    yield ETHER / IP(src="10.0.0.1", dst="10.0.0.2", options=[
        IPOption_NOP(), IPOption_RR(routers=["10.0.0.9", "10.0.0.8"]), IPOption_EOL()]) / UDP(sport=9, dport=10)
    yield ETHER / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_Router_Alert()]) / UDP(sport=9, dport=10)
    yield ETHER / IP4 / IP(src="172.16.0.1", dst="172.16.0.2") / ICMP()
    yield ETHER / IP4 / IP6 / UDP(sport=40001, dport=40002) / Raw(b"6in4")
    yield ETHER / IP6 / IP4 / UDP(sport=40001, dport=40002) / Raw(b"4in6")


def icmp():
    yield ETHER / IP4 / ICMP(type=4) / QUOTED
    for code in range(0, 16):
        yield ETHER / IP4 / ICMP(type=3, code=code, nexthopmtu=1280) / QUOTED
    yield ETHER / IP4 / ICMP(type=5, code=1, gw="10.0.0.254") / QUOTED
    yield ETHER / IP4 / ICMP(type=11, code=1) / QUOTED
    yield ETHER / IP4 / ICMP(type=12, code=0, ptr=20) / QUOTED
    yield ETHER / IP4 / ICMP(type=13, id=1, seq=2, ts_ori=3, ts_rx=4, ts_tx=5)
    yield ETHER / IP4 / ICMP(type=14, id=1, seq=2, ts_ori=86399999, ts_rx=4, ts_tx=0x80000000)
    yield ETHER / IP4 / ICMP(type=15, id=1, seq=2)
    yield ETHER / IP4 / ICMP(type=17, id=1, seq=2, addr_mask="255.255.255.0")
    yield ETHER / IP4 / ICMP(type=18, id=1, seq=2, addr_mask="255.255.255.0")
    yield ETHER / IP4 / ICMP(type=10)
    yield ETHER / IP4 / ICMP(type=3, code=3) / IP(src="10.0.0.2", dst="10.0.0.1") / TCP(seq=77, sport=5, dport=6)
    yield ETHER / IP4 / ICMP(type=3, code=3) / IP(src="10.0.0.2", dst="10.0.0.1", len=40, proto=6) / Raw(
        bytes(TCP(seq=77, sport=5, dport=6))[:8])
    yield ETHER / IP4 / ICMP(type=3, code=1) / IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(id=5, seq=6) / Raw(b"p" * 8)


def icmpv6():
    lla = ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")
    yield ETHER / NEAR / ICMPv6ND_RS() / lla
    yield ETHER / NEAR / ICMPv6ND_RA(chlim=64, M=1, O=1, H=1, prf=3, routerlifetime=1800, reachabletime=5000,
                                      retranstimer=1000) / ICMPv6NDOptPrefixInfo(
        prefixlen=64, L=1, A=1, validlifetime=86400, preferredlifetime=14400, prefix="2001:db8:1::"
    ) / ICMPv6NDOptMTU(mtu=1492) / lla / ICMPv6NDOptRDNSS(dns=["2001:db8::53", "2001:db8::54"], lifetime=600)
    yield ETHER / NEAR / ICMPv6ND_NS(tgt="2001:db8::2") / lla
    yield ETHER / IPv6(src="::", dst="ff02::1:ff00:2", hlim=255) / ICMPv6ND_NS(tgt="2001:db8::2")
    yield ETHER / NEAR / ICMPv6ND_NA(R=1, S=0, O=1, tgt="2001:db8::2") / ICMPv6NDOptDstLLAddr(
        lladdr="02:00:00:00:00:02")
    yield ETHER / NEAR / ICMPv6ND_Redirect(tgt="fe80::9", dst="2001:db8::9") / ICMPv6NDOptDstLLAddr(
        lladdr="02:00:00:00:00:02")
    quoted = IP6 / UDP(sport=1000, dport=2000) / Raw(b"q" * 40)
    yield ETHER / IP6 / ICMPv6DestUnreach(code=4) / quoted
    yield ETHER / IP6 / ICMPv6PacketTooBig(mtu=1280) / quoted
    yield ETHER / IP6 / ICMPv6TimeExceeded(code=0) / quoted
    yield ETHER / IP6 / ICMPv6ParamProblem(code=1, ptr=40) / quoted
    yield ETHER / NEAR / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / ICMPv6MLQuery(mladdr="ff02::fb", mrd=1000)
    yield ETHER / NEAR / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / ICMPv6MLReport(mladdr="ff02::fb")
    yield ETHER / NEAR / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / ICMPv6MLDone(mladdr="ff02::fb")


def ipv6():
    yield ETHER / IPv6(src="2001:db8::1", dst="2001:db8::2", tc=0xAB, fl=0xFEDCB, hlim=1) / UDP(sport=40003, dport=40004)
    yield ETHER / IPv6(src="::ffff:192.0.2.1", dst="1:0:0:2::") / UDP(sport=40003, dport=40004) / Raw(b"odd number")
    yield ETHER / IP6 / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0\0\0\0")]) / TCP(sport=40003, dport=40004)
    yield ETHER / IP6 / IPv6ExtHdrRouting(addresses=["2001:db8::7"], segleft=0) / UDP(sport=40003, dport=40004)
    yield ETHER / IP6 / IPv6ExtHdrHopByHop(options=[Pad1(), Pad1(), PadN(optdata=b"\0\0")]) / IPv6ExtHdrDestOpt(
    ) / IPv6ExtHdrFragment(id=0xDEADBEEF, offset=0, m=1) / UDP(sport=40003, dport=40004, len=80, chksum=1) / Raw(b"x" * 32)
    yield ETHER / IP6 / IPv6ExtHdrFragment(id=0xDEADBEEF, offset=5, m=0, nh=17) / Raw(b"y" * 32)
    yield ETHER / IPv6(src="2001:db8::1", dst="2001:db8::2", nh=59)
    yield ETHER / IPv6(src="2001:db8::1", dst="2001:db8::2", nh=253) / Raw(b"experimental")


def tcp():
    base = dict(sport=40000, dport=4000, seq=0xFFFFFFF0, ack=0x80000000)
    for flags in ("", "S", "SA", "A", "PA", "FA", "R", "RA", "U", "FPU", "SEC", "FSRPAUECN"):
        yield ETHER / IP4 / TCP(flags=flags, urgptr=17, window=0, **base) / Raw(b"data")
    for options in (
        [("MSS", 536)],
        [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (4294967295, 0)), ("NOP", None), ("WScale", 14)],
        [("NOP", None), ("NOP", None), ("SAck", (1, 2, 3, 4, 5, 6))],
        [("EOL", None)],
        [("NOP", None)] * 40,
        [(253, b"\x01\x02\x03\x04")],
        [("TFO", (0x01020304, 0x05060708))],
        [("UTO", 0x8001)],
    ):
        yield ETHER / IP4 / TCP(flags="A", options=options, **base) / Raw(b"data")
    yield ETHER / IP4 / TCP(flags="A", reserved=7, **base) / Raw(b"reserved bits")


def udp():
    yield ETHER / IP4 / UDP(sport=0, dport=65535, chksum=0) / Raw(b"no checksum")
    yield ETHER / IP4 / UDP(sport=40001, dport=40002, chksum=0xBAD) / Raw(b"bad checksum")
    # A payload that makes the sum 0, which is sent as 0xffff.
    zero = IP4 / UDP(sport=40001, dport=40002) / Raw(b"\0\0")
    yield ETHER / IP4 / UDP(sport=40001, dport=40002) / Raw(bytes(zero)[26:28])


def dns():
    yield ETHER / IP4 / UDP(sport=53, dport=40001) / DNS(
        id=0xABCD, qr=1, opcode=0, aa=1, tc=1, rd=1, ra=1, z=0, ad=1, cd=1, rcode=3, qd=DNSQR(qname="a.example"))
    yield ETHER / IP4 / UDP(sport=40001, dport=53) / DNS(id=1, opcode=4, qd=DNSQR(qname=".", qtype="SOA"))
    yield ETHER / IP4 / UDP(sport=40001, dport=53) / DNS(id=2, qd=DNSQR(
        qname="one.example", qtype="A") / DNSQR(qname="two.example", qtype="AAAA", qclass=3))
    answers = (
        DNSRR(rrname="www.example", type="CNAME", rdata="host.example", ttl=0)
        / DNSRR(rrname="host.example", type="A", rdata="192.0.2.1", ttl=0x7FFFFFFF)
        / DNSRR(rrname="host.example", type="AAAA", rdata="2001:db8::1")
        / DNSRR(rrname="host.example", type="TXT", rdata=["one", "two"])
        / DNSRR(rrname="example", type="NS", rdata="ns.example")
        / DNSRR(rrname="host.example", type=65280, rdata=b"\x01\x02\x03"))
    yield ETHER / IP4 / UDP(sport=53, dport=40001) / DNS(
        id=3, qr=1, qd=DNSQR(qname="www.example"), an=answers,
        ns=DNSRRSOA(rrname="example", mname="ns.example", rname="root.example", serial=4294967295, refresh=1, retry=2,
                    expire=3, minimum=4),
        ar=DNSRRSRV(rrname="_s._udp.example", priority=1, weight=2, port=3, target="t.example")
        / DNSRROPT(rclass=1232, extrcode=1, version=0, z=0x8000, rdata=[EDNS0TLV(optcode=10, optdata=b"12345678")]))
    # Compression by hand: 'www.example' at 12, the answer points to it, its target to 'example' in it.
    question = bytes.fromhex("0004 8180 0001 0001 0000 0000 03777777 076578616d706c65 00 0001 0001".replace(" ", ""))
    answer = bytes.fromhex("c00c 0005 0001 0000003c 0006 03667470 c010".replace(" ", ""))
    yield ETHER / IP4 / UDP(sport=53, dport=40001) / Raw(question + answer)
    # Pointers behind the end and into nowhere.
    for pointer in ("c0ff", "c01c"):
        header = bytes.fromhex("000501000001000000000000")
        yield ETHER / IP4 / UDP(sport=40001, dport=53) / Raw(header + bytes.fromhex(pointer + "00010001"))


def vlan():
    yield ETHER / Dot1Q(vlan=5, prio=6) / IP4 / UDP(sport=40003, dport=40004)
    yield ETHER / Dot1Q(vlan=4095, prio=7, id=1) / IP6 / TCP(sport=40003, dport=40004)
    yield ETHER / Dot1Q(vlan=0) / ARP(psrc="10.0.0.1", pdst="10.0.0.2", hwsrc="02:00:00:00:00:01")
    yield Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x88A8) / Dot1Q(vlan=100) / Dot1Q(
        vlan=200) / IP4 / UDP(sport=40003, dport=40004)


def write(name, packets, linktype):
    writer = PcapWriter(f"{FOLDER}/{name}.pcap", linktype=linktype)
    for number, packet in enumerate(packets):
        if isinstance(packet, Packet):
            packet.time = 1700000000 + number / 1000
        writer.write(packet)
    writer.close()


groups = (arp, ip, icmp, icmpv6, ipv6, tcp, udp, dns, vlan)
write("odd", [packet for group in groups for packet in group()], 1)
network = [packet.payload for group in (ip, icmpv6, tcp, udp, dns) for packet in group()]
write("raw", [bytes(packet) for packet in network], 101)
write("loopback", [(2 if bytes(p)[0] >> 4 == 4 else 30).to_bytes(4, "little") + bytes(p) for p in network], 0)
