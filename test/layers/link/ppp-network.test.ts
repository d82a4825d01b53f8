import { PPP_CCP, PPP_IPCP, PPP_IPV6CP, PPP_MPLSCP } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('ppp-network', [PPP_CCP, PPP_IPCP, PPP_IPV6CP, PPP_MPLSCP])
