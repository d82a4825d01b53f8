import { field } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

export const agreement: VectorAgreement = {
  vectors: ['qinq', 'dot1q'],
  protocols: { ieee8021ad: /^Dot1AD$/, vlan: /^Dot1Q$/ },
  rows: [
    field('ieee8021ad.priority', 'Dot1AD', 'prio'),
    field('ieee8021ad.dei', 'Dot1AD', 'dei'),
    field('ieee8021ad.id', 'Dot1AD', 'vlan'),
    field('vlan.priority', 'Dot1Q', 'prio'),
    field('vlan.dei', 'Dot1Q', 'dei'),
    field('vlan.id', 'Dot1Q', 'vlan'),
    field('vlan.etype', 'Dot1Q', 'type'),
  ],
  except: {
    'tag 0x9100 and the tag of the customer': 'for tshark 0x9100 is a tag of a customer, too',
    'two tags of providers': 'tshark has other fields for the tags when there are two',
    '802.3 frame': 'tshark has another field for a length',
  },
}
