import { bg, fg, jobs, kill, sniff } from '../exchange/index.js'
import { type Entry, NETNS } from './entry.js'

/** Capturing, also in the background. */
export const CAPTURE_ENTRIES: readonly Entry[] = [
  [
    'sniff',
    sniff,
    () => ({
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
          values: 'interface',
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
        {
          name: 'write',
          type: 'string',
          summary: "write them to a file as they come ('-': standard output)",
          values: 'file',
        },
        {
          name: 'rotate',
          type: 'object',
          summary: 'with write: a new file after so many {packets, bytes, seconds}; {files} keeps that many',
        },
        {
          name: 'offline',
          type: 'string',
          summary: "a capture file instead of the wire ('-': standard input)",
          values: 'file',
        },
        { name: 'defragment', type: 'boolean', summary: 'put fragments of IP and IPv6 together', default: 'false' },
        { name: 'promiscuous', type: 'boolean', summary: 'also packets for other stations', default: 'true' },
        { name: 'snaplen', type: 'number', summary: 'bytes kept of each packet', default: 'all' },
        { name: 'bufferSize', type: 'number', summary: "bytes of the kernel's buffer", default: '16 MiB' },
        { name: 'started', type: 'function', summary: 'called once listening has begun' },
        { name: 'link', type: 'Link', summary: 'a link of your own, or several' },
        NETNS,
        { name: 'quiet', type: 'boolean', summary: 'no message about lost packets', default: 'false' },
      ],
      returns: 'PacketList; its statistics tell what was lost. With write and without ring or store it is empty',
      errors: [
        'OptionError for an option that it does not have',
        'PacketError for options that contradict one another',
        'LinkError without the rights to capture (root), for an unknown interface or a filter that is none',
        'CaptureFileError for a file that cannot be read or written',
      ],
      example: 'sniff({link: practiceNetwork().link, timeout: 0.2})',
      examples: [
        "wrpcap('/tmp/example.pcap', [Ether()/IP({dst: '10.0.0.2'})/UDP()]); sniff({offline: '/tmp/example.pcap', filter: 'udp'})",
        { code: "sniff({iface: 'lo', timeout: 0.5})", needs: 'root' },
        { code: "sniff({filter: 'tcp port 443', count: 10, prn: p => p.summary()})", needs: 'network' },
      ],
      see: ['bg', 'rdpcap', 'filters', 'waiting', 'rights', 'PacketList'],
    }),
  ],
  [
    'bg',
    bg,
    () => ({
      summary:
        'Lets something run in the background: fg(n) waits for it, kill(n) ends it, job.result is what it has so far.',
      usage: 'bg(task)',
      positionals: [
        {
          name: 'task',
          type: 'Task | function',
          summary: 'the call of something that waits: sniff(…), scan(…); or a function, which is called there',
        },
      ],
      returns: 'Job, with a number that jobs() shows; its end is told above the prompt',
      errors: ['PacketError for what is neither'],
      example: 'job = bg(sniff({link: practiceNetwork().link})); job.stop()',
      examples: [
        "bg(() => { for (let i = 1; i <= 3; i++) { sleep(0.1); console.log('round ' + i) } })",
        { code: "job = bg(sniff({iface: 'lo', timeout: 0.5}))", needs: 'root' },
      ],
      see: ['jobs', 'fg', 'kill', 'Job', 'background', 'waiting'],
    }),
  ],
  [
    'jobs',
    jobs,
    () => ({
      summary: 'What runs in the background, and the last jobs that are over.',
      usage: 'jobs()',
      returns: 'JobList: an array of Job, a line each',
      example: 'jobs()',
      see: ['bg', 'fg', 'kill', 'Job', 'background'],
    }),
  ],
  [
    'fg',
    fg,
    () => ({
      summary:
        'Brings a job to the foreground: waits for it, shows how far it is, gives its result. Ctrl-C stops the job.',
      usage: 'fg(job)',
      positionals: [
        {
          name: 'job',
          type: 'number | Job',
          summary: 'its number, or the job itself',
          default: 'the newest that runs',
        },
      ],
      returns: 'the result of the job; after Ctrl-C what it has',
      errors: ['PacketError for a number that no job has', 'what the job failed with'],
      example: 'bg(sniff({link: practiceNetwork().link, timeout: 0.2})); fg()',
      see: ['bg', 'jobs', 'kill'],
    }),
  ],
  [
    'kill',
    kill,
    () => ({
      summary: 'Stops jobs; what they have so far stays in their result.',
      usage: 'kill(job, …)',
      positionals: [
        { name: 'job', type: "number | Job | 'all'", summary: 'its number, or the job itself; several; or all' },
      ],
      returns: 'JobList of what was stopped',
      errors: ['PacketError for a number that no job has'],
      example: "bg(sniff({link: practiceNetwork().link})); kill('all')",
      see: ['bg', 'jobs', 'fg'],
    }),
  ],
]
