/** What is known of the random values, for help. */
import type { Metadata, ParameterMetadata } from './metadata.js'

const SIZE: ParameterMetadata = {
  name: 'size',
  type: 'number | random value',
  summary: 'how many',
  default: '1 to 64 at random',
}

const CORRUPTION: readonly ParameterMetadata[] = [
  {
    name: 'p',
    type: 'number',
    summary: 'the part that is changed, above 0 and at most 1; at least one',
    default: '0.01',
  },
  { name: 'n', type: 'number', summary: 'how many are changed', default: 'as p says' },
]
const CLOCK: readonly ParameterMetadata[] = [
  { name: 'base', type: 'number', summary: 'where the clock stands now, in seconds', default: 'the time' },
  { name: 'diff', type: 'number', summary: 'how many seconds it is behind', default: '0' },
]

function inOrder(bits: string, name: string, example: string): () => Metadata {
  return () => ({
    summary: `Every number of ${bits} bits in a random order: each once before one comes again.`,
    usage: `${name}()`,
    example,
  })
}

function atEdges(bits: string, name: string, example: string): () => Metadata {
  return () => ({
    summary: `A number of ${bits} bits at the edges: 0, the largest, a power of two, or beside one of them.`,
    usage: `${name}()`,
    example,
  })
}

function random(what: string, name: string, used = 'IP({id: %})'): () => Metadata {
  return () => ({
    summary: `Random ${what}, a new one in each packet.`,
    usage: `${name}()`,
    example: used.replace('%', `${name}()`),
  })
}

