import { on, ssh } from '../sessions/ssh/index.js'
import { type Entry, NETNS } from './entry.js'
import type { ParameterMetadata } from './metadata.js'

/** Options of connecting, for all that connects. */
export const SSH_PARAMETERS: readonly ParameterMetadata[] = [
  { name: 'user', type: 'string', summary: 'login name', default: "that of ~/.ssh/config, else one's own" },
  { name: 'port', type: 'number', summary: 'where its server listens', default: '22' },
  {
    name: 'key',
    type: 'string',
    summary: 'a private key, as a file or as text; no other is tried then',
    default: 'those of the agent, of ~/.ssh/config, ~/.ssh/id_*',
    values: 'file',
  },
  { name: 'passphrase', type: 'string', summary: 'what the key is encrypted with', default: 'asked for at a terminal' },
  { name: 'agent', type: 'string | false', summary: 'socket of the agent; false: none', default: 'SSH_AUTH_SOCK' },
  {
    name: 'password',
    type: 'string',
    summary: 'for logging in; better in the environment, as NETSHELL_SSH_PASSWORD',
    default: 'asked for at a terminal',
  },
  {
    name: 'jump',
    type: 'string | SshSession | list',
    summary: "the way there: 'user@gateway', an open session, or several; false: directly",
    default: 'ProxyJump of ~/.ssh/config',
  },
  { name: 'timeout', type: 'number', summary: 'seconds for connecting, questions to you not counted', default: '15' },
  {
    name: 'keepAlive',
    type: 'number',
    summary: 'seconds between questions whether the other end is there; 0: none',
    default: '15',
  },
  {
    name: 'known',
    type: 'string',
    summary: 'file of known hosts',
    default: '~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts',
    values: 'file',
  },
  {
    name: 'unknown',
    type: 'string',
    summary: 'what to do with a host that is not known; a key that has changed is always refused',
    default: "'ask' at a terminal, else 'refuse'",
    choices: ['ask', 'refuse', 'remember', 'accept'],
  },
  { name: 'fingerprint', type: 'string', summary: "the only key of the host that is taken: 'SHA256:…'" },
  {
    name: 'config',
    type: 'string | false',
    summary: 'configuration file; false: none',
    default: '~/.ssh/config and /etc/ssh/ssh_config',
    values: 'file',
  },
  NETNS,
  { name: 'history', type: 'number', summary: 'messages that history keeps', default: '1000' },
]

/** Other machines. */
export const SSH_ENTRIES: readonly Entry[] = [
  [
    'ssh',
    ssh,
    () => ({
      summary: 'Sessions on other machines: commands, files, forwarded ports, packets.',
      usage: 'ssh.connect(target), ssh.sniff(target)',
      example:
        "const uptime = host => { const s = ssh.connect(host); const { stdout } = s.run('uptime'); s.close(); return stdout }",
      examples: [{ code: "s = ssh.connect('root@192.0.2.1'); s.run('uname -a')", needs: 'network' }],
      source: 'RFC 4251',
      see: ['ssh.connect', 'ssh.sniff', 'on', 'SshSession', 'sessions'],
    }),
  ],
  [
    'on',
    on,
    () => ({
      summary: 'Runs a command on many machines at a time, over ssh; what goes wrong on one stops no other.',
      usage: 'on(hosts, command, {user, key, parallel, timeout})',
      positionals: [
        { name: 'hosts', type: 'list', summary: "names such as 'root@web1', open sessions, or lists of them" },
        { name: 'command', type: 'string', summary: 'for the shell of each machine' },
      ],
      parameters: [
        ...SSH_PARAMETERS.map((each) =>
          each.name === 'timeout'
            ? {
                ...each,
                summary: 'seconds for connecting, and again for the command',
                default: '15; the command has no limit',
              }
            : each,
        ),
        { name: 'parallel', type: 'number', summary: 'machines at a time', default: '20' },
        { name: 'input', type: 'string | Uint8Array', summary: 'what the command reads from standard input' },
        { name: 'env', type: 'object', summary: 'environment variables for the command' },
        { name: 'limit', type: 'number', summary: 'bytes of output of each machine', default: '64 MiB' },
        { name: 'onHost', type: 'function', summary: 'called with the result of each machine as soon as it is there' },
      ],
      returns: 'HostResults: a table with host, status, time and first line; failed, ok, byHost',
      errors: ['OptionError for what are no hosts; what goes wrong on a machine is in its result'],
      example: "const kernels = hosts => on(hosts, 'uname -r', {parallel: 50, timeout: 10})",
      examples: [{ code: "on(['root@192.0.2.1', 'root@192.0.2.2'], 'uptime')", needs: 'network' }],
      see: ['ssh', 'HostResults', 'sh'],
    }),
  ],
]
