import { Ether } from '../../../src/layers/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

layerSuite(Ether, { vectors: vectorsOf('ethernet') })
