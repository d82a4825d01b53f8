import type { OpenvpnResult } from '../../tools/openvpn/index.js'
import type { ToolCommand } from '../tool-command.js'
import { FAMILY, LINK, NETNS, timeout } from './shared-parameters.js'

export const openvpnCommand: ToolCommand<OpenvpnResult> = {
  name: 'openvpnProbe',
  subcommand: 'openvpn',
  summary:
    'Finds out whether an OpenVPN server is at a port, and whether it takes a key (tls-auth, tls-crypt, tls-crypt-v2).',
  usage: 'openvpnProbe(hosts, {port, tcp, tlsAuth, tlsCrypt, tlsCryptV2, keyDirection, digest, timeout})',
  positionals: [{ name: 'hosts', type: 'string | list', summary: 'names or addresses; several in a list' }],
  returns: 'OpenvpnResult: what was found at each port',
  errors: [
    'OptionError for an option or a key file that makes no sense',
    'PacketError for a host that cannot be resolved',
  ],
  source: 'draft-ietf-openvpn-wire-protocol',
  see: ['OpenvpnResult', 'OpenVPN', 'openvpnKey', 'scan'],
  example: "openvpnProbe('10.0.0.2', {link: practiceNetwork().link})",
  arguments: '<host...>',
  commandLineExample: 'netshell openvpn vpn.example.org --tls-crypt ta.key',
  parameters: [
    {
      name: 'port',
      type: 'number | list',
      summary: 'port, or several in a list',
      flagSummary: 'port, or several with commas (unset: 1194)',
      default: '1194',
      flag: '-p, --port <ports>',
    },
    { name: 'tcp', type: 'boolean', summary: 'over TCP', default: 'false: UDP' },
    {
      name: 'tlsAuth',
      type: 'string',
      summary: 'file with the static key of tls-auth (a profile with the key inside works too)',
      values: 'file',
      flag: '--tls-auth <file>',
    },
    {
      name: 'tlsCrypt',
      type: 'string',
      summary: 'file with the static key of tls-crypt',
      values: 'file',
      flag: '--tls-crypt <file>',
    },
    {
      name: 'tlsCryptV2',
      type: 'string',
      summary: "file with the client's key of tls-crypt-v2",
      values: 'file',
      flag: '--tls-crypt-v2 <file>',
    },
    {
      name: 'keyDirection',
      type: "0 | 1 | 'none'",
      summary: "direction of the tls-auth key, as in the client's profile: 0, 1 or 'none'",
      default: 'what the profile says, else 1',
      flag: '--key-direction <direction>',
    },
    {
      name: 'digest',
      type: 'string',
      summary: "digest of tls-auth ('auth' in the profile): SHA1, SHA256, SHA512 …",
      default: "what the profile says, else 'SHA1'",
    },
    timeout('2'),
    { name: 'retry', type: 'number', summary: 'how often a silent port is asked again (UDP), 0..15', default: '1' },
    ...FAMILY,
    {
      name: 'iface',
      type: 'string',
      summary: 'interface, for packets of our own (needs root)',
      default: 'an ordinary socket',
      flag: '-i, --iface <name>',
    },
    NETNS,
    LINK,
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
