import { EoMCW, MPLS } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('mpls-pseudo-wire', [EoMCW, MPLS])
