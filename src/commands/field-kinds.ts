/** The kinds of fields that a layer is declared with, and random values: what help says of them. */
import type { Metadata, ParameterMetadata } from './metadata.js'

const DEFAULT = (type: string, unset: string): ParameterMetadata => ({
  name: 'default',
  type,
  summary: 'what the field is while nothing is set',
  default: unset,
})
const LOWEST_FIRST = ', the lowest byte first'
const NAMES: ParameterMetadata = {
  name: 'names',
  type: 'object',
  summary: "names by number, {1: 'ask', 2: 'tell'}; a name may then be given instead of the number",
}
const COUNT: ParameterMetadata = {
  name: 'count',
  type: 'number',
  summary: 'bits, 1..32; neighbours must fill whole bytes',
}
const EXTENT: ParameterMetadata = {
  name: 'extent',
  type: 'number | string | function | object',
  summary: "bytes, the name of a field that says it, a function of the packet, or what ends it: {until: '\\0'}",
  default: 'all that is left of the layer',
}
const LIST_OPTIONS: readonly ParameterMetadata[] = [
  {
    name: 'count',
    type: 'number | string | function',
    summary: 'how many elements; a text names the field that says it',
  },
  { name: 'length', type: 'number | string | function', summary: 'bytes of all together', default: 'all that is left' },
]

type Kind = Omit<Metadata, 'group' | 'see'>

function number(bits: number, order = ''): () => Kind {
  const name = `u${bits}${order === '' ? '' : 'le'}`
  return () => ({
    summary: `Field with a number of ${bits} bits${order}${bits === 64 ? ', a bigint' : ''}.`,
    usage: `${name}(default)`,
    positionals: [DEFAULT(bits === 64 ? 'bigint' : 'number', '0')],
    example: `layer('Example', {value: ${name}(${bits === 64 ? '5n' : 5})})({value: 7}).hex()`,
  })
}

function signed(bits: number, order = ''): () => Kind {
  const name = `i${bits}${order === '' ? '' : 'le'}`
  return () => ({
    summary: `Field with a signed number of ${bits} bits${order}.`,
    usage: `${name}(default)`,
    positionals: [DEFAULT('number', '0')],
    example: `layer('Example', {value: ${name}()})({value: -2}).hex()`,
  })
}

function fraction(bits: number, order = ''): () => Kind {
  const name = `f${bits}${order === '' ? '' : 'le'}`
  return () => ({
    summary: `Field with a fraction of ${bits} bits, as IEEE 754 has them${order}.`,
    usage: `${name}(default)`,
    positionals: [DEFAULT('number', '0')],
    example: `layer('Example', {value: ${name}()})({value: 0.5}).hex()`,
  })
}

function named(bits: number): () => Kind {
  return () => ({
    summary: `Field with a number of ${bits} bits whose values have names.`,
    usage: `u${bits}Enum(default, names)`,
    positionals: [DEFAULT('number', '0'), NAMES],
    example: `layer('Example', {kind: u${bits}Enum(1, {1: 'ask', 2: 'tell'})})({kind: 'tell'}).kind`,
  })
}

function address(name: string, what: string, value: string): () => Kind {
  return () => ({
    summary: `Field with ${what}, as text.`,
    usage: `${name}(default)`,
    positionals: [DEFAULT('string', 'zeros')],
    errors: ['PacketError for a text that is no such address'],
    example: `layer('Example', {who: ${name}('${value}')})().hex()`,
  })
}

