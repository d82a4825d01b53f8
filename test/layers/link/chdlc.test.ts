import { CHDLC, SLARP } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('chdlc', [CHDLC, SLARP])
