/** The ports of the web, and which of its protocols the bytes there are: any may stand on any port. */
import { behave, bind, type LayerReference, recognize } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { HTTPRequest, HTTPResponse, isHttpRequest, isHttpResponse } from './http.js'
import { areFrames, frameAt, H2Preface, isPreface } from './http2.js'
import { isSslv2Hello, SSLv2ClientHello } from './sslv2.js'
import './tls.js'
import { isRecord, TLS } from './tls-record.js'
import { isFrame, WebSocket } from './websocket.js'

const HTTP_PORTS = [3128, 8000, 8008, 8080, 8081, 8888, 80]
const TLS_PORTS = [8443, 443]

/** Which protocol starts with these bytes. The middle of a stream is of none. */
function protocolOf(buffer: Uint8Array, start: number, end: number): LayerReference {
  const first = buffer[start]!
  if (first < 32) {
    if (isRecord(buffer, start, end)) return TLS
    return areFrames(buffer, start, end) ? frameAt(buffer, start, end) : Raw
  }
  if (first >= 128) return isSslv2Hello(buffer, start, end) ? SSLv2ClientHello : Raw
  if (isHttpResponse(buffer, start, end)) return HTTPResponse
  if (isHttpRequest(buffer, start, end)) return HTTPRequest
  return isPreface(buffer, start, end) ? H2Preface : Raw
}

/** A port of WebSockets has the handshake too, which is one of HTTP. */
const webSocketOf = (buffer: Uint8Array, start: number, end: number): LayerReference =>
  isFrame(buffer, start, end) ? WebSocket : protocolOf(buffer, start, end)

behave(WebSocket, { refine: webSocketOf })
behave(HTTPRequest, { refine: protocolOf })
behave(HTTPResponse, { refine: protocolOf })
behave(TLS, { refine: protocolOf })

for (const port of HTTP_PORTS) {
  bind(TCP, HTTPResponse, { sport: port })
  bind(TCP, HTTPRequest, { dport: port })
}
for (const port of TLS_PORTS) {
  bind(TCP, TLS, { sport: port }, { build: false })
  bind(TCP, TLS, { dport: port })
}
recognize(TCP, HTTPRequest, isHttpRequest, [65, 86])
recognize(TCP, HTTPResponse, isHttpResponse, [72, 72])
