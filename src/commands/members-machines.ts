/** Descriptions of OpenVPN's keys and of what state machines give. */
import { describe, describeMembers, readMembers } from './metadata.js'

/** Registers them. */
export function describeMachines(): void {
  const key = "const key = openvpnKey(new Uint8Array(256), {mode: 'tls-crypt'})"
  describe('OpenvpnKey', {
    group: 'Objects',
    summary: "A key of OpenVPN's control channel; it shows what it is for, and never what it holds.",
    usage: 'key.mode',
    example: `${key}; key`,
    see: ['openvpnKey', 'openvpnWrap', 'openvpnUnwrap', 'useOpenvpnKey'],
  })
  describeMembers('OpenvpnKey', {
    ...readMembers('key', key, {
      mode: "'tls-auth', 'tls-crypt' or 'tls-crypt-v2'.",
      direction: '1: packets are made as by a client; 0: as by a server; none: one half of the key for both.',
      digest: 'Digest of its signatures.',
      file: "The file it came from, '' for bytes.",
      hmacLength: 'Bytes of a signature.',
      canWrap: "Whether it can wrap packets: a server's key of tls-crypt-v2 only reads.",
      wrapped: "The client's key as HARD_RESET_CLIENT_V3 carries it, of tls-crypt-v2; else undefined.",
    }),
    fits: {
      summary: 'Whether the signature of a packet is one of this key.',
      usage: 'key.fits(bytes)',
      positionals: [{ name: 'bytes', type: 'Uint8Array', summary: 'the packet from its opcode on' }],
      example: `${key}; key.fits(OpenVPN().bytes())`,
    },
    wrap: {
      summary: 'What openvpnWrap does, on bytes.',
      usage: 'key.wrap(head, content, packetId, time)',
      positionals: [
        { name: 'head', type: 'Uint8Array', summary: 'opcode and session id' },
        { name: 'content', type: 'Uint8Array', summary: 'what stands behind them' },
        { name: 'packetId', type: 'number', summary: 'number of the packet, against replays' },
        { name: 'time', type: 'number', summary: 'seconds since 1970' },
      ],
      example: `${key}; toHex(key.wrap(new Uint8Array(9), new Uint8Array(5), 1, 1700000000))`,
    },
    unwrap: {
      summary: 'What openvpnUnwrap does, on bytes.',
      usage: 'key.unwrap(bytes)',
      positionals: [{ name: 'bytes', type: 'Uint8Array', summary: 'the packet from its opcode on' }],
      example: `${key}; key.unwrap(key.wrap(new Uint8Array(9), new Uint8Array(5), 1, 1700000000))`,
    },
    toString: { summary: 'What it is for, in one line.', example: `${key}; String(key)` },
    toJSON: { summary: 'The same facts as an object; never what it holds.', example: `${key}; JSON.stringify(key)` },
  })
  const machine = 'const result = stateMachine({only: {enter: m => m.end(42)}}, {link: memoryLinkPair()[0]})'
  describe('MachineResult', {
    group: 'Objects',
    summary: 'What stateMachine gives: the value it ended with, and its steps.',
    usage: 'result.value',
    example: `${machine}; result`,
    see: ['stateMachine'],
  })
  describeMembers('MachineResult', {
    ...readMembers('result', machine, {
      value: 'What m.end(value) was given; undefined where it did not end by itself.',
      state: 'The last state.',
      steps: 'What it did: {seconds, state, what}.',
      received: 'Packets that came.',
    }),
    toString: { summary: 'The steps, a line each.', example: `${machine}; String(result)` },
    toJSON: { summary: 'Value, state and steps.', example: `${machine}; JSON.stringify(result)` },
  })
}
