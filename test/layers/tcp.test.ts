import { TCP, TCPerror } from '../../src/layers/index.js'
import { layerSuite } from './layer-suite.js'
import { vectorsOf } from './vectors.js'

layerSuite(TCP, { vectors: vectorsOf('tcp') })
layerSuite(TCPerror, { vectors: vectorsOf('tcp-error') })
