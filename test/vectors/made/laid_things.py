"""Modbus and MQTT laid out by hand."""

from book import laid
from frames import octets, tcp

laid(
    'things',
    'ModbusPDUError',
    'a device that is busy',
    'MODBUS Application Protocol V1.1b3 §7',
    tcp(502, 40000, octets('1234 0000 0003 09', '90 06')),
    {'funcCode': 0x90, 'exceptCode': 6},
    ['Write Multiple Registers (16)', 'Slave device busy (6)'],
)
laid(
    'things',
    'ModbusPDUError',
    'a function that is not there',
    'MODBUS Application Protocol V1.1b3 §7',
    tcp(502, 40000, octets('1234 0000 0003 09', 'aa 01')),
    {'funcCode': 0xAA, 'exceptCode': 1},
    ['Unknown (42)', 'Illegal function (1)'],
)
