/** What help says of packets, layers and fields: their members. */
import { describe, describeMembers, type Metadata, type ParameterMetadata } from './metadata.js'

const PACKET = "IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP({dport: 53})/'hello'"
const PRINT: readonly ParameterMetadata[] = [
  { name: 'dump', type: 'boolean', summary: 'give the text back instead of printing it', default: 'false' },
  { name: 'color', type: 'boolean', summary: 'colours', default: 'where the terminal has them' },
]
const FIELD: ParameterMetadata = {
  name: 'field',
  type: 'string',
  summary: "name of a field of this layer or one inside: 'ttl'",
}
const NO_FIELD = 'PacketError for a field that no layer of it has'
const LAYER: ParameterMetadata = {
  name: 'layer',
  type: 'layer | string',
  summary: "TCP, or its name 'TCP'",
  values: 'layer',
}

/** Packets. */
export function describePackets(): void {
  describe('Packet', {
    group: 'Objects',
    summary: 'A packet: its outermost layer, and through payload all inside it. Fields are read and set by name.',
    usage: 'packet.FIELD, packet.METHOD(…)',
    examples: [`const packet = ${PACKET}; packet.dst`, `const packet = ${PACKET}; packet.ttl = 5; packet`],
    returns: 'packet.ttl is the field of the outermost layer that has one; packet[TCP].flags that of a certain layer',
    errors: ['PacketError for a field that no layer has, or a value that does not fit'],
    see: ['/', 'ls', 'Packet.show', 'Packet.bytes', 'sets'],
  })
  describeMembers('Packet', {
    answers: {
      summary: 'Whether this packet answers another one, as sr decides it.',
      usage: 'reply.answers(request)',
      positionals: [{ name: 'request', type: 'Packet', summary: 'what may have been asked' }],
      returns: 'boolean; both are compared from their outermost layers on',
      example:
        "(IP({src: '10.0.0.2', dst: '10.0.0.1'})/ICMP({type: 0, id: 7})).answers(IP({src: '10.0.0.1', dst: '10.0.0.2'})/ICMP({id: 7}))",
      see: ['matchAnswers', 'sr', 'behave'],
    },
    sprintf: {
      summary: 'A text with fields of the packet in it.',
      usage: 'packet.sprintf(format)',
      positionals: [
        {
          name: 'format',
          type: 'string',
          summary:
            '%IP.src% a field, %IP:2.src% of the second IP, %-15s,IP.src% %04x,IP.id% as printf writes, %r,TCP.flags% the number itself; {TCP:…} where there is such a layer, {!TCP:…} where there is none; %% %( %) for % { }',
        },
      ],
      returns: 'string; ?? for what the packet does not have',
      errors: ['PacketError for a format, a layer or a field that is none'],
      example: "(IP({dst: '10.0.0.2'})/TCP({dport: 80})).sprintf('%IP.dst%{TCP: port %r,TCP.dport% %TCP.flags%}')",
      see: ['Packet.summary', 'Packet.text'],
    },
    hideDefaults: {
      summary: 'Makes every field automatic again whose value is the one that it would have anyway.',
      usage: 'packet.hideDefaults()',
      returns: 'the packet',
      example: '(IP({ttl: 64, proto: 6})/TCP({dport: 443})).hideDefaults()',
      see: ['Packet.unset', 'Packet.command'],
    },
    decodeAs: {
      summary: 'This packet with bytes of it read as another layer.',
      usage: 'packet.decodeAs(under, layer)',
      positionals: [
        {
          name: 'under',
          type: 'layer',
          summary: 'whose payload is read anew',
          default: 'the layer around the first bytes that nobody understood',
          values: 'layer',
        },
        { name: 'layer', type: 'layer', summary: 'what it is read as', values: 'layer' },
      ],
      returns: 'a new packet; bind() is for all packets of a kind',
      errors: ['PacketError where the packet has no such layer, or nothing in it'],
      example: "(IP({dst: '10.0.0.2'})/UDP({dport: 5000})/DNS({qd: 'example.org'})).decodeAs(UDP, DNS)",
      see: ['bind', 'unbind', 'dissect'],
    },
    ...navigation(),
    ...fieldAccess(),
    ...building(),
    ...printing(),
  })
}

