import { TCP } from '../../../src/layers/transport/tcp.js'
import { WebSocket } from '../../../src/layers/web/index.js'
import { bind } from '../../../src/packet/index.js'
import { field, hex, number, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

// No port says that a connection is one of WebSockets.
bind(TCP, WebSocket, { dport: 8300 })

/** What a frame of that kind says, without its mask. */
const said =
  (opcode: number, encoding: 'utf8' | 'hex') =>
  ({ fields }: OurLayer): string | undefined =>
    fields.opcode === opcode ? Buffer.from(fields.data as string, 'hex').toString(encoding) : undefined

export const agreement: VectorAgreement = {
  vectors: ['websocket'],
  protocols: { websocket: /^WebSocket$/ },
  decodeAs: ['tcp.port==8300,websocket'],
  rows: [
    field('websocket.fin', 'WebSocket', 'fin'),
    field('websocket.opcode', 'WebSocket', 'opcode'),
    field('websocket.mask', 'WebSocket', 'mask'),
    field('websocket.payload_length', 'WebSocket', 'length'),
    row('websocket.payload_length_ext_16', 'WebSocket', ({ fields }) =>
      fields.length === 126 ? fields.extended_length : undefined,
    ),
    field('websocket.masking_key', 'WebSocket', 'masking_key', (text) => number(`0x${text.replaceAll(':', '')}`)),
    field('websocket.payload.close.status_code', 'WebSocket', 'code', number, (value) =>
      value === 0 ? undefined : value,
    ),
    row('websocket.payload.close.reason', 'WebSocket', said(8, 'utf8'), same),
    row('websocket.payload.ping', 'WebSocket', said(9, 'hex'), hex),
    row('websocket.payload.pong', 'WebSocket', said(10, 'hex'), hex),
  ],
}
