import { compare } from '../sessions/nmap/compare.js'
import { nmap } from '../sessions/nmap/nmap.js'
import { type Entry, NETNS } from './entry.js'

/** The real nmap, and lists side by side. */
export const NMAP_ENTRIES: readonly Entry[] = [
  [
    'nmap',
    nmap,
    () => ({
      summary: 'Runs the real nmap, here or on another machine, and reads its results into tables.',
      usage: 'nmap(targets, {ports, scan, args, via, timeout, netns})',
      positionals: [
        { name: 'targets', type: 'string | list', summary: "as nmap has them: 'host', '10.0.0.0/24', '10.0.0.1-9'" },
      ],
      parameters: [
        {
          name: 'ports',
          type: 'string',
          summary: "'22,80,8000-8010', 'T:22,U:53', '-' (all), or a list [22, [8000, 8010]]",
          default: "nmap's thousand",
        },
        {
          name: 'scan',
          type: 'string | list',
          summary: "'connect', 'syn', 'udp', 'ack', 'fin', 'null', 'xmas', 'sctp', 'protocols', 'ping', …",
          default: "nmap's own: 'syn' with rights, else 'connect'",
        },
        { name: 'args', type: 'string | list', summary: "further options of nmap's own: '-sV -T4'" },
        { name: 'via', type: 'Session', summary: 'where it runs: a session of ssh', default: 'here' },
        {
          name: 'timeout',
          type: 'number',
          summary: 'seconds after which it is ended; what it has found is kept',
          default: 'never',
        },
        { ...NETNS, values: 'namespace' },
      ],
      returns: 'an NmapResult: hosts, ports, open, up, facts, xml(), save(file); a loop over it gives the ports',
      errors: [
        'OptionError for an option that makes no sense',
        "SessionError with nmap's own words when it fails; when it is missing where via leads (here, scan asks in its place)",
      ],
      example: "nmap('127.0.0.1', {ports: '1-100'})",
      examples: [
        { code: "nmap('127.0.0.1', {args: '-sV --script banner'})", needs: 'program' },
        { code: "nmap('10.0.0.0/24', {scan: 'ping'}).up.map(host => host.address)", needs: 'network' },
        { code: "nmap('10.0.0.2', {via: ssh.connect('root@10.0.0.3')})", needs: 'network' },
      ],
      see: ['compare', 'scan', 'NmapResult'],
    }),
  ],
  [
    'compare',
    compare,
    () => ({
      summary: 'Puts lists side by side: which port is open from where. What differs comes first.',
      usage: 'compare({here: list, there: list})',
      positionals: [
        {
          name: 'lists',
          type: 'object | list',
          summary: 'results of nmap and scan, arrays of ports, names or objects with a name; by name, or in an array',
        },
      ],
      returns: 'a Comparison: rows, different, same, onlyFrom(name), places',
      errors: ['OptionError for fewer than two lists, and for what is no list'],
      example: 'compare({before: [22, 80], now: [22, 8080]})',
      examples: [
        "const net = practiceNetwork(); compare({a: scan('10.0.0.2', {ports: '1-100', link: net.link}), b: [22, 23]})",
        { code: "compare({here: nmap('10.0.0.2'), there: nmap('10.0.0.2', {via: session})})", needs: 'network' },
      ],
      see: ['nmap', 'scan', 'Comparison', 'diff'],
    }),
  ],
]
