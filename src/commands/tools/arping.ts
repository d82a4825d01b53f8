import type { ArpingResult } from '../../tools/arping/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, IFACE, LINK, NETNS, QUIET, timeout } from './shared-parameters.js'

export const arpingCommand: ToolCommand<ArpingResult> = {
  name: 'arping',
  summary: 'Asks on the link who has an address (ARP, neighbour solicitation): one, a network, or everybody.',
  usage: 'arping(targets, {iface, timeout, retry, rate})',
  positionals: [
    {
      name: 'targets',
      type: 'string | list',
      summary: "addresses, networks, ranges '10.0.0.2-9', or 'lan' for everybody",
      default: "'lan'",
    },
  ],
  returns: 'ArpingResult: stations with address, mac and rtt (seconds)',
  errors: [
    'OptionError for an option that makes no sense',
    'LinkError without the rights to send (root), or when the targets are on no link',
  ],
  source: 'RFC 826; RFC 4861 §7.2',
  see: ['neighbours', 'scan', 'srp', 'ArpingResult'],
  example: "arping('10.0.0.2-4', {link: practiceNetwork().link})",
  arguments: '[target...]',
  commandLineExample: 'sudo netshell arping 192.168.1.0/24',
  parameters: [
    timeout('1', 'seconds that an answer may take at most'),
    {
      name: 'retry',
      type: 'number',
      summary: 'how often a silent address is asked again, 0..15',
      default: '2',
    },
    {
      name: 'rate',
      type: 'number',
      summary: 'questions a second; each reaches every station of the link',
      default: '2000',
    },
    IFACE,
    NETNS,
    ...FAMILY,
    QUIET,
    LINK,
  ],
  load: async () => (await import('../../tools/arping/index.js')).runArping,
  fromCommandLine: (positionals, options) => [positionals.length === 0 ? 'lan' : positionals, options],
  exitCode: (result) => (result.stations.length > 0 ? 0 : 1),
}
