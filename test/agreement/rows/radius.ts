import { RADIUS_VALUES } from '../../../src/layers/services/radius-kinds.js'
import { field, hex, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Attribute = readonly [name: string | number, value: unknown]
const all = ({ fields }: OurLayer): Attribute[] => fields.attributes as Attribute[]
const of = (name: string) => (layer: OurLayer) => all(layer).flatMap(([each, value]) => (each === name ? [value] : []))

const octets = (name: string) => (layer: OurLayer) => of(name)(layer).map((value) => (value as { hex: string }).hex)
const eapByte = (at: number) => (layer: OurLayer) =>
  octets('EAP-Message')(layer).map((bytes) => Number.parseInt(bytes.slice(2 * at, 2 * at + 2), 16))
const STATUSES = new Map(Object.entries(RADIUS_VALUES[40]!).map(([number, name]) => [name, Number(number)]))

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
    row('radius.User_Password_encrypted', 'Radius', octets('User-Password'), hex),
    row('radius.CHAP_Password', 'Radius', octets('CHAP-Password'), hex),
    // tshark reads what is in it as a protocol of its own.
    row('eap.code', 'Radius', eapByte(0)),
    row('eap.id', 'Radius', eapByte(1)),
    row('radius.Message_Authenticator', 'Radius', octets('Message-Authenticator'), hex),
    row('radius.Class', 'Radius', octets('Class'), hex),
    row('radius.Acct_Status_Type', 'Radius', (layer) =>
      of('Acct-Status-Type')(layer).map((each) => STATUSES.get(String(each)) ?? each),
    ),
    row('radius.Acct_Session_Time', 'Radius', of('Acct-Session-Time')),
    row('radius.Acct_Input_Octets', 'Radius', of('Acct-Input-Octets')),
    row('radius.Acct_Session_Id', 'Radius', of('Acct-Session-Id'), same),
    row('radius.Calling_Station_Id', 'Radius', of('Calling-Station-Id'), same),
  ],
}
