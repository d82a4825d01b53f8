/** What help says of links, routes and rules: their members. */

import { NETNS } from './entry.js'
import { describe, describeMembers, type Metadata } from './metadata.js'

const PAIR = 'const [left, right] = memoryLinkPair()'
const ENTRY = "const entry = routes({table: 'local'})[0]"
const RULE = 'const rule = rules()[0]'
const NET = 'const net = practiceNetwork()'

/** Links, routes, rules, the practice network. */
export function describeNetwork(): void {
  describe('Link', {
    group: 'Objects',
    summary: 'Where frames leave and arrive: give it as the option link. openLink() and memoryLinkPair() make some.',
    usage: 'link = openLink(interfaceName)',
    example: `${PAIR}; left.name`,
    see: ['openLink', 'memoryLinkPair', 'practiceNetwork'],
  })
  describeMembers('Link', linkMembers())
  describeMembers('MemoryLink', {
    toString: { summary: 'What it is, in one line.', usage: 'link.toString()', example: `${PAIR}; String(left)` },
    join: {
      summary: 'Joins two ends; memoryLinkPair() does this.',
      usage: 'link.join(peer)',
      positionals: [{ name: 'peer', type: 'MemoryLink', summary: 'the other end' }],
      example: `${PAIR}; left.join(right)`,
    },
    attend: {
      summary: 'Hands each frame that comes to a function, at once and without a capture.',
      usage: 'link.attend(receive)',
      positionals: [{ name: 'receive', type: 'function', summary: 'gets the bytes of a frame' }],
      example: `${PAIR}; right.attend(frame => console.log(Ether(frame).summary())); left.send([Ether().bytes()])`,
    },
    ...linkMembers(),
  })
  describeMembers('route', {
    add: {
      summary:
        'A route of this session: what netshell itself sends to this network goes so. Other programs do not know of it.',
      usage: 'route.add(network, {gateway, iface, source, mtu, netns})',
      positionals: [{ name: 'network', type: 'string', summary: "'10.9.0.0/16', an address, or 'default'" }],
      parameters: [
        { name: 'gateway', type: 'string', summary: 'next hop, an address on a link of this machine' },
        {
          name: 'iface',
          type: 'string',
          summary: 'interface to leave by',
          default: 'the one that reaches the gateway',
          values: 'interface',
        },
        { name: 'source', type: 'string', summary: 'source address of packets that have none' },
        { name: 'mtu', type: 'number', summary: 'bytes, 68..65535; IPv6 1280..65535' },
        NETNS,
      ],
      returns: 'RouteEntry',
      errors: ['LinkError for what is no network, no interface, or a gateway that is on no link'],
      example: "route.add('192.0.2.0/24', {iface: 'lo'}); route.remove('192.0.2.0/24')",
      see: ['route', 'route.remove', 'routes'],
    },
    remove: {
      summary: 'Takes back what route.add() said about a network.',
      usage: 'route.remove(network, {netns})',
      positionals: [{ name: 'network', type: 'string', summary: 'as it was given to route.add()' }],
      parameters: [NETNS],
      errors: ['LinkError when this session has no such route'],
      example: "route.add('192.0.2.0/24', {iface: 'lo'}); route.remove('192.0.2.0/24')",
      see: ['route.add', 'route.reset'],
    },
    reset: {
      summary: 'Takes back all routes of this session.',
      usage: 'route.reset()',
      example: 'route.reset()',
      see: ['route.add'],
    },
  })
  describeRoutes()
  describePractice()
}

function linkMembers(): Record<string, Metadata> {
  return {
    name: { summary: 'Name of the interface.', example: `${PAIR}; left.name` },
    backend: { summary: "What it works with: 'pcap', 'memory' …", example: `${PAIR}; left.backend` },
    linkType: {
      summary: 'LINKTYPE number of its frames: 1 Ethernet, 101 bare IP …',
      example: `${PAIR}; left.linkType`,
    },
    addresses: {
      summary: 'Addresses of the interface: mac, ipv4, ipv6, mtu (bytes).',
      example: `${PAIR}; left.addresses`,
    },
    closed: { summary: 'Whether it was closed.', example: `${PAIR}; left.closed` },
    send: {
      summary: 'Sends whole frames as bytes; gives how many were taken.',
      usage: 'link.send(frames)',
      positionals: [{ name: 'frames', type: 'list', summary: 'a list of Uint8Array, link header included' }],
      errors: ['LinkError for a frame that cannot be sent, an interface that is down, a closed link'],
      example: `${PAIR}; left.send([(Ether()/IP({dst: '10.0.0.2'})).bytes()])`,
      see: ['sendp'],
    },
    capture: {
      summary: 'Starts a capture that hands over batches; sniff() is the comfortable form.',
      usage: 'link.capture({filter, promiscuous, snaplen, immediate, bufferSize, onWarning}, onBatch, onError)',
      positionals: [
        { name: 'options', type: 'object', summary: 'filter, promiscuous, snaplen, immediate, bufferSize, onWarning' },
        {
          name: 'onBatch',
          type: 'function',
          summary: 'gets many frames at once; its arrays are used again: copy what is kept',
        },
        { name: 'onError', type: 'function', summary: 'called once when it cannot go on' },
      ],
      returns: 'the capture: stop() ends it, stats() counts',
      errors: ['LinkError for a filter that is none, or without the rights'],
      example: `${PAIR}; const capture = right.capture({}, batch => console.log(batch.count), console.log); capture.stop()`,
      see: ['sniff', 'PacketList.appendBatch'],
    },
    stats: {
      summary: 'Counters: received, dropped, interfaceDropped, sent (frames).',
      usage: 'link.stats()',
      example: `${PAIR}; left.stats()`,
    },
    close: {
      summary: 'Stops its captures and frees all. A second call does nothing.',
      usage: 'link.close()',
      example: `${PAIR}; left.close()`,
    },
  }
}

