import { type Varint, varintValue } from '../../../src/layers/web/quic-varint.js'
import { field, hex, number, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { extension } from './tls.js'

const LONG = /^QUIC_(?!1RTT)/

const messages = ({ fields }: OurLayer): OurLayer[] => (fields.messages ?? []) as OurLayer[]

/** Why tshark does not see what is there. */
const ALONE = "tshark knows a server's packet by the client's before it"

export const agreement: VectorAgreement = {
  vectors: ['quic'],
  protocols: { quic: /^QUIC_/ },
  except: {
    'QUIC version negotiation 0xff00001d 0xff00001c 0xff00001b (quic_interop_V 14)': ALONE,
    'QUIC version negotiation 0xa1a2a3a 0xff00001d (quic_interop_V 15)': ALONE,
    'QUIC version negotiation 0x45474720 0xff000020 0xff00001f 0x… (quic_interop_V 16)': ALONE,
    'QUIC 24 bytes (quic_q50 8)': ALONE,
    'QUIC 25 bytes (quic_t50 10)': ALONE,
    'QUIC 52 bytes (quic-mvfst-exp 6)': ALONE,
    'QUIC version 0x51303530 (quic_q50 2)': "Google's QUIC without TLS: its layout is not looked into",
    'QUIC version 0xff000018 (quic-24 2)': 'a Retry packet of a draft that laid it out in another way',
    'QUIC 0-RTT to 4235d5abadbe3e55 (quic_0RTT 1)':
      'tshark reads the message of a connection once, in the vector before',
  },
  rows: [
    field('quic.version', LONG, 'Version', number),
    field('quic.dcid', LONG, 'DstConnID', hex),
    field('quic.scid', LONG, 'SrcConnID', hex),
    field('quic.length', /^QUIC_(Initial|0RTT|Handshake)$/, 'Length', number, (value) => varintValue(value as Varint)),
    field('quic.retry_token', 'QUIC_Retry', 'Token', hex),
    field('quic.supported_version', 'QUIC_Version', 'SupportedVersions', number),
    row(
      'tls.handshake.extensions_server_name',
      'QUIC_Initial',
      (layer) => messages(layer).map(extension('server_name')).filter(Boolean),
      same,
    ),
  ],
}
