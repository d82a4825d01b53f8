import { defragment, fragment, Reassembler, Task } from '../exchange/index.js'
import {
  interfaces,
  memoryLinkPair,
  mtuTo,
  namespaces,
  neighbours,
  openLink,
  route,
  routes,
  rules,
} from '../link/index.js'
import type { PracticeNetwork, PracticeNetworkOptions } from '../tools/practice-network/index.js'
import { type Entry, NETNS } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

/** The network is loaded when it is first made; the shell waits for that by itself. */
function practiceNetwork(options?: PracticeNetworkOptions): Task<PracticeNetwork> {
  return Task.run(async () => (await import('../tools/practice-network/index.js')).practiceNetwork(options), {
    name: 'practiceNetwork',
  })
}

const DESTINATION: ParameterMetadata = {
  name: 'destination',
  type: 'string',
  summary: 'an IPv4 or IPv6 address; of a link-local one with its zone, fe80::1%eth0',
}
const FAMILY: ParameterMetadata = {
  name: 'family',
  type: 'number',
  summary: '4 or 6',
  default: 'both',
  choices: ['4', '6'],
}
const SYSTEM_ERROR = 'LinkError when the system does not tell, or there is no such namespace'

/** What chooses among the ways to an address. */
const ROUTE_PARAMETERS: readonly ParameterMetadata[] = [
  { name: 'iface', type: 'string', summary: 'only by this interface', values: 'interface' },
  { name: 'interfaceName', type: 'string', summary: 'the same as iface', values: 'interface' },
  { name: 'source', type: 'string', summary: 'as for a packet from this address' },
  NETNS,
]