function describeRoutes(): void {
  describe('RouteEntry', {
    group: 'Objects',
    summary: 'An entry of a routing table, as routes() lists it; it prints as ip route does.',
    usage: 'entry = routes()[0]',
    example: `${ENTRY}; entry`,
    see: ['routes', 'route.add'],
  })
  const field = (name: string, summary: string): Metadata => ({ summary, example: `${ENTRY}; entry.${name}` })
  describeMembers('RouteEntry', {
    network: field('network', "The destinations: '10.9.0.0/16'; '0.0.0.0/0' and '::/0' are the default routes."),
    type: field('type', "'unicast', 'local', 'broadcast', 'unreachable' …"),
    gateway: field('gateway', 'Next hop; unset when the destinations are on the link.'),
    interfaceName: field('interfaceName', 'Interface that packets leave by.'),
    source: field('source', 'Source address for packets that have none.'),
    from: field('from', 'Only for packets from this network.'),
    metric: field('metric', 'The lowest wins among entries for one network.'),
    mtu: field('mtu', 'Bytes; only when the entry sets one.'),
    nextHops: field('nextHops', 'All ways of an entry that has several: {gateway, interfaceName, weight}.'),
    protocol: field('protocol', "Who made it: 'kernel', 'static', 'dhcp' …; 'session': route.add()."),
    scope: field('scope', "How far the destinations are: 'host', 'link', 'global'."),
    table: field('table', "Its table: 'main', 'local', or a number as text."),
    state: field('state', "'dead' or 'linkdown'; unset when neither."),
    netns: field('netns', 'Network namespace of an entry of this session that is for another one.'),
    prefix: field('prefix', 'Leading bits of the network.'),
    family: field('family', '4 or 6.'),
    ofSession: field('ofSession', 'Whether route.add() made it.'),
    toString: { summary: 'As ip route prints it.', usage: 'entry.toString()', example: `${ENTRY}; String(entry)` },
  })
  describe('Rule', {
    group: 'Objects',
    summary: 'A policy rule, as rules() lists it; it prints as ip rule does.',
    usage: 'rule = rules()[0]',
    example: `${RULE}; rule`,
    see: ['rules'],
  })
  const part = (name: string, summary: string): Metadata => ({ summary, example: `${RULE}; rule.${name}` })
  describeMembers('Rule', {
    family: part('family', '4 or 6.'),
    priority: part('priority', 'Rules are tried from the lowest on.'),
    action: part('action', "'lookup', 'goto', 'blackhole', 'unreachable', 'prohibit' or 'nop'."),
    table: part('table', 'Table that is looked up.'),
    goto: part('goto', 'Priority of the rule to go on at.'),
    not: part('not', 'True: packets that do not fit what follows.'),
    from: part('from', 'Source addresses; unset: all.'),
    to: part('to', 'Destinations; unset: all.'),
    iif: part('iif', 'Interface that packets came in by.'),
    oif: part('oif', 'Interface that the socket is bound to.'),
    fwmark: part('fwmark', 'Mark of the packet or socket.'),
    fwmask: part('fwmask', 'Bits of the mark that count.'),
    tos: part('tos', 'Type of service.'),
    uids: part('uids', 'User ids of who sends, first and last.'),
    protocol: part('protocol', 'IP protocol number.'),
    sourcePorts: part('sourcePorts', 'First and last source port.'),
    destinationPorts: part('destinationPorts', 'First and last destination port.'),
    suppressPrefixLength: part('suppressPrefixLength', 'Finds of the table whose prefix is not longer do not count.'),
    toString: { summary: 'As ip rule prints it.', usage: 'rule.toString()', example: `${RULE}; String(rule)` },
  })
}

function describePractice(): void {
  describe('PracticeNetwork', {
    group: 'Objects',
    summary: 'A network in memory, made by practiceNetwork(): give its link as option; typed alone it draws a map.',
    usage: 'net = practiceNetwork()',
    example: `${NET}; net`,
    see: ['practiceNetwork'],
  })
  describeMembers('PracticeNetwork', {
    link: {
      summary: 'Your side: give it as the option link.',
      returns: 'Link',
      example: `${NET}; ping('10.0.0.2', {count: 1, link: net.link})`,
    },
    hosts: {
      summary: 'Table of its hosts: name, addresses, hops, open ports.',
      returns: 'PracticeHostList',
      example: `${NET}; net.hosts`,
    },
    stats: {
      summary: 'What went over it so far, in frames: received, ignored, sent, lost.',
      example: `${NET}; net.stats`,
    },
    closed: { summary: 'Whether it was closed.', example: `${NET}; net.closed` },
    close: {
      summary: 'Ends it: nothing is answered any more. A second call does nothing.',
      usage: 'net.close()',
      example: `${NET}; net.close()`,
    },
    toString: {
      summary: 'A map of the network, and how to use it.',
      usage: 'net.toString()',
      example: `${NET}; String(net)`,
    },
    toJSON: {
      summary: 'Hosts and counters as plain data.',
      usage: 'net.toJSON()',
      example: `${NET}; net.toJSON().stats`,
    },
  })
  describe('PracticeHostList', {
    group: 'Objects',
    summary: 'Table of the hosts of a practice network: an array that prints as a table.',
    usage: 'net.hosts',
    example: `${NET}; net.hosts[0].name`,
    see: ['PracticeNetwork'],
  })
  describeMembers('PracticeHostList', {
    toString: { summary: 'The table.', usage: 'net.hosts.toString()', example: `${NET}; String(net.hosts)` },
  })
}
