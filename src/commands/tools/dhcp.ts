import type { DhcpResult } from '../../tools/dhcp/index.js'
import type { ToolCommand } from '../tool-command.js'
import { LINK, NETNS, timeout } from './shared-parameters.js'

export const dhcpCommand: ToolCommand<DhcpResult> = {
  name: 'dhcpDiscover',
  subcommand: 'dhcp discover',
  summary: 'Finds the DHCP servers of a link and what they offer; nothing is leased.',
  usage: 'dhcpDiscover({iface, timeout, first, mac, requestOptions})',
  returns: 'DhcpResult: offers with address, routers, name servers, lease',
  errors: ['OptionError for an option that makes no sense', 'LinkError without the rights to send (root)'],
  source: 'RFC 2131 §3.1',
  see: ['DhcpResult', 'DhcpOffer', 'DHCP', 'BOOTP'],
  example: 'dhcpDiscover({first: true, link: practiceNetwork().link})',
  commandLineExample: 'sudo netshell dhcp discover -i eth0',
  parameters: [
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the default route',
      flag: '-i, --iface <name>',
    },
    timeout('3', 'seconds that offers are collected'),
    { name: 'first', type: 'boolean', summary: 'end with the first offer', default: 'false', flag: '-1, --first' },
    {
      name: 'mac',
      type: 'string',
      summary: 'hardware address that asks',
      default: "the interface's",
      flag: '--mac <address>',
    },
    {
      name: 'requestOptions',
      type: 'list',
      summary: "options asked for, such as ['router', 'wpad', 43]",
      flag: '--request-options <list>',
      flagSummary:
        'options asked for, names or numbers with commas, such as router,wpad,43 (unset: mask, router, name servers, domain, times, boot file …)',
      default: 'mask, router, name servers, domain, times, boot file …',
    },
    {
      name: 'requestedAddress',
      type: 'string',
      summary: 'an address that one would like to have',
      flag: '--requested-address <address>',
    },
    {
      name: 'retry',
      type: 'number',
      summary: 'how often the question is sent again within the time, 0..15',
      default: '1',
    },
    NETNS,
    LINK,
  ],
  load: async () => (await import('../../tools/dhcp/index.js')).runDhcpDiscover,
  fromCommandLine: (_positionals, { requestOptions, ...options }) => [
    typeof requestOptions === 'string'
      ? {
          ...options,
          requestOptions: requestOptions.split(',').map((each) => (/^\d+$/.test(each) ? Number(each) : each)),
        }
      : options,
  ],
  exitCode: (result) => (result.offers.length > 0 ? 0 : 1),
}
