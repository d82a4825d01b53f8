import { clientHello, ja3, ja3s, ja3sText, ja3Text, serverHello } from '../../../src/layers/index.js'
import { type Packet, type PacketJson, packetFromJson } from '../../../src/packet/index.js'
import { type OurPacket, type Row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** Fingerprints are of the whole packet, not of one layer: it is made again from what a script sees of it. */
const fingerprint = (
  tshark: string,
  hello: RegExp,
  message: (packet: Packet) => unknown,
  value: (packet: Packet) => string,
): Row => ({
  tshark,
  normalise: same,
  ours(packet: OurPacket) {
    if (!packet.layers.some(({ name }) => hello.test(name))) return []
    const again = packetFromJson({ length: packet.length, layers: packet.layers } as PacketJson)
    return message(again) === undefined ? [] : [value(again)]
  },
})

/** Fingerprints of the messages of such names, which tshark has with TLS or with DTLS. */
export const fingerprints = (protocol: 'tls' | 'dtls', hello: RegExp): readonly Row[] => [
  fingerprint(`${protocol}.handshake.ja3`, hello, clientHello, ja3),
  fingerprint(`${protocol}.handshake.ja3_full`, hello, clientHello, ja3Text),
  fingerprint(`${protocol}.handshake.ja3s`, hello, serverHello, ja3s),
  fingerprint(`${protocol}.handshake.ja3s_full`, hello, serverHello, ja3sText),
]

export const agreement: VectorAgreement = {
  vectors: ['tls-fingerprints'],
  protocols: {},
  rows: fingerprints('tls', /^TLS.*Hello|^QUIC_Initial$/),
}
