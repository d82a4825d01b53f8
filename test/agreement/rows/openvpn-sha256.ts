import { field } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { clearRows, plainRows, replayRows } from './openvpn.js'

export const agreement: VectorAgreement = {
  vectors: ['openvpn-sha256'],
  protocols: { openvpn: /^OpenVPN$/ },
  preferences: ['openvpn.tls_auth_detection_override:TRUE', 'openvpn.tls_auth:TRUE', 'openvpn.tls_auth_hmac_size:32'],
  rows: [...plainRows, ...clearRows, ...replayRows, field('openvpn.hmac', 'OpenVPN', 'hmac', (text) => text)],
}
