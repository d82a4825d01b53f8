import {
  matchAnswers,
  releasePorts,
  send,
  sendp,
  sleep,
  sr,
  sr1,
  srloop,
  srp,
  srp1,
  srploop,
  suppressReset,
} from '../exchange/index.js'
import { type Entry, NETNS } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

const PATH_OPTIONS = [
  { name: 'iface', type: 'string', summary: 'interface', default: 'the one of the route', values: 'interface' },
  { name: 'link', type: 'Link', summary: 'a link of your own, such as one of memoryLinkPair()' },
  NETNS,
] as const

const PACE_OPTIONS = [
  { name: 'inter', type: 'number', summary: 'seconds between packets', default: '0' },
  { name: 'rate', type: 'number', summary: 'packets per second on average', default: 'as fast as possible' },
] as const

const SUPPRESS_RESET = {
  name: 'suppressReset',
  type: 'boolean',
  summary: 'keep the kernel from resetting crafted TCP',
  default: 'where it can be, for up to 64 source ports',
} as const

const EXCHANGE_OPTIONS = [
  { name: 'timeout', type: 'number', summary: 'seconds to wait after the last packet was sent', default: '2' },
  { name: 'retry', type: 'number', summary: 'how often unanswered packets are sent again', default: '0' },
  ...PACE_OPTIONS,
  {
    name: 'multi',
    type: 'boolean',
    summary: 'collect more than one answer to a packet, until the time is over',
    default: 'false',
  },
  { name: 'filter', type: 'string', summary: 'BPF expression: only frames that it lets through are looked at' },
  ...PATH_OPTIONS,
  SUPPRESS_RESET,
  { name: 'quiet', type: 'boolean', summary: 'no message when done', default: 'false' },
] as const

const LOOP_OPTIONS = [
  { name: 'count', type: 'number', summary: 'how many rounds; 0: until Ctrl-C', default: '0' },
  { name: 'inter', type: 'number', summary: 'seconds from one round to the next', default: '1' },
  { name: 'timeout', type: 'number', summary: 'seconds to wait for the answers of a round', default: '2' },
  { name: 'rate', type: 'number', summary: 'most packets a second', default: 'no bound' },
  { name: 'multi', type: 'boolean', summary: 'take more than one answer to a packet', default: 'false' },
  { name: 'filter', type: 'string', summary: 'BPF expression: only frames that it lets through are looked at' },
  { name: 'prn', type: 'function', summary: 'makes the line for an answer, of a pair', default: 'summary and time' },
  {
    name: 'prnFail',
    type: 'function',
    summary: 'makes the line for a packet without an answer',
    default: 'its summary',
  },
  { name: 'store', type: 'boolean', summary: 'keep queries and answers for the result', default: 'true' },
  ...PATH_OPTIONS,
  { name: 'quiet', type: 'boolean', summary: 'no lines while it runs', default: 'false' },
] as const

const SEND_OPTIONS = [
  { name: 'count', type: 'number', summary: 'how often everything is sent', default: '1' },
  ...PACE_OPTIONS,
  ...PATH_OPTIONS,
  SUPPRESS_RESET,
  { name: 'quiet', type: 'boolean', summary: 'no message when done', default: 'false' },
] as const

const PACKETS: ParameterMetadata = {
  name: 'packets',
  type: 'packet | list',
  summary: 'packets that begin with IP or IPv6: one, a set, a list, or a PacketList',
}
const FRAMES: ParameterMetadata = {
  name: 'frames',
  type: 'packet | list',
  summary: 'whole frames, from Ether on: one, a set, a list, a PacketList, or bytes',
}
const SENDING_ERRORS = [
  'OptionError for an option that it does not have, or a value that makes no sense',
  'LinkError without the rights to send (root), or when there is no way to the destination',
  'PacketError for a packet that cannot be built',
]
const EXCHANGE_RESULT =
  'ExchangeResult: answered (pairs of query and answer) and unanswered; const [answered, unanswered] = … works too. After Ctrl-C: what came so far'

