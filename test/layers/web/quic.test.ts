import {
  QUIC_0RTT,
  QUIC_1RTT,
  QUIC_Handshake,
  QUIC_Initial,
  QUIC_LongHeader,
  QUIC_Retry,
  QUIC_Version,
} from '../../../src/layers/web/index.js'
import { familySuite } from '../family.js'

familySuite('quic', [QUIC_0RTT, QUIC_1RTT, QUIC_Handshake, QUIC_Initial, QUIC_LongHeader, QUIC_Retry, QUIC_Version])
