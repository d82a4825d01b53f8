import { PacketList } from '../capture/index.js'
import { pcapReader, rdpcap, send, sendp, sleep, sniff, sr, sr1, srp, srp1, wrpcap } from '../exchange/index.js'
import { interfaces, memoryLinkPair, neighbours, route } from '../link/index.js'
import * as engine from '../packet/index.js'
import { listing } from './listing.js'
import { describe, type Metadata } from './metadata.js'
import { toolFunction } from './tool-command.js'
import { TOOL_COMMANDS } from './tools/index.js'
import '../layers/index.js'

/** One preloaded name: its value and what `help` says of it. */
type Entry = [name: string, value: unknown, metadata: Metadata]

const EXCHANGE_OPTIONS = [
  { name: 'timeout', type: 'number', summary: 'seconds to wait after the last packet was sent', default: '2' },
  { name: 'retry', type: 'number', summary: 'how often unanswered packets are sent again', default: '0' },
  { name: 'inter', type: 'number', summary: 'seconds between packets', default: '0' },
  {
    name: 'multi',
    type: 'boolean',
    summary: 'collect more than one answer to a packet, until the time is over',
    default: 'false',
  },
  { name: 'filter', type: 'string', summary: 'BPF expression: only frames that it lets through are looked at' },
  { name: 'iface', type: 'string', summary: 'interface', default: 'the one of the route' },
  { name: 'link', type: 'Link', summary: 'a link of your own, such as one of memoryLinkPair()' },
  { name: 'quiet', type: 'boolean', summary: 'no message when done', default: 'false' },
] as const

const SEND_OPTIONS = [
  { name: 'count', type: 'number', summary: 'how often everything is sent', default: '1' },
  { name: 'inter', type: 'number', summary: 'seconds between packets', default: '0' },
  { name: 'iface', type: 'string', summary: 'interface', default: 'the one of the route' },
  { name: 'link', type: 'Link', summary: 'a link of your own' },
  { name: 'quiet', type: 'boolean', summary: 'no message when done', default: 'false' },
] as const

const WIRE: Entry[] = [
  [
    'send',
    send,
    {
      summary: 'Sends packets that begin with IP or IPv6; gives how many went.',
      usage: 'send(packets, {count, inter, iface})',
      parameters: SEND_OPTIONS,
      example: "send(IP({dst: '127.0.0.1'})/UDP({dport: 9})/'hello')",
    },
  ],
  [
    'sendp',
    sendp,
    {
      summary: 'Sends whole frames, from Ether on; gives how many went.',
      usage: 'sendp(frames, {count, inter, iface})',
      parameters: SEND_OPTIONS,
      example: "sendp(Ether()/IP({dst: '127.0.0.1'})/UDP({dport: 9}), {iface: 'lo'})",
    },
  ],
  [
    'sr1',
    sr1,
    {
      summary: 'Sends packets and gives the first answer, or null.',
      usage: 'sr1(packets, {timeout, retry, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "sr1(IP({dst: '127.0.0.1'})/ICMP())",
    },
  ],
  [
    'sr',
    sr,
    {
      summary: 'Sends packets and collects their answers: const [answered, unanswered] = sr(…).',
      usage: 'sr(packets, {timeout, retry, multi, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "sr(IP({dst: '127.0.0.1'})/TCP({dport: [22, 80]})).summary()",
    },
  ],
  [
    'srp1',
    srp1,
    {
      summary: 'Sends whole frames and gives the first answer, or null.',
      usage: 'srp1(frames, {timeout, retry, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "srp1(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.1'}), {timeout: 1})",
    },
  ],
  [
    'srp',
    srp,
    {
      summary: 'Sends whole frames and collects their answers.',
      usage: 'srp(frames, {timeout, retry, multi, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "srp(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.0/30'}), {timeout: 1})",
    },
  ],
  [
    'sniff',
    sniff,
    {
      summary: 'Captures packets until the count, the time or Ctrl-C ends it; gives them as a list.',
      usage: 'sniff({filter, count, timeout, iface, prn, stop})',
      parameters: [
        { name: 'filter', type: 'string', summary: "BPF expression, such as 'tcp port 80'" },
        { name: 'count', type: 'number', summary: 'ends after this many packets', default: 'no limit' },
        { name: 'timeout', type: 'number', summary: 'ends after this many seconds', default: 'no limit' },
        {
          name: 'iface',
          type: 'string',
          summary: "interface, 'any', or a list of interfaces",
          default: 'the one of the default route',
        },
        { name: 'prn', type: 'function', summary: 'called for each packet; what it returns is printed' },
        { name: 'lfilter', type: 'function', summary: 'keeps only packets for which it returns true' },
        { name: 'stop', type: 'function', summary: 'ends behind the first packet for which it returns true' },
        { name: 'store', type: 'boolean', summary: 'keep the packets for the result', default: 'true' },
        { name: 'offline', type: 'string', summary: 'a capture file instead of the wire' },
        { name: 'promiscuous', type: 'boolean', summary: 'also packets for other stations', default: 'true' },
        { name: 'snaplen', type: 'number', summary: 'bytes kept of each packet' },
        { name: 'started', type: 'function', summary: 'called once listening has begun' },
        { name: 'link', type: 'Link', summary: 'a link of your own' },
        { name: 'quiet', type: 'boolean', summary: 'no message about lost packets', default: 'false' },
      ],
      example: "sniff({iface: 'lo', timeout: 0.5})",
    },
  ],
  [
    'interfaces',
    interfaces,
    { summary: 'The network interfaces with their addresses.', usage: 'interfaces()', example: 'interfaces()' },
  ],
  [
    'route',
    route,
    {
      summary: 'The way that the kernel would send to an address.',
      usage: 'route(destination)',
      example: "route('127.0.0.1')",
    },
  ],
  [
    'neighbours',
    neighbours,
    {
      summary: "The kernel's table of neighbours and their MAC addresses.",
      usage: 'neighbours()',
      example: 'neighbours()',
    },
  ],
  [
    'memoryLinkPair',
    memoryLinkPair,
    {
      summary: 'Two links joined in memory, to try things without root or network.',
      usage: 'memoryLinkPair(left, right)',
      example: 'const [left, right] = memoryLinkPair()',
    },
  ],
  ['sleep', sleep, { summary: 'Waits so many seconds.', usage: 'sleep(seconds)', example: 'sleep(0.1)' }],
]

