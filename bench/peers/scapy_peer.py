"""The interpreted peer of the benchmarks: the same work as bench/ours.ts in Scapy.

Usage: python3 scapy_peer.py MODE FILE COUNT, where MODE is two-fields, every-field or build (FILE is not read to build).
Prints one JSON object: CPU nanoseconds a packet, and the sink, which every side must agree on.
"""
import gc
import json
import logging
import struct
import sys
import time

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.config import conf  # noqa: E402
from scapy.layers.dns import DNS, DNSQR  # noqa: E402
from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6, _ICMPv6  # noqa: E402
from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: E402
from scapy.packet import Packet  # noqa: E402

FNV_START, FNV_PRIME = 2166136261, 16777619


class Sink:
    def __init__(self):
        self.count, self.sum, self.text = 0, 0, FNV_START

    def number(self, value):
        self.sum = (self.sum + value) % 9007199254740881

    def string(self, value):
        for byte in value if isinstance(value, bytes) else value.encode():
            self.text = ((self.text ^ byte) * FNV_PRIME) & 0xFFFFFFFF

    def __str__(self):
        return f"{self.count} {self.sum} {self.text}"


def read_capture(path, count):
    packets = []
    with open(path, "rb") as file:
        file.read(24)
        while len(packets) < count:
            header = file.read(16)
            if len(header) < 16:
                break
            packets.append(file.read(struct.unpack("<IIII", header)[2]))
    return packets


def two_fields(packets):
    total = 0
    for data in packets:
        packet = Ether(data)
        ip = packet.getlayer(IP)
        if ip is not None:
            source = ip.src
            total += len(source) + ord(source[-1])
        tcp = packet.getlayer(TCP)
        if tcp is not None:
            total += tcp.dport
    return total


def two_fields_sink(packets):
    sink = Sink()
    for data in packets:
        packet = Ether(data)
        ip = packet.getlayer(IP)
        if ip is not None:
            sink.count += 1
            sink.string(ip.src)
        tcp = packet.getlayer(TCP)
        if tcp is not None:
            sink.number(tcp.dport)
    return sink


def touch(layer):
    """Reads every field of one layer and of what its fields hold; how many were read."""
    read = 0
    for field in layer.fields_desc:
        value = getattr(layer, field.name)
        read += 1
        while isinstance(value, Packet):
            read += touch(value)
            value = value.payload or None
        if isinstance(value, list):
            for element in value:
                if isinstance(element, Packet):
                    read += touch(element)
    return read


def every_field(packets):
    read = 0
    for data in packets:
        layer = Ether(data)
        while layer:
            read += touch(layer)
            layer = layer.payload
    return read


def every_field_sink(packets):
    sink = Sink()
    for data in packets:
        layer = Ether(data)
        sink.string(layer.dst)
        sink.string(layer.src)
        while layer:
            kind = type(layer)
            if kind is Dot1Q:
                sink.number(layer.vlan + 4096 * layer.prio)
                sink.count += 1
            elif kind is ARP:
                sink.number(layer.op)
                for text in (layer.hwsrc, layer.psrc, layer.hwdst, layer.pdst):
                    sink.string(text)
                sink.count += 1
            elif kind is IP:
                sink.number(layer.ihl + layer.tos + layer.len + layer.id + layer.ttl + layer.proto + layer.chksum)
                sink.string(layer.src)
                sink.string(layer.dst)
                sink.count += 1
            elif kind is IPv6:
                sink.number(layer.tc + layer.fl + layer.plen + layer.nh + layer.hlim)
                sink.string(layer.src)
                sink.string(layer.dst)
                sink.count += 1
            elif kind is TCP:
                sink.number(layer.sport + layer.dport + layer.seq + layer.ack + layer.window + layer.chksum)
                sink.number(len(layer.options))
                sink.count += 1
            elif kind is UDP:
                sink.number(layer.sport + layer.dport + layer.len + layer.chksum)
                sink.count += 1
            elif kind is ICMP:
                sink.number(layer.type + layer.code + layer.chksum)
                sink.count += 1
                break
            elif isinstance(layer, _ICMPv6):
                sink.number(layer.type + layer.code + layer.cksum)
                sink.count += 1
            elif kind is DNS:
                sink.number(layer.id + layer.qdcount + layer.ancount + layer.nscount + layer.arcount)
                question = layer.qd
                while isinstance(question, DNSQR):
                    sink.string(question.qname)
                    question = question.payload
                sink.count += 1
            layer = layer.payload
    return sink


def destination(index):
    return f"10.{index}.{255 - index}.{1 + index % 250}"


ADDRESSES = [destination(index) for index in range(256)]
PAYLOAD = b"x" * 64


def build_one(index):
    return bytes(
        Ether(dst="00:11:22:33:44:55", src="66:77:88:99:aa:bb")
        / IP(src="192.168.0.10", dst=ADDRESSES[index & 255], id=index & 0xFFFF, ttl=64)
        / TCP(
            sport=1024 + index % 60000,
            dport=80,
            seq=(index * 2654435761) & 0xFFFFFFFF,
            ack=index,
            flags="PA",
            window=8192,
        )
        / PAYLOAD
    )


def build(count):
    total = 0
    for index in range(count):
        data = build_one(index)
        total += len(data) + data[25] + data[51]
    return total


def build_sink(count):
    sink = Sink()
    for index in range(count):
        data = build_one(index)
        sink.count += len(data)
        for byte in data:
            sink.number(byte)
        sink.string(data)
    return sink


def main():
    mode, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    building = mode == "build"
    work = count if building else read_capture(path, count)
    run, check = {
        "two-fields": (two_fields, two_fields_sink),
        "every-field": (every_field, every_field_sink),
        "build": (build, build_sink),
    }[mode]
    packets = work if building else len(work)
    run(min(200, work) if building else work[:200])
    gc.collect()
    start = time.process_time()
    result = run(work)
    nanoseconds = (time.process_time() - start) * 1e9 / packets
    print(
        json.dumps(
            {
                "side": f"scapy {conf.version}",
                "mode": mode,
                "packets": packets,
                "nanoseconds": round(nanoseconds, 1),
                "values": round(result / packets, 1) if mode == "every-field" else 0,
                "sink": str(check(work)),
            }
        )
    )


main()