/** Sending, and collecting answers. */
export const EXCHANGE_ENTRIES: readonly Entry[] = [
  [
    'send',
    send,
    () => ({
      summary: 'Sends packets that begin with IP or IPv6; gives how many went.',
      usage: 'send(packets, {count, rate, iface})',
      positionals: [PACKETS],
      parameters: SEND_OPTIONS,
      returns: 'number of packets sent',
      errors: SENDING_ERRORS,
      example: "send(IP({dst: '10.0.0.2'})/UDP({dport: 9})/'hello', {link: practiceNetwork().link})",
      examples: [{ code: "send(IP({dst: '127.0.0.1'})/UDP({dport: 9})/'hello')", needs: 'root' }],
      see: ['sendp', 'sr', 'replay', 'rights'],
    }),
  ],
  [
    'sendp',
    sendp,
    () => ({
      summary: 'Sends whole frames, from Ether on; gives how many went.',
      usage: 'sendp(frames, {count, rate, iface})',
      positionals: [FRAMES],
      parameters: SEND_OPTIONS,
      returns: 'number of frames sent',
      errors: SENDING_ERRORS,
      example: "sendp(Ether()/IP({dst: '10.0.0.2'})/UDP({dport: 9}), {link: practiceNetwork().link})",
      examples: [{ code: "sendp(Ether()/IP({dst: '127.0.0.1'})/UDP({dport: 9}), {iface: 'lo'})", needs: 'root' }],
      see: ['send', 'srp', 'replay', 'rights'],
    }),
  ],
  [
    'sr1',
    sr1,
    () => ({
      summary: 'Sends packets and gives the first answer, or null.',
      usage: 'sr1(packets, {timeout, retry, iface})',
      positionals: [PACKETS],
      parameters: EXCHANGE_OPTIONS,
      returns: 'the answer, from IP or IPv6 on, a Packet; null when none came in time',
      errors: SENDING_ERRORS,
      example: "sr1(IP({dst: '10.0.0.2'})/ICMP(), {link: practiceNetwork().link})",
      examples: [{ code: "sr1(IP({dst: '127.0.0.1'})/ICMP(), {timeout: 0.5})", needs: 'root' }],
      see: ['sr', 'srp1', 'ping', 'waiting'],
    }),
  ],
  [
    'sr',
    sr,
    () => ({
      summary: 'Sends packets and collects their answers: const [answered, unanswered] = sr(…).',
      usage: 'sr(packets, {timeout, retry, multi, iface})',
      positionals: [PACKETS],
      parameters: EXCHANGE_OPTIONS,
      returns: EXCHANGE_RESULT,
      errors: SENDING_ERRORS,
      example:
        "sr(IP({dst: '10.0.0.2'})/TCP({dport: [22, 80]}), {timeout: 0.5, link: practiceNetwork().link}).summary()",
      examples: [
        { code: "sr(IP({dst: '127.0.0.1'})/TCP({dport: [22, 80]}), {timeout: 0.5}).summary()", needs: 'root' },
      ],
      see: ['sr1', 'srp', 'srloop', 'sets', 'ExchangeResult'],
    }),
  ],
  [
    'srp1',
    srp1,
    () => ({
      summary: 'Sends whole frames and gives the first answer, or null.',
      usage: 'srp1(frames, {timeout, retry, iface})',
      positionals: [FRAMES],
      parameters: EXCHANGE_OPTIONS,
      returns: 'the answer as a frame, a Packet; null when none came in time',
      errors: SENDING_ERRORS,
      example:
        "srp1(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.2'}), {timeout: 0.5, link: practiceNetwork().link})",
      examples: [
        { code: "srp1(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '192.168.0.1'}), {timeout: 1})", needs: 'network' },
      ],
      see: ['srp', 'sr1', 'arping'],
    }),
  ],
  [
    'srp',
    srp,
    () => ({
      summary: 'Sends whole frames and collects their answers.',
      usage: 'srp(frames, {timeout, retry, multi, iface})',
      positionals: [FRAMES],
      parameters: EXCHANGE_OPTIONS,
      returns: EXCHANGE_RESULT,
      errors: SENDING_ERRORS,
      example:
        "srp(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.0/30'}), {timeout: 0.3, link: practiceNetwork().link})",
      examples: [
        {
          code: "srp(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '192.168.0.0/28'}), {timeout: 1})",
          needs: 'network',
        },
      ],
      see: ['srp1', 'sr', 'arping', 'ExchangeResult'],
    }),
  ],
  [
    'srloop',
    srloop,
    () => ({
      summary: 'Sends packets again and again and prints each answer, or that there was none; Ctrl-C ends it.',
      usage: 'srloop(packets, {count, inter, timeout})',
      positionals: [PACKETS],
      parameters: LOOP_OPTIONS,
      returns: EXCHANGE_RESULT,
      errors: SENDING_ERRORS,
      example: "srloop(IP({dst: '10.0.0.2'})/ICMP(), {count: 2, inter: 0.2, link: practiceNetwork().link})",
      examples: [{ code: "srloop(IP({dst: '127.0.0.1'})/ICMP(), {count: 2, inter: 0.2})", needs: 'root' }],
      see: ['sr', 'srploop', 'ping'],
    }),
  ],
  [
    'srploop',
    srploop,
    () => ({
      summary: 'Sends whole frames again and again and prints the answers, as srloop does one layer above.',
      usage: 'srploop(frames, {count, inter, timeout})',
      positionals: [FRAMES],
      parameters: LOOP_OPTIONS,
      returns: EXCHANGE_RESULT,
      errors: SENDING_ERRORS,
      example: "srploop(Ether()/IP({dst: '10.0.0.2'})/ICMP(), {count: 1, timeout: 0.3, link: practiceNetwork().link})",
      examples: [
        {
          code: "srploop(Ether()/IP({dst: '127.0.0.1'})/ICMP(), {iface: 'lo', count: 1, timeout: 0.2})",
          needs: 'root',
        },
      ],
      see: ['srloop', 'srp'],
    }),
  ],
  [
    'matchAnswers',
    matchAnswers,
    () => ({
      summary: 'Pairs packets of a list, each with the first later one that answers it, as sr does with what it sends.',
      usage: 'matchAnswers(packets)',
      positionals: [
        { name: 'packets', type: 'list', summary: 'packets in the order of time, such as those of a file' },
      ],
      returns:
        'ExchangeResult; unanswered has all packets that are in no pair. A packet is compared with the last 256 of its own flow',
      example:
        "matchAnswers([IP({src: '10.0.0.1', dst: '10.0.0.2'})/ICMP(), IP({src: '10.0.0.2', dst: '10.0.0.1'})/ICMP({type: 0})]).answered.length",
      see: ['sr', 'Packet.answers', 'PacketList.conversations', 'ExchangeResult'],
    }),
  ],
  [
    'suppressReset',
    suppressReset,
    () => ({
      summary:
        'Keeps the kernel from resetting TCP crafted from these source ports, until close() of what it gives; sr and send do so by themselves.',
      usage: 'suppressReset(ports, {netns})',
      positionals: [
        { name: 'ports', type: 'number | list', summary: 'TCP source ports, 1 to 1024 of them, each 1..65535' },
      ],
      parameters: [NETNS],
      returns: 'GuardedPorts: close() lets the kernel reset again',
      errors: ['PacketError for what is no port', 'LinkError when the system allows neither a socket nor a rule'],
      examples: [{ code: 'suppressReset(4321).close()', needs: 'root' }],
      see: ['releasePorts', 'sr', 'send'],
    }),
  ],
  [
    'releasePorts',
    releasePorts,
    () => ({
      summary: 'Lets the kernel reset TCP again from all ports that suppressReset, sr or send have guarded.',
      usage: 'releasePorts()',
      example: 'releasePorts()',
      see: ['suppressReset'],
    }),
  ],
  [
    'sleep',
    sleep,
    () => ({
      summary: 'Waits some seconds; Ctrl-C ends it.',
      usage: 'sleep(seconds)',
      positionals: [{ name: 'seconds', type: 'number', summary: 'how long; 0 or more, fractions are fine' }],
      errors: ['RangeError below 0'],
      example: 'sleep(0.1)',
      see: ['waiting', 'bg'],
    }),
  ],
]
