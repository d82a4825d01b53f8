import * as engine from '../packet/index.js'
import type { Entry } from './entry.js'

/** Making, reading and describing packets. */
export const PACKET_ENTRIES: readonly Entry[] = [
  [
    'layer',
    engine.layer,
    () => ({
      summary: 'Declares a layer of your own.',
      usage: 'layer(name, {field: kind, …}, about, source)',
      positionals: [
        { name: 'name', type: 'string', summary: 'letters, digits and _' },
        { name: 'fields', type: 'object', summary: 'name and kind of each field, in the order of their bytes' },
        { name: 'about', type: 'string', summary: 'one sentence, for ls and help', default: 'none' },
        { name: 'source', type: 'string', summary: "what defines it: 'RFC 768'", default: 'none' },
      ],
      returns: 'the layer: call it to make a packet of it',
      errors: [
        'PacketError when bit fields do not fill whole bytes, a field has a name that all packets use, or it names another one that is not there',
      ],
      example: "const Mine = layer('Mine', {kind: u8(), size: u16().lengthOf('load'), load: bytes('size')})",
      examples: ["ls(layer('Tick', {kind: u8Enum(1, {1: 'ask', 2: 'tell'}), at: u32()}, 'Clock ticks.'))"],
      see: ['bind', 'behave', 'Fields of layers', 'ls'],
    }),
  ],
  [
    'bind',
    engine.bind,
    () => ({
      summary: 'Says which layer follows where fields have these values; gives the function that takes it back.',
      usage: 'bind(lower, upper, {field: value}, {build})',
      positionals: [
        { name: 'lower', type: 'layer', summary: 'the outer layer', values: 'layer' },
        { name: 'upper', type: 'layer', summary: 'the layer that follows it', values: 'layer' },
        { name: 'fields', type: 'object', summary: 'fields of lower and their values', default: 'always' },
      ],
      parameters: [
        {
          name: 'build',
          type: 'boolean',
          summary: 'building sets these fields too, where they are unset',
          default: 'true',
        },
      ],
      returns: 'a function without parameters that takes it back',
      errors: ['PacketError for a field that lower does not have'],
      example: 'const undo = bind(UDP, Raw, {dport: 4321}); undo()',
      see: ['layer', 'behave', 'recognize', 'unbind', 'Packet.decodeAs'],
    }),
  ],
  [
    'unbind',
    engine.unbind,
    () => ({
      summary: 'Takes back that a layer follows another: all that binds them, or what has these values of fields.',
      usage: 'unbind(lower, upper, {field: value})',
      positionals: [
        { name: 'lower', type: 'layer', summary: 'the outer layer', values: 'layer' },
        { name: 'upper', type: 'layer', summary: 'the layer that follows it no more', values: 'layer' },
        {
          name: 'fields',
          type: 'object',
          summary: 'only where lower has these values',
          default: 'all that binds them',
        },
      ],
      returns: 'a function without parameters that brings it back',
      errors: ['PacketError where nothing binds them so'],
      example: 'const rebind = unbind(UDP, DNS, {dport: 53}); rebind()',
      see: ['bind', 'Packet.decodeAs'],
    }),
  ],
  [
    'fuzz',
    engine.fuzz,
    () => ({
      summary: 'A copy of a packet whose unset fields are random, each of its kind and size.',
      usage: 'fuzz(packet)',
      positionals: [
        {
          name: 'packet',
          type: 'Packet',
          summary: 'set fields stay, as do lengths, checksums and what tells the layers apart',
        },
      ],
      returns: 'Packet: another one each time it is built or sent; the same series after seed(n)',
      example: "fuzz(IP({dst: '10.0.0.2'})/UDP({dport: 9})/'x')",
      examples: ["[1, 2, 3].map(() => fuzz(IP({dst: '10.0.0.2'})/TCP()).hex())"],
      see: ['RandNum', 'seed', 'CorruptedBytes', 'send'],
    }),
  ],
  [
    'recognize',
    engine.recognize,
    () => ({
      summary:
        'Says which layer follows where the first bytes look so, whatever the port; asked where no binding fits.',
      usage: 'recognize(lower, upper, (buffer, start, end) => …, [least, most])',
      positionals: [
        { name: 'lower', type: 'layer', summary: 'the outer layer', values: 'layer' },
        { name: 'upper', type: 'layer', summary: 'the layer that follows it', values: 'layer' },
        {
          name: 'test',
          type: 'function',
          summary: 'whether the bytes from start (and before end) can be nothing else; it must be quick',
        },
        {
          name: 'first',
          type: 'number[]',
          summary: 'least and most value of the first byte; for others the test is not asked',
          default: '[0, 255]',
        },
      ],
      returns: 'a function without parameters that takes it back',
      example:
        'const forget = recognize(UDP, Raw, (buffer, start, end) => end - start > 1 && buffer[start + 1] === 1, [0x2a, 0x2a]); forget()',
      see: ['bind', 'layer'],
    }),
  ],
  [
    'behave',
    engine.behave,
    () => ({
      summary: 'Adds lengths, guesses, summaries and answers to a layer.',
      usage: 'behave(layer, {payloadLength, guess, summary, answers})',
      positionals: [{ name: 'layer', type: 'layer', summary: 'the layer', values: 'layer' }],
      parameters: [
        { name: 'summary', type: 'function', summary: 'the line for summary(), of the packet' },
        {
          name: 'answers',
          type: 'function',
          summary: 'whether this layer of a reply answers that of a request: (me, request)',
        },
        { name: 'guess', type: 'function', summary: 'the layer that follows, where no bound field tells it' },
        { name: 'headerLength', type: 'function', summary: 'bytes of the header, as its own length field says' },
        {
          name: 'payloadLength',
          type: 'function',
          summary: 'bytes of payload, as a length field says; undefined: all',
        },
        { name: 'hash', type: 'function', summary: 'a text that is equal for a request and its answers: (me, inner)' },
        { name: 'refine', type: 'function', summary: 'which layer of a family these bytes are: (buffer, start, end)' },
        { name: 'isLast', type: 'function', summary: 'whether only bytes can follow' },
        { name: 'trailer', type: 'function', summary: 'layer of the bytes behind the payload' },
        { name: 'finish', type: 'function', summary: 'last changes to the built bytes, before checksums' },
      ],
      example: 'behave(Raw, {summary: me => `${me.load.length} bytes`})',
      see: ['layer', 'bind', 'sr'],
    }),
  ],
  [
    'stack',
    engine.stack,
    () => ({
      summary: 'Stacks layers as / does: stack(IP(), UDP(), "x").',
      usage: 'stack(outer, …, inner)',
      positionals: [{ name: 'parts', type: 'packet | layer | string | bytes', summary: 'from the outermost inwards' }],
      returns: 'Packet; the parts are copied',
      errors: ['PacketError for what cannot be stacked'],
      example: "stack(IP({dst: '10.0.0.2'}), UDP(), 'x')",
      see: ['/', 'Packet.stack', 'Packet.append'],
    }),
  ],
  [
    'dissect',
    engine.dissect,
    () => ({
      summary: 'Reads bytes as a layer and all inside it; no bytes make it throw.',
      usage: 'dissect(layer, bytes)',
      positionals: [
        { name: 'layer', type: 'layer', summary: 'the outermost layer', values: 'layer' },
        { name: 'bytes', type: 'Uint8Array', summary: "the bytes; hex('4500…') makes some of text" },
        { name: 'offset', type: 'number', summary: 'where the layer starts', default: '0' },
        { name: 'end', type: 'number', summary: 'where the packet ends', default: 'the end of the bytes' },
      ],
      returns: 'Packet; what could not be read is Raw, or has an issue',
      example: "dissect(IP, hex('4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000'))",
      see: ['hex', 'Packet.issues', 'packetFromJson'],
    }),
  ],
  [
    'packetFromJson',
    engine.packetFromJson,
    () => ({
      summary: 'The packet that a JSON object describes.',
      usage: 'packetFromJson(object)',
      positionals: [
        { name: 'object', type: 'object', summary: 'what packet.toJSON() gives: {layers: [{name, fields}]}' },
      ],
      returns: 'Packet',
      errors: ['PacketError for an unknown layer or field'],
      example: "packetFromJson({layers: [{name: 'IP', fields: {dst: '10.0.0.1'}}]})",
      see: ['Packet.toJSON', 'dissect'],
    }),
  ],
  [
    'hex',
    engine.fromHex,
    () => ({
      summary: 'Bytes of hexadecimal text.',
      usage: 'hex(text)',
      positionals: [
        { name: 'text', type: 'string', summary: 'digits; spaces, colons and line ends between them are fine' },
      ],
      returns: 'Uint8Array',
      errors: ['PacketError for what are no hexadecimal digits, or an odd number of them'],
      example: "hex('00 ff')",
      see: ['toHex', 'dissect'],
    }),
  ],
  [
    'toHex',
    engine.toHex,
    () => ({
      summary: 'Hexadecimal text of bytes.',
      usage: 'toHex(bytes)',
      positionals: [{ name: 'bytes', type: 'Uint8Array', summary: 'the bytes' }],
      returns: 'string',
      example: "toHex(IP({dst: '10.0.0.2'}).bytes())",
      see: ['hex', 'Packet.hex', 'hexdump'],
    }),
  ],
  [
    'hexdump',
    hexdump,
    {
      summary:
        'Prints bytes, or those of a packet: offset, hexadecimal, text; the bytes of fields that are named stand out.',
      usage: 'hexdump(packet, field)',
      positionals: [
        { name: 'packet', type: 'Packet | Uint8Array | string', summary: 'what to print: a packet, bytes, or text' },
        {
          name: 'field',
          type: 'string | Layer | list of them',
          summary:
            "what stands out: a field ('TCP.flags'), a layer ('TCP', TCP), one of several layers ('IP:2.src'), a field in a list of layers ('DNS.an[0].rdata')",
          default: 'nothing; at a terminal with colours each layer has its own',
        },
      ],
      errors: ['PacketError for a name that is no field and no layer of the packet'],
      example: 'hexdump(IP()/ICMP())',
      examples: ["hexdump(IP()/TCP(), 'TCP.flags')", "hexdump(IP()/UDP(), ['IP.src', 'IP.dst'])"],
      see: ['diff'],
    },
  ],
  [
    'diff',
    engine.diff,
    {
      summary: 'What two packets differ in, field by field as they are on the wire; of bytes or text, byte by byte.',
      usage: 'diff(a, b, {all})',
      positionals: [
        { name: 'a', type: 'Packet | Uint8Array | string', summary: 'the first packet, bytes or text' },
        { name: 'b', type: 'Packet | Uint8Array | string', summary: 'the second' },
      ],
      parameters: [{ name: 'all', type: 'boolean', summary: 'what is the same too', default: 'only what differs' }],
      returns:
        'an array of {layer, field, a, b, aRange, bRange}, empty where nothing differs; of bytes {aOffset, bOffset, a, b}. It prints with - and +',
      errors: ['PacketError for anything but packets, bytes and text'],
      example: 'diff(IP({ttl: 64})/ICMP(), IP({ttl: 63})/ICMP())',
      examples: ["diff('GET / HTTP/1.0', 'GET / HTTP/1.1')"],
      see: ['hexdump'],
    },
  ],
  [
    'checksum',
    engine.checksum,
    () => ({
      summary: 'The Internet checksum of bytes.',
      usage: 'checksum(bytes)',
      positionals: [{ name: 'bytes', type: 'Uint8Array', summary: 'the bytes, with zeros where the checksum stands' }],
      returns: 'number of 16 bits; 0 over bytes that hold their right checksum',
      example: "checksum(hex('0001f203'))",
      source: 'RFC 1071',
      see: ['IP.chksum', 'TCP.chksum'],
    }),
  ],
]

function hexdump(
  given: engine.Packet | Uint8Array | string,
  fields?: engine.FieldPath | readonly engine.FieldPath[],
): void {
  if (given instanceof engine.Packet) {
    if (fields === undefined) given.hexdump()
    else given.hexdump(fields)
    return
  }
  if (fields !== undefined) throw new engine.PacketError('hexdump: bytes and text have no fields; give the packet')
  engine.print(engine.hexdumpOf(engine.toBytes(given)))
}
