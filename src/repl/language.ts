/** What the shell adds to JavaScript, described for help. */
import { describe, describeLater, metadataOf } from '../commands/metadata.js'

/** The heading of these. */
export const LANGUAGE = 'Language'
const HELP = 'Help'

describeLater(describeHelp)
describeLater(describeLanguage)

function describeHelp(): void {
  const group = HELP
  describe('help', {
    group,
    summary: 'Lists what there is, or tells of one thing; NAME? does the same, NAME?? shows the source too.',
    usage: 'help(subject)',
    positionals: [
      {
        name: 'subject',
        type: 'any',
        summary:
          "a name, a value, a member (pkt.show, 'Packet.show'), an option ('sniff.filter'), a field ('TCP.flags'), a group, a topic",
        default: 'everything, in one line each',
        values: 'name',
      },
    ],
    example: 'help(sleep)',
    examples: ["help('TCP.flags')", "help('filters')"],
    see: ['ls', 'apropos', 'Topics'],
  })
  describe('ls', {
    group,
    summary: 'Lists layers and commands; of a layer its header and fields, of a packet its fields with their values.',
    usage: 'ls(subject)',
    positionals: [
      {
        name: 'subject',
        type: 'layer | packet | string',
        summary: "TCP, a packet, a field ('TCP.flags'), or a part of a name ('tcp')",
        default: 'everything, in one line each',
        values: 'layer',
      },
    ],
    errors: ['PacketError for a name that nothing has'],
    example: 'ls(UDP)',
    examples: ["ls('tcp')", "ls(IP({src: '10.0.0.1', dst: '10.0.0.2'})/ICMP())"],
    see: ['help', 'apropos', 'Packet.show'],
  })
  describe('apropos', {
    group,
    summary: 'Finds a word in names, texts, options, fields, members and topics.',
    usage: 'apropos(text)',
    positionals: [{ name: 'text', type: 'string', summary: 'a word, or several that must all be there' }],
    errors: ['PacketError for what is no text'],
    example: "apropos('checksum')",
    see: ['help', 'ls'],
  })
}

function describeLanguage(): void {
  const group = LANGUAGE
  const packet = "IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP({dport: 80})"
  describe('/', {
    group,
    summary: 'Puts one layer on top of another; between numbers it divides.',
    usage: 'outer / inner',
    positionals: [
      { name: 'outer', type: 'packet | layer', summary: 'what is outside' },
      { name: 'inner', type: 'packet | layer | string | bytes', summary: 'what is inside; text and bytes become Raw' },
    ],
    returns: 'Packet; both sides are copied',
    example: `${packet}/'payload'`,
    see: ['stack', 'stacking', 'Packet.stack'],
  })
  describe('*', {
    group,
    summary: 'A list of n copies of a packet; between numbers it multiplies.',
    usage: 'packet * n',
    example: "IP({dst: '10.0.0.2'}) * 3",
    see: ['sets'],
  })
  describe('in', {
    group,
    summary: 'Tells whether a packet has a layer.',
    usage: 'TCP in packet',
    example: `TCP in ${packet.startsWith('IP') ? `(${packet})` : packet}`,
    see: ['Packet.has'],
  })
  describe('delete', {
    group,
    summary: 'Makes a field of a packet automatic again.',
    usage: 'delete packet.ttl',
    example: "const packet = IP({dst: '10.0.0.2', ttl: 5}); delete packet.ttl; packet.ttl",
    see: ['Packet.unset'],
  })
  describe('_', {
    group,
    summary: 'The last value that the prompt has shown; _1, _2 … are all of them in order.',
    usage: '_',
    example: '_',
  })
  describe('Promise.all', {
    group,
    summary: 'Runs what is in its list side by side and waits for all; a loop or map runs one after the other.',
    usage: 'Promise.all([task, …])',
    returns: 'a list of the results',
    example: 'Promise.all([sleep(0.05), sleep(0.05)])',
    see: ['waiting', 'bg'],
  })
  // Where the commands are not loaded, the shell still waits.
  if (metadataOf('sleep') === undefined)
    describe('sleep', {
      group,
      summary: 'Waits some seconds; Ctrl-C ends it.',
      usage: 'sleep(seconds)',
      example: 'sleep(0.1)',
    })
}
