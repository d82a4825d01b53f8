import {
  PPP_CHAP,
  PPP_CHAP_ChallengeResponse,
  PPP_PAP,
  PPP_PAP_Request,
  PPP_PAP_Response,
} from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('ppp-authentication', [PPP_CHAP, PPP_CHAP_ChallengeResponse, PPP_PAP, PPP_PAP_Request, PPP_PAP_Response])
