import type { ConnectionList } from '../../tools/connections/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, NETNS } from './shared-parameters.js'

export const connectionsCommand: ToolCommand<ConnectionList> = {
  name: 'connections',
  summary: 'Lists the sockets of this machine as netstat -an does: protocol, addresses, state, queues, user, process.',
  usage: 'connections({tcp, udp, unix, listening, established, port, process})',
  example: 'connections({listening: true})',
  examples: [
    'connections({tcp: true, port: 443}).map(c => c.remoteAddress)',
    "connections({unix: true, process: 'systemd'})",
  ],
  returns:
    'a ConnectionList: an array of records (protocol, family, local, remote, localAddress, localPort, remoteAddress, remotePort, state, listening, receiveQueue, sendQueue, uid, user, inode, pid, process, processes, timer), those that listen first; it prints as a table',
  commandLineExample: 'netshell connections --listening',
  parameters: [
    { name: 'tcp', type: 'boolean', summary: 'TCP; none of the five given: TCP, UDP and raw', flag: '-t, --tcp' },
    { name: 'udp', type: 'boolean', summary: 'UDP', flag: '-u, --udp' },
    { name: 'raw', type: 'boolean', summary: 'raw IP, and ICMP as of ping', flag: '-w, --raw' },
    {
      name: 'packet',
      type: 'boolean',
      summary: 'sockets that see whole frames, as those of tcpdump',
      flag: '-0, --packet',
    },
    { name: 'unix', type: 'boolean', summary: 'unix sockets', flag: '-x, --unix' },
    { name: 'listening', type: 'boolean', summary: 'only those that wait for others', flag: '-l, --listening' },
    { name: 'established', type: 'boolean', summary: 'only those with a peer' },
    { name: 'port', type: 'number', summary: 'only with this port, on either side', flag: '-p, --port <number>' },
    { name: 'pid', type: 'number', summary: 'only of this process' },
    { name: 'process', type: 'string', summary: 'only of processes with this in their name', flag: '--process <name>' },
    ...FAMILY,
    NETNS,
  ],
  // As netstat and ss have them: all states and numbers are shown anyway.
  alsoTaken: [{ flag: '-a' }, { flag: '-n' }],
  see: ['interfaces', 'routes', 'sh'],
  load: async () => (await import('../../tools/connections/index.js')).runConnections,
  fromCommandLine: (_positionals, options) => [options],
}
