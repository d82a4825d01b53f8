import type { ScanResult } from '../../tools/scan/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, IFACE, LINK, NETNS, QUIET, timeout } from './shared-parameters.js'

/** nmap's letters: `-sS`, `-sT`, `-sU`. */
const LETTERS: Readonly<Record<string, string>> = { S: 'syn', T: 'connect', U: 'udp' }

export const scanCommand: ToolCommand<ScanResult> = {
  name: 'scan',
  summary: 'Finds out which ports of hosts are open, closed or filtered, and who is there in a network.',
  usage: 'scan(targets, {ports, type, discover, open, rate, retry, timeout})',
  positionals: [
    {
      name: 'targets',
      type: 'string | list',
      summary: "hosts, networks '10.0.0.0/24', ranges '10.0.0.2-9', 'lan'; several in a list",
    },
  ],
  returns: 'ScanResult: hosts and their ports; open has all open ones',
  errors: [
    'OptionError for an option that makes no sense',
    'PacketError for a target that cannot be resolved',
    'LinkError without the rights that the type needs',
  ],
  see: ['arping', 'ping', 'ScanResult', 'rights'],
  example: "scan('10.0.0.2', {ports: '1-200', link: practiceNetwork().link})",
  arguments: '<target...>',
  commandLineExample: 'netshell scan 127.0.0.1 -p 1-1000',
  parameters: [
    {
      name: 'ports',
      type: 'string',
      summary:
        "which ports: '22,80,8000-8010', 'http,ssh', 'T:22,U:53', 'top' (the usual ones), '-' (all), 'none' (only who is there)",
      flagSummary:
        'which ports: 22,80,8000-8010 or http,ssh or T:22,U:53; top (the usual ones), - (all), none (only who is there) (unset: top; for lan none)',
      default: "'top'; for 'lan' 'none'",
      flag: '-p, --ports <ports>',
    },
    {
      name: 'type',
      type: 'string',
      summary: "'syn' (half-open connections), 'connect' (ordinary ones, needs no rights), 'udp', or a list of these",
      flagSummary:
        "syn (half-open connections), connect (ordinary ones, needs no rights), udp; several with commas; or as nmap's -sS, -sT, -sU (unset: syn with rights, else connect)",
      default: "'syn' with rights, else 'connect'",
      flag: '-s, --type <type>',
    },
    { name: 'syn', type: 'boolean', summary: "the same as type 'syn'", default: 'false' },
    { name: 'connect', type: 'boolean', summary: "the same as type 'connect'", default: 'false' },
    { name: 'udp', type: 'boolean', summary: "the same as type 'udp'", default: 'false' },
    {
      name: 'discover',
      type: 'boolean',
      summary: 'first find out who is there, and scan only those',
      default: 'true for networks and ranges, false for hosts',
    },
    {
      name: 'all',
      type: 'boolean',
      summary: 'scan every address, also those that do not show that they are there: discover: false',
      flagSummary: "scan every address, also those that do not show that they are there (nmap's -Pn)",
      default: 'false',
    },
    { name: 'open', type: 'boolean', summary: 'show only what is open', default: 'false' },
    {
      name: 'rate',
      type: 'number',
      summary: 'most packets (connections) a second',
      default: 'as fast as answers come',
    },
    {
      name: 'retry',
      type: 'number',
      summary: 'how often a silent port is asked again, 0..15',
      default: 'once, more often where answers get lost',
    },
    timeout('1.25', 'seconds that an answer may take at most; how long is really waited is learnt from answers'),
    {
      name: 'xml',
      type: 'string',
      summary: "file that gets nmap's XML",
      flagSummary: "file that gets nmap's XML; - is standard output (-oX FILE works too)",
      values: 'file',
      flag: '-o, --xml <file>',
    },
    IFACE,
    NETNS,
    ...FAMILY,
    QUIET,
    LINK,
  ],
  // What hands that know nmap type by themselves: no names are ever asked for, and the pace is learnt.
  alsoTaken: [
    { flag: '-P <n>', choices: ['n'], options: { all: true } },
    { flag: '-n' },
    { flag: '-T <level>' },
    { flag: '-F', options: { ports: 'top' } },
  ],
  spellings: { '-oX': '--xml' },
  load: async () => (await import('../../tools/scan/index.js')).runScan,
  fromCommandLine: (positionals, { type, ...rest }) => {
    const options = { ...rest }
    if (typeof type === 'string') options.type = type.split(',').map((each) => LETTERS[each] ?? each)
    return [positionals, options]
  },
  // The file itself is written by the tool.
  print: (result, { xml }) => (xml === '-' ? result.xml().trimEnd() : String(result)),
  exitCode: (result) => (result.up.length > 0 ? 0 : 1),
}
