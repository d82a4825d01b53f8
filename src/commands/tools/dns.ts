import { printable } from '../../exchange/index.js'
import type { DnsResult } from '../../tools/dns/index.js'
import type { ToolCommand } from '../tool-command.js'
import { NETNS, timeout } from './shared-parameters.js'

export const dnsCommand: ToolCommand<DnsResult> = {
  name: 'dns',
  summary: 'Asks a name server for the records of names; an address is looked up in reverse.',
  usage: 'dns(name, {type, server, tcp, dnssec, recurse, timeout})',
  positionals: [
    {
      name: 'name',
      type: 'string | list',
      summary: 'a name, or an address that is looked up in reverse; several in a list',
    },
  ],
  returns: 'DnsResult: responses with their records; short has the data alone',
  errors: ['OptionError for an option that makes no sense', 'PacketError for what is no name'],
  source: 'RFC 1035; EDNS: RFC 6891',
  see: ['DnsResult', 'DnsRecord', 'DNS'],
  example: "dns('www.example', {server: '10.0.0.2', link: practiceNetwork().link})",
  arguments: '<name...>',
  commandLineExample: 'netshell dns example.org --type A,AAAA,MX --server 10.0.0.1',
  parameters: [
    {
      name: 'type',
      type: 'string | number | list',
      summary: 'records asked for: A, AAAA, MX, TXT, ANY … or a number; several in a list',
      flagSummary:
        'records asked for: A, AAAA, MX, TXT, ANY … or a number; several with commas (unset: A; for an address PTR)',
      default: "'A'; for an address 'PTR'",
      flag: '-t, --type <type>',
    },
    {
      name: 'server',
      type: 'string',
      summary: 'name server, address or name',
      default: 'the first of /etc/resolv.conf',
      flag: '-s, --server <host>',
    },
    {
      name: 'class',
      type: 'string | number',
      summary: "class; 'CH' asks a server about itself (version.bind, type TXT)",
      default: "'IN'",
      flag: '--class <class>',
    },
    {
      name: 'recurse',
      type: 'boolean',
      summary: 'whether the server shall ask others (RD)',
      flagSummary: 'the server shall not ask others (RD is not set)',
      default: 'true',
      flag: '--no-recurse',
    },
    { name: 'dnssec', type: 'boolean', summary: 'ask for signatures (EDNS, DO)', default: 'false' },
    { name: 'checkingDisabled', type: 'boolean', summary: 'do not check signatures (CD)', default: 'false' },
    {
      name: 'size',
      type: 'number',
      summary: 'greatest datagram that is taken, bytes, told with EDNS; 0 leaves EDNS out',
      default: '1232',
    },
    {
      name: 'tcp',
      type: 'boolean',
      summary: 'over TCP; false: never over TCP',
      flagSummary: 'over TCP (unset: only when an answer is too long for a datagram)',
      default: 'only when an answer is too long for a datagram',
    },
    { name: 'port', type: 'number', summary: 'port of the server', default: '53', flag: '-p, --port <number>' },
    timeout('2'),
    { name: 'retry', type: 'number', summary: 'how often a silent server is asked again, 0..15', default: '2' },
    { name: 'id', type: 'number', summary: 'number of the message, 0..65535', default: 'random' },
    { name: 'raw', type: 'boolean', summary: 'send a packet of our own (needs root)', default: 'false' },
    {
      name: 'source',
      type: 'string',
      summary: 'address that a raw packet says it comes from',
      flag: '--source <address>',
    },
    { name: 'sport', type: 'number', summary: 'port that a raw packet comes from', default: 'random' },
    { name: 'ttl', type: 'number', summary: 'time to live of a raw packet, 1..255', default: '64' },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface that a raw packet leaves by',
      default: 'the one of the route',
      flag: '-i, --iface <name>',
    },
    NETNS,
    {
      name: 'short',
      type: 'boolean',
      summary: 'print the data of the answers alone',
      default: 'false',
    },
    { name: 'link', type: 'Link', summary: 'a link of your own, for raw packets', flag: null },
  ],
  load: async () => (await import('../../tools/dns/index.js')).runDns,
  fromCommandLine: (positionals, { type, ...options }) => [
    positionals.length === 1 ? positionals[0] : positionals,
    typeof type === 'string' ? { ...options, type: type.includes(',') ? type.split(',') : type } : options,
  ],
  print: (result, { short }) => {
    if (short !== true || result.short.length > 0) return String(result)
    // Without data, what `short` leaves out is what matters; it is not for whoever reads the data.
    process.stderr.write(`${printable(result.responses.join('\n'), true)}\n`)
    return undefined
  },
  exitCode: (result) => (result.isGood ? 0 : 1),
}
