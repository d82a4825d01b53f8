import { UDP, UDPerror } from '../../src/layers/index.js'
import { layerSuite } from './layer-suite.js'
import { vectorsOf } from './vectors.js'

layerSuite(UDP, { vectors: vectorsOf('udp') })
layerSuite(UDPerror, { vectors: vectorsOf('udp-error') })
