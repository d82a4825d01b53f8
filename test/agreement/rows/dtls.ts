import { field, hex, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { extensionTypes } from './tls.js'
import { fingerprints } from './tls-fingerprints.js'

const MESSAGE = /^DTLS(Handshake|ClientHello|HelloVerifyRequest|ServerHello)$/

export const agreement: VectorAgreement = {
  vectors: ['dtls'],
  protocols: { dtls: /^DTLS$/ },
  decodeAs: ['udp.port==4433,dtls'],
  rows: [
    field('dtls.record.epoch', 'DTLS', 'epoch'),
    field('dtls.record.sequence_number', 'DTLS', 'sequence_number'),
    field('dtls.record.length', 'DTLS', 'len'),
    field('dtls.handshake.type', MESSAGE, 'msgtype'),
    field('dtls.handshake.length', MESSAGE, 'msglen'),
    field('dtls.handshake.message_seq', MESSAGE, 'message_seq'),
    field('dtls.handshake.fragment_offset', MESSAGE, 'fragment_offset'),
    field('dtls.handshake.fragment_length', MESSAGE, 'fragment_length'),
    field('dtls.handshake.cookie_length', MESSAGE, 'cookielen'),
    field('dtls.handshake.cookie', MESSAGE, 'cookie', hex),
    row('dtls.handshake.extension.type', MESSAGE, extensionTypes),
    ...fingerprints('dtls', /^DTLS.*Hello$/),
  ],
}
