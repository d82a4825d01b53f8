import type { DhcpResult } from '../../tools/dhcp/index.js'
import type { ToolCommand } from '../tool-command.js'

export const dhcpCommand: ToolCommand<DhcpResult> = {
  name: 'dhcpDiscover',
  subcommand: 'dhcp discover',
  summary: 'Finds the DHCP servers of a link and what they offer; nothing is leased.',
  usage: 'dhcpDiscover({iface, timeout, first, mac, requestOptions})',
  example: 'dhcpDiscover({link: memoryLinkPair()[0], timeout: 0.2})',
  commandLineExample: 'sudo netshell dhcp discover -i eth0',
  parameters: [
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the default route',
      flag: '-i, --iface <name>',
    },
    {
      name: 'timeout',
      type: 'number',
      summary: 'seconds that offers are collected',
      default: '3',
      flag: '-W, --timeout <seconds>',
    },
    { name: 'first', type: 'boolean', summary: 'end with the first offer', default: 'false', flag: '-1, --first' },
    { name: 'mac', type: 'string', summary: 'hardware address that asks', default: "the interface's" },
    {
      name: 'requestOptions',
      type: 'list',
      summary: "options asked for, such as ['router', 'wpad', 43] (with commas)",
      default: 'mask, router, name servers, domain, times, boot file …',
    },
    { name: 'requestedAddress', type: 'string', summary: 'an address that one would like to have' },
    {
      name: 'retry',
      type: 'number',
      summary: 'how often the question is sent again within the time',
      default: '1',
    },
    { name: 'netns', type: 'string', summary: 'network namespace', default: 'the own one' },
    { name: 'link', type: 'Link', summary: 'a link of your own', flag: null },
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
