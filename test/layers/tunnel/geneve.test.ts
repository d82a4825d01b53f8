import { GENEVE } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('geneve', [GENEVE])
