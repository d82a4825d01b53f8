/** The beginning of a WebSocket: a request that asks for it, also through a proxy. RFC 6455 §4.1. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import type { ClientOptions, WebSocket } from 'ws'
import { printable } from '../../../exchange/printable.js'
import { onAbort } from '../../../exchange/stop-signal.js'
import { openInTime } from '../../face/open-in-time.js'
import { SessionError, sessionError } from '../../face/session-error.js'
import { hostPort } from '../../stream/place.js'
import { clientTls } from '../../tls/tls-options.js'
import { HttpHeaders } from '../headers.js'
import { proxyAuthorization, proxyFor } from '../proxy.js'
import { repeatsStatus } from '../response-text.js'
import { isSecretHeader } from '../secret-headers.js'
import type { WebSocketOptions } from './websocket-options.js'
import type { MoreHeaders } from './websocket-session.js'

const MOST_REDIRECTS = 5
/** Of what a server says instead of opening it. */
const MOST_TOLD = 200

/**
 * Opens a WebSocket; it is paused, so that nothing is lost before somebody listens.
 * @throws SessionError that says why it is not possible
 */
export async function connectWebSocket(
  url: URL,
  options: WebSocketOptions,
  moreHeaders: MoreHeaders,
  label: string,
  signal: AbortSignal,
): Promise<WebSocket> {
  const { timeout = 10 } = options
  const open = (limit: AbortSignal): Promise<WebSocket> => connected(url, options, moreHeaders, label, limit)
  return await openInTime(label, timeout, signal, open, `it was not open within ${timeout} s`)
}

async function connected(
  url: URL,
  options: WebSocketOptions,
  moreHeaders: MoreHeaders,
  label: string,
  signal: AbortSignal,
): Promise<WebSocket> {
  const { protocols = [], limit = 16 * 2 ** 20, compress = true, tls } = options
  const { WebSocket } = await import('ws')
  const own = HttpHeaders.from(options.headers, 'http.websocket: headers')
  const headers = {
    ...(await moreHeaders(url)),
    ...Object.fromEntries([...own].map(([name]) => [name, own.get(name)!])),
  }
  const isSecure = url.protocol === 'wss:'
  const secure = isSecure ? clientTls('http.websocket', tls ?? true, bare(url.hostname)) : {}
  signal.throwIfAborted()
  const proxy = proxyFor(new URL(url.href.replace(/^ws/, 'http')), options.proxy)
  const tunnel = proxy === undefined ? undefined : await throughProxy(proxy, url, secure, signal)
  const settings = {
    ...secure,
    headers,
    maxPayload: limit,
    perMessageDeflate: compress,
    followRedirects: tunnel === undefined,
    maxRedirects: MOST_REDIRECTS,
    ...(tunnel === undefined ? {} : { createConnection: () => tunnel }),
  }
  const socket = new WebSocket(
    url,
    typeof protocols === 'string' ? [protocols] : [...protocols],
    settings as ClientOptions,
  )
  socket.on('redirect', (target, request) => {
    if (new URL(target).host === url.host && target.startsWith(url.protocol)) return
    for (const name of request.getHeaderNames()) if (isSecretHeader(name)) request.removeHeader(name)
  })
  return await new Promise((resolve, reject) => {
    const noMore = onAbort(signal, () => socket.terminate())
    const over = (): void => {
      noMore()
      socket.off('error', failed)
    }
    const failed = (error: Error): void => {
      over()
      // Another one may follow, which nobody would hear.
      socket.on('error', () => undefined)
      reject(wordsFor(label, error))
    }
    socket.once('error', failed)
    socket.once('unexpected-response', (_request, answer) => {
      void refusal(label, answer).then((error) => {
        failed(error)
        socket.terminate()
      })
    })
    socket.once('open', () => {
      over()
      socket.pause()
      resolve(socket)
    })
  })
}

/** What the server says instead of opening it. */
async function refusal(label: string, answer: IncomingMessage): Promise<SessionError> {
  const { statusCode: status = 0, statusMessage = '' } = answer
  let text = ''
  answer.setEncoding('utf8')
  try {
    for await (const piece of answer) {
      text += piece
      if (text.length > MOST_TOLD) break
    }
  } catch {
    // What came of it will do.
  }
  const isShown =
    text !== '' &&
    /^text\/plain|json/.test(answer.headers['content-type'] ?? '') &&
    !repeatsStatus(text, status, statusMessage)
  const told = isShown ? `: ${printable(text.slice(0, MOST_TOLD)).replaceAll(/\s+/g, ' ').trim()}` : ''
  const code = status === 401 || status === 403 ? 'AUTH' : 'REFUSED'
  // A page, or an API: it took the request for one of its own.
  const why = status < 300 ? 'what answers there speaks no WebSocket' : 'it was not opened'
  return new SessionError(`${label}: ${why}: ${status} ${printable(statusMessage)}${told}`, code)
}

function wordsFor(label: string, error: Error & { code?: string }): unknown {
  const { message } = error
  if (/subprotocol/i.test(message))
    return new SessionError(
      `${label}: the server takes none of the subprotocols that were offered (${message})`,
      'PROTOCOL',
    )
  if (/Sec-WebSocket|Upgrade header|Sec-Websocket/i.test(message))
    return new SessionError(`${label}: what answers there speaks no WebSocket: ${message}`, 'PROTOCOL')
  if (/redirect/i.test(message)) return new SessionError(`${label}: ${message.toLowerCase()}`, 'REDIRECT')
  if (error.code?.startsWith('HPE_')) return new SessionError(`${label}: what answers there speaks no HTTP`, 'PROTOCOL')
  return error
}

/** A connection through a proxy (RFC 9110 §9.3.6), with TLS in it where that is wanted. */
async function throughProxy(proxy: URL, url: URL, secure: object, signal: AbortSignal): Promise<Duplex> {
  if (!/^https?:$/.test(proxy.protocol))
    throw new SessionError(`proxy ${proxy.host}: a WebSocket goes through proxies of HTTP only`, 'PROXY')
  const isSecure = url.protocol === 'wss:'
  const target = hostPort(bare(url.hostname), Number(url.port || (isSecure ? 443 : 80)))
  const plain = await new Promise<Duplex>((resolve, reject) => {
    const headers: Record<string, string> = { Host: target }
    if (proxy.username !== '') headers['Proxy-Authorization'] = proxyAuthorization(proxy)
    const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest
    const asked = request({
      host: bare(proxy.hostname),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers,
      agent: false,
      signal,
    })
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(
        new SessionError(`proxy ${proxy.host}: ${answer.statusCode} ${printable(answer.statusMessage ?? '')}`, 'PROXY'),
      )
    })
    asked.once('response', (answer) => {
      answer.destroy()
      reject(new SessionError(`proxy ${proxy.host}: ${answer.statusCode}`, 'PROXY'))
    })
    asked.once('error', (error) => reject(sessionError(`proxy ${proxy.host}`, error)))
    asked.end()
  })
  if (!isSecure) return plain
  return await new Promise((resolve, reject) => {
    const secured = tlsConnect({ ...secure, socket: plain as never, ALPNProtocols: ['http/1.1'] })
    const noMore = onAbort(signal, () => void secured.destroy(signal.reason as Error))
    secured.once('secureConnect', () => {
      noMore()
      secured.off('error', reject)
      resolve(secured)
    })
    secured.once('error', reject)
  })
}

/** Without the brackets of IPv6. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
