/** What help says of lists of packets and of what reads them: their members. */
import { describe, describeMembers, type Metadata, type ParameterMetadata } from './metadata.js'

const LIST = "const packets = new PacketList([...IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP({dport: [53, 123]})])"
const PREDICATE: ParameterMetadata = {
  name: 'predicate',
  type: 'function',
  summary: 'asked with each packet and its index',
}
const CALLBACK: ParameterMetadata = {
  name: 'callback',
  type: 'function',
  summary: 'called with each packet and its index',
}
const INDEX: ParameterMetadata = { name: 'index', type: 'number', summary: 'from 0 on; negative: from the end' }
const ROWS: readonly ParameterMetadata[] = [
  { name: 'from', type: 'number', summary: 'index of the first line', default: '0' },
  { name: 'count', type: 'number', summary: 'how many lines', default: 'all' },
  { name: 'prn', type: 'function', summary: 'makes the line, of a packet', default: 'its summary' },
]

/** Packet lists and readers. */
export function describeLists(): void {
  describeMembers('PacketList', { ...places(), ...searching(), ...changing(), ...telling() })
  describeTable()
  describe('PcapReader', {
    group: 'Objects',
    summary: 'What pcapReader() gives: the packets of a file one by one; iterate it once.',
    usage: 'for (const packet of pcapReader(file)) …',
    example:
      "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()]); for (const p of pcapReader('/tmp/example.pcap')) console.log(p.summary())",
    see: ['pcapReader', 'rdpcap'],
  })
  describeMembers('PcapReader', {
    warnings: {
      summary: 'Where the file is damaged; empty for most.',
      example: "pcapReader('/tmp/example.pcap').warnings",
    },
    input: { summary: 'What is read, as it was given.', example: "pcapReader('/tmp/example.pcap').input" },
    reading: {
      summary: 'The reading underneath: bytesRead, bytesTotal, information of the file.',
      example: "pcapReader('/tmp/example.pcap').reading.bytesRead",
    },
  })
}

function describeTable(): void {
  const make = `${LIST}; const table = packets.makeTable(p => [p.dst, p.dport, 'asked'])`
  describe('CrossTable', {
    group: 'Objects',
    summary: 'What makeTable gives: a table of two keys, which prints as text.',
    usage: 'packets.makeTable(p => [column, row, text])',
    example: `${make}; table`,
    see: ['PacketList.makeTable', 'AnswerList.makeTable'],
  })
  describeMembers('CrossTable', {
    columns: { summary: 'The keys across, sorted.', example: `${make}; table.columns` },
    rows: { summary: 'The keys down, sorted.', example: `${make}; table.rows` },
    at: {
      summary: 'What stands in a place; of several that were put there the last one.',
      usage: 'table.at(column, row)',
      positionals: [
        { name: 'column', type: 'any', summary: 'key across' },
        { name: 'row', type: 'any', summary: 'key down' },
      ],
      returns: 'string; undefined where nothing stands',
      example: `${make}; table.at('10.0.0.2', 53)`,
    },
    toString: { summary: 'The table.', usage: 'table.toString()', example: `${make}; String(table)` },
    toJSON: {
      summary: 'An object for each row, by the keys of the columns.',
      usage: 'table.toJSON()',
      example: `${make}; table.toJSON()`,
    },
  })
}

function places(): Record<string, Metadata> {
  return {
    length: { summary: 'Number of packets.', example: `${LIST}; packets.length` },
    first: { summary: 'The first packet, or undefined.', example: `${LIST}; packets.first` },
    last: { summary: 'The last packet, or undefined.', example: `${LIST}; packets.last` },
    at: {
      summary: 'The packet at an index, or undefined; packets[0] and packets[-1] are the same.',
      usage: 'packets.at(index)',
      positionals: [INDEX],
      example: `${LIST}; packets.at(-1)`,
    },
    bytes: {
      summary: 'The bytes of the packet at an index; without one those of all packets, as a list.',
      usage: 'packets.bytes(index)',
      positionals: [INDEX],
      returns: 'Uint8Array, not to be written to',
      example: `${LIST}; packets.bytes(0).length`,
    },
    byteLength: { summary: 'Bytes of all packets together.', example: `${LIST}; packets.byteLength` },
    times: {
      summary: 'When each packet was captured, seconds since 1970; NaN where that is not known.',
      returns: 'Float64Array',
      example: `${LIST}; packets.times`,
    },
    slice: {
      summary: 'The packets from start to before end; negative numbers count from the end.',
      usage: 'packets.slice(start, end)',
      positionals: [
        { ...INDEX, name: 'start', default: '0' },
        { ...INDEX, name: 'end', default: 'the end' },
      ],
      returns: 'PacketList, which shares the packets',
      example: `${LIST}; packets.slice(-1)`,
    },
    toArray: {
      summary: 'The packets as an ordinary array.',
      usage: 'packets.toArray()',
      example: `${LIST}; packets.toArray().length`,
    },
  }
}

