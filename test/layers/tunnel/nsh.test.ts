import { NSH } from '../../../src/layers/index.js'
import { familySuite } from '../family.js'

familySuite('nsh', [NSH])
