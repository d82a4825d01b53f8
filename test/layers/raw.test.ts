import { Padding, Raw } from '../../src/layers/index.js'
import { layerSuite } from './layer-suite.js'
import { vectorsOf } from './vectors.js'

layerSuite(Raw, { vectors: vectorsOf('raw') })
layerSuite(Padding, { vectors: vectorsOf('padding') })
