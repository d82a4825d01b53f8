/** The web and what secures it. */
import './web-ports.js'
export { TLS } from './tls-record.js'
export {
  TLS13HelloRetryRequest,
  TLSClientHello,
  TLSServerHello,
  DTLSClientHello,
  DTLSServerHello,
} from './tls-hello.js'
export {
  TLS13NewSessionTicket,
  TLSCertificate,
  TLSCertificateRequest,
  TLSCertificateStatus,
  TLSCertificateVerify,
  TLSClientKeyExchange,
  TLSEncryptedExtensions,
  TLSFinished,
  TLSHandshake,
  TLSHelloRequest,
  TLSNewSessionTicket,
  TLSServerHelloDone,
  TLSServerKeyExchange,
} from './tls-handshake.js'
export * from './tls-content.js'
export { clientHello, ja3, ja3s, ja3sText, ja3Text, ja4, ja4Text, serverHello } from './tls-fingerprints.js'
export { type CertificateFacts, certificates } from './tls-certificates.js'
export { HTTPRequest, HTTPResponse } from './http.js'
export {
  H2ContinuationFrame,
  H2DataFrame,
  H2Frame,
  H2GoAwayFrame,
  H2HeadersFrame,
  H2PingFrame,
  H2Preface,
  H2PriorityFrame,
  H2PushPromiseFrame,
  H2ResetFrame,
  H2Setting,
  H2SettingsFrame,
  H2WindowUpdateFrame,
} from './http2.js'
export { WebSocket } from './websocket.js'
export * from './quic.js'
export {
  QUIC_ACK,
  QUIC_CONNECTION_CLOSE,
  QUIC_CRYPTO,
  QUIC_Frame,
  QUIC_PADDING,
  QUIC_PING,
} from './quic-frames.js'
export { DTLS, DTLSHandshake, DTLSHelloVerifyRequest } from './dtls.js'
export { SSLv2ClientHello } from './sslv2.js'