const KINDS: Readonly<Record<string, () => Kind>> = {
  u8: number(8),
  u16: number(16),
  u24: number(24),
  u32: number(32),
  u64: number(64),
  u16le: number(16, LOWEST_FIRST),
  u32le: number(32, LOWEST_FIRST),
  u64le: number(64, LOWEST_FIRST),
  u24le: number(24, LOWEST_FIRST),
  u40: number(40),
  u48: number(48),
  i8: signed(8),
  i16: signed(16),
  i32: signed(32),
  i16le: signed(16, LOWEST_FIRST),
  i32le: signed(32, LOWEST_FIRST),
  f32: fraction(32),
  f64: fraction(64),
  f32le: fraction(32, LOWEST_FIRST),
  f64le: fraction(64, LOWEST_FIRST),
  u8Enum: named(8),
  u16Enum: named(16),
  u32Enum: named(32),
  bits: () => ({
    summary: 'Field of 1 to 32 bits.',
    usage: 'bits(count, default)',
    positionals: [COUNT, DEFAULT('number', '0')],
    errors: ['PacketError from layer() where neighbouring bit fields do not fill whole bytes'],
    example: "layer('Example', {high: bits(4, 4), low: bits(4)})({low: 5}).hex()",
  }),
  bitsEnum: () => ({
    summary: 'Field of 1 to 32 bits whose values have names.',
    usage: 'bitsEnum(count, default, names)',
    positionals: [COUNT, DEFAULT('number', '0'), NAMES],
    example: "layer('Example', {kind: bitsEnum(8, 1, {1: 'ask', 2: 'tell'})})({kind: 'tell'}).hex()",
  }),
  flags: () => ({
    summary: 'Field with flags, read and given as text.',
    usage: 'flags(count, names, default)',
    positionals: [
      COUNT,
      {
        name: 'names',
        type: 'string | list',
        summary: "from the lowest bit up: one letter each ('FSRPAUECN'), or a list of longer names (['MF', 'DF'])",
      },
      DEFAULT('number | string', 'none'),
    ],
    errors: ['PacketError for a flag that has no such name'],
    example: "layer('Example', {marks: flags(8, 'ABCDEFGH')})({marks: 'AC'}).hex()",
  }),
  ipv4: address('ipv4', 'an IPv4 address', '10.0.0.1'),
  ipv6: address('ipv6', 'an IPv6 address', 'fd00::1'),
  mac: address('mac', 'a MAC address', '02:00:00:00:00:01'),
  bytes: () => ({
    summary: 'Field with bytes, a Uint8Array; text may be given.',
    usage: 'bytes(extent)',
    positionals: [EXTENT],
    errors: ['PacketError from layer() where the field that says how long it is does not stand in front of it'],
    example: "layer('Example', {size: u8().lengthOf('load'), load: bytes('size')})({load: 'hello'}).hex()",
  }),
  text: () => ({
    summary: 'Field with text in UTF-8; of a fixed size it is filled up with zeros.',
    usage: 'text(extent)',
    positionals: [EXTENT],
    example: "layer('Example', {name: text(8)})({name: 'abc'}).hex()",
  }),
  list: () => ({
    summary: 'Field with several values of one kind.',
    usage: 'list(kind, {count, length})',
    positionals: [{ name: 'kind', type: 'field', summary: 'the kind of each: ipv4(), u16() …' }],
    parameters: LIST_OPTIONS,
    example:
      "layer('Example', {n: u8().countOf('who'), who: list(ipv4(), {count: 'n'})})({who: ['10.0.0.1', '10.0.0.2']}).hex()",
  }),
  layers: () => ({
    summary: 'Field with several layers.',
    usage: 'layers(layer, {count, length})',
    positionals: [
      {
        name: 'layer',
        type: 'layer | function',
        summary: 'the layer of each, or a function that tells it from the bytes',
      },
    ],
    parameters: LIST_OPTIONS,
    example: "layer('Example', {items: layers(Dot1Q)})({items: [{vlan: 1}, {vlan: 2}]}).hex()",
  }),
  nested: () => ({
    summary: 'Field that holds one layer.',
    usage: 'nested(layer, length)',
    positionals: [
      { name: 'layer', type: 'layer | function', summary: 'the layer, or a function that tells it from the bytes' },
      { ...EXTENT, name: 'length' },
    ],
    example: "layer('Example', {tag: nested(Dot1Q)})({tag: [Dot1Q({vlan: 7})]}).hex()",
  }),
  options: () => ({
    summary: 'Field with options as type, length and value.',
    usage: 'options({kinds, end, align, filler, typeSize, lengthSize, lengthCounts})',
    parameters: [
      {
        name: 'kinds',
        type: 'object',
        summary:
          'by number: {name, fields: [u16()]}; bare: true for one byte without a length, repeats: true for a list',
      },
      { name: 'end', type: 'number', summary: 'number of the option that ends the list', default: 'none' },
      { name: 'align', type: 'number', summary: 'filled up with zeros to a multiple of this many bytes', default: '1' },
      {
        name: 'filler',
        type: 'number',
        summary: 'number of the option that fills up instead of zeros',
        default: 'none',
      },
      { name: 'typeSize', type: 'number', summary: 'bytes of the type, 1 or 2', default: '1' },
      { name: 'lengthSize', type: 'number', summary: 'bytes of the length, 1 or 2', default: '1' },
      {
        name: 'lengthCounts',
        type: 'string',
        summary: 'what the length counts: the value, or type and length too',
        default: "'all'",
        choices: ['value', 'all'],
      },
    ],
    example:
      "layer('Example', {opts: options({kinds: {0: {name: 'End', bare: true}, 1: {name: 'Mtu', fields: [u16()]}}, end: 0, align: 4})})({opts: [['Mtu', 1400], 'End']}).hex()",
  }),
}

/** The names of the kinds, in the order in which help lists them. */
export const FIELD_KIND_NAMES: readonly string[] = Object.keys(KINDS)

/** What is known of a kind of field. */
export function fieldKindMetadata(name: string): Metadata {
  return {
    returns: 'Field: see help("Field") for what can be added, such as .auto(…)',
    ...KINDS[name]!(),
    see: ['layer', 'Field'],
  }
}
