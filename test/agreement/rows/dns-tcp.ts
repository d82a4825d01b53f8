import { DNS_ROWS } from '../dns-fields.js'
import type { VectorAgreement } from '../vectors.js'

export const agreement: VectorAgreement = {
  vectors: ['dns-tcp'],
  protocols: { dns: /^DNS$/ },
  // The data of these is the same over UDP, where it is compared.
  rows: DNS_ROWS.filter(({ tshark }) => !/^dns\.(ns|cname|mx|ptr|soa)\b/.test(tshark)),
}
