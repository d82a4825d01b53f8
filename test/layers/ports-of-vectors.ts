/** What has no port of its own stands at these in the known packets. */
import { afterAll, beforeAll } from 'vitest'
import { RTCP, RTP, TCP, UDP, WebSocket } from '../../src/layers/index.js'
import { bind } from '../../src/packet/index.js'

const RTP_PORTS = [5004, 40392]
const RTCP_PORTS = [5005, 40393, 61156, 43068]
const WEBSOCKET_PORTS = [8300]

/** Binds RTP, RTCP and WebSocket to their ports while the tests of a file run; later files share the library. */
export function bindPortsOfVectors(): void {
  let unbind: (() => void)[] = []
  beforeAll(() => {
    unbind = [
      ...RTP_PORTS.map((dport) => bind(UDP, RTP, { dport })),
      ...RTCP_PORTS.map((dport) => bind(UDP, RTCP, { dport })),
      ...WEBSOCKET_PORTS.map((dport) => bind(TCP, WebSocket, { dport })),
    ]
  })
  afterAll(() => {
    for (const each of unbind) each()
  })
}
