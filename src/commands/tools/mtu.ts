import type { MtuResult } from '../../tools/mtu/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, IFACE, LINK, NETNS, SOURCE, timeout } from './shared-parameters.js'

export const mtuCommand: ToolCommand<MtuResult> = {
  name: 'mtu',
  summary: 'Finds the size of the largest packet that reaches a host in one piece (path MTU), and who limits it.',
  usage: 'mtu(host, {udp, max, timeout, retry})',
  positionals: [{ name: 'host', type: 'string', summary: 'name or address' }],
  returns: 'MtuResult: mtu and mss in bytes, who limits it, what was tried',
  errors: ['OptionError for an option that makes no sense', 'PacketError for a host that cannot be resolved'],
  source: 'RFC 1191; RFC 8201; RFC 8899',
  see: ['mtuTo', 'ping', 'fragment', 'MtuResult'],
  example: "mtu('10.2.0.10', {link: practiceNetwork().link})",
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
    timeout('2', 'seconds that answers are waited for while nothing is known of the way'),
    {
      name: 'retry',
      type: 'number',
      summary: 'how often a size without an answer is sent again before its silence counts, 0..15',
      default: '2',
    },
    { name: 'rate', type: 'number', summary: 'most probes a second', default: '200' },
    IFACE,
    SOURCE,
    NETNS,
    ...FAMILY,
    LINK,
  ],
  load: async () => (await import('../../tools/mtu/index.js')).runMtu,
  exitCode: (result) => (result.mtu === null ? 1 : 0),
}
