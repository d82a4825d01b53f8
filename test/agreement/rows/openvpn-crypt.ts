import { field, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { plainRows, replayRows } from './openvpn.js'

export const agreement: VectorAgreement = {
  vectors: ['openvpn-crypt'],
  protocols: { openvpn: /^OpenVPN$/ },
  preferences: ['openvpn.tls_crypt:TRUE'],
  rows: [
    ...plainRows,
    ...replayRows,
    field('openvpn.plen', 'OpenVPN', 'length'),
    field('openvpn.hmac', 'OpenVPN', 'tag', (text) => text),
    field('openvpn.wkc_len', 'OpenVPN', 'wkclength'),
    // tshark counts the length among the key's bytes.
    row(
      'openvpn.wkc',
      'OpenVPN',
      ({ fields }) =>
        fields.wkc === undefined
          ? undefined
          : `${fields.wkc as string}${(fields.wkclength as number).toString(16).padStart(4, '0')}`,
      (text) => text,
    ),
  ],
}