function navigation(): Record<string, Metadata> {
  return {
    layerName: { summary: "Name of this layer: 'IP'.", example: 'IP().layerName' },
    payload: {
      summary: 'The next layer inwards, or null. Assign a packet, text or bytes to replace it.',
      example: `const packet = ${PACKET}; packet.payload.layerName`,
    },
    under: {
      summary: 'The next layer outwards, or null.',
      example: `const packet = ${PACKET}; packet[UDP].under.layerName`,
    },
    last: { summary: 'The innermost layer.', example: `const packet = ${PACKET}; packet.last.layerName` },
    layers: {
      summary: 'This layer and all inside it, the outermost first.',
      usage: 'packet.layers()',
      returns: 'a list of packets, one for each layer',
      example: `const packet = ${PACKET}; packet.layers().map(layer => layer.layerName)`,
    },
    get: {
      summary: 'The first layer of that kind from here inwards, or undefined; packet[TCP] is the same.',
      usage: 'packet.get(layer, number)',
      positionals: [
        LAYER,
        { name: 'number', type: 'number', summary: '2: the second of that kind, as in a tunnel', default: '1' },
      ],
      example: `const packet = ${PACKET}; packet.get(UDP).dport`,
    },
    has: {
      summary: 'Whether the packet has a layer of that kind; TCP in packet is the same.',
      usage: 'packet.has(layer)',
      positionals: [LAYER],
      example: `const packet = ${PACKET}; packet.has(UDP)`,
    },
    stack: {
      summary: 'Stacks a layer, a packet, text or bytes on the innermost layer, as / does. Both sides are copied.',
      usage: 'packet.stack(next)',
      positionals: [{ name: 'next', type: 'packet | layer | string | bytes', summary: 'what goes inside' }],
      returns: 'Packet',
      example: `const packet = IP({dst: '10.0.0.2'}); packet.stack(ICMP())`,
      see: ['/', 'stack'],
    },
    append: {
      summary: 'Puts a packet inside this innermost layer without copying it.',
      usage: 'packet.append(inner)',
      positionals: [{ name: 'inner', type: 'Packet', summary: 'what goes inside' }],
      example: `const packet = IP({dst: '10.0.0.2'}); packet.append(ICMP()); packet`,
      see: ['Packet.stack'],
    },
    copy: {
      summary: 'An independent packet with the same layers, from here inwards.',
      usage: 'packet.copy()',
      returns: 'Packet',
      example: `const packet = ${PACKET}; packet.copy().equals(packet)`,
    },
    equals: {
      summary: 'Whether another packet has the same layers and builds the same bytes.',
      usage: 'packet.equals(other)',
      positionals: [{ name: 'other', type: 'Packet', summary: 'the other one' }],
      example: `const packet = ${PACKET}; packet.equals(packet.copy())`,
      see: ['diff'],
    },
    diff: {
      summary: 'What another packet has otherwise than this one, field by field.',
      usage: 'packet.diff(other, {all})',
      positionals: [{ name: 'other', type: 'Packet', summary: 'the other one' }],
      parameters: [{ name: 'all', type: 'boolean', summary: 'what is the same too', default: 'false' }],
      returns: 'PacketDiff: empty where nothing differs',
      example: `const packet = ${PACKET}; const other = packet.copy(); other.ttl = 3; packet.diff(other)`,
      see: ['diff', 'Packet.equals'],
    },
  }
}

function fieldAccess(): Record<string, Metadata> {
  return {
    raw: {
      summary: 'What the bytes hold for a field: the number behind a flag text, a name or an address.',
      usage: 'packet.raw(field)',
      positionals: [FIELD],
      errors: [NO_FIELD],
      example: "TCP({flags: 'SA'}).raw('flags')",
      see: ['Packet.text'],
    },
    text: {
      summary: 'Text of a field as show() prints it: the name of a value, hexadecimal where that is usual.',
      usage: 'packet.text(field)',
      positionals: [FIELD],
      errors: [NO_FIELD],
      example: "TCP({dport: 80}).text('dport')",
      see: ['Packet.raw'],
    },
    unset: {
      summary: 'Makes a field automatic again; delete packet.ttl does the same.',
      usage: 'packet.unset(field)',
      positionals: [FIELD],
      returns: 'the packet',
      errors: [NO_FIELD],
      example: 'IP({ttl: 5}).unset("ttl").ttl',
    },
    time: {
      summary: 'Seconds since 1970 when it was captured, or undefined.',
      example: "sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: practiceNetwork().link}).time",
    },
    fieldsText: {
      summary: 'Fields of this one layer, name and text, as show() prints them.',
      usage: 'packet.fieldsText()',
      returns: 'a list of [name, text]',
      example: 'UDP().fieldsText()',
    },
    rangeOf: {
      summary: "Where a field, or the header of a layer, stands in the packet's bytes.",
      usage: 'packet.rangeOf(field)',
      positionals: [{ ...FIELD, summary: "'ttl', 'TCP.flags', or a layer" }],
      returns:
        '{layer, field, offset, length (bytes), bits: {first, count}}; undefined where the packet does not have it',
      errors: [NO_FIELD],
      example: `const packet = ${PACKET}; packet.rangeOf('UDP.dport')`,
      see: ['Packet.hexdump'],
    },
    issue: {
      summary: 'Why this layer could not be read as it claims to be, or null.',
      example: "dissect(IP, hex('4500')).issue",
      returns: 'Issue: layer, offset, needed, available (bytes), source; null where all is well',
      see: ['Packet.issues'],
    },
    issues: {
      summary: 'What is wrong with the layers from here inwards.',
      usage: 'packet.issues()',
      returns: 'a list of Issue, empty where all is well',
      example: "dissect(IP, hex('4500')).issues()",
      see: ['Packet.issue'],
    },
  }
}

