import { DNS_ROWS } from '../dns-fields.js'
import type { VectorAgreement } from '../vectors.js'

export const agreement: VectorAgreement = {
  vectors: ['dns-tcp'],
  protocols: { dns: /^DNS$/ },
  rows: DNS_ROWS,
}