const RANDOM: Readonly<Record<string, () => Metadata>> = {
  RandByte: random('number of 8 bits', 'RandByte', 'IP({ttl: %})'),
  RandShort: random('number of 16 bits', 'RandShort', 'TCP({sport: %})'),
  RandInt: random('number of 32 bits', 'RandInt', 'TCP({seq: %})'),
  RandLong: random('number of 64 bits', 'RandLong', "layer('Example', {value: u64()})({value: %}).hex()"),
  RandNum: () => ({
    summary: 'Random whole number in a range, a new one in each packet.',
    usage: 'RandNum(low, high)',
    positionals: [
      { name: 'low', type: 'number', summary: 'the smallest' },
      { name: 'high', type: 'number', summary: 'the largest' },
    ],
    errors: ['PacketError where low is above high'],
    example: 'TCP({sport: RandNum(1024, 65535)})',
  }),
  RandIP: () => ({
    summary: 'Random IPv4 address, a new one in each packet.',
    usage: 'RandIP(template)',
    positionals: [
      {
        name: 'template',
        type: 'string',
        summary: "a network, '10.0.0.0/8', or parts: '10.0.*.1-20'",
        default: 'any address',
      },
    ],
    errors: ['PacketError for a text that is no network and no template'],
    example: "IP({src: RandIP('10.0.0.0/8'), dst: '10.0.0.1'})",
    examples: ["IP({src: RandIP('10.0.*.1-20'), dst: '10.0.0.1'})"],
  }),
  RandIP6: () => ({
    summary: 'Random IPv6 address, a new one in each packet.',
    usage: 'RandIP6(template)',
    positionals: [
      {
        name: 'template',
        type: 'string',
        summary: "a network, 'fd00::/8', or groups: 'fd00::*:1-ff'; ** stands for as many groups as are missing",
        default: 'any address',
      },
    ],
    errors: ['PacketError for a text that is no network and no template'],
    example: "IPv6({src: RandIP6('fd00::/8'), dst: 'fd00::1'})",
  }),
  RandMAC: () => ({
    summary:
      'Random MAC address, a new one in each packet: a unicast one, marked as locally administered, or one of a template.',
    usage: 'RandMAC(template)',
    positionals: [
      {
        name: 'template',
        type: 'string',
        summary: "bytes that it begins with, '00:11:22', or bytes with * and ranges, '02:00:00:*:*:0-f'",
        default: 'none',
      },
    ],
    errors: ['PacketError for a text that is no template'],
    example: "Ether({src: RandMAC('02:00:00:*:*:*')})",
  }),
  RandString: () => ({
    summary: 'Random letters and digits, or of the given characters, new ones in each packet.',
    usage: 'RandString(size, characters)',
    positionals: [
      SIZE,
      { name: 'characters', type: 'string', summary: 'what they are chosen from', default: 'letters and digits' },
    ],
    example: 'Raw(RandString(56))',
    examples: ["Raw(RandString(RandNum(1, 20), 'abc'))"],
  }),
  RandBin: () => ({
    summary: 'Random bytes, new ones in each packet.',
    usage: 'RandBin(size)',
    positionals: [SIZE],
    example: 'Raw(RandBin(56))',
  }),
  RandChoice: () => ({
    summary: 'One of the given values, chosen anew for each packet; random values among them are drawn.',
    usage: 'RandChoice(value, …)',
    positionals: [{ name: 'value', type: 'any', summary: 'what it may be; give several' }],
    example: 'TCP({dport: RandChoice(22, 80, RandNum(1024, 65535))})',
  }),
  RandFloat: () => ({
    summary: 'Random number with a fraction, a new one in each packet.',
    usage: 'RandFloat(low, high)',
    positionals: [
      { name: 'low', type: 'number', summary: 'the smallest' },
      { name: 'high', type: 'number', summary: 'the largest' },
    ],
    errors: ['PacketError where low is above high'],
    example: 'IP({ttl: DelayedEval(() => Math.round(RandFloat(1, 64).pick()))})',
  }),
  RandSByte: random('number of 8 bits with a sign', 'RandSByte', 'RandSByte().pick()'),
  RandSShort: random('number of 16 bits with a sign', 'RandSShort', 'RandSShort().pick()'),
  RandSInt: random('number of 32 bits with a sign', 'RandSInt', 'RandSInt().pick()'),
  RandSLong: random('number of 64 bits with a sign', 'RandSLong', 'RandSLong().pick()'),
  RandNumGauss: () => ({
    summary: 'Random whole number around a mean, of the normal distribution; never below 0.',
    usage: 'RandNumGauss(mean, deviation)',
    positionals: [
      { name: 'mean', type: 'number', summary: 'around which they lie' },
      { name: 'deviation', type: 'number', summary: 'two of three lie within it, above 0' },
    ],
    example: 'IP({len: RandNumGauss(500, 50)})',
  }),
  RandNumExpo: () => ({
    summary: 'Random whole number of the exponential distribution: many small ones, few large ones.',
    usage: 'RandNumExpo(lambda, base)',
    positionals: [
      { name: 'lambda', type: 'number', summary: '1 by the mean, above 0: 0.01 for a mean of 100' },
      { name: 'base', type: 'number', summary: 'what is added', default: '0' },
    ],
    example: 'Raw(RandString(RandNumExpo(0.05, 1)))',
  }),
  RandNumGamma: () => ({
    summary: 'Random whole number of the gamma distribution.',
    usage: 'RandNumGamma(alpha, beta)',
    positionals: [
      { name: 'alpha', type: 'number', summary: 'the shape, above 0' },
      { name: 'beta', type: 'number', summary: 'the scale, above 0: alpha times beta is the mean' },
    ],
    example: 'Raw(RandString(RandNumGamma(2, 20)))',
  }),
  RandEnum: () => ({
    summary: 'The numbers of a range in a random order: each once before one comes again.',
    usage: 'RandEnum(low, high)',
    positionals: [
      { name: 'low', type: 'number', summary: 'the smallest' },
      { name: 'high', type: 'number', summary: 'the largest' },
    ],
    errors: ['PacketError where low is above high'],
    example: 'TCP({sport: RandEnum(1024, 65535)})',
  }),
  RandEnumByte: inOrder('8', 'RandEnumByte', 'IP({ttl: RandEnumByte()})'),
  RandEnumShort: inOrder('16', 'RandEnumShort', 'TCP({sport: RandEnumShort()})'),
  RandEnumInt: inOrder('32', 'RandEnumInt', 'TCP({seq: RandEnumInt()})'),
  RandEnumLong: inOrder('64', 'RandEnumLong', 'RandEnumLong().pick()'),
  RandEnumKeys: () => ({
    summary: 'The given values in a random order: each once before one comes again.',
    usage: 'RandEnumKeys(values)',
    positionals: [
      { name: 'values', type: 'list | object', summary: 'a list of them, or an object whose names they are' },
    ],
    example: "TCP({dport: RandEnumKeys(['ssh', 'http', 'https'])})",
  }),
  RandSingNum: () => ({
    summary: 'A number at the edges of a range: its ends, zero, a power of two, or beside one of them.',
    usage: 'RandSingNum(low, high)',
    positionals: [
      { name: 'low', type: 'number', summary: 'the smallest' },
      { name: 'high', type: 'number', summary: 'the largest' },
    ],
    example: 'TCP({window: RandSingNum(0, 65535)})',
  }),
  RandSingByte: atEdges('8', 'RandSingByte', 'IP({ttl: RandSingByte()})'),
  RandSingShort: atEdges('16', 'RandSingShort', 'TCP({window: RandSingShort()})'),
  RandSingInt: atEdges('32', 'RandSingInt', 'TCP({seq: RandSingInt()})'),
  RandSingLong: atEdges('64', 'RandSingLong', 'RandSingLong().pick()'),
  RandSingString: random(
    'text that programs stumble over: empty, long, with formats, quotes, paths',
    'RandSingString',
    'Raw(%)',
  ),
  RandTermString: () => ({
    summary: 'Random letters and digits with an end that does not come before.',
    usage: 'RandTermString(size, end)',
    positionals: [SIZE, { name: 'end', type: 'string', summary: "what stands behind them, such as '\\0'" }],
    example: "Raw(RandTermString(12, '\\r\\n'))",
  }),
  RandRegExp: () => ({
    summary: 'A text that a regular expression matches, a new one in each packet.',
    usage: 'RandRegExp(expression)',
    positionals: [
      {
        name: 'expression',
        type: 'string | RegExp',
        summary:
          'characters, classes, groups, alternatives, repetitions; * + {n,} repeat at most eight times more than they must',
      },
    ],
    errors: ['PacketError for what is no regular expression, or looks ahead or behind'],
    example: "Raw(RandRegExp('(GET|POST) /[a-z]{1,8} HTTP/1\\.[01]'))",
  }),
  RandPool: () => ({
    summary: 'One of the given values, as often as its weight says.',
    usage: 'RandPool([value, weight], …)',
    positionals: [{ name: 'pair', type: 'list', summary: 'a value and its weight, above 0; give several' }],
    example: 'TCP({dport: RandPool([80, 9], [443, 1])})',
  }),
  RandOID: () => ({
    summary: 'Random object identifier, a new one in each packet.',
    usage: 'RandOID(template)',
    positionals: [
      { name: 'template', type: 'string', summary: "* for one number, ** for some: '1.3.6.1.2.1.**'", default: 'any' },
    ],
    errors: ['PacketError for a text that is no template'],
    example: "RandOID('1.3.6.1.2.1.*.0').pick()",
  }),
  RandUUID: () => ({
    summary: 'Random UUID of version 4, a new one in each packet; or one of a template.',
    usage: 'RandUUID(template)',
    positionals: [{ name: 'template', type: 'string', summary: 'a UUID with * for any digit', default: 'any' }],
    errors: ['PacketError for a text that is no template'],
    example: 'Raw(RandUUID())',
    source: 'RFC 9562 §5.4',
  }),
  CorruptedBytes: () => ({
    summary: 'The given text or bytes with some bytes changed, others in each packet.',
    usage: 'CorruptedBytes(value, {p, n})',
    positionals: [{ name: 'value', type: 'string | Uint8Array | random value', summary: 'what is spoiled' }],
    parameters: CORRUPTION,
    errors: ['PacketError for what is no text and no bytes'],
    example: "Raw(CorruptedBytes('GET / HTTP/1.0', {n: 2}))",
  }),
  CorruptedBits: () => ({
    summary: 'The given text or bytes with some bits turned over, others in each packet.',
    usage: 'CorruptedBits(value, {p, n})',
    positionals: [{ name: 'value', type: 'string | Uint8Array | random value', summary: 'what is spoiled' }],
    parameters: CORRUPTION,
    errors: ['PacketError for what is no text and no bytes'],
    example: 'Raw(CorruptedBits((IP()/ICMP()).bytes(), {p: 0.02}))',
  }),
  AutoTime: () => ({
    summary: 'The time at which the packet is built, in seconds since 1970 with a fraction.',
    usage: 'AutoTime(base, diff)',
    positionals: CLOCK,
    example: 'AutoTime().pick()',
  }),
  IntAutoTime: () => ({
    summary: 'The time at which the packet is built, in whole seconds since 1970.',
    usage: 'IntAutoTime(base, diff)',
    positionals: CLOCK,
    example: "TCP({options: [['Timestamp', [IntAutoTime(), 0]]]})",
  }),
  IncrementalValue: () => ({
    summary: 'A number that is more by a step in each packet; seed() begins it anew.',
    usage: 'IncrementalValue(start, step, restart)',
    positionals: [
      { name: 'start', type: 'number', summary: 'the first', default: '0' },
      { name: 'step', type: 'number', summary: 'what is added', default: '1' },
      { name: 'restart', type: 'number', summary: 'where it would be this it is start again', default: 'never' },
    ],
    example: 'IP({id: IncrementalValue(1)})',
  }),
  DelayedEval: () => ({
    summary: 'What a function gives each time a packet is built.',
    usage: 'DelayedEval(() => value)',
    positionals: [{ name: 'function', type: 'function', summary: 'asked for every packet; without parameters' }],
    example: 'IP({id: DelayedEval(() => process.pid % 65536)})',
  }),
  seed: () => ({
    summary: 'Begins the series of random values anew, counters too, so that a run can be repeated.',
    usage: 'seed(number)',
    positionals: [{ name: 'number', type: 'number', summary: 'the same number gives the same series' }],
    example: 'seed(1)',
  }),
}

/** The names of the random values. */
export const RANDOM_NAMES: readonly string[] = Object.keys(RANDOM)

/** What is known of a random value. */
export function randomMetadata(name: string): Metadata {
  const returns = name === 'seed' ? {} : { returns: 'a value that takes its number when the packet is built or sent' }
  return { ...returns, ...RANDOM[name]!(), see: name === 'seed' ? ['RandNum'] : ['seed', 'sets'] }
}