function searching(): Record<string, Metadata> {
  return {
    filter: {
      summary: 'The packets that a function accepts, or that have a layer.',
      usage: 'packets.filter(condition)',
      positionals: [{ name: 'condition', type: 'function | layer', summary: 'p => p.dport === 53, or UDP' }],
      returns: 'PacketList, which shares the packets',
      example: `${LIST}; packets.filter(p => p.dport === 53)`,
      see: ['PacketList.with', 'PacketList.find'],
    },
    with: {
      summary: 'The packets that have a layer; packets[UDP] is the same.',
      usage: 'packets.with(layer)',
      positionals: [{ name: 'layer', type: 'layer | string', summary: "UDP, or 'UDP'", values: 'layer' }],
      returns: 'PacketList, which shares the packets',
      example: `${LIST}; packets.with(UDP).length`,
    },
    find: {
      summary: 'The first packet that a function accepts, or undefined.',
      usage: 'packets.find(predicate)',
      positionals: [PREDICATE],
      example: `${LIST}; packets.find(p => p.dport === 123)`,
    },
    findIndex: {
      summary: 'The index of the first packet that a function accepts, or -1.',
      usage: 'packets.findIndex(predicate)',
      positionals: [PREDICATE],
      example: `${LIST}; packets.findIndex(p => p.dport === 123)`,
    },
    some: {
      summary: 'Whether a function accepts any packet.',
      usage: 'packets.some(predicate)',
      positionals: [PREDICATE],
      example: `${LIST}; packets.some(p => p.dport === 123)`,
    },
    every: {
      summary: 'Whether a function accepts all packets.',
      usage: 'packets.every(predicate)',
      positionals: [PREDICATE],
      example: `${LIST}; packets.every(p => UDP in p)`,
    },
    forEach: {
      summary: 'Calls a function with each packet.',
      usage: 'packets.forEach(callback)',
      positionals: [CALLBACK],
      example: `${LIST}; packets.forEach(p => console.log(p.dport))`,
    },
    map: {
      summary: 'What a function gives for each packet, as an array.',
      usage: 'packets.map(callback)',
      positionals: [CALLBACK],
      example: `${LIST}; packets.map(p => p.dport)`,
    },
    reduce: {
      summary: 'One result of all packets, as of an array.',
      usage: 'packets.reduce(callback, start)',
      positionals: [
        { name: 'callback', type: 'function', summary: 'called with the result so far, a packet and its index' },
        { name: 'start', type: 'any', summary: 'the result to begin with' },
      ],
      example: `${LIST}; packets.reduce((sum, p) => sum + p.bytes().length, 0)`,
    },
  }
}

