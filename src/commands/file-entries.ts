import { PacketList } from '../capture/index.js'
import { pcapReader, rdpcap, wrpcap } from '../exchange/index.js'
import type { Entry } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

const FILE: ParameterMetadata = {
  name: 'file',
  type: 'string',
  summary: "a capture file; '-' is standard input, a stream or bytes work too",
  values: 'file',
}

const READ_OPTIONS: readonly ParameterMetadata[] = [
  { name: 'count', type: 'number', summary: 'at most so many packets', default: 'all' },
  { name: 'filter', type: 'string | function', summary: 'BPF expression, or a function of a packet', default: 'all' },
  { name: 'onWarning', type: 'function', summary: 'told where the file is damaged', default: 'a warning is printed' },
  { name: 'signal', type: 'AbortSignal', summary: 'aborted, it ends the reading without an error' },
]

const READ_ERRORS = [
  'CaptureFileError when the file cannot be opened or is no capture',
  'LinkError for a filter that is none',
]

/** Capture files. */
export const FILE_ENTRIES: readonly Entry[] = [
  [
    'rdpcap',
    rdpcap,
    () => ({
      summary: 'Reads a capture file (pcap, pcapng, also gzipped) into a packet list.',
      usage: 'rdpcap(file, {count, filter})',
      positionals: [FILE],
      parameters: READ_OPTIONS,
      returns: 'PacketList; of a damaged file what comes before the damage (see its warnings)',
      errors: READ_ERRORS,
      example: "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()]); rdpcap('/tmp/example.pcap')",
      see: ['wrpcap', 'pcapReader', 'sniff', 'PacketList', 'filters'],
    }),
  ],
  [
    'wrpcap',
    wrpcap,
    () => ({
      summary: 'Writes packets to a capture file; .pcapng in the name chooses that format.',
      usage: 'wrpcap(file, packets, {format, append})',
      positionals: [
        { ...FILE, summary: 'name of the file; .gz compresses' },
        {
          name: 'packets',
          type: 'packet | list',
          summary: 'a packet (of a set: all), a list, a PacketList, bytes, or a reader',
        },
      ],
      parameters: [
        {
          name: 'format',
          type: 'string',
          summary: 'format of the file',
          default: 'by its name',
          choices: ['pcap', 'pcapng'],
        },
        { name: 'append', type: 'boolean', summary: 'add to the file, in its format', default: 'false' },
        {
          name: 'nanoseconds',
          type: 'boolean',
          summary: 'times in nanoseconds (pcap)',
          default: 'where a packet needs it',
        },
        { name: 'linkType', type: 'number', summary: 'link type of all packets', default: 'by their outermost layer' },
        { name: 'comment', type: 'string', summary: 'comment on the whole file (pcapng)' },
        { name: 'gzip', type: 'boolean', summary: 'compress', default: 'when the name ends in .gz' },
      ],
      returns: '{path, format, packets, bytes}: what was written; bytes before compression',
      errors: [
        'CaptureFileError when the file cannot be written, or pcap cannot hold packets of several link types',
        'PacketError when a packet cannot be built',
      ],
      example: "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()])",
      see: ['rdpcap', 'sniff'],
    }),
  ],
  [
    'pcapReader',
    pcapReader,
    () => ({
      summary: 'A capture file packet by packet, for files larger than memory: for (const p of pcapReader(file)).',
      usage: 'pcapReader(file, {count, filter})',
      positionals: [FILE],
      parameters: READ_OPTIONS,
      returns: 'PcapReader, to be iterated once',
      errors: READ_ERRORS,
      example:
        "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()]); for (const p of pcapReader('/tmp/example.pcap')) console.log(p.summary())",
      see: ['rdpcap', 'PcapReader', 'filters'],
    }),
  ],
  [
    'PacketList',
    PacketList,
    () => ({
      summary: 'A list of packets: index, slice, filter, map, summary, conversations.',
      usage: 'new PacketList(packets)',
      positionals: [{ name: 'packets', type: 'packet | list', summary: 'what it holds', default: 'none' }],
      returns: 'PacketList: list[0], list[-1], list[TCP] (those that have TCP) work',
      example: "new PacketList([IP({dst: '10.0.0.2'})/UDP()]).summary()",
      see: ['rdpcap', 'sniff', 'PacketList.filter', 'PacketList.conversations'],
    }),
  ],
]
