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

/** The network is loaded when it is first made; the shell waits for that by itself. */
function practiceNetwork(options?: PracticeNetworkOptions): Task<PracticeNetwork> {
  return Task.run(async () => (await import('../tools/practice-network/index.js')).practiceNetwork(options), {
    name: 'practiceNetwork',
  })
}

/** What this machine's network is like. */
export const NETWORK_ENTRIES: readonly Entry[] = [
  [
    'interfaces',
    interfaces,
    {
      summary: 'The network interfaces with their addresses, and what they are captured and sent with.',
      usage: 'interfaces({netns})',
      parameters: [NETNS],
      example: 'interfaces()',
    },
  ],
  [
    'route',
    route,
    {
      summary:
        'The way to an address: interface, next hop, source; route.add(network, {gateway}) changes it for this session, route.remove and route.reset undo that.',
      usage: 'route(destination, {iface, source, netns})',
      parameters: [
        { name: 'iface', type: 'string', summary: 'only by this interface' },
        { name: 'source', type: 'string', summary: 'as for a packet from this address' },
        NETNS,
      ],
      example: "route('127.0.0.1')",
    },
  ],
  [
    'routes',
    routes,
    {
      summary: "The kernel's routing table, and what route.add() has put before it.",
      usage: 'routes({family, table, netns})',
      parameters: [
        { name: 'family', type: 'number', summary: '4 or 6', default: 'both' },
        { name: 'table', type: 'string', summary: "a table by name or number, or 'all'", default: "'main'" },
        NETNS,
      ],
      example: 'routes()',
    },
  ],
  [
    'rules',
    rules,
    {
      summary: 'The policy rules that choose a routing table.',
      usage: 'rules({family, netns})',
      parameters: [{ name: 'family', type: 'number', summary: '4 or 6', default: 'both' }, NETNS],
      example: 'rules()',
    },
  ],
  [
    'mtuTo',
    mtuTo,
    {
      summary:
        "Bytes of the largest packet to an address, as this machine knows it: the route's MTU, else the interface's.",
      usage: 'mtuTo(destination, {netns})',
      parameters: [NETNS],
      example: "mtuTo('127.0.0.1')",
    },
  ],
  [
    'neighbours',
    neighbours,
    {
      summary: "The kernel's table of neighbours and their MAC addresses.",
      usage: 'neighbours({netns})',
      parameters: [NETNS],
      example: 'neighbours()',
    },
  ],
  [
    'namespaces',
    namespaces,
    {
      summary: 'Names of the network namespaces that the option netns takes.',
      usage: 'namespaces()',
      example: 'namespaces()',
    },
  ],
  [
    'fragment',
    fragment,
    {
      summary: 'Splits packets of IPv4 or IPv6 into fragments that fit the MTU.',
      usage: 'fragment(packet, {mtu})',
      parameters: [
        { name: 'mtu', type: 'number', summary: 'bytes of the largest packet', default: '1500' },
        {
          name: 'id',
          type: 'number',
          summary: 'identification of the datagram',
          default: "the packet's; IPv6: random",
        },
        { name: 'force', type: 'boolean', summary: "also where the flag DF says don't", default: 'false' },
      ],
      example: "fragment(IP({dst: '127.0.0.1'})/ICMP()/'x'.repeat(3000), {mtu: 1500})",
    },
  ],
  [
    'defragment',
    defragment,
    {
      summary: 'Puts the fragments in a list of packets together; what is not complete stays as it is.',
      usage: 'defragment(packets)',
      example: "defragment(fragment(IP({dst: '127.0.0.1'})/ICMP()/'x'.repeat(3000)))",
    },
  ],
  [
    'Reassembler',
    Reassembler,
    {
      summary: 'Puts fragments together one packet at a time, within bounds: add(packet) gives the whole one, or null.',
      usage: 'new Reassembler({timeout, datagrams, bytes})',
      parameters: [
        { name: 'timeout', type: 'number', summary: 'seconds from the first fragment to the last', default: '30' },
        { name: 'datagrams', type: 'number', summary: 'most that may be incomplete', default: '4096' },
        { name: 'bytes', type: 'number', summary: 'most bytes that fragments may take', default: '16 MiB' },
        { name: 'onProblem', type: 'function', summary: 'told what was wrong with a fragment' },
      ],
      example: "new Reassembler().add(IP({dst: '127.0.0.1'})/ICMP())",
    },
  ],
  [
    'practiceNetwork',
    practiceNetwork,
    {
      summary: 'A network in memory with hosts that answer: try every command without root and without a network.',
      usage: 'practiceNetwork({hosts, routers, areas, names, only, seed})',
      parameters: [
        { name: 'hosts', type: 'list', summary: 'hosts added to the usual ones; the same name changes that one' },
        { name: 'routers', type: 'list', summary: 'the same for routers' },
        { name: 'areas', type: 'list', summary: 'networks that nobody has, and what is answered' },
        { name: 'names', type: 'object', summary: 'more DNS names' },
        { name: 'only', type: 'boolean', summary: 'nothing of the usual network', default: 'false' },
        { name: 'seed', type: 'number', summary: 'losses are the same for the same seed', default: '1' },
      ],
      example: "sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: practiceNetwork().link})",
    },
  ],
  [
    'openLink',
    openLink,
    {
      summary: 'A link to an interface, for the option link: with a backend of your choice, and stats() of its own.',
      usage: 'openLink(interfaceName, {backend, netns})',
      parameters: [
        {
          name: 'backend',
          type: 'string',
          summary: "'pcap', 'cap', 'raw-socket' or 'tcpdump'",
          default: 'the best that is there',
        },
        NETNS,
      ],
      example: "openLink('lo').stats()",
    },
  ],
  [
    'memoryLinkPair',
    memoryLinkPair,
    {
      summary: 'Two links joined in memory, to try things without root or network.',
      usage: 'memoryLinkPair(left, right)',
      example: 'const [left, right] = memoryLinkPair()',
    },
  ],
]
