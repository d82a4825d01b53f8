/** What is no HTTP: answered where that is still possible, and the connection given up. */
import type { Socket } from 'node:net'
import { statusReply } from './web-reply.js'

/** For so long a client may still take the answer, ms. */
const LINGER = 500

/** What is wrong with what came, by the codes of Node's parser: a status, and in words. */
export function badRequestOf(error: Error & { code?: string }): { status: number; reason: string } {
  const { code = '', message } = error
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: 'the headers are too long' }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, reason: 'the request did not come in time' }
  if (code === 'ERR_SSL_HTTP_REQUEST') return { status: 400, reason: 'plain HTTP where TLS is spoken' }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return { status: 400, reason: `no TLS: ${message}` }
  return { status: 400, reason: message.replace(/^Parse Error: /, '') }
}

/** Answers with a status and closes; `answers` is false where another answer is already on its way. */
export function refuse(socket: Socket, status: number, answers: boolean): number {
  if (!answers || !socket.writable) {
    socket.destroy()
    return 0
  }
  const { body, headers } = statusReply(status)
  const text = String(body)
  socket.end(
    `HTTP/1.1 ${text.slice(0, text.indexOf('\n'))}\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: ${String(headers['Content-Type'])}\r\n` +
      `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  )
  const timer = setTimeout(() => socket.destroy(), LINGER)
  socket.once('close', () => clearTimeout(timer))
  return text.length
}
