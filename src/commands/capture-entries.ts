import { bg, jobs, sniff } from '../exchange/index.js'
import { type Entry, NETNS } from './entry.js'

/** Capturing, also in the background. */
export const CAPTURE_ENTRIES: readonly Entry[] = [
  [
    'sniff',
    sniff,
    {
      summary: 'Captures packets until the count, the time or Ctrl-C ends it; gives them as a list.',
      usage: 'sniff({filter, count, timeout, iface, prn, stop})',
      parameters: [
        { name: 'filter', type: 'string', summary: "BPF expression, such as 'tcp port 80'" },
        { name: 'count', type: 'number', summary: 'ends after this many packets', default: 'no limit' },
        { name: 'timeout', type: 'number', summary: 'ends after this many seconds', default: 'no limit' },
        {
          name: 'iface',
          type: 'string',
          summary: "interface, 'any', or a list of interfaces",
          default: 'the one of the default route',
        },
        { name: 'prn', type: 'function', summary: 'called for each packet; what it returns is printed' },
        { name: 'lfilter', type: 'function', summary: 'keeps only packets for which it returns true' },
        { name: 'stop', type: 'function', summary: 'ends behind the first packet for which it returns true' },
        {
          name: 'store',
          type: 'boolean',
          summary: 'keep the packets for the result',
          default: 'true; with write: false',
        },
        {
          name: 'ring',
          type: 'object',
          summary: 'keep only the newest: {packets, bytes, seconds}, at least one of them',
          default: 'all are kept',
        },
        { name: 'write', type: 'string', summary: "write them to a file as they come ('-': standard output)" },
        {
          name: 'rotate',
          type: 'object',
          summary: 'with write: a new file after so many {packets, bytes, seconds}; {files} keeps that many',
        },
        { name: 'offline', type: 'string', summary: "a capture file instead of the wire ('-': standard input)" },
        { name: 'defragment', type: 'boolean', summary: 'put fragments of IP and IPv6 together', default: 'false' },
        { name: 'promiscuous', type: 'boolean', summary: 'also packets for other stations', default: 'true' },
        { name: 'snaplen', type: 'number', summary: 'bytes kept of each packet', default: 'all' },
        { name: 'bufferSize', type: 'number', summary: "bytes of the kernel's buffer", default: '16 MiB' },
        { name: 'started', type: 'function', summary: 'called once listening has begun' },
        { name: 'link', type: 'Link', summary: 'a link of your own, or several' },
        NETNS,
        { name: 'quiet', type: 'boolean', summary: 'no message about lost packets', default: 'false' },
      ],
      example: "sniff({iface: 'lo', timeout: 0.5})",
    },
  ],
  [
    'bg',
    bg,
    {
      summary: 'Lets something that waits run in the background: job.stop() ends it, job.result is what it has so far.',
      usage: 'bg(sniff({iface: …}))',
      example: "job = bg(sniff({iface: 'lo', timeout: 0.5}))",
    },
  ],
  [
    'jobs',
    jobs,
    { summary: 'What runs in the background, and the last jobs that are over.', usage: 'jobs()', example: 'jobs()' },
  ],
]
