import type { OpenvpnResult } from '../../tools/openvpn/index.js'
import type { ToolCommand } from '../tool-command.js'

export const openvpnCommand: ToolCommand<OpenvpnResult> = {
  name: 'openvpnProbe',
  subcommand: 'openvpn',
  summary: 'Finds out whether an OpenVPN server is at a port, and whether it takes a key (tls-auth, tls-crypt).',
  usage: 'openvpnProbe(hosts, {port, tcp, tlsAuth, tlsCrypt, keyDirection, digest, timeout})',
  example: "openvpnProbe('127.0.0.1', {timeout: 0.5})",
  arguments: '<host...>',
  commandLineExample: 'netshell openvpn vpn.example.org --tls-crypt ta.key',
  parameters: [
    {
      name: 'port',
      type: 'number | list',
      summary: 'port, or several in a list (with commas)',
      default: '1194',
      flag: '-p, --port <ports>',
    },
    { name: 'tcp', type: 'boolean', summary: 'over TCP', default: 'false: UDP' },
    {
      name: 'tlsAuth',
      type: 'string',
      summary: 'file with the static key of tls-auth (a profile with the key inside works too)',
      flag: '--tls-auth <file>',
    },
    {
      name: 'tlsCrypt',
      type: 'string',
      summary: 'file with the static key of tls-crypt',
      flag: '--tls-crypt <file>',
    },
    {
      name: 'keyDirection',
      type: "0 | 1 | 'none'",
      summary: "direction of the tls-auth key, as in the client's profile",
      default: '1',
      flag: '--key-direction <direction>',
    },
    {
      name: 'digest',
      type: 'string',
      summary: "digest of tls-auth ('auth' in the profile): SHA1, SHA256, SHA512 …",
      default: "'SHA1'",
    },
    {
      name: 'timeout',
      type: 'number',
      summary: 'seconds that each answer is waited for',
      default: '2',
      flag: '-W, --timeout <seconds>',
    },
    { name: 'retry', type: 'number', summary: 'how often a silent port is asked again (UDP)', default: '1' },
    { name: 'family', type: 'number', summary: 'only IPv4 (4) or IPv6 (6) addresses of names' },
    {
      name: 'iface',
      type: 'string',
      summary: 'interface, for packets of our own (needs root)',
      default: 'an ordinary socket',
      flag: '-I, --iface <name>',
    },
    { name: 'netns', type: 'string', summary: 'network namespace', default: 'the own one' },
    { name: 'link', type: 'Link', summary: 'a link of your own', flag: null },
  ],
  load: async () => (await import('../../tools/openvpn/index.js')).runOpenvpnProbe,
  fromCommandLine: (positionals, { port, keyDirection, ...options }) => [
    positionals.length === 1 ? positionals[0] : positionals,
    {
      ...options,
      ...(port === undefined ? {} : { port: String(port).split(',').map(Number) }),
      ...(keyDirection === undefined ? {} : { keyDirection: keyDirection === 'none' ? 'none' : Number(keyDirection) }),
    },
  ],
  exitCode: (result) => (result.servers.length > 0 ? 0 : 1),
}
