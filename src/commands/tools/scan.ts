import type { ScanResult } from '../../tools/scan/index.js'
import type { ToolCommand } from '../tool-command.js'

/** nmap's letters: `-sS`, `-sT`, `-sU`. */
const LETTERS: Readonly<Record<string, string>> = { S: 'syn', T: 'connect', U: 'udp' }

export const scanCommand: ToolCommand<ScanResult> = {
  name: 'scan',
  summary: 'Finds out which ports of hosts are open, closed or filtered, and who is there in a network.',
  usage: 'scan(targets, {ports, type, discover, open, rate, retry, timeout})',
  example: "scan('127.0.0.1', {ports: '22,80,443', type: 'connect'})",
  arguments: '<target...>',
  commandLineExample: 'netshell scan 127.0.0.1 -p 1-1000',
  parameters: [
    {
      name: 'ports',
      type: 'string',
      summary:
        "which ports: '22,80,8000-8010', 'http,ssh', 'top' (the usual ones), '-' (all), 'none' (only who is there)",
      default: "'top'; for 'lan' 'none'",
      flag: '-p, --ports <ports>',
    },
    {
      name: 'type',
      type: 'string',
      summary:
        "'syn' (half-open connections), 'connect' (ordinary ones, needs no rights), 'udp'; several with commas; nmap's -sS, -sT, -sU",
      default: "'syn' with rights, else 'connect'",
      flag: '-s, --type <type>',
    },
    { name: 'syn', type: 'boolean', summary: "the same as type 'syn'", default: 'false', flag: '--syn' },
    { name: 'connect', type: 'boolean', summary: "the same as type 'connect'", default: 'false', flag: '--connect' },
    { name: 'udp', type: 'boolean', summary: "the same as type 'udp'", default: 'false', flag: '--udp' },
    {
      name: 'discover',
      type: 'boolean',
      summary: 'first find out who is there, and scan only those',
      default: 'true for networks and ranges, false for hosts',
      flag: '--discover',
    },
    {
      name: 'all',
      type: 'boolean',
      summary: 'scan every address, also those that do not show that they are there: discover: false',
      default: 'false',
      flag: '--all',
    },
    { name: 'open', type: 'boolean', summary: 'show only what is open', default: 'false', flag: '--open' },
    {
      name: 'rate',
      type: 'number',
      summary: 'most packets (connections) a second',
      default: 'as fast as answers come',
      flag: '--rate <number>',
    },
    {
      name: 'retry',
      type: 'number',
      summary: 'how often a silent port is asked again, 0..15',
      default: 'once, more often where answers get lost',
      flag: '--retry <number>',
    },
    {
      name: 'timeout',
      type: 'number',
      summary: 'seconds that an answer may take at most; how long is really waited is learnt from answers',
      default: '1.25',
      flag: '-W, --timeout <seconds>',
    },
    {
      name: 'xml',
      type: 'string',
      summary: "file that gets nmap's XML (-oX FILE works too; on the command line - is standard output)",
      flag: '-o, --xml <file>',
    },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface',
      default: 'the one of the route',
      flag: '-I, --iface <name>',
    },
    { name: 'netns', type: 'string', summary: 'network namespace', default: 'the own one' },
    { name: 'family', type: 'number', summary: 'only IPv4 (4) or IPv6 (6) addresses of names', flag: null },
    { name: 'ipv4', type: 'boolean', summary: 'the same as family 4', default: 'false', flag: '-4, --ipv4' },
    { name: 'ipv6', type: 'boolean', summary: 'the same as family 6', default: 'false', flag: '-6, --ipv6' },
    { name: 'quiet', type: 'boolean', summary: 'no warnings', default: 'false', flag: '-q, --quiet' },
    { name: 'link', type: 'Link', summary: 'a link of your own', flag: null },
  ],
  load: async () => (await import('../../tools/scan/index.js')).runScan,
  fromCommandLine: (positionals, { json: _json, type, ...rest }) => {
    const targets = [...positionals]
    const options = { ...rest }
    if (typeof type === 'string') options.type = type.split(',').map((each) => LETTERS[each] ?? each)
    // nmap's -oX FILE: commander takes the X for the file, and the file for a target.
    if (options.xml === 'X') {
      const file = process.argv[process.argv.indexOf('-oX') + 1]
      const place = file === undefined ? -1 : targets.indexOf(file)
      if (place >= 0) [options.xml] = targets.splice(place, 1)
    }
    return [targets.length === 1 ? targets[0] : targets, options]
  },
  // The file itself is written by the tool.
  print: (result, { xml }) => (xml === '-' ? result.xml().trimEnd() : String(result)),
  exitCode: (result) => (result.up.length > 0 ? 0 : 1),
}
