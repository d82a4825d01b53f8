import type { MtuResult } from '../../tools/mtu/index.js'
import type { ToolCommand } from '../tool-command.js'

export const mtuCommand: ToolCommand<MtuResult> = {
  name: 'mtu',
  summary: 'Finds the size of the largest packet that reaches a host in one piece (path MTU), and who limits it.',
  usage: 'mtu(host, {udp, max, timeout, tries})',
  example: "mtu('127.0.0.1')",
  arguments: '<host>',
  commandLineExample: 'netshell mtu 127.0.0.1',
  parameters: [
    { name: 'udp', type: 'number', summary: 'ask with UDP to this port instead of ICMP echo', flag: '--udp <port>' },
    {
      name: 'max',
      type: 'number',
      summary: 'largest packet that is tried, in bytes with its IP header',
      default: 'what the interface takes',
      flag: '-m, --max <bytes>',
    },
    {
      name: 'timeout',
      type: 'number',
      summary: 'seconds that answers are waited for while nothing is known of the way',
      default: '2',
      flag: '-W, --timeout <seconds>',
    },
    { name: 'tries', type: 'number', summary: 'packets of each size before silence counts, 1..10', default: '3' },
    { name: 'rate', type: 'number', summary: 'most probes a second', default: '200' },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the route',
      flag: '-I, --iface <name>',
    },
    { name: 'source', type: 'string', summary: 'address that probes come from', default: 'the one of the route' },
    { name: 'netns', type: 'string', summary: 'network namespace', default: 'the own one' },
    { name: 'family', type: 'number', summary: 'only an IPv4 (4) or IPv6 (6) address of a name', flag: null },
    { name: 'ipv4', type: 'boolean', summary: 'the same as family 4', default: 'false', flag: '-4, --ipv4' },
    { name: 'ipv6', type: 'boolean', summary: 'the same as family 6', default: 'false', flag: '-6, --ipv6' },
    { name: 'link', type: 'Link', summary: 'a link of your own', flag: null },
  ],
  load: async () => (await import('../../tools/mtu/index.js')).runMtu,
  exitCode: (result) => (result.mtu === null ? 1 : 0),
}