function changing(): Record<string, Metadata> {
  return {
    set: {
      summary: 'Puts a packet at an index of this list; packets[0] = packet is the same.',
      usage: 'packets.set(index, packet)',
      positionals: [INDEX, { name: 'packet', type: 'Packet', summary: 'what shall stand there' }],
      errors: ['PacketError out of range'],
      example: `${LIST}; packets.set(0, IP({dst: '10.0.0.3'})); packets[0]`,
    },
    push: {
      summary: 'Adds packets at the end.',
      usage: 'packets.push(packet, …)',
      positionals: [{ name: 'packets', type: 'Packet', summary: 'what is added' }],
      returns: 'the new length',
      example: `${LIST}; packets.push(IP({dst: '10.0.0.3'}))`,
    },
    append: {
      summary: 'Adds the packets of a list, or any others, at the end.',
      usage: 'packets.append(packets)',
      positionals: [{ name: 'packets', type: 'list', summary: 'what is added' }],
      example: `${LIST}; packets.append([IP({dst: '10.0.0.3'})]); packets.length`,
    },
    appendBatch: {
      summary: 'Adds a batch as a link or a file gives it; the bytes are copied.',
      usage: 'packets.appendBatch(batch, positions)',
      positionals: [
        { name: 'batch', type: 'CaptureBatch', summary: 'what link.capture() hands over' },
        { name: 'positions', type: 'list', summary: 'which of it', default: 'all' },
      ],
      example:
        "const caught = new PacketList(); const [left, right] = memoryLinkPair(); right.capture({}, batch => caught.appendBatch(batch), console.log); left.send([(Ether()/IP({dst: '10.0.0.2'})).bytes()]); sleep(0.05); caught.length",
      see: ['Link.capture'],
    },
    concat: {
      summary: 'A new list: these packets, then those.',
      usage: 'packets.concat(others, …)',
      positionals: [{ name: 'others', type: 'packet | list', summary: 'what comes behind' }],
      returns: 'PacketList',
      example: `${LIST}; packets.concat(packets).length`,
    },
    toSorted: {
      summary: 'The packets in another order; by time, unless a function says how.',
      usage: 'packets.toSorted(compare)',
      positionals: [
        { name: 'compare', type: 'function', summary: 'below 0: the first packet comes first', default: 'by time' },
      ],
      returns: 'PacketList',
      example: `${LIST}; packets.toSorted((a, b) => b.dport - a.dport)[0].dport`,
    },
  }
}

function telling(): Record<string, Metadata> {
  return {
    summary: {
      summary: 'One line a packet, numbered as they are indexed.',
      usage: 'packets.summary({from, count, prn})',
      parameters: ROWS,
      returns: 'string',
      example: `${LIST}; packets.summary()`,
      see: ['PacketList.show'],
    },
    show: {
      summary: 'Prints the summary.',
      usage: 'packets.show({from, count, prn, dump})',
      parameters: [
        ...ROWS,
        { name: 'dump', type: 'boolean', summary: 'give the text back instead of printing it', default: 'false' },
      ],
      example: `${LIST}; packets.show()`,
      examples: [`${LIST}; packets.show({prn: p => p.sprintf('%IP.src% > %IP.dst%')})`],
    },
    makeTable: {
      summary: 'A table of two keys: a function gives for each packet the column, the row, and the text there.',
      usage: 'packets.makeTable(place)',
      positionals: [{ name: 'place', type: 'function', summary: 'p => [column, row, text]' }],
      returns: 'CrossTable',
      errors: ['PacketError where the function gives anything else'],
      example: `${LIST}; packets.makeTable(p => [p.dst, p.dport, p.last.layerName])`,
      see: ['AnswerList.makeTable', 'CrossTable'],
    },
    conversations: {
      summary: 'Who talked with whom: by addresses, protocol and ports, both directions together.',
      usage: 'packets.conversations()',
      returns:
        'a list of {protocol, a, b, packets, bytes, packetsAToB, bytesAToB, packetsBToA, bytesBToA, start, duration (s)}',
      example: `${LIST}; packets.conversations()`,
      see: ['PacketList.sessions'],
    },
    sessions: {
      summary: 'The packets of each conversation, by its name.',
      usage: 'packets.sessions()',
      returns: "a Map of PacketList, by 'TCP 10.0.0.1:1025 > 10.0.0.2:80'",
      example: `${LIST}; [...packets.sessions().keys()]`,
      see: ['PacketList.conversations'],
    },
    counts: {
      summary: 'How many packets have TCP, UDP, ICMP as their first transport, or none of them.',
      usage: 'packets.counts()',
      returns: '{TCP, UDP, ICMP, Other}',
      example: `${LIST}; packets.counts()`,
    },
    warnings: {
      summary: 'Where the file that it was read from is damaged; empty for most.',
      example: `${LIST}; packets.warnings`,
    },
    information: {
      summary: 'What the file that it was read from says of itself, or null.',
      example: `${LIST}; packets.information`,
    },
    statistics: {
      summary: 'What the capture that made it has counted, or null.',
      returns: '{packets, bytes, lost: {kernel, interface, netshell}}',
      example: 'sniff({link: practiceNetwork().link, timeout: 0.1}).statistics.lost',
    },
    toJSON: {
      summary: 'The packets as plain data.',
      usage: 'packets.toJSON()',
      example: `${LIST}; packets.toJSON().length`,
    },
    toString: {
      summary: 'How many packets of which transport it has.',
      usage: 'packets.toString()',
      example: `${LIST}; String(packets)`,
    },
  }
}
