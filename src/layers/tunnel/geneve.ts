/**
 * GENEVE, frames of virtual networks in UDP, with options. RFC 8926 §3.4, §3.5.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-----------+-+-+-----------+-------------------------------+
 *   |ver| optionlen |o|c| reserved  |             proto             |
 *   +---+-----------+-+-+-----------+---------------+---------------+
 *   |                      vni                      |   reserved2   |
 *   +-------------------------------+---------------+-----+---------+
 *   |            classid            |     type      | res | length  |  each option
 *   +-------------------------------+---------------+-----+---------+
 */
import { behave, bind, bits, bytes, layer, layers, u8, u16Enum, u24 } from '../../packet/index.js'
import { carryEtherTypes } from '../link/ether-type.js'
import { ETHER_TYPES, Ether } from '../link/ethernet.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

const PORT = 6081
const ETHERNET_TYPE = 0x6558

/** IANA, "Geneve Option Class". */
const CLASSES: Readonly<Record<number, string>> = {
  0x0100: 'Linux',
  0x0101: 'Open-vSwitch',
  0x0102: 'OVN',
  0x0103: 'INT',
  0x0104: 'VMware',
  0x0105: 'Amazon',
  0x0106: 'Cisco',
  0x0107: 'Oracle',
  0x0108: 'AWS',
}

export const GeneveOptions = layer(
  'GeneveOptions',
  () => ({
    classid: u16Enum(0x0102, CLASSES).hex(),
    type: u8().hex().about('From 128 on, who does not know it drops the packet.'),
    reserved: bits(3),
    length: bits(5)
      .auto((c) => c.fieldLength('data') >>> 2)
      .about('Of data, in words of 4 bytes.'),
    data: bytes((me) => (me.length as number) * 4).about('Whole words of 4 bytes.'),
  }),
  'Option of GENEVE.',
  'RFC 8926 §3.5',
)

export const GENEVE = layer(
  'GENEVE',
  () => ({
    version: bits(2),
    optionlen: bits(6)
      .auto((c) => c.fieldLength('options') >>> 2)
      .about('Of all options, in words of 4 bytes.'),
    oam: bits(1).about('1: of the tunnel itself, not of those who use it.'),
    critical: bits(1).about('1: there are options that must be known.'),
    reserved: bits(6),
    proto: u16Enum(ETHERNET_TYPE, ETHER_TYPES).hex(),
    vni: u24().about('Number of the network, 0..16777215.'),
    reserved2: u8(),
    options: layers(GeneveOptions, { length: (me) => (me.optionlen as number) * 4 }),
  }),
  'Ethernet frame, or packet of another protocol, of a virtual network, in UDP.',
  'RFC 8926 §3.4',
)

behave(GENEVE, {
  refine: (buffer, start, end) => (end - start >= 8 && buffer[start]! >> 6 !== 0 ? Raw : undefined),
  headerLength: (me) => 8 + me.optionlen * 4,
  headerLengthField: 'optionlen',
  summary: (me) => `GENEVE vni ${me.vni}`,
})

carryEtherTypes(GENEVE, (proto) => ({ proto }))
bind(GENEVE, Ether, { proto: ETHERNET_TYPE })
bind(UDP, GENEVE, { sport: PORT }, { build: false })
bind(UDP, GENEVE, { dport: PORT })
