import { extensionNumber } from '../../../src/layers/web/tls-extensions.js'
import { field, hex, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const HELLO = /^TLS(ClientHello|ServerHello|13HelloRetryRequest)$/
const MESSAGE =
  /^(SSLv2ClientHello|TLS(13)?(Handshake|HelloRequest|ClientHello|ServerHello|HelloRetryRequest|NewSessionTicket|EncryptedExtensions|Certificate|ServerKeyExchange|CertificateRequest|ServerHelloDone|CertificateVerify|ClientKeyExchange|Finished|CertificateStatus))$/

/** Extensions of a message: their numbers, or the value of one. */
export const extensionTypes = ({ fields }: OurLayer): number[] =>
  ((fields.ext ?? []) as [string | number][]).map(([name]) => extensionNumber(name)!)

export const extension =
  (name: string) =>
  ({ fields }: OurLayer): unknown =>
    ((fields.ext ?? []) as [string | number, unknown][]).find((each) => each[0] === name)?.[1]

export const agreement: VectorAgreement = {
  vectors: ['tls'],
  protocols: { tls: /^(TLS|SSLv2ClientHello)$/ },
  except: Object.fromEntries(
    ['', ' 2', ' 3'].map((number) => [
      `TLS13NewSessionTicket (laid out by hand after RFC 8446 §4.6.1, read by tshark 4.0.17)${number}`,
      'without the messages before it tshark takes it for a ticket of TLS 1.2',
    ]),
  ),
  rows: [
    field('tls.handshake.type', MESSAGE, 'msgtype'),
    field('tls.handshake.length', /^TLS(?!$)/, 'msglen'),
    field('tls.handshake.session_id', HELLO, 'sid', hex, (value) => value),
    field(
      'tls.handshake.extensions_length',
      /^TLS(ClientHello|ServerHello|13HelloRetryRequest|EncryptedExtensions)$/,
      'extlen',
    ),
    row('tls.handshake.extension.type', /./, extensionTypes),
    row('tls.handshake.extensions_server_name', 'TLSClientHello', extension('server_name'), same),
    row('tls.handshake.extensions_alpn_str', /./, extension('application_layer_protocol_negotiation'), same),
    field('tls.handshake.certificates_length', 'TLSCertificate', 'certslen'),
    field('tls.handshake.certificate', 'TLSCertificate', 'certs', hex),
    field('tls.alert_message.level', 'TLSAlert', 'level'),
    field('tls.alert_message.desc', 'TLSAlert', 'descr'),
    field('tls.change_cipher_spec', 'TLSChangeCipherSpec', 'msgtype', () => '1'),
    field('tls.handshake.session_ticket', /NewSessionTicket$/, 'ticket', hex),
    field('tls.heartbeat_message.type', 'TLSHeartbeat', 'type'),
    field('tls.heartbeat_message.payload_length', 'TLSHeartbeat', 'payload_length'),
    field('tls.handshake.cert_types_count', 'TLSCertificateRequest', 'ctypeslen'),
  ],
}
