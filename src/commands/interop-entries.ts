import {
  EXPORT_FORMATS,
  exportPacket,
  fromScapy,
  importHexdump,
  tcpdump,
  toScapy,
  tshark,
  wireshark,
} from '../tools/interop/index.js'
import type { Entry } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

const PACKETS: ParameterMetadata = { name: 'packets', type: 'Packet | list', summary: 'a packet, or several' }
const PACKET = "IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP({dport: 53})"

/** What packets are exchanged for with other programs. */
export const INTEROP_ENTRIES: readonly Entry[] = [
  [
    'importHexdump',
    importHexdump,
    () => ({
      summary:
        'The packets in a pasted text: dumps of tcpdump, tshark, Wireshark, xxd, digits, arrays of C, strings of Python.',
      usage: 'importHexdump(`text`, {layer})',
      positionals: [{ name: 'text', type: 'string', summary: 'the text; in backticks it may have several lines' }],
      parameters: [
        {
          name: 'layer',
          type: 'layer',
          summary: 'what the bytes begin with',
          default: 'IP or IPv6 where they are a whole packet of it, else Ether',
          values: 'layer',
        },
      ],
      returns: 'PacketList; times are those in front of the dumps (tcpdump -tt)',
      errors: ['PacketError for a text without packets, and where offsets contradict each other, with the line'],
      example: "importHexdump('45 00 00 1c 00 01 00 00 40 01 66 de 0a 00 00 01 0a 00 00 02 08 00 f7 ff 00 00 00 00')",
      examples: ["importHexdump(exportPacket(IP({src: '10.0.0.1', dst: '10.0.0.2'})/ICMP(), 'c'))"],
      see: ['exportPacket', 'hexdump', 'hex', 'rdpcap'],
    }),
  ],
  [
    'exportPacket',
    exportPacket,
    () => ({
      summary: 'Packets as text for other programs: C, Python, Scapy, Base64, digits, a dump for text2pcap, JSON.',
      usage: "exportPacket(packets, 'c')",
      positionals: [
        PACKETS,
        {
          name: 'format',
          type: Object.keys(EXPORT_FORMATS)
            .map((name) => `'${name}'`)
            .join(' | '),
          summary: Object.entries(EXPORT_FORMATS)
            .map(([name, what]) => `${name}: ${what}`)
            .join('; '),
          default: 'c',
          choices: Object.keys(EXPORT_FORMATS),
        },
      ],
      returns: 'text; several packets one after the other',
      errors: ['PacketError for a format that is not there'],
      example: `exportPacket(${PACKET}, 'c')`,
      examples: [`exportPacket(${PACKET}, 'scapy')`, `print(exportPacket(${PACKET}, 'hexdump'))`],
      see: ['importHexdump', 'toScapy', 'wrpcap', 'Packet.command'],
    }),
  ],
  [
    'fromScapy',
    fromScapy,
    () => ({
      summary: 'The packet that an expression of Scapy means; Python is not run.',
      usage: 'fromScapy("IP(dst=\'10.0.0.1\')/ICMP()")',
      positionals: [
        { name: 'text', type: 'string', summary: "Scapy's text, as its command() gives it or a book has it" },
      ],
      returns: 'Packet; lists and ranges become sets, random values stay random',
      errors: ['PacketError with line and column for other text, and for a layer or field that is not there'],
      example: "fromScapy(\"IP(dst='10.0.0.1', ttl=(1, 5))/TCP(dport=[22, 80], flags='S')\")",
      see: ['toScapy', 'Packet.command'],
    }),
  ],
  [
    'toScapy',
    toScapy,
    () => ({
      summary: "Scapy's expression of a packet; what Scapy does not have goes as Raw(load=b'…').",
      usage: 'toScapy(packet)',
      positionals: [{ name: 'packet', type: 'Packet', summary: 'the packet' }],
      returns: 'text',
      errors: ['PacketError for a random value that Scapy does not have'],
      example: `toScapy(${PACKET})`,
      see: ['fromScapy', 'exportPacket'],
    }),
  ],
  [
    'tcpdump',
    tcpdump,
    () => ({
      summary: 'What tcpdump says of packets.',
      usage: "tcpdump(packets, '-vv')",
      positionals: [
        PACKETS,
        { name: 'options', type: 'string | string[]', summary: 'options of tcpdump', default: '-n alone' },
      ],
      returns: 'the output, as sh gives it',
      errors: ['OptionError when tcpdump is not installed'],
      examples: [{ code: `tcpdump(${PACKET}, '-v')`, needs: 'program' }],
      see: ['tshark', 'wireshark', 'sh', 'Packet.summary'],
    }),
  ],
  [
    'tshark',
    tshark,
    () => ({
      summary: 'What tshark (Wireshark in the terminal) says of packets.',
      usage: "tshark(packets, '-V')",
      positionals: [
        PACKETS,
        { name: 'options', type: 'string | string[]', summary: 'options of tshark', default: '-n alone' },
      ],
      returns: 'the output, as sh gives it',
      errors: ['OptionError when tshark is not installed'],
      examples: [{ code: `tshark(${PACKET}, '-V')`, needs: 'program' }],
      see: ['tcpdump', 'wireshark', 'sh'],
    }),
  ],
  [
    'wireshark',
    wireshark,
    () => ({
      summary: 'Opens packets in Wireshark; it goes on by itself.',
      usage: 'wireshark(packets)',
      positionals: [PACKETS],
      returns: 'its process number',
      errors: ['OptionError when Wireshark is not installed, or there is no desktop'],
      examples: [{ code: `wireshark(${PACKET})`, needs: 'program' }],
      see: ['tcpdump', 'tshark', 'wrpcap'],
    }),
  ],
]
