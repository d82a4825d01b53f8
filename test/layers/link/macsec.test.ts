import { MACsec } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('macsec', [MACsec])