function building(): Record<string, Metadata> {
  return {
    bytes: {
      summary: "The packet's bytes, with lengths, types and checksums computed; of a set the first packet's.",
      usage: 'packet.bytes()',
      returns: 'Buffer',
      errors: ['PacketError for a packet that cannot be built'],
      example: `const packet = ${PACKET}; packet.bytes().length`,
      see: ['Packet.hex', 'Packet.hexdump'],
    },
    hex: {
      summary: "The packet's bytes as hexadecimal text.",
      usage: 'packet.hex()',
      example: `const packet = ${PACKET}; packet.hex()`,
      see: ['hex', 'toHex'],
    },
    rebuilt: {
      summary: 'The packet as its bytes are read back: all automatic fields have their values.',
      usage: 'packet.rebuilt()',
      returns: 'Packet',
      example: `const packet = ${PACKET}; packet.rebuilt().len`,
      see: ['Packet.show2'],
    },
    count: {
      summary: 'How many packets this one stands for: the product of the sizes of its sets.',
      usage: 'packet.count()',
      example: "(IP({dst: '10.0.0.0/30'})/TCP({dport: [22, 80]})).count()",
      see: ['sets'],
    },
    command: {
      summary: 'The JavaScript that builds this packet.',
      usage: 'packet.command()',
      example: `const packet = ${PACKET}; packet.command()`,
    },
    toJSON: {
      summary: 'The JSON form that netshell read --json prints.',
      usage: 'packet.toJSON()',
      returns: '{time, length, layers: [{name, fields, issue}]}',
      example: `const packet = ${PACKET}; packet.toJSON().layers[0].name`,
      see: ['packetFromJson'],
    },
  }
}

function printing(): Record<string, Metadata> {
  return {
    summary: {
      summary: 'All layers in one line.',
      usage: 'packet.summary()',
      example: `const packet = ${PACKET}; packet.summary()`,
    },
    show: {
      summary: 'Prints every field of every layer; automatic fields that are unset stand as auto.',
      usage: 'packet.show({dump, color})',
      parameters: PRINT,
      returns: 'with dump the text',
      example: `const packet = ${PACKET}; packet.show()`,
      see: ['Packet.show2', 'ls', 'Packet.hexdump'],
    },
    show2: {
      summary: 'As show(), of the built packet: lengths and checksums have their values.',
      usage: 'packet.show2({dump, color})',
      parameters: PRINT,
      returns: 'with dump the text',
      example: `const packet = ${PACKET}; packet.show2()`,
      see: ['Packet.show'],
    },
    hexdump: {
      summary: 'Prints the bytes: offset, hexadecimal, text; the bytes of fields can be marked.',
      usage: 'packet.hexdump(fields, {dump, color})',
      positionals: [
        {
          name: 'fields',
          type: 'string | list',
          summary: "what is marked: 'ttl', 'TCP.flags', several in a list",
          default: 'nothing',
        },
      ],
      parameters: PRINT,
      returns: 'with dump the text',
      errors: [NO_FIELD],
      example: `const packet = ${PACKET}; packet.hexdump()`,
      see: ['hexdump', 'Packet.hex'],
    },
    toString: { summary: 'The summary.', usage: 'packet.toString()', example: 'String(UDP())' },
  }
}

const ADJUST = { name: 'adjust', type: 'function', default: 'as it is' } as const

