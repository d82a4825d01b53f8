"""Frames of 802.11 as Scapy builds them."""

from book import built
from scapy.all import *  # noqa: F403  (names of the expressions)

names = {**globals()}
built(
    'wireless',
    'Dot11',
    'a sleeper is told of traffic',
    "RadioTap(present='Flags', Flags='FCS') / Dot11FCS(type=0, subtype=9, ID=0x13a, SC=0x0210, addr1='02:00:00:00:00:02', addr2='02:00:00:00:00:01',"
    " addr3='02:00:00:00:00:03') / Dot11ATIM()",
    {'type': 0, 'subtype': 9, 'addr1': '02:00:00:00:00:02', 'addr3': '02:00:00:00:00:03'},
    names,
    'RadioTap',
)
