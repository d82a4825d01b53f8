/** What client and server offer and choose in their first messages. */
import { groups, POINT_FORMATS } from '../../../src/layers/web/tls-extension-numbers.js'
import { TLS_VERSIONS } from '../../../src/layers/web/tls-numbers.js'
import { field, hex, type OurLayer, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { extension } from './tls.js'

const HELLO = /^TLS(ClientHello|ServerHello|13HelloRetryRequest)$/

/** The numbers behind the names in the value of an extension; of a pair, that of its first. */
const numbersOf = (name: string, names: Readonly<Record<number, string>>) => (layer: OurLayer) => {
  const numbers = new Map<unknown, number>(Object.entries(names).map(([number, each]) => [each, Number(number)]))
  return [extension(name)(layer)]
    .flat(2)
    .map((each) => numbers.get(each) ?? each)
    .filter((each) => typeof each === 'number')
}

/** The first four bytes once were a time, and still are a field; not those of a request to try again. */
const random = ({ fields }: OurLayer): string => {
  const time = fields.gmt_unix_time as number | undefined
  return `${time === undefined ? '' : time.toString(16).padStart(8, '0')}${fields.random_bytes as string}`
}

export const agreement: VectorAgreement = {
  vectors: ['tls-fingerprints'],
  protocols: {},
  except: {
    'client, dtls2.pcap frame 1': 'tshark does not take the port for one of DTLS',
    'server, dtls2.pcap frame 4': 'tshark does not take the port for one of DTLS',
    'client, quic-29.pcap frame 1': 'inside a packet of QUIC, whose messages are no layers',
    'server, 443-curl.pcap frame 6': 'tshark shows nothing of a record that goes on in the next segment',
  },
  rows: [
    field('tls.record.version', 'TLS', 'version'),
    field('tls.record.length', 'TLS', 'len'),
    field('tls.handshake.version', HELLO, 'version'),
    row('tls.handshake.random', HELLO, random, hex),
    row('tls.handshake.ciphersuite', HELLO, ({ fields }) => fields.ciphers ?? fields.cipher),
    row('tls.handshake.extensions_supported_group', HELLO, numbersOf('supported_groups', groups())),
    row('tls.handshake.extensions_ec_point_format', HELLO, numbersOf('ec_point_formats', POINT_FORMATS)),
    row('tls.handshake.extensions_key_share_group', /^TLS(Client|Server)Hello$/, numbersOf('key_share', groups())),
    row('tls.handshake.extensions.supported_version', HELLO, numbersOf('supported_versions', TLS_VERSIONS)),
  ],
}
