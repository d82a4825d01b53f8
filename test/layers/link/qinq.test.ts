import { Dot1AD } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('qinq', [Dot1AD])
