import { field, number } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const bytes = (text: string): string => text.replaceAll(':', '')

export const agreement: VectorAgreement = {
  vectors: ['ipsec'],
  protocols: { ah: /^AH$/, esp: /^ESP$/, isakmp: /^ISAKMP$/ },
  rows: [
    field('ah.next_header', 'AH', 'nh'),
    field('ah.length', 'AH', 'payloadlen'),
    field('ah.spi', 'AH', 'spi'),
    field('ah.sequence', 'AH', 'seq'),
    field('ah.icv', 'AH', 'icv', bytes),
    field('esp.spi', 'ESP', 'spi'),
    field('esp.sequence', 'ESP', 'seq'),
    field('isakmp.ispi', 'ISAKMP', 'init_cookie', bytes),
    field('isakmp.rspi', 'ISAKMP', 'resp_cookie', bytes),
    field('isakmp.exchangetype', 'ISAKMP', 'exch_type'),
    field('isakmp.version', 'ISAKMP', 'version'),
    field('isakmp.messageid', 'ISAKMP', 'id'),
    field('isakmp.length', 'ISAKMP', 'length', number),
  ],
}
