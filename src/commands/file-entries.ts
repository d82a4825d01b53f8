import { PacketList } from '../capture/index.js'
import { pcapReader, rdpcap, wrpcap } from '../exchange/index.js'
import type { Entry } from './entry.js'

/** Capture files. */
export const FILE_ENTRIES: readonly Entry[] = [
  [
    'rdpcap',
    rdpcap,
    {
      summary: 'Reads a capture file (pcap, pcapng, also gzipped) into a packet list.',
      usage: 'rdpcap(file, {count, filter})',
      parameters: [
        { name: 'count', type: 'number', summary: 'at most so many packets', default: 'all' },
        { name: 'filter', type: 'string | function', summary: 'BPF expression, or a function of a packet' },
      ],
      example: "wrpcap('/tmp/example.pcap', [Ether()/IP()/UDP()]); rdpcap('/tmp/example.pcap')",
    },
  ],
  [
    'wrpcap',
    wrpcap,
    {
      summary: 'Writes packets to a capture file; .pcapng in the name chooses that format.',
      usage: 'wrpcap(file, packets, {format, append})',
      example: "wrpcap('/tmp/example.pcap', [Ether()/IP()/UDP()])",
    },
  ],
  [
    'pcapReader',
    pcapReader,
    {
      summary: 'A capture file packet by packet, for files larger than memory: for (const p of pcapReader(file)).',
      usage: 'pcapReader(file, {count, filter})',
      example:
        "wrpcap('/tmp/example.pcap', [Ether()/IP()/UDP()]); for (const p of pcapReader('/tmp/example.pcap')) console.log(p.summary())",
    },
  ],
  [
    'PacketList',
    PacketList,
    {
      summary: 'A list of packets: index, slice, filter, map, summary, conversations.',
      usage: 'new PacketList(packets)',
      example: 'new PacketList([IP()/UDP()]).summary()',
    },
  ],
]
