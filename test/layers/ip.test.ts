import { IP, IPerror } from '../../src/layers/index.js'
import { layerSuite } from './layer-suite.js'
import { vectorsOf } from './vectors.js'

layerSuite(IP, { vectors: vectorsOf('ip') })
layerSuite(IPerror, { vectors: vectorsOf('udp-error').map((vector) => ({ ...vector, fields: { src: '10.9.0.1', proto: 17 } })) })