/** What this machine's network is like. */
export const NETWORK_ENTRIES: readonly Entry[] = [
  [
    'interfaces',
    interfaces,
    () => ({
      summary: 'The network interfaces with their addresses, and what they are captured and sent with.',
      usage: 'interfaces({netns})',
      parameters: [NETNS],
      returns: 'a list of {name, index, mac, ipv4, ipv6, mtu (bytes), flags, linkType}; addresses as {address, prefix}',
      errors: [SYSTEM_ERROR],
      example: 'interfaces()',
      see: ['route', 'neighbours', 'openLink'],
    }),
  ],
  [
    'route',
    route,
    () => ({
      summary:
        'The way to an address: interface, next hop, source; route.add(network, {gateway}) changes it for this session, route.remove and route.reset undo that.',
      usage: 'route(destination, {iface, source, netns})',
      positionals: [DESTINATION],
      parameters: ROUTE_PARAMETERS,
      returns: "{destination, type, interfaceName, source, gateway, mtu}; type 'unreachable' says that there is no way",
      errors: ['LinkError for what is no address, an unknown interface or namespace'],
      example: "route('127.0.0.1')",
      see: ['route.add', 'routes', 'rules', 'mtuTo'],
    }),
  ],
  [
    'routes',
    routes,
    () => ({
      summary: "The kernel's routing table, and what route.add() has put before it.",
      usage: 'routes({family, table, netns})',
      parameters: [
        FAMILY,
        { name: 'table', type: 'string | number', summary: "a table by name or number, or 'all'", default: "'main'" },
        NETNS,
      ],
      returns: 'a list of RouteEntry, as ip route prints them',
      errors: [SYSTEM_ERROR],
      example: 'routes()',
      see: ['route', 'rules', 'RouteEntry'],
    }),
  ],
  [
    'rules',
    rules,
    () => ({
      summary: 'The policy rules that choose a routing table.',
      usage: 'rules({family, netns})',
      parameters: [FAMILY, NETNS],
      returns: 'a list of Rule in the order in which they are tried, as ip rule prints them',
      errors: [SYSTEM_ERROR],
      example: 'rules()',
      see: ['routes', 'route', 'Rule'],
    }),
  ],
  [
    'mtuTo',
    mtuTo,
    () => ({
      summary:
        "Bytes of the largest packet to an address, as this machine knows it: the route's MTU, else the interface's.",
      usage: 'mtuTo(destination, {iface, source, netns})',
      positionals: [DESTINATION],
      parameters: ROUTE_PARAMETERS,
      returns: 'bytes, IP header included; undefined when there is no route',
      errors: ['LinkError for what is no address, an unknown interface or namespace'],
      example: "mtuTo('127.0.0.1')",
      see: ['mtu', 'route', 'fragment'],
    }),
  ],
  [
    'neighbours',
    neighbours,
    () => ({
      summary: "The kernel's table of neighbours and their MAC addresses.",
      usage: 'neighbours({netns})',
      parameters: [NETNS],
      returns: 'a list of {address, mac, interfaceName, state}; mac is unset while it is not resolved',
      errors: [SYSTEM_ERROR],
      example: 'neighbours()',
      see: ['arping', 'interfaces'],
    }),
  ],
  [
    'namespaces',
    namespaces,
    () => ({
      summary: 'Names of the network namespaces that the option netns takes.',
      usage: 'namespaces()',
      returns: 'a list of names',
      example: 'namespaces()',
      see: ['interfaces'],
    }),
  ],
  [
    'fragment',
    fragment,
    () => ({
      summary: 'Splits packets of IPv4 or IPv6 into fragments that fit the MTU.',
      usage: 'fragment(packets, {mtu, id, force})',
      positionals: [{ name: 'packets', type: 'packet | list', summary: 'with or without Ether in front' }],
      parameters: [
        { name: 'mtu', type: 'number', summary: 'bytes of the largest packet, 28..65535', default: '1500' },
        {
          name: 'id',
          type: 'number',
          summary: 'identification of the datagram',
          default: "the packet's; IPv6: random",
        },
        { name: 'force', type: 'boolean', summary: "also where the flag DF says don't", default: 'false' },
      ],
      returns: 'a list of packets; what fits already stays as it is',
      errors: ['PacketError for an MTU that holds no data, or a packet with DF'],
      example: "fragment(IP({dst: '10.0.0.2'})/ICMP()/'x'.repeat(3000), {mtu: 1500})",
      source: 'RFC 791 §3.2; RFC 8200 §4.5',
      see: ['defragment', 'Reassembler', 'mtuTo'],
    }),
  ],
  [
    'defragment',
    defragment,
    () => ({
      summary: 'Puts the fragments in a list of packets together; what is not complete stays as it is.',
      usage: 'defragment(packets)',
      positionals: [{ name: 'packets', type: 'list', summary: 'packets in the order in which they came' }],
      returns: 'PacketList',
      example: "defragment(fragment(IP({dst: '10.0.0.2'})/ICMP()/'x'.repeat(3000)))",
      source: 'RFC 791 §3.2; RFC 8200 §4.5; RFC 5722',
      see: ['fragment', 'Reassembler', 'sniff.defragment'],
    }),
  ],
  [
    'Reassembler',
    Reassembler,
    () => ({
      summary: 'Puts fragments together one packet at a time, within bounds: add(packet) gives the whole one, or null.',
      usage: 'new Reassembler({timeout, datagrams, bytes, onProblem})',
      parameters: [
        { name: 'timeout', type: 'number', summary: 'seconds from the first fragment to the last', default: '30' },
        { name: 'datagrams', type: 'number', summary: 'most that may be incomplete', default: '4096' },
        { name: 'bytes', type: 'number', summary: 'most bytes that fragments may take', default: '16 MiB' },
        { name: 'onProblem', type: 'function', summary: 'told what was wrong with a fragment' },
      ],
      errors: ['OptionError for an option that it does not have'],
      example: "new Reassembler().add(IP({dst: '10.0.0.2'})/ICMP())",
      source: 'RFC 791 §3.2; RFC 8200 §4.5; RFC 5722; RFC 6946',
      see: ['defragment', 'Reassembler.add', 'Reassembler.stats'],
    }),
  ],
  [
    'practiceNetwork',
    practiceNetwork,
    () => ({
      summary: 'A network in memory with hosts that answer: try every command without root and without a network.',
      usage: 'practiceNetwork({hosts, routers, areas, names, only, seed})',
      parameters: [
        {
          name: 'hosts',
          type: 'list',
          summary:
            'hosts added to the usual ones, {name, ipv4, tcp: {80: "http"}, behind, delay (s), loss (0..1) …}; the same name changes that one',
        },
        { name: 'routers', type: 'list', summary: 'the same for routers; also mtu, blackHole, labels' },
        {
          name: 'areas',
          type: 'list',
          summary: 'networks that nobody has, and what is answered: {network, behind, answer}',
        },
        { name: 'names', type: 'object', summary: "more DNS names, {'www.example': '10.0.0.2'}" },
        { name: 'only', type: 'boolean', summary: 'nothing of the usual network', default: 'false' },
        { name: 'seed', type: 'number', summary: 'losses are the same for the same seed', default: '1' },
      ],
      returns: 'PracticeNetwork: give its link as the option link; typed alone it draws a map',
      errors: ['PacketError for options that make no sense'],
      example: "sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: practiceNetwork().link})",
      examples: ['practiceNetwork()', "ping('10.0.0.2', {count: 2, inter: 0.1, link: practiceNetwork().link})"],
      see: ['PracticeNetwork', 'memoryLinkPair', 'ping', 'scan', 'traceroute'],
    }),
  ],
  [
    'openLink',
    openLink,
    () => ({
      summary: 'A link to an interface, for the option link: with a backend of your choice, and stats() of its own.',
      usage: 'openLink(interfaceName, {backend, netns})',
      positionals: [
        {
          name: 'interfaceName',
          type: 'string',
          summary: "an interface, or 'any' to capture on all",
          values: 'interface',
        },
      ],
      parameters: [
        {
          name: 'backend',
          type: 'string',
          summary: 'what it works with',
          default: 'the best that is there',
          choices: ['pcap', 'cap', 'raw-socket', 'tcpdump'],
        },
        NETNS,
      ],
      returns: 'Link; close() when it is no longer needed',
      errors: ['LinkError when there is no such interface, no backend, or without the rights (root)'],
      examples: [{ code: "openLink('lo').stats()", needs: 'root' }],
      see: ['Link', 'interfaces', 'memoryLinkPair', 'rights'],
    }),
  ],
  [
    'memoryLinkPair',
    memoryLinkPair,
    () => ({
      summary: 'Two links joined in memory, to try things without root or network.',
      usage: 'memoryLinkPair(left, right)',
      positionals: [
        {
          name: 'left',
          type: 'object',
          summary: 'options of this end: name, linkType, addresses, passage (what becomes of a frame)',
          default: "{name: 'left', linkType: 1}",
        },
        {
          name: 'right',
          type: 'object',
          summary: 'the same for the other end',
          default: "{name: 'right', linkType: 1}",
        },
      ],
      returns: 'a list of the two links: what one sends the other captures',
      errors: ['LinkError when the two have different link types'],
      example: 'const [left, right] = memoryLinkPair()',
      see: ['practiceNetwork', 'Link', 'openLink'],
    }),
  ],
]