const FILES: Entry[] = [
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
      example: "rdpcap('/tmp/example.pcap')",
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
      example: "for (const p of pcapReader('/tmp/example.pcap')) console.log(p.summary())",
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

const MAKING: Entry[] = [
  [
    'layer',
    engine.layer,
    {
      summary: 'Declares a layer of your own.',
      usage: 'layer(name, {field: kind, …}, about)',
      example: "const Mine = layer('Mine', {kind: u8(), size: u16().lengthOf('load'), load: bytes('size')})",
    },
  ],
  [
    'bind',
    engine.bind,
    {
      summary: 'Says which layer follows where fields have these values; gives the function that takes it back.',
      usage: 'bind(lower, upper, {field: value})',
      example: 'bind(UDP, Raw, {dport: 4321})',
    },
  ],
  [
    'behave',
    engine.behave,
    {
      summary: 'Adds lengths, guesses, summaries and answers to a layer.',
      usage: 'behave(layer, {payloadLength, guess, summary, answers})',
      example: 'behave(Raw, {summary: me => `${me.load.length} bytes`})',
    },
  ],
  [
    'stack',
    engine.stack,
    {
      summary: 'Stacks layers as / does: stack(IP(), UDP(), "x").',
      usage: 'stack(outer, …, inner)',
      example: "stack(IP(), UDP(), 'x')",
    },
  ],
  [
    'dissect',
    engine.dissect,
    {
      summary: 'Reads bytes as a layer and all inside it; never throws.',
      usage: 'dissect(layer, bytes)',
      example: "dissect(IP, hex('4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000'))",
    },
  ],
  [
    'packetFromJson',
    engine.packetFromJson,
    {
      summary: 'The packet that a JSON object describes.',
      usage: 'packetFromJson(object)',
      example: "packetFromJson({layers: [{name: 'IP', fields: {dst: '10.0.0.1'}}]})",
    },
  ],
  ['hex', engine.fromHex, { summary: 'Bytes of hexadecimal text.', usage: 'hex(text)', example: "hex('00 ff')" }],
  [
    'toHex',
    engine.toHex,
    { summary: 'Hexadecimal text of bytes.', usage: 'toHex(bytes)', example: 'toHex(IP().bytes())' },
  ],
  [
    'hexdump',
    hexdump,
    {
      summary: 'Prints bytes, or those of a packet: offset, hexadecimal, text.',
      usage: 'hexdump(packet)',
      example: 'hexdump(IP()/ICMP())',
    },
  ],
  [
    'checksum',
    engine.checksum,
    {
      summary: 'The Internet checksum of bytes (RFC 1071).',
      usage: 'checksum(bytes)',
      example: "checksum(hex('0001f203'))",
    },
  ],
  ['ls', ls, { summary: 'Prints the layers, or the fields of one.', usage: 'ls(layer)', example: 'ls(IP)' }],
]

const FIELD_KINDS: Record<string, string> = {
  u8: 'Field of 8 bits.',
  u16: 'Field of 16 bits.',
  u24: 'Field of 24 bits.',
  u32: 'Field of 32 bits.',
  u64: 'Field of 64 bits, a bigint.',
  u16le: 'Field of 16 bits, little-endian.',
  u32le: 'Field of 32 bits, little-endian.',
  u64le: 'Field of 64 bits, little-endian.',
  u8Enum: 'Field of 8 bits with named values.',
  u16Enum: 'Field of 16 bits with named values.',
  u32Enum: 'Field of 32 bits with named values.',
  bits: 'Field of 1 to 32 bits: bits(count, default).',
  bitsEnum: 'Bit field with named values.',
  flags: "Flags as text: flags(9, 'FSRPAUECN').",
  ipv4: 'Field with an IPv4 address.',
  ipv6: 'Field with an IPv6 address.',
  mac: 'Field with a MAC address.',
  bytes: 'Byte string: bytes(4), bytes("len"), or bytes() for all that is left.',
  text: 'Text, with an extent as bytes().',
  list: 'List of values: list(ipv4(), {count: "n"}).',
  layers: 'List of layers: layers(DNSRR, {count: "n"}).',
  nested: 'One layer as a field.',
  options: 'Options as type, length, value.',
}

const RANDOM: Record<string, string> = {
  RandByte: 'Random number of 8 bits.',
  RandShort: 'Random number of 16 bits.',
  RandInt: 'Random number of 32 bits.',
  RandLong: 'Random number of 64 bits.',
  RandNum: 'Random number: RandNum(low, high).',
  RandIP: "Random IPv4 address: RandIP('10.0.0.0/8').",
  RandIP6: 'Random IPv6 address.',
  RandMAC: 'Random MAC address.',
  RandString: 'Random text: RandString(56).',
  RandBin: 'Random bytes: RandBin(56).',
  RandChoice: 'One of the given values.',
  seed: 'Makes random values repeatable: seed(1).',
}

function hexdump(given: engine.Packet | Uint8Array | string): void {
  engine.print(engine.hexdumpOf(given instanceof engine.Packet ? given.bytes() : engine.toBytes(given)))
}

function ls(layer?: engine.Layer | string): void {
  engine.print(listing(layer))
}

/** Everything that the prompt has preloaded, described for `help`. */
export function preloaded(): Record<string, unknown> {
  const globals: Record<string, unknown> = {}
  const add = (group: string, entries: readonly Entry[]): void => {
    for (const [name, value, metadata] of entries) {
      globals[name] = value
      describe(name, { group, ...metadata })
    }
  }
  add('Wire', WIRE)
  add('Capture files', FILES)
  for (const command of TOOL_COMMANDS) add('Tools', [[command.name, toolFunction(command), command]])
  add('Packets', MAKING)
  for (const layer of engine.allLayers()) {
    const { layerName } = layer
    globals[layerName] = layer
    describe(layerName, {
      group: 'Layers',
      summary: layer.definition.summaryText,
      usage: `${layerName}({field: value, …})`,
      example: `${layerName}()`,
    })
  }
  const exported = engine as unknown as Record<string, unknown>
  for (const [name, summary] of Object.entries(FIELD_KINDS))
    add('Fields of layers', [[name, exported[name], { summary, usage: `${name}(…)` }]])
  for (const [name, summary] of Object.entries(RANDOM))
    add('Random values', [[name, exported[name], { summary, usage: `${name}(…)` }]])
  return globals
}
