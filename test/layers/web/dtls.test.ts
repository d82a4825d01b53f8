import {
  DTLS,
  DTLSClientHello,
  DTLSHandshake,
  DTLSHelloVerifyRequest,
  DTLSServerHello,
} from '../../../src/layers/web/index.js'
import { familySuite } from '../family.js'

familySuite('dtls', [DTLS, DTLSClientHello, DTLSHandshake, DTLSHelloVerifyRequest, DTLSServerHello])
