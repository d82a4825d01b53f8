import { openvpnKey, openvpnKeys, openvpnUnwrap, openvpnWrap, useOpenvpnKey } from '../layers/index.js'
import type { Entry } from './entry.js'
import { layerFunction } from './layer-function.js'
import type { ParameterMetadata } from './metadata.js'

/** Bytes that anybody may know stand for a key: examples run without files. */
const KEY = "openvpnKey(new Uint8Array(256), {mode: 'tls-crypt'})"
const KEY_PARAMETER: ParameterMetadata = { name: 'key', type: 'OpenvpnKey', summary: 'what openvpnKey() gives' }
const SOURCE = 'openvpn.net: OpenVPN Network Protocol Security; draft-ietf-openvpn-wire-protocol'

/** Packets under a key: OpenVPN's control channel, WireGuard's handshake. */
export const OPENVPN_ENTRIES: readonly Entry[] = [
  [
    'openvpnKey',
    openvpnKey,
    () => ({
      summary: "A key of OpenVPN's control channel (tls-auth, tls-crypt, tls-crypt-v2) from a key file or a profile.",
      usage: 'openvpnKey(file, {mode, direction, digest})',
      positionals: [
        {
          name: 'file',
          type: 'string',
          summary: 'what openvpn --genkey wrote, or a profile (.ovpn) with the key inside; 256 bytes do too',
          values: 'file',
        },
      ],
      parameters: [
        {
          name: 'mode',
          type: 'string',
          summary: "'tls-auth', 'tls-crypt' or 'tls-crypt-v2'; a static key alone does not say it",
          default: 'what the file says',
        },
        {
          name: 'direction',
          type: "0 | 1 | 'none'",
          summary: 'packets are made as by a client (1), by a server (0), or by sides that name no direction',
          default: 'what the profile says, else 1',
        },
        {
          name: 'digest',
          type: 'string',
          summary: "digest of tls-auth ('auth' in the profile): SHA1, SHA256, SHA512 …",
          default: "what the profile says, else 'SHA1'",
        },
      ],
      returns: 'a key for openvpnWrap, openvpnUnwrap and useOpenvpnKey; it never shows what it holds',
      errors: ['PacketError for a file that is no key, and for options that do not go with it'],
      examples: [KEY, "openvpnKey(new Uint8Array(256), {mode: 'tls-auth', digest: 'SHA256', direction: 'none'})"],
      source: SOURCE,
      see: ['openvpnWrap', 'openvpnUnwrap', 'useOpenvpnKey', 'openvpnProbe', 'OpenVPN'],
    }),
  ],
  [
    'openvpnWrap',
    openvpnWrap,
    () => ({
      summary: 'The packet with its OpenVPN layer under a key: signed (tls-auth), or signed and encrypted (tls-crypt).',
      usage: 'openvpnWrap(packet, key, {packetId, time})',
      positionals: [
        { name: 'packet', type: 'packet', summary: 'a packet with a plain OpenVPN layer, also inside other layers' },
        KEY_PARAMETER,
      ],
      parameters: [
        { name: 'packetId', type: 'number', summary: 'number of the packet, against replays', default: '1' },
        { name: 'time', type: 'number', summary: 'seconds since 1970', default: 'now' },
      ],
      returns:
        'Packet; with a key of tls-crypt-v2, HARD_RESET_CLIENT_V2 becomes HARD_RESET_CLIENT_V3 with the wrapped key',
      errors: ['PacketError for a packet that has no plain control packet of OpenVPN'],
      example: `openvpnWrap(IP({dst: '10.0.0.2'})/UDP()/OpenVPN(), ${KEY}, {time: 1700000000})`,
      source: SOURCE,
      see: ['openvpnKey', 'openvpnUnwrap', 'OpenVPN', 'sr1'],
    }),
  ],
  [
    'openvpnUnwrap',
    openvpnUnwrap,
    () => ({
      summary: 'The packet with its OpenVPN layer out of a key: signature verified, content decrypted.',
      usage: 'openvpnUnwrap(packet, key)',
      positionals: [
        { name: 'packet', type: 'packet', summary: 'a packet with an OpenVPN layer, of the client or the server' },
        { ...KEY_PARAMETER, default: 'those of useOpenvpnKey' },
      ],
      returns: 'Packet, whose OpenVPN layer is plain',
      errors: ['PacketError when no key fits the signature, and for a packet without a control packet of OpenVPN'],
      examples: [
        `const key = ${KEY}; openvpnUnwrap(openvpnWrap(OpenVPN(), key), key)`,
        {
          code: 'sniff({filter: "udp port 1194", count: 2}).map(packet => openvpnUnwrap(packet, openvpnKey("client.ovpn")))',
          needs: 'network',
        },
      ],
      source: SOURCE,
      see: ['openvpnKey', 'openvpnWrap', 'useOpenvpnKey', 'OpenVPN'],
    }),
  ],
  [
    'useOpenvpnKey',
    useOpenvpnKey,
    () => ({
      summary: 'Reads OpenVPN packets with a key from now on: makes certain how they are protected. Gives its undoing.',
      usage: 'useOpenvpnKey(key)',
      positionals: [KEY_PARAMETER],
      returns: 'a function without parameters that takes the key out again',
      example: `const forget = useOpenvpnKey(${KEY}); forget()`,
      source: SOURCE,
      see: ['openvpnKeys', 'openvpnKey', 'openvpnUnwrap', 'OpenVPN'],
    }),
  ],
  [
    'openvpnKeys',
    openvpnKeys,
    () => ({
      summary: 'The keys that OpenVPN packets are read with, the latest first.',
      usage: 'openvpnKeys()',
      returns: 'a list of OpenvpnKey',
      example: 'openvpnKeys()',
      see: ['useOpenvpnKey', 'openvpnKey'],
    }),
  ],
  [
    'wireguardMac1',
    layerFunction('wireguardMac1'),
    () => ({
      summary:
        "mac1 of WireGuard's initiation or response to the owner of a public key; to compute it and to verify it.",
      usage: 'wireguardMac1(packet, publicKey)',
      positionals: [
        { name: 'packet', type: 'packet', summary: 'an initiation or response, also inside other layers' },
        {
          name: 'publicKey',
          type: 'string | bytes',
          summary: "the receiver's, in base64 as wg prints it, or 32 bytes",
        },
      ],
      returns: '32 hexadecimal digits: packet.mac1 of a packet that is to that receiver',
      errors: ['PacketError for another packet, or a key that has not 32 bytes'],
      example:
        "const packet = Wireguard()/WireguardInitiation({sender_index: 7}); packet.mac1 = wireguardMac1(packet, 'YDCttCs9e1J52/g9vEnwJJa+2x6RqaayAYMpSVQfGEY='); packet",
      source: 'WireGuard: Next Generation Kernel Network Tunnel §5.4.4',
      see: ['WireguardInitiation', 'WireguardResponse'],
    }),
  ],
]
