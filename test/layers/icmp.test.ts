import { ICMP, ICMPerror } from '../../src/layers/index.js'
import { familySuite } from './family.js'

familySuite('icmp', [ICMP, ICMPerror])
