import { ERSPAN_II, ERSPAN_III } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('erspan', [ERSPAN_II, ERSPAN_III])
