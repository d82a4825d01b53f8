import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Attribute = readonly [name: string | number, value: unknown]
const all = ({ fields }: OurLayer): Attribute[] => fields.attributes as Attribute[]
const of = (name: string) => (layer: OurLayer) => all(layer).flatMap(([each, value]) => (each === name ? [value] : []))
const hex = (text: string): string => text.replaceAll(':', '').toLowerCase()

export const agreement: VectorAgreement = {
  vectors: ['radius'],
  protocols: { radius: /^Radius$/ },
  rows: [
    field('radius.code', 'Radius', 'code'),
    field('radius.id', 'Radius', 'id'),
    field('radius.length', 'Radius', 'len'),
    field('radius.authenticator', 'Radius', 'authenticator', hex),
    row('radius.User_Name', 'Radius', of('User-Name'), same),
    row('radius.NAS_IP_Address', 'Radius', of('NAS-IP-Address'), same),
    row('radius.NAS_Port', 'Radius', of('NAS-Port')),
    row('radius.NAS_Identifier', 'Radius', of('NAS-Identifier'), same),
    row('radius.Framed-IP-Address', 'Radius', of('Framed-IP-Address'), same),
    row('radius.Reply_Message', 'Radius', of('Reply-Message'), same),
    row('radius.Session_Timeout', 'Radius', of('Session-Timeout')),
    row('radius.Acct_Session_Id', 'Radius', of('Acct-Session-Id'), same),
    row('radius.Calling_Station_Id', 'Radius', of('Calling-Station-Id'), same),
  ],
}
