import type { PingResult } from '../../tools/ping/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, LINK, NETNS, SOURCE, timeout } from './shared-parameters.js'

export const pingCommand: ToolCommand<PingResult> = {
  name: 'ping',
  summary: 'Asks hosts whether they are there and how long the way takes (ICMP echo, or TCP or UDP to a port).',
  usage: 'ping(host, {count, inter, size, ttl, df, timeout, tcp, udp})',
  positionals: [
    {
      name: 'host',
      type: 'string | list',
      summary: "name or address, several in a list, a network '10.0.0.0/28' or range '10.0.0.2-9'",
    },
  ],
  returns: 'PingResult: hosts with counts and times, alive, loss',
  errors: ['OptionError for an option that makes no sense', 'PacketError for a host that cannot be resolved'],
  see: ['traceroute', 'mtu', 'scan', 'PingResult', 'practiceNetwork'],
  example: "ping('10.0.0.2', {count: 2, link: practiceNetwork().link})",
  arguments: '<host...>',
  commandLineExample: 'netshell ping -c 2 127.0.0.1',
  parameters: [
    {
      name: 'count',
      type: 'number',
      summary: 'probes to each host; 0: until Ctrl-C',
      default: '4',
      flag: '-c, --count <number>',
    },
    {
      name: 'inter',
      type: 'number',
      summary: 'seconds from one probe to a host to the next, 0.01 or more',
      default: '1',
      flag: '-i, --inter <seconds>',
    },
    {
      name: 'size',
      type: 'number',
      summary: 'bytes of data in each probe, headers not counted',
      default: '56',
      flag: '-s, --size <bytes>',
    },
    {
      name: 'ttl',
      type: 'number',
      summary: 'time to live (hop limit), 1..255',
      default: '64',
      flag: '-t, --ttl <hops>',
    },
    { name: 'df', type: 'boolean', summary: 'probes must not be fragmented', default: 'false' },
    timeout('2'),
    {
      name: 'pattern',
      type: 'string',
      summary: 'what the data consists of, in hexadecimal',
      default: '00 01 02 …',
      flag: '-p, --pattern <hex>',
    },
    { name: 'tos', type: 'number', summary: 'type of service, 0..255', default: '0', flag: '-Q, --tos <number>' },
    { name: 'tcp', type: 'number', summary: 'ask with the SYN of TCP to this port', flag: '--tcp <port>' },
    { name: 'udp', type: 'number', summary: 'ask with UDP to this port', flag: '--udp <port>' },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the route',
      flag: '-I, --iface <name>',
    },
    SOURCE,
    NETNS,
    ...FAMILY,
    { name: 'rate', type: 'number', summary: 'most probes a second, to all hosts together', default: '1000' },
    { name: 'quiet', type: 'boolean', summary: 'no line for each answer', default: 'false', flag: '-q, --quiet' },
    {
      name: 'prn',
      type: 'function',
      summary: 'called for each event instead of printing it; what it returns is printed',
      flag: null,
    },
    LINK,
  ],
  // Ping ends with Ctrl-C as often as not.
  endless: true,
  load: async () => (await import('../../tools/ping/index.js')).runPing,
  exitCode: (result) => (result.received > 0 ? 0 : 1),
}
