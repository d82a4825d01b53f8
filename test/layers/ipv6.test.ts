import { IPv6, IPv6error } from '../../src/layers/index.js'
import { familySuite } from './family.js'

familySuite('ipv6', [IPv6, IPv6error])
