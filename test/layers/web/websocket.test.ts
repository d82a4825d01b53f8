import { TCP } from '../../../src/layers/transport/tcp.js'
import { WebSocket } from '../../../src/layers/web/index.js'
import { bind } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

bind(TCP, WebSocket, { dport: 8300 })
familySuite('websocket', [WebSocket])
