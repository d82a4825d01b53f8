import { field } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

export const agreement: VectorAgreement = {
  vectors: ['mpls'],
  protocols: { mpls: /^MPLS$/ },
  rows: [
    field('mpls.label', 'MPLS', 'label'),
    field('mpls.exp', 'MPLS', 'cos'),
    field('mpls.bottom', 'MPLS', 's'),
    field('mpls.ttl', 'MPLS', 'ttl'),
  ],
}
