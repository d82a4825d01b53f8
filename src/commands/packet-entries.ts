import * as engine from '../packet/index.js'
import type { Entry } from './entry.js'
import { listing } from './listing.js'

/** Making, reading and describing packets. */
export const PACKET_ENTRIES: readonly Entry[] = [
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

/** What each kind of field is for. */
export const FIELD_KINDS: Record<string, string> = {
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

/** What each random value is. */
export const RANDOM: Record<string, string> = {
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