/** Layers and fields, for who declares some. */
export function describeLayers(): void {
  describe('Layer', {
    group: 'Objects',
    summary: 'A layer, such as TCP: call it to make a packet of it; with bytes it dissects them.',
    usage: 'LAYER({field: value, …}), LAYER(bytes)',
    examples: ["TCP({dport: 80, flags: 'S'})", 'TCP.layerName'],
    see: ['layer', 'ls', 'dissect'],
  })
  describeMembers('Layer', {
    layerName: { summary: "Its name, as in summaries and JSON: 'TCP'.", example: 'TCP.layerName' },
    definition: {
      summary: 'Its layout: fields, size, what follows it; ls(TCP) shows it.',
      example: 'TCP.definition.fields.map(field => field.name)',
      see: ['ls'],
    },
  })
  const tick = (field: string, given = ''): string => `layer('Tick', {${field}})(${given}).hex()`
  describe('Field', {
    group: 'Objects',
    summary: 'A field of a layer, made by u16() and its kin; what is added to it is said with its methods.',
    usage: 'u16(default).METHOD(…)',
    example: tick("size: u8().lengthOf('body'), body: bytes('size')", "{body: 'now'}"),
    see: ['layer', 'Fields of layers'],
  })
  describeMembers('Field', {
    auto: {
      summary: 'Computed when unset, from c.headerLength, c.payloadLength, c.fieldLength(name), c.packet.',
      usage: 'field.auto(c => number)',
      positionals: [
        { name: 'compute', type: 'function', summary: 'gives the number; it may ask for what stands behind it' },
      ],
      example: tick('size: u8().auto(c => c.headerLength), at: u32()'),
      see: ['Field.checksum', 'Field.lengthOf'],
    },
    checksum: {
      summary: 'Computed when unset, after all else is in place and with this field zero.',
      usage: 'field.checksum(c => number)',
      positionals: [{ name: 'compute', type: 'function', summary: 'gives the number; c.buffer has the bytes' }],
      example: tick(
        'at: u16(), sum: u16().checksum(c => checksum(c.buffer.subarray(c.start, c.payloadEnd)))',
        '{at: 1}',
      ),
      see: ['checksum', 'Field.auto'],
    },
    lengthOf: {
      summary: 'Computed when unset: the bytes of another field.',
      usage: 'field.lengthOf(other, adjust)',
      positionals: [
        { name: 'other', type: 'string', summary: 'name of that field' },
        { ...ADJUST, summary: 'turns the bytes into what is written: bytes => bytes / 4' },
      ],
      example: tick("size: u8().lengthOf('body'), body: bytes('size')", "{body: 'now'}"),
    },
    countOf: {
      summary: 'Computed when unset: the elements of another field.',
      usage: 'field.countOf(other, adjust)',
      positionals: [
        { name: 'other', type: 'string', summary: 'name of that field' },
        { ...ADJUST, summary: 'turns the number of elements into what is written: n => n + 1' },
      ],
      example: tick("n: u8().countOf('who'), who: list(ipv4(), {count: 'n'})", "{who: ['10.0.0.1']}"),
    },
    when: {
      summary: 'The field is there only when the condition holds. It must not test an automatic field.',
      usage: 'field.when(me => boolean)',
      positionals: [{ name: 'condition', type: 'function', summary: 'asked with the packet' }],
      example: tick('kind: u8(), at: u32().when(me => me.kind === 2)', '{kind: 2, at: 7}'),
    },
    dynamic: {
      summary: 'The value while unset is found anew whenever it is read or built.',
      usage: 'field.dynamic(me => value)',
      positionals: [{ name: 'value', type: 'function', summary: 'gives the value; undefined: the default' }],
      example: tick('at: u32().dynamic(() => 7)'),
    },
    names: {
      summary: 'Names of values; a name may be given wherever the number may.',
      usage: 'field.names({number: name})',
      positionals: [{ name: 'names', type: 'object', summary: 'names by number' }],
      example: tick("kind: u16().names({1: 'ask', 2: 'tell'})", "{kind: 'tell'}"),
    },
    namesBy: {
      summary: 'Names of values that depend on another field, such as codes on a type.',
      usage: 'field.namesBy(other, {value: {number: name}})',
      positionals: [
        { name: 'other', type: 'string', summary: 'name of that field' },
        { name: 'tables', type: 'object', summary: 'names by number, by the value of that field' },
      ],
      example: tick("kind: u8(), code: u8().namesBy('kind', {1: {1: 'now'}})", "{kind: 1, code: 'now'}"),
    },
    about: {
      summary: 'Says what the field means, for help and completion.',
      usage: "field.about('what it means')",
      positionals: [{ name: 'meaning', type: 'string', summary: 'one sentence: unit, range, what stands for what' }],
      example: tick("at: u32().about('Seconds since the start.')"),
    },
    hex: { summary: 'Shown in hexadecimal.', usage: 'field.hex()', example: tick('at: u32().hex()') },
    default: {
      summary: 'The value while unset.',
      usage: 'field.default(value)',
      positionals: [{ name: 'value', type: 'any', summary: 'as it would be given to the field' }],
      example: tick('at: u32().default(7)'),
    },
    size: { summary: 'Bytes when they are always as many, else 0.', example: 'u32().size' },
    where: { summary: "Layer and name, as in messages: 'TCP.flags'.", example: 'TCP.definition.fields[0].where' },
  })
}
