import {
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

const PATH_OPTIONS = [
  { name: 'iface', type: 'string', summary: 'interface', default: 'the one of the route' },
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

/** Sending, and collecting answers. */
export const EXCHANGE_ENTRIES: readonly Entry[] = [
  [
    'send',
    send,
    {
      summary: 'Sends packets that begin with IP or IPv6; gives how many went.',
      usage: 'send(packets, {count, rate, iface})',
      parameters: SEND_OPTIONS,
      example: "send(IP({dst: '127.0.0.1'})/UDP({dport: 9})/'hello')",
    },
  ],
  [
    'sendp',
    sendp,
    {
      summary: 'Sends whole frames, from Ether on; gives how many went.',
      usage: 'sendp(frames, {count, rate, iface})',
      parameters: SEND_OPTIONS,
      example: "sendp(Ether()/IP({dst: '127.0.0.1'})/UDP({dport: 9}), {iface: 'lo'})",
    },
  ],
  [
    'sr1',
    sr1,
    {
      summary: 'Sends packets and gives the first answer, or null.',
      usage: 'sr1(packets, {timeout, retry, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "sr1(IP({dst: '127.0.0.1'})/ICMP())",
    },
  ],
  [
    'sr',
    sr,
    {
      summary: 'Sends packets and collects their answers: const [answered, unanswered] = sr(…).',
      usage: 'sr(packets, {timeout, retry, multi, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "sr(IP({dst: '127.0.0.1'})/TCP({dport: [22, 80]})).summary()",
    },
  ],
  [
    'srp1',
    srp1,
    {
      summary: 'Sends whole frames and gives the first answer, or null.',
      usage: 'srp1(frames, {timeout, retry, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "srp1(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.1'}), {timeout: 1})",
    },
  ],
  [
    'srp',
    srp,
    {
      summary: 'Sends whole frames and collects their answers.',
      usage: 'srp(frames, {timeout, retry, multi, iface})',
      parameters: EXCHANGE_OPTIONS,
      example: "srp(Ether({dst: 'ff:ff:ff:ff:ff:ff'})/ARP({pdst: '10.0.0.0/30'}), {timeout: 1})",
    },
  ],
  [
    'srloop',
    srloop,
    {
      summary: 'Sends packets again and again and prints each answer, or that there was none; Ctrl-C ends it.',
      usage: 'srloop(packets, {count, inter, timeout})',
      parameters: LOOP_OPTIONS,
      example: "srloop(IP({dst: '127.0.0.1'})/ICMP(), {count: 2, inter: 0.2})",
    },
  ],
  [
    'srploop',
    srploop,
    {
      summary: 'Sends whole frames again and again and prints the answers, as srloop does one layer above.',
      usage: 'srploop(frames, {count, inter, timeout})',
      parameters: LOOP_OPTIONS,
      example: "srploop(Ether()/IP({dst: '127.0.0.1'})/ICMP(), {iface: 'lo', count: 1, timeout: 0.2})",
    },
  ],
  [
    'suppressReset',
    suppressReset,
    {
      summary:
        'Keeps the kernel from resetting TCP crafted from these source ports, until close() of what it gives; sr and send do so by themselves.',
      usage: 'suppressReset(ports, {netns})',
      parameters: [NETNS],
      example: 'suppressReset(4321)',
    },
  ],
  [
    'releasePorts',
    releasePorts,
    {
      summary: 'Lets the kernel reset TCP again from all ports that suppressReset, sr or send have guarded.',
      usage: 'releasePorts()',
      example: 'releasePorts()',
    },
  ],
  ['sleep', sleep, { summary: 'Waits so many seconds.', usage: 'sleep(seconds)', example: 'sleep(0.1)' }],
]
