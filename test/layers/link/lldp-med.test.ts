import {
  LLDPDUMEDCapabilities,
  LLDPDUMEDExtendedPower,
  LLDPDUMEDInventory,
  LLDPDUMEDLocation,
  LLDPDUMEDNetworkPolicy,
} from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('lldp-med', [
  LLDPDUMEDCapabilities,
  LLDPDUMEDExtendedPower,
  LLDPDUMEDInventory,
  LLDPDUMEDLocation,
  LLDPDUMEDNetworkPolicy,
])
