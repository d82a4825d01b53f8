import { ICMPv6MLDone, ICMPv6MLQuery, ICMPv6MLQuery2, ICMPv6MLReport, ICMPv6MLReport2 } from '../../src/layers/index.js'
import { familySuite } from './family.js'

familySuite('icmpv6-mld', [ICMPv6MLDone, ICMPv6MLQuery, ICMPv6MLQuery2, ICMPv6MLReport, ICMPv6MLReport2])
