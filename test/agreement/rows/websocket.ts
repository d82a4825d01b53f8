import { TCP } from '../../../src/layers/transport/tcp.js'
import { WebSocket } from '../../../src/layers/web/index.js'
import { bind } from '../../../src/packet/index.js'
import { field, number } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

// No port says that a connection is one of WebSockets.
bind(TCP, WebSocket, { dport: 8300 })

export const agreement: VectorAgreement = {
  vectors: ['websocket'],
  protocols: { websocket: /^WebSocket$/ },
  decodeAs: ['tcp.port==8300,websocket'],
  rows: [
    field('websocket.fin', 'WebSocket', 'fin'),
    field('websocket.opcode', 'WebSocket', 'opcode'),
    field('websocket.mask', 'WebSocket', 'mask'),
    field('websocket.masking_key', 'WebSocket', 'masking_key', (text) => number(`0x${text.replaceAll(':', '')}`)),
    field('websocket.payload.close.status_code', 'WebSocket', 'code', number, (value) =>
      value === 0 ? undefined : value,
    ),
  ],
}
