import { WebSocket } from '../../../src/layers/web/index.js'
import { familySuite } from '../family.js'
import { bindPortsOfVectors } from '../ports-of-vectors.js'

bindPortsOfVectors()
familySuite('websocket', [WebSocket])
