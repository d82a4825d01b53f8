import type { ArpingResult } from '../../tools/arping/index.js'
import type { ToolCommand } from '../tool-command.js'

export const arpingCommand: ToolCommand<ArpingResult> = {
  name: 'arping',
  summary: 'Asks on the link who has an address (ARP, neighbour solicitation): one, a network, or everybody.',
  usage: 'arping(targets, {iface, timeout, retry, rate})',
  example:
    "arping('10.0.0.2', {link: memoryLinkPair({addresses: {ipv4: [{address: '10.0.0.1', prefix: 24}]}})[0], timeout: 0.1, retry: 0})",
  arguments: '[target...]',
  commandLineExample: 'sudo netshell arping 192.168.1.0/24',
  parameters: [
    {
      name: 'timeout',
      type: 'number',
      summary: 'seconds that an answer may take at most',
      default: '1',
      flag: '-W, --timeout <seconds>',
    },
    {
      name: 'retry',
      type: 'number',
      summary: 'how often a silent address is asked again, 0..15',
      default: '2',
      flag: '--retry <number>',
    },
    {
      name: 'rate',
      type: 'number',
      summary: 'questions a second; each reaches every station of the link',
      default: '2000',
      flag: '--rate <number>',
    },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the route',
      flag: '-I, --iface <name>',
    },
    { name: 'netns', type: 'string', summary: 'network namespace', default: 'the own one' },
    { name: 'family', type: 'number', summary: 'only IPv4 (4) or IPv6 (6) addresses of names', flag: null },
    { name: 'ipv4', type: 'boolean', summary: 'the same as family 4', default: 'false', flag: '-4, --ipv4' },
    { name: 'ipv6', type: 'boolean', summary: 'the same as family 6', default: 'false', flag: '-6, --ipv6' },
    { name: 'quiet', type: 'boolean', summary: 'no warnings', default: 'false', flag: '-q, --quiet' },
    { name: 'link', type: 'Link', summary: 'a link of your own', flag: null },
  ],
  load: async () => (await import('../../tools/arping/index.js')).runArping,
  fromCommandLine: (positionals, { json: _json, ...options }) => [
    positionals.length === 0 ? 'lan' : positionals,
    options,
  ],
  exitCode: (result) => (result.stations.length > 0 ? 0 : 1),
}
