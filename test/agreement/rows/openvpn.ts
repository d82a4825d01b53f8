import { field, type OurLayer, type Row, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** tshark prints session ids as numbers. */
const session = (name: string) => (layer: OurLayer) =>
  layer.fields[name] === undefined ? undefined : BigInt(`0x${layer.fields[name] as string}`).toString()
const time = (text: string): string =>
  text === ''
    ? ''
    : String(Date.parse(text.replace(/\.0+ /, ' ').replace(/^(\w+) +(\d+), (\d+) (\S+) .*$/, '$2 $1 $3 $4 UTC')) / 1000)

export const plainRows: readonly Row[] = [
  field('openvpn.opcode', 'OpenVPN', 'opcode'),
  field('openvpn.keyid', 'OpenVPN', 'keyid'),
  row('openvpn.sessionid', 'OpenVPN', session('sessionid')),
]

/** What can be read where nothing is encrypted. */
export const clearRows: readonly Row[] = [
  row('openvpn.rsessionid', 'OpenVPN', session('remotesessionid')),
  field('openvpn.mpid', 'OpenVPN', 'messageid'),
  row('openvpn.mpidarrayelement', 'OpenVPN', ({ fields }) => fields.acks),
]

export const replayRows: readonly Row[] = [
  field('openvpn.pid', 'OpenVPN', 'packetid'),
  field('openvpn.net_time', 'OpenVPN', 'nettime', time),
]

/** tshark leaves a number of acknowledgements out that is zero in some packets; it is compared where it is not. */
const nonZero = (text: string): string => (Number(text) === 0 ? '' : text)

export const agreement: VectorAgreement = {
  vectors: ['openvpn'],
  protocols: { openvpn: /^OpenVPN$/ },
  decodeAs: ['udp.port==13680,openvpn'],
  except: {
    'HARD_RESET_SERVER_V2 of the server, tls-auth SHA1, over UDP':
      'its signature begins with 00, which tshark takes for the number of acknowledgements; the key verifies it',
  },
  rows: [
    ...plainRows,
    ...clearRows,
    ...replayRows,
    field('openvpn.plen', 'OpenVPN', 'length'),
    field('openvpn.peerid', 'OpenVPN', 'peerid'),
    field('openvpn.hmac', 'OpenVPN', 'hmac', (text) => text),
    row('openvpn.mpidarraylength', 'OpenVPN', ({ fields }) => fields.ackcount || undefined, nonZero),
  ],
}
