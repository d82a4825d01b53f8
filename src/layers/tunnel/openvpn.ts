/**
 * OpenVPN: opcode and key number in front of every packet; over TCP a length before them.
 * openvpn.net, "OpenVPN Network Protocol Security"; draft-ietf-openvpn-wire-protocol.
 *
 *    0                   1                   2
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+----
 *   |    length (only over TCP)     | opcode  |keyid| …
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+----
 */
import { behave, bind, bits, bitsEnum, layer, u16 } from '../../packet/index.js'
import { TCP } from '../transport/tcp.js'
import { UDP } from '../transport/udp.js'

const PORT = 1194

/** Names as in OpenVPN's `ssl_pkt.h`, without their `P_`. */
export const OPENVPN_OPCODES: Readonly<Record<number, string>> = {
  1: 'HARD_RESET_CLIENT_V1',
  2: 'HARD_RESET_SERVER_V1',
  3: 'SOFT_RESET_V1',
  4: 'CONTROL_V1',
  5: 'ACK_V1',
  6: 'DATA_V1',
  7: 'HARD_RESET_CLIENT_V2',
  8: 'HARD_RESET_SERVER_V2',
  9: 'DATA_V2',
}

export const OpenVPN = layer(
  'OpenVPN',
  () => ({
    // Bytes behind the length itself.
    length: u16()
      .auto((c) => c.headerLength + c.payloadLength - 2)
      .when((me) => me.under !== null && me.under.layerName === 'TCP'),
    opcode: bitsEnum(5, 7, OPENVPN_OPCODES),
    keyid: bits(3),
  }),
  'OpenVPN packet: opcode and key number; what follows is its payload.',
  'openvpn.net: OpenVPN Network Protocol Security; draft-ietf-openvpn-wire-protocol',
)

behave(OpenVPN, {
  summary: (me) => `OpenVPN ${me.text('opcode')} keyid:${me.keyid}`,
})

for (const transport of [UDP, TCP]) {
  bind(transport, OpenVPN, { sport: PORT }, { build: false })
  bind(transport, OpenVPN, { dport: PORT })
}
