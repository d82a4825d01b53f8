import { ICMPExtensionHeader, ICMPExtensionInterfaceInformation, ICMPExtensionMPLS, ICMPExtensionObject } from '../../src/layers/index.js'
import { familySuite } from './family.js'

familySuite('icmp-extension', [ICMPExtensionHeader, ICMPExtensionInterfaceInformation, ICMPExtensionMPLS, ICMPExtensionObject])
