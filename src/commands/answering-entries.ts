import { answerArp, answerDhcp, answerDns, answerEcho, answeringMachine } from '../tools/answering/index.js'
import { stateMachine } from '../tools/state-machine/index.js'
import { type Entry, NETNS } from './entry.js'

/** Answering machines: what answers requests on a link. */
export const ANSWERING_ENTRIES: readonly Entry[] = [
  [
    'answeringMachine',
    answeringMachine,
    () => ({
      summary: 'Answers requests on a link until the count, the time or Ctrl-C ends it; bg() lets it run beside.',
      usage: 'answeringMachine(answers, {iface, count, timeout, filter, quiet})',
      positionals: [
        {
          name: 'answers',
          type: 'Answerer | list | function',
          summary:
            'ready-made answers (answerArp, answerEcho, answerDns, answerDhcp), a function that is given a packet and gives a reply, ' +
            'several, or null; or a list of such',
        },
      ],
      parameters: [
        {
          name: 'iface',
          type: 'string',
          summary: 'interface',
          default: 'that of the default route',
          values: 'interface',
        },
        { name: 'link', type: 'Link', summary: 'a link of your own, as of memoryLinkPair()' },
        NETNS,
        { name: 'count', type: 'number', summary: 'ends after so many answers', default: 'no end' },
        { name: 'timeout', type: 'number', summary: 'ends after so many seconds', default: 'no end' },
        {
          name: 'filter',
          type: 'string',
          summary: 'BPF expression: what is looked at',
          default: 'what the answers say',
        },
        { name: 'quiet', type: 'boolean', summary: 'do not print what was answered', default: 'false' },
      ],
      returns:
        'AnswerList: the last 10 000 requests with their replies; a reply without Ether goes back to where the request came from',
      errors: ['OptionError for a wrong option', 'LinkError when the interface cannot be opened'],
      examples: [
        {
          code: '[a, b] = memoryLinkPair(); answeringMachine(answerEcho(), {link: b, timeout: 0.1})',
        },
        {
          code: "bg(answeringMachine([answerArp('10.0.0.9'), answerEcho('10.0.0.9')], {iface: 'eth0'}))",
          needs: 'network',
        },
        {
          code: "answeringMachine(p => UDP in p && IP({dst: p[IP].src, src: p[IP].dst})/UDP({sport: 7, dport: p.sport})/p[Raw], {filter: 'udp dst port 7'})",
          needs: 'network',
        },
      ],
      see: ['answerArp', 'answerEcho', 'answerDns', 'answerDhcp', 'sniff', 'bg', 'practiceNetwork'],
    }),
  ],
  [
    'answerArp',
    answerArp,
    () => ({
      summary: 'Answers for answeringMachine: says by ARP who has addresses.',
      usage: "answerArp('10.0.0.9')   answerArp({'10.0.0.9': '02:00:00:00:00:09'})",
      positionals: [
        {
          name: 'addresses',
          type: 'string | string[] | object',
          summary:
            "IPv4 addresses, which get the interface's own MAC address; or an object of addresses and MAC addresses",
        },
      ],
      errors: ['PacketError for what is no address'],
      example: "answerArp({'10.0.0.9': '02:00:00:00:00:09'})",
      see: ['answeringMachine', 'arping'],
    }),
  ],
  [
    'answerEcho',
    answerEcho,
    () => ({
      summary: 'Answers for answeringMachine: echo replies (ping) of IPv4 and IPv6.',
      usage: "answerEcho()   answerEcho('10.0.0.9')",
      positionals: [
        {
          name: 'addresses',
          type: 'string | string[]',
          summary: 'for which it answers',
          default: 'any but groups and broadcast',
        },
      ],
      errors: ['PacketError for what is no address'],
      example: "answerEcho(['10.0.0.9', 'fd00::9'])",
      see: ['answeringMachine', 'ping'],
    }),
  ],
  [
    'answerDns',
    answerDns,
    () => ({
      summary: 'Answers for answeringMachine: a small name server; names that it does not know do not exist.',
      usage: "answerDns({'www.lab': '10.0.0.5', '*.lab': ['10.0.0.6', 'fd00::6'], 'old.lab': 'www.lab'}, {ttl})",
      positionals: [
        {
          name: 'names',
          type: 'object',
          summary: "names with addresses of either version, or with another name (CNAME); '*.lab' is any name below",
        },
      ],
      parameters: [{ name: 'ttl', type: 'number', summary: 'seconds that answers may be kept', default: '60' }],
      errors: ['PacketError for a wrong ttl'],
      example: "answerDns({'www.lab': '10.0.0.5'})",
      see: ['answeringMachine', 'dns'],
    }),
  ],
  [
    'answerDhcp',
    answerDhcp,
    () => ({
      summary: 'Answers for answeringMachine: a small DHCP server (offer, ack, nak).',
      usage: "answerDhcp({pool: ['10.0.0.100', '10.0.0.150'], server: '10.0.0.1', mask, router, dns, domain, lease})",
      parameters: [
        { name: 'pool', type: '[string, string]', summary: 'first and last address to give' },
        { name: 'server', type: 'string', summary: 'address of the server: your own' },
        { name: 'mask', type: 'string', summary: 'network mask', default: '255.255.255.0' },
        { name: 'router', type: 'string', summary: 'default gateway', default: 'none' },
        { name: 'dns', type: 'string | string[]', summary: 'name servers', default: 'none' },
        { name: 'domain', type: 'string', summary: 'domain name', default: 'none' },
        { name: 'lease', type: 'number', summary: 'seconds that an address may be kept', default: '600' },
      ],
      errors: ['PacketError for an option that is missing or wrong'],
      example: "answerDhcp({pool: ['10.0.0.100', '10.0.0.150'], server: '10.0.0.1'})",
      source: 'RFC 2131',
      see: ['answeringMachine', 'dhcpDiscover'],
    }),
  ],
  [
    'stateMachine',
    stateMachine,
    () => ({
      summary: 'Runs a protocol as states: what each does when entered, when a packet comes, when time is over.',
      usage: 'stateMachine({ask: {enter: m => m.send(…), receive: (packet, m) => m.end(packet)}}, {filter, timeout})',
      positionals: [
        {
          name: 'states',
          type: 'object',
          summary:
            'states by name: enter(m), receive(packet, m), timeout (seconds) and onTimeout(m); what a handler gives as text is the next state. ' +
            'm.send(packet), m.end(value), m.data for your own values, m.received',
        },
      ],
      parameters: [
        { name: 'start', type: 'string', summary: 'the first state', default: 'the first one' },
        { name: 'filter', type: 'string', summary: 'BPF expression: which packets come', default: 'all, own ones too' },
        { name: 'timeout', type: 'number', summary: 'ends after so many seconds', default: 'no end' },
        { name: 'verbose', type: 'boolean', summary: 'print each step', default: 'false' },
        {
          name: 'iface',
          type: 'string',
          summary: 'interface',
          default: 'that of the default route',
          values: 'interface',
        },
        { name: 'link', type: 'Link', summary: 'a link of your own, as of practiceNetwork()' },
        NETNS,
      ],
      returns: 'MachineResult: value (given to m.end), state, steps, received',
      errors: [
        'OptionError for a state that is not there',
        'LinkError when the interface cannot be opened',
        'what a handler throws',
      ],
      example:
        "net = practiceNetwork(); stateMachine({ask: {enter: m => m.send(IP({dst: '10.0.0.2'})/ICMP()), timeout: 1, onTimeout: m => m.end('silence'), receive: (p, m) => m.end(p.summary())}}, {link: net.link, filter: 'icmp[icmptype] == icmp-echoreply'}).value",
      see: ['answeringMachine', 'sr1', 'suppressReset', 'practiceNetwork'],
    }),
  ],
]
